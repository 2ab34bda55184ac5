"""Sentences of the sensitivity page."""

from collections.abc import Sequence

import pandas as pd

from adreport.pages.contract import pick, value
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import OUTCOMES
from adreport.pages.sensitivity.models import ADJUSTED, UNADJUSTED
from adreport.pages.sensitivity.multiverse import DEFINITIONS, DISTINCT, PUBLISHED, SIGNIFICANT, UNCLEAR
from adreport.pages.sensitivity.multiverse import OUTPUT as MULTIVERSE
from adreport.pages.sensitivity.patients import (
    BOOTSTRAP,
    INFORMATIVE,
    NAIVE,
    OUTPUT,
    SMALLEST_P,
    WITHIN,
    compared_outcomes,
)
from adreport.show.numbers import counted, interval, listing, p_phrase, p_value, percent, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import treatment_in_words, variable_label

NOTHING_COMPARED = "There is nothing to compare: it takes two treatments with enough courses, and a difference."


def patient_agreement(results: pd.DataFrame) -> Sentence:
    """Whether what the published way shows is confirmed where repeated courses are allowed for; a line an outcome."""
    tests = _tests(results)
    naive = tests[tests["variable_level"] == NAIVE].set_index("variable")["stat"]
    if naive.empty:
        return Sentence(NOTHING_COMPARED)
    parts = [_compared(outcome, results) for outcome in OUTCOMES if outcome in naive.index]
    return Sentence("\n".join(parts))


def informative(results: pd.DataFrame) -> Sentence:
    """How many patients the comparison within patients rests on."""
    parts = []
    for outcome in compared_outcomes(results):
        own = pick(results, output=OUTPUT, variable=outcome, variable_level=INFORMATIVE)
        n, total, courses = (value(own, stat_name=name) for name in ("n", "N", "courses"))
        parts.append(f"{variable_label(outcome).lower()} {whole(n)} of {whole(total)} ({counted(courses, 'course')})")
    if not parts:
        return Sentence(NOTHING_COMPARED)
    return Sentence(
        "Patients who carry information on differences within a patient, having had two of the treatments and not the "
        f"same outcome every time: {listing(parts)}."
    )


def patient_rates(results: pd.DataFrame) -> Sentence:
    """How far the intervals of resampled patients are from those that take courses as independent."""
    resampled = pick(results, output=OUTPUT, variable=OUTCOMES[0], variable_level=BOOTSTRAP, group2="")
    codes = [code for code in dict.fromkeys(resampled["group1_level"]) if code]
    if not codes:
        return Sentence(NOTHING_COMPARED)
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
    return Sentence(f"Overall effectiveness with intervals that allow for repeated courses: {listing(parts)}.")


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
    tests = _tests(results, [UNADJUSTED, ADJUSTED])
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
    """The range of p over all combinations, those of the same numbers counted once, and how many lie below 5%."""
    parts = [part for definition in DEFINITIONS if (part := _spread(results, definition))]
    if not parts:
        return Sentence("No combination of choices can be tested: fewer than two treatments, or nothing differs.")
    tests = pick(results, output=MULTIVERSE, group1="treatment", group1_level="", stat_name="p.value")
    published = tests[tests["method"].str.endswith(PUBLISHED)]["stat"]
    own = f" The published choice gives {p_phrase(published.iloc[0])}." if len(published) else ""
    return Sentence(
        f"Test over all treatments, combinations that give the same numbers counted once: {'; '.join(parts)}.{own}"
    )


def _spread(results: pd.DataFrame, definition: str) -> str:
    """One definition's distinct results: their range of p, and how many lie below 5%; "" where none is tested."""
    own = pick(results, output=MULTIVERSE, group1=DISTINCT, group1_level="all", variable=definition)
    below, total, low, high = (value(own, stat_name=name) for name in ("n", "N", "min", "max"))
    if not total > 0:
        return ""
    span = f"{_range(low, high)}, {whole(below)} of {counted(total, 'distinct result')} below {SIGNIFICANT}"
    return f"{variable_label(definition).lower()} {span}"


def _range(low: float, high: float) -> str:
    """A range of p that rounding has not made one of equal numbers: "all p < 0.001"."""
    if p_value(low) == p_value(high):
        return f"all {p_phrase(low)}"
    return f"p from {p_value(low)} to {p_value(high)}"


def _tests(results: pd.DataFrame, analyses: Sequence[str] = (NAIVE, WITHIN, FIRST_COURSE)) -> pd.DataFrame:
    """The p-values over all treatments, a row an outcome and analysis."""
    keys = {"group1": "treatment", "group1_level": "", "variable_level": analyses, "stat_name": "p.value"}
    return pick(results, output=OUTPUT, **keys)


