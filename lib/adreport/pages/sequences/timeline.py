"""Courses, side effects and rescue courses laid out in time, as a swimmer plot draws them."""

from dataclasses import dataclass

import pandas as pd

from adreport.pages.contract import pick
from adreport.study.times import DAYS_PER_YEAR

AGE = "age"
SAME = 0.5 / DAYS_PER_YEAR  # ages are rounded, so that a course may seem to end hours after the next began
UNKNOWN_YEARS = 0.3  # drawn length of a course of unknown length


@dataclass(frozen=True)
class Timeline:
    """What one figure draws, in years or in lines: `courses`, `events`, `rescue` with `row`, `left`, `right`."""

    courses: pd.DataFrame
    events: pd.DataFrame
    rescue: pd.DataFrame
    axis_label: str


def in_years(courses: pd.DataFrame, time_axis: str) -> pd.DataFrame:
    """The courses with `left` and `right` in years, and whether their length had to be assumed."""
    zero = courses.groupby("patient_id")["age_at_start_years"].transform("first") if time_axis == AGE else 0.0
    left, right = (zero + courses[name] / DAYS_PER_YEAR for name in ("since_first_days", "until_days"))
    following = left.groupby(courses["patient_id"]).shift(-1)
    assumed = right.isna()
    right = right.fillna(following.clip(upper=left + UNKNOWN_YEARS)).fillna(left + UNKNOWN_YEARS)
    return courses.assign(left=left, right=right, assumed=assumed)


def timeline(results, courses, patients, in_time, time_axis) -> Timeline:
    row = {patient: place for place, patient in enumerate(patients)}
    own = courses[courses["patient_id"].isin(row)].assign(row=lambda rows: rows["patient_id"].map(row))
    long = pick(results, output="table4_long", group1_level=patients)
    events = pick(long, variable="side_effect")
    rescue = pick(long, group2="rescue_course", variable="since_first_days")
    if not in_time:
        own = own.assign(left=own["line"] - 1.0, right=own["line"] - 0.15, assumed=False)
        none = rescue.iloc[:0].assign(row=[], left=[])
        return Timeline(in_lanes(own), _placed(events, own, row, by_line=True), none, "Line of therapy")
    zero = own.groupby("patient_id")["left"].first() if time_axis == AGE else 0.0
    left = rescue["group1_level"].map(zero) if time_axis == AGE else 0.0
    rescue = rescue.assign(row=rescue["group1_level"].map(row), left=left + rescue["stat"] / DAYS_PER_YEAR)
    label = "Age (years)" if time_axis == AGE else "Years since the start of the first course"
    return Timeline(in_lanes(own), _placed(events, own, row), rescue, label)


def _placed(events: pd.DataFrame, courses: pd.DataFrame, row: dict, by_line: bool = False) -> pd.DataFrame:
    """Side effects with the course they stand on, at their day or, where that is not known, at its middle."""
    named = events.rename(columns={"group1_level": "patient_id"}).assign(line=events["group2_level"].astype(int))
    days = named[named["stat_name"] == "value"].set_index(["patient_id", "line", "variable_level"])["stat"]
    days = days[~days.index.duplicated()].rename("day")
    found = named[named["stat_name"] == "n"].join(days, on=["patient_id", "line", "variable_level"])
    found = found[["patient_id", "line", "variable_level", "day"]].merge(courses, on=["patient_id", "line"])
    by_day = found["left"] + (found["day"] - found["since_first_days"]) / DAYS_PER_YEAR
    middle = (found["left"] + found["right"]) / 2
    at = middle if by_line else by_day.clip(upper=found["right"]).fillna(middle)
    return found.assign(at=at, row=found["patient_id"].map(row))


def in_lanes(courses: pd.DataFrame) -> pd.DataFrame:
    """Courses with `low` and `high`, the share of the bar they fill: courses that overlap share it."""
    courses = courses.sort_values(["row", "left"], kind="stable")
    parts: list[tuple[float, float]] = []
    for _, own in courses.groupby("row"):
        parts += _lanes(list(zip(own["left"], own["right"], strict=True)))
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
