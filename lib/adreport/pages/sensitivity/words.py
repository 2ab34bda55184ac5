"""The answers of the sensitivity page in words."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import OUTCOMES
from adreport.pages.exhibits import Results
from adreport.pages.sensitivity.models import ADJUSTED, UNADJUSTED
from adreport.pages.sensitivity.multiverse import ALL, DEFINITIONS, DISTINCT, PUBLISHED, UNCLEAR, choices
from adreport.pages.sensitivity.multiverse import OUTPUT as MULTIVERSE
from adreport.pages.sensitivity.patients import (
    BOOTSTRAP,
    INFORMATIVE,
    NAIVE,
    OUTPUT,
    SMALLEST_P,
    WITHIN,
    compared_outcomes,
    compared_pairs,
)
from adreport.show.numbers import counted, interval, listing, p_phrase, p_value, percent, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import SIGNIFICANT
from adreport.study.dictionary import treatment_in_words, variable_label

NOTHING_COMPARED = "There is nothing to compare: it takes two treatments with enough courses, and a difference."
MISSING = {"excluded": "left out", "failure": "counted as no response"}


def agreement(results: Results) -> Sentence:
    """For each outcome, whether the published result is confirmed when repeated courses are allowed for; a line each.

    The models take courses as independent and so confirm nothing here.
    """
    p_values = _p_values(results)
    if NAIVE not in p_values:
        return Sentence(NOTHING_COMPARED)
    tested = [outcome for outcome in OUTCOMES if outcome in p_values[NAIVE].dropna()]
    return Sentence("\n".join(_compared(results, outcome, p_values.loc[outcome].dropna()) for outcome in tested))


def informative(results: Results) -> Sentence:
    """How many patients the comparison within patients rests on."""
    parts = []
    for outcome in compared_outcomes(results):
        carrying = results.pick(output=OUTPUT, variable=outcome, variable_level=INFORMATIVE)
        n, total, courses = (value(carrying, stat_name=name) for name in ("n", "N", "courses"))
        parts.append(f"{variable_label(outcome).lower()} {whole(n)} of {whole(total)} ({counted(courses, 'course')})")
    if not parts:
        return Sentence(NOTHING_COMPARED)
    return Sentence(
        "Patients who carry information on differences within a patient, because they had at least two of the "
        f"treatments and not the same outcome every time: {listing(parts)}."
    )


def rates(results: Results) -> Sentence:
    """The rates of overall effectiveness with intervals that allow for repeated courses."""
    resampled = results.pick(output=OUTPUT, variable=OUTCOMES[0], variable_level=BOOTSTRAP, group2="")
    parts = [
        f"{treatment_in_words(code)} {percent(rate['p'], 0)}% "
        f"({interval(rate['conf.low'], rate['conf.high'], decimals=0)}; {whole(rate['n'])} of "
        f"{counted(rate['courses'], 'course')}, {counted(rate['patients'], 'patient')})"
        for code, rate in wide(resampled, "group1_level").iterrows()
    ]
    if not parts:
        return Sentence(NOTHING_COMPARED)
    return Sentence(f"Overall effectiveness with intervals that allow for repeated courses: {listing(parts)}.")


def differences(results: Results) -> Sentence:
    """Which pairs differ by the interval from resampled patients, and where the other interval disagrees."""
    naive, resampled = (compared_pairs(results, OUTCOMES[0], analysis)["clear"] for analysis in (NAIVE, BOOTSTRAP))
    if naive.empty:
        return Sentence("There are no two treatments to compare.")
    both, either = naive & resampled, naive ^ resampled
    by_both = f"{whole(both.sum())} ({_pairs(both)})" if both.any() else "none"
    apart = f"{whole(either.sum())} ({_pairs(either)})" if either.any() else "none"
    return Sentence(
        f"Of {counted(len(naive), 'pair')}, {by_both} differ in overall effectiveness by both intervals; the two "
        f"disagree on {apart}. Neither is adjusted for the number of pairs."
    )


def odds_ratios(results: Results) -> Sentence:
    """Whether treatment still matters when line, age and sex are taken into account."""
    p_values = _p_values(results).reindex(columns=[UNADJUSTED, ADJUSTED]).dropna()
    parts = [
        f"{variable_label(outcome).lower()} {p_phrase(p[UNADJUSTED])} alone and {p_phrase(p[ADJUSTED])} adjusted"
        for outcome, p in p_values.iterrows()
    ]
    if not parts:
        return Sentence("No model could be fitted to these courses.")
    return Sentence(
        f"Treatment as a whole, by penalised likelihood ratio, courses taken as independent: {'; '.join(parts)}."
    )


def combinations(results: Results) -> Sentence:
    """The range of p over all combinations, those of the same numbers counted once, and how many lie below 5%."""
    distinct = results.pick(output=MULTIVERSE, group1=DISTINCT)
    spread = wide(pick(distinct, group1_level=ALL), "variable")
    if spread.empty:
        return Sentence("No combination of choices can be tested: fewer than two treatments, or nothing differs.")
    parts = [
        f"{variable_label(definition).lower()} {_range(own['min'], own['max'])}, {whole(own['n'])} of "
        f"{counted(own['N'], 'distinct result')} below {SIGNIFICANT}"
        for definition, own in spread.iterrows()
    ]
    published = pick(distinct, group1_level=PUBLISHED, stat_name="p.value")["stat"]
    own_p = f" The published choice gives {p_phrase(published.iloc[0])}." if len(published) else ""
    return Sentence(
        f"Test over all treatments, combinations that give the same numbers counted once: {'; '.join(parts)}.{own_p}"
    )


def _p_values(results: Results) -> pd.DataFrame:
    """The p-values over all treatments: a row an outcome, a column an analysis."""
    keys = {"group1": "treatment", "group1_level": "", "stat_name": "p.value"}
    return wide(results.pick(output=OUTPUT, **keys), "variable", "variable_level")


def _compared(results: Results, outcome: str, p: pd.Series) -> str:
    """One outcome: the published p, whether analyses that allow for repeated courses agree, and what choices change."""
    clear = p[NAIVE] < SIGNIFICANT
    rows = results.pick(output=OUTPUT, variable=outcome)
    verdicts = [_verdict(clear, p.get(WITHIN), "within patients", _informing(rows))]
    if FIRST_COURSE in p:
        verdicts.append(_verdict(clear, p[FIRST_COURSE], "by first courses alone", _first_courses(rows)))
    return (
        f"{variable_label(outcome)}, {p_phrase(p[NAIVE])} with all courses taken as independent: {listing(verdicts)}."
        f"{_other_choices(results, outcome, clear)}"
    )


def _verdict(clear: bool, p: float | None, where: str, size: str) -> str:
    """What an analysis that allows for repeated courses says: "confirmed within patients (p = 0.0015; ...)"."""
    if p is None:
        return f"not testable {where}"
    words = {
        (True, True): "confirmed", (True, False): "not confirmed",
        (False, True): f"but below {SIGNIFICANT}", (False, False): "not shown",
    }  # fmt: skip
    return f"{words[clear, p < SIGNIFICANT]} {where} ({p_phrase(p)}; {size})"


def _informing(rows: pd.DataFrame) -> str:
    """How many patients the comparison within patients rests on, and the smallest p they could have given."""
    n = value(rows, variable_level=INFORMATIVE, stat_name="n")
    smallest = value(rows, variable_level=SMALLEST_P, stat_name="p.value")
    least = f", smallest possible {p_phrase(smallest)}" if smallest >= 0.001 else ""
    return f"{counted(n, 'informative patient')}{least}"


def _first_courses(rows: pd.DataFrame) -> str:
    """How many first courses are compared, and how few of a treatment: "30 courses of 5 treatments, 1 to 14 each"."""
    sizes = pick(rows, variable_level=FIRST_COURSE, stat_name="courses")
    each = sizes.loc[sizes["group1_level"] != "", "stat"]
    courses = counted(value(sizes, group1_level=""), "course")
    return f"{courses} of {counted(len(each), 'treatment')}, {whole(each.min())} to {whole(each.max())} each"


def _other_choices(results: Results, outcome: str, clear: bool) -> str:
    """How the answer fares over the definitions of response and courses counted, and by which it fails."""
    rows = results.pick(output=MULTIVERSE, group1=DISTINCT, variable=outcome)
    below, total = (value(rows, group1_level=ALL, stat_name=name) for name in ("n", "N"))
    if outcome != DEFINITIONS[0] or not total > 0:
        return ""
    verb = {(True, True): "stays", (True, False): "stay", (False, True): "is", (False, False): "are"}[clear, below == 1]
    text = f" Of {counted(total, 'distinct combination')} of choices, {whole(below) if below else 'none'} {verb} below"
    above = pick(rows, group1_level=UNCLEAR)
    if len(above) != 1:
        return f"{text} {SIGNIFICANT}."
    row = next(above.itertuples())
    return f"{text} {SIGNIFICANT}; the exception ({p_phrase(row.stat)}): {choices_in_words(row.variable_level)}."


def choices_in_words(combination: str) -> str:
    """A combination as prose: "last courses, missing responses left out, treatments with few courses included"."""
    chosen = choices(combination)
    included = {"rescue": "rescue courses included", "few": "treatments with few courses included"}
    words = [f"{chosen['courses']} courses", f"missing responses {MISSING[chosen['missing']]}"]
    return ", ".join(words + [text for name, text in included.items() if chosen[name] == "in"])


def _range(low: float, high: float) -> str:
    """A range of p, or one p where rounding has made both ends the same: "all p < 0.001"."""
    if p_value(low) == p_value(high):
        return f"all {p_phrase(low)}"
    return f"p from {p_value(low)} to {p_value(high)}"


def _pairs(chosen: pd.Series) -> str:
    """The pairs for which it holds, by name."""
    return listing([" against ".join(map(treatment_in_words, pair)) for pair in sorted(chosen.index[chosen])])
