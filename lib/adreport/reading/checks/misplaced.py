"""Cells in a wrong place: two column names exchanged, a row moved by a cell, a table that is turned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from adreport.reading.formats.raw import RawTable
from adreport.reading.headings import fits
from adreport.study import dictionary
from adreport.study.dictionary import Column
from adreport.study.faults import ERROR, Fault

MOST = 0.5  # of the filled cells of a column: more at fault, and it is not the cells that are wrong
SEVERAL = 3
HOLD_ALL = ("identifier", "text", "list")  # types of columns of which no cell is at fault
BEFORE_START = ("stop_date", "is before the start of the course")  # as the rule of `time` says it
LEAST_NAMES = 3  # of columns of ours below one another, for a table to be turned


def by_cause(faults: Sequence[Fault], raw: Mapping[str, RawTable]) -> list[Fault]:
    """The faults, those of cells in a wrong place told so: of exchanged columns one in place of all."""
    faults = list(faults)
    for table in raw.values():
        for pair, cause in [*_exchanged(faults, table), *_backward(faults, table)]:
            faults = [cause, *(fault for fault in faults if not _is_of(fault, table, set(pair)))]
            if "patient_id" in pair:  # then nothing that refers to it is known
                faults = [fault for fault in faults if fault is cause or not fault.column]
        faults = [_of_moved_row(fault, table) if _is_here(fault, table) else fault for fault in faults]
    return faults


def _is_here(fault: Fault, table: RawTable) -> bool:
    return (fault.file, fault.sheet, fault.severity) == (table.file, table.sheet, ERROR)


def _is_of(fault: Fault, table: RawTable, names: set[str]) -> bool:
    return (fault.file, fault.sheet) == (table.file, table.sheet) and bool(set(fault.column.split(", ")) & names)


def _exchanged(faults: Sequence[Fault], table: RawTable) -> Iterator[tuple[tuple[str, str], Fault]]:
    """Pairs of columns, most of whose cells are at fault and fit the other, and the fault that says so."""
    columns = {name: column for name, column in dictionary.columns(table.name).items() if name in table.cells}
    wrong = pd.Series([fault.column for fault in faults if _is_here(fault, table)], dtype=str).value_counts()
    filled = table.cells.ne("").sum()
    suspects = [name for name in columns if wrong.get(name, 0) >= max(SEVERAL, MOST * filled[name])]
    for name in suspects:
        for other in columns:
            may_be = columns[other].type in HOLD_ALL or (other in suspects and name < other)
            cells, others = table.cells[name], table.cells[other]
            if not (may_be and filled[other] and name != other):
                continue
            if columns[name].type == columns[other].type and _holds(cells, columns[name]):  # wrong in both alike
                continue
            if _holds(cells, columns[other]) and _holds(others, columns[name]):
                yield _cause(table, name, other, "the cells of {} fit the other of the two")


def _holds(cells: pd.Series, column: Column) -> bool:
    """Whether most cells can be of a column; of one with words of its own, whether they are among these."""
    if column.type != "level":
        return fits(cells, column)
    return cells[cells != ""].map(dictionary.folded).isin(column.level_words).mean() > MOST


def _backward(faults: Sequence[Fault], table: RawTable) -> Iterator[tuple[tuple[str, str], Fault]]:
    """The columns start_date and stop_date where every stop is before its start, and the fault that says so."""
    if not {"start_date", "stop_date"} <= {*table.cells}:
        return
    start, stop = table.cells["start_date"], table.cells["stop_date"]
    wrong = [fault for fault in faults if _is_here(fault, table) and (fault.column, fault.rule) == BEFORE_START]
    if len(wrong) >= max(SEVERAL, ((start != "") & (stop != "") & (start != stop)).sum()):
        yield _cause(table, "start_date", "stop_date", "{}: every course stops before it starts")


def _cause(table: RawTable, name: str, other: str, words: str) -> tuple[tuple[str, str], Fault]:
    shown = " and ".join(table.heads.get(one, one) for one in (name, other))
    rule = f"{words.format(shown)}: their column names seem to be exchanged"
    place = (table.sheet, table.head_row or None, table.heads.get(name, name))
    return (name, other), Fault(table.file, rule, "Exchange the two column names.", *place)


def _of_moved_row(fault: Fault, table: RawTable) -> Fault:
    """A fault of a cell with a level of the column beside it, told that its row seems to have moved."""
    names = list(table.cells)
    if fault.column not in names or fault.row not in table.cells.index:
        return fault
    place = names.index(fault.column)
    for beside, side in ((place - 1, "right"), (place + 1, "left")):
        if 0 <= beside < len(names) and _is_a_level(fault.value, names[beside], table):
            other = table.heads.get(names[beside], names[beside])
            advice = (
                f"It is a value of {other}, the column beside it: do the cells of this row stand too far {side}?"
                " Move them back; else correct it."
            )
            return replace(fault, advice=advice)
    return fault


def _is_a_level(value: str, name: str, table: RawTable) -> bool:
    """Whether a value that is no number is a level of a column, or another of its cells that are words."""
    column = dictionary.columns(table.name).get(name)
    if column is None or not any(map(str.isalpha, value)):
        return False
    if column.type == "treatment":
        return dictionary.treatment_code(value) is not None
    words = {dictionary.folded(word) for level in column.levels.items() for word in level}
    return dictionary.folded(value) in words


def turned(table: RawTable) -> Iterator[Fault]:
    """A fault where the names of columns stand below one another."""
    names = {dictionary.folded(word) for name, column in dictionary.columns(table.name).items()
             for word in (name, column.label)}  # fmt: skip
    if not len(table.cells.columns):
        return
    first = [table.cells.columns[0], *table.cells.iloc[:, 0]]
    if sum(dictionary.folded(cell) in names for cell in first) >= LEAST_NAMES:
        rule = "has its column names below one another: the table is turned"
        advice = "Turn it, with a row for each case: in Excel copy it, and paste it with Transpose."
        yield Fault(table.file, rule, advice, table.sheet)
