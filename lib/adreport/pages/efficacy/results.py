"""How well treatments worked: Table 2, the response levels, the comparisons and the predictors."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import (
    FIRST_COURSE,
    QUARTILES,
    by_treatment,
    compared_courses,
    compared_over_treatments,
    first_courses,
    outcome_rate,
    pair_keys,
    sized,
    tested,
    with_enough_patients,
)
from adreport.pages.exhibits import Settings
from adreport.stats import effects, tests
from adreport.stats.counts import count, share, summarise, tabulate
from adreport.study import dictionary
from adreport.study.model import Study
from adreport.study.reasons import REASON, members

PRIMARY, ALL_COURSES = "primary", "all_courses"
OUTCOMES = ("effective", "significant", "side_effect")
CATEGORICAL_PREDICTORS = ("sex", "family_history_atopy", "food_allergy", "egg_allergy", "mite_allergy")
NUMERIC_PREDICTORS = ("age_at_start_years", "onset_age_months")
ADJUSTMENTS = ("Bonferroni", "Holm")
TOO_FEW = f"fewer than {tests.FEWEST} patients on a side"
EFFECTIVE_FAILURES = "effective_left_for_failure"


def primary(study: Study, settings: Settings) -> Iterator[dict]:
    """The primary analysis: its test, the outcome of the two treatments used most, and their difference.

    Of first courses by default: all courses keep their level only where patients do not differ (docs/sizes.md).
    """
    courses = compared_courses(study, settings.min_courses)
    first = settings.primary_courses == "first"
    if first:
        courses = first_courses(study, courses)[FIRST_COURSE]
    level = FIRST_COURSE if first else ALL_COURSES
    keys = {"variable": settings.primary, "variable_level": level, "group1": "treatment"}
    yield from tested(PRIMARY, compared_over_treatments(courses, settings.primary), **keys)
    number = courses.loc[courses[settings.primary].notna(), "treatment"].value_counts(sort=False)
    codes = number[number >= tests.FEWEST].sort_values(ascending=False, kind="stable").index[:2].astype(str)
    outcomes = [courses.loc[courses["treatment"] == code, settings.primary] for code in codes]
    interval = effects.clopper_pearson if first else effects.wilson
    for code, outcome in zip(codes, outcomes, strict=True):
        share = interval(int(outcome.sum()), int(outcome.count()), settings.confidence_level)
        yield from statistics(PRIMARY, share.statistics, share.method, group1_level=code, **keys)
    if len(codes) == 2:
        counts = np.array([[outcome.sum(), outcome.count() - outcome.sum()] for outcome in outcomes], dtype=int)
        yield from sized(
            PRIMARY, effects.risk_difference(counts, settings.confidence_level), **keys | pair_keys(*codes)
        )


def features(study: Study, _: Settings) -> Iterator[dict]:
    """Table 2: sex, age, duration and dose of the courses of each treatment."""
    for keys, courses in by_treatment(study.with_patients()):
        for level, number in count(courses["sex"]).items():
            yield from statistics("table2", {"n": number}, variable="sex", variable_level=level, **keys)
        for variable in ("age_at_start_years", "duration_days", "duration_months"):
            yield from statistics("table2", summarise(courses[variable]), QUARTILES, variable=variable, **keys)
        yield from _doses(courses, keys)


def outcome_rates(study: Study, settings: Settings, outcomes: Sequence[str] = OUTCOMES) -> Iterator[dict]:
    """Table 2: how many courses of each treatment had each outcome, with Wilson intervals."""
    for keys, courses in by_treatment(study.courses):
        for variable in _recorded(study, outcomes):
            yield from outcome_rate("table2", courses[variable], settings, variable=variable, **keys)


def reasons(study: Study, _: Settings) -> Iterator[dict]:
    """Table 2: why the courses of each treatment ended."""
    for keys, courses in by_treatment(study.courses):
        for level, number in count(courses["discontinuation_reason"]).items():
            level_keys = keys | {"variable": "discontinuation_reason", "variable_level": level}
            yield from statistics("table2", share(number, len(courses)), **level_keys)


def effective_failures(study: Study, _: Settings) -> Iterator[dict]:
    """Of each treatment's effective courses with a recorded reason, those stopped for lack of effect all the same."""
    effective = study.courses[study.courses["effective"].eq(True)].dropna(subset="discontinuation_reason")
    for keys, courses in by_treatment(effective):
        failed = courses[REASON].isin(members("failure")).sum()
        yield from statistics("table2", share(failed, len(courses)), variable=EFFECTIVE_FAILURES, **keys)


