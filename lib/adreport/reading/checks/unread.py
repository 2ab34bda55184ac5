"""What a file holds that is not read, or is read otherwise than it looks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from adreport.reading import notation
from adreport.reading.checks.structure import overlooked_columns, unread_columns
from adreport.reading.formats.raw import RawTable, letter_of, not_read
from adreport.reading.mapping import DRAFT
from adreport.reading.values import must_be_filled
from adreport.study import dictionary
from adreport.study.faults import WARNING, Fault, also_in

# Letters beyond ASCII whose UTF-8 was read as Windows-1252 or 1254: two or three characters in place of one.
CONTINUED = "".join(map(chr, range(0x80, 0xC0))) + bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
GARBLED = re.compile(f"[ÂÃÄÅ][{re.escape(CONTINUED)}]|â€")
FIGURE = re.compile(r"[-+]?[\d.,]+%?|=.*")


def doubled_columns(table: RawTable) -> Iterator[Fault]:
    """A fault for each column that is read and whose name stands twice."""
    ours = {table.heads.get(name, name) for name in dictionary.columns(table.name) if name in table.cells}
    for head in sorted(table.doubled & ours):
        rule, advice = f"the column {head} stands twice", "Rename or remove one of the two."
        yield Fault(table.file, rule, advice, table.sheet, table.head_row, head)


def columns_not_read(table: RawTable) -> Iterator[Fault]:
    """A warning for the filled columns that are not read, without those that have one of their own."""
    likely = [fault.column for fault in overlooked_columns(table)]
    filled = [head for head in unread_columns(table) if (table.cells[head] != "").any()]
    if heads := [head for head in filled if head not in likely]:
        names = ", ".join(f"{head} (twice)" if head in table.doubled else head for head in heads)
        those, are, it = ("the column", "is", "it") if len(heads) == 1 else ("the columns", "are", "one of them")
        advice = f"That is right unless the report needs {it}: {DRAFT}."
        row = table.head_row or None
        yield Fault(table.file, f"{those} {names} {are} not read", advice, table.sheet, row, severity=WARNING)


def cells_not_read(table: RawTable) -> Iterator[Fault]:
    """A warning for all cells below no column name; an error where a row seems to have moved beyond the last column."""
    if not table.unnamed:
        return
    (row, letter), value = next(iter(table.unnamed.items()))
    if _has_moved(table, letter, value):
        rule = f"stands to the right of the last column, {table.cells.columns[-1]}: the row seems to have moved"
        advice = "Take out the cell that was put in to the left of it, or empty this one."
        yield Fault(table.file, rule, advice, table.sheet, row, letter, value)
        return
    letters = list(dict.fromkeys(letter for _, letter in table.unnamed))
    places = f"column{'s' if len(letters) > 1 else ''} {', '.join(letters)}"
    others = f" (one of {len(table.unnamed)} such cells in {places})" if len(table.unnamed) > 1 else ""
    rule = f"stands below no column name, and is not read{others}"
    advice = f"If it belongs to the data, write a column name above it, in row {table.head_row}."
    yield Fault(table.file, rule, advice, table.sheet, row, letter, value, WARNING)


def _has_moved(table: RawTable, letter: str, value: str) -> bool:
    """Whether a cell right of the last column is one of its values, and few rows have such a cell."""
    columns, rows = len(table.cells.columns), {row for row, _ in table.unnamed}
    if letter != letter_of(columns) or len(rows) * 2 > len(table.cells):
        return False
    last = table.cells.iloc[:, -1].drop(labels=list(rows), errors="ignore")
    figures = bool(FIGURE.fullmatch(value)) and last[last != ""].str.fullmatch(FIGURE).all()
    return value in set(last) or (figures and (last != "").any())


def tables_not_read(path: Path, titles: Mapping[str, str]) -> Iterator[Fault]:
    """A warning for each table that is not read though its title is like that of one that is, and one for the rest."""
    for title, like in titles.items():
        if like:
            rule = f"{title} is not read; its name is like that of {like}, which is"
            advice = "If it is the newer one, put it in the place of the other; else remove it."
            yield Fault(path.name, rule, advice, severity=WARNING)
    if others := [title for title, like in titles.items() if not like]:
        yield not_read(path.name, others)


def cells_read_otherwise(table: RawTable) -> Iterator[Fault]:
    """A warning for each column with cells that are empty for being merged, have a time of day, or are garbled."""
    for name, column in dictionary.columns(table.name).items():
        if name not in table.cells:
            continue
        cells, head = table.cells[name], table.heads.get(name, name)
        merged = pd.Index([row for row, of in table.merged if of == head and not must_be_filled(column)])
        garbled = [text for text in cells.dropna().unique() if GARBLED.search(text)]
        is_timed = notation.has_time(cells) | cells.index.isin([row for row, of in table.timed if of == head])
        for rows, rule, advice in (
            (cells.index[cells.index.isin(merged) & (cells == "")],
             "is merged with a filled cell, and was read as empty",
             f"Unmerge the cells in Excel and fill in each: {column.label}."),
            (cells.index[is_timed & (column.type == "date")], "has a time of day, which is not read",
             "That is right: courses are counted in days."),
            (cells.index[cells.isin(garbled)], "seems to be Unicode that a program took for another encoding",
             "Export it again as UTF-8, or correct the text."),
        ):  # fmt: skip
            if len(rows):
                rule = f"{rule}{also_in(rows[1:])}"
                yield Fault(table.file, rule, advice, table.sheet, int(rows[0]), name, cells[rows[0]], WARNING)


def files_without_an_end(tables: Iterable[RawTable]) -> Iterator[Fault]:
    """A warning for each text file whose last line has no end, unless none of several has one: a program's habit."""
    ended = {table.file: table.ended for table in tables if table.ended is not None}
    if len(ended) == 1 or any(ended.values()):
        for file in (file for file, whole in ended.items() if not whole):
            rule = "has no line end after its last row: it may have been cut"
            yield Fault(file, rule, "Look whether this row is whole.", severity=WARNING)
