"""How well treatments worked: Table 2, the response levels, the comparisons and the predictors."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from adreport.pages.cohort.results import MIN_COURSES, compared_courses, treatments_used
from adreport.pages.contract import in_words, statistics, table
from adreport.stats import effects
from adreport.stats import tests as inference
from adreport.stats.counts import count, share, summarise, tabulate
from adreport.stats.effects import Effect
from adreport.stats.power import detectable_difference
from adreport.stats.tests import TestResult
from adreport.study import dictionary
from adreport.study.courses import REASON_GROUPS
from adreport.study.model import Study

OUTCOMES = ("effective", "significant", "side_effect")
CATEGORICAL_PREDICTORS = ("sex", "family_history_atopy", "food_allergy", "egg_allergy", "mite_allergy")
NUMERIC_PREDICTORS = ("age_at_start_years", "onset_age_months")
QUARTILES = "quartiles by the (n+1)p rule"
ADJUSTMENTS = ("Bonferroni", "Holm")
DETECTABLE = "detectable_difference"
EFFECTIVE_FAILURES = "effective_left_for_failure"


def analyse(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> pd.DataFrame:
    """Every statistic of the efficacy page."""
    return table([
        *treatments_used(study),
        *treatments(study, confidence_level),
        *effective_failures(study),
        *comparisons(study, confidence_level, min_courses),
        *response_levels(study),
        *ordered_comparison(study, confidence_level, min_courses),
        *pairwise(study, min_courses),
        *pairwise_effects(study, confidence_level, min_courses),
        *predictors(study, confidence_level),
    ])  # fmt: skip


def treatments(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Table 2: of each treatment sex, age, duration, dose, outcomes with Wilson intervals, and reasons."""
    yield from features(study)
    yield from outcome_rates(study, confidence_level)
    yield from reasons(study)


def features(study: Study) -> Iterator[dict]:
    """Sex, age, duration and dose of the courses of each treatment."""
    for code, courses in study.with_patients().groupby("treatment", observed=True):
        keys = {"group1": "treatment", "group1_level": code}
        for level, number in count(courses["sex"]).items():
            yield from statistics("table2", {"n": number}, variable="sex", variable_level=level, **keys)
        for variable in ("age_at_start_years", "duration_days", "duration_months"):
            yield from statistics("table2", summarise(courses[variable]), variable=variable, method=QUARTILES, **keys)
        yield from _doses(code, courses)


def outcome_rates(study: Study, confidence_level: float = 0.95, outcomes: Sequence[str] = OUTCOMES) -> Iterator[dict]:
    """How many courses of each treatment had each outcome, with Wilson intervals."""
    outcomes = [name for name in outcomes if study.side_effects_recorded or name != "side_effect"]
    for code, courses in study.courses.groupby("treatment", observed=True):
        keys = {"group1": "treatment", "group1_level": code}
        for variable in outcomes:
            rate = effects.wilson(int(courses[variable].sum()), int(courses[variable].count()), confidence_level)
            yield from _sized("table2", rate, variable=variable, **keys)


def reasons(study: Study) -> Iterator[dict]:
    """Why the courses of each treatment ended."""
    for code, courses in study.courses.groupby("treatment", observed=True):
        keys = {"group1": "treatment", "group1_level": code, "variable": "discontinuation_reason"}
        for level, number in count(courses["discontinuation_reason"]).items():
            yield from statistics("table2", share(number, len(courses)), variable_level=level, **keys)


def effective_failures(study: Study) -> Iterator[dict]:
    """Of each treatment's effective courses whose reason is recorded, those that were left for lack of effect."""
    worked = study.courses[study.courses["effective"].eq(True)].dropna(subset="discontinuation_reason")
    for code, reason in worked.groupby("treatment", observed=True)["discontinuation_reason"]:
        failed = share(reason.isin(REASON_GROUPS["failure"]).sum(), len(reason))
        yield from statistics("table2", failed, group1="treatment", group1_level=code, variable=EFFECTIVE_FAILURES)


