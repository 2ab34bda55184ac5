"""Courses without an end, without a length, or without the day to which an ongoing one is counted."""

import pandas as pd

from adreport.reading.examine import examine
from studies import written

HEADS = ["patient_id", "course", "treatment", "response", "start_date", "stop_date", "discontinuation_reason"]


def faults(folder, *courses, lock="", **more):
    """The faults of a few courses of female patients."""
    table = pd.DataFrame(courses, columns=HEADS).assign(**more)
    patients = pd.DataFrame({"patient_id": table["patient_id"].unique(), "sex": "female"})
    written(folder, patients=patients, courses=table, side_effects=None)
    if lock:
        (folder / "study.yml").write_text(f"data_lock_date: {lock}\n", encoding="utf-8")
    return [fault for fault in examine(folder).faults if fault.file == "courses.csv"]


ENDED = ("A", "1", "CSA", "1", "2020-01-01", "2020-06-30", "remission")
OPEN = ("B", "1", "MTX", "1", "2020-02-01", "", "ongoing")
NO_REASON = ("C", "1", "MTX", "1", "2020-03-01", "", "")


def test_ongoing_courses_need_a_data_lock_once_for_the_table(tmp_path):
    (fault,) = faults(tmp_path, ENDED, OPEN, NO_REASON)
    assert (fault.severity, fault.row, fault.column) == ("error", 3, "start_date")
    assert "row 4" in fault.rule
    assert "2020-06-30" in fault.advice


def test_a_data_lock_or_durations_answer_it(tmp_path):
    assert faults(tmp_path / "lock", ENDED, OPEN, NO_REASON, lock="2020-12-31") == []
    assert faults(tmp_path / "days", ENDED, OPEN, NO_REASON, duration_days=["181", "90", "80"]) == []


def test_an_ended_course_without_its_length_is_a_warning(tmp_path):
    (fault,) = faults(tmp_path, ENDED, ("B", "1", "MTX", "1", "2020-02-01", "", "remission"))
    assert (fault.severity, fault.row, fault.value) == ("warning", 3, "remission")


def test_an_open_course_beside_another_is_asked_about(tmp_path):
    beside = ("C", "2", "dupilumab", "1", "2020-09-01", "", "")
    (fault,) = faults(tmp_path, ENDED, NO_REASON, beside, lock="2021-12-31")
    assert (fault.severity, fault.row, fault.column) == ("warning", 3, "start_date")
