"""Outcomes modelled on treatment, line of therapy, age and sex by Firth's logistic regression.

Rows of the output `patient_level`: odds ratios of treatments against the one with most courses
(group1=group2=treatment), of a line more, of a year of age, of the male sex.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import compared_courses
from adreport.pages.exhibits import MIN_COURSES
from adreport.pages.sensitivity.patients import OUTPUT, outcomes, sizes
from adreport.show.numbers import listing
from adreport.stats.firth import NAME, Model, NotConverged, grouped
from adreport.study.dictionary import columns, variable_label
from adreport.study.model import Study

UNADJUSTED, ADJUSTED = "firth_unadjusted", "firth_adjusted"
COVARIATES = ("line", "age_at_start_years", "sex")


@dataclass(frozen=True)
class Terms:
    """The columns of a model after its constant: their keys in the results, and their values for each course."""

    keys: list[dict[str, str]]
    values: np.ndarray

    @property
    def covariates(self) -> list[str]:
        """The variables adjusted for."""
        return [key["group1"] for key in self.keys if key["group1"] != "treatment"]


def models(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """Each outcome on treatment alone, and on treatment, line, age at start and sex."""
    courses = compared_courses(study, min_courses)
    for outcome in outcomes(study):
        for level, covariates in ((UNADJUSTED, ()), (ADJUSTED, COVARIATES)):
            complete = courses.dropna(subset=[outcome, *(name for name in covariates if courses[name].notna().any())])
            size = sizes(complete, outcome) | {"n_missing": len(courses) - len(complete)}
            yield from _model(complete, outcome, level, size, terms(complete, covariates), confidence_level)


def terms(courses: pd.DataFrame, covariates: tuple[str, ...]) -> Terms:
    """Treatments against the one with most courses, then the covariates that vary."""
    number = courses["treatment"].value_counts()
    reference = number.index[0] if len(courses) else ""
    keys, values = [], []
    for code in courses["treatment"].cat.categories:
        if code != reference and number[code]:
            keys.append(_contrast("treatment", code, reference))
            values.append(courses["treatment"] == code)
    for name in covariates:
        if courses[name].nunique() > 1:
            low, high = list(columns("patients")["sex"].levels) if name == "sex" else ("", "")
            keys.append(_contrast(name, high, low))
            values.append(courses[name] == high if name == "sex" else courses[name])
    stacked = np.array(values, dtype=float).reshape(len(values), len(courses))
    return Terms(keys, stacked.T)


def _model(
    courses: pd.DataFrame, outcome: str, level: str, size: dict[str, int], model_terms: Terms, confidence_level: float
) -> Iterator[dict]:
    """The overall test of treatment with the model's sizes, then every odds ratio; or why there are none."""
    whole = {"group1": "treatment", "variable": outcome, "variable_level": level}
    design = np.column_stack([np.ones(len(courses)), model_terms.values])
    adjusted = listing([variable_label(name).lower() for name in model_terms.covariates])
    words = f"; adjusted for {adjusted}" if adjusted else "; unadjusted"
    try:
        if reason := _unfit(design, courses[outcome], model_terms):
            raise NotConverged(reason)
        model = grouped(design, courses[outcome].to_numpy(dtype=float))
        rows = [*_overall(model, model_terms, size, whole, words)]
        rows += _odds_ratios(model, model_terms, outcome, level, words, confidence_level)
    except NotConverged as refusal:
        yield from statistics(OUTPUT, size | {"N": size["courses"]}, f"not fitted: {refusal}", **whole)
    else:
        yield from rows


def _unfit(design: np.ndarray, outcome: pd.Series, model_terms: Terms) -> str:
    """Why a model cannot be fitted; "" when it can."""
    if not any(key["group1"] == "treatment" for key in model_terms.keys):
        return "fewer than two treatments can be compared"
    if outcome.nunique() < 2:
        return "all courses had the same outcome"
    scaled = design / np.abs(design).max(axis=0)
    if len(design) <= design.shape[1] or np.linalg.matrix_rank(scaled) < design.shape[1]:
        return "too few courses to tell the covariates apart"
    return ""


def _overall(
    model: Model, model_terms: Terms, size: dict[str, int], keys: dict[str, str], words: str
) -> Iterator[dict]:
    positions = [place + 1 for place, key in enumerate(model_terms.keys) if key["group1"] == "treatment"]
    statistic, p_value = model.without(positions)
    tested = {"statistic": statistic, "parameter": len(positions), "p.value": p_value, "N": size["courses"]}
    yield from statistics(OUTPUT, tested | size, f"{NAME}, penalised likelihood ratio test{words}", **keys)


def _odds_ratios(
    model: Model, model_terms: Terms, outcome: str, level: str, words: str, confidence_level: float
) -> Iterator[dict]:
    for position, keys in enumerate(model_terms.keys, start=1):
        statistic, p_value = model.without([position])
        ratio = model.odds_ratio(position, confidence_level)
        tested = ratio.statistics | {"statistic": statistic, "p.value": p_value}
        yield from statistics(OUTPUT, tested, f"{ratio.method}{words}", **keys, variable=outcome, variable_level=level)


def _contrast(variable: str, level: str, reference: str) -> dict[str, str]:
    named = {"group1": variable, "group1_level": level}
    return named | {"group2": variable, "group2_level": reference} if reference else named
