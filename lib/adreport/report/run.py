"""A report from data: notebooks run side by side, pages built aside and moved into place when all are whole."""

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from adreport.report import freshness
from adreport.report.parameters import page_parameters
from adreport.study.faults import ParameterFault, Refusal
from adreport.study.paths import COHORT, NOTEBOOKS, REPORTS

WORKERS = 3  # notebooks at once: one more than the cores of a small machine, since each waits now and then
PATIENCE_SECONDS = 15  # for a cancelled run to end
FAILED = "failed"
BUILDING = ".building-"
JOINED = ("index.html", "methods.html", "results.csv")
EXPLORER = "explore.html"
# A kernel warns that loopback is not encrypted each time it starts; its errors come with the notebook.
QUIET_KERNEL = ["--IPKernelApp.log_level=CRITICAL"]


Progress = Callable[[int, int], None]


class BrokenNotebook(Refusal):
    """A cell of the notebook of `page` failed."""

    def __init__(self, page: str, message: str):
        self.page = page
        super().__init__(message)


def render(
    data: Path = COHORT, out: Path = REPORTS, explorer: bool = True, progress: Progress | None = None, **given: Any
) -> list[str]:
    """Bring the report in `out` up to date and return the pages that had to be made anew.

    `explorer`: whether there is a page with filters, which holds a row for each course. `progress`:
    called with the notebooks that have run and all that must; without it there is a progress bar on
    a terminal. Raises Refusal for faults in data or parameters and for a failing cell; `out` then
    still holds the last whole report, and `out`/failed the notebook that broke.
    """
    data, out = data.resolve(), out.resolve()  # the notebooks run in a folder of their own choice
    parameters = page_parameters({"data": str(data), **given})
    joined = [*JOINED, EXPLORER] if explorer else JOINED
    wanted = freshness.fingerprints(parameters, data, joined)
    stale = freshness.stale_pages(out, wanted)
    if stale or not freshness.whole(out, joined):
        study = _study(data, parameters["cohort"])
        with _building(out) as aside:
            _keep_fresh(aside, out, [page for page in parameters if page not in stale])
            _execute(aside, {page: parameters[page] for page in stale}, out, progress or _bar(len(stale)))
            _write_pages(aside, study, parameters, stale, explorer)
            _move(aside, out, wanted, joined)
    return stale


def _study(data: Path, parameters: Mapping[str, Any]):
    """The study of a report; what is odd about it is said before anything runs."""
    from adreport.reading.examine import read_study
    from adreport.study.filters import Filters

    study = read_study(data).select(Filters.among(parameters))
    for warning in study.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    return study


def _keep_fresh(aside: Path, out: Path, pages: Sequence[str]) -> None:
    for page in pages:
        shutil.copy2(freshness.executed_notebook(out, page), aside / f"{page}.ipynb")
        shutil.copy2(out / f"{page}.html", aside / f"{page}.html")


def _bar(pages: int) -> Progress:
    """A progress bar on a terminal, nothing elsewhere."""
    from tqdm import tqdm

    bar = tqdm(total=pages, desc="Report", unit="page", disable=None)
    return lambda done, _: bar.update(done - bar.n)


def _execute(aside: Path, parameters: Mapping[str, dict], out: Path, progress: Progress) -> None:
    """Run the notebooks side by side; no kernel outlives it."""
    # Kernels that run side by side have no cores to spare for threads of linear algebra.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # jsonschema, which every notebook library imports, would parse a grammar of international
    # addresses for two seconds; no notebook holds any, and without the module it goes without.
    sys.modules.setdefault("rfc3987_syntax", None)
    # Before there are threads: an interrupt while two of them import the same packages leaves both waiting for ever.
    import papermill  # noqa: F401

    from adreport.report import shell as pages  # noqa: F401

    logging.disable(logging.CRITICAL)  # what is worth saying comes as an exception
    tempfile.tempdir, usual = str(aside), tempfile.tempdir  # where kernels leave their connection files
    pool, runs = ThreadPoolExecutor(WORKERS), []
    try:
        runs += [pool.submit(_run, page, aside / f"{page}.ipynb", given) for page, given in parameters.items()]
        for done, run in enumerate(as_completed(runs), 1):
            run.result()
            progress(done, len(runs))
    except BrokenNotebook as broken:
        _keep_failed(aside, out, broken.page)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        patience = time.monotonic() + PATIENCE_SECONDS
        while any(run.running() for run in runs) and time.monotonic() < patience:
            _end_kernels()  # a cancelled run ends when its kernel does
            time.sleep(0.1)
        tempfile.tempdir = usual
        logging.disable(logging.NOTSET)


