"""The answers of the sensitivity page in words."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import OUTCOMES
from adreport.pages.exhibits import Results
from adreport.pages.sensitivity import multiverse
from adreport.pages.sensitivity.models import ADJUSTED, UNADJUSTED
from adreport.pages.sensitivity.multiverse import ALL, DISTINCT, PUBLISHED, UNCLEAR, choices
from adreport.pages.sensitivity.patients import BOOTSTRAP, NAIVE, OUTPUT, WITHIN, compared_pairs, information
from adreport.show.numbers import counted, interval, listing, p_phrase, p_value, percent, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import SIGNIFICANT
from adreport.study.dictionary import treatment_in_words, variable_label

NOTHING_COMPARED = "There is nothing to compare: it takes two treatments with enough courses, and a difference."
MISSING = {"excluded": "left out", "failure": "counted as no response"}
INCLUDED = {"rescue": "rescue courses included", "few": "treatments with few courses included"}
# By whether the published p is below 5%, and whether that of an analysis that allows for repeated courses is.
VERDICTS = {
    (True, True): "confirmed", (True, False): "not confirmed",
    (False, True): f"but below {SIGNIFICANT}", (False, False): "not shown",
}  # fmt: skip
# By whether the published p is below 5%, and whether just one combination of choices gives such a p.
BELOW = {(True, True): "stays", (True, False): "stay", (False, True): "is", (False, False): "are"}


def agreement(results: Results) -> Sentence:
    """For each outcome, whether the published result is confirmed when repeated courses are allowed for; a line each.

    The models take courses as independent: they confirm nothing here.
    """
    p_values = _p_values(results)
    tested = p_values.reindex(columns=p_values.columns.union([NAIVE])).dropna(subset=NAIVE)
    parts = [_compared(results, outcome, p.dropna()) for outcome, p in tested.iterrows()]
    return Sentence("\n".join(parts) or NOTHING_COMPARED)


def informative(results: Results) -> Sentence:
    """How many patients the comparison within patients rests on."""
    parts = [
        f"{variable_label(outcome).lower()} {whole(n)} of {whole(total)} ({counted(courses, 'course')})"
        for outcome, n, total, courses, _ in information(results).itertuples()
    ]
    carrying = (
        "Patients who carry information on differences within a patient, because they had at least two of the "
        f"treatments and not the same outcome every time: {listing(parts)}."
    )
    return Sentence(carrying if parts else NOTHING_COMPARED)


def rates(results: Results) -> Sentence:
    """The rates of overall effectiveness with intervals that allow for repeated courses."""
    resampled = results.pick(output=OUTPUT, variable=OUTCOMES[0], variable_level=BOOTSTRAP, group2="")
    parts = [
        f"{treatment_in_words(code)} {percent(rate['p'], 0)}% "
        f"({interval(rate['conf.low'], rate['conf.high'], decimals=0)}; {whole(rate['n'])} of "
        f"{counted(rate['courses'], 'course')}, {counted(rate['patients'], 'patient')})"
        for code, rate in wide(resampled, "group1_level").iterrows()
    ]
    text = f"Overall effectiveness with intervals that allow for repeated courses: {listing(parts)}."
    return Sentence(text if parts else NOTHING_COMPARED)


def differences(results: Results) -> Sentence:
    """Which pairs differ by the interval from resampled patients, and where the other interval disagrees."""
    naive, resampled = (compared_pairs(results, OUTCOMES[0], analysis)["clear"] for analysis in (NAIVE, BOOTSTRAP))
    if naive.empty:
        return Sentence("There are no two treatments to compare.")
    both, one = naive & resampled, naive ^ resampled
    return Sentence(
        f"Of {counted(len(naive), 'pair')}, {_pairs(both)} {'differs' if both.sum() == 1 else 'differ'} in overall "
        f"effectiveness by both intervals; the two disagree on {_pairs(one)}. Neither is adjusted for the number of "
        "pairs."
    )


def odds_ratios(results: Results) -> Sentence:
    """Whether treatment still matters when line, age and sex are taken into account."""
    p_values = _p_values(results).reindex(columns=[UNADJUSTED, ADJUSTED]).dropna()
    parts = [
        f"{variable_label(outcome).lower()} {p_phrase(p[UNADJUSTED])} alone and {p_phrase(p[ADJUSTED])} adjusted"
        for outcome, p in p_values.iterrows()
    ]
    text = f"Treatment as a whole, by penalised likelihood ratio, courses taken as independent: {'; '.join(parts)}."
    return Sentence(text if parts else "No model could be fitted to these courses.")


def combinations(results: Results) -> Sentence:
    """The range of p over all combinations, those of the same numbers counted once, and how many lie below 5%."""
    distinct = results.pick(output=multiverse.OUTPUT, group1=DISTINCT)
    parts = [
        f"{variable_label(definition).lower()} {_range(p['min'], p['max'])}, {whole(p['n'])} of "
        f"{counted(p['N'], 'distinct result')} below {SIGNIFICANT}"
        for definition, p in wide(pick(distinct, group1_level=ALL), "variable").iterrows()
    ]
    if not parts:
        return Sentence("No combination of choices can be tested: fewer than two treatments, or nothing differs.")
    p = value(distinct, group1_level=PUBLISHED, stat_name="p.value")
    published = f" The published choice gives {p_phrase(p)}." if p >= 0 else ""
    counting = "Test over all treatments, combinations that give the same numbers counted once"
    return Sentence(f"{counting}: {'; '.join(parts)}.{published}")


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
    """One outcome: the published p, whether analyses that allow for repeated courses agree, and what choices change."""
    clear = p[NAIVE] < SIGNIFICANT
    verdicts = [_verdict(clear, p.get(WITHIN), "within patients", _informing(information(results).loc[outcome]))]
    if FIRST_COURSE in p:
        sizes = results.pick(output=OUTPUT, variable=outcome, variable_level=FIRST_COURSE, stat_name="courses")
        verdicts.append(_verdict(clear, p[FIRST_COURSE], "by first courses alone", _first_courses(sizes)))
    return (
        f"{variable_label(outcome)}, {p_phrase(p[NAIVE])} with all courses taken as independent: {listing(verdicts)}."
        f"{_other_choices(results, clear) if outcome == multiverse.DEFINITIONS[0] else ''}"
    )


def _verdict(clear: bool, p: float | None, where: str, size: str) -> str:
    """What an analysis that allows for repeated courses says: "confirmed within patients (p = 0.0015; ...)"."""
    return (
        f"not testable {where}" if p is None else f"{VERDICTS[clear, p < SIGNIFICANT]} {where} ({p_phrase(p)}; {size})"
    )


def _informing(row: pd.Series) -> str:
    """How many patients the comparison within patients rests on, and the smallest p they could have given."""
    least = f", smallest possible {p_phrase(row['p.value'])}" if row["p.value"] >= 0.001 else ""
    return f"{counted(row['n'], 'informative patient')}{least}"


def _first_courses(sizes: pd.DataFrame) -> str:
    """How many first courses are compared, and how few of a treatment: "30 courses of 5 treatments, 1 to 14 each"."""
    each = sizes.loc[sizes["group1_level"] != "", "stat"]
    courses = counted(value(sizes, group1_level=""), "course")
    return f"{courses} of {counted(len(each), 'treatment')}, {whole(each.min())} to {whole(each.max())} each"


def _other_choices(results: Results, clear: bool) -> str:
    """How the answer fares over the definitions of response and courses counted, and by which it fails."""
    rows = results.pick(output=multiverse.OUTPUT, group1=DISTINCT, variable=multiverse.DEFINITIONS[0])
    below, total = (value(rows, group1_level=ALL, stat_name=name) for name in ("n", "N"))
    if not total > 0:
        return ""
    text = f"{whole(below) if below else 'none'} {BELOW[clear, below == 1]} below {SIGNIFICANT}"
    above = list(pick(rows, group1_level=UNCLEAR).itertuples())
    if len(above) == 1:
        text += f"; the exception ({p_phrase(above[0].stat)}): {choices_in_words(above[0].variable_level)}"
    return f" Of {counted(total, 'distinct combination')} of choices, {text}."


def _range(low: float, high: float) -> str:
    """A range of p, or one p where rounding has made both ends the same: "all p < 0.001"."""
    if p_value(low) == p_value(high):
        return f"all {p_phrase(low)}"
    return f"p from {p_value(low)} to {p_value(high)}"


def _pairs(chosen: pd.Series) -> str:
    """How many pairs, and which: "2 (cyclosporine against methotrexate and ...)"; "none"."""
    names = [" against ".join(map(treatment_in_words, pair)) for pair in sorted(chosen.index[chosen])]
    return f"{len(names)} ({listing(names)})" if names else "none"
