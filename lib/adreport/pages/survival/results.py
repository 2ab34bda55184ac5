"""How long treatments lasted (drug survival), why and when they ended, how long remission then lasted."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import FIRST_COURSE, QUARTILES, by_treatment, compared_courses, first_courses, tested
from adreport.pages.exhibits import Settings
from adreport.pages.survival import horizons
from adreport.stats.counts import share, summarise
from adreport.stats.curves import LifeTable, life_table, log_rank
from adreport.stats.tests import NOT_TESTED, TestResult
from adreport.stats.within_patients import informative_patients, log_rank_within
from adreport.study import reasons
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED, ONGOING, REASON, censored, competing

GROUP = "discontinuation_group"
ALL_COURSES = "drug_survival"
WITHIN_PATIENTS, FIRST_COURSES = "drug_survival_within_patients", "drug_survival_first_courses"


def followed(study: Study) -> pd.DataFrame:
    """The courses of known duration with `end`: the reason, or what censors the course.

    Where no reason is recorded, a stop date or a later course of the patient shows that the course
    ended (`not_recorded`, an event in its own right); without either it is taken as ongoing.
    """
    courses = study.courses.dropna(subset="duration_days")
    stopped = courses["stop_date"].notna() | courses["next_treatment"].notna()
    reason = courses[REASON].astype(object)
    return courses.assign(end=reason.where(reason.notna(), np.where(stopped, NOT_RECORDED, ONGOING)))


def life_tables(study: Study) -> Iterator[tuple[dict[str, str], LifeTable]]:
    """Each treatment's counts of ends, by recorded reason, on every day on which a course ended; its keys first."""
    courses = followed(study)
    causes = sorted(set(courses["end"]) - set(censored()), key=(*reasons.reasons(), NOT_RECORDED).index)
    for keys, rows in by_treatment(courses):
        yield keys, life_table(rows["duration_days"].to_numpy(), rows["end"], causes)


def numbers(study: Study, _: Settings) -> Iterator[dict]:
    """Courses of each treatment that ended or were censored, of unknown duration, and without a recorded reason."""
    courses = followed(study)
    for keys, rows in by_treatment(study.courses):
        known = courses[courses["treatment"] == keys["group1_level"]]
        facts = {
            ("duration_unknown", ""): rows["duration_days"].isna(),
            ("reason_unknown", ""): known[REASON].isna(),
            ("discontinued", ""): ~known["end"].isin(censored()),
            **{("censored", reason): known["end"].eq(reason) for reason in censored()},
        }
        for (variable, level), holds in facts.items():
            numbers = share(int(holds.sum()), len(holds))
            yield from statistics("survival", numbers, variable=variable, variable_level=level, **keys)


def drug_survival(study: Study, settings: Settings) -> Iterator[dict]:
    """Kaplan-Meier: the median duration, and the share still on treatment at each horizon with N at risk.

    The estimates and limits of R's survfit with its defaults. Once a curve has reached zero it stays there; one whose
    last course is censored has no estimate after that day.
    """
    for keys, counts in life_tables(study):
        keys, median = keys | {"variable": "drug_survival"}, counts.median(settings.confidence_level)
        yield from statistics("survival", {"N": len(counts)}, **keys)
        yield from statistics("survival", median.statistics, median.method, "days", **keys)
        for horizon in horizons.HORIZONS:
            lasting = counts.survival_on(horizon.days, settings.confidence_level)
            numbers = {"N": counts.at_risk_on(horizon.days)} | lasting.statistics
            yield from statistics("survival", numbers, lasting.method, variable_level=horizon.level, **keys)


def cumulative_incidence(study: Study, settings: Settings) -> Iterator[dict]:
    """Aalen-Johansen: the share that had ended for each reason, and each group of reasons, by each horizon.

    Other reasons compete: the shares of all reasons and of those still on treatment add up to one.
    `discontinued` counts the ends behind each share.
    """
    for keys, counts in life_tables(study):
        for group2, by_cause in ((REASON, counts), (GROUP, counts.merged(competing()))):
            for horizon in horizons.HORIZONS:
                level_keys = keys | {"group2": group2, "variable_level": horizon.level}
                yield from _incidence_on(by_cause, horizon.days, settings.confidence_level, level_keys)


def comparison(study: Study, settings: Settings) -> Iterator[dict]:
    """The log-rank test over the treatments with enough courses: naive, within patients, on first courses.

    The naive test takes courses of one patient as independent. First courses are each patient's first of
    those selected; their treatments need `min_courses` of them.
    """
    compared = compared_courses(study, settings.min_courses)
    courses = followed(study)
    courses = courses[courses["treatment"].isin(compared["treatment"].unique())]
    ended = (~courses["end"].isin(censored())).to_numpy(dtype=float)
    rows = (courses["duration_days"].to_numpy(), ended, courses["treatment"].astype(str), courses["patient_id"])
    informative = share(informative_patients(*rows), courses["patient_id"].nunique())
    yield from statistics("survival", informative, group1="treatment", variable="informative_patients")
    first = first_courses(study, courses)[FIRST_COURSE]
    enough = first["treatment"].value_counts()
    first = _log_rank(first[first["treatment"].isin(enough.index[enough >= settings.min_courses])])
    if first.method != NOT_TESTED:
        first = replace(first, method=f"{first.method}, first course of each patient only")
    tests = {ALL_COURSES: _log_rank(courses), WITHIN_PATIENTS: log_rank_within(*rows), FIRST_COURSES: first}
    for variable, result in tests.items():
        yield from tested("survival", result, group1="treatment", variable=variable)


def remission(study: Study, _: Settings) -> Iterator[dict]:
    """Time without systemic treatment after a course, per treatment and altogether, of the courses that ended."""
    courses = study.courses
    courses = courses[~courses[REASON].isin(censored()) | courses["remission_months"].notna()]
    for keys, rows in ({}, courses), *by_treatment(courses):
        lengths = rows["remission_months"]
        numbers = summarise(lengths) | {"min": lengths.min(), "max": lengths.max()}
        yield from statistics("survival", numbers, QUARTILES, "months", variable="remission_months", **keys)


def _incidence_on(counts: LifeTable, day: int, confidence_level: float, keys: dict[str, str]) -> Iterator[dict]:
    ends = counts.events[: counts.until(day)].sum(axis=0)
    incidences = counts.incidence_on(day, confidence_level)
    for cause, number, incidence in zip(counts.causes, ends, incidences, strict=True):
        ended, shares = (keys | {"group2_level": cause, "variable": variable}
                         for variable in ("discontinued", "cumulative_incidence"))  # fmt: skip
        yield from statistics("survival", {"n": number}, **ended)
        numbers = {"N": counts.at_risk_on(day)} | incidence.statistics
        yield from statistics("survival", numbers, incidence.method, **shares)


def _log_rank(courses: pd.DataFrame) -> TestResult:
    return log_rank([
        life_table(rows["duration_days"].to_numpy(), ~rows["end"].isin(censored()), [True])
        for _, rows in by_treatment(courses)
    ])  # fmt: skip
