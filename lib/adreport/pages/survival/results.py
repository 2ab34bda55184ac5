"""How long treatments lasted (drug survival), why and when they ended, and what other choices would give."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import FIRST_COURSE, by_treatment, compared_courses, first_courses, tested
from adreport.pages.exhibits import Results, Settings
from adreport.pages.survival import horizons
from adreport.stats.counts import share
from adreport.stats.curves import LOG_LOG, LifeTable, life_table, log_rank
from adreport.stats.tests import FEWEST, NOT_TESTED, TestResult
from adreport.stats.within_patients import informative_patients, log_rank_permuted, log_rank_within
from adreport.study import reasons
from adreport.study.courses import ended
from adreport.study.eras import LOST
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED, ONGOING, REASON, censored, competing

GROUP = "discontinuation_group"
ALL_COURSES = "drug_survival"
# The same curves with limits on the log-log scale, which the page prints; those of ALL_COURSES are R's default.
LOG_LOG_LIMITS = f"{ALL_COURSES}_log_log"
LIMITS = ["conf.low", "conf.high"]
WITHIN_PATIENTS, FIRST_COURSES = f"{ALL_COURSES}_within_patients", f"{ALL_COURSES}_first_courses"
LOST_AS_ENDED = f"{ALL_COURSES}_lost_as_ended"
PERMUTED = "_permuted"  # after the name of a log-rank test: its p by permutation
FOLLOW_UP, START_YEAR = "follow_up", "start_year"
# Chi-square rejects too often where a treatment has fewer courses: at 5%, 6 to 11% of true hypotheses.
CHI_SQUARE_FROM = 50


def followed(study: Study) -> pd.DataFrame:
    """The courses of known duration with `end`: the reason, or what censors the course.

    Where no reason is recorded, the course has either `ended` (`not_recorded`, an event in its own right) or, where
    nothing shows that, is taken as ongoing.
    """
    courses = study.courses.dropna(subset="duration_days")
    reason, over = courses[REASON].astype(object), ended(courses).fillna(False)
    return courses.assign(end=reason.where(reason.notna(), np.where(over, NOT_RECORDED, ONGOING)))


def life_tables(study: Study) -> Iterator[tuple[dict[str, str], LifeTable]]:
    """Each treatment's counts of ends, by recorded reason, on every day on which a course ended; its keys first."""
    courses = followed(study)
    causes = sorted(set(courses["end"]) - set(censored()), key=(*reasons.reasons(), NOT_RECORDED).index)
    for keys, rows in by_treatment(courses):
        yield keys, life_table(rows["duration_days"].to_numpy(), rows["end"], causes)


def numbers(study: Study, _: Settings) -> Iterator[dict]:
    """Courses of each treatment that ended or were censored, of unknown duration, and without a recorded reason.

    `ended`: of all courses; `discontinued`: of those of known duration.
    """
    courses, over = followed(study), ended(study.courses).fillna(False)
    for keys, rows in by_treatment(study.courses):
        known = courses[courses["treatment"] == keys["group1_level"]]
        facts = {
            ("duration_unknown", ""): rows["duration_days"].isna(),
            ("ended", ""): over[rows.index],
            ("reason_unknown", ""): known[REASON].isna(),
            ("discontinued", ""): ~known["end"].isin(censored()),
            **{("censored", reason): known["end"].eq(reason) for reason in censored()},
        }
        for (variable, level), holds in facts.items():
            numbers = share(int(holds.sum()), len(holds))
            yield from statistics("survival", numbers, variable=variable, variable_level=level, **keys)


def drug_survival(study: Study, settings: Settings) -> Iterator[dict]:
    """Kaplan-Meier: the median duration, and the share still on treatment at each horizon with N at risk.

    The estimates and limits of R's survfit with its defaults, and limits on the log-log scale. Once a curve has reached
    zero it stays there; one whose last course is censored has no estimate after that day.
    """
    for keys, counts in life_tables(study):
        keys = keys | {"variable": ALL_COURSES}
        yield from statistics("survival", {"N": len(counts)}, **keys)
        yield from _median(counts, settings, keys)
        for horizon in horizons.HORIZONS:
            lasting = counts.survival_on(horizon.days, settings.confidence_level)
            numbers = {"N": counts.at_risk_on(horizon.days)} | lasting.statistics
            yield from statistics("survival", numbers, lasting.method, variable_level=horizon.level, **keys)
            limits = counts.survival_on(horizon.days, settings.confidence_level, LOG_LOG)
            log_log = keys | {"variable": LOG_LOG_LIMITS, "variable_level": horizon.level}
            yield from statistics("survival", limits.limits, limits.method, **log_log)


def other_choices(study: Study, settings: Settings) -> Iterator[dict]:
    """The median and the share after a year with courses lost to follow-up taken as ended, and of first courses."""
    courses, year = followed(study), horizons.spoken()
    lost = courses.assign(end=courses["end"].mask(courses["end"].eq(LOST), NOT_RECORDED))
    first = first_courses(study, courses)[FIRST_COURSE]
    for variable, rows in {LOST_AS_ENDED: lost, FIRST_COURSES: first}.items():
        for keys, counts in _ends(rows):
            keys = keys | {"variable": variable}
            median = counts.median(settings.confidence_level, LOG_LOG)
            lasting = counts.survival_on(year.days, settings.confidence_level, LOG_LOG)
            yield from statistics("survival", {"N": len(counts)}, **keys)
            yield from statistics("survival", median.statistics, median.method, "days", **keys)
            numbers = {"N": counts.at_risk_on(year.days)} | lasting.statistics
            yield from statistics("survival", numbers, lasting.method, variable_level=year.level, **keys)


