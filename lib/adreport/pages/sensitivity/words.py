"""The answers of the sensitivity page in words."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import OUTCOMES
from adreport.pages.efficacy.words import primary
from adreport.pages.exhibits import Results
from adreport.pages.sensitivity import multiverse
from adreport.pages.sensitivity.models import EVENTS, FEW_EVENTS, NOT_FITTED, REPEATED
from adreport.pages.sensitivity.multiverse import ALL, DISTINCT, MAIN_ANALYSIS, UNCLEAR, choices
from adreport.pages.sensitivity.patients import ANOTHER, BOOTSTRAP, NAIVE, OUTPUT, compared_pairs, information
from adreport.show.numbers import (
    agreeing,
    counted,
    in_percent,
    interval,
    listing,
    number,
    p_phrase,
    p_value,
    percent,
    ratio,
    span,
    whole,
)
from adreport.show.parts import Sentence
from adreport.stats.tests import FEWEST, SIGNIFICANT
from adreport.study.dictionary import treatment_in_words, variable_label

NOTHING_COMPARED = "There is nothing to compare: it takes two treatments with enough courses, and a difference."
AS_ABOVE = "Nothing can be compared, as said above."
MISSING = {"excluded": "left out", "failure": "counted as no response"}
INCLUDED = {"rescue": "rescue courses included", "few": "treatments with few courses included"}
NOBODY_INFORMS = (
    "No patient had two of the treatments with different outcomes: nothing can be compared within patients."
)
LEVEL_HELD = (
    "A comparison within patients holds its level only where another course is as likely after a response as after "
    "none."
)
FAR_APART = 0.15  # of the shares that had another course; beyond it the permutation is not to be relied on


def answers(results: Results) -> Sentence:
    """The primary analysis, as on the efficacy page; and the other tests of each outcome, a line each."""
    p_values = _p_values(results)
    tested = p_values.reindex(columns=p_values.columns.union([NAIVE])).dropna(subset=NAIVE)
    parts = [_compared(results, outcome, p.dropna()) for outcome, p in tested.iterrows()]
    return Sentence("\n".join([str(primary(results)), *parts]) if parts else NOTHING_COMPARED)


def informative(results: Results) -> Sentence:
    """How many patients the comparison within patients rests on, and whether it can be relied on here."""
    parts = [
        f"{variable_label(outcome).lower()} {whole(row['n'])} of {whole(row['N'])} "
        f"({counted(row['courses'], 'course')})"
        for outcome, row in information(results).iterrows()
        if row["n"]
    ]
    if not parts:
        return Sentence(NOBODY_INFORMS)
    return Sentence(
        "Patients who had at least two of the treatments and not the same outcome every time: "
        f"{listing(parts)}. {_reliance(results)}"
    )


def rates(results: Results) -> Sentence:
    """The rates of overall effectiveness with intervals that allow for repeated courses."""
    resampled = results.pick(output=OUTPUT, variable=OUTCOMES[0], variable_level=BOOTSTRAP, group2="")
    parts = [
        f"{treatment_in_words(code)} {percent(rate['p'], 0)}% "
        f"({interval(rate['conf.low'], rate['conf.high'], decimals=0)}; {whole(rate['n'])} of "
        f"{counted(rate['courses'], 'course')}, {counted(rate['patients'], 'patient')})"
        for code, rate in wide(resampled, "group1_level").iterrows()
        if rate["courses"] >= FEWEST
    ]
    text = f"Overall effectiveness with intervals that allow for repeated courses: {listing(parts)}."
    return Sentence(text if parts else AS_ABOVE)


def differences(results: Results) -> Sentence:
    """Which pairs differ by the interval from resampled patients, and where the other interval disagrees."""
    naive, resampled = (compared_pairs(results, OUTCOMES[0], analysis)["clear"] for analysis in (NAIVE, BOOTSTRAP))
    if naive.empty:
        return Sentence(AS_ABOVE)
    both, one = naive & resampled, naive ^ resampled
    disagree = f"; the two intervals disagree on {_pairs(one)}" if one.any() else ""
    return Sentence(
        f"Of {counted(len(naive), 'difference')} in overall effectiveness, {_pairs(both)} "
        f"{agreeing(both.sum(), 'has', 'have')} intervals that exclude 0 by both methods{disagree}. "
        "Neither is adjusted for the number of pairs."
    )


def odds_ratios(results: Results) -> Sentence:
    """The largest difference of the model of repeated courses, with its limits, for overall effectiveness."""
    rows = results.pick(output=OUTPUT, variable=OUTCOMES[0], variable_level=REPEATED, group2="treatment")
    ratios = wide(rows, ["group1_level", "group2_level"]).reindex(columns=["estimate", "conf.low", "conf.high"])
    if ratios.empty:
        return Sentence(_no_model(results, OUTCOMES[0]) if len(_p_values(results)) else AS_ABOVE)
    parts = [
        f"{treatment_in_words(code)} {ratio(odds['estimate'])} ({span(odds['conf.low'], odds['conf.high'], ratio)})"
        for (code, _), odds in ratios.iterrows()
    ]
    reference = treatment_in_words(ratios.index[0][1])
    return Sentence(
        f"Odds of overall effectiveness against {reference}, at the same line of therapy and for the same patient "
        f"({results.settings.interval_name}): {listing(parts)}.{_caution(_events(results, OUTCOMES[0], REPEATED))}"
    )


def combinations(results: Results) -> Sentence:
    """The range of p over all combinations, those of the same numbers counted once, and how many lie below 5%."""
    distinct = results.pick(output=multiverse.OUTPUT, group1=DISTINCT)
    parts = [
        f"{variable_label(definition).lower()} {_range(p['min'], p['max'])}, {whole(p['n'])} of "
        f"{counted(p['N'], 'distinct result')} below {SIGNIFICANT}"
        for definition, p in wide(pick(distinct, group1_level=ALL), "variable").iterrows()
    ]
    if not parts:
        return Sentence(AS_ABOVE)
    p = value(distinct, group1_level=MAIN_ANALYSIS, stat_name="p.value")
    main = f" The main analysis gives {p_phrase(p)}." if p >= 0 else ""
    counting = "Test over all treatments, combinations that give the same numbers counted once"
    return Sentence(f"{counting}: {'; '.join(parts)}.{main}")


def choices_in_words(combination: str) -> str:
    """A combination as prose: "last courses, missing responses left out, treatments with few courses included"."""
    chosen = choices(combination)
    words = [f"{chosen['courses']} courses", f"missing responses {MISSING[chosen['missing']]}"]
    return ", ".join(words + [text for name, text in INCLUDED.items() if chosen[name] == "in"])


def _p_values(results: Results) -> pd.DataFrame:
    """The p-values over all treatments: a row an outcome, a column an analysis."""
    rows = results.pick(output=OUTPUT, group1="treatment", group1_level="", stat_name="p.value")
    return wide(rows, "variable", "variable_level")


def _compared(results: Results, outcome: str, p: pd.Series) -> str:
    """One outcome: p of all courses, of first courses, of the model; for the first outcome, what choices change."""
    sizes = results.pick(output=OUTPUT, variable=outcome, variable_level=FIRST_COURSE, stat_name="courses")
    first = (
        f"{p_phrase(p[FIRST_COURSE])} by first courses ({_first_courses(sizes)})"
        if FIRST_COURSE in p
        else "first courses too few to be tested"
    )
    repeated = _by_model(results, outcome, p.get(REPEATED))
    others = _other_choices(results) if outcome == multiverse.DEFINITIONS[0] else ""
    return (
        f"{variable_label(outcome)}: {p_phrase(p[NAIVE])} with all courses taken as independent, {first}, {repeated}."
        f"{others}"
    )


def _by_model(results: Results, outcome: str, p: float | None) -> str:
    """What the model of repeated courses gives, and on how many events a coefficient; or why there is none."""
    if p is None:
        return _no_model(results, outcome)[:-1].replace("No model", "no model")
    caution = "; exploratory" if _events(results, outcome, REPEATED) < FEW_EVENTS else ""
    events = f"{number(_events(results, outcome, REPEATED), 1)} events per coefficient{caution}"
    return f"{p_phrase(p)} by a model of repeated courses ({events})"


def _no_model(results: Results, outcome: str) -> str:
    reasons = results.pick(output=OUTPUT, variable=outcome, variable_level=REPEATED, method=NOT_FITTED)["note"]
    return f"No model of repeated courses ({reasons.iloc[0]})." if len(reasons) else AS_ABOVE


def _events(results: Results, outcome: str, model: str) -> float:
    return value(results.pick(output=OUTPUT, variable=outcome, variable_level=model), stat_name=EVENTS)


def _caution(events: float) -> str:
    """What is to be said of a model of so many events per coefficient."""
    if events >= FEW_EVENTS:
        return ""
    return f" With {number(events, 1)} events per coefficient the model is exploratory."


def _reliance(results: Results) -> str:
    """How often another course followed a response and none, and what that means for permuting within patients."""
    followed = wide(results.pick(output=OUTPUT, variable=ANOTHER), "group1_level").reindex(["no", "yes"])
    if not (followed["N"] > 0).all():
        return LEVEL_HELD
    shares = [
        f"{whole(row['n'])} of {whole(row['N'])}{in_percent(row['n'], row['N'], 0)}" for _, row in followed.iterrows()
    ]
    text = f"Another course followed {shares[0]} without a response and {shares[1]} with one. "
    none, response = followed["p"]
    if abs(none - response) < FAR_APART:
        return text + LEVEL_HELD
    return text + LEVEL_HELD + " Here it is not: its p is likely too small, and it must not be relied on."


def _first_courses(sizes: pd.DataFrame) -> str:
    """How many first courses are compared, and how few of a treatment: "30 courses of 5 treatments, 1 to 14 each"."""
    each = sizes.loc[(sizes["group1_level"] != "") & (sizes["stat"] > 0), "stat"]
    courses = counted(value(sizes, group1_level=""), "course")
    return f"{courses} of {counted(len(each), 'treatment')}, {whole(each.min())} to {whole(each.max())} each"


def _other_choices(results: Results) -> str:
    """How many different results the choices of response and courses counted come to, and where p is not below 5%."""
    rows = results.pick(output=multiverse.OUTPUT, group1=DISTINCT, variable=multiverse.DEFINITIONS[0])
    below, total = (value(rows, group1_level=ALL, stat_name=name) for name in ("n", "N"))
    if not total > 0:
        return ""
    number_of = len(results.pick(
        output=multiverse.OUTPUT, group1="treatment", group1_level="", variable=multiverse.DEFINITIONS[0],
        stat_name="p.value",
    ))  # fmt: skip
    text = f"{whole(below) if below else 'none'} of them with p < {SIGNIFICANT}"
    above = list(pick(rows, group1_level=UNCLEAR).itertuples())
    if len(above) == 1 and total > 1:
        text += f"; the exception ({p_phrase(above[0].stat)}): {choices_in_words(above[0].variable_level)}"
    results_of = counted(total, "different result")
    return f" The {whole(number_of)} combinations of choices come to {results_of}, {text}."


def _range(low: float, high: float) -> str:
    """A range of p, or one p where rounding has made both ends the same: "all p < 0.001"."""
    if p_value(low) == p_value(high):
        return f"all {p_phrase(low)}"
    return f"p from {p_value(low)} to {p_value(high)}"


def _pairs(chosen: pd.Series) -> str:
    """How many pairs, and which: "2 (cyclosporine against methotrexate and ...)"; "none"."""
    names = [" against ".join(map(treatment_in_words, pair)) for pair in sorted(chosen.index[chosen])]
    return f"{len(names)} ({listing(names)})" if names else "none"
