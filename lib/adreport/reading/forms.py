"""What a unit collects its data with: an Excel workbook or a REDCap project, both made from the dictionary."""

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from adreport.reading import study_sheet
from adreport.reading.formats.raw import EXAMPLE
from adreport.reading.formats.redcap import SIDE_EFFECT_COURSE
from adreport.reading.values import must_be_filled
from adreport.study import dictionary
from adreport.study.description import STATED
from adreport.study.dictionary import TABLES, Column
from adreport.study.response import SCALES

LAST_ROW = 5000  # to which row drop-downs reach
EXAMPLES = {
    "sex": "female", "age_at_data_lock_years": 12, "onset_age_months": 6, "course": 1, "treatment": "cyclosporine",
    "age_at_start_years": 8.5, "duration_days": 180, "dose": 3.5, "dose_unit": "mg/kg/day", "response": 1,
    "discontinuation_reason": "remission", "side_effect": "nausea", "management": "none", "onset_day": 14,
}  # fmt: skip
GUIDE = (
    "The sheet study says how the study was done and gives the data lock, the day to which the data are complete.",
    "One sheet a table: patients (a row each), courses (a row for each course), side effects (a row for each event).",
    f"The rows of the patient {EXAMPLE} are examples; they are not read and can stay.",
    "Use a pseudonym for the patient, the same on all sheets; keep names, identity numbers and contact data out.",
    "Number the courses of a patient 1, 2, 3 … in the order of their start; short rescue courses count too.",
    "Leave a cell empty where something is not known. Yellow heads must be filled in.",
    "Drop-downs show what a cell can hold; the note on a head tells its meaning and unit.",
    "Give dates or ages and durations; where there are dates, the rest is computed.",
    "Then: adreport check --data THIS-FILE.xlsx, and adreport report --data THIS-FILE.xlsx.",
)
STUDY_NOTES = {
    "title": "stands at the top of every page",
    "notice": "what every reader must know, such as “Synthetic data”",
    "data_lock_date": "the day to which the data are complete; needed where a course is ongoing",
    "response": "PGA (0 poor, 1 good, 2 significant) or vIGA-AD (0 clear to 4 severe); study.yml can define another",
    "assessed": "number of patients",
}
CRITERIA = 3  # rows for reasons of exclusion
REDCAP_HEADS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name",
    "Matrix Ranking?", "Field Annotation",
)  # fmt: skip
VALIDATIONS = {"number": "number", "integer": "integer", "date": "date_ymd"}


def write_workbook(file: Path) -> None:
    """An empty workbook with drop-downs, notes, an example row and a read-me sheet."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    guide = workbook.create_sheet("read me")
    for line in GUIDE:
        guide.append([line])
    guide.column_dimensions["A"].width = 110
    _fill_study_sheet(workbook.create_sheet(study_sheet.TITLE))
    for table in TABLES:
        _fill_sheet(workbook.create_sheet(table), list(dictionary.columns(table).values()))
    workbook.save(file)


def write_redcap(file: Path) -> None:
    """A REDCap data dictionary with the same fields; make courses and side_effects repeating instruments there."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(REDCAP_HEADS)
        for table in TABLES:
            writer.writerows(_redcap_fields(table))


def _fill_study_sheet(sheet: Worksheet) -> None:
    """An item and what to write for it in each row; the data lock is a date, the scale one of those that are known."""
    sheet.append(["Item", "Value", "What to write"])
    for name, label in study_sheet.LABELS.items():
        sheet.append([label, None, STUDY_NOTES.get(name) or STATED[name][1]])
        if name in ("data_lock_date", "response"):
            at = sheet.cell(sheet.max_row, 2)
            at.number_format = "yyyy-mm-dd" if name == "data_lock_date" else "General"
            scales = f'"{",".join(SCALES)}"'
            rule = DataValidation("list", formula1=scales) if name == "response" else (
                DataValidation("date", operator="greaterThan", formula1="36526", showErrorMessage=True)
            )  # fmt: skip
            sheet.add_data_validation(rule)
            rule.add(at)
    for _ in range(CRITERIA):
        sheet.append(["Excluded: ", None, "complete the item with the reason; the number of patients, 0 too"])
    for letter, width in zip("ABC", (26, 60, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for head in sheet[1]:
        head.font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _fill_sheet(sheet: Worksheet, columns: list[Column]) -> None:
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        head = sheet.cell(1, number, column.name)
        head.font = Font(bold=True)
        head.comment = Comment(_note(column), "adreport", width=320, height=120)
        if must_be_filled(column):
            head.fill = PatternFill("solid", start_color="FFF2CC")
        sheet.column_dimensions[letter].width = max(14, len(column.name) + 2)
        sheet.cell(2, number, EXAMPLE if column.name == "patient_id" else EXAMPLES.get(column.name))
        if choices := _choices(column):
            rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True)
            rule.error = f"{column.label}: choose one of {', '.join(choices)}"[:250]
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.freeze_panes = "B2"


def _choices(column: Column) -> list[str]:
    """What a drop-down offers; treatments by abbreviation, since Excel takes 255 characters of choices."""
    if column.type == "treatment":
        return [treatment.abbreviation for treatment in dictionary.treatments().values()]
    return [] if len(",".join(column.levels)) > 250 else list(column.levels)


def _note(column: Column) -> str:
    levels = "; ".join(f"{code}: {label}" for code, label in column.levels.items())
    parts = [f"{column.meaning}.", f"Unit: {column.unit}." if column.unit else "", f"{levels}." if levels else ""]
    return " ".join(filter(None, [*parts, "Required." if must_be_filled(column) else ""]))


def _redcap_fields(table: str) -> Iterator[list[str]]:
    for column in dictionary.columns(table).values():
        if column.name == "patient_id" and table != "patients":
            continue  # the record is the patient
        renamed = table == "side_effects" and column.name == "course"
        levels = _redcap_levels(column)
        choices = " | ".join(f"{code}, {label}" for code, label in levels.items())
        kind = VALIDATIONS.get(column.type, "")
        limits = ["" if limit is None or not kind else f"{limit:.10g}" for limit in (column.minimum, column.maximum)]
        yield [
            SIDE_EFFECT_COURSE if renamed else column.name, table, "", "dropdown" if levels else "text",
            "Course of the side effect" if renamed else column.label, choices, _note(column), kind, *limits,
            "y" if column.name == "birth_date" else "", "", "y" if must_be_filled(column) else "", "", "", "", "", "",
        ]  # fmt: skip


def _redcap_levels(column: Column) -> dict[str, str]:
    if column.type == "treatment":
        return {code: treatment.label for code, treatment in dictionary.treatments().items()}
    return column.levels
