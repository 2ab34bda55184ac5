"""A proportion with its interval for each treatment: points on lines, numbers beside them."""

from collections.abc import Iterable, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from adreport.show.colours import PAPER, treatment_colour
from adreport.show.drawing import few_note, figure, label_rows, tell_rows, treatment_name
from adreport.show.numbers import counted, interval, percent, whole
from adreport.show.parts import Absent, Figure
from adreport.stats.tests import FEWEST

HOLLOW = ""  # stands for no colour of a treatment
GAP_POINTS, DIGIT_POINTS = 8, 6  # between the axis, n/N and the percentage; of a digit


def rates(frame: pd.DataFrame, caption: str, axis_label: str, min_courses: int, interval_label: str) -> Figure | Absent:
    """Rates with Wilson intervals; `frame`: one row a treatment with n, N, p, conf.low, conf.high.

    `min_courses`: points of treatments with fewer courses are hollow.
    """
    frame = frame[frame["N"] > 0]
    if frame.empty:
        return Absent()
    few = frame.index[frame["N"] < min_courses]

    def paint(axes: Axes, narrow: bool) -> None:
        points_with_intervals(axes, frame, hollow=few)
        numbers = [_in_numbers(rate) for _, rate in frame.iterrows()]
        places = (GAP_POINTS, 2 * GAP_POINTS + DIGIT_POINTS * max(len(counts) for counts, _ in numbers))
        for row, texts in enumerate(numbers):
            write_beside(axes, row, dict(zip(places, texts, strict=True)))
        label_rows(axes, [treatment_name(code, narrow) for code in frame.index])
        tell_rows(axes, [_told(code, rate) for code, rate in frame.iterrows()])
        axes.set(xlim=(-3, 103), xticks=[0, 50, 100] if narrow else range(0, 101, 20), xlabel=axis_label, ylabel="")

    notes = [
        f"Points: courses with the outcome; lines: Wilson interval, courses as independent; beside "
        f"them n/N and percent ({interval_label}).",
        *few_note("Hollow", few, min_courses),
    ]
    return figure(paint, len(frame), caption, _described(frame, caption), notes, treatments=list(frame.index))


def points_with_intervals(axes: Axes, frame: pd.DataFrame, hollow: pd.Index) -> None:
    """Proportions in percent, a row a treatment in its colour, each on a line between its limits; none of few."""
    import seaborn.objects as so  # here, because it takes a second for which pages without such a figure need not wait

    colours, enough = palette(frame.index), frame["N"] >= FEWEST
    shown = pd.DataFrame({
        "treatment": frame.index, "face": faces(frame.index, hollow),
        "rate": 100 * frame["p"].to_numpy(),
        **{end: 100 * frame[f"conf.{end}"].where(enough, frame["p"]).to_numpy() for end in ("low", "high")},
    })  # fmt: skip
    plot = so.Plot(shown, x="rate", y="treatment", xmin="low", xmax="high", color="treatment", fillcolor="face")
    plot = plot.add(so.Range(), legend=False).add(so.Dots(pointsize=7, fillalpha=1, stroke=1), legend=False)
    plot.scale(color=colours, fillcolor=colours).on(axes).plot()
    raise_points(axes)


def palette(codes: Iterable[str]) -> dict[str, str]:
    """The colour of each treatment, and that of a face that is hollow."""
    return {code: treatment_colour(code) for code in codes} | {HOLLOW: PAPER}


def faces(codes: pd.Index, few: pd.Index) -> pd.Index:
    """What fills the point of each treatment: its colour, or nothing where it has few courses."""
    return codes.where(~codes.isin(few), HOLLOW)


def raise_points(axes: Axes) -> None:
    """Points over their lines, and whole at the ends of the axis."""
    for points in (marks for marks in axes.collections if isinstance(marks, PathCollection)):
        points.set(zorder=3, clip_on=False)


def write_beside(axes: Axes, height: float, texts: Mapping[float, str], **style: float) -> None:
    """Texts to the right of the axis, by their distance from it in points."""
    at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    for points, text in texts.items():
        axes.annotate(text, (1, height), (points, 0), va="center", **at, **style)


def _in_numbers(rate: pd.Series) -> tuple[str, str]:
    share = f"{percent(rate['p'], 0)}% ({interval(rate['conf.low'], rate['conf.high'], decimals=0)})"
    return f"{whole(rate['n'])}/{whole(rate['N'])}", share if rate["N"] >= FEWEST else ""


def _told(code: str, rate: pd.Series) -> str:
    counts = f"{treatment_name(code, False)}: {whole(rate['n'])} of {whole(rate['N'])}"
    return ", ".join(filter(None, [counts, _in_numbers(rate)[1]]))


def _described(frame: pd.DataFrame, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} {whole(rate['n'])} of {counted(rate['N'], 'course')} {_in_numbers(rate)[1]}"
        for code, rate in frame.iterrows()
    ]
    return f"{caption}: {'; '.join(map(str.strip, parts))}."
