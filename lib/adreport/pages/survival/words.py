"""Sentences of the survival page."""

import math

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.layout import by_treatment, interval_name
from adreport.pages.survival.results import CENSORED, GROUP
from adreport.show.numbers import counted, interval, listing, number, p_phrase, percent, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import treatment_in_words
from adreport.study.reasons import competing
from adreport.study.times import DAYS_PER_MONTH

SIGNIFICANT = 0.05
YEAR = "365"
NO_DURATIONS = "How long courses lasted is not recorded."
GROUP_WORDS = {
    "failure": "for lack of effect",
    "side_effect": "for a side effect",
    "precaution": "to prevent side effects",
    "decision": "for another reason",
    "not_recorded": "for a reason that is not recorded",
    "good_end": "with remission or the best possible response",
}


def still_going_on(results: pd.DataFrame, min_courses: int) -> Sentence:
    """The share of courses that lasted longer than a year, for each treatment with enough courses."""
    chosen = pick(results, output="survival", variable="drug_survival", variable_level=YEAR)
    if chosen.empty:
        return Sentence(NO_DURATIONS)
    year = wide(chosen, "group1_level").reindex(columns=["estimate", "conf.low", "conf.high", "N"])
    year = year.loc[_enough(results, min_courses)]
    lasting = year[year["estimate"] > 0].sort_values("estimate", ascending=False, kind="stable")
    ci = interval_name(results)
    parts = [f"{treatment_in_words(code)} {_lasting(own, ci)}" for code, own in lasting.iterrows()]
    none = [treatment_in_words(code) for code in year.index[year["estimate"] == 0]]
    unknown = [treatment_in_words(code) for code in year.index[year["estimate"].isna()]]
    going = f"At one year these shares were still on treatment: {listing(parts)}" if parts else ""
    ended = f"no course of {' or '.join(none)} lasted a year" if none else ""
    short = f"of {listing(unknown)} nobody was followed for a year" if unknown else ""
    words = ". ".join(filter(None, [going, *(f"{text[:1].upper()}{text[1:]}" for text in (ended, short))]))
    return Sentence(f"{words}.")


def drug_survival(results: pd.DataFrame, min_courses: int) -> Sentence:
    """The median duration of each treatment with enough courses, the longest first."""
    frame = by_treatment(results, "drug_survival", ["N", "median", "conf.low", "conf.high"], "survival")
    if not frame["N"].sum():
        return Sentence(NO_DURATIONS)
    known = frame.loc[_enough(results, min_courses)]
    reached = known.dropna(subset="median").sort_values("median", ascending=False, kind="stable")
    ci = interval_name(results)
    parts = [f"{treatment_in_words(code)} {_duration(own, ci)}" for code, own in reached.iterrows()]
    never = [f"{treatment_in_words(code)} ({_courses(own)})" for code, own in known[known["median"].isna()].iterrows()]
    ended = f"Time until half of the courses had ended: {listing(parts)}." if parts else ""
    more = f"Of {listing(never)} the curve stays above one half: no median." if never else ""
    return Sentence(" ".join(filter(None, [ended, more])))


def left_out(results: pd.DataFrame) -> Sentence:
    """How many courses ended, were censored, or could not be used."""
    own = pick(results, output="survival", group1="treatment", stat_name="n", group2="")
    n = own.groupby(["variable", "variable_level"])["stat"].sum()
    totals = pick(results, output="survival", variable="duration_unknown", stat_name="N")["stat"].sum()
    unknown = n.get(("duration_unknown", ""), 0)
    dropped = f"{counted(unknown, 'course')} of unknown duration had to be left out."
    if totals == unknown:
        return Sentence(dropped)
    ongoing, lost = (whole(n[("censored", reason)]) for reason in CENSORED)
    known = counted(totals - unknown, "course")
    used = (
        f"Of {known} of known duration, {whole(n[('discontinued', '')])} ended. Still going on were {ongoing}, lost to "
        f"follow-up {lost}; these count for as long as they were seen (censored)."
    )
    missing = n.get(("reason_unknown", ""), 0)
    guessed = (
        f" In {counted(missing, 'course')} no reason is recorded: taken as ended where there is a stop date or a later "
        "course, else as going on."
    )
    return Sentence(used + (f" {dropped}" if unknown else "") + (guessed if missing else ""))


def comparison(results: pd.DataFrame) -> Sentence:
    """The log-rank test of all courses, within patients and of first courses, and what each shows."""
    naive, within, first = (
        pick(results, output="survival", group1_level="", variable=f"drug_survival{kind}")
        for kind in ("", "_within_patients", "_first_courses")
    )
    p, p_within, p_first = (value(own, stat_name="p.value") for own in (naive, within, first))
    if math.isnan(p):
        return Sentence("Durations are not compared: it takes two treatments with enough courses, and an end.")
    clear = p < SIGNIFICANT
    courses = counted(value(naive, stat_name="N"), "course")
    text = f"All {courses} taken as independent {'show' if clear else 'do not show'} a difference in duration"
    parts = [f"{text} (log-rank, {p_phrase(p)})", _within(clear, p_within, results), _first(clear, p_first, first)]
    return Sentence(f"{'; '.join(filter(None, parts))}. {_caution((p, p_within, p_first))}")


