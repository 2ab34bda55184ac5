"""Every planted fault is found in its place, and a clean study has none."""

import csv
import re
from dataclasses import replace

import pandas as pd
import pytest

from adreport.cli import main
from adreport.reading.checks import RULES, rule_book
from adreport.reading.checks.rules import Rule
from adreport.reading.examine import examine
from adreport.reading.formats.raw import RawTable
from adreport.study.paths import COHORT
from studies import cohort, written


def found(folder):
    return {(fault.severity, fault.file, fault.row, fault.column) for fault in examine(folder).faults}


def test_the_cohort_is_clean():
    assert examine(COHORT).faults == []


# What the examples of the rules are written into: a patient with one course, and one with two.
VALID = {
    "patients": ["patient_id,sex,birth_date", "A,male,2010-03-01", "B,female,2010-03-01"],
    "courses": [
        "patient_id,course,treatment,response,start_date,stop_date,dose,discontinuation_reason",
        "A,1,CSA,1,2018-01-01,2018-06-01,,remission",
        "B,1,CSA,1,2018-01-01,2018-06-01,,unresponsiveness",
        "B,2,MTX,1,2019-01-01,2019-06-01,,remission",
    ],
    "side_effects": ["patient_id,course,side_effect,onset_day", "A,1,nausea,3"],
}


def example_of(rule, folder):
    """The small valid data set, with the cells of a rule's example written into it."""
    tables = {name: list(csv.DictReader(lines)) for name, lines in VALID.items()}
    settings = {"study.data_lock_date": "2022-12-31"}
    for place, text in rule.example.items():
        if place in settings:
            settings[place] = text
            continue
        *where, column = place.split(".")
        table, row = where if len(where) == 2 else [rule.table, *(where or ["1"])]
        if int(row) > len(tables[table]):
            tables[table].append({})
        tables[table][int(row) - 1][column] = text
    written(folder, **{name: pd.DataFrame(rows).fillna("") for name, rows in tables.items()})
    (folder / "study.yml").write_text(
        "".join(f"{name.removeprefix('study.')}: {text}\n" for name, text in settings.items() if text),
        encoding="utf-8",
    )
    return folder


def pattern_of(words):
    """What words with values in braces can be."""
    return "".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{.*?\})", words))


def test_the_data_set_of_the_examples_is_clean(tmp_path):
    assert found(example_of(type("None", (), {"example": {}}), tmp_path)) == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.table}.{rule.column} {rule.words}")
def test_the_example_of_a_rule_breaks_this_rule_and_no_other(rule, tmp_path):
    faults = examine(example_of(rule, tmp_path)).faults
    (here,) = [fault for fault in faults if fault.file == f"{rule.table}.csv"]
    assert here.column in rule.column.split(" or ")
    for fault in faults:  # of an identifier that looks like a name, one in each table
        assert fault.severity == rule.severity
        assert re.fullmatch(pattern_of(rule.words) + r"( \(also in .*\))?", fault.rule)
        assert re.fullmatch(pattern_of(rule.advice), fault.advice)
    assert len(faults) == (3 if "looks like a" in rule.words and rule.column == "patient_id" else 1)


def test_the_rule_book_has_every_rule_once():
    first, *lines = rule_book().splitlines()
    assert "data/dictionary.csv" in first
    assert len(lines) == len(set(lines)) > 30
    for rule in RULES:
        end = pattern_of(f": {rule.words}. {rule.advice}")
        start = f"{rule.severity.capitalize()}: "
        here = [line for line in lines if line.startswith(start) and re.search(f"{end}$", line)]
        assert any(f"{rule.table}.{rule.column}" in line for line in here)


def test_the_command_prints_the_rule_book_without_reading_data(tmp_path, capsys):
    assert main(["check", "--rules", "--data", str(tmp_path / "nowhere")]) == 0
    assert capsys.readouterr().out.strip() == rule_book()