def comparisons(study: Study, settings: Settings) -> Iterator[dict]:
    """Table 2's last row: each variable compared over the treatments with enough courses."""
    courses = compared_courses(study, settings.min_courses)
    for variable in ("sex", *_recorded(study, OUTCOMES)):
        yield from _categories_over_treatments("table2", courses, variable, settings.confidence_level)
    keys = {"variable": "age_at_start_years", "group1": "treatment"}
    yield from tested("table2", _numbers_over_treatments(courses, courses["age_at_start_years"]), **keys)


def response_levels(study: Study, _: Settings) -> Iterator[dict]:
    """Figure 1: how many courses of each treatment reached each level of the response scale."""
    for keys, courses in by_treatment(study.courses):
        numbers = count(courses["response"])
        for level, number in numbers.items():
            level_keys = keys | {"variable": "response", "variable_level": level}
            yield from statistics("figure1", share(number, numbers.sum()), **level_keys)


def ordered_comparison(study: Study, settings: Settings) -> Iterator[dict]:
    """All response levels compared between treatments: as an ordered scale, and as unordered categories."""
    courses = compared_courses(study, settings.min_courses)
    scores = {keys["group1_level"]: score(rows["response"]) for keys, rows in by_treatment(courses)}
    keys = {"group1": "treatment", "variable": "response"}
    levels = pd.Series(score(courses["response"]), courses.index)
    yield from tested("figure1", _numbers_over_treatments(courses, levels), **keys)
    yield from _categories_over_treatments("figure1", courses, "response", settings.confidence_level)
    for pair in combinations(scores, 2):
        delta = effects.cliffs_delta(*(scores[code] for code in pair), settings.confidence_level)
        yield from sized("figure1", delta, **keys | pair_keys(*pair))


def pairwise(study: Study, settings: Settings) -> Iterator[dict]:
    """Every two treatments with enough patients compared on effectiveness, by z-test and exactly, adjusted over all."""
    counts = effective_counts(study, settings)
    enough = with_enough_patients(compared_courses(study, settings.min_courses), "effective")
    pairs = list(combinations([code for code in counts.columns if code in enough], 2))
    for test in (tests.pooled_z, tests.fisher):
        results = [test(counts[list(pair)].T.to_numpy()) for pair in pairs]
        for adjustment in ADJUSTMENTS:
            adjusted = tests.adjust([result.p_value for result in results], adjustment)
            for pair, result, p_value in zip(pairs, results, adjusted, strict=True):
                numbers = result.statistics | {"p.value.adjusted": p_value}
                method, keys = f"{result.method}, {adjustment}", pair_keys(*pair)
                yield from statistics("pairwise", numbers, method, variable="effective", **keys)


def pairwise_effects(study: Study, settings: Settings) -> Iterator[dict]:
    """How far every two treatments lie apart."""
    counts = effective_counts(study, settings)
    for pair in combinations(counts.columns, 2):
        table, keys = counts[list(pair)].T.to_numpy(), pair_keys(*pair) | {"variable": "effective"}
        for measure in (effects.risk_difference, effects.odds_ratio):
            yield from sized("pairwise", measure(table, settings.confidence_level), **keys)


def effective_counts(study: Study, settings: Settings) -> pd.DataFrame:
    """Effective courses and others (down) of each compared treatment with a recorded response (across)."""
    counts = tabulate(compared_courses(study, settings.min_courses), "effective", "treatment")
    return counts.reindex([True, False], fill_value=0).loc[:, counts.sum() > 0]


def predictors(study: Study, settings: Settings) -> Iterator[dict]:
    """Response against what was known at the start: age, onset, allergies, sex; of all courses and of first courses."""
    every = study.with_patients()
    for level, courses in (("", every), (FIRST_COURSE, every.drop_duplicates("patient_id"))):
        scores = score(courses["response"])
        counted = [
            *(_numeric_predictor(courses, name, scores, settings.confidence_level) for name in NUMERIC_PREDICTORS),
            *(
                _categorical_predictor(courses, name, scores, settings.confidence_level)
                for name in CATEGORICAL_PREDICTORS
            ),
        ]
        yield from (row | {"variable_level": level} for rows in counted for row in rows)


