"""Comparisons between treatments that respect the patient, beside those that take courses as independent.

Rows of the output `patient_level` have group1=treatment, the outcome in `variable` and the analysis in
`variable_level`; each tells patients, courses (`courses`, or N of a rate) and events (n) apart.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from adreport.pages.contract import in_words, pick, statistics
from adreport.pages.counting import compared_courses, first_courses
from adreport.pages.efficacy import results as efficacy
from adreport.pages.exhibits import MIN_COURSES, Settings
from adreport.stats import effects
from adreport.stats import tests as inference
from adreport.stats import within_patients as permutation
from adreport.stats.bootstrap import ClusterBootstrap, cluster_bootstrap
from adreport.stats.counts import by_patient, tabulate
from adreport.study.model import Study

OUTPUT = "patient_level"
NAIVE = "naive"  # every course counts as if it were another patient's, as published
WITHIN = "within_patients"
BOOTSTRAP = "cluster_bootstrap"
INFORMATIVE = "informative_patients"
SMALLEST_P = "smallest_attainable_p"
BOTH = "patients_with_both"


def outcomes(study: Study) -> tuple[str, ...]:
    """The outcomes compared between treatments: side effects only where they were recorded."""
    return efficacy.OUTCOMES if study.side_effects_recorded else efficacy.OUTCOMES[:2]


def compared_outcomes(results: pd.DataFrame) -> list[str]:
    """Of results, the outcomes of which the rate of any compared treatment is known."""
    known = set(pick(results, output=OUTPUT, variable_level=BOOTSTRAP)["variable"])
    return [outcome for outcome in efficacy.OUTCOMES if outcome in known]


def tests(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """Each outcome over all treatments at once: as published, within patients, first courses only."""
    courses = compared_courses(study, min_courses)
    published = list(efficacy.comparisons(study, Settings(confidence_level, min_courses)))
    for outcome in outcomes(study):
        yield from _as_published(published, outcome)
        yield from statistics(OUTPUT, sizes(courses, outcome), **_keys(outcome, NAIVE))
        yield from _within_patients(courses, outcome)
        for level, chosen in first_courses(study, courses).items():
            table = tabulate(chosen, outcome, "treatment").T.to_numpy()
            result = inference.compare_categories(table)
            values = result.statistics | sizes(chosen, outcome)
            yield from statistics(OUTPUT, values, in_words(result), **_keys(outcome, level))


def intervals(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """Rates and differences of each outcome with patients resampled, and rates of first courses only."""
    courses = compared_courses(study, min_courses)
    for outcome in outcomes(study):
        bootstrap = cluster_bootstrap(*by_patient(courses, outcome, "treatment"), confidence_level)
        yield from _resampled_rates(courses, outcome, bootstrap)
        for level, chosen in first_courses(study, courses).items():
            yield from _exact_rates(chosen, outcome, level, confidence_level)
        yield from _differences(courses["treatment"].cat.categories, outcome, bootstrap)


def sizes(courses: pd.DataFrame, outcome: str) -> dict[str, int]:
    """Events, courses and patients with a known outcome, and the courses without."""
    known = courses[courses[outcome].notna()]
    return {
        "n": int(known[outcome].sum()),
        "courses": len(known),
        "patients": known["patient_id"].nunique(),
        "n_missing": len(courses) - len(known),
    }


def _keys(outcome: str, level: str, code: str = "") -> dict[str, str]:
    return {"group1": "treatment", "group1_level": code, "variable": outcome, "variable_level": level}


def _as_published(rows: list[dict], outcome: str) -> Iterator[dict]:
    """The rows of Table 2's comparison under the name of this output."""
    for row in rows:
        if row["variable"] == outcome:
            yield row | {"output": OUTPUT, "variable_level": NAIVE}


def _within_patients(courses: pd.DataFrame, outcome: str) -> Iterator[dict]:
    counts, events = by_patient(courses, outcome, "treatment")
    result, smallest = permutation.within_patients(counts, events)
    chosen = permutation.informative(counts, events)
    values = result.statistics | sizes(courses, outcome)
    yield from statistics(OUTPUT, values, in_words(result), **_keys(outcome, WITHIN))
    carrying = {"n": int(chosen.sum()), "N": len(chosen), "courses": int(counts[chosen].sum())}
    yield from statistics(OUTPUT, carrying, **_keys(outcome, INFORMATIVE))
    yield from statistics(OUTPUT, {"p.value": smallest}, in_words(result), **_keys(outcome, SMALLEST_P))


def _resampled_rates(courses: pd.DataFrame, outcome: str, bootstrap: ClusterBootstrap) -> Iterator[dict]:
    for position, code in enumerate(courses["treatment"].cat.categories):
        own = courses[courses["treatment"] == code]
        if own[outcome].notna().any():
            rate = bootstrap.rate(position)
            values = sizes(own, outcome) | rate.statistics
            yield from statistics(OUTPUT, values, in_words(rate), **_keys(outcome, BOOTSTRAP, code))


def _differences(codes: pd.Index, outcome: str, bootstrap: ClusterBootstrap) -> Iterator[dict]:
    """The first treatment's rate minus the second's for every pair: as if independent, and with patients resampled."""
    known = [position for position in range(len(codes)) if bootstrap.courses[:, position].any()]
    for first, second in combinations(known, 2):
        keys = {"group2": "treatment", "group2_level": codes[second]}
        here = bootstrap.courses[:, [first, second]] > 0
        shared = {"n": int(here.all(axis=1).sum()), "N": int(here.any(axis=1).sum())}
        yield from statistics(OUTPUT, shared, **_keys(outcome, BOTH, codes[first]), **keys)
        totals, happened = (counts[:, [first, second]].sum(axis=0) for counts in (bootstrap.courses, bootstrap.events))
        table = np.column_stack([happened, totals - happened])
        naive = effects.risk_difference(table, bootstrap.confidence_level)
        for level, effect in ((NAIVE, naive), (BOOTSTRAP, bootstrap.difference(first, second))):
            keyed = _keys(outcome, level, codes[first]) | keys
            yield from statistics(OUTPUT, effect.statistics, in_words(effect), **keyed)


def _exact_rates(courses: pd.DataFrame, outcome: str, level: str, confidence_level: float) -> Iterator[dict]:
    for code, own in courses.groupby("treatment", observed=True):
        size = sizes(own, outcome)
        rate = effects.clopper_pearson(size["n"], size["courses"], confidence_level)
        yield from statistics(OUTPUT, size | rate.statistics, rate.method, **_keys(outcome, level, code))
