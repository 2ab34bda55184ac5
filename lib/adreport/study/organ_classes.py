"""Which organ class a side effect belongs to: as the data say, else as data/organ_classes.csv says."""

import csv
from functools import cache

import pandas as pd

from adreport.study.paths import DATA

NOT_CLASSIFIED = "Not classified"


def with_organ_classes(events: pd.DataFrame) -> pd.DataFrame:
    """Events with `organ_class` filled in: the recorded class, else that of the term, else NOT_CLASSIFIED."""
    known = events["side_effect"].map(organ_class, na_action="ignore").astype(object)
    return events.assign(organ_class=events["organ_class"].fillna(known).fillna(NOT_CLASSIFIED))


def organ_class(term: str) -> str | None:
    """The class of a term in any case and with any spaces; None for a term that the mapping does not have."""
    return _mapping().get(_plain(term))


@cache
def _mapping() -> dict[str, str]:
    with (DATA / "organ_classes.csv").open(encoding="utf-8", newline="") as file:
        return {_plain(row["side_effect"]): row["organ_class"] for row in csv.DictReader(file)}


def _plain(term: str) -> str:
    return " ".join(term.casefold().split())
