"""Which column of ours a heading is: by its words, its unit and its cells; nothing is proposed that is unlikely."""

import pandas as pd
import pytest

from adreport.reading.drafting import draft
from adreport.reading.examine import examine
from adreport.reading.formats.raw import RawTable, raw_table
from adreport.reading.headings import proposals
from adreport.reading.mapping import mapped
from adreport.study import dictionary
from studies import cohort, written

UNITS = {
    "days": ("days", "day", "d", "gün"), "months": ("months", "mo", "ay"), "years": ("years", "yr", "y"),
    "kg": ("kg",), "mg/day": ("mg/day", "mg per day", "mg/d"), "IU/ml": ("IU/ml", "kU/l"), "PGA": ("PGA",),
}  # fmt: skip
FORMS = "{} ({})", "{}({})", "{} [{}]", "{}_{}", "{}, {}", "{} in {}", "{} {}", "{} / {}"
COLUMNS = [column for table in dictionary.TABLES for column in dictionary.columns(table).values()]


def understood(table, head, *cells):
    """What a heading over some cells is read as, or proposed for; None for neither."""
    raw = mapped(raw_table(table, "x.csv", [head], [[cell] for cell in cells]), {})
    (name,) = raw.cells
    return name if name in dictionary.columns(table) else proposals(raw).get(head)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: f"{column.table}.{column.name}")
def test_each_label_and_synonym_is_understood_with_its_unit_however_it_is_written(column):
    names = (column.label, *column.synonyms)
    heads = [form.format(name, unit) for name in names for unit in UNITS.get(column.unit, ()) for form in FORMS]
    for head in [*names, *heads]:
        for written_so in (head, head.upper(), head.replace(" ", "_"), head.title()):
            assert understood(column.table, written_so) == column.name, written_so


@pytest.mark.parametrize(
    ("table", "head"),
    [
        ("side_effects", "age"), ("side_effects", "SITE"), ("side_effects", "AENDT"), ("courses", "AENDT"),
        ("courses", "height"), ("patients", "icd"), ("courses", "day"), ("courses", "start_na"), ("courses", "end_k"),
        ("courses", "Weight (mg)"), ("courses", "Duration (hours)"), ("courses", "dose (mg)"), ("patients", "eye"),
        ("patients", "IgE (ng/ml)"), ("courses", "Prednisolone (mg/kg/day)"), ("courses", "course_reason_code"),
    ],
)  # fmt: skip
def test_what_is_alike_in_letters_or_in_all_but_the_unit_is_not_proposed(table, head):
    assert understood(table, head) is None


@pytest.mark.parametrize(
    ("table", "head", "name"),
    [
        ("patients", "HastaNo", "patient_id"), ("patients", "patientID", "patient_id"),
        ("patients", "IgE", "total_ige_iu_per_ml"),
        ("courses", "date of start", "start_date"), ("courses", "Treatment start date", "start_date"),
        ("courses", "Discontinuation reson", "discontinuation_reason"), ("patients", "Patient's sex (m/f)", "sex"),
        ("courses", "Response (0-2)", "response"), ("side_effects", "AE grade", "grade"),
        ("courses", "Length (weeks)", "duration_weeks"), ("patients", "Onset (years)", "onset_age_years"),
    ],
)  # fmt: skip
def test_order_slips_and_words_for_the_table_do_not_matter(table, head, name):
    assert understood(table, head) == name


@pytest.mark.parametrize(
    ("table", "head", "like", "unlike"),
    [
        ("side_effects", "event", ["nausea", "rash"], ["7", "12"]),
        ("side_effects", "soc", ["skin", ""], ["1.5", "2"]),
        ("courses", "start", ["2020-01-31", "3.5.2021"], ["140", "138"]),
        ("courses", "end", ["44562", "unknown"], ["4.1", "3.9"]),
        ("courses", "drug", ["MTX", "ciclosporin"], ["2020-01-31", "2020-02-01"]),
        ("courses", "age", ["12", "4.5 years"], ["2012-01-31", "2013-05-02"]),
        ("courses", "weight", ["17,5", "30 kg"], ["female", "male"]),
        ("courses", "weight", ["17,5", "30"], ["1700", "1650"]),
        ("patients", "gender", ["1", "2"], [str(number) for number in range(100, 112)]),
        ("patients", "id", ["A1", "A2"], ["1.5", "2.25"]),
    ],
)  # fmt: skip
def test_the_cells_must_be_of_the_kind_of_the_column(table, head, like, unlike):
    assert understood(table, head, *like) is not None
    assert understood(table, head, *unlike) is None


def test_a_label_with_its_unit_is_read_and_a_synonym_is_asked_about(tmp_path):
    patients = cohort()["patients"].rename(columns={"onset_age_months": "Age at onset (months)"})
    courses = cohort()["courses"].rename(columns={"age_at_start_years": "Age (years)"})
    examination = examine(written(tmp_path, patients=patients, courses=courses))
    expected = pd.to_numeric(cohort()["patients"].set_index("patient_id")["onset_age_months"])
    read = examination.study.patients.set_index("patient_id")["onset_age_months"]
    pd.testing.assert_series_equal(read, expected.loc[read.index], check_dtype=False)
    (fault,) = (fault for fault in examination.warnings if "is not read" in fault.rule)
    assert (fault.column, fault.rule) == ("Age (years)", "is not read; it may be age_at_start_years")


def test_where_a_heading_names_no_unit_it_is_asked(tmp_path):
    patients = cohort()["patients"].rename(columns={"onset_age_months": "Age of onset"})
    (fault,) = examine(written(tmp_path, patients=patients)).warnings
    assert fault.rule == "is not read; it may be onset_age_months"
    assert fault.advice.endswith(
        "If it is in years or weeks or days, it is onset_age_years or onset_age_weeks or onset_age_days."
    )


def test_of_two_units_the_own_one_is_read_and_named_in_messages():
    raw = raw_table("courses", "c.csv", ["Duration (mo)", "Duration (days)"], [["1", "30"]])
    assert draft({"courses": raw}).mapping["columns"]["courses"] == {"Duration (days)": "duration_days"}
    read = mapped(raw, {})
    assert (read.cells["duration_days"].iloc[0], read.heads["duration_days"]) == ("30", "Duration (days)")


@pytest.mark.parametrize(
    ("table", "head", "written", "ours", "value"),
    [
        ("courses", "weight_pounds", "66", "weight_kg", 29.94),  # 66 × 0.45359237
        ("courses", "Weight (g)", "30000", "weight_kg", 30),
        ("courses", "Remission (days)", "61", "remission_months", 2),
        ("courses", "remission_years", "0.5", "remission_months", 6),
        ("side_effects", "Onset (weeks)", "3", "onset_day", 21),
        ("side_effects", "Onset (years)", "2", "onset_day", 730),
        ("patients", "Age at onset (weeks)", "8", "onset_age_months", 1.84),
        ("patients", "onset_age_days", "61", "onset_age_months", 2),
    ],
)
def test_a_heading_in_another_unit_is_converted(table, head, written, ours, value):
    raw = raw_table(table, "x.csv", [head], [[written]])
    assert float(mapped(raw, {}).cells[ours].iloc[0]) == value


def test_a_sheet_as_wide_as_excel_has_them_is_looked_through():
    heads = [str(number) for number in range(16_383)]
    cells = pd.DataFrame([["1"] * len(heads) + ["f"]], columns=[*heads, "Geschlecht"])
    assert proposals(RawTable("patients", "wide.xlsx", cells)) == {"Geschlecht": "sex"}
