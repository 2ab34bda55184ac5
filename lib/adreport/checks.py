"""Raw tables against the dictionary: columns, types, levels, ranges, keys; typed tables come out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adreport import dictionary
from adreport.dictionary import Column
from adreport.faults import Fault, nearest
from adreport.readers.raw import RawTable
from adreport.response import ResponseScale

KEYS = {"patients": ["patient_id"], "courses": ["patient_id", "course"]}
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")
EMPTY_ALLOWED = {"response"}  # an unknown response is a warning, not an error


@dataclass(frozen=True)
class Parsed:
    """A column's values, which of its cells are none, the rule that those break, and advice on a value."""

    values: pd.Series
    bad: pd.Series
    rule: str = ""
    advice: Callable[[str], str] = str


def missing_columns(table: RawTable) -> Iterator[Fault]:
    """A fault for each required column that is not there, with the likeliest one that is."""
    present = list(map(str, table.cells.columns))
    for name, column in dictionary.columns(table.name).items():
        if column.required and name not in present:
            likeliest = nearest(name, [other for other in present if other not in dictionary.columns(table.name)])
            rule = f"the column {name} is missing"
            yield Fault(table.file, rule, f"Add it ({column.meaning}). {likeliest}".strip(), table.sheet, 1, name)


def typed(table: RawTable, scale: ResponseScale) -> tuple[pd.DataFrame, list[Fault]]:
    """A table with one column for each of the dictionary, on the rows of the raw one, and its faults.

    Missing columns are empty, extra ones dropped, cells that cannot be read missing.
    """
    columns, faults = {}, []
    for name, column in dictionary.columns(table.name).items():
        cells = table.cells.get(name, pd.Series("", index=table.cells.index, dtype=str))
        parsed = _parsed(cells, column, scale)
        columns[name] = parsed.values
        faults += [_fault(table, name, row, cells[row], parsed) for row in cells.index[parsed.bad]]
        if column.required and name in table.cells and name not in EMPTY_ALLOWED:
            empty = Parsed(cells, cells == "", "the cell is empty", lambda _, label=column.label: f"Fill in: {label}.")
            faults += [_fault(table, name, row, "", empty) for row in cells.index[empty.bad]]
    return pd.DataFrame(columns), faults


def key_faults(raw: dict[str, RawTable]) -> Iterator[Fault]:
    """Duplicate keys, and rows whose patient or course does not exist."""
    for name, key in KEYS.items():
        cells = _keys(raw[name], key)
        filled = cells[(cells != "").all(axis=1)]
        for row in filled.index[filled.duplicated(key)]:
            first = filled.index[(filled == filled.loc[row]).all(axis=1)][0]
            advice = f"It stands in row {first} already; remove or renumber one of the two."
            yield Fault(raw[name].file, "occurs twice", advice, raw[name].sheet, row, *_key(filled, row))
    for child, parent in (("courses", "patients"), ("side_effects", "courses")):
        yield from _orphans(raw[child], raw[parent], KEYS[parent])


def _fault(table: RawTable, name: str, row: int, value: str, parsed: Parsed) -> Fault:
    return Fault(table.file, parsed.rule, parsed.advice(value), table.sheet, int(row), name, value)


def _parsed(cells: pd.Series, column: Column, scale: ResponseScale) -> Parsed:
    match column.type:
        case "number" | "integer":
            return _numbers(cells, column)
        case "level":
            return _levels(cells, column.levels, "is not a level of this column")
        case "ordered":
            return _levels(cells, scale.labels, "is not on the response scale")
        case "treatment":
            codes = cells.map(dictionary.treatment_code)
            values = pd.Series(pd.Categorical(codes, list(dictionary.treatments())), index=cells.index)
            rule = "is not a treatment that treatments.csv knows"
            return Parsed(values, (cells != "") & codes.isna(), rule, _nearest_treatment)
        case "date":
            return _dates(cells)
        case _:
            return Parsed(cells.where(cells != ""), pd.Series(False, index=cells.index))


def _numbers(cells: pd.Series, column: Column) -> Parsed:
    """Numbers with a decimal point or comma, within the column's range."""
    plain = cells.str.replace(r"^([+-]?\d+),(\d+)$", r"\1.\2", regex=True)
    numbers = pd.to_numeric(plain.where(plain != ""), errors="coerce").astype(float)
    bad = (cells != "") & ~np.isfinite(numbers)
    kind = "a whole number" if column.type == "integer" else "a number"
    rule = f"is not {kind}"
    if column.minimum is not None and column.maximum is not None:
        bad |= (numbers < column.minimum) | (numbers > column.maximum)
        rule += f" from {column.minimum:,.10g} to {column.maximum:,.10g} {column.unit}".rstrip()
    if column.type == "integer":
        bad |= numbers % 1 > 0
    advice = "Correct it, or leave the cell empty if it is not known."
    return Parsed(numbers.where(~bad), bad, rule, lambda _: advice)


def _levels(cells: pd.Series, levels: dict[str, str], rule: str) -> Parsed:
    """Levels given by code or label in any case."""
    codes = {label.casefold(): code for code, label in levels.items()} | {code.casefold(): code for code in levels}
    known = cells.str.casefold().str.replace(r"^(\d+)\.0+$", r"\1", regex=True).map(codes)
    values = pd.Series(pd.Categorical(known, list(levels), ordered=True), index=cells.index)
    return Parsed(values, (cells != "") & known.isna(), rule, lambda word: nearest(word, list(levels)))


def _dates(cells: pd.Series) -> Parsed:
    """Dates as 2022-12-31, 31.12.2022 or 31/12/2022, with or without a time of midnight."""
    plain = cells.str.replace(r"[ T]00:00(:00(\.0+)?)?$", "", regex=True)
    dates = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[s]")
    for form in DATE_FORMATS:
        dates = dates.fillna(pd.to_datetime(plain, format=form, errors="coerce").astype("datetime64[s]"))
    return Parsed(dates, (cells != "") & dates.isna(), "is not a date", lambda _: "Write it as 2022-12-31.")


def _nearest_treatment(word: str) -> str:
    names = [name for one in dictionary.treatments().values() for name in (one.label, one.abbreviation, *one.synonyms)]
    close = nearest(word, names)
    advice = "" if close.startswith("Possible") else f" {close}"
    return f"Use a name of treatments.csv, or add it there as a synonym.{advice}"


def _keys(table: RawTable, key: list[str]) -> pd.DataFrame:
    """The key columns as text, 1.0 and 01 read as the course 1."""
    cells = table.cells[key]
    if "course" in key:
        number = pd.to_numeric(cells["course"], errors="coerce")
        plain = number.map(lambda value: f"{value:g}", na_action="ignore")
        cells = cells.assign(course=plain.where(number.notna(), cells["course"]))
    return cells


def _key(cells: pd.DataFrame, row: int) -> tuple[str, str]:
    return ", ".join(cells.columns), " / ".join(cells.loc[row])


def _orphans(child: RawTable, parent: RawTable, key: list[str]) -> Iterator[Fault]:
    known = set(_keys(parent, key).itertuples(index=False, name=None))
    cells = _keys(child, key)
    for row, values in zip(cells.index, cells.itertuples(index=False, name=None), strict=True):
        if values not in known and all(values):
            where = parent.place if parent.place != child.place else parent.name
            advice = f"Add it to {where}, or correct it here."
            yield Fault(child.file, f"is not in {where}", advice, child.sheet, int(row), *_key(cells, row))
