"""How long treatments lasted (drug survival), why and when they ended, how long remission then lasted."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics, table
from adreport.pages.counting import compared_courses
from adreport.pages.exhibits import MIN_COURSES
from adreport.pages.sensitivity.patients import FIRST_COURSE, first_courses
from adreport.stats import log_rank
from adreport.stats.counts import share, summarise
from adreport.stats.curves import LifeTable, life_table
from adreport.stats.tests import TestResult
from adreport.study.dictionary import columns
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED, competing

HORIZONS = (90, 180, 365, 730)  # days
CENSORED = ("ongoing", "lost_to_follow_up")
REASON, GROUP = "discontinuation_reason", "discontinuation_group"


def analyse(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> pd.DataFrame:
    """Every statistic of the survival page."""
    tables = life_tables(study)
    return table([
        *numbers(study),
        *drug_survival(tables, confidence_level),
        *comparison(study, min_courses),
        *cumulative_incidence(tables, confidence_level),
        *remission(study),
    ])  # fmt: skip


def followed(study: Study) -> pd.DataFrame:
    """The courses of known duration with `end`: the reason, or what censors the course.

    Where no reason is recorded, a stop date or a later course of the patient shows that the course
    ended (`not_recorded`, an event of its own); without either it is taken as ongoing.
    """
    courses = study.courses.dropna(subset="duration_days")
    stopped = courses["stop_date"].notna() | courses["next_treatment"].notna()
    reason = courses[REASON].astype(object)
    return courses.assign(end=reason.where(reason.notna(), np.where(stopped, NOT_RECORDED, CENSORED[0])))


def life_tables(study: Study) -> dict[str, LifeTable]:
    """Each treatment's counts of ends, by recorded reason, for every day on which a course ended."""
    courses = followed(study)
    occurring = set(courses["end"])
    causes = [reason for reason in (*columns("courses")[REASON].levels, NOT_RECORDED) if reason in occurring]
    causes = [reason for reason in causes if reason not in CENSORED]
    return {
        code: life_table(own["duration_days"].to_numpy(), own["end"], causes)
        for code, own in courses.groupby("treatment", observed=True)
    }


def numbers(study: Study) -> Iterator[dict]:
    """Per treatment: courses that ended, went on or were lost; of unknown duration; without a reason."""
    courses = followed(study)
    for code, own in study.courses.groupby("treatment", observed=True):
        keys = {"group1": "treatment", "group1_level": code}
        known = courses[courses["treatment"] == code]
        yield from statistics("survival", share(len(own) - len(known), len(own)), variable="duration_unknown", **keys)
        yield from statistics("survival", share(int(known[REASON].isna().sum()), len(known)),
                              variable="reason_unknown", **keys)  # fmt: skip
        ended = int((~known["end"].isin(CENSORED)).sum())
        yield from statistics("survival", share(ended, len(known)), variable="discontinued", **keys)
        for level in CENSORED:
            level_n = share(int(known["end"].eq(level).sum()), len(known))
            yield from statistics("survival", level_n, variable="censored", variable_level=level, **keys)


def drug_survival(tables: dict[str, LifeTable], confidence_level: float = 0.95) -> Iterator[dict]:
    """Kaplan-Meier: the median duration, and the share still on treatment at each horizon with N at risk.

    The estimates and limits of R's survfit with its defaults. At a horizon beyond the last day of a
    treatment there is none (R: extend=FALSE), unless all of its courses had ended: then none is left, 0.
    """
    method = f"Kaplan-Meier, Greenwood, log, {confidence_level:.0%}"
    for code, own in tables.items():
        keys = {"group1": "treatment", "group1_level": code, "variable": "drug_survival"}
        yield from statistics("survival", own.median(confidence_level) | {"N": len(own)}, method, **keys)
        limits = own.limits(confidence_level)
        for day in HORIZONS:
            numbers = {"N": own.at_risk_on(day)}
            if own.reaches(day):
                last = own.until(day) - 1
                curve = (own.survival[last], *limits[last]) if last >= 0 else (1.0, 1.0, 1.0)
                numbers |= dict(zip(("estimate", "conf.low", "conf.high"), curve, strict=True))
            yield from statistics("survival", numbers, method, variable_level=str(day), **keys)


