"""Side effects for the time on treatment: rates per 100 patient-years, of all events and of first ones.

Patient-years are those of courses: time on two treatments at once counts for each.
"""

from collections.abc import Iterator
from functools import wraps

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import by_treatment
from adreport.pages.exhibits import Count, Settings
from adreport.stats import effects
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.times import DAYS_PER_YEAR

ALL_EVENTS = "all events over all days of the courses"
FIRST_EVENTS = "first event of each course over the days until it; until the course's end without one or its day"
COURSE = ["patient_id", "course"]


def of_side_effects(count: Count) -> Count:
    """A count that has no rows where the data have no table of side effects."""

    @wraps(count)
    def counted(study: Study, settings: Settings) -> Iterator[dict]:
        yield from count(study, settings) if study.side_effects_recorded else ()

    return counted


@of_side_effects
def rates(study: Study, settings: Settings) -> Iterator[dict]:
    """All events, and first events, per 100 patient-years, and who had any: altogether and of each treatment."""
    for keys, events, courses in events_and_courses(study):
        yield from _all_events(events, courses, settings, variable="side_effects", **keys)
        yield from _first_events(events, courses, settings, **keys)
        yield from _affected(events, courses, **keys)


@of_side_effects
def terms(study: Study, settings: Settings) -> Iterator[dict]:
    """The same of each side effect, without first events: altogether and of each treatment."""
    for keys, events, courses in events_and_courses(study):
        for term, rows in commonest(events, "side_effect"):
            yield from _level(rows, courses, settings, group2="side_effect", group2_level=term, **keys)


@of_side_effects
def organ_classes(study: Study, settings: Settings) -> Iterator[dict]:
    """The same of each organ class and, of all treatments together, of each side effect within its class."""
    for keys, events, courses in events_and_courses(study):
        for name, rows in commonest(events, "organ_class"):
            level = keys | {"group2": "organ_class", "group2_level": name}
            yield from _level(rows, courses, settings, **level)
            for term, within in commonest(rows, "side_effect") if not keys else ():
                yield from _level(within, courses, settings, variable_level=term, **level)


def events_with_courses(study: Study) -> pd.DataFrame:
    """One row an event, with the columns of its course; events of rescue courses are left out."""
    courses = study.courses.drop(columns="side_effect")
    return study.side_effects.merge(courses, on=COURSE, validate="many_to_one")


def all_and_each(courses: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """All courses, then those of each treatment, with the keys of their results."""
    yield {}, courses
    yield from by_treatment(courses)


def events_and_courses(study: Study) -> Iterator[tuple[dict[str, str], pd.DataFrame, pd.DataFrame]]:
    """All side effects and courses, then those of each treatment, with the keys of their results."""
    events = events_with_courses(study)
    for keys, courses in all_and_each(study.courses):
        yield keys, events[events["treatment"].eq(keys["group1_level"])] if keys else events, courses


def commonest(events: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The events of each level of a column of words, the most frequent first."""
    numbers = events[column].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return ((level, events[events[column] == level]) for level in numbers.index)


def event_rate(events: pd.DataFrame, courses: pd.DataFrame, settings: Settings) -> tuple[dict[str, float], str]:
    """Events of courses of known duration per 100 patient-years of these courses, and the method."""
    timed = int(events["duration_days"].notna().sum())
    return _rate(timed, len(events) - timed, courses["duration_days"].sum(), settings)


def _rate(timed: int, untimed: int, days: float, settings: Settings) -> tuple[dict[str, float], str]:
    """The rate of timed events, and its method; no rate where all events are untimed, since 0 would deny them."""
    years = days / DAYS_PER_YEAR
    rate = effects.poisson_rate(timed, years, confidence_level=settings.confidence_level)
    numbers = {"n": timed, "patient_years": years, "n_missing": untimed}
    return numbers | (rate.statistics if timed or not untimed else {}), rate.method


def _all_events(events: pd.DataFrame, courses: pd.DataFrame, settings: Settings, **keys: str) -> Iterator[dict]:
    numbers, method = event_rate(events, courses, settings)
    yield from statistics("exposure", numbers, method, note=ALL_EVENTS, **keys)


def _first_events(events: pd.DataFrame, courses: pd.DataFrame, settings: Settings, **keys: str) -> Iterator[dict]:
    """First events of courses; those of unknown duration are left out of events and of years."""
    timed = courses.dropna(subset="duration_days")
    onset = events.groupby(COURSE)["onset_day"].min().rename("first_day").reset_index()
    first = timed.merge(onset, on=COURSE, how="left")
    days = first[["duration_days", "first_day"]].min(axis=1).sum()
    n = int(timed["side_effect"].sum())
    numbers, method = _rate(n, int(courses["side_effect"].sum()) - n, days, settings)
    yield from statistics("exposure", numbers, method, note=FIRST_EVENTS, variable="first_side_effect", **keys)


def _level(events: pd.DataFrame, courses: pd.DataFrame, settings: Settings, **keys: str) -> Iterator[dict]:
    yield from _affected(events, courses, **keys)
    yield from _all_events(events, courses, settings, variable="events", **keys)


def _affected(events: pd.DataFrame, courses: pd.DataFrame, **keys: str) -> Iterator[dict]:
    """How many of the patients and of the courses had at least one of these events."""
    had = events[COURSE].drop_duplicates()
    patients = share(had["patient_id"].nunique(), courses["patient_id"].nunique())
    yield from statistics("exposure", patients, variable="affected_patients", **keys)
    yield from statistics("exposure", share(len(had), len(courses)), variable="affected_courses", **keys)
