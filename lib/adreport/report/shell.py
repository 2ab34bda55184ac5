"""Executed notebooks as the pages of a report: body by nbconvert, frame and index by Jinja."""

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from io import StringIO
from typing import Any

import nbformat
import pandas as pd
from markupsafe import Markup
from nbconvert import HTMLExporter

from adreport.pages import MANUSCRIPT, OVERVIEW, PAGES, overview
from adreport.pages.contract import COLUMNS
from adreport.pages.exhibits import Results, Settings, Shown
from adreport.pages.masthead import masthead
from adreport.report import methods
from adreport.report.checklist import GUIDELINES, Item
from adreport.report.explore_page import payload
from adreport.report.take_away import by_file, links
from adreport.report.typography import typeset
from adreport.show.numbers import counted
from adreport.show.parts import RESULTS_TYPE, page_templates
from adreport.study.dictionary import TABLES, treatments
from adreport.study.filters import FILTERS
from adreport.study.model import Study
from adreport.study.paths import TEMPLATE

LABELS = {
    **{page.name: page.label for page in (OVERVIEW, MANUSCRIPT)}, "explore": "Explore",
    **{page.name: page.label for page in PAGES}, "methods": "Methods", "checklist": "Checklist",
}  # fmt: skip
FURTHER = (*(page.name for page in PAGES if page.further), "methods", "checklist")
TITLE = "Systemic treatment of atopic dermatitis"
VERSIONS = ("adreport", "pandas", "scipy", "matplotlib")
SECTION = re.compile(r'(?=<div class="words">\s*<h2)')
INTRODUCTION = re.compile(r"(?<=</h1>).*?(?=</div>)", re.DOTALL)
HOW_TO_READ = re.compile(r'(<div class="words">\s*<h2.*?</h2>)(.*?)</div>(.*)', re.DOTALL)
SENTENCE_END = re.compile(r"[.?!](?=[\s<])")
CODE = '<details class="code">'
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)(?=<a class="anchor-link")')


@dataclass(frozen=True)
class Shell:
    """What every page of a report shares: the pages that there are, and what they were made from.

    `title`, `notice`: what stands at the top of every printed sheet.
    """

    names: Sequence[str]
    provenance: Mapping[str, str]
    title: str = ""
    notice: str = ""

    def filled(self, template: str, current: str, **values: Any) -> str:
        """The HTML of the page `current` from its template."""
        menus = [
            [
                (name, label)
                for name, label in LABELS.items()
                if name in (*self.names, "index") and further == (name in FURTHER)
            ]
            for further in (False, True)
        ]
        shared = {"menus": menus, "current": current, "provenance": self.provenance.items()}
        shared["running_title"] = css_text(
            f"{self.title} – {LABELS[current]}{' – ' if self.notice else ''}{self.notice}"
        )
        return typeset(page_templates().get_template(template).render(**shared, **values))


def css_text(text: str) -> Markup:
    """Text within the quotation marks of a style sheet: whatever is no letter, digit or space by its number."""
    return Markup("".join(sign if sign.isalnum() or sign == " " else f"\\{ord(sign):x} " for sign in text))


def page(name: str, notebook: nbformat.NotebookNode, shell: Shell) -> str:
    """The HTML of a page from its executed notebook."""
    body, _ = _exporter().from_notebook_node(notebook, {"page": name})
    contents = [(id_, Markup(text)) for id_, text in HEADING.findall(body)]
    head, *parts = SECTION.split(body)
    introduction = "".join(INTRODUCTION.findall(head))
    about = [introduction, *[""] * len(parts)]
    sections = [INTRODUCTION.sub("", head), *map(_answer_first, parts, about)]
    shown = {"title": _title(notebook), "sections": [*map(Markup, sections)], "contents": contents}
    return shell.filled("page.html.j2", name, **shown)


def _answer_first(section: str, introduction: str) -> str:
    """A section with what is said on how to read its exhibit below the exhibit, folded if it is more than a sentence.

    `introduction`: of the page, for its first section.
    """
    found = HOW_TO_READ.fullmatch(section)
    if not found or CODE not in found[3]:
        return section
    question, how_to_read, answer = found.groups()
    below = introduction + how_to_read
    if len(SENTENCE_END.findall(below)) > 1:
        below = f"<summary>How to read this</summary>{below}"
        below = f'<details class="how words">{below}</details>'
    elif below.strip():
        below = f'<div class="how words">{below}</div>'
    return f"{question}</div>{answer.replace(CODE, below + CODE, 1)}"


def explore(study: Study, shell: Shell, settings: Settings) -> str:
    """The HTML of the page with filters."""
    filtered = [f"{table}.{one.column}" for one in FILTERS for table in TABLES]
    mark = study.mark("courses.response", "courses.duration_days", *filtered)
    head = masthead(study, contents=False)._repr_html_()
    shown = {"masthead": head, "mark": mark, "payload": payload(study, settings)}
    return shell.filled("explore.html.j2", "explore", title="Explore the courses", **shown)


