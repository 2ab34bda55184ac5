"""How every figure is drawn: once for wide pages and once for phones, in one style, as SVG."""

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure as Canvas

from adreport import dictionary, display

STYLE = Path(__file__).resolve().parent.parent / "report.mplstyle"
WIDE_INCHES = 7.0
NARROW_INCHES = 3.6
# The page's own fonts; the drawing is laid out in DejaVu Sans, which is wider than any of them.
PAGE_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
RESPONSE_COLOURS = ("#b9b9b9", "#8fb8d8", "#0b4f8a")
END_COLOUR = "#d9d9d9"
INK = "#222222"
FEW_HATCH = "////"


def figure(
    paint: Callable[[Axes, bool], None],
    rows: int,
    caption: str,
    alternative: str,
    footnotes: Sequence[str] = (),
    mark: str = "",
) -> display.Figure:
    """A figure of one axes; `paint(axes, narrow)` draws it, `rows` lines of content set its height."""
    return panels(
        lambda axes, narrow: paint(axes[0], narrow), 1, 0.9 + 0.29 * rows, caption, alternative, footnotes, mark
    )


def panels(
    paint: Callable[[list[Axes], bool], None],
    number: int,
    height_inches: float,
    caption: str,
    alternative: str,
    footnotes: Sequence[str] = (),
    mark: str = "",
    columns: int = 1,
) -> display.Figure:
    """A figure of several axes, `height_inches` high if one below the other; on wide pages in `columns`."""
    lines = -(-number // columns)
    wide = _svg(paint, number, columns, WIDE_INCHES, height_inches * lines / number)
    narrow = _svg(paint, number, 1, NARROW_INCHES, height_inches)
    return display.Figure(wide, narrow, caption, alternative, footnotes, mark)


def treatment_name(code: str, narrow: bool) -> str:
    """A treatment's label, or its abbreviation where there is little room."""
    treatment = dictionary.treatments()[code]
    return treatment.abbreviation if narrow else treatment.label


def treatment_colour(code: str) -> str:
    """The colour of a treatment on every page; ends of pathways share a grey."""
    treatment = dictionary.treatments().get(code)
    return treatment.colour if treatment else END_COLOUR


def response_colours(levels: int) -> list:
    """Ordered colours from grey (worst) to a saturated hue (best)."""
    scale = LinearSegmentedColormap.from_list("response", RESPONSE_COLOURS)
    return [scale(position / max(levels - 1, 1)) for position in range(levels)]


def ink_on(colour) -> str:
    """Black or white, whichever reads better on a colour."""
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.4 else "#ffffff"


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Rows of a chart from top to bottom, without the axis line they do not need."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def few_note(few: Sequence[str], min_courses: int) -> list[str]:
    """The footnote that explains hollow or hatched marks, if there are any."""
    return [f"Hollow or hatched: fewer than {min_courses} courses, not compared."] if len(few) else []


def _svg(paint: Callable[[list[Axes], bool], None], number: int, columns: int, width: float, height: float) -> str:
    with style.context(STYLE):
        canvas = Canvas(figsize=(width, height))
        axes = canvas.subplots(-(-number // columns), columns, squeeze=False).ravel()
        for unused in axes[number:]:
            unused.set_axis_off()
        paint(list(axes[:number]), width == NARROW_INCHES)
        text = StringIO()
        canvas.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue().replace("'DejaVu Sans'", PAGE_FONTS.replace('"', "'"))