def score(response: pd.Series) -> np.ndarray:
    """Responses as 0, 1, 2, ... from the worst level up; NaN where there is none."""
    codes = response.cat.codes.to_numpy(dtype=float)
    return np.where(codes < 0, np.nan, codes)


def _recorded(study: Study, outcomes: Sequence[str]) -> list[str]:
    """The outcomes of which the study has records."""
    return [name for name in outcomes if study.side_effects_recorded or name != "side_effect"]


def _categories_over_treatments(output: str, courses: pd.DataFrame, variable: str, level: float) -> Iterator[dict]:
    """The test of a category, and its strength where chi-square, on which that rests, holds."""
    keys = {"variable": variable, "group1": "treatment"}
    result = compared_over_treatments(courses, variable)
    yield from tested(output, result, **keys)
    if result.method == tests.PEARSON:
        counts = tabulate(courses, variable, "treatment").T.to_numpy()
        yield from sized(output, effects.cramers_v(counts, level), **keys)


def _numbers_over_treatments(courses: pd.DataFrame, values: pd.Series) -> tests.TestResult:
    """The test of a number over the treatments, if two of them have enough patients."""
    rows = courses.assign(value=values)
    if len(with_enough_patients(rows, "value")) < 2:
        return tests.not_tested(TOO_FEW, int(values.notna().sum()))
    return tests.compare_numbers([treated["value"] for _, treated in by_treatment(rows)])


def _numeric_predictor(courses: pd.DataFrame, variable: str, scores: np.ndarray, level: float) -> Iterator[dict]:
    keys = {"variable": variable, "group1": "effective"}
    if len(with_enough_patients(courses, variable, "effective")) < 2:
        both = int((courses[variable].notna() & courses["effective"].notna()).sum())
        for name in ("effective", "response"):
            yield from tested("predictors", tests.not_tested(TOO_FEW, both), **keys | {"group1": name})
        return
    groups = [courses.loc[courses["effective"] == answer, variable].dropna() for answer in (True, False)]
    yield from tested("predictors", tests.compare_numbers(groups), **keys)
    yield from sized("predictors", effects.cliffs_delta(*groups, level), **keys)
    ranks, keys = tests.spearman(courses[variable], scores), {"variable": variable, "group1": "response"}
    yield from tested("predictors", ranks, **keys)
    yield from sized("predictors", effects.spearman_rho(ranks.statistic, ranks.n, level), **keys)


def _categorical_predictor(courses: pd.DataFrame, variable: str, scores: np.ndarray, level: float) -> Iterator[dict]:
    counts = tabulate(courses, variable, "effective")
    effective, ordered = ({"variable": variable, "group1": name} for name in ("effective", "response"))
    if len(with_enough_patients(courses, "effective", variable)) < 2:
        for keys in (effective, ordered):
            yield from tested("predictors", tests.not_tested(TOO_FEW, int(counts.to_numpy().sum())), **keys)
        return
    yield from tested("predictors", tests.compare_categories(counts.to_numpy()), **effective)
    by_level = [scores[courses[variable].eq(one).to_numpy(dtype=bool, na_value=False)] for one in counts.index]
    yield from tested("predictors", tests.compare_numbers(by_level), **ordered)
    if len(counts) == 2:
        answers = counts.reindex(columns=[True, False], fill_value=0).to_numpy()
        for measure in (effects.risk_difference, effects.odds_ratio):
            yield from sized("predictors", measure(answers, level), **effective)
        yield from sized("predictors", effects.cliffs_delta(*by_level, level), **ordered)


def _doses(courses: pd.DataFrame, keys: dict[str, str]) -> Iterator[dict]:
    """Doses in the commonest unit of the treatment's courses; those in other units count as missing."""
    units = courses["dose_unit"].fillna(dictionary.treatments()[keys["group1_level"]].dose_unit)
    given = units[courses["dose"].notna()]
    unit = given.mode().iloc[0] if len(given) else ""
    doses = courses["dose"].where(units == unit)
    numbers = summarise(doses) | {"min": doses.min(), "max": doses.max()}
    yield from statistics("table2", numbers, QUARTILES, unit, variable="dose", **keys)
    loading = courses["loading_dose"].where(units == unit)
    if loading.notna().any():
        amount = unit.partition("/")[0]
        yield from statistics("table2", summarise(loading), QUARTILES, amount, variable="loading_dose", **keys)
