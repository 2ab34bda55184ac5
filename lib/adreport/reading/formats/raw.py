"""A table as its file has it: strings, and the places that a message about a cell needs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import pandas as pd

from adreport.study.dictionary import columns
from adreport.study.faults import DataFault, Fault

HEADS_WITHIN = 10  # rows in which the column names are looked for, below a title
EXAMPLE = "EXAMPLE"  # the patient of the template's example rows, which are not data


@dataclass(frozen=True)
class RawTable:
    """A table as its file has it; the index of `cells` is the row that a spreadsheet shows.

    `heads`: where a column of ours stands under another name, that name. `head_row`: the row of the
    column names, 0 where they are no row (SPSS, Parquet, DuckDB). `codes`: for columns whose values have
    labels (SPSS), the value behind each label. `written`: for columns in another unit, the cells as written.
    `merged`: row and column name, as the file has it, of cells that are merged with others. `encoding`: what the
    letters of a text file were read as, where its bytes do not show it. `rows`: for columns whose cells were gathered
    from several rows (events of a REDCap project), the row of each. `noticed`: what else the reader of the file
    has to say.
    """

    name: str
    file: str
    cells: pd.DataFrame
    sheet: str = ""
    given: bool = True
    heads: Mapping[str, str] = field(default_factory=dict)
    head_row: int = 1
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    written: Mapping[str, pd.Series] = field(default_factory=dict)
    merged: frozenset[tuple[int, str]] = frozenset()
    encoding: str = ""
    rows: Mapping[str, pd.Series] = field(default_factory=dict)
    noticed: tuple[Fault, ...] = ()

    @property
    def place(self) -> str:
        """The file, and the sheet if there is one."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file


def sheet_table(name: str, file: str, rows: Sequence[Sequence], sheet: str = "") -> RawTable:
    """A raw table from all rows of a sheet; what stands above its column names (a title) is skipped.

    Raises DataFault when it is empty or a head stands twice.
    """
    head_row = head_row_of(rows)
    if not head_row:
        raise DataFault([Fault(file, "is empty", "Its first row must hold the column names.", sheet)])
    heads = rows[head_row - 1]
    width = len(heads)  # cells to the right of the last head are in no column
    below = ([*cells[:width], *[""] * (width - len(cells))] for cells in rows[head_row:])
    return raw_table(name, file, heads, below, sheet, head_row)


def head_row_of(rows: Sequence[Sequence]) -> int:
    """The row, from 1, of the column names: the first with more than one filled cell; 0 when all are empty.

    A title or a date above the table fills one cell. A table of one column has its first filled row.
    """
    filled = [sum(as_text(cell) != "" for cell in cells) for cells in rows[:HEADS_WITHIN]]
    least = min(2, max(filled, default=0))
    return next((row for row, cells in enumerate(filled, 1) if least and cells >= least), 0)


def raw_table(
    name: str, file: str, heads: Iterable, rows: Iterable[Iterable], sheet: str = "", head_row: int = 1
) -> RawTable:
    """A raw table from its heads and rows of any values; empty rows and example rows are left out.

    Raises DataFault when a head stands twice.
    """
    heads = [as_text(head) for head in heads]
    twice = sorted({head for head in heads if head and heads.count(head) > 1})
    if twice:
        advice = "Rename or remove one of the two."
        raise DataFault(
            [Fault(file, f"the column {head} stands twice", advice, sheet, head_row, head) for head in twice]
        )
    cells = pd.DataFrame([[as_text(value) for value in row] for row in rows], columns=heads, dtype=str)
    cells.index += head_row + 1
    cells = cells[[head for head in cells.columns if head]]
    kept = (cells != "").any(axis=1)
    if "patient_id" in cells:
        kept &= cells["patient_id"].str.upper() != EXAMPLE
    return RawTable(name, file, cells[kept], sheet, head_row=head_row)


def plain_title(title: str) -> str:
    """The name of a file or sheet, in which case, spaces and hyphens make no difference."""
    return title.strip().casefold().replace(" ", "_").replace("-", "_")


def empty_table(name: str, file: str) -> RawTable:
    """The table that a data set does not have."""
    return RawTable(name, file, pd.DataFrame(columns=list(columns(name)), dtype=str), given=False)


def as_text(value) -> str:
    """A cell's value as a clinic would type it: 3 for 3.0, 2022-12-31 for a date, nothing for a gap."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value).strip()
