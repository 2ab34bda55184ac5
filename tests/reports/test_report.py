"""The whole report: built once by the command, then looked at; and what happens when something goes wrong."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adreport.reading.settings import file_digest
from adreport.report import freshness, parameters
from adreport.report import run as render
from adreport.report.parameters import PAGES, page_parameters
from adreport.report.run import EXPLORER, JOINED
from adreport.study.paths import COHORT, NOTEBOOKS, ROOT

ADREPORT = [sys.executable, "-m", "adreport.cli"]


def run(*arguments, **options):
    """The command with these arguments: exit status, standard output and standard error."""
    return subprocess.run([*ADREPORT, *map(str, arguments)], capture_output=True, text=True, check=False, **options)


def files(folder: Path) -> dict[str, str | None]:
    """A digest of every file below a folder."""
    return {str(file.relative_to(folder)): file_digest(file) for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def rows(report):
    with (report / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_report_is_an_index_a_page_per_notebook_and_the_results(report):
    names = {file.name for file in report.iterdir()}
    joined = {"index.html", "explore.html", "methods.html", "results.csv", ".build"}
    assert names == joined | {f"{page}.html" for page in PAGES}
    assert {file.suffix for file in (report / ".build").iterdir()} == {".ipynb", ".json"}


def test_results_have_the_columns_of_the_contract_and_only_numbers(rows):
    assert list(rows[0]) == [
        "output", "group1", "group1_level", "group2", "group2_level",
        "variable", "variable_level", "stat_name", "stat", "method",
    ]  # fmt: skip
    assert all(re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?|inf", row["stat"]) for row in rows)


def test_results_are_given_at_full_precision(rows):
    (p,) = [
        row["stat"]
        for row in rows
        if (row["output"], row["variable"], row["stat_name"]) == ("table2", "effective", "p.value")
    ]
    assert abs(float(p) - 0.00140314305937312) < 1e-15


def test_every_output_of_the_pages_is_in_the_results(rows):
    assert {row["output"] for row in rows} == {
        "flow", "off_label", "table1", "table2", "figure1", "pairwise", "predictors", "table3", "safety", "table4",
        "sequence_patterns", "table4_wide", "table4_long", "lines", "transitions", "transition_reasons", "steps",
        "between_lines", "flow_between_lines", "response_change", "status", "status_doubts", "ended_without_response",
        "rules", "patient_level", "multiverse", "survival", "exposure", "reproduction",
    }  # fmt: skip


def test_each_published_number_has_its_recomputed_one_and_a_verdict(rows):
    published = [row for row in rows if row["stat_name"].endswith(".published")]
    with (ROOT / "data" / "published" / "results.csv").open(encoding="utf-8", newline="") as file:
        printed = {
            tuple(row[name] for name in row if name not in ("printed", "method", "stat"))
            for row in csv.DictReader(file)
        }
    assert len(published) >= 0.95 * len(printed)
    verdicts = {row["method"].split(".")[0] for row in published}
    assert {"agrees", "agrees after rounding", "agrees after truncation", "differs"} <= verdicts


def test_the_numbers_in_sentences_are_those_of_the_results(report):
    page = (report / "efficacy.html").read_text(encoding="utf-8")
    assert "systemic corticosteroid and phototherapy (p = 0.0088)" in page
    assert "by Fisher exact, no pair has an adjusted p below 0.05 (the smallest is 0.103)" in page


def test_every_page_carries_the_notice_and_what_it_was_made_from(report):
    for file in report.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        assert "it is not patient data" in page, file.name
        assert f"SHA-256 {json.loads(json.dumps(freshness.data_checksum(COHORT)))}" in page, file.name


def test_pages_ask_for_nothing_outside_themselves(report):
    for file in report.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        addresses = re.findall(r'(?:src|srcset|href|action)="([^"]*)"|url\(([^)]*)\)', page)
        outside = [a or b for a, b in addresses if not re.match(r"data:|#|[\w-]+\.(html|csv)", a or b)]
        assert outside == [], file.name
        assert ("<script" in page) == (file.name == "explore.html"), file.name


def test_code_is_hidden_but_there_and_set_up_is_not_shown_at_all(report):
    page = (report / "safety.html").read_text(encoding="utf-8")
    assert '<details class="code"><summary>Code</summary>' in page
    assert "tables.side_effects(results, study)" in page
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
    again = {name: digest for name, digest in files(tmp_path / "again").items() if not name.startswith(".build")}
    assert again == {name: digest for name, digest in files(report).items() if not name.startswith(".build")}


def test_nothing_changed_nothing_done(report):
    before = {file: file.stat().st_mtime_ns for file in report.rglob("*")}
    done = run("report", "--out", report)
    assert (done.returncode, done.stdout.startswith("Nothing has changed")) == (0, True)
    assert {file: file.stat().st_mtime_ns for file in report.rglob("*")} == before


def stale(out, data=COHORT, **given):
    wanted = freshness.fingerprints(page_parameters({"data": str(data.resolve()), **given}), data, [*JOINED, EXPLORER])
    return freshness.stale_pages(out, wanted)


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A copy of the notebooks that a test may change."""
    folder = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns(".*"))
    for module in (freshness, parameters, render):
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
    wanted = freshness.fingerprints(page_parameters({}), COHORT, ())
    assert freshness.fingerprints(page_parameters({}), data, ()) == wanted
    courses = data / "courses.csv"
    courses.write_text(courses.read_text(encoding="utf-8").replace("P01,1,", "P01,1,", 1) + "\n", encoding="utf-8")
    assert all(freshness.fingerprints(page_parameters({}), data, ())[page] != wanted[page] for page in PAGES)


