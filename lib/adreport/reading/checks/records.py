"""What a rule about a clinic's records is given: the typed tables, and the files that they came from."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from adreport.reading.formats.raw import RawTable
from adreport.study.faults import ERROR, Fault


@dataclass(frozen=True)
class Records:
    """The typed tables, the files they came from, and the data-lock date if there is one.

    `courses` has `start` and `end` in years of age of the patient (from ages, or from dates as years
    since the year 0, which compare as well within a patient), and `birth_date`.
    """

    patients: pd.DataFrame
    courses: pd.DataFrame
    side_effects: pd.DataFrame
    raw: dict[str, RawTable]
    data_lock_date: date | None

    def fault(self, table: str, row: int, column: str, rule: str, advice: str, severity: str = ERROR) -> Fault:
        """A fault at a cell, with the value that the file has there."""
        source = self.raw[table]
        value = source.cells[column].get(row, "") if column in source.cells else ""
        return Fault(source.file, rule, advice, source.sheet, int(row), column, value, severity)
