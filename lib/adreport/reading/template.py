"""The workbook that a clinic collects its data with, in the words of its language."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from adreport.reading import study_sheet
from adreport.reading.values import must_be_filled
from adreport.study import dictionary, languages
from adreport.study.description import STATED
from adreport.study.dictionary import TABLES, Column
from adreport.study.response import SCALES

LAST_ROW = 5000  # to which row choices and colours reach
DATE_FORMATS = {"en": "yyyy-mm-dd", "tr": "dd.mm.yyyy"}
REQUIRED, ERROR, WARNING = (PatternFill("solid", start_color=colour, end_color=colour)
                            for colour in ("FFF2CC", "F8CBAD", "FFE0A3"))  # fmt: skip
GUIDE = (
    "On the sheet study say how the study was done; give the data lock, the day to which the data are complete.",
    "One row a patient on the sheet patients, a treatment course on courses, an event on side_effects.",
    "The sheet examples shows filled rows; it is never read, and can stay.",
    "Use a pseudonym for the patient, the same on all sheets; keep names, identity numbers and contact data out.",
    "Number the courses of a patient 1 2 3 … in the order of their start; short rescue courses count too.",
    "Leave a cell empty where something is not known. What must be filled in has a yellow head, and turns red in a row"
    " without it; what should be added turns orange.",
    "Choose from the lists where there is one; codes and abbreviations are understood as well.",
    "Give dates, or ages and durations: where there are dates, the rest is computed.",
    "Then start adreport (start.bat on Windows, start.command on a Mac) and choose this file: it is checked, and the"
    " report is made.",
)
EXAMPLES_ONLY = "These rows only show how to fill in the other sheets; they are never read."
STUDY_NOTES = {
    "title": "stands at the top of every page",
    "notice": "what every reader must know, such as “Synthetic data”",
    "data_lock_date": "the day to which the data are complete; needed where a course is ongoing",
    "response": "PGA (0 poor, 1 good, 2 significant) or vIGA-AD (0 clear to 4 severe); study.yml can define another",
    "assessed": "number of patients",
}
BOLD, HEAD_HEIGHT = Font(name="Calibri", size=11, bold=True), 62
CRITERIA = 3  # rows for reasons of exclusion
A_NUMBER, A_DATE = "A number from {} to {}, or nothing", "A date, or nothing"
EXAMPLES: Mapping[str, Sequence[Mapping]] = {
    "patients": (
        {"patient_id": "A01", "sex": "female", "birth_date": date(2012, 3, 15), "onset_age_months": 6,
         "total_ige_iu_per_ml": 850, "family_history_atopy": "yes", "food_allergy": "yes", "egg_allergy": "yes",
         "mite_allergy": "no", "atopic_comorbidities": "asthma; allergic rhinitis", "comorbidities": "none",
         "status_at_data_lock": "on_treatment"},
        {"patient_id": "A02", "sex": "male", "age_at_data_lock_years": 9.5, "onset_age_months": 24,
         "family_history_atopy": "no", "food_allergy": "no", "egg_allergy": "no", "mite_allergy": "yes",
         "atopic_comorbidities": "none", "comorbidities": "none", "status_at_data_lock": "topical_remission"},
    ),
    "courses": (
        {"patient_id": "A01", "course": 1, "treatment": "cyclosporine", "start_date": date(2021, 5, 3),
         "stop_date": date(2021, 11, 29), "dose": 4, "dose_unit": "mg/kg/day", "response": "1",
         "discontinuation_reason": "insufficient_response"},
        {"patient_id": "A01", "course": 2, "treatment": "dupilumab", "start_date": date(2021, 12, 13), "dose": 300,
         "dose_unit": "mg/2 weeks", "response": "2", "discontinuation_reason": "ongoing"},
        {"patient_id": "A02", "course": 1, "treatment": "phototherapy", "age_at_start_years": 8.2,
         "duration_days": 90, "response": "2", "discontinuation_reason": "remission", "remission_months": 6},
    ),
    "side_effects": (
        {"patient_id": "A01", "course": 1, "side_effect": "nausea", "management": "dose reduced",
         "outcome": "resolved", "serious": "no", "led_to_discontinuation": "no", "grade": 1,
         "onset_date": date(2021, 5, 20), "organ_class": "Stomach and gut"},
        {"patient_id": "A01", "course": 2, "side_effect": "conjunctivitis", "management": "eye drops",
         "outcome": "resolved", "serious": "no", "led_to_discontinuation": "no", "grade": 2, "onset_day": 45,
         "organ_class": "Eyes"},
    ),
}  # fmt: skip
# When something should be added to a filled row, by column, in a formula about other columns of the row.
ENDED = '{discontinuation_reason}<>"",{discontinuation_reason}<>"<ongoing>",{discontinuation_reason}<>"ongoing"'
TO_ADD = {
    "start_date": '{age_at_start_years}=""',
    "stop_date": f'{{duration_days}}="",{ENDED}',
    "response": ENDED,
}


def write_workbook(file: Path, language: str = "en") -> None:
    """An empty workbook with choices, units, notes, colours for what is missing, examples and a read-me sheet.

    `language`: one of LANGUAGES; a filled workbook in any of them is read without a mapping.
    """
    _Template(language).workbook.save(file)


def ordered(table: str) -> dict[str, Column]:
    """The columns of a table as its sheet has them: what must be filled in first, then dates, then the rest."""
    columns = dictionary.columns(table)
    return dict(sorted(columns.items(), key=lambda one: (not must_be_filled(one[1]), one[1].type != "date")))


class _Template:
    """The workbook as it is put together; `choices`: where the words of each list stand, as a formula says it."""

    def __init__(self, language: str):
        self.language, self.workbook = language, Workbook()
        self.said = partial(languages.said, language=language)
        guide = self.workbook.worksheets[0]
        guide.title = self.said("read me")
        study, *tables = (self.workbook.create_sheet(self.said(title)) for title in (study_sheet.TITLE, *TABLES))
        self.study_title = study.title
        examples, lists = (self.workbook.create_sheet(self.said(title)) for title in ("examples", "choices"))
        self.choices = self._list_choices(lists)
        self._explain(guide)
        self._describe_study(study)
        for table, sheet in zip(TABLES, tables, strict=True):
            self._prepare(sheet, list(ordered(table).values()))
        self._show_examples(examples)

    def _list_choices(self, sheet: Worksheet) -> dict[str, str]:
        """Write every list into a column of its own, and return where each stands."""
        places = {}
        for number, (name, heading, words) in enumerate(self._lists(), 1):
            letter = get_column_letter(number)
            sheet.cell(1, number, heading).font = BOLD
            sheet.column_dimensions[letter].width = 30
            for row, word in enumerate(words, 2):
                sheet.cell(row, number, word)
            places[name] = f"'{sheet.title}'!${letter}$2:${letter}${len(words) + 1}"
        sheet.protection.sheet = True
        return places

    def _lists(self) -> Iterator[tuple[str, str, list[str]]]:
        """Name, heading and words of every list."""
        treatments = dictionary.treatments().values()
        yield "treatment", self.said("Treatment"), [self.said(one.label) for one in treatments]
        units = dict.fromkeys(one.dose_unit for one in treatments if one.dose_unit)
        yield "dose_unit", self.said("Dose unit"), list(map(self.said, units))
        yield "organ_class", self.said("Organ class"), list(map(self.said, languages.organ_classes()))
        leveled = {one.name: one for table in TABLES for one in dictionary.columns(table).values() if one.levels}
        for name, column in leveled.items():
            yield name, self.said(column.label), list(map(self.said, column.levels.values()))
        for name, scale in SCALES.items():
            if scale:
                yield name, name, list(map(self.said, scale["levels"].values()))
        for name, words in study_sheet.CHOICES.items():
            yield f"study.{name}", self.said(study_sheet.LABELS[name]), list(map(self.said, words))

    def _explain(self, sheet: Worksheet) -> None:
        for line in GUIDE:
            sheet.append([self.said(line)])
        sheet.column_dimensions["A"].width = 110
        for row in sheet:
            row[0].alignment = Alignment(wrap_text=True, vertical="top")

    def _describe_study(self, sheet: Worksheet) -> None:
        """An item and what to write for it in each row; what is often said can be chosen, the data lock is a date."""
        sheet.append([self.said(head) for head in ("Item", "Value", "What to write")])
        for name, label in study_sheet.LABELS.items():
            sheet.append([self.said(label), None, self.said(STUDY_NOTES.get(name) or STATED[name][1])])
            at = sheet.cell(sheet.max_row, 2)
            if name == "data_lock_date":
                self._want_date(sheet, at.coordinate)
                at.number_format = DATE_FORMATS[self.language]
                self._ask_for_lock(sheet, at.coordinate)
            elif f"study.{name}" in self.choices:
                self._offer(sheet, at.coordinate, self.choices[f"study.{name}"])
        for _ in range(CRITERIA):
            note = self.said("complete the item with the reason; the number of patients, 0 too")
            sheet.append([f"{self.said('Excluded')}: ", None, note])
        _lay_out(sheet, (34, 60, 70))

    def _ask_for_lock(self, sheet: Worksheet, at: str) -> None:
        """Colour the data lock as missing as long as a course is ongoing."""
        names = list(ordered("courses"))
        courses = self.said("courses")
        counts = [
            f"COUNTIF('{courses}'!${letter}$2:${letter}${LAST_ROW},\"{self.said(word)}\")"
            for name, word in (("discontinuation_reason", "Ongoing"), ("ongoing", "Yes"))
            for letter in [get_column_letter(names.index(name) + 1)]
        ]
        sheet.conditional_formatting.add(at, FormulaRule([f'AND({at}="",{"+".join(counts)}>0)'], fill=ERROR))

    def _prepare(self, sheet: Worksheet, columns: list[Column]) -> None:
        """The heads, choices, limits and colours of a table's sheet."""
        letters = {column.name: get_column_letter(number) for number, column in enumerate(columns, 1)}
        last = get_column_letter(len(columns))
        for column in columns:
            letter = letters[column.name]
            self._head(sheet, f"{letter}1", column)
            cells = f"{letter}2:{letter}{LAST_ROW}"
            self._limit(sheet, cells, column)
            if column.type == "date":
                sheet.column_dimensions[letter].number_format = DATE_FORMATS[self.language]
            empty = f'COUNTA($A2:${last}2)>0,{letter}2=""'
            if must_be_filled(column):
                sheet.conditional_formatting.add(cells, FormulaRule([f"AND({empty})"], fill=ERROR))
            elif column.table == "courses" and column.name in TO_ADD:
                others = {name: f"${at}2" for name, at in letters.items()}
                when = TO_ADD[column.name].format(**others).replace("<ongoing>", self.said("Ongoing"))
                sheet.conditional_formatting.add(cells, FormulaRule([f"AND({empty},{when})"], fill=WARNING))
        sheet.row_dimensions[1].height = HEAD_HEIGHT
        sheet.freeze_panes = "B2"

    def _head(self, sheet: Worksheet, at: str, column: Column) -> None:
        head = sheet[at]
        head.value = languages.head(column, self.language)
        head.font, head.alignment = BOLD, Alignment(wrap_text=True, vertical="bottom")
        head.border = Border(bottom=Side("thin"))
        words = f"{self.said(column.meaning)}. {self.said('Required.') if must_be_filled(column) else ''}".strip()
        head.comment = Comment(words, "adreport", width=320, height=90)
        if must_be_filled(column):
            head.fill = REQUIRED
        width = max(map(len, head.value.split()), default=0) + 3
        has_long_words = any(len(self.said(label)) > 12 for label in column.levels.values())
        wide = {"list": 30, "treatment": 24, "text": 24}.get(column.type, 28 if has_long_words else 15)
        sheet.column_dimensions[head.column_letter].width = max(width, wide)

    def _limit(self, sheet: Worksheet, cells: str, column: Column) -> None:
        """The choices of a column, or its limits."""
        if column.type == "ordered":
            at = f"'{self.study_title}'!$B${list(study_sheet.LABELS).index('response') + 2}"
            formula = self.choices["response"]
            for name in filter(SCALES.get, SCALES):
                formula = f'IF({at}="{name}",{self.choices[name]},{formula})'
            self._offer(sheet, cells, formula)
        elif column.name in self.choices:
            self._offer(sheet, cells, self.choices[column.name])
        elif column.type == "date":
            self._want_date(sheet, cells)
        elif column.minimum is not None and column.maximum is not None:
            kind = "whole" if column.type == "integer" else "decimal"
            low, high = f"{column.minimum:.10g}", f"{column.maximum:.10g}"
            rule = DataValidation(kind, operator="between", formula1=low, formula2=high, allow_blank=True)
            _add(sheet, cells, rule, self.said(A_NUMBER).format(low, high))

    def _offer(self, sheet: Worksheet, cells: str, formula: str) -> None:
        """A list to choose from; what is not in it, such as a code, is asked about and can stay."""
        _add(sheet, cells, DataValidation("list", formula1=formula, allow_blank=True, errorStyle="warning"))

    def _want_date(self, sheet: Worksheet, cells: str) -> None:
        rule = DataValidation("date", operator="between", formula1="DATE(1920,1,1)", formula2="TODAY()")
        _add(sheet, cells, rule, self.said(A_DATE))

    def _show_examples(self, sheet: Worksheet) -> None:
        """Filled rows of each table below each other, which nothing reads."""
        sheet.append([self.said(EXAMPLES_ONLY)])
        sheet["A1"].font = BOLD
        for table, rows in EXAMPLES.items():
            columns = ordered(table)
            sheet.append([])
            sheet.append([self.said(table)])
            sheet.cell(sheet.max_row, 1).font = BOLD
            sheet.append([languages.head(column, self.language) for column in columns.values()])
            sheet.row_dimensions[sheet.max_row].height = HEAD_HEIGHT
            for head in sheet[sheet.max_row]:
                head.font, head.alignment = BOLD, Alignment(wrap_text=True, vertical="bottom")
            for row in rows:
                sheet.append([self._shown(columns[name], row.get(name)) for name in columns])
        for cell in (cell for row in sheet.iter_rows(min_row=3) for cell in row if isinstance(cell.value, date)):
            cell.number_format = DATE_FORMATS[self.language]
        for number in range(1, sheet.max_column + 1):
            sheet.column_dimensions[get_column_letter(number)].width = 18
        sheet.protection.sheet = True

    def _shown(self, column: Column, value):
        """A value of the examples in words."""
        if column.type == "treatment" and value:
            return self.said(dictionary.treatments()[value].label)
        return self.said(column.levels.get(value, value)) if isinstance(value, str) else value


def _add(sheet: Worksheet, cells: str, rule: DataValidation, words: str = "") -> None:
    """A rule for cells, with what to write instead of what breaks it."""
    rule.showErrorMessage, rule.error = True, words or None
    sheet.add_data_validation(rule)
    rule.add(cells)


def _lay_out(sheet: Worksheet, widths: Sequence[int]) -> None:
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet:
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for head in sheet[1]:
        head.font = BOLD
    sheet.freeze_panes = "A2"