def _compared(outcome: str, results: pd.DataFrame) -> str:
    """One outcome: the published way's p, what allowing for repeated courses makes of it, and what other choices do."""
    p = _tests(results).query("variable == @outcome").set_index("variable_level")["stat"]
    clear = p[NAIVE] < SIGNIFICANT
    head = f"{variable_label(outcome)}, {p_phrase(p[NAIVE])} with all courses taken as independent"
    own = pick(results, output=OUTPUT, variable=outcome)
    verdicts = [_verdict(clear, p.get(WITHIN), "within patients", _informing(own))]
    if FIRST_COURSE in p:
        verdicts.append(_verdict(clear, p[FIRST_COURSE], "by first courses alone", _first_courses(own)))
    return f"{head}: {listing(verdicts)}.{_other_choices(results, outcome, clear)}"


def _verdict(clear: bool, p: float | None, where: str, size: str) -> str:
    """What an analysis that allows for repeated courses says: "confirmed within patients (p = 0.0015; ...)"."""
    if p is None:
        return f"not testable {where}"
    if clear:
        word = "confirmed" if p < SIGNIFICANT else "not confirmed"
    else:
        word = f"but below {SIGNIFICANT}" if p < SIGNIFICANT else "not shown"
    return f"{word} {where} ({p_phrase(p)}; {size})"


def _informing(own: pd.DataFrame) -> str:
    """How many patients the comparison within patients rests on, and the smallest p they could have given."""
    n = value(own, variable_level=INFORMATIVE, stat_name="n")
    smallest = value(own, variable_level=SMALLEST_P, stat_name="p.value")
    least = f", smallest possible {p_phrase(smallest)}" if smallest >= 0.001 else ""
    return f"{counted(n, 'patient')} {'informs' if n == 1 else 'inform'}{least}"


def _first_courses(own: pd.DataFrame) -> str:
    """How many first courses are compared, and how few of a treatment: "30 courses of 5 treatments, 1 to 14 each"."""
    sizes = pick(own, variable_level=FIRST_COURSE, stat_name="courses")
    each = sizes.loc[sizes["group1_level"] != "", "stat"]
    courses = counted(value(sizes, group1_level=""), "course")
    return f"{courses} of {counted(len(each), 'treatment')}, {whole(each.min())} to {whole(each.max())} each"


def _other_choices(results: pd.DataFrame, outcome: str, clear: bool) -> str:
    """How the answer fares over the definitions of response and courses counted, and by which it fails."""
    own = pick(results, output=MULTIVERSE, group1=DISTINCT, variable=outcome)
    below, total = (value(own, group1_level="all", stat_name=name) for name in ("n", "N"))
    if outcome != DEFINITIONS[0] or not total > 0:
        return ""
    above = pick(own, group1_level=UNCLEAR)
    word = {(True, True): "stays", (True, False): "stay", (False, True): "is", (False, False): "are"}[clear, below == 1]
    held = whole(below) if below else "none"
    text = f" Of {counted(total, 'distinct combination')} of choices {held} {word} below {SIGNIFICANT}"
    if len(above) != 1:
        return f"{text}."
    row = next(above.itertuples())
    return f"{text}; the exception ({p_phrase(row.stat)}): {choices_in_words(row.variable_level)}."


def choices_in_words(code: str) -> str:
    """A combination as prose: "last courses, missing responses left out, treatments with few courses included"."""
    choices = dict(part.split(" ") for part in code.split(", "))
    missing = {"excluded": "left out", "failure": "taken as none"}[choices["missing"]]
    words = [f"{choices['courses']} courses", f"missing responses {missing}"]
    words += ["rescue courses included"] if choices["rescue"] == "in" else []
    words += ["treatments with few courses included"] if choices["few"] == "in" else []
    return ", ".join(words)


def _clear(own: pd.DataFrame) -> set[tuple[str, str]]:
    """The pairs whose interval leaves out 0."""
    limits = own.pivot_table(index=["group1_level", "group2_level"], columns="stat_name", values="stat")
    if not {"conf.low", "conf.high"} <= set(limits):
        return set()
    return set(limits.index[(limits["conf.low"] > 0) | (limits["conf.high"] < 0)])


def _named(pairs: set[tuple[str, str]]) -> str:
    return listing([" against ".join(map(treatment_in_words, pair)) for pair in sorted(pairs)])
