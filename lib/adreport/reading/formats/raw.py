"""A table as its file has it: strings, and the places that a message about a cell needs."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

import pandas as pd

from adreport.study.dictionary import TABLES, columns
from adreport.study.faults import WARNING, DataFault, Fault, also_in

EXCEL_EPOCH = pd.Timestamp("1899-12-30")
HEADS_WITHIN = 50  # rows in which the column names are looked for, below a title
EXAMPLE = "EXAMPLE"  # the patient of the template's example rows, which are not data
FINDINGS = "adreport check"  # the sheet of a marked copy that lists what was found; a corrected copy may come back
MOST_MEGABYTES = 64  # of text in a file, unpacked; a thousand times what a clinic has
MOST_CELLS = 10_000_000
TWO_TABLES = "Patients and courses must be two tables; `adreport template` writes a workbook with their columns."
TOO_LARGE = "Give a file with the rows and columns that the report needs, and no others."


@dataclass(frozen=True)
class RawTable:
    """A table as its file has it; the index of `cells` is the row that a spreadsheet shows.

    `heads`: where a column of ours stands under another name, that name. `head_row`: the row of the
    column names, 0 where they are no row (SPSS, Parquet, DuckDB). `codes`: for columns whose values have
    labels (SPSS), the value behind each label. `written`: for columns in another unit, the cells as written.
    `merged`, `timed`: row and column name, as the file has it, of cells that are merged with others, and of dates
    whose time of day is not read. `unnamed`: the filled cells that stand below no column name, by letter of the column.
    `doubled`: column names that stand more than once; the first is read. `encoding`: what the letters of a text file
    were read as, where its bytes do not show it. `ended`: whether the last line of a text file has a line end.
    `uneven`: rows of a text file with fewer or more cells than there are column names. `rows`: for columns whose cells
    were gathered from several rows (events of a REDCap project), the row of each. `since`: day 0 of
    the serial dates of a workbook. `noticed`: what else the reader of the file has to say.
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
    timed: frozenset[tuple[int, str]] = frozenset()
    unnamed: Mapping[tuple[int, str], str] = field(default_factory=dict)
    doubled: frozenset[str] = frozenset()
    encoding: str = ""
    ended: bool | None = None
    rows: Mapping[str, pd.Series] = field(default_factory=dict)
    uneven: frozenset[int] = frozenset()
    since: pd.Timestamp = EXCEL_EPOCH
    noticed: tuple[Fault, ...] = ()

    @property
    def place(self) -> str:
        """The file, and the sheet if there is one."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file

    def column(self, name: str) -> pd.Series:
        """The cells of a column, all empty where the table does not have it."""
        return self.cells.get(name, pd.Series("", self.cells.index, dtype=str))

    def codes_of(self, name: str) -> Mapping[str, str]:
        """The code behind each label of a column; empty where its values have no labels."""
        return self.codes.get(self.heads.get(name, name), {})


def sheet_table(name: str, file: str, rows: Sequence[Sequence], sheet: str = "") -> RawTable:
    """A raw table from all rows of a sheet; what stands above its column names (a title) is skipped.

    Raises DataFault when it is empty or too large.
    """
    head_row = head_row_of(rows)
    if not head_row:
        raise DataFault([Fault(file, "is empty", "Its first row must hold the column names.", sheet)])
    table = raw_table(name, file, rows[head_row - 1], rows[head_row:], sheet, head_row)
    above = [number for number, cells in enumerate(rows[: head_row - 1], 1) if _filled(cells) > 1]
    if above:
        rule = f"stands above the column names, which were found in row {head_row}, and is not read{also_in(above[1:])}"
        advice = "That is right if it is a title, or groups the columns below it."
        noticed = Fault(file, rule, advice, sheet, above[0], severity=WARNING)
        table = replace(table, noticed=(*table.noticed, noticed))
    return table


def head_row_of(rows: Sequence[Sequence]) -> int:
    """The row, from 1, of the column names; 0 when all rows are empty.

    It is the one that holds most names of the dictionary, if any holds two; else the first of ten that fills more than
    half as many cells as the fullest of them. A title, a date or groups of columns above the table fill fewer.
    """
    filled = [_filled(cells) for cells in rows[:10]]
    least = max(filled, default=0) // 2 + 1
    known = [sum(_bare(as_text(cell)) in _known_names() for cell in cells) for cells in rows[:HEADS_WITHIN]]
    fewer = [number for number, cells in enumerate(filled) if cells < least and known[number] < 3]
    known = [0 if number in fewer else names for number, names in enumerate(known)]  # names of groups above the table
    if max(known, default=0) > 1:
        return known.index(max(known)) + 1
    return next((row for row, cells in enumerate(filled, 1) if cells >= least), 0)


@cache
def _known_names() -> frozenset[str]:
    """The names, labels and synonyms of all columns, as `_bare` has them."""
    ours = [column for table in TABLES for column in columns(table).values()]
    return frozenset(_bare(name) for column in ours for name in (column.name, column.label, *column.synonyms))


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _filled(cells: Iterable) -> int:
    return sum(as_text(cell) != "" for cell in cells)


def raw_table(
    name: str, file: str, heads: Iterable, rows: Iterable[Sequence], sheet: str = "", head_row: int = 1
) -> RawTable:
    """A raw table from its heads and rows of any values; empty rows and example rows are left out.

    A row may be shorter or longer than the heads. Raises DataFault when there are too many cells.
    """
    heads = [as_text(head) for head in heads]
    places = {head: place for place, head in reversed(list(enumerate(heads))) if head}
    places = {head: places[head] for head in dict.fromkeys(heads) if head}
    kept: dict[int, list[str]] = {}
    timed, unnamed = set(), {}
    identifier, nameless = list(places).index("patient_id") if "patient_id" in places else None, "" in heads
    for number, cells in enumerate(rows, head_row + 1):
        texts = [as_text(value) for value in cells]
        named = [texts[place] if place < len(texts) else "" for place in places.values()]
        if identifier is not None and named[identifier].upper() == EXAMPLE:
            continue
        if any(named):
            kept[number] = named
        if not {*map(type, cells)} <= {str}:
            timed |= {(number, heads[place]) for place in _timed(cells) if place < len(heads)}
        if nameless or len(texts) > len(heads):
            beyond = (place for place, text in enumerate(texts) if text and (place >= len(heads) or not heads[place]))
            unnamed |= {(number, letter_of(place)): texts[place] for place in beyond}
        if len(kept) * len(places) + len(unnamed) > MOST_CELLS:
            raise DataFault([Fault(file, f"has more than {MOST_CELLS:,} cells", TOO_LARGE, sheet)])
    cells = pd.DataFrame(list(kept.values()), pd.Index(list(kept), dtype=int), list(places), dtype=str)
    times = Counter(heads)
    doubled = frozenset(head for head in places if times[head] > 1)
    found = {"timed": frozenset(timed), "unnamed": unnamed, "doubled": doubled}
    return RawTable(name, file, cells, sheet, head_row=head_row, **found)


def letter_of(place: int) -> str:
    """The letter of a column, from 0, as a spreadsheet shows it: A, B … Z, AA."""
    return (letter_of(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def not_read(file: str, titles: Sequence[str]) -> Fault:
    """A warning for tables that none of ours is read from."""
    rule = f"{', '.join(titles)} {'are' if len(titles) > 1 else 'is'} not read"
    advice = "That is right if there are no patients, courses or side effects in there."
    return Fault(file, rule, advice, severity=WARNING)


def refuse_too_large(file: str, size: float) -> None:
    """Raise DataFault where a file holds, unpacked, more bytes than are read."""
    if size > MOST_MEGABYTES * 1e6:
        rule = f"holds {size / 1e6:,.0f} megabytes of text; at most {MOST_MEGABYTES} are read"
        raise DataFault([Fault(file, rule, TOO_LARGE)])


def plain_title(title: str) -> str:
    """The name of a file or sheet, in which case, spaces and hyphens make no difference."""
    return title.strip().casefold().replace(" ", "_").replace("-", "_")


def empty_table(name: str, file: str) -> RawTable:
    """The table that a data set does not have."""
    return RawTable(name, file, pd.DataFrame(columns=list(columns(name)), dtype=str), given=False)


def as_text(value) -> str:
    """A cell's value as a clinic would type it: 3 for 3.0, 2022-12-31 for a date, nothing for a gap."""
    if type(value) is str:
        return value.strip()
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


def _timed(cells: Iterable) -> list[int]:
    """The places of dates with a time of day, which `as_text` leaves out."""
    moments = ((place, cell) for place, cell in enumerate(cells) if isinstance(cell, datetime) and cell is not pd.NaT)
    return [place for place, cell in moments if cell.time() != time.min]
