"""Tables of the comparisons that respect the patient."""

import numpy as np
import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE, FIRST_ON_TREATMENT
from adreport.pages.efficacy.results import OUTCOMES
from adreport.pages.layout import PAIR, RATES, estimates, interval_name, methods, pair_names, rates, rows, texts
from adreport.pages.sensitivity.models import ADJUSTED, UNADJUSTED
from adreport.pages.sensitivity.patients import (
    BOOTSTRAP,
    BOTH,
    INFORMATIVE,
    NAIVE,
    OUTPUT,
    SMALLEST_P,
    WITHIN,
    compared_outcomes,
)
from adreport.show.numbers import NOTHING, p_value, percent, points, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.stats.bootstrap import NO_BOOTSTRAP
from adreport.study.dictionary import level_label, variable_label

DAGGER = " †"
REPLACED = (
    "Too few patients to resample, or the same rate in all: the exact interval of Korn and Graubard with patients as "
    "sample size; differences by combining two such intervals (MOVER)."
)
ANALYSES = {
    NAIVE: "All courses, as if independent (published way)",
    WITHIN: "Within patients",
    FIRST_COURSE: "First course of each patient",
    FIRST_ON_TREATMENT: "First course on each treatment (patients repeat)",
    UNADJUSTED: "Model, treatment alone (courses as independent)",
    ADJUSTED: "Model, adjusted (courses as independent)",
}


