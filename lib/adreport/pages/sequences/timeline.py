"""Courses, side effects and rescue courses laid out in time, as a swimmer plot draws them."""

from dataclasses import dataclass

import pandas as pd

from adreport.pages.contract import pick
from adreport.pages.exhibits import Results
from adreport.pages.sequences.pathways import NUMBERS, WORDS
from adreport.study.times import DAYS_PER_YEAR

FIRST_COURSE, AGE = "first course", "age"
AXIS_LABELS = {FIRST_COURSE: "Years since the start of the first course", AGE: "Age (years)"}
SAME = 0.5 / DAYS_PER_YEAR  # ages are rounded, so that a course may seem to end hours after the next began
UNKNOWN_YEARS = 0.3  # drawn length of a course of unknown length
EVENT = ["patient_id", "line", "term"]


@dataclass(frozen=True)
class Timeline:
    """What one figure draws, a row a patient: `courses`, `events` and `rescue`, each with its `row` and its place.

    `limits`: the first and the last time of the axis, in years or in lines. `in_time`: whether it is in years.
    """

    patients: list[str]
    courses: pd.DataFrame
    events: pd.DataFrame
    rescue: pd.DataFrame
    limits: tuple[float, float]
    axis_label: str
    in_time: bool = True


def courses_of(results: Results) -> pd.DataFrame:
    """One row a course of the listed patients (`patient_id`, `line`), a column for each thing known of it.

    With how the pathway of its patient ended.
    """
    long = results.pick(output="table4_long", group2="line", variable=[*WORDS, *NUMBERS])
    long = long.rename(columns={"group1_level": "patient_id"}).assign(line=long["group2_level"].astype(int))
    long = long.set_index(["patient_id", "line", "variable"])
    words = long.loc[long["stat_name"] == "n", "variable_level"].unstack("variable").reindex(columns=WORDS)
    numbers = long.loc[long["stat_name"] == "value", "stat"].unstack("variable").reindex(columns=NUMBERS)
    ends = results.pick(output="table4_wide", variable="pathway_end").set_index("group1_level")["variable_level"]
    units = long["unit"].unstack("variable").reindex(columns=["dose"])["dose"]
    courses = words.join(numbers).assign(dose_unit=units).reset_index()
    return courses.assign(pathway_end=courses["patient_id"].map(ends))


def in_years(courses: pd.DataFrame, time_axis: str) -> pd.DataFrame:
    """The courses with `left` and `right` in years, and whether their length had to be `assumed`."""
    zero = courses.groupby("patient_id")["age_at_start_years"].transform("first") if time_axis == AGE else 0.0
    left, right = (zero + courses[name] / DAYS_PER_YEAR for name in ("since_first_days", "until_days"))
    following = left.groupby(courses["patient_id"]).shift(-1)
    assumed = right.isna()
    right = right.fillna(following.clip(upper=left + UNKNOWN_YEARS)).fillna(left + UNKNOWN_YEARS)
    return courses.assign(zero=zero, left=left, right=right, assumed=assumed)


def timeline(results: Results, courses: pd.DataFrame, patients: list[str], time_axis: str) -> Timeline:
    """Some patients in years; `courses`: those of all patients in time, which share the limits of the axis."""
    limits = (courses["left"].min(), courses["right"].max())
    courses = _of_patients(courses, patients)
    rescue = results.pick(output="table4_long", group2="rescue_course", variable="since_first_days")
    rescue = rescue.merge(courses.drop_duplicates("row"), left_on="group1_level", right_on="patient_id")
    rescue = rescue.assign(left=rescue["zero"] + rescue["stat"] / DAYS_PER_YEAR)
    events = _events(results, courses)
    by_day = events["left"] + (events["day"] - events["since_first_days"]) / DAYS_PER_YEAR
    events = events.assign(at=by_day.clip(upper=events["right"]).fillna(events["at"]))
    return Timeline(patients, in_lanes(courses), events, rescue, limits, AXIS_LABELS[time_axis])


def by_line(results: Results, courses: pd.DataFrame, patients: list[str]) -> Timeline:
    """Some patients whose times are not known, each course at its line of therapy."""
    courses = _of_patients(courses, patients)
    courses = courses.assign(left=courses["line"] - 1.0, right=courses["line"] - 0.15, assumed=False)
    limits, none = (0, courses["right"].max()), courses.iloc[:0]
    return Timeline(
        patients, in_lanes(courses), _events(results, courses), none, limits, "Line of therapy", in_time=False
    )


def _of_patients(courses: pd.DataFrame, patients: list[str]) -> pd.DataFrame:
    row = courses["patient_id"].map({patient: place for place, patient in enumerate(patients)})
    return courses.assign(row=row)[row.notna()].astype({"row": int})


def _events(results: Results, courses: pd.DataFrame) -> pd.DataFrame:
    """Side effects with their course and their `day`, `at` the middle of the course."""
    rows = results.pick(output="table4_long", variable="side_effect")
    rows = rows.assign(line=rows["group2_level"].astype(int))
    rows = rows.rename(columns={"group1_level": "patient_id", "variable_level": "term", "stat": "day"})
    days = pick(rows, stat_name="value").drop_duplicates(EVENT)[[*EVENT, "day"]]
    events = pick(rows, stat_name="n")[EVENT].merge(days, on=EVENT, how="left")
    events = events.merge(courses, on=["patient_id", "line"])
    return events.assign(at=(events["left"] + events["right"]) / 2)


def in_lanes(courses: pd.DataFrame) -> pd.DataFrame:
    """Courses with `low` and `high`, the share of the bar they fill: courses that overlap share it."""
    courses = courses.sort_values(["row", "left"], kind="stable")
    parts: list[tuple[float, float]] = []
    for _, history in courses.groupby("row"):
        parts += _lanes(list(zip(history["left"], history["right"], strict=True)))
    return courses.assign(low=[low for low, _ in parts], high=[high for _, high in parts])


def _lanes(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Which part of the bar each span fills: all of it, or one lane of as many as it needs to share."""
    lanes, free = [], []
    for left, right in spans:
        lane = next((place for place, end in enumerate(free) if end <= left + SAME), len(free))
        free[lane : lane + 1] = [right]
        lanes.append(lane)
    part = 1 / len(free)
    return [
        (lane * part, (lane + 1) * part) if _shares(span, spans) else (0.0, 1.0)
        for lane, span in zip(lanes, spans, strict=True)
    ]


def _shares(span: tuple[float, float], spans: list[tuple[float, float]]) -> bool:
    return sum(span[0] < right - SAME and left < span[1] - SAME for left, right in spans) > 1
