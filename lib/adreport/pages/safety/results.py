"""What harm was recorded: side effects by treatment and term, what was done, and the courses stopped for them."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import by_treatment, rate
from adreport.pages.exhibits import Settings
from adreport.pages.line_lists import first_of, line_list
from adreport.pages.safety import exposure
from adreport.pages.safety.exposure import COURSE, all_and_each, commonest, events_with_courses, of_side_effects
from adreport.show.numbers import listing
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED_LABEL, REASON, members
from adreport.study.times import DAYS_PER_YEAR

ANY = "any"
SEVERE_GRADE = 3  # CTCAE
MOST_MANAGEMENTS = 10
SERIOUS_EVENTS, STOPPED_COURSES = "serious_events", "stopped_courses"
TERMS = "side_effects"
SERIOUS_COLUMNS = (
    "treatment", "side_effect", "serious", "grade", "onset_day", "management", "outcome", "led_to_discontinuation",
)  # fmt: skip
STOPPED_COLUMNS = ("treatment", TERMS, "age_at_start_years", "duration_months")


@of_side_effects
def side_effects(study: Study, settings: Settings) -> Iterator[dict]:
    """Table 3: events, courses and patients of each term, with the rate per 100 patient-years of treatment.

    Events of courses of unknown duration are counted (n_missing), and are left out of the rate.
    """
    for keys, events, courses in exposure.events_and_courses(study):
        for term, rows in [(ANY, events), *commonest(events, "side_effect")] if keys else ():
            numbers, method = exposure.event_rate(rows, courses, settings)
            numbers |= {"n": len(rows), "courses": len(rows[COURSE].drop_duplicates())}
            numbers |= {"patients": rows["patient_id"].nunique()}
            yield from statistics("table3", numbers, method, variable="side_effect", variable_level=term, **keys)


@of_side_effects
def managements(study: Study, _: Settings) -> Iterator[dict]:
    """What was done about each side effect of each treatment, in words, and of how many events it is recorded."""
    events = events_with_courses(study)
    recorded = events.dropna(subset="management")
    yield from statistics("safety", share(len(recorded), len(events)), variable="management")
    for (code, term), words in recorded.groupby(["treatment", "side_effect"], observed=True)["management"]:
        keys = {"group1": "treatment", "group1_level": code, "group2": "side_effect", "group2_level": term}
        note = "; ".join(first_of(dict.fromkeys(words), MOST_MANAGEMENTS))
        yield from statistics("safety", {"n": len(words)}, note=note, variable="management", **keys)


@of_side_effects
def ages_at_events(study: Study, _: Settings) -> Iterator[dict]:
    """Median age at each side effect whose day is recorded."""
    events = events_with_courses(study)
    age = events["age_at_start_years"] + events["onset_day"] / DAYS_PER_YEAR
    aged = events.assign(age=age).dropna(subset="age")
    for keys, rows in by_treatment(aged):
        for term, ages in rows.groupby("side_effect")["age"]:
            level = keys | {"variable": "age_at_event_years", "variable_level": term}
            yield from statistics("table3", {"median": ages.median()}, unit="years", **level)


@of_side_effects
def affected(study: Study, settings: Settings) -> Iterator[dict]:
    """Courses and patients with at least one side effect, altogether and of each treatment."""
    for keys, courses in all_and_each(study.courses):
        patients = courses.loc[courses["side_effect"], "patient_id"]
        yield from rate("safety", len(patients), len(courses), settings, variable="affected_courses", **keys)
        events, total = patients.nunique(), courses["patient_id"].nunique()
        yield from rate("safety", events, total, settings, variable="affected_patients", **keys)


@of_side_effects
def of_rescue_courses(study: Study, _: Settings) -> Iterator[dict]:
    """Side effects of rescue courses, which no other number of the page counts."""
    events = study.side_effects.merge(study.rescue_courses[COURSE], on=COURSE)
    yield from statistics("safety", {"n": len(events)}, variable="side_effects_of_rescue_courses")


def discontinued(study: Study, settings: Settings) -> Iterator[dict]:
    """Courses stopped for a side effect, of those whose reason is recorded, altogether and of each treatment."""
    for keys, courses in all_and_each(study.courses):
        reasons = courses[REASON].dropna()
        stopped = int(_for_side_effect(reasons).sum())
        yield from rate("safety", stopped, len(reasons), settings, variable="discontinued", **keys)


@of_side_effects
def led_to_discontinuation(study: Study, _: Settings) -> Iterator[dict]:
    """Events recorded as having led to a stop, and where this and the recorded reason of the course disagree."""
    events = events_with_courses(study)
    led = events["led_to_discontinuation"]
    stopping = events[led.eq("yes")].drop_duplicates(COURSE)
    stopped = study.courses[_for_side_effect(study.courses[REASON])]
    other = int((~_for_side_effect(stopping[REASON])).sum())
    without = len(stopped) - len(stopped.merge(stopping[COURSE], on=COURSE))
    numbers = {
        "events_led_to_discontinuation": share(int(led.eq("yes").sum()), int(led.notna().sum())),
        "courses_led_to_discontinuation": {"n": len(stopping)},
        "led_with_another_reason": share(other, len(stopping)),
        "stopped_without_event": share(without, len(stopped)),
    }
    for variable, statistic in numbers.items():
        yield from statistics("safety", statistic, variable=variable)


@of_side_effects
def serious(study: Study, _: Settings) -> Iterator[dict]:
    """Events recorded as serious, of those for which it is recorded; those of grade 3 or more for which it is not.

    Serious (what happened) is not severe (how strong): a grade alone makes no event serious. Both are listed.
    """
    events = events_with_courses(study)
    recorded = events["serious"].notna()
    yes, severe = events[events["serious"].eq("yes")], events[~recorded & (events["grade"] >= SEVERE_GRADE)]
    yield from statistics("safety", share(len(yes), int(recorded.sum())), variable="serious")
    yield from statistics("safety", {"n": len(severe), "n_missing": int((~recorded).sum())}, variable="severe")
    yield from line_list(SERIOUS_EVENTS, pd.concat([yes, severe])[[*SERIOUS_COLUMNS]], "treatment")


@of_side_effects
def attribution(study: Study, _: Settings) -> Iterator[dict]:
    """Events on a day on which the patient was on another treatment as well, of those for which it can be known."""
    other = events_with_courses(study)["other_treatment"]
    numbers = share(int(other.sum()), int(other.notna().sum())) | {"n_missing": int(other.isna().sum())}
    yield from statistics("safety", numbers, variable="other_treatment")


def stopped_courses(study: Study, _: Settings) -> Iterator[dict]:
    """The courses that were stopped for a side effect, with the side effects recorded in them."""
    stopped = study.courses[_for_side_effect(study.courses[REASON])]
    terms = events_with_courses(study).groupby(COURSE)["side_effect"].agg(lambda words: listing(dict.fromkeys(words)))
    lines = stopped.join(terms.rename(TERMS), on=COURSE)[[*STOPPED_COLUMNS]]
    yield from line_list(STOPPED_COURSES, lines.fillna({TERMS: NOT_RECORDED_LABEL}), "treatment")


def _for_side_effect(reasons: pd.Series) -> pd.Series:
    return reasons.isin(members("side_effect"))
