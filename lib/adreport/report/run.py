"""A report from data: what is out of date is made aside, and moved into place when all of it is whole."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adreport.report import freshness, place
from adreport.report.kernel_server import KernelServer, kernel_server
from adreport.report.parameters import page_parameters
from adreport.report.place import EXPLORER, SHAREABLE
from adreport.study.faults import ParameterFault, in_words
from adreport.study.paths import COHORT, REPORTS, located

JOINED = ("index.html", "paper.html", "methods.html", "checklist.html", "results.csv", "report.docx", "tables.xlsx")
# The report that may leave the house, in its own folder.
SHARED = tuple(
    f"{SHAREABLE}/{name}"
    for name in ("index.html", "paper.html", "methods.html", "results.csv", "report.docx", "tables.xlsx")
)


def render(
    data: Path = COHORT,
    out: Path = REPORTS,
    explorer: bool = True,
    shared: bool = False,
    progress: Callable[[int, int], None] = lambda done, notebooks: None,
    warn: Callable[[str], None] = lambda warning: None,
    **given: Any,
) -> list[str]:
    """Bring the report in `out` up to date and return the pages that had to be made again.

    `explorer`: whether there is a page with filters, which holds a row for each course; `shared`: whether there is also
    a report that may leave the house, in a folder of its own. `progress` is called with how many notebooks have run,
    of how many that must; `warn` with each kind of warning. `given`: parameters of the
    notebooks. Raises Refusal for faults in data or parameters, for a failing cell and where nothing can be written;
    `out` then still holds the last whole report.
    """
    found, out = located(data), out.resolve()
    if out == found:
        raise ParameterFault(f"{out} holds the data. Choose another folder for the report.")
    parameters = page_parameters({"data": str(found), **given})
    joined = [*JOINED, *([EXPLORER] if explorer else []), *(SHARED if shared else [])]
    wanted = freshness.fingerprints(parameters, found, joined, str(data))
    notebooks, files = freshness.stale_notebooks(out, wanted), freshness.stale_files(out, wanted, joined)
    pages = [page for page in parameters if page in notebooks or f"{page}.html" in files]
    if pages or files:
        names = [*(f"{page}.html" for page in parameters), *joined]
        with kernel_server(wanted=bool(notebooks)) as server:  # which gets ready while the data are read
            study = _study(data, parameters["cohort"], warn, server)
            with place.building(out, names) as aside:
                _keep_fresh(aside, out, [page for page in parameters if page not in notebooks])
                if notebooks:
                    _execute(aside, {page: parameters[page] for page in notebooks}, out, progress, server)
                _write(aside, study, parameters, explorer, shared, pages)
                if freshness.data_checksum(found) != wanted.data:
                    raise ParameterFault(f"{data} was saved while the report was being made. Make it again.")
                place.replace(aside, out, wanted, names)
    return pages


def _study(data: Path, parameters: Mapping[str, Any], warn: Callable[[str], None], server: KernelServer | None):
    """The study of a report, for the notebooks too; it warns of what is odd in the data before anything runs."""
    from adreport.reading.examine import read_study
    from adreport.study.filters import Filters

    read = read_study(data)
    if server:
        server.hand_over(located(data), read)
    study = read.select(Filters.among(parameters))
    for warning in in_words(study.warnings):
        warn(warning)
    return study


def _keep_fresh(aside: Path, out: Path, pages: Sequence[str]) -> None:
    for page in pages:
        shutil.copy2(freshness.executed_notebook(out, page), aside / f"{page}.ipynb")


def _execute(
    aside: Path,
    parameters: Mapping[str, dict],
    out: Path,
    progress: Callable[[int, int], None],
    server: KernelServer | None,
) -> None:
    from adreport.report.execute import BrokenNotebook, execute

    try:
        execute(aside, parameters, progress, server)
    except BrokenNotebook as broken:
        kept = place.keep_failed(aside / f"{broken.page}.ipynb", out)
        raise BrokenNotebook(broken.page, f"{broken}\nThe report is as it was{kept}.") from None


def _write(
    aside: Path, study, parameters: Mapping[str, dict], explorer: bool, shared: bool, pages: Sequence[str]
) -> None:
    from adreport.report.files import Files

    Files(aside, study, parameters, explorer, shared).write(pages)
