"""Outcomes modelled on treatment and covariates: with a random intercept for each patient, and by Firth's regression.

Rows of the output `patient_level`: odds ratios of treatments against the one with most courses
(group1=group2=treatment), of each further line, of each year of age, of males against females.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import TOO_FEW, compared_courses, sized, with_enough_patients
from adreport.pages.exhibits import Settings
from adreport.pages.sensitivity.patients import OUTPUT, outcomes, sizes
from adreport.show.numbers import listing, number
from adreport.stats.clustered import RandomIntercept, clustered
from adreport.stats.firth import Model, NotConverged, grouped
from adreport.study.dictionary import columns, variable_label
from adreport.study.model import Study

UNADJUSTED, ADJUSTED = "firth_unadjusted", "firth_adjusted"  # courses as independent: in results.csv only
REPEATED, REPEATED_ADJUSTED = "random_intercept", "random_intercept_adjusted"
COVARIATES = {
    UNADJUSTED: (), ADJUSTED: ("line", "age_at_start_years", "sex"),
    REPEATED: ("line",), REPEATED_ADJUSTED: ("line", "age_at_start_years", "sex"),
}  # fmt: skip
NOT_FITTED = "not fitted"
FEWEST_EVENTS, FEW_EVENTS = 2, 5  # per coefficient: no model below the first, an exploratory one below the second
EVENTS = "events_per_coefficient"


@dataclass(frozen=True)
class Term:
    """A column of a model: the keys of its odds ratio in the results, and its value for each course."""

    keys: dict[str, str]
    values: np.ndarray

    @property
    def variable(self) -> str:
        """The variable that it is of."""
        return self.keys["group1"]


def models(study: Study, settings: Settings) -> Iterator[dict]:
    """Each outcome on treatment and covariates, with a random intercept for each patient and without."""
    courses = compared_courses(study, settings.min_courses)
    for outcome, level in product(outcomes(study), COVARIATES):
        known = [name for name in COVARIATES[level] if courses[name].notna().any()]
        complete = courses.dropna(subset=[outcome, *known])
        size = sizes(complete, outcome) | {"N": len(complete), "n_missing": len(courses) - len(complete)}
        keys = {"variable": outcome, "variable_level": level}
        model_terms = terms(complete, known)
        if model_terms:
            size[EVENTS] = min(size["n"], size["courses"] - size["n"]) / len(model_terms)
        try:
            model = _fitted(complete, outcome, model_terms, by_patient=level in (REPEATED, REPEATED_ADJUSTED))
            rows = list(_estimates(model, model_terms, settings.confidence_level, keys))
            yield from rows
            yield from statistics(OUTPUT, size, group1="treatment", **keys)
        except NotConverged as refusal:
            yield from statistics(OUTPUT, size, NOT_FITTED, note=str(refusal), group1="treatment", **keys)


def terms(courses: pd.DataFrame, covariates: Sequence[str]) -> list[Term]:
    """Treatments against the one with most courses, then the covariates that vary."""
    number = courses["treatment"].value_counts()
    reference = number.index[0] if len(courses) else ""
    treatments = [
        Term(_contrast("treatment", code, reference), courses["treatment"] == code)
        for code in courses["treatment"].cat.categories
        if code != reference and number[code]
    ]
    varying = [name for name in covariates if courses[name].nunique() > 1]
    return treatments + [_covariate(courses[name]) for name in varying]


def _covariate(values: pd.Series) -> Term:
    if values.name != "sex":
        return Term({"group1": str(values.name)}, values)
    low, high = columns("patients")["sex"].levels
    return Term(_contrast("sex", high, low), values == high)


def _contrast(variable: str, level: str, reference: str) -> dict[str, str]:
    return {"group1": variable, "group1_level": level, "group2": variable, "group2_level": reference}


def _estimates(model: Model, model_terms: list[Term], confidence_level: float, keys: dict[str, str]) -> Iterator[dict]:
    """The overall test of treatment, and the odds ratio of every term. Raises NotConverged."""
    covariates = [variable_label(term.variable).lower() for term in model_terms if term.variable != "treatment"]
    note = f"adjusted for {listing(covariates)}" if covariates else "unadjusted"
    treatments = [position for position, term in enumerate(model_terms, start=1) if term.variable == "treatment"]
    test = f"{model.name}, penalised likelihood ratio test"
    overall = _without(model, treatments) | {"parameter": len(treatments)}
    yield from statistics(OUTPUT, overall, test, note=note, group1="treatment", **keys)
    for position, term in enumerate(model_terms, start=1):
        term_keys = keys | term.keys
        yield from sized(OUTPUT, model.odds_ratio(position, confidence_level), note=note, **term_keys)
        if not isinstance(model, RandomIntercept):
            yield from statistics(OUTPUT, _without(model, [position]), test, note=note, **term_keys)


def _without(model: Model, positions: list[int]) -> dict[str, float]:
    return dict(zip(("statistic", "p.value"), model.without(positions), strict=True))


def _fitted(courses: pd.DataFrame, outcome: str, model_terms: list[Term], by_patient: bool) -> Model:
    """The model; with a random intercept `by_patient`, if any has several courses. Raises NotConverged, saying why."""
    design = np.column_stack([np.ones(len(courses)), *(np.asarray(term.values, dtype=float) for term in model_terms)])
    if not any(term.variable == "treatment" for term in model_terms):
        raise NotConverged("fewer than two treatments can be compared")
    if len(with_enough_patients(courses, outcome)) < 2:
        raise NotConverged(TOO_FEW)
    if courses[outcome].nunique() < 2:
        raise NotConverged("all courses had the same outcome")
    scaled = design / np.abs(design).max(axis=0)
    if len(design) <= design.shape[1] or np.linalg.matrix_rank(scaled) < design.shape[1]:
        raise NotConverged("too few courses to tell the covariates apart")
    answers = courses[outcome].to_numpy(dtype=float)
    if not by_patient:
        return grouped(design, answers)
    events = min(answers.sum(), (1 - answers).sum()) / len(model_terms)
    if events < FEWEST_EVENTS:
        raise NotConverged(f"only {number(events, 1)} events per coefficient")
    if courses["patient_id"].is_unique:
        return grouped(design, answers)
    return clustered(design, answers, courses["patient_id"].to_numpy())
