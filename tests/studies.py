"""Data sets for tests: the cohort, small ones, and the files in which a clinic may have them."""

import re
import zipfile
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd

from adreport import read_study
from adreport.study.paths import COHORT

TABLES = ("patients", "courses", "side_effects")


def cohort() -> dict[str, pd.DataFrame]:
    """The tables of the reconstructed cohort, every cell a string."""
    return {name: pd.read_csv(COHORT / f"{name}.csv", dtype=str, keep_default_na=False) for name in TABLES}


@cache
def read_cohort():
    """The cohort as it is read; fixtures and helpers share it."""
    return read_study(COHORT)


def written(folder: Path, **tables: pd.DataFrame | None) -> Path:
    """A folder with the cohort's tables, or those given instead; None leaves a file out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (cohort() | tables).items():
        if table is not None:
            table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def of_patients(*patients: str) -> dict[str, pd.DataFrame]:
    """The cohort's tables of some patients only."""
    return {name: table[table["patient_id"].isin(patients)] for name, table in cohort().items()}


def same(study):
    """Whether a study has the cohort's patients, courses, rescue courses and side effects."""
    for name in ("patients", "courses", "rescue_courses", "side_effects"):
        ours, theirs = getattr(read_cohort(), name), getattr(study, name)
        pd.testing.assert_frame_equal(ours, theirs[ours.columns], check_dtype=False, check_names=False)
    return True


def numbers(table):
    """A table with numbers where its columns hold nothing else."""
    return table.apply(
        lambda column: pd.to_numeric(column, errors="coerce") if _numeric(column) else column.where(column != "", None)
    )


def _numeric(column):
    return column.name != "patient_id" and not (column[column != ""].str.fullmatch(r"-?\d+(\.\d+)?") == False).any()  # noqa: E712


def as_workbook(path, above=()):
    """The cohort as a workbook, with some rows above the column names of each sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, table in cohort().items():
        sheet = workbook.create_sheet(name)
        for row in (*above, list(table.columns), *table.itertuples(index=False)):
            sheet.append(list(row))
    workbook.save(path)
    return path


def rewritten(path, old, new, part="xl/worksheets/sheet"):
    """A workbook with a pattern in its parts of this name replaced, as other programs write them."""
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    assert any(re.search(old, content) for name, content in contents.items() if name.startswith(part))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in contents.items():
            parts.writestr(name, re.sub(old, new, content) if name.startswith(part) else content)
    return path


SYSTEM = ["redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]


def redcap_export(folder, rows, fields, mapping="", name="export.csv"):
    """An export with these fields: a row is the record, event, instrument, instance and values of fields."""
    lines = [dict(zip(["record_id", *SYSTEM], row[:4], strict=True)) | row[4] for row in rows]
    pd.DataFrame(lines, columns=["record_id", *SYSTEM, *fields]).fillna("").to_csv(folder / name, index=False)
    if mapping:
        (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    return folder / name
