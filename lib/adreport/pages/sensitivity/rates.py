"""Tables of the rates and of their differences, with and without allowance for repeated courses."""

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import pick
from adreport.pages.counting import FIRST_COURSE, PAIR
from adreport.pages.exhibits import Results
from adreport.pages.layout import Spec, fraction, keyed_rows, limits, limits_of_estimate, share, statistic
from adreport.pages.sensitivity.patients import BOOTSTRAP, BOTH, NAIVE, OUTPUT, compared_pairs
from adreport.pages.sensitivity.tables import EACH_OUTCOME, by_outcome, shown
from adreport.show.numbers import points
from adreport.show.parts import Absent, Table
from adreport.stats.bootstrap import NO_BOOTSTRAP
from adreport.study.dictionary import variable_label

DAGGER = "†"
REPLACED = (
    f"{DAGGER} Too few patients to resample, or the same rate in all: exact interval of Korn and Graubard with "
    "patients as sample size; differences by MOVER."
)

UNREPEATED = "Where no patient has several of the courses, both intervals are the same."


def rates(results: Results) -> Table | Absent:
    """Each treatment's rates: with courses taken as independent, patients resampled, first courses only."""
    rows, interval = results.pick(group1="treatment", group2=""), results.settings.interval_name
    rows = rows[rows["group1_level"] != ""]
    columns = [
        Spec("Patients", EACH_OUTCOME, statistic("patients", 0), level=BOOTSTRAP),
        Spec("Courses", EACH_OUTCOME, statistic("courses", 0), level=BOOTSTRAP),
        Spec("With the outcome", EACH_OUTCOME, layout.n, level=BOOTSTRAP),
        Spec("%", EACH_OUTCOME, share, "All courses", level=BOOTSTRAP),
        Spec(f"{interval}, courses as independent", EACH_OUTCOME, limits, "All courses", output="table2"),
        Spec(f"{interval}, patients as units", EACH_OUTCOME, limits, "All courses", level=BOOTSTRAP),
        Spec("n/N", EACH_OUTCOME, fraction, "First courses", level=FIRST_COURSE),
        Spec("%", EACH_OUTCOME, share, "First courses", level=FIRST_COURSE),
        Spec(interval, EACH_OUTCOME, limits, "First courses", level=FIRST_COURSE),
    ]
    resampled = pick(rows, output=OUTPUT, variable_level=BOOTSTRAP)
    daggers = _daggers(resampled, ["variable", "group1_level"])

    def label(outcome: str, code: str) -> str:
        return layout.treatment_label(code) + daggers[outcome, code]

    notes = [
        "Courses as independent: Wilson. First courses: exact (Clopper-Pearson).",
        *_bootstrap_notes(resampled),
    ]
    body = by_outcome(results, rows, columns, "group1_level", label)
    return shown("Rates of each treatment", "Treatment", columns, body, notes)


def differences(results: Results, outcome: str) -> Table | Absent:
    """Each two treatments: the difference of their rates with either interval, and the patients who had both."""
    rows = results.pick(output=OUTPUT, variable=outcome, group2="treatment")
    interval, spanner = results.settings.interval_name, "Difference (percentage points)"
    columns = [
        Spec("Patients with both / with either", outcome, fraction, level=BOTH),
        Spec("first − second", outcome, layout.estimate(points), spanner, level=NAIVE),
        Spec(f"{interval}, courses as independent", outcome, limits_of_estimate(points), spanner, level=NAIVE),
        Spec(f"{interval}, patients as units", outcome, limits_of_estimate(points), spanner, level=BOOTSTRAP),
    ]
    resampled, clear = pick(rows, variable_level=BOOTSTRAP), compared_pairs(results, outcome, BOOTSTRAP)["clear"]
    daggers = _daggers(resampled, PAIR)

    def label(pair: tuple[str, str]) -> str:
        return layout.pair_name(pair) + daggers[pair]

    body = keyed_rows(rows, OUTPUT, columns, PAIR, label, notable=clear.index[clear])
    notes = [
        "Courses as independent: Newcombe’s hybrid score interval. Not adjusted. Bold: the interval with patients as "
        "units excludes 0.",
        *_bootstrap_notes(resampled),
    ]
    caption = f"Differences between treatments: {variable_label(outcome).lower()}"
    return shown(caption, "Pair", columns, body, notes)


def _daggers(resampled: pd.DataFrame, index: list[str]) -> pd.Series:
    """What follows a label: a dagger where patients are too few or too alike to be resampled."""
    replaced = pick(resampled, stat_name="resamples").set_index(index)["note"].str.contains(NO_BOOTSTRAP)
    return replaced.map(lambda is_replaced: f" {DAGGER}" if is_replaced else "")


def _bootstrap_notes(resampled: pd.DataFrame) -> list[str]:
    """How the patients were resampled, and what stands where that gives no interval or none is needed."""
    rows = pick(resampled, stat_name="resamples")
    ways = dict.fromkeys(layout.name_of_test(row) for _, row in rows[rows["stat"] > 0].iterrows())
    notes = [f"Patients as units: {'; '.join(ways)}. With few patients such intervals are too short."] if ways else []
    replaced = rows["note"].str.contains(NO_BOOTSTRAP)
    notes += [UNREPEATED] if ((rows["stat"] == 0) & ~replaced).any() else []
    return [*notes, REPLACED] if replaced.any() else notes
