"""Where things are, relative to the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
PUBLISHED = DATA / "published"
COHORT = DATA / "cohort"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
TEMPLATE = Path(__file__).resolve().parent / "template"
LAB = Path(__file__).resolve().parent / "lab"
VOILA = Path(__file__).resolve().parent / "app"
