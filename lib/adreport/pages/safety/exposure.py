"""Side effects for the time on treatment: rates per 100 patient-years, of all events and of first ones.

Patient-years are those of courses: time on two treatments at once counts for each.
"""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.stats import effects
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.times import DAYS_PER_YEAR

ALL_EVENTS = "all events over all days of the courses"
FIRST_EVENTS = "first event of each course over the days until it; until the course's end without one or its day"


def analyse(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Rates per treatment and altogether; the same, and those affected, by term and by organ class."""
    events = events_with_courses(study)
    for keys, courses in by_treatment(study):
        own = events[events["treatment"].isin([keys["group1_level"]])] if keys else events
        yield from rates(own, courses, confidence_level, keys)
        yield from affected(own, courses, keys)
        for level, rows in breakdown(own):
            if not keys or "variable_level" not in level:
                yield from affected(rows, courses, keys | level)
                yield from event_rate("events", rows, courses, confidence_level, keys | level)


def events_with_courses(study: Study) -> pd.DataFrame:
    """One row an event, with the columns of its course; events of rescue courses are left out."""
    courses = study.courses.drop(columns="side_effect")
    return study.side_effects.merge(courses, on=["patient_id", "course"], validate="many_to_one")


def by_treatment(study: Study) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """All courses, then those of each treatment, with the keys of their results."""
    yield {}, study.courses
    for code, courses in study.courses.groupby("treatment", observed=True):
        yield {"group1": "treatment", "group1_level": code}, courses


def commonest(events: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    """The events of each level of a column of words, the most frequent first."""
    numbers = events[column].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return [(level, events[events[column] == level]) for level in numbers.index]


def breakdown(events: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """The events of each term, of each organ class, and of each term within its class, the most frequent first."""
    for column in ("side_effect", "organ_class"):
        for name, rows in commonest(events, column):
            keys = {"group2": column, "group2_level": name}
            yield keys, rows
            for term, own in commonest(rows, "side_effect") if column == "organ_class" else ():
                yield keys | {"variable_level": term}, own


def rates(events: pd.DataFrame, courses: pd.DataFrame, confidence_level: float, keys: dict) -> Iterator[dict]:
    """All events, and first events, per 100 patient-years; courses of unknown duration are left out of both."""
    yield from event_rate("side_effects", events, courses, confidence_level, keys)
    known = courses.dropna(subset="duration_days")
    onset = events.groupby(["patient_id", "course"])["onset_day"].min().rename("first_day").reset_index()
    first = known.merge(onset, on=["patient_id", "course"], how="left")
    days = first[["duration_days", "first_day"]].min(axis=1).sum()
    harmed = int(first["side_effect"].sum())
    left_out = int(courses["side_effect"].sum()) - harmed
    yield from _rate("first_side_effect", (harmed, left_out), days, FIRST_EVENTS, confidence_level, keys)


def event_rate(
    variable: str, events: pd.DataFrame, courses: pd.DataFrame, confidence_level: float, keys: dict
) -> Iterator[dict]:
    """Events of courses of known duration per 100 patient-years of these courses."""
    days = courses["duration_days"].sum()
    yield from _rate(variable, timed(events), days, ALL_EVENTS, confidence_level, keys)


def affected(events: pd.DataFrame, courses: pd.DataFrame, keys: dict) -> Iterator[dict]:
    """How many of the patients and of the courses had at least one of these events."""
    harmed = events[["patient_id", "course"]].drop_duplicates()
    patients = share(harmed["patient_id"].nunique(), courses["patient_id"].nunique())
    yield from statistics("exposure", patients, variable="affected_patients", **keys)
    yield from statistics("exposure", share(len(harmed), len(courses)), variable="affected_courses", **keys)


def timed(events: pd.DataFrame) -> tuple[int, int]:
    """Events in courses of known duration, and those in courses without."""
    known = int(events["duration_days"].notna().sum())
    return known, len(events) - known


def rate_of(events: tuple[int, int], years: float, confidence_level: float) -> tuple[dict[str, float], str]:
    """The rate of timed events, and its method; no rate where all events are untimed, since 0 would deny them."""
    known, untimed = events
    rate = effects.poisson_rate(known, years, confidence_level=confidence_level)
    numbers = {"patient_years": years, "n_missing": untimed}
    return numbers | (rate.statistics if known or not untimed else {}), rate.method


def _rate(
    variable: str, events: tuple[int, int], days: float, time: str, confidence_level: float, keys: dict
) -> Iterator[dict]:
    numbers, method = rate_of(events, days / DAYS_PER_YEAR, confidence_level)
    yield from statistics("exposure", {"n": events[0]} | numbers, f"{method}; {time}", variable=variable, **keys)
