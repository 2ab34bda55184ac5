"""A report from data: what is out of date is made aside, and moved into place when all of it is whole."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from adreport.report import freshness
from adreport.report.parameters import page_parameters
from adreport.study.faults import Fault, ParameterFault
from adreport.study.paths import COHORT, REPORTS, located

FAILED = "failed"
BUILDING = ".building-"
JOINED = ("index.html", "methods.html", "results.csv")
EXPLORER = "explore.html"


def render(
    data: Path = COHORT,
    out: Path = REPORTS,
    explorer: bool = True,
    progress: Callable[[int, int], None] = lambda done, notebooks: None,
    warn: Callable[[Fault], None] = lambda warning: None,
    **given: Any,
) -> list[str]:
    """Bring the report in `out` up to date and return the pages that had to be made again.

    `explorer`: whether there is a page with filters, which holds a row for each course. `progress` is called with how
    many notebooks have run, of how many that must; `warn` with each warning about the data. `given`: parameters of the
    notebooks. Raises Refusal for faults in data or parameters and for a failing cell; `out` then still holds the last
    whole report, and `out`/failed the notebook that broke.
    """
    place, out = located(data), out.resolve()
    parameters = page_parameters({"data": str(place), **given})
    joined = [*JOINED, EXPLORER] if explorer else JOINED
    wanted = freshness.fingerprints(parameters, place, joined, str(data))
    notebooks, files = freshness.stale_notebooks(out, wanted), freshness.stale_files(out, wanted, joined)
    pages = [page for page in parameters if page in notebooks or f"{page}.html" in files]
    if pages or files:
        study = _study(data, parameters["cohort"], warn)
        with _building(out) as aside:
            _keep_fresh(aside, out, [page for page in parameters if page not in notebooks])
            if notebooks:
                _execute(aside, {page: parameters[page] for page in notebooks}, out, progress)
            _write_pages(aside, study, parameters, pages, explorer)
            _move(aside, out, wanted, joined)
    return pages


def _study(data: Path, parameters: Mapping[str, Any], warn: Callable[[Fault], None]):
    """The study of a report; it warns of what is odd in the data before anything runs."""
    from adreport.reading.examine import read_study
    from adreport.study.filters import Filters

    study = read_study(data).select(Filters.among(parameters))
    for warning in study.warnings:
        warn(warning)
    return study


def _keep_fresh(aside: Path, out: Path, pages: Sequence[str]) -> None:
    for page in pages:
        shutil.copy2(freshness.executed_notebook(out, page), aside / f"{page}.ipynb")


def _execute(aside: Path, parameters: Mapping[str, dict], out: Path, progress: Callable[[int, int], None]) -> None:
    from adreport.report.execute import BrokenNotebook, execute

    try:
        execute(aside, parameters, progress)
    except BrokenNotebook as broken:
        kept = _keep_failed(aside / f"{broken.page}.ipynb", out)
        raise BrokenNotebook(broken.page, f"{broken}\nThe report is as it was{kept}.") from None


def _write_pages(aside: Path, study, parameters: Mapping[str, dict], pages: list[str], explorer: bool) -> None:
    """Write these pages, and what joins all pages."""
    import nbformat
    import pandas as pd

    from adreport.pages.exhibits import Settings
    from adreport.report import shell
    from adreport.study.eras import Rules

    notebooks = {page: nbformat.read(aside / f"{page}.ipynb", as_version=4) for page in parameters}
    linked = [*notebooks, "methods", *(["explore"] if explorer else [])]
    for page in pages:
        frame = shell.Shell(linked, shell.provenance(study, parameters[page]))
        _write(aside / f"{page}.html", shell.page(page, notebooks[page], frame))
    everything = {name: value for given in parameters.values() for name, value in given.items()}
    frame = shell.Shell(linked, shell.provenance(study, everything))
    _write(aside / "index.html", shell.index(notebooks, study, frame))
    if explorer:
        _write(aside / EXPLORER, shell.explore(study, frame, Settings(**_among(Settings, everything))))
    statistics = pd.concat([shell.results(notebook) for notebook in notebooks.values()]).drop_duplicates()
    _write(aside / "methods.html", shell.methods_page(study, statistics, frame, Rules(**_among(Rules, everything))))
    _write(aside / "results.csv", statistics.to_csv(index=False, lineterminator="\n"))


def _among(of: type, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the parameters that are fields of a dataclass."""
    return {one.name: parameters[one.name] for one in fields(of) if one.name in parameters}


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _building(out: Path) -> Iterator[Path]:
    """A folder inside the report's folder, so on the same disk, that is gone afterwards whatever happens.

    It is named after the process that builds, so that two cannot build the same report, and what a killed one left
    behind is removed. Raises ParameterFault where no such folder can be made.
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


def _move(aside: Path, out: Path, wanted: freshness.Fingerprints, joined: Sequence[str]) -> None:
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


def _keep_failed(notebook: Path, out: Path) -> str:
    """Keep a broken notebook as far as it ran, and say where."""
    if not notebook.exists():
        return ""
    (out / FAILED).mkdir(exist_ok=True)
    shutil.copy2(notebook, out / FAILED / notebook.name)
    return f"; the notebook as far as it ran is {FAILED}/{notebook.name} beside it"
