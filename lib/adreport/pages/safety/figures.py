"""Figures of the safety page."""

import math

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment
from adreport.show.colours import PAPER, treatment_colour
from adreport.show.drawing import few_note, figure, label_rows, not_drawn, tell_rows, treatment_name
from adreport.show.numbers import counted, interval, number, whole
from adreport.show.parts import Absent, Figure
from adreport.show.rates import rates, write_beside
from adreport.stats.tests import FEWEST

RATE_COLUMNS = ["n", "patient_years", "rate", "conf.low", "conf.high"]
BESIDE_POINTS = (8, 62)  # where events/years and the rate start, right of the axis
BEFORE, BEHIND = 0.7, 1.3  # of the axis, as multiples of its least and its largest limit


def affected_courses(results: Results) -> Figure | Absent:
    """The share of courses with at least one side effect, with its interval."""
    frame = by_treatment(results.rows, "affected_courses", RATES, output="safety")
    settings, caption = results.settings, "Courses with a side effect"
    return rates(frame, caption, f"{caption} (%)", settings.min_courses, settings.interval_name)


def exposure(results: Results) -> Figure | Absent:
    """First side effects per 100 patient-years of each treatment."""
    frame = by_treatment(results.rows, "first_side_effect", RATE_COLUMNS, "exposure").dropna(subset="rate")
    courses = by_treatment(results.rows, "affected_courses", ["N"], "safety")["N"]
    frame = frame[courses.reindex(frame.index) >= FEWEST]
    if frame.empty:
        return Absent()
    few = frame.index[courses[frame.index] < results.settings.min_courses]
    limits = frame[["conf.low", "conf.high"]].replace(0, math.nan).stack()
    low, high = BEFORE * limits.min(), BEHIND * limits.max()

    def paint(axes: Axes, narrow: bool) -> None:
        _points_on_lines(axes, frame, low, few)
        for row, (_, rate) in enumerate(frame.iterrows()):
            write_beside(axes, row, dict(zip(BESIDE_POINTS, _in_numbers(rate), strict=True)))
        label_rows(axes, [treatment_name(code, narrow) for code in frame.index])
        tell_rows(axes, [_told(code, rate) for code, rate in frame.iterrows()])
        axes.set(xscale="log", xlim=(0.9 * low, high), xlabel="First side effects per 100 patient-years", ylabel="")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")

    caption = "First side effects for the time on treatment"
    notes = [
        "First side effect of each course, over the time until it; the axis is logarithmic. Lines: exact Poisson "
        f"interval. Beside them events/patient-years and the rate ({results.settings.interval_name}).",
        *(["Arrow: no side effect; the line ends at the upper limit."] if (frame["n"] == 0).any() else []),
        *few_note("Hollow", few, results.settings.min_courses),
        *_left_out(courses.drop(frame.index)),
    ]
    return figure(paint, len(frame), caption, _described(frame, caption), notes, treatments=list(frame.index))


def _left_out(courses: pd.Series) -> list[str]:
    """Footnotes on the treatments without a rate; `courses`: of each."""
    few = courses < FEWEST
    untimed = "since no duration is known"
    return not_drawn(courses[few], f"with fewer than {FEWEST} courses") + not_drawn(courses[~few], untimed)


def _points_on_lines(axes: Axes, frame: pd.DataFrame, low: float, few: pd.Index) -> None:
    """Rates as points on lines from their lower to their upper limit; an arrow at the edge where nothing happened."""
    colours = [treatment_colour(code) for code in frame.index]
    axes.hlines(range(len(frame)), frame["conf.low"].clip(lower=low), frame["conf.high"], colours)
    for row, (code, rate) in enumerate(frame.iterrows()):
        look = {"edgecolor": treatment_colour(code), "facecolor": PAPER if code in few else treatment_colour(code)}
        axes.scatter(max(rate["rate"], low), row, 49, marker="o" if rate["n"] else "<", zorder=3, clip_on=False, **look)


def _in_numbers(rate: pd.Series) -> tuple[str, str]:
    limits = interval(rate["conf.low"], rate["conf.high"], as_percent=False, decimals=0)
    return f"{whole(rate['n'])}/{number(rate['patient_years'])}", f"{number(rate['rate'], 0)} ({limits})"


def _described(frame: pd.DataFrame, caption: str) -> str:
    return f"{caption}: {'; '.join(_told(code, rate) for code, rate in frame.iterrows())}."


def _told(code: str, rate: pd.Series) -> str:
    return (
        f"{treatment_name(code, False)}: {counted(rate['n'], 'event')} in {number(rate['patient_years'])} years, "
        f"{number(rate['rate'])} per 100 ({interval(rate['conf.low'], rate['conf.high'], as_percent=False)})"
    )
