"""The published figures and treatment sequences, as data/published holds them."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

# The study prints medians of whole numbers without decimals; a reconstructed one
# still has to lie this close to them.
CLOSEST = Decimal("0.05")
# Share of the permitted distance that is used, so that no figure sits on a rounding edge.
CLEARANCE = Decimal("0.8")


@dataclass(frozen=True)
class Printed:
    """One number as the paper prints it."""

    value: Decimal

    @property
    def distance(self) -> Decimal:
        """How far a recomputed figure may lie from the printed one."""
        last_digit = Decimal(1).scaleb(self.value.as_tuple().exponent)
        return min(last_digit / 2, CLOSEST)

    def window(self) -> tuple[Decimal, Decimal]:
        """Range of figures that round to the printed one, clear of the rounding edge."""
        slack = self.distance * CLEARANCE
        return self.value - slack, self.value + slack

    @classmethod
    def read(cls, text: str) -> "Printed":
        """The number as it stands in the paper."""
        return cls(Decimal(text))

    def is_percentage_of(self, proportion: float) -> bool:
        """Whether the proportion, in percent, rounds half up to the printed number."""
        difference = Decimal(repr(round(100 * float(proportion), 9))) - self.value
        return -self.rounding_edge <= difference < self.rounding_edge

    def is_met_by(self, figure: float) -> bool:
        """Whether the figure rounds half up to the printed number and lies close to it."""
        difference = Decimal(repr(round(float(figure), 9))) - self.value
        return -self.distance <= difference <= self.distance and difference < self.rounding_edge

    @property
    def rounding_edge(self) -> Decimal:
        """Distance above the printed number at which the next one would be printed."""
        return Decimal(1).scaleb(self.value.as_tuple().exponent) / 2


class Published:
    """The rows of results.csv, found by output, variable, level, statistic and treatment."""

    def __init__(self, folder: Path):
        self.folder = folder
        with (folder / "results.csv").open(encoding="utf-8", newline="") as lines:
            self.rows = list(csv.DictReader(lines))
        self._printed: dict[tuple, str] = {}
        for row in self.rows:
            self._printed.setdefault(self.key(row), row["printed"] or row["stat"])

    @staticmethod
    def key(row: dict) -> tuple:
        return (row["output"], row["group1_level"], row["variable"], row["variable_level"], row["stat_name"])

    def find(self, output, variable, stat_name, level="", treatment="") -> Printed | None:
        """The printed number, or None where the paper gives none."""
        text = self._printed.get((output, treatment, variable, level, stat_name))
        return None if text is None else Printed.read(text)

    def count(self, output, variable, level="", treatment="", stat_name="n") -> int:
        """A printed count; what the paper's tables leave out or dash is zero."""
        printed = self.find(output, variable, stat_name, level, treatment)
        return 0 if printed is None else int(printed.value)

    def levels(self, output, variable, treatment="") -> dict[str, int]:
        """Counts of all printed levels of a variable, in the order they are printed."""
        return {
            key[3]: int(Decimal(text))
            for key, text in self._printed.items()
            if key[:3] == (output, treatment, variable) and key[3] and key[4] == "n"
        }

    def side_effects(self) -> pd.DataFrame:
        """Table 3, one row an event: treatment, side_effect, management."""
        events = {self.key(row): row for row in self.rows if row["output"] == "table3" and row["stat_name"] == "n"}
        return pd.DataFrame(
            [
                (row["group1_level"], row["variable_level"], row["note"])
                for row in events.values()
                for _ in range(int(row["stat"]))
            ],
            columns=["treatment", "side_effect", "management"],
        )


def read_sequences(folder: Path) -> pd.DataFrame:
    """Table 4, one row a treatment course, with `is_first` and `is_last` of the patient."""
    courses = pd.read_csv(folder / "table4.csv").sort_values(["patient_id", "course"])
    by_patient = courses.groupby("patient_id")["course"]
    courses["is_first"] = courses["course"] == by_patient.transform("min")
    courses["is_last"] = courses["course"] == by_patient.transform("max")
    return courses.reset_index(drop=True)
