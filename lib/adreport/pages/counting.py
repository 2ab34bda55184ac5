"""What every page counts in the same way: by treatment, as rates with intervals, as tests and sizes of effects."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.exhibits import Settings
from adreport.stats import effects
from adreport.stats.counts import share, tabulate
from adreport.stats.effects import Effect
from adreport.stats.tests import FEWEST, TestResult, compare_categories, not_tested
from adreport.study.model import Study

QUARTILES = "quartiles by the (n+1)p rule"
FIRST_COURSE, FIRST_ON_TREATMENT = "first_course", "first_on_treatment"
TOO_FEW = f"fewer than two treatments have {FEWEST} patients"
PAIR = ["group1_level", "group2_level"]


def by_treatment(courses: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """The courses of each treatment, with the keys of its results."""
    for code, rows in courses.groupby("treatment", observed=True):
        yield {"group1": "treatment", "group1_level": str(code)}, rows


def pair_keys(first: str, second: str) -> dict[str, str]:
    """The keys of results on two treatments."""
    return {"group1": "treatment", "group1_level": first, "group2": "treatment", "group2_level": second}


def compared_courses(study: Study, min_courses: int) -> pd.DataFrame:
    """The courses of treatments with at least `min_courses` courses, each with its patient's columns."""
    number = study.courses["treatment"].value_counts()
    courses = study.with_patients()
    courses = courses[courses["treatment"].isin(number.index[number >= min_courses])]
    return courses.assign(treatment=courses["treatment"].cat.remove_unused_categories())


def with_enough_patients(courses: pd.DataFrame, value: str, by: str = "treatment") -> list:
    """The levels of `by` in which at least FEWEST patients have a known value."""
    patients = courses[courses[value].notna()].groupby(by, observed=True)["patient_id"].nunique()
    return list(patients.index[patients >= FEWEST])


def compared_over_treatments(courses: pd.DataFrame, variable: str) -> TestResult:
    """The test of a category over all treatments, if at least two of them have enough patients."""
    if len(with_enough_patients(courses, variable)) < 2:
        return not_tested(TOO_FEW, int(courses[variable].notna().sum()))
    return compare_categories(tabulate(courses, variable, "treatment").T.to_numpy())


def rate(output: str, events: int, total: int, settings: Settings, **keys: str) -> Iterator[dict]:
    """A proportion with its Wilson interval."""
    proportion = effects.wilson(events, total, settings.confidence_level)
    yield from statistics(output, proportion.statistics, proportion.method, **keys)


def outcome_rate(output: str, outcome: pd.Series, settings: Settings, **keys: str) -> Iterator[dict]:
    """How many of those in whom an outcome is recorded had it, with the Wilson interval."""
    yield from rate(output, int(outcome.sum()), int(outcome.count()), settings, **keys)


def tested(output: str, result: TestResult, **keys: str) -> Iterator[dict]:
    """A test: its statistics, and in words how it was simulated or why it makes no sense."""
    yield from statistics(output, result.statistics, result.method, note=result.reason or result.note, **keys)


def sized(output: str, effect: Effect, **keys: str) -> Iterator[dict]:
    """The size of an effect with its interval; the measure is its unit."""
    yield from statistics(output, effect.statistics, effect.method, effect.measure, **keys)


def first_courses(study: Study, compared: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Of the compared courses: each patient's first course at all, and the first on each treatment.

    The first course of a selection is the first of the selected ones, so that each patient counts once.
    """
    first = study.courses.drop_duplicates("patient_id")[["patient_id", "course"]]
    return {
        FIRST_COURSE: compared.merge(first, on=["patient_id", "course"]),
        FIRST_ON_TREATMENT: compared.drop_duplicates(["patient_id", "treatment"]),
    }


def shares(
    output: str, numbers: pd.Series, total: int | None = None, by: str = "variable_level", **keys: str
) -> Iterator[dict]:
    """The count of each level with its share of `total` (None: of their sum); `by`: the key that holds the level."""
    total = int(numbers.sum() if total is None else total)
    for level, number in numbers.items():
        yield from statistics(output, share(int(number), total), **keys | {by: str(level)})
