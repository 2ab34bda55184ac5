"""What is stated in one place is followed everywhere: the report, the panel and explore.html of a changed library."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from adreport.study.paths import ROOT
from studies import cohort, written

EXTRA_PAGE = '''"""An added page."""

from adreport.pages.efficacy import RATES

EXHIBITS = (RATES,)
'''
FILTER = """    onset_max: float | None = _filter(
        "onset_age_months", Bound.AT_MOST, "Age at onset", "only patients with onset at this age or below (months)",
        "months, inclusive", "months",
    )
"""
SCALE = """
response:
  levels: {0: poor, 1: good, 2: very good, 3: cleared}
  effective: [1, 2, 3]
  significant: [2, 3]
"""
PANEL = """
import sys
from adreport import explore, read_study
from adreport.explorer.panel import Explorer

panel = Explorer(read_study(sys.argv[1]))
texts = []
def walk(widget):
    texts.extend(str(getattr(widget, name, "")) for name in ("value", "description", "options"))
    for child in getattr(widget, "children", ()):
        walk(child)
for place in range(len(panel.tabs.children)):
    panel.tabs.selected_index = place
    walk(panel.panel)
print("\\n".join([*texts, *panel.tabs.titles]))
"""


def changed(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the repository with one more reason, treatment, horizon, filter and page, each added in one place."""
    house = tmp_path_factory.mktemp("house")
    for name in ("lib", "data", "notebooks"):
        shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "requirements.lock", house)
    library = house / "lib" / "adreport"
    changed(house / "data/dictionary.csv", ";ongoing=Ongoing", ";pregnancy=Pregnancy;ongoing=Ongoing")
    treatments = house / "data/treatments.csv"
    row = treatments.read_text(encoding="utf-8").splitlines()[1].split(",")
    row[:3] = ["testolimus", "TST", "Testolimus"]
    row[5], row[-1] = "", "#123456"
    treatments.write_text(treatments.read_text(encoding="utf-8") + ",".join(row) + "\n", encoding="utf-8")
    horizon = 'Horizon(730, "2 years", 24),\n'
    changed(library / "pages/survival/horizons.py", horizon, f'{horizon}    Horizon(1095, "3 years", 36),\n')
    changed(library / "study/filters.py", "    def __post_init__(self)", f"{FILTER}\n    def __post_init__(self)")
    pages = library / "pages/__init__.py"
    pages.write_text(re.sub(r"(PAGES = \(\n)", r'\1    Page("extra", "An extra page", "extra"),\n', pages.read_text()))
    (library / "pages/extra").mkdir()
    (library / "pages/extra/__init__.py").write_text(EXTRA_PAGE, encoding="utf-8")
    notebook = json.loads((house / "notebooks/efficacy.ipynb").read_text(encoding="utf-8"))
    cells = notebook["cells"]
    kept = [*cells[:6], cells[-1]]
    text = json.dumps(notebook | {"cells": kept}).replace("efficacy", "extra")
    (house / "notebooks/extra.ipynb").write_text(text, encoding="utf-8")
    return house


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """The cohort with some courses of what was added."""
    courses = cohort()["courses"]
    azathioprine = courses.index[courses["treatment"] == "azathioprine"]
    courses.loc[azathioprine[:3], "treatment"] = "testolimus"
    ended = courses.index[courses["discontinuation_reason"].eq("unresponsiveness")]
    courses.loc[ended[:4], "discontinuation_reason"] = "pregnancy"
    courses.loc[courses.index[courses["response"].eq("2")][:5], "response"] = "3"
    folder = written(tmp_path_factory.mktemp("clinic"), courses=courses)
    (folder / "study.yml").write_text(f"title: A changed house\ndata_lock_date: 2022-12-31\n{SCALE}", encoding="utf-8")
    return folder


def run(house, *arguments):
    environment = os.environ | {"PYTHONPATH": str(house / "lib")}
    done = subprocess.run([sys.executable, *map(str, arguments)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made(house, clinic):
    """The report of that clinic by that library."""
    run(house, "-m", "adreport.cli", "report", "--data", clinic, "--out", house / "out", "--onset-max", 100)
    return house / "out"


@pytest.fixture(scope="module")
def results(made):
    return pd.read_csv(made / "results.csv", keep_default_na=False)


def test_the_pages_of_the_report_hold_what_was_added(made):
    pages = {file.stem: file.read_text(encoding="utf-8") for file in made.glob("*.html")}
    assert "An extra page" in pages["index"] and "How many courses worked?" in pages["extra"]
    for name in ("efficacy", "cohort", "survival", "safety", "sequences"):
        assert "Testolimus" in pages[name], name
        assert "age at onset up to 100 months" in pages[name], name
    assert "Pregnancy" in pages["efficacy"] and "regnancy" in pages["sequences"]
    assert "3 years" in pages["survival"] and "cleared" in pages["efficacy"]
    assert "#123456" in pages["sequences"] + pages["efficacy"] or "123456" in pages["sequences"]


def test_every_course_stays_in_the_risk_set_whatever_its_reason(results):
    survival = results[results["output"].eq("survival") & results["stat_name"].eq("estimate")]
    assert "1095" in set(survival["variable_level"])
    lasting = survival[survival["variable"].eq("drug_survival")].set_index(["group1_level", "variable_level"])["stat"]
    for by in ("discontinuation_reason", "discontinuation_group"):
        ended = survival[survival["variable"].eq("cumulative_incidence") & survival["group2"].eq(by)]
        total = ended.groupby(["group1_level", "variable_level"])["stat"].sum()
        together = (total + lasting.reindex(total.index)).dropna()
        assert len(together) > 10
        assert together.to_numpy() == pytest.approx(1)
    assert "pregnancy" in set(results.loc[results["group2"].eq("discontinuation_reason"), "group2_level"])


def test_explore_html_holds_what_was_added(made):
    page = (made / "explore.html").read_text(encoding="utf-8")
    data = re.search(r'id="data">(.*?)</script>', page, flags=re.DOTALL).group(1)
    for words in ("Testolimus", "TST", "#123456", "cleared", "onset_max", "Age at onset"):
        assert words in data, words


def test_the_panel_holds_what_was_added(house, clinic):
    shown = run(house, "-c", PANEL, clinic)
    for words in ("Testolimus", "Age at onset", "Pregnancy", "3 years", "cleared", "An extra page"):
        assert words in shown, words