def test_a_page_that_was_touched_is_made_anew(report, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(report, copy)
    (copy / "cohort.html").write_text("edited by hand", encoding="utf-8")
    (copy / "safety.html").unlink()
    assert stale(copy) == ["cohort", "safety"]


def test_a_failing_cell_leaves_the_report_and_says_where(report, tmp_path, notebooks):
    copy = tmp_path / "copy"
    shutil.copytree(report, copy)
    before = files(copy)
    notebook = json.loads((notebooks / "safety.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][5]["source"] = ["1 / 0"]
    (notebooks / "safety.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(
        render.BrokenNotebook, match="safety.ipynb, cell 6 .1 / 0. failed: ZeroDivisionError: division by zero"
    ):
        render.render(out=copy)
    failed = copy / "failed" / "safety.ipynb"
    assert "ZeroDivisionError" in failed.read_text(encoding="utf-8")
    failed.unlink()
    assert files(copy) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals for another process")
@pytest.mark.parametrize(("name", "seconds"), [("SIGINT", 2.5), ("SIGTERM", 4.0), ("SIGHUP", 0.2)])
def test_an_interrupted_run_leaves_the_report_and_nothing_else(name, seconds, tmp_path):
    out = tmp_path / "report"
    process = subprocess.Popen(
        [*ADREPORT, "report", "--out", str(out)], stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background ignore it
    )  # fmt: skip
    while not list(out.glob(".building-*")):
        time.sleep(0.05)
    time.sleep(seconds)
    process.send_signal(getattr(signal, name))
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted; the report is as it was." in error
    assert "Traceback" not in error
    assert list(out.iterdir()) == []


def test_two_runs_cannot_make_the_same_report_and_leftovers_are_swept(tmp_path):
    (tmp_path / f".building-{os.getpid()}").mkdir()
    done = run("report", "--out", tmp_path)
    assert (done.returncode, "Another report is being made" in done.stderr) == (1, True)
    (tmp_path / f".building-{os.getpid()}").rename(tmp_path / ".building-999999999")
    done = run("report", "--out", tmp_path, "--treatments", "nothing")
    assert done.returncode == 1
    with render._building(tmp_path):
        assert [folder.name for folder in tmp_path.glob(".building-*")] == [f".building-{os.getpid()}"]


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
        (["--treatment", "CSA"], 2, "unrecognized arguments: --treatment"),
        (["--age-min", "six"], 2, "invalid float value"),
    ],
)
def test_a_parameter_that_is_wrong_makes_no_report_and_says_why(arguments, status, message, tmp_path):
    done = run("report", "--out", tmp_path / "report", *arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "report").glob("*"))


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_refuses_a_misspelt_variable(tmp_path):
    done = subprocess.run(
        ["make", "report", "TREATMNTS=CSA", f"OUT={tmp_path}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "TREATMNTS is not a parameter" in done.stderr
