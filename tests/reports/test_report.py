"""The whole report: built once by the command, then looked at; and what happens when something goes wrong."""

import csv
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import psutil
import pytest

from adreport.pages import PAGE_NAMES as PAGES
from adreport.reading.settings import file_digest
from adreport.report import execute, freshness, parameters, place
from adreport.report import run as render
from adreport.report.parameters import page_parameters
from adreport.report.run import EXPLORER, JOINED
from adreport.study.faults import ParameterFault
from adreport.study.paths import COHORT, NOTEBOOKS
from studies import written

ADREPORT = [sys.executable, "-m", "adreport.cli"]


def run(*arguments, **options):
    """The command with these arguments: exit status, standard output and standard error."""
    return subprocess.run([*ADREPORT, *map(str, arguments)], capture_output=True, text=True, check=False, **options)


def files(folder: Path) -> dict[str, str | None]:
    """A digest of every file below a folder."""
    return {str(file.relative_to(folder)): file_digest(file) for file in folder.rglob("*") if file.is_file()}


def pages_of(folder: Path) -> dict[str, str | None]:
    """The same without executed notebooks, which hold the times at which they ran."""
    return {name: digest for name, digest in files(folder).items() if not name.startswith(".build")}


@pytest.fixture(scope="module")
def rows(report):
    with (report / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_report_is_an_index_a_page_per_notebook_and_the_results(report):
    names = {file.name for file in report.iterdir()}
    joined = {*JOINED, "explore.html", "figures", "tables", ".build"}
    assert names == joined | {f"{page}.html" for page in PAGES}
    assert {file.suffix for file in (report / ".build").iterdir()} == {".ipynb", ".json", ""}  # the last is the lock


def test_results_have_the_columns_of_the_contract_and_only_numbers(rows):
    assert list(rows[0]) == [
        "output", "group1", "group1_level", "group2", "group2_level",
        "variable", "variable_level", "stat_name", "stat", "unit", "method", "note",
    ]  # fmt: skip
    assert all(re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?|inf", row["stat"]) for row in rows)


def test_results_are_given_at_full_precision(rows):
    (p,) = [
        row["stat"]
        for row in rows
        if (row["output"], row["variable"], row["stat_name"]) == ("table2", "effective", "p.value")
    ]
    assert abs(float(p) - 0.00140314305937312) < 1e-15


def test_the_results_are_what_the_pages_offer_for_download_and_the_overview(report):
    offered = set()
    for page in PAGES:
        text = (report / f"{page}.html").read_text(encoding="utf-8")
        (table,) = re.findall(r'<p class="download"><a download="" href="([^"]+)"', text)
        heads, *lines = (report / table).read_text(encoding="utf-8").splitlines()
        assert lines, page
        offered |= {heads, *lines}
    results = (report / "results.csv").read_text(encoding="utf-8").splitlines()
    assert offered == {line for line in results if not line.startswith("overview,")}
    assert 'overview,,,,,effective,,n,67.0,,"Wilson interval, 95%",' in results


def test_the_outputs_that_others_rely_on_are_in_the_results(rows):
    assert {row["output"] for row in rows} >= {
        "table1", "table2", "figure1", "pairwise", "predictors", "table3", "table4", "survival", "exposure", "lines",
        "transitions", "patient_level", "multiverse", "reproduction",
    }  # fmt: skip


STATISTIC = ("group1_level", "variable", "variable_level")


def _statistic(row, ending):
    """Where the paper prints a number and what it is: output, place, group, variable, level, statistic."""
    keys = (row[name] for name in STATISTIC)
    return row["group1"], row["group2_level"], *keys, row["stat_name"].removesuffix(ending)


def test_the_numbers_in_sentences_are_those_of_the_results(report):
    page = unescape(re.sub("<[^>]+>", "", (report / "efficacy.html").read_text(encoding="utf-8")))
    assert "systemic corticosteroid and phototherapy (p = 0.009)" in page
    assert "none has p < 0.05 by Fisher’s exact test after Holm (the smallest is 0.10)" in page


def test_every_page_carries_the_notice_and_what_it_was_made_from(report):
    for file in report.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        assert "it is not patient data" in page, file.name
        assert f"SHA-256 {freshness.data_checksum(COHORT)}" in page, file.name


def test_pages_ask_for_nothing_outside_themselves(report):
    for file in report.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        addresses = re.findall(r'(?:src|srcset|href|action)="([^"]*)"|url\(([^)]*)\)', page)
        outside = [
            a or b
            for a, b in addresses
            if not re.match(r"data:|#|figures/\w+\.svg$|tables/\w+\.(csv|xlsx)$|[\w-]+\.(html|csv|docx|xlsx)", a or b)
        ]
        assert outside == [], file.name
        assert not re.search(r"<script[^>]*\bsrc=", page), file.name


def test_every_link_of_the_checklist_leads_to_a_heading(report):
    links = re.findall(r'<a href="([^"#]+)(?:#([^"]+))?"', (report / "checklist.html").read_text(encoding="utf-8"))
    headings = {
        file.name: set(re.findall(r'<h2 id="([^"]*)"', file.read_text(encoding="utf-8")))
        for file in report.glob("*.html")
    }
    missing = [(page, unescape(place)) for page, place in links if place and unescape(place) not in headings[page]]
    assert len([place for _, place in links if place]) > 40
    assert missing == []


def test_code_is_hidden_but_there_and_set_up_is_not_shown_at_all(report):
    page = (report / "safety.html").read_text(encoding="utf-8")
    assert '<details class="code"><summary>Code</summary>' in page
    assert "results.show(safety.TERMS)" in page
    assert "read_study(" not in page
    assert "min_courses = 5" not in page


def test_links_within_the_report_lead_somewhere(report):
    for file in report.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        for target in re.findall(r'href="([^"]+)"', page):
            name, _, anchor = target.partition("#")
            if target.startswith("data:"):
                continue
            linked = page if not name else None
            assert not name or (report / name).exists(), target
            assert not anchor or linked is None or f'id="{anchor}"' in linked, target


def test_the_same_input_gives_the_same_bytes(report, tmp_path):
    assert run("report", "--out", tmp_path / "again").returncode == 0
    assert pages_of(tmp_path / "again") == pages_of(report)


def test_nothing_changed_nothing_done(report_copy):
    before = {file: file.stat().st_mtime_ns for file in report_copy.rglob("*")}
    done = run("report", "--out", report_copy)
    assert (done.returncode, done.stdout.startswith("Nothing has changed")) == (0, True)
    assert {file: file.stat().st_mtime_ns for file in report_copy.rglob("*")} == before


def stale(out, data=COHORT, **given):
    wanted = freshness.fingerprints(page_parameters({"data": str(data.resolve()), **given}), data, [*JOINED, EXPLORER])
    return freshness.stale_notebooks(out, wanted)


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A copy of the notebooks that a test may change."""
    folder = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns(".*"))
    for module in (execute, freshness, parameters):
        monkeypatch.setattr(module, "NOTEBOOKS", folder)
    return folder


def test_a_change_of_one_notebook_reruns_one(report, notebooks):
    assert stale(report) == []
    safety = notebooks / "safety.ipynb"
    safety.write_text(safety.read_text(encoding="utf-8").replace("What harm", "Which harm"), encoding="utf-8")
    assert stale(report) == ["safety"]


def test_a_change_of_parameters_reruns_the_pages_that_have_them(report):
    assert stale(report, age_max=6.0) == list(PAGES)
    assert stale(report, min_courses=3) == ["cohort", "efficacy", "survival", "safety", "sensitivity"]


def test_a_change_of_a_data_row_reruns_all(report, tmp_path):
    data = tmp_path / "cohort"
    shutil.copytree(COHORT, data)
    wanted = freshness.fingerprints(page_parameters({}), COHORT, ()).runs
    assert freshness.fingerprints(page_parameters({}), data, ()).runs == wanted
    courses = data / "courses.csv"
    courses.write_text(courses.read_text(encoding="utf-8").replace("P01,1,", "P01,11,", 1), encoding="utf-8")
    assert all(freshness.fingerprints(page_parameters({}), data, ()).runs[page] != wanted[page] for page in PAGES)


def test_a_page_that_was_touched_is_made_again_and_only_a_touched_notebook_is_run_again(report, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(report, copy)
    (copy / "cohort.html").write_text("edited by hand", encoding="utf-8")
    (copy / "safety.html").unlink()
    ran = copy / ".build" / "survival.ipynb"
    ran.write_text(ran.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert stale(copy) == ["survival"]
    assert render.render(out=copy) == ["cohort", "survival", "safety"]
    assert pages_of(copy) == pages_of(report)


@pytest.mark.parametrize(
    ("file", "around"),
    [
        ("show/templates/page.css", True), ("show/templates/explore.js", True), ("report/shell.py", True),
        ("show/templates/parts/table.html.j2", False), ("show/parts.py", False), ("study/model.py", False),
        ("pages/efficacy/results.py", False), ("show/report.mplstyle", False), ("__init__.py", False),
    ],
)  # fmt: skip
def test_notebooks_run_again_for_what_they_read_and_pages_are_drawn_again_for_the_rest(file, around):
    assert freshness.LIBRARY / file in freshness._files(around)
    assert freshness.LIBRARY / file not in freshness._files(not around)


def test_a_change_of_style_draws_every_page_again_and_runs_no_notebook(report, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    shutil.copytree(report, copy)
    style = freshness.TEMPLATE / "page.css"
    digest = freshness.file_digest
    monkeypatch.setattr(freshness, "file_digest", lambda file: "another" if file == style else digest(file))
    monkeypatch.setattr(execute, "execute", lambda *_: pytest.fail("a notebook is run"))
    assert render.render(out=copy) == list(PAGES)
    assert render.render(out=copy) == []


def test_a_failing_cell_leaves_the_report_and_says_where(report_copy, notebooks):
    before = files(report_copy)
    notebook = json.loads((notebooks / "safety.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][5]["source"] = ["1 / 0"]
    (notebooks / "safety.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(
        execute.BrokenNotebook, match="safety.ipynb, cell 6 .1 / 0. failed: ZeroDivisionError: division by zero"
    ) as broken:
        render.render(out=report_copy)
    failed = report_copy / ".build" / "failed" / "safety.ipynb"
    assert f"the notebook as far as it ran is {failed}" in str(broken.value)
    assert "ZeroDivisionError" in failed.read_text(encoding="utf-8")
    failed.unlink()
    assert files(report_copy) == before


def begun(aside):
    """Whether a run has a folder to build in, but nothing in it."""
    return aside.is_dir()


def running(aside):
    """Whether kernels have been asked for: papermill writes each notebook before it runs the first cell."""
    return any(aside.glob("*.ipynb"))


def half_done(aside):
    """Whether some cell of some notebook has run: papermill writes the notebook again after each."""
    return any('"status": "completed"' in file.read_text(encoding="utf-8") for file in aside.glob("*.ipynb"))


def test_a_failing_notebook_ends_its_kernels_and_no_other_process(tmp_path, notebooks):
    for name in ("cohort", "safety"):
        notebook = json.loads((notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))
        notebook["cells"][5]["source"] = ["1 / 0" if name == "safety" else "import time; time.sleep(300)"]
        (notebooks / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    try:
        with pytest.raises(execute.BrokenNotebook):
            render.render(out=tmp_path)
        assert own.poll() is None
        assert psutil.Process().children(recursive=True) == [psutil.Process(own.pid)]
    finally:
        own.kill()
        own.wait()


def test_a_report_made_by_the_library_changes_nothing_in_the_process(tmp_path):
    code = f"""
import logging, os, pathlib, sys, tempfile
from adreport.report.run import render
before = dict(os.environ), logging.root.manager.disable, tempfile.gettempdir()
render(out=pathlib.Path({str(tmp_path)!r}), treatments="CSA,MTX")
assert before == (dict(os.environ), logging.root.manager.disable, tempfile.gettempdir())
assert sys.modules.get("rfc3987_syntax", True) is not None
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals for another process")
@pytest.mark.parametrize(("name", "reached"), [("SIGHUP", begun), ("SIGINT", running), ("SIGTERM", half_done)])
def test_an_interrupted_run_leaves_the_report_and_nothing_else(name, reached, tmp_path):
    out = tmp_path / "report"
    process = subprocess.Popen(
        [*ADREPORT, "report", "--out", str(out)], stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background ignore it
    )  # fmt: skip
    aside, end = out / ".build" / "new", time.monotonic() + 120
    while not reached(aside):
        assert process.poll() is None and time.monotonic() < end, f"never {reached.__name__}"
        time.sleep(0.02)
    process.send_signal(getattr(signal, name))
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted; the report is as it was." in error
    assert "Traceback" not in error
    assert [file.name for file in out.rglob("*")] == [".build", "lock"]


def test_two_runs_cannot_make_the_same_report_and_leftovers_are_swept(tmp_path):
    left = tmp_path / ".build" / "new" / "cohort.ipynb"
    left.parent.mkdir(parents=True)
    left.write_text("of a build that was killed", encoding="utf-8")
    with place.building(tmp_path, []) as aside:
        assert not left.exists()
        done = run("report", "--out", tmp_path)
        assert (done.returncode, "Another report is being made" in done.stderr) == (1, True)
        assert aside.is_dir()
    assert not aside.exists()


def test_what_no_report_made_is_neither_replaced_nor_deleted(tmp_path):
    for name in ("results.csv", "failed/thesis.txt", ".building-site/plan.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine", encoding="utf-8")
    done = run("report", "--out", tmp_path)
    assert (done.returncode, "holds results.csv, which no report" in done.stderr) == (1, True)
    (tmp_path / "results.csv").rename(tmp_path / "results of mine.csv")
    with place.building(tmp_path, ["results.csv"]):
        pass
    assert {file.read_text(encoding="utf-8") for file in tmp_path.rglob("*") if file.suffix in (".csv", ".txt")} == {
        "mine"
    }


def test_data_that_are_saved_during_a_report_are_not_mixed(report_copy, tmp_path, monkeypatch):
    data, before = written(tmp_path / "clinic"), files(report_copy)
    monkeypatch.setattr(
        render, "_execute", lambda *_: (data / "study.yml").write_text("title: another", encoding="utf-8")
    )
    monkeypatch.setattr(render, "_write", lambda *_: None)
    with pytest.raises(ParameterFault, match="was saved while the report was being made"):
        render.render(data, report_copy)
    assert files(report_copy) == before


def test_a_signal_while_files_are_moved_comes_too_late(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    with place._uninterrupted():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_full_disk_is_a_message(tmp_path):
    with (
        pytest.raises(ParameterFault, match="No space left on device. A report there is as it was"),
        place.building(tmp_path, []),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_kernel_that_hangs_is_ended(tmp_path, notebooks, monkeypatch):
    notebook = json.loads((notebooks / "safety.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][5]["source"] = ["import time; time.sleep(300)"]
    (notebooks / "safety.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr(execute, "CELL_SECONDS", 6)
    with pytest.raises(execute.BrokenNotebook, match="a cell of safety.ipynb did not end within 0.1 minutes"):
        execute.execute(tmp_path, {"safety": {}}, lambda done, notebooks: None)


def test_a_report_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    done = run("report", "--out", tmp_path / "file")
    assert (done.returncode, "No report can be written to" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--set", "min_course=3"], 1, "min_course is not a parameter of any notebook. Did you mean min_courses?"),
        (["--treatments", "cyclosporn"], 1, "“cyclosporn” is not a treatment. Did you mean"),
        (["--age-min", "18"], 1, "No treatment course is left with: age at start of the course from 18 years."),
        (["--sex", "woman"], 1, "“woman” is not a sex"),
        (["--data", "nowhere"], 1, "does not exist"),
        (["--set", "confidence_level=95"], 1, "confidence_level must be from 0.5 to 0.999 (0.95 for 95 %), not 95."),
        (["--set", "rescue=maybe"], 1, "rescue must be one of out, in, not 'maybe'"),
        (["--set", "join_gap_days=-1"], 1, "join_gap_days must be 0 or more, not -1"),
        (["--set", "min_courses="], 1, "min_courses must be a number, not None"),
        (["--set", "data=elsewhere"], 1, "data and filters have options of their own"),
        (["--age-min", "5", "--age-max", "3"], 1, "age_min (5) is above age_max (3)"),
        (["--data", ""], 2, "is empty"),
        (["--treatment", "CSA"], 2, "unrecognized arguments: --treatment CSA. Did you mean --treatments?"),
        (["--age-min", "six"], 2, "invalid float value"),
    ],
)
def test_a_parameter_that_is_wrong_makes_no_report_and_says_why(arguments, status, message, tmp_path):
    done = run("report", "--out", tmp_path / "report", *arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "report").glob("*"))
