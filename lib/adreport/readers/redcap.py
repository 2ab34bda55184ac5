"""A REDCap export: one flat CSV, patients and the repeating instruments courses and side effects."""

from pathlib import Path

import pandas as pd

from adreport.dictionary import TABLES, columns
from adreport.faults import DataFault, Fault
from adreport.readers.delimited import delimited_rows
from adreport.readers.raw import FIRST_ROW, RawTable, as_text

INSTRUMENT = ("redcap_repeat_instrument", "Repeat Instrument")
INSTANCE = ("redcap_repeat_instance", "Repeat Instance")
# A field name is unique in a REDCap project, so the side effects' course has a name of its own there.
SIDE_EFFECT_COURSE = "side_effect_course"


def read_export(path: Path) -> dict[str, RawTable]:
    """The tables of a flat export, raw or labelled; raises DataFault when it has no repeating instruments."""
    heads, *rows = delimited_rows(path)
    flat = pd.DataFrame([row[: len(heads)] for row in rows], columns=heads).fillna("").map(as_text)
    flat.index += FIRST_ROW
    instrument = next((head for head in INSTRUMENT if head in flat), None)
    if instrument is None:
        advice = "Give the folder with patients.csv and courses.csv, or a REDCap export with repeating instruments."
        raise DataFault([Fault(path.name, "is neither a folder nor a REDCap export", advice)])
    kind = flat[instrument].str.casefold().str.replace(" ", "_").replace("", "patients")
    return {name: _table(name, path.name, flat[kind == name]) for name in TABLES if (kind == name).any()}


def _table(name: str, file: str, flat: pd.DataFrame) -> RawTable:
    """The rows of one instrument, with the columns of its table; the first column is the patient."""
    renamed = flat.rename(columns={flat.columns[0]: "patient_id"})
    own = {head: _field(name, head) for head in renamed.columns}
    cells = renamed[[head for head, field in own.items() if field]].rename(columns=own)
    heads = {field: head for head, field in own.items() if field} | {"patient_id": str(flat.columns[0])}
    instance = next((head for head in INSTANCE if head in flat), None)
    if name == "courses" and instance and "course" not in cells:
        cells, heads = cells.assign(course=flat[instance]), heads | {"course": instance}
    return RawTable(name, file, cells, heads=heads)


def _field(table: str, head: str) -> str:
    """The column of this table that a head of the export stands for, "" if of none."""
    names = {column.name.casefold(): column.name for column in columns(table).values()}
    labels = {column.label.casefold(): column.name for column in columns(table).values()}
    if table == "side_effects":
        names, labels = names | {SIDE_EFFECT_COURSE: "course"}, labels | {"course of the side effect": "course"}
        names.pop("course"), labels.pop("course")
    return names.get(head.casefold()) or labels.get(head.casefold(), "")
