"""The courses behind a number, one a row."""

from collections.abc import Callable

import pandas as pd

from adreport.pages.layout import rows
from adreport.show.numbers import NOT_RECORDED, recorded, whole
from adreport.show.parts import Absent, Column, Table
from adreport.study.dictionary import level_label
from adreport.study.model import Study

MOST = 300  # rows that a browser shows without delay

LISTS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "all courses": lambda courses: courses["treatment"].notna(),
    "effective": lambda courses: courses["effective"].fillna(False),
    "not effective": lambda courses: ~courses["effective"].fillna(True),
    "response not recorded": lambda courses: courses["response"].isna(),
    "with a side effect": lambda courses: courses["side_effect"],
    "stopped for a side effect": lambda courses: courses["discontinuation_reason"].eq("side_effect"),
    "ongoing": lambda courses: courses["discontinuation_reason"].eq("ongoing"),
    "lost to follow-up": lambda courses: courses["discontinuation_reason"].eq("lost_to_follow_up"),
}


def listed_courses(study: Study, which: str) -> Table | Absent:
    """The courses of one of LISTS, by patient and line; at most MOST of them."""
    courses = study.courses[LISTS[which](study.courses).astype(bool)].sort_values(["patient_id", "line"])
    if courses.empty:
        return Absent("There is no such course among those selected.")
    shown = courses.head(MOST)
    columns = {
        Column("Line"): shown["line"].map(whole),
        Column("Treatment", words=True): _labels(shown["treatment"]),
        Column("Age at start (years)"): shown["age_at_start_years"].map(recorded),
        Column("Duration (months)"): shown["duration_months"].map(recorded),
        Column("Response", words=True): _known(shown["response"], study.response.labels),
        Column("Ended by", words=True): _labels(shown["discontinuation_reason"]),
        Column("Side effect"): _known(shown["side_effect"], {True: "yes", False: "no"}),
    }
    notes = [f"The first {MOST} of {len(courses)} courses."] if len(courses) > MOST else []
    mark = study.mark("courses.duration_days", "courses.age_at_start_years")
    body = rows(shown["patient_id"], *map(list, columns.values()))
    return Table(f"Courses: {which}", "Patient", list(columns), body, notes, mark, folded=False)


def _known(values: pd.Series, words: dict) -> pd.Series:
    return values.astype(object).map(words).fillna(NOT_RECORDED)


def _labels(codes: pd.Series) -> list[str]:
    return [NOT_RECORDED if pd.isna(code) else level_label(str(codes.name), code) for code in codes]
