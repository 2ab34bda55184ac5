"""What follows from the row of a side effect: its organ class, and whether another treatment was given that day."""

from collections.abc import Collection
from functools import cache

import pandas as pd

from adreport.study.paths import table_rows
from adreport.study.terms import key, unified_terms
from adreport.study.times import DAYS_PER_YEAR

NOT_CLASSIFIED = "Not classified"
AGE_ROUNDING_YEARS = 0.01  # ages have two decimals, so two times a few days apart may coincide


def with_organ_classes(events: pd.DataFrame) -> pd.DataFrame:
    """Events with `organ_class` filled in: the recorded class, else that of `data/organ_classes.csv`, else none."""
    by_term = events["side_effect"].map(organ_class, na_action="ignore").astype(object)
    return events.assign(organ_class=unified_terms(events["organ_class"].fillna(by_term).fillna(NOT_CLASSIFIED)))


def organ_class(term: str) -> str | None:
    """The class of a term, in any case and with any spaces; None for a term that is not listed."""
    return _classes().get(key(term))


def listed_terms() -> Collection[str]:
    """The keys of the terms of `data/organ_classes.csv`."""
    return _classes().keys()


def with_other_treatments(events: pd.DataFrame, courses: pd.DataFrame) -> pd.DataFrame:
    """Events with `other_treatment`: whether a course of another treatment was ongoing on the same day.

    `courses`: all courses of the study, rescue courses included, with `start` and `end` (years). False for a patient
    with one treatment; missing where the day of the event, or a time that could matter, is unknown.
    """
    timed = courses[["patient_id", "course", "treatment", "start", "end", "start_date"]]
    timed = timed.assign(treatment=timed["treatment"].astype(str))
    pairs = events.reset_index(names="event").merge(timed, on=["patient_id", "course"])
    pairs = pairs.merge(timed, on="patient_id", suffixes=("", "_other"))
    pairs = pairs[pairs["treatment"] != pairs["treatment_other"]]
    dated = pairs["start_date"].notna() & pairs["start_date_other"].notna()
    slack = AGE_ROUNDING_YEARS * ~dated
    day = pairs["start"] + pairs["onset_day"] / DAYS_PER_YEAR
    within = (pairs["start_other"] + slack <= day) & (day <= pairs["end_other"] - slack)
    before = pairs["start_other"] > day  # a course that began later cannot matter, however long it lasted
    unknown = (day.isna() | pairs["start_other"].isna() | pairs["end_other"].isna()) & ~before
    judged = pd.DataFrame({"within": within, "unknown": unknown}).groupby(pairs["event"]).any()
    other = judged["within"].astype("boolean").where(judged["within"] | ~judged["unknown"])
    return events.assign(other_treatment=other.reindex(events.index, fill_value=False))


@cache
def _classes() -> dict[str, str]:
    return {key(row["side_effect"]): row["organ_class"] for row in table_rows("organ_classes.csv")}