def patient_tests(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """Every outcome over all treatments, by every way of counting patients."""
    body: list[Row] = []
    for outcome in compared_outcomes(results):
        own = pick(results, output=OUTPUT, group1="treatment", group1_level="", variable=outcome)
        lines = [_test_cells(pick(own, variable_level=level)) for level in ANALYSES]
        plain = rows(ANALYSES.values(), *zip(*lines, strict=True), kinds=["level"] * len(ANALYSES))
        body += [Row(variable_label(outcome), kind="group"), *plain]
    if not body:
        return Absent()
    heads = [
        *(Column(head) for head in ("Patients", "Courses", "With the outcome", "p")),
        Column("Test", words=True),
    ]
    return Table("All treatments at once", "Analysis", heads, body, _test_notes(results), mark)


def patient_rates(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """Each treatment's rates: with courses taken as independent, patients resampled, first courses only."""
    body: list[Row] = []
    for outcome in compared_outcomes(results):
        frames = [_rate_frame(results, outcome, level) for level in (BOOTSTRAP, FIRST_COURSE)]
        resampled, first = (frame.reindex(frames[0].index) for frame in frames)
        naive = wide(pick(results, output="table2", group1="treatment", variable=outcome, variable_level=""), PAIR[:1])
        naive = naive.reindex(index=resampled.index, columns=RATES)
        limits = [rates(naive)[2], rates(resampled.assign(N=resampled["courses"]))[2]]
        counts = [texts(resampled[name], whole) for name in ("patients", "courses", "n")]
        cells = [*counts, texts(resampled["p"], percent), *limits, *rates(first)]
        names = [
            level_label("treatment", code) + mark for code, mark in _marks(results, outcome, "group1_level").items()
        ]
        body += [Row(variable_label(outcome), kind="group"), *rows(names, *cells, kinds=["level"] * len(names))]
    if not body:
        return Absent()
    ci = interval_name(results)
    heads = [
        *(Column(head) for head in ("Patients", "Courses", "With the outcome")),
        *(Column(head, "All courses") for head in ("%", f"{ci}, courses as independent", f"{ci}, patients as units")),
        *(Column(head, "First courses") for head in ("n/N", "%", ci)),
    ]  # fmt: skip
    return Table("Rates of each treatment", "Treatment", heads, body, _rate_notes(results), mark)


def treatment_differences(results: pd.DataFrame, outcome: str, mark: str = "") -> Table | Absent:
    """Each two treatments: the difference of their rates with either interval, and the patients who had both."""
    own = pick(results, output=OUTPUT, variable=outcome, group2="treatment")
    naive, resampled = (
        wide(pick(own, variable_level=level, stat_name=["estimate", "conf.low", "conf.high"]), PAIR)
        for level in (NAIVE, BOOTSTRAP)
    )
    if naive.empty:
        return Absent()
    shared = wide(pick(own, variable_level=BOTH), PAIR).reindex(naive.index)
    patients = [f"{whole(n)}/{whole(total)}" for n, total in shared[["n", "N"]].to_numpy()]
    clear = (resampled["conf.low"] > 0) | (resampled["conf.high"] < 0)
    cells = [patients, *estimates(naive, points), estimates(resampled.reindex(naive.index), points)[1]]
    names = [name + mark for name, mark in zip(pair_names(naive), _marks(own, outcome, PAIR), strict=True)]
    body = rows(names, *cells, kinds=["notable" if flag else "" for flag in clear.reindex(naive.index)])
    ci = interval_name(results)
    heads = [
        Column("Patients with both / with either"), Column("first − second", "Difference (percentage points)"),
        Column(f"{ci}, courses as independent", "Difference (percentage points)"),
        Column(f"{ci}, patients as units", "Difference (percentage points)"),
    ]  # fmt: skip
    notes = [
        "Courses as independent: Newcombe's hybrid score interval. Not adjusted for the number of pairs. Bold: the "
        "interval with patients as units leaves out 0.",
        *_bootstrap_notes(pick(own, variable_level=BOOTSTRAP)),
    ]
    caption = f"Differences between treatments: {variable_label(outcome).lower()}"
    return Table(caption, "Pair", heads, body, notes, mark, folded=outcome != OUTCOMES[0])


def _test_cells(own: pd.DataFrame) -> list[str]:
    numbers = {name: value(own, stat_name=name) for name in ("patients", "courses", "n", "p.value")}
    method = own.loc[own["stat_name"] == "N", "method"]
    shown = [whole(numbers[name]) for name in ("patients", "courses", "n")]
    return [*shown, p_value(numbers["p.value"]), method.iloc[0] if len(method) else NOTHING]


def _test_notes(results: pd.DataFrame) -> list[str]:
    own = pick(results, output=OUTPUT, group1_level="")
    parts = []
    for outcome in compared_outcomes(results):
        carried = pick(own, variable=outcome, variable_level=INFORMATIVE)
        n, total, courses = (value(carried, stat_name=name) for name in ("n", "N", "courses"))
        smallest = value(pick(own, variable=outcome, variable_level=SMALLEST_P), stat_name="p.value")
        least = f"; no p below {p_value(smallest).removeprefix('<')} was possible" if smallest >= 0.001 else ""
        parts.append(
            f"{variable_label(outcome).lower()} {whole(n)} of {whole(total)} ({whole(courses)} courses{least})"
        )
    return [
        "All p two-sided, not adjusted; the analyses are variants of one comparison, not tests of their own.",
        "Within patients: outcomes are permuted over the courses of each patient. Only patients who had two treatments "
        f"and not the same outcome every time carry information: {'; '.join(parts)}.",
        "First course on each treatment: patients with several treatments stand in it several times. Model: takes the "
        "courses as independent, but does not fail where a treatment always worked.",
    ]


def _rate_frame(results: pd.DataFrame, outcome: str, level: str) -> pd.DataFrame:
    own = pick(results, output=OUTPUT, variable=outcome, variable_level=level, group2="")
    frame = wide(own[own["group1_level"] != ""], "group1_level")
    return frame.reindex(columns=[*RATES, "patients", "courses"])


def _rate_notes(results: pd.DataFrame) -> list[str]:
    own = pick(results, output=OUTPUT, variable_level=BOOTSTRAP, group2="")
    return [
        "Courses as independent: Wilson score interval. First courses: of the first "
        "course of each patient, exact (Clopper-Pearson).",
        *_bootstrap_notes(own),
    ]


def _marks(results: pd.DataFrame, outcome: str, by: str | list[str]) -> pd.Series:
    """A dagger for each treatment or pair whose interval is no bootstrap's, "" for the others."""
    side = "" if by == "group1_level" else "treatment"
    own = pick(results, output=OUTPUT, variable=outcome, variable_level=BOOTSTRAP, group2=side, stat_name="conf.low")
    replaced = own["method"].str.contains(NO_BOOTSTRAP, regex=False)
    return own.assign(mark=np.where(replaced, DAGGER, "")).set_index(by)["mark"]


def _bootstrap_notes(own: pd.DataFrame) -> list[str]:
    """How the patients were resampled, and what stands where that gives no interval."""
    replaced = own["method"].str.contains(NO_BOOTSTRAP, regex=False)
    notes = []
    if len(own[~replaced]):
        notes.append(f"Patients as units: {methods(own[~replaced])}. With few patients such intervals are too short.")
    if len(own[replaced]):
        notes.append(f"{DAGGER.strip()} {REPLACED}")
    return notes