def test_what_stands_for_many_rows_names_them():
    table = RawTable("courses", "courses.csv", pd.DataFrame({"dose": [str(n) for n in range(30)]}, index=range(2, 32)))
    rule = Rule("courses", "dose", lambda rows: rows.dose != "", "is odd", "Look.", each=1)
    (fault,) = rule.faults(table.cells, table)
    assert (fault.row, fault.value) == (2, "0")
    assert fault.rule == f"is odd (also in rows {', '.join(map(str, range(3, 23)))} … 9 more)"
    assert len(list(replace(rule, each=30).faults(table.cells, table))) == 30


def courses_of(patient):
    table = cohort()["courses"]
    return table.index[table["patient_id"] == patient]


def planted(**cells):
    """The cohort's courses with some cells of a row changed."""
    table = cohort()["courses"]
    for name, value in cells.items():
        if name not in ("row",):
            table.loc[cells["row"], name] = value
    return table


P29 = courses_of("P29")
FIRST = int(courses_of("P01")[0])


@pytest.mark.parametrize(
    ("courses", "severity", "row", "column"),
    [
        (planted(row=FIRST, dose="150"), "warning", FIRST, "dose"),
        (planted(row=FIRST, dose_unit="mg/day"), "warning", FIRST, "dose_unit"),
        (planted(row=FIRST, response=""), "warning", FIRST, "response"),
        (planted(row=FIRST, discontinuation_reason="ongoing"), "error", FIRST, "discontinuation_reason"),
        (planted(row=FIRST + 1, age_at_start_years="5"), "error", FIRST + 1, "course"),
        (planted(row=FIRST + 1, duration_days="9000"), "error", FIRST + 1, "duration_days"),
    ],
)
def test_an_improbable_course_is_found(courses, severity, row, column, tmp_path):
    assert (severity, "courses.csv", row + 2, column) in found(written(tmp_path, courses=courses))


def dated(**changes):
    """Two patients with dates, and what a test changes in the second course of the first."""
    courses = pd.DataFrame(
        {
            "patient_id": ["A", "A", "B"],
            "course": ["1", "2", "1"],
            "treatment": ["CSA", "MTX", "CSA"],
            "response": ["1", "1", "1"],
            "start_date": ["2018-01-01", "2019-01-01", "2018-01-01"],
            "stop_date": ["2018-06-01", "2019-06-01", "2018-06-01"],
            "age_at_start_years": ["8", "9", ""],
            "duration_days": ["151", "151", ""],
            "discontinuation_reason": ["remission", "remission", "remission"],
        }
    )
    for name, value in changes.items():
        courses.loc[1, name] = value
    return courses


