"""Where things are, relative to the repository."""

import csv
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"
PUBLISHED = DATA / "published"
COHORT = DATA / "cohort"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
LIBRARY = Path(__file__).resolve().parent.parent
TEMPLATE = LIBRARY / "show" / "templates"
PARTS = TEMPLATE / "parts"
LAB = LIBRARY / "explorer" / "serve" / "lab"
VOILA = LIBRARY / "explorer" / "serve" / "app"

DATA_VARIABLE = "ADREPORT_DATA"  # the data that `adreport lab` and `adreport app` were started for, as given
FOLDER_VARIABLE = "ADREPORT_FOLDER"  # where they were started: relative paths of data start there


def table_rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of `data/`, as text."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def located(data: str | Path) -> Path:
    """Where data are, as an absolute path."""
    return Path(os.environ.get(FOLDER_VARIABLE, ""), data).resolve()
