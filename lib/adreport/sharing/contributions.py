"""Which patients are behind each count: every count is made again of a few patients alone, which adds up to the whole.

So no count needs to say how it was made. A statistic to which the patients' shares do not add up is no count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from adreport.pages.contract import KEYS
from adreport.pages.exhibits import Count, Settings
from adreport.sharing.policy import COUNTS, KEPT_BACK
from adreport.study.model import Study

MOST_GROUPS = 100  # of patients
SUMS = frozenset((*COUNTS, "patient_years"))
TABLES = ("patients", "courses", "side_effects", "rescue_courses")
# Where a level does not occur among a few patients, what it is a share of stands beside another level.
ELSEWHERE = (
    (), ("variable_level",), ("group2_level",), ("group2", "group2_level"), ("group1_level",),
    ("group1_level", "variable_level"),
)  # fmt: skip
EXACT = 1e-6
Key = tuple[str, ...]


def contributions(study: Study, counts: Iterable[Count], settings: Settings) -> dict[Key, np.ndarray]:
    """For each count its share in each group of patients, by the keys of its row.

    With up to MOST_GROUPS patients each is a group, so that the number of shares above zero is the number of patients;
    with more it is a lower limit of it, which errs on the side of keeping back.
    """
    counts = list(counts)
    whole = _counted(study, counts, settings)
    groups = patient_groups(study.patients["patient_id"].tolist())
    alone = [_counted(_only(study, patients), counts, settings) for patients in groups]
    by_omitted = [[_without(each, omitted) for each in alone] for omitted in ELSEWHERE]
    shares = {}
    for key, value in whole.items():
        for omitted, tables in zip(ELSEWHERE, by_omitted, strict=True):
            found = _shares(key, omitted, tables)
            if abs(found.sum() - value) < EXACT:
                shares[key] = found
                break
            if key[-1] == "n":
                break
    return shares


def patient_groups(patients: Sequence[str]) -> list[set[str]]:
    """The patients in at most MOST_GROUPS groups, in the order of their identifiers."""
    ordered = sorted(patients)
    return [set(ordered[first::MOST_GROUPS]) for first in range(min(MOST_GROUPS, len(ordered)))]


def _shares(key: Key, omitted: Sequence[str], tables: Sequence[Mapping[Key, float]]) -> np.ndarray:
    wanted = _abridged(key, omitted)
    return np.array([table.get(wanted, 0.0) for table in tables])


def _without(counted: Mapping[Key, float], omitted: Sequence[str]) -> Mapping[Key, float]:
    return {_abridged(key, omitted): value for key, value in counted.items()} if omitted else counted


def _abridged(key: Key, omitted: Sequence[str]) -> Key:
    return tuple("" if name in omitted else part for name, part in zip(KEYS, key, strict=True))


def _counted(study: Study, counts: Iterable[Count], settings: Settings) -> Mapping[Key, float]:
    return {
        tuple(str(row[name]) for name in KEYS): float(row["stat"])
        for count in counts
        for row in count(study, settings)
        if row["stat_name"] in SUMS and row["output"] not in KEPT_BACK
    }


def _only(study: Study, patients: set[str]) -> Study:
    tables = {name: _of(getattr(study, name), patients) for name in TABLES}
    return replace(study, recorded=None, warnings=(), **tables)


def _of(rows: pd.DataFrame, patients: set[str]) -> pd.DataFrame:
    return rows[rows["patient_id"].isin(patients)].reset_index(drop=True)