@pytest.mark.parametrize(
    ("changes", "row", "column", "severity"),
    [
        ({"stop_date": "2018-12-01", "duration_days": ""}, 3, "stop_date", "error"),
        ({"age_at_start_years": "12"}, 3, "age_at_start_years", "error"),
        ({"duration_days": "300"}, 3, "duration_days", "error"),
        (
            {"start_date": "2017-01-01", "stop_date": "2017-02-01", "age_at_start_years": "7", "duration_days": "31"},
            3,
            "course",
            "error",
        ),
        (
            {"treatment": "Neoral", "start_date": "2018-03-01", "age_at_start_years": "", "duration_days": ""},
            3,
            "start_date",
            "error",
        ),
        (
            {"start_date": "2023-01-01", "stop_date": "2023-02-01", "age_at_start_years": "", "duration_days": ""},
            3,
            "start_date",
            "error",
        ),
        ({"discontinuation_reason": "ongoing"}, 3, "stop_date", "error"),
        ({"course": "3"}, 3, "course", "warning"),
        ({"start_date": "2019/13/45"}, 3, "start_date", "error"),
        ({"stop_date": "", "duration_days": "5000"}, 3, "duration_days", "error"),
    ],
)
def test_dates_that_contradict_are_found(changes, row, column, severity, tmp_path):
    patients = pd.DataFrame(
        {"patient_id": ["A", "B"], "sex": ["male", "female"], "birth_date": ["2010-01-01", "2010-01-01"]}
    )
    folder = written(tmp_path, patients=patients, courses=dated(**changes), side_effects=None)
    (folder / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    assert (severity, "courses.csv", row, column) in found(folder)
    clean = written(tmp_path / "clean", patients=patients, courses=dated(), side_effects=None)
    assert found(clean) == set()


def test_dates_after_today_are_found_without_a_data_lock(tmp_path):
    courses = dated(start_date="2099-01-01", stop_date="", age_at_start_years="", duration_days="")
    patients = pd.DataFrame({"patient_id": ["A", "B"], "sex": ["male", "female"], "birth_date": ["2010-01-01"] * 2})
    folder = written(tmp_path, patients=patients, courses=courses, side_effects=None)
    assert ("error", "courses.csv", 3, "start_date") in found(folder)


@pytest.mark.parametrize(
    ("patient", "row", "column", "severity"),
    [
        ({"birth_date": "2010-01-01", "age_at_data_lock_years": "25"}, 2, "age_at_data_lock_years", "error"),
        ({"birth_date": "2023-01-01"}, 2, "birth_date", "error"),
        ({"onset_age_months": "110"}, 2, "onset_age_months", "error"),
        ({"onset_age_months": "6", "delay_to_systemic_months": "190"}, 2, "delay_to_systemic_months", "warning"),
    ],
)
def test_a_patient_that_contradicts_the_courses_is_found(patient, row, column, severity, tmp_path):
    patients = pd.DataFrame({"patient_id": ["A", "B"], "sex": ["male", "female"]})
    planted = patients.assign(**{name: [value, ""] for name, value in patient.items()})
    for folder, table in ((tmp_path, planted), (tmp_path / "clean", patients)):
        written(folder, patients=table, courses=dated(), side_effects=None)
        (folder / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    assert (severity, "patients.csv", row, column) in found(tmp_path)
    assert found(tmp_path / "clean") == set()


def test_a_patient_without_a_course_is_found(tmp_path):
    tables = cohort()
    tables["patients"] = pd.concat([tables["patients"], pd.DataFrame({"patient_id": ["P31"], "sex": ["male"]})]).fillna(
        ""
    )
    assert found(written(tmp_path, **tables)) == {("warning", "patients.csv", 32, "patient_id")}


def test_another_spelling_of_a_patient_is_suggested(tmp_path):
    patients = pd.DataFrame({"patient_id": ["001", "002"], "sex": ["male", "female"]})
    courses = dated().assign(patient_id=["1", "1", "002"])
    faults = examine(written(tmp_path, patients=patients, courses=courses, side_effects=None)).faults
    assert [fault.row for fault in faults] == [2, 3]
    assert all("There is 001: is that the same patient?" in fault.advice for fault in faults)


def test_adults_are_a_warning_and_the_report_is_made(tmp_path):
    patients = cohort()["patients"].assign(age_at_data_lock_years="40")
    courses = cohort()["courses"]
    courses.loc[FIRST + 1, "age_at_start_years"] = "34"
    examination = examine(written(tmp_path, patients=patients, courses=courses))
    assert examination.study is not None
    assert ("warning", "courses.csv", FIRST + 3, "age_at_start_years") in found(tmp_path)


@pytest.mark.parametrize(("day", "severity"), [("9999", "error"), ("900", "warning")])
def test_a_side_effect_after_its_course_is_found(day, severity, tmp_path):
    """An error where it is after the data lock too, which is a contradiction."""
    events = cohort()["side_effects"]
    events.loc[4, "onset_day"] = day
    assert found(written(tmp_path, side_effects=events)) == {(severity, "side_effects.csv", 6, "onset_day")}


def test_a_side_effect_after_the_data_lock_is_found_where_the_end_of_the_course_is_not_known(tmp_path):
    patients = pd.DataFrame({"patient_id": ["A"], "sex": "male"})
    course = {"patient_id": "A", "course": "1", "treatment": "CSA", "response": "1", "start_date": "2022-06-01"}
    courses = pd.DataFrame([course | {"discontinuation_reason": "side_effect"}])
    events = pd.DataFrame({"patient_id": ["A"], "course": "1", "side_effect": "nausea", "onset_day": "400"})
    folder = written(tmp_path, patients=patients, courses=courses, side_effects=events)
    (folder / "study.yml").write_text("data_lock_date: 2022-12-31")
    (fault,) = examine(folder).errors
    assert (fault.column, fault.rule) == (
        "onset_day", "is after the data lock, which is 213 days after the start of the course",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("side_effect", "rash, call 0532 123 45 67"),
        ("management", "seen on 12.03.2021"),
        ("outcome", "mother: ayse@example.org"),
        ("management", "TC 12345678901"),
    ],
)
def test_personal_data_in_a_shown_column_are_found(column, value, tmp_path):
    events = cohort()["side_effects"]
    events.loc[3, column] = value
    assert found(written(tmp_path, side_effects=events)) == {("warning", "side_effects.csv", 5, column)}


@pytest.mark.parametrize("name", ["Ayşe Yılmaz", "Yılmaz, Ali", "ayşe yılmaz", "Anne-Marie Müller"])
def test_names_as_identifiers_are_found(name, tmp_path):
    person = name
    tables = {name: table.replace({"patient_id": {"P01": person}}) for name, table in cohort().items()}
    assert ("warning", "patients.csv", 2, "patient_id") in found(written(tmp_path, **tables))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [a", "study.yml, line 2: cannot be read"),
        ("data_lock_date: 2022-13-45", "study.yml: cannot be read"),
        ("data_lock_date: someday", "data_lock_date must be a date"),
        ("title: [a, b]", "title must be words"),
        ("- a", "must hold lines of name: value"),
        ("response: {levels: {0: bad}}", "response needs levels"),
        ("response: EASI", "is not a response scale"),
        ("response: {levels: {0: bad, 1: good}, effective: [2], significant: []}", "effective names 2"),
        ("provenance: {synthetc: [courses.dose]}", "synthetc means nothing here. Did you mean synthetic?"),
        ("provenance: {synthetic: [courses.dos]}", "courses.dos is not a table.column"),
        ("reproduces: something", "reproduces can only be published"),
    ],
)
def test_settings_that_mean_nothing_are_refused(text, message, tmp_path):
    from adreport.study.faults import ParameterFault

    folder = written(tmp_path)
    (folder / "study.yml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(ParameterFault) as caught:
        examine(folder)
    assert message in str(caught.value)


def test_yes_and_no_can_be_a_response_scale(tmp_path):
    courses = cohort()["courses"]
    courses["response"] = courses["response"].map({"": "", "0": "no", "1": "yes", "2": "yes"})
    folder = written(tmp_path, courses=courses)
    scale = "response: {levels: {no: No response, yes: Response}, effective: [yes], significant: [yes]}\n"
    (folder / "study.yml").write_text(scale, encoding="utf-8")
    assert examine(folder).study.courses["effective"].sum() == 67


def whole_years():
    """Courses whose ages are completed years, so that they seem to overlap and to outlast the patient's age."""
    common = {"patient_id": "A", "treatment": "CSA", "response": "1", "age_at_start_years": "8"}
    numbered = pd.DataFrame({"course": ["1", "2"], "duration_days": ["200", "300"]})
    return numbered.assign(**common, discontinuation_reason="remission")


def test_ages_in_whole_years_contradict_nothing_within_a_year(tmp_path):
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "age_at_data_lock_years": ["9"]})
    assert found(written(tmp_path, patients=patients, courses=whole_years(), side_effects=None)) == set()


