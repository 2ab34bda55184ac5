"""Sentences of the sensitivity page."""

import pandas as pd

from adreport.dictionary import treatment_in_words, variable_label
from adreport.display import Sentence
from adreport.efficacy import OUTCOMES
from adreport.formatting import counted, interval, listing, p_phrase, p_value, percent, whole
from adreport.multiverse import DEFINITIONS, PUBLISHED
from adreport.patient_level import (
    BOOTSTRAP,
    FIRST_COURSE,
    FIRST_ON_TREATMENT,
    INFORMATIVE,
    NAIVE,
    OUTPUT,
    WITHIN,
    compared_outcomes,
)
from adreport.patient_models import ADJUSTED, UNADJUSTED
from adreport.results import pick, value

SIGNIFICANT = 0.05
IN_WORDS = {
    WITHIN: "within patients", FIRST_COURSE: "of first courses only",
    FIRST_ON_TREATMENT: "of first courses on a treatment",
    UNADJUSTED: "of the model of treatment alone", ADJUSTED: "of the adjusted model",
}  # fmt: skip


def patient_agreement(results: pd.DataFrame) -> Sentence:
    """Whether the published way and those that respect the patient come out on one side of 5%."""
    tests = _tests(results)
    naive = tests[tests["variable_level"] == NAIVE].set_index("variable")["stat"]
    if naive.empty:
        return Sentence("Fewer than two treatments have enough courses to be compared, or nothing differs.")
    parts = [_compared(outcome, naive[outcome], tests) for outcome in OUTCOMES if outcome in naive.index]
    return Sentence(" ".join(parts))


def informative(results: pd.DataFrame) -> Sentence:
    """How many patients the comparison within patients rests on."""
    parts = []
    for outcome in compared_outcomes(results):
        own = pick(results, output=OUTPUT, variable=outcome, variable_level=INFORMATIVE)
        n, total, courses = (value(own, stat_name=name) for name in ("n", "N", "courses"))
        parts.append(f"{variable_label(outcome).lower()} {whole(n)} of {whole(total)} ({counted(courses, 'course')})")
    if not parts:
        return Sentence("No outcome is known for any course of the compared treatments.")
    return Sentence(
        "Patients who carry information on differences within a patient, having had two of the treatments and not the "
        f"same outcome every time: {listing(parts)}."
    )


def patient_rates(results: pd.DataFrame) -> Sentence:
    """How far the intervals of resampled patients are from those that take courses as independent."""
    resampled = pick(results, output=OUTPUT, variable=OUTCOMES[0], variable_level=BOOTSTRAP, group2="")
    codes = [code for code in dict.fromkeys(resampled["group1_level"]) if code]
    if not codes:
        return Sentence("No response is known for any course of the compared treatments.")
    parts = []
    for code in codes:
        own = pick(resampled, group1_level=code)
        n, courses, patients, low, high = (
            value(own, stat_name=name) for name in ("n", "courses", "patients", "conf.low", "conf.high")
        )
        parts.append(
            f"{treatment_in_words(code)} {percent(n / courses, 0)}% ({interval(low, high, decimals=0)}; "
            f"{whole(n)} of {counted(courses, 'course')}, {counted(patients, 'patient')})"
        )
    return Sentence(f"Overall effectiveness with intervals that respect the patient: {listing(parts)}.")


def treatment_differences(results: pd.DataFrame) -> Sentence:
    """Which pairs differ by the interval of resampled patients, and where the other interval says otherwise."""
    limits = pick(results, output=OUTPUT, variable=OUTCOMES[0], group2="treatment", stat_name=["conf.low", "conf.high"])
    clear = {level: _clear(pick(limits, variable_level=level)) for level in (NAIVE, BOOTSTRAP)}
    pairs = pick(limits, variable_level=NAIVE)[["group1_level", "group2_level"]].drop_duplicates()
    if pairs.empty:
        return Sentence("There are no two treatments to set against each other.")
    both, only = clear[NAIVE] & clear[BOOTSTRAP], clear[NAIVE] ^ clear[BOOTSTRAP]
    by_both = f"{whole(len(both))} ({_named(both)})" if both else "none"
    apart = f"the two disagree on {whole(len(only))} ({_named(only)})" if only else "the two disagree on none"
    return Sentence(
        f"Of {counted(len(pairs), 'pair')}, by both intervals {by_both} differ in overall effectiveness; {apart}. "
        "Neither is adjusted for the number of pairs."
    )


