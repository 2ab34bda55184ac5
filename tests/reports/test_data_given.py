"""Data are those that a command was given: in every notebook that JupyterLab opens, and in every command suggested."""

import json
import re
import subprocess
import sys

import papermill
import pytest

from adreport import read_study
from adreport.cli import main
from adreport.pages import PAGE_NAMES
from adreport.report.parameters import make_command, notebook_parameters
from adreport.report.run import render
from adreport.study.eras import Rules
from adreport.study.paths import COHORT, DATA_VARIABLE, FOLDER_VARIABLE, NOTEBOOKS
from studies import of_patients, written


@pytest.fixture
def clinic(tmp_path, monkeypatch):
    """A folder with a clinic's data, and the working folder in it."""
    written(tmp_path / "my clinic", **of_patients("P10", "P11"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGE_NAMES)
def test_no_notebook_names_data_of_its_own(page):
    assert notebook_parameters(NOTEBOOKS / f"{page}.ipynb")["data"] == ""


def test_every_notebook_in_the_lab_reads_the_data_that_it_was_opened_for(clinic, monkeypatch):
    monkeypatch.setenv(DATA_VARIABLE, "my clinic")
    monkeypatch.setenv(FOLDER_VARIABLE, str(clinic))
    monkeypatch.chdir(NOTEBOOKS)  # where JupyterLab runs them
    assert read_study().source == "my clinic"
    ran = papermill.execute_notebook(NOTEBOOKS / "efficacy.ipynb", clinic / "efficacy.ipynb", progress_bar=False)
    (masthead,) = (cell for cell in ran.cells if "masthead" in cell.metadata.tags)
    assert "my clinic" in masthead.outputs[0].data["text/html"]
    assert read_study("my clinic").source == "my clinic"  # a path starts where the command was run
    assert read_study(COHORT).source == "cohort"


@pytest.mark.parametrize("command", ["lab", "app"])
def test_a_server_is_not_started_for_data_that_cannot_be_read(command, clinic, capsys, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a server is started"))
    assert main([command, "--data", "missing.xlsx"]) == 1
    assert "missing.xlsx: does not exist" in capsys.readouterr().err
    (clinic / "my clinic" / "courses.csv").write_text("patient_id,course\nP10,1\n", encoding="utf-8")
    assert main([command, "--data", "my clinic"]) == 1
    assert "treatment" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lab", "app"])
def test_a_server_is_told_its_data_as_given_and_where(command, clinic, monkeypatch):
    told = {}
    monkeypatch.setattr(subprocess, "run", lambda *_, env: told.update(env) or subprocess.CompletedProcess([], 0))
    assert main([command, "--data", "my clinic"]) == 0
    assert (told[DATA_VARIABLE], told[FOLDER_VARIABLE]) == ("my clinic", str(clinic))


def test_a_command_names_data_filters_and_rules(clinic):
    study = read_study("my clinic")
    assert make_command(study) == "make report DATA='my clinic'"
    changed = study.under(Rules(shortest_days=1, rescue="in")).select(age_max=30, line_max=2)
    assert make_command(changed) == (
        "make report DATA='my clinic' AGE_MAX=30 LINE_MAX=2 SET='shortest_days=1 rescue=in'"
    )
    assert make_command(read_study()) == make_command(read_study(COHORT)) == "make report DATA=data/cohort"


def test_the_page_with_filters_names_the_data_as_they_were_given(clinic):
    done = subprocess.run(
        [sys.executable, "-m", "adreport.cli", "report", "--data", "my clinic", "--out", "report"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (clinic / "report" / "explore.html").read_text(encoding="utf-8")
    assert json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])["report"] == {"DATA": "my clinic"}
    assert str(clinic) not in page
    assert render(clinic / "my clinic", clinic / "report") == list(PAGE_NAMES)  # as a path from elsewhere
    assert str(clinic) in (clinic / "report" / "explore.html").read_text(encoding="utf-8")
