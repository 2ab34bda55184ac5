"""Tables of the rates and of their differences, with and without allowance for repeated courses."""

from dataclasses import replace

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.counting import FIRST_COURSE, PAIR
from adreport.pages.exhibits import Results
from adreport.pages.layout import (
    Spec,
    estimate,
    fraction,
    keyed_rows,
    limits,
    limits_of_estimate,
    n,
    name_of_test,
    pair_name,
    share,
    statistic,
    treatment_label,
)
from adreport.pages.sensitivity.patients import BOOTSTRAP, BOTH, NAIVE, OUTPUT, compared_pairs
from adreport.pages.sensitivity.tables import by_outcome, shown
from adreport.show.numbers import points
from adreport.show.parts import Absent, Table
from adreport.study.dictionary import variable_label

DAGGER = "†"
REPLACED = (
    f"{DAGGER} Too few patients to resample, or the same rate in all: the exact interval of Korn and Graubard with "
    "patients as sample size; differences by combining two such intervals (MOVER)."
)


def rates(results: Results) -> Table | Absent:
    """Each treatment's rates: with courses taken as independent, patients resampled, first courses only."""
    rows = results.pick(group1="treatment", group2="")
    rows, interval = rows[rows["group1_level"] != ""], results.settings.interval_name
    resampled = pick(rows, output=OUTPUT, variable_level=BOOTSTRAP)
    daggers = _daggers(resampled, ["variable", "group1_level"])

    def columns(outcome: str) -> list[Spec]:
        return [
            Spec("Patients", outcome, statistic("patients", 0), level=BOOTSTRAP),
            Spec("Courses", outcome, statistic("courses", 0), level=BOOTSTRAP),
            Spec("With the outcome", outcome, n, level=BOOTSTRAP),
            Spec("%", outcome, share, "All courses", level=BOOTSTRAP),
            Spec(f"{interval}, courses as independent", outcome, limits, "All courses", output="table2"),
            Spec(f"{interval}, patients as units", outcome, limits, "All courses", level=BOOTSTRAP),
            Spec("n/N", outcome, fraction, "First courses", level=FIRST_COURSE),
            Spec("%", outcome, share, "First courses", level=FIRST_COURSE),
            Spec(interval, outcome, limits, "First courses", level=FIRST_COURSE),
        ]

    def label(outcome: str, code: str) -> str:
        return treatment_label(code) + daggers[outcome, code]

    notes = [
        "Courses as independent: Wilson score interval. First courses: of the first course of each patient, exact "
        "(Clopper-Pearson).",
        *_bootstrap_notes(resampled),
    ]
    body = by_outcome(results, rows, columns, "group1_level", label)
    return shown("Rates of each treatment", "Treatment", columns(""), body, notes)


def differences(results: Results, outcome: str, folded: bool = False) -> Table | Absent:
    """Each two treatments: the difference of their rates with either interval, and the patients who had both."""
    rows = results.pick(output=OUTPUT, variable=outcome, group2="treatment")
    resampled = pick(rows, variable_level=BOOTSTRAP)
    daggers, interval = _daggers(resampled, PAIR), results.settings.interval_name
    spanner = "Difference (percentage points)"
    columns = [
        Spec("Patients with both / with either", outcome, fraction, level=BOTH),
        Spec("first − second", outcome, estimate(points), spanner, level=NAIVE),
        Spec(f"{interval}, courses as independent", outcome, limits_of_estimate(points), spanner, level=NAIVE),
        Spec(f"{interval}, patients as units", outcome, limits_of_estimate(points), spanner, level=BOOTSTRAP),
    ]
    plain = keyed_rows(rows, OUTPUT, columns, PAIR, lambda pair: pair_name(pair) + daggers[pair])
    clear = compared_pairs(results, outcome, BOOTSTRAP)["clear"]
    body = [replace(row, kind="notable" if bold else "") for row, bold in zip(plain, clear, strict=True)]
    notes = [
        "Courses as independent: Newcombe's hybrid score interval. Not adjusted for the number of pairs. Bold: the "
        "interval with patients as units excludes 0.",
        *_bootstrap_notes(resampled),
    ]
    caption = f"Differences between treatments: {variable_label(outcome).lower()}"
    return shown(caption, "Pair", columns, body, notes, folded)


def _daggers(resampled: pd.DataFrame, index: list[str]) -> pd.Series:
    """What follows a label: a dagger where the interval does not come from resampled patients."""
    usable = wide(pick(resampled, stat_name="resamples"), index).reindex(columns=["resamples"])["resamples"]
    return usable.map(lambda number: "" if number else f" {DAGGER}")


def _bootstrap_notes(resampled: pd.DataFrame) -> list[str]:
    """How the patients were resampled, and what stands where that gives no interval."""
    rows = pick(resampled, stat_name="resamples")
    ways = dict.fromkeys(name_of_test(row) for _, row in rows[rows["stat"] > 0].iterrows())
    notes = [f"Patients as units: {'; '.join(ways)}. With few patients such intervals are too short."] if ways else []
    return [*notes, REPLACED] if (rows["stat"] == 0).any() else notes