def index(study: Study, results: Results, shell: Shell, histories: str = "") -> str:
    """The HTML of the overview: four answers, the treatments one by one, what the check found, and the pages.

    `results`: the statistics of the exhibits of `adreport.pages.overview`; `histories`: the file of all patients'
    courses, where there is one.
    """
    *asked, at_a_glance = overview.EXHIBITS
    glance = results.show(at_a_glance)
    shown = {
        "title": study.title or TITLE,
        "histories": histories,
        "masthead": replace(masthead(study), title="")._repr_html_(),
        "answers": [(exhibit.question, exhibit.parts(results)[0], overview.MORE[exhibit.key]) for exhibit in asked],
        "table": Markup(_linked(glance.html(), shell.names)) + links("index", glance.data),
        "warnings": counted(len(study.warnings), "warning") if study.warnings else "",
        "cards": [
            [page for page in PAGES if page.name in shell.names and page.further == further]
            for further in (False, True)
        ],
    }
    return shell.filled("index.html.j2", "index", **shown)


def _linked(table: str, names: Sequence[str]) -> str:
    """The table of the overview with a link from each treatment to what else is known of it."""
    for treatment in treatments().values():
        place = f"explore.html#treatments={treatment.abbreviation}" if "explore" in names else "paper.html#table_2"
        head = Markup('<th scope="row">{}</th>').format(treatment.label)
        table = table.replace(head, Markup('<th scope="row"><a href="{}">{}</a></th>').format(place, treatment.label))
    return table


def paper(study: Study, exhibits: Sequence[Shown], shell: Shell) -> str:
    """The HTML of the tables and figures in the shape of a manuscript."""
    values = {"title": LABELS["paper"], "masthead": masthead(study)._repr_html_()}
    listed = [
        {
            "key": shown.exhibit.key,
            "question": shown.exhibit.question,
            "html": Markup(shown.html()),
            "links": links("paper", shown.data),
        }
        for shown in exhibits
    ]
    return shell.filled("paper.html.j2", "paper", exhibits=listed, **values)


def methods_page(study: Study, section: methods.Section, shell: Shell) -> str:
    """The HTML of the methods section."""
    contents = [(topic.replace(" ", "-"), topic) for topic in (*section.topics, "References")]
    values = {"title": "How were the numbers made?", "masthead": masthead(study)._repr_html_()}
    return shell.filled("methods.html.j2", "methods", section=section, contents=contents, **values)


def checklist_page(study: Study, items: Mapping[str, Sequence[Item]], shell: Shell) -> str:
    """The HTML of the reporting guidelines, item by item."""
    values = {"title": "What do reporting guidelines ask?", "masthead": masthead(study)._repr_html_()}
    contents = [(guideline, guideline) for guideline in items]
    return shell.filled(
        "checklist.html.j2", "checklist", items=items, guidelines=GUIDELINES, contents=contents, **values
    )


def results(notebook: nbformat.NotebookNode) -> pd.DataFrame:
    """The statistics that an executed notebook offers for download, as text at full precision."""
    return as_text(next(of_type(notebook, RESULTS_TYPE)))


def as_text(csv: str) -> pd.DataFrame:
    """Statistics in CSV as a table of text, at full precision."""
    return pd.read_csv(StringIO(csv), dtype=str, keep_default_na=False)[COLUMNS]


def provenance(study: Study, parameters: Mapping[str, Any]) -> dict[str, str]:
    """What a page says about its making: data, parameters, versions, date."""
    given = ", ".join(
        f"{name} = {value}" for name, value in parameters.items() if name != "data" and value not in ("", None)
    )
    versions = [f"Python {sys.version.split()[0]}", *(f"{package} {version(package)}" for package in VERSIONS)]
    assumed = " (assumed)" if study.mark("study.data_lock_date") else ""
    lock = {"Data lock": f"{study.data_lock_date}{assumed}"} if study.data_lock_date else {}
    return {
        "Data": f"{study.source} (SHA-256 {study.checksum})",
        **lock,
        "Parameters": given or "the defaults",
        "Versions": ", ".join(versions),
        "Made on": made_on().strftime("%Y-%m-%d"),
    }


def _title(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[0].source.splitlines()[0].removeprefix("# ")


def of_type(notebook: nbformat.NotebookNode, media_type: str) -> Iterator[Any]:
    """Everything of a media type that the cells of an executed notebook show."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if media_type in output.get("data", {}):
                yield output.data[media_type]


def made_on() -> datetime:
    """The time of the build, or SOURCE_DATE_EPOCH where a reproducible build sets it."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", datetime.now(UTC).timestamp())), UTC)


@cache
def _exporter() -> HTMLExporter:
    extra = {"extra_template_basedirs": [str(TEMPLATE)], "filters": {"by_file": by_file, "links": links}}
    return HTMLExporter(template_name="notebook", **extra)
