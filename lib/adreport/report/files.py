"""The files of a report: pages from executed notebooks, and what joins all pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from adreport.pages import manuscript, overview
from adreport.pages.contract import as_csv, safe_text
from adreport.pages.exhibits import EXHIBIT_TYPE, Results, Settings, analyse
from adreport.pages.sequences import pathways
from adreport.reading.settings import beside
from adreport.report import methods, shell, take_away
from adreport.report.checklist import as_tables, checklist
from adreport.report.place import EXPLORER
from adreport.report.word import manuscript as word_file
from adreport.report.workbook import workbook
from adreport.show.parts import RESULTS_TYPE
from adreport.study.eras import Rules
from adreport.study.model import RECONSTRUCTED, Study

HISTORIES = "histories.csv"  # of patients who are too many for Table 4: for internal reports
WORD_TEMPLATE = "template.docx"


class Files:
    """What is written into a folder that holds the executed notebooks of all pages.

    `parameters`: of each page's notebook; `explorer`: whether there is a page with filters.
    """

    def __init__(self, folder: Path, study: Study, parameters: Mapping[str, Mapping[str, Any]], explorer: bool):
        self.folder, self.study, self.parameters, self.explorer = folder, study, parameters, explorer
        self.template = beside(Path(study.given), WORD_TEMPLATE)
        self.notebooks = {page: nbformat.read(folder / f"{page}.ipynb", as_version=4) for page in parameters}
        self.given = {name: value for page in parameters.values() for name, value in page.items()}
        self.settings = Settings(**self._among(Settings))
        self.overview = analyse(overview, study, **asdict(self.settings))
        tables = [*map(shell.results, self.notebooks.values()), shell.as_text(as_csv(self.overview.rows))]
        self.statistics = pd.concat(tables).drop_duplicates()

    def write(self, pages: Sequence[str]) -> None:
        """Write these pages, and all that joins them."""
        for page in pages:
            self._write(f"{page}.html", shell.page(page, self.notebooks[page], self._shell(self.parameters[page])))
        rules = Rules(**self._among(Rules))
        section = methods.section(self.statistics, self.study, rules)
        results = self._results()
        shown = [results.show(exhibit) for exhibit in manuscript.EXHIBITS]
        every = pathways.histories(self.study)
        if len(every):
            self._write(HISTORIES, every.map(safe_text).to_csv(index=False, lineterminator="\n"))
        self._write(
            "index.html", shell.index(self.study, self.overview, self._shell(), HISTORIES if len(every) else "")
        )
        self._write("paper.html", shell.paper(self.study, shown, self._shell()))
        self._write("methods.html", shell.methods_page(self.study, section, self._shell()))
        items = checklist(self.study)
        self._write("checklist.html", shell.checklist_page(self.study, items, self._shell()))
        self._write("results.csv", self.statistics.to_csv(index=False, lineterminator="\n"))
        if self.explorer:
            self._write(EXPLORER, shell.explore(self.study, self._shell(), self.settings))
        parts = [part for exhibit in shown for part in exhibit.parts]
        of_these = analyse(manuscript, self.study, **asdict(self.settings)).rows
        self._word(parts, methods.section(of_these, self.study, rules))
        guidelines = [("checklist", {"key": name, "parts": [table.data]}) for name, table in as_tables(items)]
        in_paper = [("paper", exhibit.data) for exhibit in shown]
        in_excel = [*in_paper, *self._exhibits(), *guidelines]
        (self.folder / "tables.xlsx").write_bytes(workbook(in_excel, shell.made_on()))
        self._to_take_away([*in_paper, ("index", self.overview.show(overview.EXHIBITS[-1]).data)])

    def _word(self, parts: Sequence, section: methods.Section) -> None:
        title, template = self.study.title or shell.TITLE, self.template if self.template.is_file() else None
        content = word_file(title, self.study.notice, parts, section, shell.made_on(), template)
        (self.folder / "report.docx").write_bytes(content)

    def _to_take_away(self, shown: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Every table and figure of the pages in a file of its own; `shown`: those that are in no notebook."""
        for folder in (take_away.FIGURES, take_away.TABLES):
            (self.folder / folder).mkdir()
        for file, content in take_away.files([*self._exhibits(), *shown], shell.made_on()):
            (self.folder / file).write_bytes(content)
        for page, notebook in self.notebooks.items():
            self._write(take_away.statistics_file(page), next(shell.of_type(notebook, RESULTS_TYPE)))

    def _exhibits(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Page and data of every exhibit of the notebooks."""
        for page, notebook in self.notebooks.items():
            for exhibit in shell.of_type(notebook, EXHIBIT_TYPE):
                yield page, exhibit

    def _results(self) -> Results:
        """The statistics of all pages."""
        rows = self.statistics.astype({"stat": float})
        return Results(rows, self.study.response, self.settings, self.study.reconstructed)

    def _shell(self, parameters: Mapping[str, Any] | None = None) -> shell.Shell:
        """The frame of a page; without parameters of a page's own, of one that joins all pages."""
        linked = ["paper", *self.notebooks, "methods", "checklist", *(["explore"] if self.explorer else [])]
        notice = RECONSTRUCTED if self.study.reconstructed else ""
        return shell.Shell(linked, shell.provenance(self.study, parameters or self.given), self.study.title, notice)

    def _among(self, of: type) -> dict[str, Any]:
        """Those of the parameters that are fields of a dataclass."""
        return {one.name: self.given[one.name] for one in fields(of) if one.name in self.given}

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8", newline="\n")
