"""Cells in a wrong place are told as such, once, and not as so many wrong cells."""

import pandas as pd
import pytest

from adreport.reading.examine import examine
from studies import cohort, written


def faults(folder, **tables):
    return [(fault.file, fault.column, fault.rule, fault.advice) for fault in examine(written(folder, **tables)).errors]


def dated():
    """The courses of the cohort with invented dates in place of ages and durations."""
    days = pd.to_timedelta(range(len(cohort()["courses"])), "D")
    courses = cohort()["courses"].drop(columns=["age_at_start_years", "duration_days"])
    starts = pd.Timestamp("2015-01-01") + 400 * days
    return courses.assign(
        start_date=starts.strftime("%Y-%m-%d"), stop_date=(starts + pd.Timedelta(90, "D")).strftime("%Y-%m-%d")
    )


@pytest.mark.parametrize(
    ("table", "one", "other"),
    [
        ("patients", "sex", "age_at_data_lock_years"),
        ("side_effects", "course", "patient_id"),
        ("courses", "treatment", "age_at_start_years"),
        ("courses", "loading_dose", "dose_unit"),  # of which no cell of the second can be at fault
    ],
)
def test_two_column_names_exchanged_are_one_fault(table, one, other, tmp_path):
    exchanged = cohort()[table].rename(columns={one: other, other: one})
    ((file, _, rule, advice),) = faults(tmp_path, **{table: exchanged})
    assert file == f"{table}.csv"
    assert {one, other} <= set(rule.split())
    assert advice == "Exchange the two column names."


def test_many_wrong_cells_that_fit_no_other_column_stay_themselves(tmp_path):
    found = faults(tmp_path, patients=cohort()["patients"].assign(sex="7.5"))
    assert {column for _, column, _, _ in found} == {"sex"}
    assert all("exchanged" not in rule for _, _, rule, _ in found)


def test_start_and_stop_exchanged_are_one_fault(tmp_path):
    exchanged = dated().rename(columns={"start_date": "stop_date", "stop_date": "start_date"})
    (rule,) = (rule for _, _, rule, _ in faults(tmp_path, courses=exchanged))
    assert rule.startswith("start_date and stop_date: every course stops before it starts")


@pytest.mark.parametrize("cells", ["2", "ja", "nein"])
def test_words_and_codes_that_two_columns_share_do_not_look_exchanged(cells, tmp_path):
    patients = cohort()["patients"].assign(food_allergy=cells, egg_allergy=cells)
    assert all("exchanged" not in rule for _, _, rule, _ in faults(tmp_path, patients=patients))


def test_dates_that_cannot_be_read_do_not_look_exchanged(tmp_path):
    found = faults(tmp_path, courses=dated().assign(start_date="05/07/19", stop_date="07/08/19"))
    assert found
    assert all("exchanged" not in rule for _, _, rule, _ in found)


def test_a_yes_or_no_of_which_only_code_2_is_there_is_told_what_it_may_be(tmp_path):
    advice = {advice for _, _, _, advice in faults(tmp_path, patients=cohort()["patients"].assign(food_allergy="2"))}
    assert any("values: {patients: {food_allergy: {1: yes, 2: no}}}" in words for words in advice)


def test_rows_in_quotation_marks_are_one_fault(tmp_path):
    folder = written(tmp_path)
    file = folder / "courses.csv"
    file.write_text("".join(f'"{line}"\n' for line in file.read_text().splitlines()))
    assert [fault.rule for fault in examine(folder).errors] == [
        "has each row in quotation marks, as if it were one cell"
    ]


def test_a_row_that_moved_by_a_cell_is_recognised_by_a_level_of_the_column_beside(tmp_path):
    courses = cohort()["courses"]
    place = list(courses).index("response")
    moved = courses.iloc[2].tolist()
    courses.iloc[2] = [*moved[:place], *moved[place + 1 :], ""]
    (_, column, _, advice), *_ = faults(tmp_path, courses=courses)
    assert column == "response"
    assert advice.startswith("It is a value of discontinuation_reason, the column beside it: do the cells of this row")
    assert "too far left" in advice


@pytest.mark.parametrize("table", ["patients", "courses", "side_effects"])
def test_a_turned_table_is_recognised(table, tmp_path):
    folder = written(tmp_path)
    cohort()[table].T.to_csv(folder / f"{table}.csv", header=False)
    (fault,) = examine(folder).errors
    assert (fault.file, fault.rule) == (f"{table}.csv", "has its column names below one another: the table is turned")


@pytest.mark.parametrize(
    "row", [{"onset_day": "days"}, {"onset_day": "[d]", "led_to_discontinuation": "(yes/no)"}, "numbers"]
)
def test_a_row_of_units_or_numbers_beneath_the_column_names_is_left_out(row, tmp_path):
    events = cohort()["side_effects"]
    cells = dict(zip(events, map(str, range(1, 99)), strict=False)) if row == "numbers" else row
    events.loc[-1] = [cells.get(name, "") for name in events]
    (fault,) = examine(written(tmp_path, side_effects=events.sort_index())).faults
    assert (fault.severity, fault.row) == ("warning", 2)
    assert fault.rule == "begins a row of units or numbers of the columns, and was left out"


def test_codes_of_a_whole_column_are_told_with_what_to_write(tmp_path):
    courses = cohort()["courses"]
    courses["response"] = courses["response"].map({"0": "1", "1": "2", "2": "3", "": ""})
    advice = {advice for _, _, _, advice in faults(tmp_path, courses=courses)}
    assert advice == {
        "The column holds the codes 1, 2, 3: say in mapping.yml what each of them means, also 1 and 2; if it is in "
        "this order, values: {courses: {response: {1: 0, 2: 1, 3: 2}}}."
    }


def test_one_file_of_a_folder_is_told_which_folder_to_give(tmp_path):
    folder = written(tmp_path)
    (fault,) = examine(folder / "courses.csv").errors
    assert fault.rule == "holds one table; the others are beside it (patients.csv, side_effects.csv)"
    assert fault.advice == f"Give their folder: {folder}."


def test_a_limit_is_told_as_one(tmp_path):
    patients = cohort()["patients"]
    patients.loc[0, "total_ige_iu_per_ml"] = "> 5000"
    ((_, _, _, advice),) = faults(tmp_path, patients=patients)
    assert advice == "It is a limit: write 5000 if that may stand for it, or leave the cell empty."
