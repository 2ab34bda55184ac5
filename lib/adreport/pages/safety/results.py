"""What harm was recorded: side effects by treatment and term, and the courses stopped for them."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics, table
from adreport.pages.safety import exposure
from adreport.pages.safety.exposure import by_treatment, commonest, events_with_courses
from adreport.stats import effects
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.times import DAYS_PER_YEAR

ANY = "any"
SEVERE_GRADE = 3  # CTCAE


def analyse(study: Study, confidence_level: float = 0.95) -> pd.DataFrame:
    """Every statistic of the safety page; of side effects, none where the data have no table of them."""
    if not study.side_effects_recorded:
        return table(discontinued(study, confidence_level))
    return table([
        *side_effects(study, confidence_level),
        *exposure.analyse(study, confidence_level),
        *ages_at_events(study),
        *affected(study, confidence_level),
        *of_rescue_courses(study),
        *discontinued(study, confidence_level),
        *led_to_discontinuation(study),
        *serious(study),
        *attribution(study),
    ])  # fmt: skip


def side_effects(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Table 3: events, courses and patients of each term, with the rate per 100 patient-years of treatment.

    Events of courses of unknown duration are counted (n_missing), and are left out of the rate.
    """
    events = events_with_courses(study)
    for code, courses in study.courses.groupby("treatment", observed=True):
        years = courses["duration_days"].sum() / DAYS_PER_YEAR
        own = events[events["treatment"] == code]
        for term, rows in [(ANY, own), *commonest(own, "side_effect")]:
            rate, method = exposure.rate_of(exposure.timed(rows), years, confidence_level)
            numbers = _numbers_of(rows) | rate
            keys = {"group1": "treatment", "group1_level": code, "variable": "side_effect", "variable_level": term}
            yield from statistics("table3", numbers, method, **keys)


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
    for keys, courses in by_treatment(study):
        harmed = courses.loc[courses["side_effect"], "patient_id"]
        numbers = {
            "affected_courses": (len(harmed), len(courses)),
            "affected_patients": (harmed.nunique(), courses["patient_id"].nunique()),
        }
        for variable, (events, total) in numbers.items():
            rate = effects.wilson(events, total, confidence_level)
            yield from statistics("safety", rate.statistics, rate.method, variable=variable, **keys)


def of_rescue_courses(study: Study) -> Iterator[dict]:
    """Side effects of rescue courses, which no other number of the page counts."""
    rescue = study.rescue_courses[["patient_id", "course"]]
    events = study.side_effects.merge(rescue, on=["patient_id", "course"])
    yield from statistics("safety", {"n": len(events)}, variable="side_effects_of_rescue_courses")


def discontinued(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Courses stopped for a side effect, of those whose reason is recorded, per treatment and altogether."""
    for keys, courses in by_treatment(study):
        courses = courses.dropna(subset="discontinuation_reason")
        stopped = int(courses["discontinuation_reason"].eq("side_effect").sum())
        rate = effects.wilson(stopped, len(courses), confidence_level)
        yield from statistics("safety", rate.statistics, rate.method, variable="discontinued", **keys)


def led_to_discontinuation(study: Study) -> Iterator[dict]:
    """Events recorded as having led to a stop, and where this and the recorded reason of the course disagree."""
    events = events_with_courses(study)
    led = events["led_to_discontinuation"]
    stopping = events[led.eq("yes")]
    reason = stopping.drop_duplicates(["patient_id", "course"])["discontinuation_reason"]
    courses = study.courses[study.courses["discontinuation_reason"].eq("side_effect")]
    keys = ["patient_id", "course"]
    named = courses.merge(stopping[keys].drop_duplicates(), on=keys)
    numbers = {
        "events_led_to_discontinuation": share(len(stopping), int(led.notna().sum())),
        "courses_led_to_discontinuation": {"n": len(reason)},
        "led_with_another_reason": share(int(reason.ne("side_effect").sum()), len(reason)),
        "stopped_without_event": share(len(courses) - len(named), len(courses)),
    }
    for variable, statistic in numbers.items():
        yield from statistics("safety", statistic, variable=variable)


def serious(study: Study) -> Iterator[dict]:
    """Events recorded as serious, of those of which it is known; and those of grade 3 or more of which it is not.

    Serious (what happened) is not severe (how strong): a grade alone makes no event serious.
    """
    events = events_with_courses(study)
    known = events["serious"].notna()
    yield from statistics("safety", share(int(events["serious"].eq("yes").sum()), int(known.sum())), variable="serious")
    yield from statistics("safety", {"n": len(severe(events)), "n_missing": int((~known).sum())}, variable="severe")


def severe(events: pd.DataFrame) -> pd.DataFrame:
    """Events of grade 3 or more of which it is not recorded whether they were serious."""
    return events[events["serious"].isna() & (events["grade"] >= SEVERE_GRADE)]


def attribution(study: Study) -> Iterator[dict]:
    """Events on a day on which the patient was on another treatment as well, of those of which it can be known."""
    other = events_with_courses(study)["other_treatment"]
    numbers = share(int(other.sum()), int(other.notna().sum())) | {"n_missing": int(other.isna().sum())}
    yield from statistics("safety", numbers, variable="other_treatment")


def _numbers_of(events: pd.DataFrame) -> dict[str, int]:
    return {
        "n": len(events),
        "courses": len(events[["patient_id", "course"]].drop_duplicates()),
        "patients": events["patient_id"].nunique(),
    }
