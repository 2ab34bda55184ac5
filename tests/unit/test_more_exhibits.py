"""Doses, what followed a response, calendar years, side effects by treatment and response by line, counted by hand."""

import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import cohort, efficacy, safety, sequences
from adreport.pages.contract import pick, value
from adreport.study.paths import COHORT
from studies import written

# Two patients with dates; doses in mg/kg/day, of azathioprine usually 1 to 3 (data/treatments.csv).
COURSES = pd.DataFrame(
    [
        ("A", "1", "CSA", "2019-02-01", "2019-08-01", "2", "1", "unresponsiveness"),
        ("A", "2", "AZA", "2019-09-01", "2020-03-01", "0.1", "2", "remission"),
        ("B", "1", "AZA", "2021-01-01", "2021-07-01", "5", "1", "side_effect"),
        ("B", "2", "AZA", "2021-09-01", "2021-12-01", "1", "0", "unresponsiveness"),
    ],
    columns=[
        "patient_id",
        "course",
        "treatment",
        "start_date",
        "stop_date",
        "dose",
        "response",
        "discontinuation_reason",
    ],
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    patients = pd.DataFrame({"patient_id": ["A", "B"], "birth_date": ["2010-01-01", "2012-01-01"], "sex": "female"})
    return read_study(written(tmp_path_factory.mktemp("two"), patients=patients, courses=COURSES, side_effects=None))


def test_doses_are_drawn_beside_the_usual_range(cohort_study):
    drawn = efficacy.doses.drawing(analyse(efficacy, cohort_study))
    # Table 2 of the paper: azathioprine 1.25 mg/kg/day, methotrexate 0.26 mg/kg/week
    assert "Azathioprine: 1.25 (usual 1–3) mg/kg/day" in drawn.alternative
    assert "Methotrexate: 0.26 (usual 0.3–0.4) mg/kg/week" in drawn.alternative
    assert "Omalizumab" not in drawn.alternative  # no usual range is stated


def test_doses_are_counted_below_within_and_above_the_usual_range(study):
    results = analyse(efficacy, study)
    keys = {"output": "doses", "group1_level": "azathioprine"}
    assert [value(results.rows, variable=place, stat_name="n", **keys) for place in ("below", "within", "above")] == [
        1,
        1,
        1,
    ]
    assert str(efficacy.DOSES.words(results)) == (
        "Of 4 courses with a dose that has a usual range, 1 was dosed within it, 2 below it, 1 above it (azathioprine "
        "and cyclosporine)."
    )
    (row,) = [row for row in efficacy.DOSES.table(results).rows if row.label == "Azathioprine"]
    assert row.cells[2] == "1–3"


def test_a_response_that_another_course_followed_is_counted(study):
    results = analyse(efficacy, study)
    keys = {"output": "effective_courses", "variable": "followed", "stat_name": "n"}
    assert value(results.rows, group1_level="cyclosporine", **keys) == 1
    assert value(results.rows, group1_level="azathioprine", **keys) == 1  # of two: the last of A was the last
    ends = pick(results.rows, output="effective_courses", variable="end", group1_level="azathioprine", stat_name="n")
    assert ends.set_index("variable_level")["stat"].to_dict() == {
        "failure": 0, "side_effect": 1, "precaution": 0, "decision": 0, "not_recorded": 0, "good_end": 1, "censored": 0,
    }  # fmt: skip


def test_courses_are_counted_by_the_year_of_their_start(study):
    results = analyse(cohort, study)
    rows = pick(results.rows, output="calendar", variable="courses", stat_name="n")
    assert set(zip(rows["group1_level"], rows["group2_level"], rows["stat"], strict=True)) == {
        ("cyclosporine", "2019", 1), ("azathioprine", "2019", 1), ("azathioprine", "2021", 2),
    }  # fmt: skip
    assert "2020 0 courses" in cohort.CALENDAR.figure(results).alternative  # a year without a start is drawn too


def test_without_dates_nothing_is_said_of_years():
    results = analyse(cohort, read_study(COHORT))
    assert value(results.rows, output="calendar", variable="dated", stat_name="n") == 0
    assert results.pick(output="calendar", variable="courses").empty
    assert str(cohort.CALENDAR.words(results)).startswith("Courses have no dates")


def test_side_effects_stand_below_the_treatment_with_which_they_occurred():
    """Table 3 of the paper: two skin infections with herpes virus, both on cyclosporine."""
    table = safety.MATRIX.table(analyse(safety, read_study(COHORT)))
    rows = {
        row.label: dict(zip([column.label for column in table.columns], row.cells, strict=True)) for row in table.rows
    }
    assert rows["Herpes virus skin infection"]["CSA"].strip() == "2"
    assert rows["Courses"]["SCS"].strip() == "21"
    (impetigo,) = [row for row in table.rows if row.label == "Impetigo"]
    assert impetigo.shades[0] == 2 / 25


def test_response_stands_by_treatment_and_line():
    """Table 4 begins with systemic corticosteroids in 14 patients, all of whose courses were effective."""
    results = analyse(sequences, read_study(COHORT))
    (row,) = [row for row in sequences.RESPONSE_BY_LINE.table(results).rows if row.label == "Systemic corticosteroid"]
    assert row.cells[0].strip() == "14/14"


def test_the_forest_plot_turns_pairs_so_that_differences_are_not_negative():
    figure = efficacy.PAIRS.figure(analyse(efficacy, read_study(COHORT)))
    # 21/21 less 3/6, Newcombe's hybrid score interval
    assert "Systemic corticosteroid – Phototherapy 50.0 (15.1 to 81.2)" in figure.alternative
    assert ": −" not in figure.alternative
