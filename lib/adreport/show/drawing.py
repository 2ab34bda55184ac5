"""How every figure is drawn: once for wide pages and once for phones, in one style, as SVG."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache, partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib import style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from adreport.show.colours import INK
from adreport.show.numbers import listing, whole
from adreport.show.parts import Figure
from adreport.show.svg import TITLE, slim
from adreport.study import dictionary

STYLE = Path(__file__).resolve().parent / "report.mplstyle"
WIDE_INCHES = 7.0
NARROW_INCHES = 3.6
JOURNAL_MM = (175, 85)  # a page and a column
PRINT_DPI = 600
SVG_DPI = 72
_REMEMBERING = ContextVar("remembering", default=False)
_LAYOUTS: dict[tuple, list] = {}
MOST_LAYOUTS = 200
LETTER_INCHES, ENTRY_INCHES = 0.085, 0.45  # of a letter, and of what else an entry of a legend takes


class Grid(NamedTuple):
    """How many axes a figure has down and across, and how large it is."""

    rows: int
    columns: int
    width_inches: float
    height_inches: float


def figure(
    paint: Callable[[Axes, bool], None],
    rows: int,
    caption: str,
    alternative: str,
    footnotes: Sequence[str] = (),
    treatments: Sequence[str] = (),
) -> Figure:
    """A figure of one axes; `paint(axes, narrow)` draws it, `rows` lines of content set its height.

    `treatments`: the codes of those that it abbreviates where it is narrow.
    """
    made = panels(lambda axes, narrow: paint(axes[0], narrow), 1, 0.9 + 0.29 * rows, caption, alternative, footnotes)
    return replace(made, key=dictionary.abbreviations(treatments))


def panels(
    paint: Callable[[list[Axes], bool], None],
    number: int,
    height_inches: float,
    caption: str,
    alternative: str,
    footnotes: Sequence[str] = (),
    narrow_height_inches: float | None = None,
    columns: int = 1,
    detailed: bool = False,
) -> Figure:
    """A figure of several axes, `height_inches` high if one below the other; on wide pages in `columns`.

    `detailed`: it needs all the width there is.
    """
    down = -(-number // columns)
    grids = [
        Grid(down, columns, WIDE_INCHES, height_inches * down / number),
        Grid(number, 1, NARROW_INCHES, narrow_height_inches or height_inches),
    ]
    words = {"caption": caption, "alternative": alternative, "footnotes": footnotes}
    return Figure(**_drawn(paint, number, grids), **words, detailed=detailed)


def small_multiples(
    paint: Callable[[list[Axes], bool], None],
    number: int,
    height_inches: float,
    caption: str,
    alternative: str,
    footnotes: Sequence[str] = (),
    treatments: Sequence[str] = (),
) -> Figure:
    """A figure of `number` like axes, three in a row or two on a narrow page, each row `height_inches` high.

    `treatments`: the codes of those that it abbreviates where it is narrow.
    """
    grids = []
    for width, most in ((WIDE_INCHES, 3), (NARROW_INCHES, 2)):
        across = min(most, number)
        down = -(-number // across)
        grids.append(Grid(down, across, width, 0.5 + height_inches * down))
    key = dictionary.abbreviations(treatments)
    words = {"caption": caption, "alternative": alternative, "footnotes": footnotes}
    return Figure(**_drawn(paint, number, grids), **words, key=key)


def titled(artist: Artist, title: str) -> Artist:
    """An artist that says so much where it is pointed at, touched or reached by the arrow keys."""
    artist.set_gid(f"{TITLE}{title}")
    return artist


def tell_area(axes: Axes, left: float, width: float, top: float, height: float, title: str, of: str = "data") -> None:
    """Words of a part of the drawing, whose marks may be small; `of`: "row" where left and width are shares."""
    transform = axes.get_yaxis_transform() if of == "row" else axes.transData
    area = Rectangle((left, top), width, height, facecolor=INK, alpha=0, transform=transform, zorder=9)
    axes.add_artist(titled(area, title)).set_in_layout(False)


def tell_rows(axes: Axes, titles: Iterable[str]) -> None:
    """The words of each row of a chart, from top to bottom, over its whole width."""
    for row, title in enumerate(titles):
        tell_area(axes, 0, 1, row - 0.5, 1, title, of="row")


def treatment_name(code: str, narrow: bool) -> str:
    """A treatment's label, or its abbreviation where there is little room."""
    treatment = dictionary.treatments()[code]
    return treatment.abbreviation if narrow else treatment.label


def legend_columns(labels: Iterable[str], narrow: bool) -> int:
    """In how many columns the entries of a legend fit."""
    width = NARROW_INCHES if narrow else WIDE_INCHES
    return max(1, int(width / (ENTRY_INCHES + LETTER_INCHES * max(map(len, labels), default=1))))


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Rows of a chart from top to bottom, without the axis line they do not need."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def few_note(look: str, few: Sequence[str], min_courses: int) -> list[str]:
    """The footnote on the `look` of treatments with few courses ("Hollow"), if there are any."""
    return [f"{look}: fewer than {min_courses} courses, not compared."] if len(few) else []


