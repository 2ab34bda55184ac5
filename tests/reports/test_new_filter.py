"""A filter is stated once: a field added to `Filters` is an option, a make variable, a control, and on every page."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from adreport.study.paths import LIBRARY, ROOT

FIELD = """    onset_max: float | None = _filter(
        "onset_age_months", Bound.AT_MOST, "Age at onset", "only patients whose disease began at this age or before",
        "months at onset, inclusive", "months",
    )

    def __post_init__"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the repository whose library has one filter more, and no environment of its own."""
    root = tmp_path_factory.mktemp("house")
    for part in ("notebooks", "data"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(LIBRARY, root / "lib" / "adreport", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / file, root)
    filters = root / "lib" / "adreport" / "study" / "filters.py"
    text = filters.read_text(encoding="utf-8")
    assert text.count("\n    def __post_init__") == 1
    filters.write_text(text.replace("    def __post_init__", FIELD, 1), encoding="utf-8")
    command = root / ".venv" / "bin" / "adreport"
    command.parent.mkdir(parents=True)
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH={root / "lib"} exec {sys.executable} -m adreport.cli "$@"\n', encoding="utf-8"
    )
    command.chmod(0o755)
    return root


def make(house, *arguments):
    """Run make in the copy, as if its environment had been made."""
    command = ["make", "--old-file=.venv/ready", *arguments]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def report(house):
    """The report of the patients whose disease began within their first year."""
    done = make(house, "report", "ONSET_MAX=12", "LINE_MAX=2")
    assert done.returncode == 0, done.stderr
    return house / "reports"


def in_copy(house, code):
    """The JSON that Python code prints with the copied library."""
    environment = os.environ | {"PYTHONPATH": str(house / "lib")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@needs_make
def test_it_is_a_variable_of_make_and_filters_every_page(report):
    for page in ("index", "cohort", "efficacy", "sequences"):
        text = (report / f"{page}.html").read_text(encoding="utf-8")
        assert "line of therapy up to 2; age at onset up to 12 months" in text, page


@needs_make
def test_it_is_a_filter_of_the_page_with_filters(report):
    text = (report / "explore.html").read_text(encoding="utf-8")
    held = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    (onset,) = (one for one in held["filters"] if one["title"] == "Age at onset")
    assert onset["limits"] == [{"name": "onset_max", "bound": "at most"}]
    assert (onset["kind"], onset["unit"], onset["high"]) == ("limits", "months", 12)
    assert max(held["courses"]["onset_age_months"]) == 24  # in halves
    assert held["report"] == {"DATA": "data/cohort", "ONSET_MAX": "12", "LINE_MAX": "2"}


@needs_make
def test_an_unknown_variable_is_refused_and_the_nearest_named(house):
    done = make(house, "report", "ONSET_MXA=12")
    assert done.returncode == 2
    assert "--onset-mxa" in done.stderr
    assert "Did you mean --onset-max?" in done.stderr
    assert "ONSET_MAX is not a parameter" in make(house, "check", "ONSET_MAX=12").stderr


def test_it_is_a_control_of_the_panel(house):
    code = """
import json
from adreport import read_study
from adreport.explorer.panel import Explorer
explorer = Explorer(read_study())
control = explorer.controls.by_title["Age at onset (months)"].widget
before = len(explorer.selected.courses), control.description, control.value == control.max
control.value = 12
selected = explorer.selected
print(json.dumps([*before, len(selected.courses), selected.selection.arguments, explorer.status.value]))
"""
    before, words, at_end, after, arguments, status = in_copy(house, code)
    assert (before, words, at_end, arguments) == (81, "up to", True, {"onset_max": 12})
    assert after < before
    assert "make report DATA=data/cohort ONSET_MAX=12" in status


def test_it_is_an_option_and_a_parameter_of_a_notebook(house, tmp_path):
    code = f"""
import json, papermill
from adreport.report.parameters import shared_lines
from adreport.study.paths import NOTEBOOKS
ran = papermill.execute_notebook(
    NOTEBOOKS / "efficacy.ipynb", {str(tmp_path / "ran.ipynb")!r}, {{"onset_max": 12}}, progress_bar=False
)
shown = [output.data["text/html"] for cell in ran.cells for output in cell.get("outputs", []) if "data" in output]
print(json.dumps([shown[0], shared_lines()]))
"""
    masthead, lines = in_copy(house, code)
    assert "age at onset up to 12 months" in masthead
    assert "onset_max = None  # months at onset, inclusive" in lines
    refused = subprocess.run(
        [house / ".venv" / "bin" / "adreport", "report", "--onset-max", "-1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "No treatment course is left with: age at onset up to -1 months." in refused.stderr