def odds_ratios(results: pd.DataFrame) -> Sentence:
    """Whether treatment still matters when line, age and sex are taken into account."""
    tests = _tests(results)
    parts = []
    for outcome in OUTCOMES:
        own = tests[tests["variable"] == outcome].set_index("variable_level")["stat"]
        if UNADJUSTED in own and ADJUSTED in own:
            both = f"{p_phrase(own[UNADJUSTED])} alone and {p_phrase(own[ADJUSTED])} adjusted"
            parts.append(f"{variable_label(outcome).lower()} {both}")
    if not parts:
        return Sentence("No model could be fitted to these courses.")
    return Sentence(
        f"Treatment as a whole, by penalised likelihood ratio, courses taken as independent: {'; '.join(parts)}."
    )


def multiverse(results: pd.DataFrame) -> Sentence:
    """The range of p over all combinations, and how many lie below 5%."""
    tests = pick(results, output="multiverse", group1_level="", stat_name="p.value")
    if tests.empty:
        return Sentence("No combination of choices can be tested: fewer than two treatments, or nothing differs.")
    parts = []
    for definition in DEFINITIONS:
        p = tests.loc[tests["variable"] == definition, "stat"]
        if len(p):
            span = f"from {p_value(p.min())} to {p_value(p.max())}"
            below = f"{whole((p < SIGNIFICANT).sum())} of {counted(len(p), 'combination')} below {SIGNIFICANT}"
            parts.append(f"for {variable_label(definition).lower()} {span}, {below}")
    published = tests[tests["method"].str.endswith(PUBLISHED)]["stat"]
    own = f" The published choice gives {p_phrase(published.iloc[0])}." if len(published) else ""
    return Sentence(f"The p of the test over all treatments ranges {'; '.join(parts)}.{own}")


def _tests(results: pd.DataFrame) -> pd.DataFrame:
    """The p-values over all treatments, a row an outcome and analysis."""
    own = pick(results, output=OUTPUT, group1="treatment", group1_level="", stat_name="p.value")
    return own[own["variable_level"].isin([NAIVE, *IN_WORDS])]


def _compared(outcome: str, published: float, tests: pd.DataFrame) -> str:
    """One outcome: the published way's p, and whether the others fall on its side of 5%."""
    others = tests[(tests["variable"] == outcome) & (tests["variable_level"] != NAIVE)]
    opposite = others[(others["stat"] < SIGNIFICANT) != (published < SIGNIFICANT)]
    head = f"{variable_label(outcome)}, {p_phrase(published)} with all courses taken as independent:"
    if others.empty:
        return f"{head} nothing that respects the patient can be tested."
    if len(opposite):
        words = [f"{p_phrase(row.stat)} {IN_WORDS[row.variable_level]}" for row in opposite.itertuples()]
        return f"{head} naive and patient-level answers disagree, with {listing(words)}."
    side = "stays below" if published < SIGNIFICANT else "does not fall below"
    span = f"{p_value(others['stat'].min())} to {p_value(others['stat'].max())}"
    return f"{head} it {side} {SIGNIFICANT} in the other {counted(len(others), 'analysis', 'analyses')} ({span})."


def _clear(own: pd.DataFrame) -> set[tuple[str, str]]:
    """The pairs whose interval leaves out 0."""
    limits = own.pivot_table(index=["group1_level", "group2_level"], columns="stat_name", values="stat")
    if not {"conf.low", "conf.high"} <= set(limits):
        return set()
    return set(limits.index[(limits["conf.low"] > 0) | (limits["conf.high"] < 0)])


def _named(pairs: set[tuple[str, str]]) -> str:
    return listing([" and ".join(map(treatment_in_words, pair)) for pair in sorted(pairs)])
