"""A proportion with its interval for each treatment: points on lines, numbers beside them."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.show.drawing import few_note, figure, label_rows, treatment_colour, treatment_name
from adreport.show.numbers import counted, interval, percent, whole
from adreport.show.parts import Absent, Figure

BESIDE_POINTS = (8, 46)  # where n/N and the percentage start, right of the axis


def rates(
    frame: pd.DataFrame, caption: str, axis_label: str, min_courses: int, interval_label: str, mark: str = ""
) -> Figure | Absent:
    """Rates with Wilson intervals; `frame`: one row a treatment with n, N, p, conf.low, conf.high."""
    frame = frame[frame["N"] > 0]
    if frame.empty:
        return Absent()
    few = frame.index[frame["N"] < min_courses]

    def paint(axes: Axes, narrow: bool) -> None:
        colours = [treatment_colour(code) for code in frame.index]
        faces = ["white" if code in few else colour for code, colour in zip(frame.index, colours, strict=True)]
        heights = range(len(frame))
        axes.hlines(heights, 100 * frame["conf.low"], 100 * frame["conf.high"], colours)
        axes.scatter(100 * frame["p"], heights, 49, faces, edgecolors=colours, linewidths=1, zorder=3, clip_on=False)
        for row, (_, rate) in enumerate(frame.iterrows()):
            for points, text in zip(BESIDE_POINTS, _beside(rate), strict=True):
                at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
                axes.annotate(text, (1, row), (points, 0), va="center", **at)
        label_rows(axes, [treatment_name(code, narrow) for code in frame.index])
        axes.set_xlim(-3, 103)
        axes.set_xticks([0, 50, 100] if narrow else range(0, 101, 20))
        axes.set_xlabel(axis_label)

    notes = [
        f"Points: courses with the outcome; lines: Wilson interval; beside them n/N and percent ({interval_label})."
    ]
    notes += few_note("Hollow", few, min_courses)
    return figure(paint, len(frame), caption, _described(frame, caption), notes, mark, list(frame.index))


def _beside(rate: pd.Series) -> tuple[str, str]:
    limits = interval(rate["conf.low"], rate["conf.high"], decimals=0)
    return f"{whole(rate['n'])}/{whole(rate['N'])}", f"{percent(rate['p'], 0)}% ({limits})"


def _described(frame: pd.DataFrame, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} {whole(rate['n'])} of {counted(rate['N'], 'course')}, "
        f"{percent(rate['p'], 0)}%, "
        f"interval {interval(rate['conf.low'], rate['conf.high'], decimals=0)}"
        for code, rate in frame.iterrows()
    ]
    return f"{caption}: {'; '.join(parts)}."
