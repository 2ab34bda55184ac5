"""What a notebook cell shows: sentences, tables and figures as accessible HTML, and results to download."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from adreport.show.numbers import FIGURE_SPACE, legend
from adreport.show.svg import inline
from adreport.study.paths import PARTS, TEMPLATE

PART_TYPE = "application/vnd.adreport.part+json"
MOST_OPEN = 20  # rows of a table that is shown without being asked for
RESULTS_TYPE = "application/vnd.adreport.results+csv"


class Part:
    """Something that a page shows: HTML for readers, and the same as plain data for whatever exports it."""

    def _repr_html_(self) -> str:
        raise NotImplementedError

    @property
    def data(self) -> dict[str, Any]:
        """What is shown, as JSON: its kind and its fields."""
        return {"kind": type(self).__name__.lower(), **asdict(self)}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/html": self._repr_html_(), PART_TYPE: self.data}


@dataclass(frozen=True)
class Sentence(Part):
    """A generated sentence; its words are escaped and its first letter is a capital."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text[:1].upper() + self.text[1:])

    def _repr_html_(self) -> str:
        return _filled("sentence.html.j2", text=self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Absent(Part):
    """Why a table or figure is not there; "" where the sentence above it has said so."""

    reason: str = ""

    def _repr_html_(self) -> str:
        return _filled("absent.html.j2", reason=self.reason)


class Drawn(str):
    """The text of a cell with a small drawing above it, that adds nothing to what the text says."""

    drawing: Markup

    def __new__(cls, text: str, drawing: Markup) -> "Drawn":
        """The same text, with the drawing as an attribute."""
        made = super().__new__(cls, text)
        made.drawing = drawing
        return made

    def __getnewargs__(self) -> tuple[str, Markup]:
        return str(self), self.drawing


@dataclass(frozen=True)
class Column:
    """A column's head, the head that spans it and its neighbours, and whether it holds words."""

    label: str
    spanner: str = ""
    words: bool = False


@dataclass(frozen=True)
class Row:
    """A row: its head, its cells, and how it stands: "" (plain), "group" (over rows), "level" (indented), "total".

    `bold`: which of its cells stand out, for rows of which not all cells do. `to`: the anchor that its head leads to.
    """

    label: str
    cells: Sequence[str] = ()
    kind: str = ""
    shades: Sequence[float] = ()
    bold: Sequence[bool] = ()
    to: str = ""


@dataclass(frozen=True)
class Table(Part):
    """A table with a caption and footnotes, to which what its signs mean is added; all of its texts are escaped.

    `folded`: whether it is shown on demand; None: where it has more than MOST_OPEN rows.
    """

    caption: str
    stub: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    footnotes: Sequence[str] = ()
    mark: str = ""
    folded: bool | None = None

    def __post_init__(self) -> None:
        signs = legend((cell for row in self.rows for cell in row.cells), self.footnotes)
        object.__setattr__(self, "footnotes", [*self.footnotes, *signs])

    def _repr_html_(self) -> str:
        folded = len(self.rows) > MOST_OPEN if self.folded is None else self.folded
        return _filled("table.html.j2", table=self, spanners=self.spanners, folded=folded)

    @property
    def spanners(self) -> list[tuple[str, int]]:
        """Spanning heads with the number of columns below each; [] when there are none."""
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if spans and spans[-1][0] == column.spanner:
                spans[-1] = (column.spanner, spans[-1][1] + 1)
            else:
                spans.append((column.spanner, 1))
        return spans if any(label for label, _ in spans) else []


@dataclass(frozen=True)
class Figure(Part):
    """A figure with its caption and alternative text; `drawn` gives its SVG, asked whether the page is narrow.

    `saved(format, narrow, dpi)`: the drawing as a PNG, PDF or SVG file, as wide as a page or a column of a journal.
    `key`: what the narrow drawing abbreviates. `detailed`: it needs all the width there is.
    """

    drawn: Callable[[bool], str]
    saved: Callable[[str, bool, int], bytes]
    caption: str
    alternative: str
    footnotes: Sequence[str] = ()
    mark: str = ""
    key: str = ""
    detailed: bool = False

    def _repr_html_(self) -> str:
        return self.html(narrow_too=True)

    @property
    def data(self) -> dict[str, Any]:
        """The caption, the words around it and the wide drawing as SVG."""
        words = {name: getattr(self, name) for name in ("caption", "alternative", "mark", "key")}
        return {"kind": "figure", **words, "footnotes": list(self.footnotes), "svg": self.drawn(False)}

    def html(self, narrow_too: bool) -> str:
        """The figure as HTML; with only its wide drawing it is made in half the time."""
        drawings = {"wide": self.drawn(False)} | ({"narrow": self.drawn(True)} if narrow_too else {})
        return _filled("figure.html.j2", figure=self, **{name: Markup(inline(svg)) for name, svg in drawings.items()})


@dataclass(frozen=True)
class FigurePages(Part):
    """Figures of which the first is shown and each other one on demand, under its caption; all stand on paper."""

    figures: Sequence[Figure]

    @property
    def data(self) -> dict[str, Any]:
        """Each figure's data."""
        return {"kind": "figures", "figures": [figure.data for figure in self.figures]}

    def _repr_html_(self) -> str:
        return _filled("figure_pages.html.j2", figures=[Markup(figure._repr_html_()) for figure in self.figures],
                       captions=[figure.caption for figure in self.figures])  # fmt: skip


@dataclass(frozen=True)
class Steps(Part):
    """A flow from all to few: each step a count and its name, with what was left out after it."""

    steps: Sequence[tuple[str, str]]

    def _repr_html_(self) -> str:
        return _filled("steps.html.j2", steps=self.steps)


class Stretch(NamedTuple):
    """A stretch of a patient's time, from `left` on, as shares of it: a course, or a gap, which has no colour."""

    left: float
    width: float
    colour: str
    hollow: bool
    cells: Sequence[str]


class Profile(NamedTuple):
    """What is known of one patient, under the `anchor` that links lead to."""

    anchor: str
    name: str
    summary: str
    columns: Sequence[str]
    rows: Sequence[Stretch]


@dataclass(frozen=True)
class Profiles(Part):
    """Profiles of patients, of which the one that was asked for is shown."""

    profiles: Sequence[Profile]

    def _repr_html_(self) -> str:
        return _filled("profiles.html.j2", profiles=self.profiles)

    @property
    def data(self) -> dict[str, Any]:
        """Nothing but the kind: all of it stands in the rows that it was made from."""
        return {"kind": "profiles"}


@dataclass(frozen=True)
class Masthead(Part):
    """The head of a page: study, notice, data, the filters set, how much is left; definition and rules, if changed."""

    title: str
    notice: str
    source: str
    filters: str
    contents: str
    definition: str = ""
    rules: str = ""

    def _repr_html_(self) -> str:
        return _filled("masthead.html.j2", head=self)


@dataclass(frozen=True)
class Download(Part):
    """All statistics of a page, to save as CSV; the page's rows of results.csv are read from here."""

    csv: str
    count: int
    file_name: str

    def _repr_html_(self) -> str:
        address = _data_address("text/csv", self.csv)
        return _filled("download.html.j2", name=self.file_name, count=self.count, address=address)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/html": self._repr_html_(), RESULTS_TYPE: self.csv}


@dataclass(frozen=True)
class Sheet(Part):
    """A table to save as CSV, in a form that is no row of results.csv."""

    csv: str
    file_name: str
    label: str

    def _repr_html_(self) -> str:
        address = _data_address("text/csv", self.csv)
        return _filled("sheet.html.j2", name=self.file_name, label=self.label, address=address)


def _data_address(media_type: str, text: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(text.encode()).decode()}"


def _filled(template: str, **values) -> Markup:
    return Markup(_templates().get_template(template).render(**values).strip())


@cache
def _templates() -> Environment:
    made = Environment(loader=FileSystemLoader(PARTS), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["spaced"] = _spaced
    return made


def _spaced(text: str) -> Markup:
    """A text of an aligned column: its figure spaces are room beside its numbers, which are copied without them."""
    return Markup('<i class="room"></i>').join(text.lstrip(FIGURE_SPACE).split(FIGURE_SPACE))


@cache
def page_templates() -> Environment:
    """The templates of whole pages."""
    return Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
