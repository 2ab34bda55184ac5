"""Files of a clinic, read into raw tables: every cell a string, nothing interpreted yet."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from adreport.dictionary import TABLES, columns
from adreport.faults import DataFault, Fault

REQUIRED_TABLES = ("patients", "courses")


@dataclass(frozen=True)
class RawTable:
    """A table as its file has it, with the names that a message about it needs."""

    name: str
    file: str
    cells: pd.DataFrame
    sheet: str = ""


def read_tables(path: Path) -> dict[str, RawTable]:
    """The raw tables of a folder with patients.csv, courses.csv and, if there were any, side_effects.csv.

    A missing side_effects.csv is an empty table.

    Raises DataFault when the folder or a required table is missing or cannot be read as CSV.
    """
    if not path.is_dir():
        raise DataFault(
            [Fault(str(path), "is not a folder", "Give the folder that holds patients.csv and courses.csv.")]
        )
    files = {name: path / f"{name}.csv" for name in TABLES}
    missing = [files[name].name for name in REQUIRED_TABLES if not files[name].exists()]
    if missing:
        raise DataFault([Fault(name, "is missing", f"Put it into the folder {path.name}.") for name in missing])
    return {name: _read_csv(name, file) if file.exists() else _empty(name, file) for name, file in files.items()}


def _empty(name: str, file: Path) -> RawTable:
    return RawTable(name, file.name, pd.DataFrame(columns=list(columns(name)), dtype=str))


def _read_csv(name: str, file: Path) -> RawTable:
    try:
        cells = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        advice = "Save it as CSV, comma-separated, UTF-8, with the column names in the first row."
        raise DataFault([Fault(file.name, f"cannot be read ({error})", advice)]) from None
    return RawTable(name, file.name, cells.map(str.strip))
