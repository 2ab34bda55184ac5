"""What harm was recorded: side effects by treatment and term, and the courses stopped for them."""

from collections.abc import Iterator

import pandas as pd

from adreport import inference
from adreport.results import statistics, table
from adreport.study import Study
from adreport.times import DAYS_PER_YEAR

ANY = "any"


def analyse(study: Study, confidence_level: float = 0.95) -> pd.DataFrame:
    """Every statistic of the safety page; of side effects, none where the data have no table of them."""
    if not study.side_effects_recorded:
        return table(discontinued(study, confidence_level))
    return table([
        *side_effects(study, confidence_level),
        *ages_at_events(study),
        *affected(study, confidence_level),
        *discontinued(study, confidence_level),
    ])  # fmt: skip


def events_with_courses(study: Study) -> pd.DataFrame:
    """One row an event, with the columns of its course; events of rescue courses are left out."""
    courses = study.courses.drop(columns="side_effect")
    return study.side_effects.merge(courses, on=["patient_id", "course"], validate="many_to_one")


def side_effects(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Table 3: events, courses and patients of each term, with the rate per 100 patient-years of treatment."""
    events = events_with_courses(study)
    for code, courses in study.courses.groupby("treatment", observed=True):
        years = courses["duration_days"].sum() / DAYS_PER_YEAR
        own = events[events["treatment"] == code]
        terms = own["side_effect"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
        for term, rows in [(ANY, own), *((term, own[own["side_effect"] == term]) for term in terms.index)]:
            numbers = _numbers_of(rows) | inference.poisson_rate(len(rows), years, confidence_level=confidence_level)
            keys = {"group1": "treatment", "group1_level": code, "variable": "side_effect", "variable_level": term}
            yield from statistics(
                "table3", numbers | {"patient_years": years}, f"exact Poisson interval, {confidence_level:.0%}", **keys
            )


def ages_at_events(study: Study) -> Iterator[dict]:
    """Median age at each side effect whose day is recorded."""
    events = events_with_courses(study)
    age = events["age_at_start_years"] + events["onset_day"] / DAYS_PER_YEAR
    known = events.assign(age=age).dropna(subset="age")
    for (code, term), rows in known.groupby(["treatment", "side_effect"], observed=True):
        keys = {"group1": "treatment", "group1_level": code, "variable_level": term}
        yield from statistics("table3", {"median": rows["age"].median()}, variable="age_at_event_years", **keys)


def affected(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Courses and patients with at least one side effect, per treatment and altogether."""
    for keys, courses in _groups(study):
        harmed = courses[courses["side_effect"]]
        numbers = {
            "affected_courses": (len(harmed), len(courses)),
            "affected_patients": (harmed["patient_id"].nunique(), courses["patient_id"].nunique()),
        }
        for variable, (events, total) in numbers.items():
            rate = inference.wilson(events, total, confidence_level)
            yield from statistics("safety", rate, f"Wilson interval, {confidence_level:.0%}", variable=variable, **keys)


def discontinued(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Courses stopped for a side effect, of those whose reason is recorded, per treatment and altogether."""
    for keys, courses in _groups(study):
        courses = courses.dropna(subset="discontinuation_reason")
        stopped = int(courses["discontinuation_reason"].eq("side_effect").sum())
        rate = inference.wilson(stopped, len(courses), confidence_level)
        yield from statistics(
            "safety", rate, f"Wilson interval, {confidence_level:.0%}", variable="discontinued", **keys
        )


def _groups(study: Study) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    yield {}, study.courses
    for code, courses in study.courses.groupby("treatment", observed=True):
        yield {"group1": "treatment", "group1_level": code}, courses


def _numbers_of(events: pd.DataFrame) -> dict[str, int]:
    return {
        "n": len(events),
        "courses": len(events[["patient_id", "course"]].drop_duplicates()),
        "patients": events["patient_id"].nunique(),
    }
