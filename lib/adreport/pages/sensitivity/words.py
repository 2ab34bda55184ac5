"""The answers of the sensitivity page in words."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import OUTCOMES
from adreport.pages.exhibits import Results
from adreport.pages.line_lists import first_of
from adreport.pages.sensitivity import multiverse
from adreport.pages.sensitivity.models import EVENTS, FEW_EVENTS, NOT_FITTED, REPEATED
from adreport.pages.sensitivity.multiverse import ALL, DISTINCT, MAIN_ANALYSIS, UNCLEAR, choices
from adreport.pages.sensitivity.patients import ANOTHER, BOOTSTRAP, NAIVE, OUTPUT, compared_pairs, information
from adreport.show.numbers import (
    agreeing,
    counted,
    in_percent,
    listing,
    number,
    p_phrase,
    p_value,
    points,
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
LEVEL_HELD = "A comparison within patients holds its level only where these are alike."
WAYS = {NAIVE: "all courses", FIRST_COURSE: "first courses", REPEATED: "model of repeated courses"}
MOST_LISTED = 6  # odds ratios in a sentence
FAR_APART = 0.15  # of the shares that had another course; beyond it the permutation is not to be relied on


def answers(results: Results) -> Sentence:
    """Whether any way of counting patients, or any other choice, changes which outcomes differ between treatments."""
    tested = _p_values(results).reindex(columns=list(WAYS)).dropna(subset=NAIVE)
    if tested.empty:
        return Sentence(NOTHING_COMPARED)
    below = {outcome: p.dropna() < SIGNIFICANT for outcome, p in tested.iterrows()}
    label = {outcome: variable_label(outcome).lower() for outcome in below}
    always, never = (
        [label[outcome] for outcome, differs in below.items() if all(differs == whether)] for whether in (True, False)
    )
    mixed = [
        f"{label[outcome]} ({listing(f'{WAYS[way]} {p_phrase(p)}' for way, p in tested.loc[outcome].dropna().items())})"
        for outcome, differs in below.items()
        if differs.nunique() > 1
    ]
    they = "they" if always else "treatments"
    said = [
        f"In {listing(always)} treatments differ (p < {SIGNIFICANT}) however patients are counted." if always else "",
        f"In {listing(never)} {they} are not shown to differ by any count of patients." if never else "",
        f"Whether they differ depends on how patients are counted in {listing(mixed)}." if mixed else "",
        _other_choices(results),
    ]
    return Sentence(" ".join(filter(None, said)))


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
    return Sentence(f"Patients with several treatments and different outcomes: {listing(parts)}. {_reliance(results)}")


def rates(results: Results) -> Sentence:
    """How wide the intervals of overall effectiveness are that allow for repeated courses."""
    resampled = results.pick(output=OUTPUT, variable=OUTCOMES[0], variable_level=BOOTSTRAP, group2="")
    frame = wide(resampled, "group1_level").reindex(columns=["courses", "conf.low", "conf.high"])
    widths = (frame["conf.high"] - frame["conf.low"])[frame["courses"] >= FEWEST].dropna().sort_values(kind="stable")
    if widths.empty:
        return Sentence(AS_ABOVE)
    ends = [f"{points(width)} ({treatment_in_words(code)})" for code, width in widths.iloc[[0, -1]].items()]
    how_wide = " to ".join(dict.fromkeys(ends))
    name = results.settings.interval_name
    return Sentence(f"With repeated courses allowed for, the {name} of effectiveness is {how_wide} points wide.")


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
    reference, name = treatment_in_words(ratios.index[0][1]), results.settings.interval_name
    return Sentence(
        f"Odds of overall effectiveness against {reference}, same line and patient ({name}): "
        f"{listing(first_of(parts, MOST_LISTED))}.{_caution(_events(results, OUTCOMES[0], REPEATED))}"
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
    return Sentence(f"{'; '.join(parts)}.{_exception(results)}{main}")


def choices_in_words(combination: str) -> str:
    """A combination as prose: "last courses, missing responses left out, treatments with few courses included"."""
    chosen = choices(combination)
    words = [f"{chosen['courses']} courses", f"missing responses {MISSING[chosen['missing']]}"]
    return ", ".join(words + [text for name, text in INCLUDED.items() if chosen[name] == "in"])


def _p_values(results: Results) -> pd.DataFrame:
    """The p-values over all treatments: a row an outcome, a column an analysis."""
    rows = results.pick(output=OUTPUT, group1="treatment", group1_level="", stat_name="p.value")
    return wide(rows, "variable", "variable_level")


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
        return ""
    shares = [
        f"{whole(row['n'])} of {whole(row['N'])}{in_percent(row['n'], row['N'], 0)}" for _, row in followed.iterrows()
    ]
    text = f"Another course followed {shares[0]} without a response and {shares[1]} with one. "
    none, response = followed["p"]
    if abs(none - response) < FAR_APART:
        return text + LEVEL_HELD
    return text + LEVEL_HELD + " Here they are not: its p is likely too small and must not be relied on."


def _other_choices(results: Results) -> str:
    """How many different results the choices of response and courses come to, and how many have p below 5%."""
    rows = results.pick(output=multiverse.OUTPUT, group1=DISTINCT, variable=multiverse.DEFINITIONS[0])
    below, total = (value(rows, group1_level=ALL, stat_name=name) for name in ("n", "N"))
    if not total > 0:
        return ""
    number_of = len(results.pick(
        output=multiverse.OUTPUT, group1="treatment", group1_level="", variable=multiverse.DEFINITIONS[0],
        stat_name="p.value",
    ))  # fmt: skip
    label = variable_label(multiverse.DEFINITIONS[0]).lower()
    return (
        f"Of {counted(total, 'different result')} that {whole(number_of)} combinations of other choices give for "
        f"{label}, {whole(below) if below else 'none'} {agreeing(below, 'has', 'have')} p < {SIGNIFICANT}."
    )


def _exception(results: Results) -> str:
    """The one combination of which p is not below 5%, where there is just one."""
    rows = results.pick(output=multiverse.OUTPUT, group1=DISTINCT, variable=multiverse.DEFINITIONS[0])
    above = list(pick(rows, group1_level=UNCLEAR).itertuples())
    if len(above) != 1 or not value(rows, group1_level=ALL, stat_name="N") > 1:
        return ""
    return f" The exception ({p_phrase(above[0].stat)}): {choices_in_words(above[0].variable_level)}."


def _range(low: float, high: float) -> str:
    """A range of p, or one p where rounding has made both ends the same: "all p < 0.001"."""
    if p_value(low) == p_value(high):
        return f"all {p_phrase(low)}"
    return f"p from {p_value(low)} to {p_value(high)}"


def _pairs(chosen: pd.Series) -> str:
    """How many pairs, and which: "2 (cyclosporine against methotrexate and ...)"; "none"."""
    names = [" against ".join(map(treatment_in_words, pair)) for pair in sorted(chosen.index[chosen])]
    return f"{len(names)} ({listing(names)})" if names else "none"