def comparisons(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """Table 2's last line: each variable compared over the treatments with at least `min_courses` courses."""
    courses = compared_courses(study, min_courses)
    for variable in ("sex", *(OUTCOMES if study.side_effects_recorded else OUTCOMES[:2])):
        counts = tabulate(courses, variable, "treatment").T.to_numpy()
        keys = {"variable": variable, "group1": "treatment"}
        yield from _tested("table2", inference.compare_categories(counts), **keys)
        yield from _sized("table2", effects.cramers_v(counts, confidence_level), **keys)
    ages = [rows["age_at_start_years"] for _, rows in courses.groupby("treatment", observed=True)]
    keys = {"variable": "age_at_start_years", "group1": "treatment"}
    yield from _tested("table2", inference.compare_numbers(ages), **keys)


def response_levels(study: Study) -> Iterator[dict]:
    """Figure 1: how many courses of each treatment reached each level of the response scale."""
    for code, courses in study.courses.groupby("treatment", observed=True):
        numbers = count(courses["response"])
        for level, number in numbers.items():
            keys = {"group1": "treatment", "group1_level": code, "variable": "response", "variable_level": level}
            yield from statistics("figure1", share(number, numbers.sum()), **keys)


def ordered_comparison(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """All response levels compared between treatments: as an ordered scale, and as mere categories."""
    courses = compared_courses(study, min_courses)
    scores = {code: score(rows["response"]) for code, rows in courses.groupby("treatment", observed=True)}
    keys = {"group1": "treatment", "variable": "response"}
    yield from _tested("figure1", inference.compare_numbers(list(scores.values())), **keys)
    by_level = tabulate(courses, "response", "treatment").T.to_numpy()
    yield from _tested("figure1", inference.compare_categories(by_level), **keys)
    yield from _sized("figure1", effects.cramers_v(by_level, confidence_level), **keys)
    for first, second in combinations(scores, 2):
        delta = effects.cliffs_delta(scores[first], scores[second], confidence_level)
        pair = keys | {"group1_level": first, "group2": "treatment", "group2_level": second}
        yield from _sized("figure1", delta, **pair)


def pairwise(study: Study, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """Each two treatments compared on effectiveness, by z-test and exactly, adjusted over all pairs."""
    counts = effective_counts(study, min_courses)
    pairs = list(combinations(counts.columns, 2))
    for test in (inference.pooled_z, inference.fisher):
        results = [test(counts[list(pair)].T.to_numpy()) for pair in pairs]
        for adjustment in ADJUSTMENTS:
            adjusted = inference.adjust([result.p_value for result in results], adjustment)
            for pair, result, p_value in zip(pairs, results, adjusted, strict=True):
                yield from statistics(
                    "pairwise", result.statistics | {"p.value.adjusted": p_value}, f"{in_words(result)}, {adjustment}",
                    group1="treatment", group1_level=pair[0], group2="treatment", group2_level=pair[1],
                    variable="effective",
                )  # fmt: skip


def pairwise_effects(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """How far each two treatments lie apart, and the smallest difference that so few courses could have shown."""
    counts = effective_counts(study, min_courses)
    for pair in combinations(counts.columns, 2):
        table = counts[list(pair)].T.to_numpy()
        keys = {"group1": "treatment", "group1_level": pair[0], "group2": "treatment", "group2_level": pair[1]}
        for measure in (effects.risk_difference, effects.odds_ratio):
            yield from _sized("pairwise", measure(table, confidence_level), variable="effective", **keys)
        larger = int(np.argmax(table.sum(axis=1)))
        reference, other = table[larger], table[1 - larger]
        found, method = detectable_difference(int(other.sum()), int(reference.sum()), reference[0] / reference.sum())
        numbers = {"estimate": found, "N": int(table.sum())}
        method = f"{method}, from the rate of {pair[larger]}"
        yield from statistics("pairwise", numbers, method, variable="effective", variable_level=DETECTABLE, **keys)


def effective_counts(study: Study, min_courses: int = MIN_COURSES) -> pd.DataFrame:
    """Effective courses and others (down) of each compared treatment with a known response (across)."""
    counts = tabulate(compared_courses(study, min_courses), "effective", "treatment")
    return counts.reindex([True, False], fill_value=0).loc[:, counts.sum() > 0]


def predictors(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Response against what was known at the start: age, onset, allergies, sex; all courses together."""
    courses = study.with_patients()
    scores = score(courses["response"])
    for variable in NUMERIC_PREDICTORS:
        groups = [courses.loc[courses["effective"] == answer, variable].dropna() for answer in (True, False)]
        keys = {"variable": variable, "group1": "effective"}
        yield from _tested("predictors", inference.compare_numbers(groups), **keys)
        yield from _sized("predictors", effects.cliffs_delta(*groups, confidence_level), **keys)
        ranks, keys = inference.spearman(courses[variable], scores), {"variable": variable, "group1": "response"}
        yield from _tested("predictors", ranks, **keys)
        yield from _sized("predictors", effects.spearman_rho(ranks.statistic, ranks.n, confidence_level), **keys)
    for variable in CATEGORICAL_PREDICTORS:
        counts = tabulate(courses, variable, "effective")
        keys = {"variable": variable, "group1": "effective"}
        yield from _tested("predictors", inference.compare_categories(counts.to_numpy()), **keys)
        by_level = [scores[courses[variable].eq(level).to_numpy(dtype=bool, na_value=False)] for level in counts.index]
        yield from _tested("predictors", inference.compare_numbers(by_level), variable=variable, group1="response")
        if len(counts) == 2:
            for measure in (effects.risk_difference, effects.odds_ratio):
                answers = counts.reindex(columns=[True, False], fill_value=0).to_numpy()
                yield from _sized("predictors", measure(answers, confidence_level), **keys)
            delta = effects.cliffs_delta(*by_level, confidence_level)
            yield from _sized("predictors", delta, variable=variable, group1="response")


def score(response: pd.Series) -> np.ndarray:
    """Responses as 0, 1, 2, ... from the worst level up; NaN where there is none."""
    codes = response.cat.codes.to_numpy(dtype=float)
    return np.where(codes < 0, np.nan, codes)


def _tested(output: str, result: TestResult, **keys: str) -> Iterator[dict]:
    yield from statistics(output, result.statistics, in_words(result), **keys)


def _sized(output: str, effect: Effect, **keys: str) -> Iterator[dict]:
    yield from statistics(output, effect.statistics, in_words(effect), **keys)


def _doses(code: str, courses: pd.DataFrame) -> Iterator[dict]:
    """Doses in the commonest unit of the treatment's courses (`method`); those in other units are missing."""
    units = courses["dose_unit"].fillna(dictionary.treatments()[code].dose_unit)
    given = units[courses["dose"].notna()]
    unit = given.mode().iloc[0] if len(given) else ""
    doses = courses["dose"].where(units == unit)
    numbers = summarise(doses) | {"min": doses.min(), "max": doses.max()}
    yield from statistics("table2", numbers, unit, group1="treatment", group1_level=code, variable="dose")
