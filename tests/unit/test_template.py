"""The workbook a clinic fills in: its words, choices and colours; in English and Turkish it gives the same study."""

import re
from datetime import date

import openpyxl
import pandas as pd
import pytest

from adreport.reading import template
from adreport.reading.examine import examine
from adreport.reading.template import EXAMPLES, ordered, write_workbook
from adreport.study import dictionary, languages
from adreport.study.dictionary import TABLES
from adreport.study.faults import in_words
from adreport.study.languages import LANGUAGES, head, said
from clinics import LOCK, MISTAKES, clinic, filled, with_mistakes


@pytest.fixture(scope="module")
def english(tmp_path_factory):
    return examine(filled(tmp_path_factory.mktemp("en") / "clinic.xlsx", clinic(), "en"))


def test_twenty_five_patients_are_read_without_a_fault(english):
    study = english.study
    assert list(in_words(english.faults)) == []
    assert (len(study.patients), len(study.courses), len(study.side_effects)) == (25, 37, 6)
    assert (study.data_lock_date, study.description.design) == (LOCK, "Prospective, one centre")
    assert study.courses["duration_days"].notna().all()  # also of those that go on


def test_a_turkish_workbook_gives_the_same_study(english, tmp_path):
    examination = examine(filled(tmp_path / "klinik.xlsx", clinic(), "tr"))
    assert list(in_words(examination.faults)) == []
    for name in ("patients", "courses", "side_effects"):
        pd.testing.assert_frame_equal(getattr(english.study, name), getattr(examination.study, name))
    assert examination.study.description == english.study.description


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_are_read_in_the_place_of_words(language, english, tmp_path):
    rows = clinic()

    def write_codes(workbook):
        for table, lines in rows.items():
            for place, name in enumerate(ordered(table), 1):
                for row, line in enumerate(lines, 2):
                    workbook[said(table, language)].cell(row, place).value = line.get(name)

    examination = examine(filled(tmp_path / "clinic.xlsx", rows, language, edit=write_codes))
    assert list(in_words(examination.faults)) == []
    pd.testing.assert_frame_equal(english.study.courses, examination.study.courses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_typical_mistakes_are_found_where_they_are(language, tmp_path):
    faults = examine(filled(tmp_path / "clinic.xlsx", clinic(), language, edit=with_mistakes(language))).errors
    for (table, row, name, _), words in MISTAKES.items():
        of_row = [fault for fault in faults if (fault.sheet, fault.row) == (said(table, language), row)]
        column = head(dictionary.columns(table)[name], language)
        assert any(words in fault.rule and column in fault.column for fault in of_row), (table, row, of_row)


def test_a_slip_is_answered_in_the_words_of_the_workbook(tmp_path):
    rows = clinic()
    rows["patients"][0]["sex"] = "Kadn"
    (fault,) = examine(filled(tmp_path / "clinic.xlsx", rows, "tr")).errors
    assert fault.advice.startswith("Did you mean Kadın?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ongoing_course_without_a_data_lock_is_asked_about(language, tmp_path):
    rows, seen = clinic(), date(2023, 9, 1)
    rows["side_effects"].append({"patient_id": "H24", "course": 2, "side_effect": "rash", "onset_date": seen})
    (fault,) = examine(filled(tmp_path / "clinic.xlsx", rows, language, lock=None)).errors
    assert "no data lock" in fault.rule
    assert seen > max(line.get("stop_date", line["start_date"]) for line in rows["courses"])
    assert f"the latest date in the data is {seen}" in fault.advice


def test_an_ended_course_without_an_end_is_told(tmp_path):
    rows = clinic()
    rows["courses"][0].pop("stop_date")
    (warning,) = examine(filled(tmp_path / "clinic.xlsx", rows, "en")).faults
    assert (warning.severity, "neither a stop date nor a duration" in warning.rule) == ("warning", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_right_and_never_read(language, tmp_path):
    empty = examine(filled(tmp_path / "empty.xlsx", {}, language))
    assert [fault.rule for fault in empty.faults] == ["has no rows", "has no rows"]
    translated = {table: [{name: said(value, language) if isinstance(value, str) else value
                           for name, value in row.items()} for row in rows]
                  for table, rows in EXAMPLES.items()}  # fmt: skip
    examination = examine(filled(tmp_path / "clinic.xlsx", translated, language))
    assert list(in_words(examination.faults)) == []
    workbook = openpyxl.load_workbook(tmp_path / "clinic.xlsx")
    shown = [cell.value for row in workbook[said("examples", language)] for cell in row]
    assert "A01" in shown
    assert date(2021, 5, 3) in [getattr(value, "date", lambda value=value: value)() for value in shown]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_is_read_and_every_head_is_known(language, tmp_path):
    write_workbook(tmp_path / "clinic.xlsx", language)
    workbook = openpyxl.load_workbook(tmp_path / "clinic.xlsx")
    for table in TABLES:
        sheet = workbook[said(table, language)]
        assert [languages.column_by_head(table)[dictionary.folded(cell.value)] for cell in sheet[1]] == [
            *ordered(table)
        ]
        rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
        for cell in sheet[1]:
            column = dictionary.columns(table)[languages.column_by_head(table)[dictionary.folded(cell.value)]]
            if column.levels or column.type in ("treatment", "date", "integer") or column.maximum is not None:
                assert cell.column_letter in rules, cell.value
            if column.unit and column.type != "ordered":
                assert cell.value.endswith(f"({said(column.unit, language)})")
    for treatment in dictionary.treatments().values():
        assert dictionary.treatment_code(said(treatment.label, language)) == treatment.code
        assert dictionary.dose_unit(said(treatment.dose_unit, language)) == treatment.dose_unit


def test_the_list_of_responses_follows_the_scale():
    rules = template._Template("tr").workbook["tedaviler"].data_validations.dataValidation
    (rule,) = [rule for rule in rules if "vIGA-AD" in (rule.formula1 or "")]
    assert re.fullmatch(r"IF\('çalışma'!\$B\$5=\"vIGA-AD\",'seçenekler'!.*,'seçenekler'!.*\)", rule.formula1)


def test_a_response_on_the_other_scale_is_no_level(tmp_path):
    rows = clinic()
    rows["courses"][0]["response"] = "Hafif"
    (fault,) = examine(filled(tmp_path / "clinic.xlsx", rows, "tr")).errors
    assert fault.rule == "is not on the response scale"


def test_every_word_of_the_template_is_turkish():
    ours = [one for table in TABLES for one in dictionary.columns(table).values()]
    english = {*(one.label for one in ours), *(one.meaning for one in ours), *template.GUIDE,
               *(label for one in ours for label in one.levels.values()),
               *(unit for one in ours if (unit := one.unit) not in ("", "IU/ml", "kg", "PGA")),
               *(one.label for one in dictionary.treatments().values()), *languages.organ_classes(),
               template.EXAMPLES_ONLY, template.A_DATE, template.A_NUMBER, *template.STUDY_NOTES.values(),
               *(words for name, some in template.study_sheet.CHOICES.items() if name != "response" for words in some),
               *template.study_sheet.LABELS.values(), *(words for _, words in template.STATED.values())}  # fmt: skip
    assert sorted(english - set(languages.words("tr"))) == []


@pytest.mark.parametrize("table", TABLES)
def test_what_is_missing_in_a_filled_row_is_coloured(table):
    sheet = template._Template("en").workbook[table]
    coloured = {str(cells.sqref).split("2:")[0] for cells in sheet.conditional_formatting}
    required = {cell.column_letter for cell in sheet[1] if cell.fill.start_color.rgb == "00FFF2CC"}
    assert required <= coloured
    assert len(required) == sum(map(template.must_be_filled, dictionary.columns(table).values()))
