"""Raw tables checked against the dictionary and turned into typed ones; every fault found is reported."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from adreport import dictionary
from adreport.dictionary import Column
from adreport.faults import DataFault, Fault, nearest
from adreport.readers import RawTable
from adreport.response import ResponseScale

KEYS = {"patients": ["patient_id"], "courses": ["patient_id", "course"]}
HEAD_ROWS = 2  # a spreadsheet counts from 1, and its first row holds the column names


def check(raw: dict[str, RawTable], scale: ResponseScale) -> dict[str, pd.DataFrame]:
    """The typed tables: one column for each of the dictionary, missing ones empty, extra ones dropped.

    Raises DataFault with all faults: missing columns, unreadable values, values outside their
    levels or range, empty required cells, duplicate keys, courses and side effects of nobody.
    """
    faults = [fault for table in raw.values() for fault in _missing_columns(table)]
    if faults:
        raise DataFault(faults)
    tables = {}
    for table in raw.values():
        tables[table.name], found = _typed(table, scale)
        faults += found
    faults += _key_faults(raw)
    if faults:
        raise DataFault(sorted(faults, key=lambda fault: (fault.file, fault.row or 0)))
    return tables


def _missing_columns(table: RawTable) -> Iterator[Fault]:
    for name, column in dictionary.columns(table.name).items():
        if column.required and name not in table.cells:
            likeliest = nearest(name, list(map(str, table.cells.columns))) if len(table.cells.columns) else ""
            rule = f"the column {name} is missing"
            yield Fault(table.file, rule, f"Add it ({column.meaning}). {likeliest}", table.sheet)


def _typed(table: RawTable, scale: ResponseScale) -> tuple[pd.DataFrame, list[Fault]]:
    typed, faults = {}, []
    for name, column in dictionary.columns(table.name).items():
        cells = table.cells.get(name, pd.Series("", index=table.cells.index))
        values, bad, rule, advice = _parsed(cells, column, scale)
        typed[name] = values
        faults += _cell_faults(table, name, cells[bad], rule, advice)
        if column.required and name != "response":
            empty = cells[cells == ""]
            fill_in = f"Fill in {column.label.lower()}."
            faults += _cell_faults(table, name, empty, "the cell is empty", lambda _, advice=fill_in: advice)
    return pd.DataFrame(typed), faults


def _cell_faults(
    table: RawTable, name: str, cells: pd.Series, rule: str, advice: Callable[[str], str]
) -> Iterator[Fault]:
    for position, value in cells.items():
        yield Fault(table.file, rule, advice(value), table.sheet, position + HEAD_ROWS, name, value)


def _parsed(
    cells: pd.Series, column: Column, scale: ResponseScale
) -> tuple[pd.Series, pd.Series, str, Callable[[str], str]]:
    """Values, a mask of the cells that are not one, the rule they break and advice for a value."""
    filled = cells != ""
    match column.type:
        case "number" | "integer":
            return _numbers(cells, column)
        case "level":
            return _levels(cells, filled, {code: code for code in column.levels}, "is not a level of this column")
        case "ordered":
            values, *fault = _levels(
                cells, filled, {code: code for code in scale.labels}, "is not on the response scale"
            )
            return values, *fault
        case "treatment":
            codes = cells.map(dictionary.treatment_code)
            values = pd.Series(pd.Categorical(codes, list(dictionary.treatments())), index=cells.index)
            suggest = lambda word: nearest(word, dictionary.treatment_names()) if word else ""  # noqa: E731
            return values, filled & codes.isna(), "is not a treatment that treatments.csv knows", suggest
        case "date":
            dates = pd.to_datetime(cells.where(filled), format="%Y-%m-%d", errors="coerce")
            return dates, filled & dates.isna(), "is not a date", lambda _: "Write it as 2022-12-31."
        case _:
            return cells.where(filled), pd.Series(False, index=cells.index), "", str


def _numbers(cells: pd.Series, column: Column):
    numbers = pd.to_numeric(cells.where(cells != ""), errors="coerce")
    finite = np.isfinite(numbers)
    bad = (cells != "") & ~finite
    bad |= finite & ((numbers < column.minimum) | (numbers > column.maximum)) if column.minimum is not None else False
    if column.type == "integer":
        bad |= finite & (numbers % 1 != 0)
    kind = "a whole number" if column.type == "integer" else "a number"
    unit = f" {column.unit}" if column.unit else ""
    rule = f"is not {kind} from {column.minimum:g} to {column.maximum:g}{unit}"
    return numbers, bad, rule, lambda _: "Correct it, or leave the cell empty if it is not known."


def _levels(cells: pd.Series, filled: pd.Series, codes: dict[str, str], rule: str):
    known = cells.str.casefold().map({code.casefold(): code for code in codes})
    values = pd.Series(pd.Categorical(known, list(codes), ordered=True), index=cells.index)
    return values, filled & known.isna(), rule, lambda word: nearest(word, list(codes))


def _key_faults(raw: dict[str, RawTable]) -> Iterator[Fault]:
    """Duplicate keys, and rows whose patient or course does not exist."""
    for name, key in KEYS.items():
        table = raw[name]
        for position in table.cells.index[table.cells.duplicated(key)]:
            value = " / ".join(table.cells.loc[position, key])
            first = int((table.cells[key] == table.cells.loc[position, key]).all(axis=1).idxmax()) + HEAD_ROWS
            advice = f"It stands in row {first} already; remove or renumber one of the two."
            yield Fault(table.file, "occurs twice", advice, table.sheet, position + HEAD_ROWS, ", ".join(key), value)
    for child, parent in (("courses", "patients"), ("side_effects", "courses")):
        yield from _orphans(raw[child], raw[parent], KEYS[parent])


def _orphans(child: RawTable, parent: RawTable, key: list[str]) -> Iterator[Fault]:
    known = pd.MultiIndex.from_frame(parent.cells[key])
    for position in child.cells.index[~pd.MultiIndex.from_frame(child.cells[key]).isin(known)]:
        value = " / ".join(child.cells.loc[position, key])
        advice = f"Add it to {parent.file}, or correct it here."
        rule = f"is not in {parent.file}"
        yield Fault(child.file, rule, advice, child.sheet, position + HEAD_ROWS, ", ".join(key), value)