def test_durations_in_whole_months_fit_their_dates(tmp_path):
    courses = dated(duration_days="").rename(columns={"duration_days": "duration_months"})
    courses["duration_months"] = ["5", "5", "5"]
    patients = pd.DataFrame({"patient_id": ["A", "B"], "sex": ["male", "female"], "birth_date": ["2010-01-01"] * 2})
    assert found(written(tmp_path, patients=patients, courses=courses, side_effects=None)) == set()


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["ongoing", "ongoing"], set()),  # both go on: a combination
        (["ongoing", "remission"], {("warning", "courses.csv", 2, "discontinuation_reason")}),
    ],
)
def test_two_ongoing_courses_without_times_are_a_combination(reasons, expected, tmp_path):
    courses = pd.DataFrame({"patient_id": ["A", "A"], "course": ["1", "2"], "treatment": ["CSA", "DUP"],
                            "response": ["1", "1"], "discontinuation_reason": reasons})  # fmt: skip
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["male"]})
    assert found(written(tmp_path, patients=patients, courses=courses, side_effects=None)) == expected


def test_order_is_judged_across_a_course_without_a_time(tmp_path):
    courses = cohort()["courses"]
    rows = courses_of("P29")
    courses.loc[rows[1], ["age_at_start_years", "duration_days"]] = ""
    courses.loc[rows[2], "age_at_start_years"] = "1"
    assert ("error", "courses.csv", int(rows[2]) + 2, "course") in found(written(tmp_path, courses=courses))