def cumulative_incidence(tables: dict[str, LifeTable], confidence_level: float = 0.95) -> Iterator[dict]:
    """Aalen-Johansen: the share that had ended for each reason, and each group of reasons, by each horizon.

    Other reasons compete: the shares of all reasons and of those still on treatment add up to one.
    `discontinued` counts the ends behind each share.
    """
    for code, own in tables.items():
        for group2, counts in ((REASON, own), (GROUP, own.merged(competing()))):
            keys = {"group1": "treatment", "group1_level": code, "group2": group2}
            for day in HORIZONS:
                yield from _incidence_on(counts, day, confidence_level, keys)


def comparison(study: Study, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """The log-rank test over the treatments with enough courses: naive, within patients, on first courses.

    The naive test takes courses of one patient as independent. First courses are each patient's first of
    those selected; their treatments need `min_courses` of them.
    """
    compared = compared_courses(study, min_courses)
    courses = followed(study)
    courses = courses[courses["treatment"].isin(compared["treatment"].unique())]
    naive = _log_rank(courses)
    yield from _tested(naive, "drug_survival", naive.method)
    ended = (~courses["end"].isin(CENSORED)).to_numpy(dtype=float)
    rows = (courses["duration_days"].to_numpy(), ended, courses["treatment"].astype(str), courses["patient_id"])
    within = log_rank.log_rank_within(*rows)
    yield from _tested(within, "drug_survival_within_patients", within.method)
    informative = share(log_rank.informative_patients(*rows), courses["patient_id"].nunique())
    yield from statistics("survival", informative, group1="treatment", variable="informative_patients")
    first = first_courses(study, courses)[FIRST_COURSE]
    enough = first["treatment"].value_counts()
    alone = _log_rank(first[first["treatment"].isin(enough.index[enough >= min_courses])])
    yield from _tested(alone, "drug_survival_first_courses", f"{alone.method}, first course of each patient only")


def remission(study: Study) -> Iterator[dict]:
    """Time without systemic treatment after a course, per treatment and altogether, of the courses that ended."""
    courses = study.courses
    courses = courses[~courses[REASON].isin(CENSORED) | courses["remission_months"].notna()]
    groups = [("", courses), *courses.groupby("treatment", observed=True)]
    for code, own in groups:
        keys = {"group1": "treatment", "group1_level": code} if code else {}
        lengths = own["remission_months"]
        spread = {"min": lengths.min(), "max": lengths.max()}
        yield from statistics("survival", summarise(lengths) | spread, "quartiles by the (n+1)p rule",
                              variable="remission_months", **keys)  # fmt: skip


def _incidence_on(counts: LifeTable, day: int, confidence_level: float, keys: dict[str, str]) -> Iterator[dict]:
    method = f"Aalen-Johansen, infinitesimal jackknife, log, {confidence_level:.0%}"
    known = counts.until(day)
    ends = counts.events[:known].sum(axis=0)
    reached = counts.reaches(day)
    limits = counts.incidence_limits(day, confidence_level) if reached else []
    for cause, name in enumerate(counts.causes):
        own = keys | {"group2_level": name, "variable_level": str(day)}
        yield from statistics("survival", {"n": ends[cause]}, variable="discontinued", **own)
        numbers = {"N": counts.at_risk_on(day)}
        if reached:
            estimate = counts.incidence[known - 1, cause] if known else 0.0
            numbers |= {"estimate": estimate, "conf.low": limits[cause, 0], "conf.high": limits[cause, 1]}
        yield from statistics("survival", numbers, method, variable="cumulative_incidence", **own)


def _tested(result: TestResult, variable: str, method: str) -> Iterator[dict]:
    yield from statistics("survival", result.statistics, method, group1="treatment", variable=variable)


def _log_rank(courses: pd.DataFrame) -> TestResult:
    tables = [
        life_table(own["duration_days"].to_numpy(), ~own["end"].isin(CENSORED), [True])
        for _, own in courses.groupby("treatment", observed=True)
    ]
    return log_rank.log_rank(tables)
