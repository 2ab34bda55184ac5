"""The data dictionary of a REDCap project that collects the data, made from that of adreport."""

import csv
from collections.abc import Iterator
from pathlib import Path

from adreport.reading.formats.redcap import SIDE_EFFECT_COURSE
from adreport.reading.values import must_be_filled
from adreport.study import dictionary
from adreport.study.dictionary import TABLES, Column

REDCAP_HEADS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name",
    "Matrix Ranking?", "Field Annotation",
)  # fmt: skip
VALIDATIONS = {"number": "number", "integer": "integer", "date": "date_ymd"}


def write_redcap(file: Path) -> None:
    """A REDCap data dictionary with the same fields; make courses and side_effects repeating instruments there."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(REDCAP_HEADS)
        for table in TABLES:
            writer.writerows(_redcap_fields(table))


def _note(column: Column) -> str:
    levels = "; ".join(f"{code}: {label}" for code, label in column.levels.items())
    parts = [f"{column.meaning}.", f"Unit: {column.unit}." if column.unit else "", f"{levels}." if levels else ""]
    return " ".join(filter(None, [*parts, "Required." if must_be_filled(column) else ""]))


def _redcap_fields(table: str) -> Iterator[list[str]]:
    for column in dictionary.columns(table).values():
        if column.name == "patient_id" and table != "patients":
            continue  # the record is the patient
        renamed = table == "side_effects" and column.name == "course"
        levels = _redcap_levels(column)
        choices = " | ".join(f"{code}, {label}" for code, label in levels.items())
        kind = VALIDATIONS.get(column.type, "")
        limits = ["" if limit is None or not kind else f"{limit:.10g}" for limit in (column.minimum, column.maximum)]
        yield [
            SIDE_EFFECT_COURSE if renamed else column.name, table, "", "dropdown" if levels else "text",
            "Course of the side effect" if renamed else column.label, choices, _note(column), kind, *limits,
            "y" if column.name == "birth_date" else "", "", "y" if must_be_filled(column) else "", "", "", "", "", "",
        ]  # fmt: skip


def _redcap_levels(column: Column) -> dict[str, str]:
    if column.type == "treatment":
        return {code: treatment.label for code, treatment in dictionary.treatments().items()}
    return column.levels
