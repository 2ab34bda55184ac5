"""A REDCap export: one flat CSV, patients and the repeating instruments courses and side effects."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from adreport.reading.formats.delimited import Lines, delimited_lines
from adreport.reading.formats.raw import TWO_TABLES, RawTable, as_text
from adreport.study.dictionary import TABLES, columns
from adreport.study.faults import DataFault, Fault

INSTRUMENT = ("redcap_repeat_instrument", "Repeat Instrument")
INSTANCE = ("redcap_repeat_instance", "Repeat Instance")
BASE = "patients"  # rows without a repeating instrument are the patients
# A field name is unique in a REDCap project, so the side effects' course has a name of its own there.
SIDE_EFFECT_COURSE = "side_effect_course"
# A checkbox field is a column for each choice: field___choice, or labelled "Field (choice=Label)".
CHECKBOX = re.compile(r"^(?P<field>.+?)(?:___(?P<code>\w+)|\s*\(choice=(?P<label>.+)\))$")
CHECKED = ("1", "checked")


def titles(path: Path) -> list[str]:
    """The repeating instruments of an export, and "patients"; raises DataFault when it is not such an export."""
    return list(dict.fromkeys(_instrument_of_rows(_flat(path)[0], path)))


def read_several(path: Path, wanted: Mapping[str, str]) -> dict[str, RawTable]:
    """The tables of the wanted instruments of a flat export, raw or labelled."""
    flat, lines = _flat(path)
    instruments = _instrument_of_rows(flat, path)
    tables = {name: _table(name, path.name, flat[instruments == title]) for title, name in wanted.items()}
    return {name: lines.of(table) for name, table in tables.items()}


def _flat(path: Path) -> tuple[pd.DataFrame, Lines]:
    """The export as it is, every cell a string, on the rows that a spreadsheet shows; and the lines of its file."""
    lines = delimited_lines(path)
    heads, *rows = lines.rows
    flat = pd.DataFrame([row[: len(heads)] for row in rows], columns=heads).fillna("").map(as_text)
    flat.index += 2
    return flat[(flat != "").any(axis=1)], lines


def _instrument_of_rows(flat: pd.DataFrame, path: Path) -> pd.Series:
    instrument = next((head for head in INSTRUMENT if head in flat), None)
    if instrument is None:
        rule = "holds one table, and is not a REDCap export with repeating instruments"
        raise DataFault([Fault(path.name, rule, TWO_TABLES)])
    return flat[instrument].replace("", BASE)


def _table(name: str, file: str, flat: pd.DataFrame) -> RawTable:
    """The rows of one instrument, with our columns by our names and other filled ones by theirs.

    The first column is the patient; the flat file has the columns of the other instruments too, empty.
    """
    flat = _with_checkboxes(_without_others(flat, name))
    flat = _one_row_each(flat) if name == BASE else flat
    instance = next((head for head in INSTANCE if head in flat), "")
    ours = {head: _field(name, head) for head in flat.columns[1:]} | {flat.columns[0]: "patient_id"}
    kept = [head for head, field in ours.items() if field or head not in (*INSTRUMENT, *INSTANCE)]
    cells = flat[[head for head in flat.columns if head in kept]].rename(columns={k: v for k, v in ours.items() if v})
    heads = {field: head for head, field in ours.items() if field}
    if name == "courses" and instance and "course" not in cells:
        cells, heads = cells.assign(course=flat[instance]), heads | {"course": instance}
    return RawTable(name, file, cells, heads=heads)


def _without_others(flat: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows of one instrument without the columns of the others, which are empty there.

    A labelled export can have a label twice (Complete?, Start date): of two, the filled one is kept.
    """
    filled = (flat != "").any().to_numpy()
    doubled = flat.columns.duplicated(keep=False)
    own = [bool(_field(name, head)) for head in flat.columns]
    kept = flat.loc[:, filled | (own & ~doubled)]
    return kept.loc[:, ~kept.columns.duplicated()]


def _one_row_each(flat: pd.DataFrame) -> pd.DataFrame:
    """The patients of a longitudinal project, whose rows are one an event: of each column the first that is filled."""
    patient, *others = flat.columns
    own = [head for head in others if _field(BASE, head)]
    filled = flat[(flat[own] != "").any(axis=1)] if own else flat
    below = filled.where(filled != "").groupby(patient, sort=False).bfill().fillna("")
    return below.assign(**{patient: filled[patient]})[flat.columns][~filled.duplicated(patient)]


def _with_checkboxes(flat: pd.DataFrame) -> pd.DataFrame:
    """A flat export with each checkbox field as one column: its checked choices with "; " between them."""
    parts = {head: match for head in flat.columns if (match := CHECKBOX.match(head))}
    joined: dict[str, pd.Series] = {}
    for head, match in parts.items():
        choice = match["label"] or match["code"]
        ticked = flat[head].str.casefold().isin(CHECKED).map({True: choice, False: ""})
        before = joined.get(match["field"], pd.Series("", index=flat.index))
        joined[match["field"]] = before.str.cat(ticked, sep=";").str.strip(";")
    return flat.drop(columns=list(parts)).assign(**joined)


def _field(table: str, head: str) -> str:
    """The column of this table that a head of the export stands for, "" if of none."""
    if table not in TABLES:
        return ""
    names = {column.name.casefold(): column.name for column in columns(table).values()}
    labels = {column.label.casefold(): column.name for column in columns(table).values()}
    if table == "side_effects":
        names, labels = names | {SIDE_EFFECT_COURSE: "course"}, labels | {"course of the side effect": "course"}
        names.pop("course"), labels.pop("course")
    return names.get(head.casefold()) or labels.get(head.casefold(), "")
