"""Sentences of the safety page."""

import math

import pandas as pd

from adreport.pages.contract import pick, value
from adreport.pages.layout import interval_name
from adreport.pages.safety.exposure import events_with_courses
from adreport.show.numbers import counted, interval, listing, number, percent, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import level_label, treatment_in_words
from adreport.study.model import Study

MOST_TERMS = 3
UNRECORDED = "Side effects were not recorded in these data."


def side_effects(results: pd.DataFrame) -> Sentence:
    """Events, courses and patients with a side effect."""
    own = pick(results, output="safety", group1="", variable=["affected_courses", "affected_patients"])
    if own.empty:
        return Sentence(f"{UNRECORDED} Whether any occurred is not known.")
    events = pick(results, output="table3", variable="side_effect", variable_level="any", stat_name="n")["stat"].sum()
    courses, patients = (_fraction(own, f"affected_{unit}", unit) for unit in ("courses", "patients"))
    rescue = value(results, output="safety", variable="side_effects_of_rescue_courses")
    more = f" {counted(rescue, 'more side effect')} in rescue courses {_are(rescue)} not counted." if rescue else ""
    return Sentence(f"{counted(events, 'side effect')} occurred, in {courses} and in {patients}.{more}")


def terms(results: pd.DataFrame, study: Study) -> Sentence:
    """The side effects that most patients had, and of how many events it is recorded what was done."""
    own = pick(results, output="exposure", group1="", group2="side_effect", variable="affected_patients", stat_name="n")
    if own.empty:
        return _none(results)
    own = own.sort_values("stat", ascending=False, kind="stable")
    most = own[own["stat"] >= own["stat"].head(MOST_TERMS).iloc[-1]]
    most = most if len(most) <= 2 * MOST_TERMS else own[own["stat"] > most["stat"].min()]
    if most.empty:
        return Sentence(f"{counted(len(own), 'side effect')}, each in {counted(own['stat'].max(), 'patient')}.")
    words = [
        f"{level_label('', row.group2_level).lower()} ({counted(row.stat, 'patient')})" for row in most.itertuples()
    ]
    events = events_with_courses(study)["management"]
    done = f"what was done is recorded of {whole(events.notna().sum())} of {counted(len(events), 'event')}"
    return Sentence(f"Most frequent: {listing(words)}; {done}.")


def discontinued(results: pd.DataFrame, study: Study) -> Sentence:
    """Courses stopped for a side effect, of those whose reason is recorded."""
    own = pick(results, output="safety", group1="", variable="discontinued")
    if not value(own, stat_name="N"):
        return Sentence("Why courses ended is not recorded.")
    drugs = study.courses.loc[study.courses["discontinuation_reason"].eq("side_effect"), "treatment"].value_counts()
    which = [f"{whole(n)} of {treatment_in_words(code)}" for code, n in drugs[drugs > 0].items()]
    stopped = _fraction(own, "discontinued", "courses with a recorded reason, ongoing ones included")
    named = f"Stopped for a side effect: {stopped}{', ' + listing(which) if which else ''}."
    return Sentence(named + _led_to_discontinuation(results))


def exposure(results: pd.DataFrame) -> Sentence:
    """All events, and first events, per 100 patient-years over all treatments."""
    own = pick(results, output="exposure", group1="", group2="", variable_level="")
    every = _rate(own, "side_effects", "side effect")
    first = _rate(own, "first_side_effect", "course")
    untimed, years = (value(own, variable="side_effects", stat_name=name) for name in ("n_missing", "patient_years"))
    if not every and untimed > 0 and years > 0:
        return Sentence("All side effects were in courses of unknown duration: there is no rate.")
    if not every and not _recorded(results):
        return Sentence(f"{UNRECORDED} There is no rate.")
    if not every:
        return Sentence("Without the duration of a course there is no rate.")
    left = f" Left out: {counted(untimed, 'side effect')} in courses of unknown duration." if untimed > 0 else ""
    alone = f" Of the first event of each course alone, and the time until it: {first}." if first else ""
    return Sentence(f"Over all treatments {every}.{alone}{left}")


def organ_classes(results: pd.DataFrame) -> Sentence:
    """The organ class with the most events, and what could not be classified."""
    own = pick(results, output="exposure", group1="", group2="organ_class", variable="affected_patients")
    own = pick(own, variable_level="")
    if own.empty:
        return _none(results)
    first = own["group2_level"].iloc[0]
    n, total, p = (value(own, group2_level=first, stat_name=name) for name in ("n", "N", "p"))
    number_of = own["group2_level"].nunique()
    kinds = counted(number_of, "organ class", "organ classes")
    return Sentence(
        f"{kinds} {_were(number_of)} affected; the one with the most events was “{first}”, in {whole(n)} of "
        f"{counted(total, 'patient')} ({percent(p)}%)."
    )


