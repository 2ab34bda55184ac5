"""How long treatments lasted (drug survival), why and when they ended, how long remission then lasted."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from adreport.pages.contract import in_words, statistics, table
from adreport.pages.counting import FIRST_COURSE, compared_courses, first_courses
from adreport.pages.exhibits import MIN_COURSES
from adreport.stats.counts import share, summarise
from adreport.stats.curves import LifeTable, life_table, log_rank
from adreport.stats.tests import TestResult
from adreport.stats.within_patients import informative_patients, log_rank_within
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
    for code, own in tables.items():
        keys = {"group1": "treatment", "group1_level": code, "variable": "drug_survival"}
        median = own.median(confidence_level)
        yield from statistics("survival", median.statistics | {"N": len(own)}, median.method, **keys)
        for day in HORIZONS:
            share_on = own.survival_on(day, confidence_level)
            numbers = {"N": own.at_risk_on(day)} | share_on.statistics
            yield from statistics("survival", numbers, share_on.method, variable_level=str(day), **keys)


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
    yield from _tested(naive, "drug_survival")
    ended = (~courses["end"].isin(CENSORED)).to_numpy(dtype=float)
    rows = (courses["duration_days"].to_numpy(), ended, courses["treatment"].astype(str), courses["patient_id"])
    within = log_rank_within(*rows)
    yield from _tested(within, "drug_survival_within_patients")
    informative = share(informative_patients(*rows), courses["patient_id"].nunique())
    yield from statistics("survival", informative, group1="treatment", variable="informative_patients")
    first = first_courses(study, courses)[FIRST_COURSE]
    enough = first["treatment"].value_counts()
    alone = _log_rank(first[first["treatment"].isin(enough.index[enough >= min_courses])])
    yield from _tested(alone, "drug_survival_first_courses", ", first course of each patient only")


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
    ends = counts.events[: counts.until(day)].sum(axis=0)
    incidences = counts.incidence_on(day, confidence_level)
    for name, number, incidence in zip(counts.causes, ends, incidences, strict=True):
        own = keys | {"group2_level": name, "variable_level": str(day)}
        yield from statistics("survival", {"n": number}, variable="discontinued", **own)
        numbers = {"N": counts.at_risk_on(day)} | incidence.statistics
        yield from statistics("survival", numbers, incidence.method, variable="cumulative_incidence", **own)


def _tested(result: TestResult, variable: str, courses: str = "") -> Iterator[dict]:
    method = f"{in_words(result)}{courses}"
    yield from statistics("survival", result.statistics, method, group1="treatment", variable=variable)


def _log_rank(courses: pd.DataFrame) -> TestResult:
    tables = [
        life_table(own["duration_days"].to_numpy(), ~own["end"].isin(CENSORED), [True])
        for _, own in courses.groupby("treatment", observed=True)
    ]
    return log_rank(tables)
