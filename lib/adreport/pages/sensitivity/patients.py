"""Comparisons between treatments that respect the patient, beside those that take courses as independent.

Rows of the output `patient_level` have group1=treatment, the outcome in `variable` and the analysis in
`variable_level`. They count patients, courses (`courses`, or N of a rate) and events (n) separately.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics, wide
from adreport.pages.counting import (
    PAIR,
    by_treatment,
    compared_courses,
    compared_over_treatments,
    first_courses,
    pair_keys,
    rate,
    sized,
    tested,
)
from adreport.pages.efficacy import results as efficacy
from adreport.pages.exhibits import Results, Settings
from adreport.stats import effects
from adreport.stats.bootstrap import ClusterBootstrap, cluster_bootstrap
from adreport.stats.counts import by_patient
from adreport.stats.tests import FEWEST, NOT_TESTED, not_tested
from adreport.stats.within_patients import informative, within_patients
from adreport.study.model import Study

OUTPUT = "patient_level"
NAIVE = "naive"  # every course counts as if it were another patient's
WITHIN = "within_patients"
BOOTSTRAP = "cluster_bootstrap"
INFORMATIVE = "informative_patients"
SMALLEST_P = "smallest_attainable_p"
BOTH = "patients_with_both"
ANOTHER = "another_course"  # after an outcome or without it


def tests(study: Study, settings: Settings) -> Iterator[dict]:
    """Each outcome over all treatments at once: all courses, within patients, first courses only."""
    courses = compared_courses(study, settings.min_courses)
    tables = list(efficacy.comparisons(study, settings))
    for outcome in outcomes(study):
        keys = _keys(outcome, NAIVE)
        yield from (row | {"output": OUTPUT} | keys for row in tables if row["variable"] == outcome)
        yield from statistics(OUTPUT, sizes(courses, outcome), **keys)
        yield from _within_patients(courses, outcome)
        for level, rows in first_courses(study, courses).items():
            yield from tested(OUTPUT, compared_over_treatments(rows, outcome), **_keys(outcome, level))
            yield from statistics(OUTPUT, sizes(rows, outcome), **_keys(outcome, level))


def continuation(study: Study, settings: Settings) -> Iterator[dict]:
    """How many effective courses, and how many others, were followed by another course of the patient."""
    courses = study.courses
    another = courses["patient_id"].duplicated(keep="last")
    for level, answer in (("yes", True), ("no", False)):
        followed = another[courses["effective"].eq(answer).to_numpy(dtype=bool, na_value=False)]
        keys = {"group1": "effective", "group1_level": level, "variable": ANOTHER}
        yield from rate(OUTPUT, int(followed.sum()), len(followed), settings, **keys)


def first_course_rates(study: Study, settings: Settings) -> Iterator[dict]:
    """Rates of each outcome among first courses, with exact intervals."""
    for level, compared in first_courses(study, compared_courses(study, settings.min_courses)).items():
        for outcome in outcomes(study):
            for keys, courses in by_treatment(compared):
                size = sizes(courses, outcome)
                share = effects.clopper_pearson(size["n"], size["courses"], settings.confidence_level)
                yield from statistics(OUTPUT, size | share.statistics, share.method, **keys | _keys(outcome, level))


def resampled_rates(study: Study, settings: Settings) -> Iterator[dict]:
    """Rates of each outcome with intervals from resampled patients, and in how many `resamples` a treatment occurs."""
    for outcome, courses, bootstrap in _resampled(study, settings):
        for position, (keys, rows) in enumerate(by_treatment(courses)):
            if rows[outcome].notna().any():
                share = bootstrap.rate(position)
                values = sizes(rows, outcome) | share.statistics | {"resamples": bootstrap.usable([position])}
                keys = keys | _keys(outcome, BOOTSTRAP)
                yield from statistics(OUTPUT, values, share.method, note=share.note, **keys)


def differences(study: Study, settings: Settings) -> Iterator[dict]:
    """The first treatment's rate minus the second's for every pair: courses as independent, and patients resampled."""
    for outcome, courses, bootstrap in _resampled(study, settings):
        codes = courses["treatment"].cat.categories
        known = [position for position in range(len(codes)) if bootstrap.courses[:, position].any()]
        for pair in map(list, combinations(known, 2)):
            keys = pair_keys(*codes[pair])
            had = bootstrap.courses[:, pair] > 0
            both = {"n": int(had.all(axis=1).sum()), "N": int(had.any(axis=1).sum())}
            yield from statistics(OUTPUT, both, **keys | _keys(outcome, BOTH))
            yield from sized(OUTPUT, _independent(bootstrap, pair), **keys | _keys(outcome, NAIVE))
            effect, keys = bootstrap.difference(*pair), keys | _keys(outcome, BOOTSTRAP)
            yield from sized(OUTPUT, effect, note=effect.note, **keys)
            yield from statistics(
                OUTPUT, {"resamples": bootstrap.usable(pair)}, effect.method, note=effect.note, **keys
            )  # fmt: skip


def outcomes(study: Study) -> tuple[str, ...]:
    """The outcomes compared between treatments: side effects only where they were recorded."""
    return efficacy.OUTCOMES if study.side_effects_recorded else efficacy.OUTCOMES[:2]


def sizes(courses: pd.DataFrame, outcome: str) -> dict[str, int]:
    """Events, courses and patients with a known outcome, and the courses without."""
    known = courses[courses[outcome].notna()]
    return {
        "n": int(known[outcome].sum()),
        "courses": len(known),
        "patients": known["patient_id"].nunique(),
        "n_missing": len(courses) - len(known),
    }


def compared_outcomes(results: Results) -> list[str]:
    """The outcomes known of any patient with a compared treatment."""
    patients = results.pick(output=OUTPUT, stat_name="patients")
    known = set(patients.loc[patients["stat"] > 0, "variable"])
    return [outcome for outcome in efficacy.OUTCOMES if outcome in known]


def information(results: Results) -> pd.DataFrame:
    """A row an outcome: the patients who carry information (n of N), their courses, and the smallest p possible."""
    rows = results.pick(output=OUTPUT, variable_level=[INFORMATIVE, SMALLEST_P])
    return wide(rows, "variable").reindex(index=compared_outcomes(results), columns=["n", "N", "courses", "p.value"])


def compared_pairs(results: Results, outcome: str, analysis: str) -> pd.DataFrame:
    """A row a pair: the interval of its difference by one analysis, and whether that excludes 0 (`clear`)."""
    rows = results.pick(output=OUTPUT, variable=outcome, variable_level=analysis, group2="treatment")
    frame = wide(rows, PAIR).reindex(columns=["conf.low", "conf.high"])
    return frame.assign(clear=(frame["conf.low"] > 0) | (frame["conf.high"] < 0))


def _keys(outcome: str, level: str) -> dict[str, str]:
    return {"group1": "treatment", "variable": outcome, "variable_level": level}


def _within_patients(courses: pd.DataFrame, outcome: str) -> Iterator[dict]:
    """The test within patients, how many patients it rests on, and the smallest p that they could have given."""
    counts, events = by_patient(courses, outcome, "treatment")
    informed = informative(counts, events)
    result, smallest = within_patients(counts, events)
    if result.method != NOT_TESTED and informed.sum() < FEWEST:
        reason = f"fewer than {FEWEST} patients had two of the treatments and outcomes that vary"
        result, smallest = not_tested(reason, int(informed.sum())), float("nan")
    yield from tested(OUTPUT, result, **_keys(outcome, WITHIN))
    carrying = {"n": int(informed.sum()), "N": len(informed), "courses": int(counts[informed].sum())}
    tested_only = {"n": int(events[informed].sum()), "courses": carrying["courses"], "patients": carrying["n"]}
    yield from statistics(OUTPUT, tested_only, **_keys(outcome, WITHIN))
    yield from statistics(OUTPUT, carrying, **_keys(outcome, INFORMATIVE))
    yield from statistics(OUTPUT, {"p.value": smallest}, result.method, **_keys(outcome, SMALLEST_P))


def _resampled(study: Study, settings: Settings) -> Iterator[tuple[str, pd.DataFrame, ClusterBootstrap]]:
    """Each outcome, the compared courses, and the rates of their treatments (in order) in resamples of patients."""
    courses = compared_courses(study, settings.min_courses)
    for outcome in outcomes(study):
        counts = by_patient(courses, outcome, "treatment")
        yield outcome, courses, cluster_bootstrap(*counts, settings.confidence_level)


def _independent(bootstrap: ClusterBootstrap, pair: list[int]) -> effects.Effect:
    """The difference of two rates with courses taken as independent."""
    courses, events = (counts[:, pair].sum(axis=0) for counts in (bootstrap.courses, bootstrap.events))
    return effects.risk_difference(np.column_stack([events, courses - events]), bootstrap.confidence_level)