def reasons(results: pd.DataFrame, min_courses: int) -> Sentence:
    """By which reasons courses had ended after a year, treatment by treatment."""
    own = pick(results, output="survival", group2=GROUP, variable="cumulative_incidence", variable_level=YEAR)
    shares = pick(own, stat_name="estimate", group1_level=_enough(results, min_courses))
    if shares.empty:
        return Sentence("For no treatment is it known how courses had ended after a year.")
    size = by_treatment(results, "drug_survival", ["N"], "survival")["N"]
    frame = wide(shares, "group1_level", "group2_level").reindex(columns=list(competing()))
    parts = [
        f"{treatment_in_words(code)} {_commonest(own)}; {counted(size[code], 'course')})"
        for code, own in frame.iterrows()
    ]
    return Sentence(f"How courses most often ended within a year: {', '.join(parts)}.")


def remission(results: pd.DataFrame) -> Sentence:
    """The median length of remission after the courses in which it is recorded."""
    own = pick(results, output="survival", group1="", variable="remission_months")
    n, missing, middle, low, high = (value(own, stat_name=name) for name in ("N", "n_missing", "median", "min", "max"))
    if not n > 0:
        return Sentence("How long patients stayed without systemic treatment is not recorded.")
    span = f" (from {number(low, 0)} to {number(high, 0)})" if n > 1 else ""
    rest = f" After {counted(missing, 'other course')} that ended it is not." if missing else ""
    return Sentence(
        f"After {counted(n, 'course')} the time without systemic treatment is recorded: a median of "
        f"{number(middle)} months{span}.{rest}"
    )


def _enough(results: pd.DataFrame, min_courses: int) -> list[str]:
    """The treatments with enough courses of known duration; all where none has."""
    size = by_treatment(results, "drug_survival", ["N"], "survival")["N"]
    return list(size.index[size >= min_courses] if (size >= min_courses).any() else size.index)


def _duration(own: pd.Series, ci: str) -> str:
    """A median in months with its interval: "1.6 months (95% CI 1.1 to 2.5; 21 courses)"."""
    middle, low, high = (number(own[name] / DAYS_PER_MONTH) for name in ("median", "conf.low", "conf.high"))
    if math.isnan(own["conf.low"]):
        limits = "no interval"
    else:
        limits = f"{ci} from {low}, no upper limit" if math.isnan(own["conf.high"]) else f"{ci} {low} to {high}"
    return f"{middle} months ({limits}; {_courses(own)})"


def _lasting(own: pd.Series, ci: str) -> str:
    """The share still on treatment; where no course had ended its interval of no width says nothing."""
    at_risk = f"{whole(own['N'])} at risk"
    if own["estimate"] == 1:
        return f"100% (no course had ended; {at_risk})"
    return f"{percent(own['estimate'], 0)}% ({ci} {interval(own['conf.low'], own['conf.high'], decimals=0)}; {at_risk})"


def _courses(own) -> str:
    return counted(own["N"], "course")


def _within(clear: bool, p: float, results: pd.DataFrame) -> str:
    if math.isnan(p):
        return "within patients nothing can be compared"
    patients = value(results, output="survival", variable="informative_patients", stat_name="n")
    size = f"permutation, {p_phrase(p)}; {counted(patients, 'patient')} with treatments to exchange"
    return f"{_shown(clear, p)} within patients ({size})"


def _shown(clear: bool, p: float) -> str:
    if p < SIGNIFICANT:
        return "it is also shown" if clear else "one is shown"
    return "it is not shown" if clear else "none is shown"


def _first(clear: bool, p: float, own: pd.DataFrame) -> str:
    if math.isnan(p):
        return ""
    n, freedom = (value(own, stat_name=name) for name in ("N", "parameter"))
    seen = f"{'show' if p < SIGNIFICANT else 'do not show'} {'it' if clear else 'one'}"
    size = f"log-rank, {p_phrase(p)}; {counted(n, 'course')} of {counted(freedom + 1, 'treatment')}"
    return f"first courses alone {seen} ({size})"


def _caution(p: tuple[float, float, float]) -> str:
    """What none of the three tests can exclude."""
    if math.isnan(p[1]) and math.isnan(p[2]):
        return "The test may take a difference between patients for one between treatments."
    if min(p_ for p_ in p if not math.isnan(p_)) >= SIGNIFICANT:
        return "That is no sign that there is none."
    return "Treatments were not allocated at random."


def _commonest(shares: pd.Series) -> str:
    """The commonest way in which courses ended, with an open bracket for how many."""
    largest = shares.max()
    if not largest > 0:
        return "not at all (0%"
    names = [GROUP_WORDS[group] for group in shares.index[shares >= largest - 1e-9]]
    return f"{listing(names)} ({percent(largest, 0)}%{' each' if len(names) > 1 else ''}"