def _run(page: str, executed: Path, parameters: dict[str, Any]) -> None:
    from papermill.exceptions import PapermillExecutionError

    notebook = NOTEBOOKS / f"{page}.ipynb"
    try:
        _papermill(notebook, executed, parameters)
    except PapermillExecutionError as error:
        # The index counts from 0, and the executed notebook has one cell more: the injected parameters.
        cell, first_line = error.cell_index, error.source.partition("\n")[0]
        raise BrokenNotebook(
            page,
            f"{notebook.name}, cell {cell} ({first_line}) failed: {error.ename}: {error.evalue}\n"
            f"The report is as it was; the notebook as far as it ran is {FAILED}/{notebook.name} beside it.",
        ) from None
    except RuntimeError as error:  # the kernel did not start, or died
        words = str(error).partition("\n")[0]
        raise BrokenNotebook(page, f"{notebook.name} could not be run ({words}). Try again.") from None


def _papermill(notebook: Path, executed: Path, parameters: dict[str, Any]) -> None:
    import papermill
    from jupyter_core.utils import ensure_event_loop

    run = partial(papermill.execute_notebook, notebook, executed, progress_bar=False, extra_arguments=QUIET_KERNEL)
    with closing(ensure_event_loop()):  # papermill's client makes this thread a loop, and would leave it open
        try:
            run(parameters=parameters)
        except RuntimeError:  # another program took the kernel's port between its choice and its use
            run(parameters=parameters)


def _write_pages(aside: Path, study, parameters: Mapping[str, dict], stale: list[str], explorer: bool) -> None:
    """The pages of the stale notebooks, and what joins all pages."""
    import nbformat
    import pandas as pd

    from adreport.report import shell as pages
    from adreport.study.eras import Rules

    notebooks = {page: nbformat.read(aside / f"{page}.ipynb", as_version=4) for page in parameters}
    linked = [*notebooks, "methods", *(["explore"] if explorer else [])]
    for page in stale:
        shell = pages.Shell(linked, pages.provenance(study, parameters[page]))
        _write(aside / f"{page}.html", pages.page(page, notebooks[page], shell))
    everything = {name: value for given in parameters.values() for name, value in given.items()}
    shell = pages.Shell(linked, pages.provenance(study, everything))
    _write(aside / "index.html", pages.index(notebooks, study, shell))
    if explorer:
        limits = {name: everything[name] for name in ("confidence_level", "min_courses") if name in everything}
        _write(aside / EXPLORER, pages.explore(study, shell, **limits))
    rules = Rules(**{rule.name: everything[rule.name] for rule in fields(Rules) if rule.name in everything})
    statistics = pd.concat([pages.results(notebook) for notebook in notebooks.values()]).drop_duplicates()
    _write(aside / "methods.html", pages.methods_page(study, statistics, shell, rules))
    _write(aside / "results.csv", statistics.to_csv(index=False, lineterminator="\n"))


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _building(out: Path) -> Iterator[Path]:
    """A folder in the report's own, so on the same disk, that is gone afterwards whatever happens.

    Its name tells the process that builds, so that two cannot build the same report, and what a
    killed one has left is swept away. Raises ParameterFault when there can be no such folder.
    """
    import psutil

    try:
        out.mkdir(parents=True, exist_ok=True)
        for other in out.glob(f"{BUILDING}*"):
            owner = other.name.removeprefix(BUILDING)
            if owner.isdigit() and psutil.pid_exists(int(owner)):
                raise ParameterFault(f"Another report is being made in {out}. Wait for it, or choose another folder.")
            shutil.rmtree(other, ignore_errors=True)
        aside = out / f"{BUILDING}{os.getpid()}"
        aside.mkdir()
    except OSError as error:
        raise ParameterFault(f"No report can be written to {out}: {error.strerror}.") from None
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _move(aside: Path, out: Path, wanted: Mapping[str, str], joined: Sequence[str]) -> None:
    """Put a whole report in place; its manifest goes last, so that a cut leaves it out of date, not wrong."""
    state = out / freshness.STATE
    state.mkdir(exist_ok=True)
    freshness.manifest_file(out).unlink(missing_ok=True)
    for file in sorted(file for file in aside.iterdir() if file.suffix in (".ipynb", ".html", ".csv")):
        file.replace((state if file.suffix == ".ipynb" else out) / file.name)
    if EXPLORER not in joined:
        (out / EXPLORER).unlink(missing_ok=True)
    _write(freshness.manifest_file(out), freshness.manifest(out, wanted, joined))
    shutil.rmtree(out / FAILED, ignore_errors=True)


def _keep_failed(aside: Path, out: Path, page: str) -> None:
    (out / FAILED).mkdir(exist_ok=True)
    if (aside / f"{page}.ipynb").exists():
        shutil.copy2(aside / f"{page}.ipynb", out / FAILED / f"{page}.ipynb")


def _end_kernels() -> None:
    """Kernels of cancelled runs would go on computing without a reader."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        child.kill()
