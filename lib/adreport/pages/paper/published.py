"""What the paper prints: its numbers, a row each time one is printed, and the sequences of its Table 4."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from adreport.pages.contract import KEYS, pick
from adreport.pages.sequences.pathways import THEN
from adreport.study.dictionary import treatments
from adreport.study.paths import PUBLISHED

ORDER = "pathway"  # the variable of a whole order of treatments


def published_numbers() -> pd.DataFrame:
    """The columns of the results contract and, of each number, how it is printed, where, and from which column.

    `printed`: "" where it is in words; `place`; `source`: the "table.column" behind it, "" where no data are.
    """
    words = dict.fromkeys((*KEYS, "note", "printed", "place", "source"), str)
    return pd.read_csv(PUBLISHED / "results.csv", dtype=words, keep_default_na=False)


def published_sequences() -> pd.DataFrame:
    """The published Table 4: patient_id, course, treatment."""
    return pd.read_csv(PUBLISHED / "table4.csv")


def published_orders() -> pd.DataFrame:
    """Table 4 in the columns of `published_numbers`: `stat` counts a patient's courses, `note` has their order."""
    orders = published_sequences().groupby("patient_id")["treatment"]
    return pd.DataFrame({
        "output": "table4", "group1": "patient_id", "group1_level": list(orders.groups), "variable": ORDER,
        "stat_name": "n", "stat": orders.size().to_numpy(), "note": orders.agg(THEN.join).to_numpy(),
        "printed": orders.agg(in_short).to_numpy(),
        "place": "Table 4", "source": "courses.treatment",
    }).reindex(columns=published_numbers().columns, fill_value="")  # fmt: skip


def in_short(codes: Iterable[str]) -> str:
    """An order of treatments as Table 4 prints it: CSA, AZA."""
    return ", ".join(treatments()[code].abbreviation for code in codes)


def published_severities() -> pd.DataFrame:
    """Where the paper says how severe the disease of its patients was: place, severity."""
    return pd.read_csv(PUBLISHED / "severity.csv")


@dataclass(frozen=True)
class Publication:
    """The published numbers and sequences, with what the checks ask of them."""

    numbers: pd.DataFrame
    sequences: pd.DataFrame

    def number(self, variable: str, treatment: str = "", level: str = "", stat_name: str = "n", **keys: str) -> float:
        """A published number; the first where it is printed more than once, 0 where it is not printed."""
        keys |= {"variable": variable, "variable_level": level, "group1_level": treatment, "stat_name": stat_name}
        rows = pick(self.numbers, **keys)
        return float(rows["stat"].iloc[0]) if len(rows) else 0.0

    def ended(self, reasons: str | Iterable[str], treatment: str = "") -> float:
        """How many courses (of a treatment) ended for these reasons in Table 2."""
        keys = {"group1_level": treatment} if treatment else {}
        keys |= {"variable": "discontinuation_reason", "stat_name": "n", "place": "Table 2"}
        return pick(self.numbers, variable_level=reasons, **keys)["stat"].sum()

    def courses(self, treatment: str) -> int:
        """How many courses of a treatment Table 4 has."""
        return int((self.sequences["treatment"] == treatment).sum())

    def last(self, treatment: str) -> int:
        """How many patients have a treatment last in Table 4."""
        return int((self.sequences.groupby("patient_id")["treatment"].last() == treatment).sum())

    def direct_switches(self, before: str, after: str) -> int:
        """How often Table 4 has one treatment directly after another."""
        following = self.sequences.groupby("patient_id")["treatment"].shift(-1)
        return int(((self.sequences["treatment"] == before) & (following == after)).sum())