def serious(results: pd.DataFrame) -> Sentence:
    """Serious events, of those of which it is recorded; severe ones of which it is not."""
    n, known = (value(results, output="safety", variable="serious", stat_name=name) for name in ("n", "N"))
    severe, missing = (
        value(results, output="safety", variable="severe", stat_name=name) for name in ("n", "n_missing")
    )
    if not known > 0 and not missing > 0:
        return _none(results)
    told = f"{whole(n)} of {counted(known, 'side effect')} {_were(n)} serious" if known else ""
    unknown = f"of {counted(missing, 'other')} it is not recorded" if missing else ""
    if not known:
        unknown = f"whether a side effect was serious is not recorded for any of the {whole(missing)}"
        unknown = unknown if missing > 1 else "of the one side effect it is not recorded whether it was serious"
    graded = f"; {whole(severe)} of those had grade 3 or more and are listed too" if severe else ""
    text = listing(filter(None, [told, unknown])) + graded
    return Sentence(f"{text[:1].upper()}{text[1:]}.")


def attribution(results: pd.DataFrame) -> Sentence:
    """How many events fell in time that courses of two treatments share."""
    own = pick(results, output="safety", variable="other_treatment")
    n, known, missing = (value(own, stat_name=name) for name in ("n", "N", "n_missing"))
    if not known > 0 and not missing > 0:
        return _none(results)
    if not known > 0:
        return Sentence("Whether another treatment was going on at the time of a side effect cannot be known here.")
    number_of = f"{whole(n)} of {counted(known, 'side effect')}" if n else f"None of {counted(known, 'side effect')}"
    text = f"{number_of} fell on a day with another treatment going on as well"
    blame = (
        ", so that either may have caused it; each is counted for the course under which it is recorded" if n else ""
    )
    rest = (
        f" Of {counted(missing, 'other')} that cannot be known: the day or a start is not recorded." if missing else ""
    )
    return Sentence(f"{text}{blame}.{rest}")


def _led_to_discontinuation(results: pd.DataFrame) -> str:
    """What is recorded of the events themselves, and where it disagrees with the reasons of the courses."""
    own = pick(results, output="safety")
    events, known = (value(own, variable="events_led_to_discontinuation", stat_name=name) for name in ("n", "N"))
    if not known > 0:
        return ""
    courses, other = (
        value(own, variable=name, stat_name="n")
        for name in ("courses_led_to_discontinuation", "led_with_another_reason")
    )
    without = value(own, variable="stopped_without_event", stat_name="n")
    text = (
        f" {counted(events, 'side effect')}, in {counted(courses, 'course')}, {_are(events)} recorded as having led to"
    )
    text += " the stop of the course"
    lacking = (
        f"{counted(without, 'course')} stopped for a side effect {'has' if without == 1 else 'have'} no such event"
    )
    parts = [f"in {whole(other)} of these courses the reason is another"] if other else []
    parts += [lacking] if without else []
    disagreeing = listing(parts)
    return f"{text}; {disagreeing}." if disagreeing else f"{text}."


def _none(results: pd.DataFrame) -> Sentence:
    """That there is no side effect: none recorded, or no record of any."""
    return Sentence("No side effect is recorded." if _recorded(results) else UNRECORDED)


def _recorded(results: pd.DataFrame) -> bool:
    """Whether the data have a table of side effects."""
    return len(pick(results, output="safety", variable="affected_courses")) > 0


def _were(n: float) -> str:
    return "was" if n == 1 else "were"


def _are(n: float) -> str:
    return "is" if n == 1 else "are"


def _rate(results: pd.DataFrame, variable: str, noun: str) -> str:
    n, years, rate, low, high = (
        value(results, variable=variable, stat_name=name)
        for name in ("n", "patient_years", "rate", "conf.low", "conf.high")
    )
    if math.isnan(rate):
        return ""
    limits = interval(low, high, as_percent=False)
    return (
        f"{counted(n, noun)} in {number(years)} patient-years, {number(rate)} per 100 "
        f"({interval_name(results)} {limits})"
    )


def _fraction(results: pd.DataFrame, variable: str, noun: str) -> str:
    n, total, p = (value(results, variable=variable, stat_name=name) for name in ("n", "N", "p"))
    return f"{whole(n)} of {whole(total)} {noun} ({percent(p)}%)"
