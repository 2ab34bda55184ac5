"""The report that the panel makes of a selection, by a process of its own."""

import time

import pytest

from adreport import read_study
from adreport.explorer import reporting
from adreport.pages import PAGE_NAMES
from studies import written

REPORT_SECONDS = 300


def until(condition, seconds=REPORT_SECONDS):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(reporting, "FOLDER", tmp_path)
    return tmp_path


def test_a_report_of_the_selection_is_made_by_a_process_of_its_own(reports, cohort_study):
    part = reporting.Reporting(lambda: cohort_study.select("CSA,MTX", age_max=6))
    part.make.click()
    assert part.make.disabled  # while the panel stays in use
    assert until(lambda: part.progress.max == len(PAGE_NAMES))
    assert until(lambda: not part.make.disabled)
    assert part.index == reports / "cohort-treatments-CSA-MTX-age_max-6" / "index.html", part.message.value
    assert "Cyclosporine, Methotrexate; age at start of the course up to 6 years" in part.message.value
    assert (part.open.layout.display, part.progress.value) == ("", part.progress.max)
    for page in ("index", *PAGE_NAMES):
        assert "up to 6 years" in (part.index.parent / f"{page}.html").read_text(encoding="utf-8"), page
    explore_page = (part.index.parent / "explore.html").read_text(encoding="utf-8")
    assert '"report": {"AGE_MAX": "6", "DATA": "data/cohort", "TREATMENTS": "CSA,MTX"}' in explore_page


def test_a_report_is_cancelled_with_its_panel(reports, cohort_study):
    part = reporting.Reporting(lambda: cohort_study)
    part.make.click()
    process = part.process
    assert until(lambda: list(reports.glob("cohort/.build/new")))
    part.panel.close()
    assert until(lambda: not part.make.disabled, seconds=30)
    assert process.poll() == 130
    assert part.message.value == "Interrupted; the report is as it was."
    assert [file.name for file in (reports / "cohort").rglob("*")] == [".build", "lock"]


def test_a_report_that_is_refused_says_why(reports, tmp_path):
    study = read_study(written(tmp_path / "given" / "clinic"))
    (tmp_path / "given" / "clinic" / "courses.csv").unlink()
    part = reporting.Reporting(lambda: study)
    part.make.click()
    assert until(lambda: not part.make.disabled, seconds=30)
    assert "the table courses is missing" in part.message.value
    assert part.open.layout.display == "none"