def not_drawn(numbers: pd.Series, why: str) -> list[str]:
    """The footnote that names the treatments a figure leaves out, if any; `numbers`: courses, by treatment code."""
    words = listing(f"{dictionary.treatment_in_words(code)} ({whole(n)})" for code, n in numbers.items())
    return [f"Not drawn, {why}: {words}."] if words else []


def _drawn(paint: Callable[[list[Axes], bool], None], number: int, grids: Sequence[Grid]) -> dict[str, Callable]:
    """How a figure draws the first `number` axes of a grid, each width once for its HTML and data; and saves them."""
    painted = _only(paint, number)
    return {"drawn": cache(partial(_svg, painted, grids)), "saved": partial(_saved, painted, grids)}


def _only(paint: Callable[[list[Axes], bool], None], number: int) -> Callable[[list[Axes], bool], None]:
    """Painting the first axes of a grid; the places that are left over stay empty."""

    def painted(axes: list[Axes], narrow: bool) -> None:
        for empty in axes[number:]:
            empty.set_visible(False)
        paint(axes[:number], narrow)

    return painted


@contextmanager
def remembered_layouts() -> Iterator[None]:
    """Figures whose texts are as long as those of one drawn before take over its layout: a third of the time.

    For drawing the same figure again and again while a filter is dragged; a report lays out every figure anew.
    """
    token = _REMEMBERING.set(True)
    try:
        yield
    finally:
        _REMEMBERING.reset(token)


def _lay_out(canvas: Canvas) -> None:
    """Place the axes as a figure with texts of the same lengths had them, or remember how they were placed."""
    canvas.dpi = SVG_DPI
    lengths = tuple(len(text.get_text()) for text in canvas.findobj(Text))
    key = (*canvas.get_size_inches(), *lengths)
    if key not in _LAYOUTS:
        canvas.get_layout_engine().execute(canvas)
        _LAYOUTS[key] = [axes.get_position() for axes in canvas.axes]
        if len(_LAYOUTS) > MOST_LAYOUTS:
            del _LAYOUTS[next(iter(_LAYOUTS))]  # the oldest
    canvas.set_layout_engine("none")
    for axes, place in zip(canvas.axes, _LAYOUTS[key], strict=True):
        axes.set_position(place)


def _canvas(paint: Callable[[list[Axes], bool], None], grid: Grid, narrow: bool) -> Canvas:
    # A letter that the font of the layout lacks is drawn in the reader's own font: SVG holds text.
    warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
    canvas = Canvas(figsize=(grid.width_inches, grid.height_inches))
    paint(list(canvas.subplots(grid.rows, grid.columns, squeeze=False).flat), narrow)
    _draw_as_written(canvas)
    return canvas


def _draw_as_written(canvas: Canvas) -> None:
    """No text is a formula ($P1$ is an identifier), but for the powers of ten that a logarithmic axis writes itself."""
    logarithmic = [axes.xaxis for axes in canvas.axes if axes.get_xscale() == "log"]
    powers = {label for axis in logarithmic for label in axis.get_ticklabels(which="both")}
    for text in canvas.findobj(Text):
        text.set_parse_math(text in powers)


def _saved(
    paint: Callable[[list[Axes], bool], None], grids: Sequence[Grid], file_format: str, narrow: bool, dpi: int
) -> bytes:
    """The drawing as a file for print, at the width of a column (narrow) or of a page of a journal."""
    grid, width_inches = grids[narrow], JOURNAL_MM[narrow] / 25.4
    grid = grid._replace(width_inches=width_inches, height_inches=grid.height_inches * width_inches / grid.width_inches)
    content = BytesIO()
    undated = {"pdf": {"CreationDate": None}, "svg": {"Date": None, "Creator": None}, "png": {"Software": None}}
    with warnings.catch_warnings(), style.context([STYLE, {"pdf.fonttype": 42}]):
        _canvas(paint, grid, narrow).savefig(content, format=file_format, dpi=dpi, metadata=undated[file_format])
    return content.getvalue()


def _svg(paint: Callable[[list[Axes], bool], None], grids: Sequence[Grid], narrow: bool) -> str:
    with warnings.catch_warnings(), style.context(STYLE):
        canvas = _canvas(paint, grids[narrow], narrow)
        if _REMEMBERING.get():
            _lay_out(canvas)
        text = StringIO()
        # Not savefig, which draws everything twice.
        FigureCanvasSVG(canvas).print_svg(text, metadata={"Date": None, "Creator": None})
    return slim(text.getvalue())
