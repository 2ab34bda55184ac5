"""Reading a study and restricting it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adreport import read_study
from adreport.study.courses import is_rescue
from adreport.study.dictionary import treatment_code
from adreport.study.faults import DataFault, ParameterFault
from studies import cohort, written


def test_the_cohort_has_the_published_patients_and_courses(cohort_study):
    assert (len(cohort_study.patients), len(cohort_study.courses), len(cohort_study.rescue_courses)) == (30, 81, 12)
    assert cohort_study.rescue_courses["patient_id"].nunique() == 6


def test_lines_count_treatment_courses_and_not_rescue_courses(cohort_study):
    own = cohort_study.courses[cohort_study.courses["patient_id"] == "P02"].sort_values("line")
    assert own["treatment"].tolist() == [
        "immunoglobulin", "phototherapy", "cyclosporine", "systemic_corticosteroid", "azathioprine", "methotrexate",
        "omalizumab",
    ]  # fmt: skip
    assert own["line"].tolist() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("days", "dose", "prednisolone", "rescue"),
    [
        (13, 2.0, 20, True),
        (14, 0.5, 10, False),  # the published rule leaves exactly two weeks open; here they count as long
        (5, 2.1, 15, False),  # short but above 2 mg/kg/day
        (5, 0.5, 20.5, False),  # short but above 20 mg/day
        (5, None, None, True),  # an unknown dose is taken as low
        (None, 0.5, 10, False),  # an unknown duration is not short
    ],
)
def test_the_rescue_rule_is_closed(days, dose, prednisolone, rescue):
    course = pd.DataFrame(
        {
            "treatment": ["systemic_corticosteroid"],
            "duration_days": [days],
            "dose": [dose],
            "dose_unit": ["mg/kg/day"],
            "prednisolone_mg_per_day": [prednisolone],
        }
    ).astype({"duration_days": float, "dose": float, "prednisolone_mg_per_day": float})
    assert is_rescue(course).tolist() == [rescue]
    assert is_rescue(course.assign(treatment="cyclosporine")).tolist() == [False]


def test_ages_are_inclusive_and_those_at_the_start_of_the_course(cohort_study):
    age = cohort_study.courses["age_at_start_years"].iloc[0]
    selected = cohort_study.select(age_min=age, age_max=age)
    assert (selected.courses["age_at_start_years"] == age).all()


def test_a_patient_stays_while_one_course_stays(cohort_study):
    selected = cohort_study.select("DUP")
    assert selected.patients["patient_id"].tolist() == ["P29"]
    assert selected.side_effects.empty


def test_a_study_without_side_effects_can_be_filtered(tmp_path, cohort_study):
    study = read_study(written(tmp_path, side_effects=None)).select("CSA", age_max=6)
    assert list(study.side_effects.columns) == list(cohort_study.side_effects.columns)


@pytest.mark.parametrize(
    "name", ["CSA", "csa", "Cyclosporine", "ciclosporin", "siklosporin", "Sandimmun", "cyclosporine"]
)
def test_a_treatment_is_understood_by_any_of_its_names(name, cohort_study):
    assert len(cohort_study.select(name).courses) == 25


def test_a_selection_still_knows_what_followed(cohort_study):
    followed = cohort_study.select("CSA").courses["next_treatment"].notna().sum()
    assert followed == 12  # Table 4: 25 courses, 13 of them the patient's last


treatment_choices = st.lists(st.sampled_from(["CSA", "SCS", "AZA", "MTX", "PT", "IVIG"]), max_size=4)
ages = st.one_of(st.none(), st.integers(0, 18))


@given(treatment_choices, ages, ages, st.sampled_from(["", "female", "male"]))
def test_a_selection_holds_what_meets_it_and_its_complement_the_rest(cohort_study, treatments, age_min, age_max, sex):
    joined, codes = cohort_study.with_patients(), set(map(treatment_code, treatments))
    expected = sum(
        (not codes or course.treatment in codes)
        and (age_min is None or course.age_at_start_years >= age_min)
        and (age_max is None or course.age_at_start_years <= age_max)
        and (not sex or course.sex == sex)
        for course in joined.itertuples()
    )
    if expected == 0:
        with pytest.raises(ParameterFault, match="No treatment course is left"):
            cohort_study.select(treatments, age_min=age_min, age_max=age_max, sex=sex)
        return
    selected = cohort_study.select(treatments, age_min=age_min, age_max=age_max, sex=sex)
    assert len(selected.courses) == expected
    assert set(selected.patients["patient_id"]) == set(selected.courses["patient_id"])


@pytest.mark.parametrize(
    ("given_filter", "message"),
    [
        ({"treatments": "cyclosporn"}, "“cyclosporn” is not a treatment. Did you mean"),
        ({"sex": "woman"}, "“woman” is not a sex"),
        ({"age_min": 18}, "No treatment course is left with: age at start of the course from 18 years."),
    ],
)
def test_a_filter_that_cannot_be_met_says_why(given_filter, message, cohort_study):
    with pytest.raises(ParameterFault, match=message):
        cohort_study.select(**given_filter)


def test_another_response_scale_is_followed(tmp_path, cohort_study):
    courses = cohort()["courses"]
    courses["response"] = courses["response"].map({"": "", "0": "4", "1": "1", "2": "0"})
    scale = "response:\n  levels: {4: severe, 3: moderate, 2: mild, 1: almost clear, 0: clear}\n"
    folder = written(tmp_path, courses=courses)
    (folder / "study.yml").write_text(scale + "  effective: [0, 1]\n  significant: [0]\n", encoding="utf-8")
    study = read_study(folder)
    assert study.courses["effective"].tolist() == cohort_study.courses["effective"].tolist()
    assert study.courses["significant"].tolist() == cohort_study.courses["significant"].tolist()
    assert study.courses["response"].cat.codes.max() == 4  # clear is the best level, not the lowest number


def faults_of(folder):
    with pytest.raises(DataFault) as caught:
        read_study(folder)
    return caught.value.faults


def test_every_fault_is_found_at_once_with_its_place(tmp_path):
    tables = cohort()
    tables["patients"].loc[3, "sex"] = "femal"
    tables["patients"].loc[5, "onset_age_months"] = "a year"
    tables["courses"].loc[10, "treatment"] = "metotrexat"
    tables["courses"].loc[11, "duration_days"] = "-4"
    tables["side_effects"].loc[2, "course"] = "9"
    faults = faults_of(written(tmp_path, **tables))
    assert {(fault.file, fault.row, fault.column, fault.value) for fault in faults} == {
        ("patients.csv", 5, "sex", "femal"),
        ("patients.csv", 7, "onset_age_months", "a year"),
        ("courses.csv", 12, "treatment", "metotrexat"),
        ("courses.csv", 13, "duration_days", "-4"),
        ("side_effects.csv", 4, "patient_id, course", f"{tables['side_effects'].loc[2, 'patient_id']} / 9"),
    }
    (sex,) = (fault for fault in faults if fault.value == "femal")
    assert "Did you mean female?" in str(sex)


def test_a_missing_column_names_the_likeliest_one_present(tmp_path):
    tables = cohort()
    folder = written(tmp_path, courses=tables["courses"].rename(columns={"treatment": "tretment"}))
    (fault,) = faults_of(folder)
    assert "the column treatment is missing" in str(fault)
    assert "Is it tretment?" in str(fault)


def test_a_course_given_twice_tells_both_rows(tmp_path):
    courses = cohort()["courses"]
    faults = faults_of(written(tmp_path, courses=pd.concat([courses, courses.iloc[[4]]])))
    (fault,) = (fault for fault in faults if fault.rule == "occurs twice")
    assert fault.row == len(courses) + 2
    assert "row 6" in fault.advice


def test_a_missing_file_is_named(tmp_path):
    (fault,) = faults_of(written(tmp_path, courses=None))
    assert "the table courses is missing" in str(fault)


def test_a_key_of_study_yml_that_means_nothing_is_refused(tmp_path):
    folder = written(tmp_path)
    (folder / "study.yml").write_text("titel: Our unit\n", encoding="utf-8")
    with pytest.raises(ParameterFault, match="titel means nothing here. Did you mean title?"):
        read_study(folder)
