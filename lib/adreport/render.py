"""A report from data: notebooks run side by side, pages built aside and moved into place when all are whole."""

import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adreport import freshness
from adreport.faults import Refusal
from adreport.parameters import page_parameters
from adreport.paths import COHORT, NOTEBOOKS, REPORTS

WORKERS = 3  # notebooks at once: one more than the cores of a small machine, since each waits now and then
FAILED = "failed"
# A kernel warns that loopback is not encrypted each time it starts; its errors come with the notebook.
QUIET_KERNEL = ["--IPKernelApp.log_level=CRITICAL"]


class BrokenNotebook(Refusal):
    """A cell of a notebook failed."""


def render(data: Path = COHORT, out: Path = REPORTS, **given: Any) -> list[str]:
    """Bring the report in `out` up to date and return the pages that had to be made anew.

    Raises Refusal for faults in data or parameters and for a failing cell; `out` then still holds
    the last whole report, and `out`/failed the notebook that broke.
    """
    data, out = data.resolve(), out.resolve()  # the notebooks run in a folder of their own choice
    parameters = page_parameters({"data": str(data), **given})
    wanted = freshness.fingerprints(parameters, data)
    stale = freshness.stale_pages(out, wanted)
    if stale or not freshness.whole(out):
        _build(data, out, parameters, wanted, stale)
    return stale


def _build(data: Path, out: Path, parameters: Mapping[str, dict], wanted: Mapping[str, str], stale: list[str]) -> None:
    from adreport.study import read_study

    # Kernels that run side by side have no cores to spare for threads of linear algebra.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # jsonschema, which every notebook library imports, would parse a grammar of international
    # addresses for two seconds; no notebook holds any, and without the module it goes without.
    sys.modules.setdefault("rfc3987_syntax", None)
    selection = {
        name: value
        for name, value in parameters["cohort"].items()
        if name in ("treatments", "age_min", "age_max", "sex")
    }
    study = read_study(data).select(**selection)
    out.mkdir(parents=True, exist_ok=True)
    with _building(out) as aside:
        for page in parameters:
            if page not in stale:
                shutil.copy2(freshness.executed_notebook(out, page), aside / f"{page}.ipynb")
                shutil.copy2(out / f"{page}.html", aside / f"{page}.html")
        _execute(aside, {page: parameters[page] for page in stale}, out)
        _write_pages(aside, study, parameters, stale)
        _move(aside, out, wanted)


def _execute(aside: Path, parameters: Mapping[str, dict], out: Path) -> None:
    """Run the notebooks side by side, with a progress bar on a terminal."""
    from tqdm import tqdm

    pool = ThreadPoolExecutor(WORKERS)
    logging.disable(logging.CRITICAL)  # what is worth saying comes as an exception
    try:
        runs = [pool.submit(_run, page, aside / f"{page}.ipynb", given) for page, given in parameters.items()]
        from adreport import pages  # noqa: F401  # a second's import that can run while the notebooks do

        for run in tqdm(as_completed(runs), total=len(runs), desc="Report", unit="page", disable=None):
            run.result()
    except BrokenNotebook:
        _keep_failed(aside, out)
        raise
    finally:
        logging.disable(logging.NOTSET)
        pool.shutdown(wait=False, cancel_futures=True)
        _end_kernels()


def _run(page: str, executed: Path, parameters: dict[str, Any]) -> None:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    notebook = NOTEBOOKS / f"{page}.ipynb"
    try:
        papermill.execute_notebook(
            notebook, executed, parameters=parameters, progress_bar=False,
            extra_arguments=QUIET_KERNEL,
        )  # fmt: skip
    except PapermillExecutionError as error:
        executed.rename(executed.with_suffix(".failed"))
        # The index counts from 0, and the executed notebook has one cell more: the injected parameters.
        cell, first_line = error.cell_index, error.source.partition("\n")[0]
        raise BrokenNotebook(
            f"{notebook.name}, cell {cell} ({first_line}) failed: {error.ename}: {error.evalue}\n"
            f"The report is as it was; the notebook as far as it ran is {FAILED}/{notebook.name} beside it."
        ) from None


def _write_pages(aside: Path, study, parameters: Mapping[str, dict], stale: list[str]) -> None:
    """The pages of the stale notebooks, and what joins all pages: index.html and results.csv."""
    import nbformat
    import pandas as pd

    from adreport import pages

    notebooks = {page: nbformat.read(aside / f"{page}.ipynb", as_version=4) for page in parameters}
    for page in stale:
        provenance = pages.provenance(study, parameters[page])
        _write(aside / f"{page}.html", pages.page(page, notebooks[page], provenance))
    everything = {name: value for given in parameters.values() for name, value in given.items()}
    _write(aside / "index.html", pages.index(notebooks, study, pages.provenance(study, everything)))
    statistics = pd.concat([pages.results(notebook) for notebook in notebooks.values()]).drop_duplicates()
    _write(aside / "results.csv", statistics.to_csv(index=False, lineterminator="\n"))


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _building(out: Path) -> Iterator[Path]:
    """A folder beside the report, on the same disk, gone afterwards whatever happens."""
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    previous = signal.signal(signal.SIGTERM, _interrupt) if _in_main_thread() else None
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if previous is not None:
            signal.signal(signal.SIGTERM, previous)


def _move(aside: Path, out: Path, wanted: Mapping[str, str]) -> None:
    """Put a whole report in place; its manifest goes last, so that a cut leaves it out of date, not wrong."""
    state = out / freshness.STATE
    state.mkdir(exist_ok=True)
    freshness.manifest_file(out).unlink(missing_ok=True)
    for file in sorted(aside.iterdir()):
        file.replace((state if file.suffix == ".ipynb" else out) / file.name)
    _write(freshness.manifest_file(out), freshness.manifest(out, wanted))
    shutil.rmtree(out / FAILED, ignore_errors=True)


def _keep_failed(aside: Path, out: Path) -> None:
    (out / FAILED).mkdir(exist_ok=True)
    for file in aside.glob("*.failed"):
        file.replace(out / FAILED / f"{file.stem}.ipynb")


def _end_kernels() -> None:
    """Kernels of cancelled runs would go on computing without a reader."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        child.kill()


def _interrupt(signal_number, frame) -> None:
    raise KeyboardInterrupt


def _in_main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()
