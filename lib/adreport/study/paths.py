"""Where things are, relative to the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"
PUBLISHED = DATA / "published"
COHORT = DATA / "cohort"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
LIBRARY = Path(__file__).resolve().parent.parent
TEMPLATE = LIBRARY / "show" / "templates"
LAB = LIBRARY / "explorer" / "serve" / "lab"
VOILA = LIBRARY / "explorer" / "serve" / "app"