def test_a_course_number_that_is_none_is_one_fault(tmp_path):
    courses = cohort()["courses"]
    courses.loc[FIRST, "course"] = "x"
    assert {fault[3] for fault in found(written(tmp_path, courses=courses)) if fault[1] == "courses.csv"} == {"course"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("born 03-05-2012", "a full date"),
        ("SSN 219-09-9999", "a social security number"),
        ("NHS no 943 476 5919", "a health service number"),
        ("informed his mother Fatma Demir", "a name"),
        ("seen with Ayşe Hanım", "a name"),
    ],
)
def test_more_personal_data_in_free_text_are_found(value, kind, tmp_path):
    events = cohort()["side_effects"]
    events.loc[3, "management"] = value
    (fault,) = examine(written(tmp_path, side_effects=events)).faults
    assert (fault.row, fault.column, fault.rule) == (5, "management", f"looks like {kind}")


@pytest.mark.parametrize(
    "words", ["AD-AK", "mother informed", "dose halved by mother", "Dr contacted", "topical therapy"]
)
def test_codes_and_common_words_are_not_taken_for_people(words, tmp_path):
    events = cohort()["side_effects"]
    events.loc[3, "management"] = words
    assert found(written(tmp_path, side_effects=events)) == set()


@pytest.mark.parametrize(
    ("start", "reasons", "expected"),
    [
        ("2019-01-01", ["lost_to_follow_up", "remission"], [2]),  # seven months after the end of the first
        ("2018-03-01", ["lost_to_follow_up", "lost_to_follow_up"], []),  # both ran when the patient was lost
        ("2019-01-01", ["remission", "lost_to_follow_up"], []),
        ("", ["lost_to_follow_up", "remission"], [2]),  # without times the numbers tell
    ],
)
def test_a_patient_who_came_back_was_not_lost(start, reasons, expected, tmp_path):
    courses = pd.DataFrame({
        "patient_id": "A", "course": ["1", "2"], "treatment": ["CSA", "MTX"], "response": "1",
        "start_date": ["2018-01-01" if start else "", start], "stop_date": ["2018-06-01", "2019-06-01"],
        "discontinuation_reason": reasons,
    })  # fmt: skip
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "birth_date": ["2010-01-01"]})
    folder = written(tmp_path, patients=patients, courses=courses, side_effects=None)
    assert found(folder) == {("warning", "courses.csv", row, "discontinuation_reason") for row in expected}
