"""Small data sets for tests, written as a clinic's folder of CSV files."""

from pathlib import Path

import pandas as pd

from adreport.study.paths import COHORT

TABLES = ("patients", "courses", "side_effects")


def cohort() -> dict[str, pd.DataFrame]:
    """The tables of the reconstructed cohort, every cell a string."""
    return {name: pd.read_csv(COHORT / f"{name}.csv", dtype=str, keep_default_na=False) for name in TABLES}


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