def follow_up(study: Study, settings: Settings) -> Iterator[dict]:
    """How long courses were followed, by the reverse Kaplan-Meier method; the years in which they started, if dated."""
    courses = followed(study)
    altogether = [({}, _counted(courses))] if len(courses) else []
    for keys, counts in (*altogether, *_ends(courses)):
        median = counts.reversed().median(settings.confidence_level, LOG_LOG)
        numbers, method = {"N": len(counts)} | median.statistics, f"reverse {median.method}"
        yield from statistics("survival", numbers, method, "days", variable=FOLLOW_UP, **keys)
    years = study.courses["start_date"].dt.year
    numbers = {"min": years.min(), "max": years.max(), "n_missing": years.isna().sum()}
    if years.notna().any():
        yield from statistics("survival", numbers, unit="year", variable=START_YEAR)


def printed(results: Results, **keys: str) -> pd.DataFrame:
    """The rows of the curves as the page prints them: with limits on the log-log scale, not those of R's default."""
    rows = results.pick(variable=[ALL_COURSES, LOG_LOG_LIMITS], group1="treatment", **keys)
    return rows[~(rows["variable"].eq(ALL_COURSES) & rows["stat_name"].isin(LIMITS))]


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
    """The log-rank test over the treatments with enough courses: of all courses, of first courses, within patients.

    The test of all courses takes those of one patient as independent. First courses are each patient's first of
    those selected; their treatments need `min_courses` of them. Each treatment needs FEWEST patients.
    """
    compared = compared_courses(study, settings.min_courses)
    courses = followed(study)
    courses = _enough(courses[courses["treatment"].isin(compared["treatment"].unique())], 0)
    over = (~courses["end"].isin(censored())).to_numpy(dtype=float)
    rows = (courses["duration_days"].to_numpy(), over, courses["treatment"].astype(str), courses["patient_id"])
    informative = share(informative_patients(*rows), courses["patient_id"].nunique())
    yield from statistics("survival", informative, group1="treatment", variable="informative_patients")
    first = _enough(first_courses(study, courses)[FIRST_COURSE], settings.min_courses)
    within = replace(log_rank_within(*rows), n=int(informative["n"]))  # the test rests on patients, not on all courses
    yield from tested("survival", within, group1="treatment", variable=WITHIN_PATIENTS)
    for variable, these, which in (
        (ALL_COURSES, courses, ""),
        (FIRST_COURSES, first, ", first course of each patient only"),
    ):
        for name, result in _log_ranks(these).items():
            if result.method != NOT_TESTED:
                result = replace(result, method=result.method + which)
            yield from tested("survival", result, group1="treatment", variable=variable + name)


def _incidence_on(counts: LifeTable, day: int, confidence_level: float, keys: dict[str, str]) -> Iterator[dict]:
    ends = counts.events[: counts.until(day)].sum(axis=0)
    incidences = counts.incidence_on(day, confidence_level)
    for cause, number, incidence in zip(counts.causes, ends, incidences, strict=True):
        ended, shares = (keys | {"group2_level": cause, "variable": variable}
                         for variable in ("discontinued", "cumulative_incidence"))  # fmt: skip
        yield from statistics("survival", {"n": number}, **ended)
        numbers = {"N": counts.at_risk_on(day)} | incidence.statistics
        yield from statistics("survival", numbers, incidence.method, **shares)


def _median(counts: LifeTable, settings: Settings, keys: dict[str, str]) -> Iterator[dict]:
    median, log_log = (counts.median(settings.confidence_level, *scale) for scale in ((), (LOG_LOG,)))
    yield from statistics("survival", median.statistics, median.method, "days", **keys)
    yield from statistics("survival", log_log.limits, log_log.method, "days", **keys | {"variable": LOG_LOG_LIMITS})


def _enough(courses: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """The courses of treatments with at least so many courses, and of at least FEWEST patients."""
    of_treatment = courses.groupby("treatment", observed=True)["patient_id"]
    enough = (of_treatment.size() >= fewest) & (of_treatment.nunique() >= FEWEST)
    return courses[courses["treatment"].isin(enough.index[enough])]


def _log_ranks(courses: pd.DataFrame) -> dict[str, TestResult]:
    """The log-rank test; where a treatment has fewer than CHI_SQUARE_FROM courses, also by permutation."""
    result = log_rank([table for _, table in _ends(courses)])
    over = (~courses["end"].isin(censored())).to_numpy(dtype=float)
    if result.method == NOT_TESTED or courses["treatment"].value_counts().loc[lambda n: n > 0].min() >= CHI_SQUARE_FROM:
        return {"": result}
    permuted = log_rank_permuted(courses["duration_days"].to_numpy(), over, courses["treatment"].astype(str))
    return {"": result, PERMUTED: permuted}


def _ends(courses: pd.DataFrame) -> Iterator[tuple[dict[str, str], LifeTable]]:
    """Each treatment's counts of ends, for whatever reason; its keys first."""
    for keys, rows in by_treatment(courses):
        yield keys, _counted(rows)


def _counted(courses: pd.DataFrame) -> LifeTable:
    return life_table(courses["duration_days"].to_numpy(), ~courses["end"].isin(censored()), [True])
