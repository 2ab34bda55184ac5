"""Figures of the safety page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.display import Absent, Figure
from adreport.figures.drawing import figure, label_rows, treatment_colour, treatment_name
from adreport.figures.rates import rates
from adreport.formatting import counted, interval, number, whole
from adreport.tables.columns import RATES, by_treatment, interval_name

RATE_COLUMNS = ["n", "patient_years", "rate", "conf.low", "conf.high"]
OFFSET = 0.18  # of the two lines of a treatment
BESIDE_POINTS = (8, 62)  # where events/years and the rate start, right of the axis


def affected_courses(results: pd.DataFrame, min_courses: int) -> Figure:
    """The share of courses with at least one side effect, with its interval."""
    frame = by_treatment(results, "affected_courses", RATES, output="safety")
    return rates(
        frame, "Courses with a side effect", "Courses with a side effect (%)", min_courses, interval_name(results)
    )


def exposure(results: pd.DataFrame, min_courses: int, mark: str = "") -> Figure | Absent:
    """Side effects per 100 patient-years of each treatment: all events above, first events below."""
    frames = [by_treatment(results, name, RATE_COLUMNS, "exposure") for name in ("side_effects", "first_side_effect")]
    frames = [frame[frame["rate"].notna()] for frame in frames]
    if frames[0].empty:
        return Absent()
    courses = by_treatment(results, "affected_courses", ["N"], "safety")["N"]
    few = [code for code in frames[0].index if courses[code] < min_courses]
    high = pd.concat([frame["conf.high"].drop(index=few, errors="ignore") for frame in frames]).max()
    end = 1.05 * (high if len(few) < len(frames[0]) else max(frame["conf.high"].max() for frame in frames))

    def paint(axes: Axes, narrow: bool) -> None:
        for frame, offset in zip(frames, (-OFFSET, OFFSET), strict=True):
            for row, (code, rate) in enumerate(frame.iterrows()):
                _draw(axes, row + offset, rate, treatment_colour(code), end, filled=offset < 0)
        label_rows(axes, [treatment_name(code, narrow) for code in frames[0].index])
        axes.set_xlim(-0.02 * end, end)
        axes.set_xlabel("Side effects per 100 patient-years")

    caption = "Side effects for the time on treatment"
    notes = [
        "Full point: all events; hollow square: first event of each course, over the time until it. Lines: exact "
        "Poisson interval, an arrow where it goes on beyond the axis. Beside them events/patient-years and the rate "
        f"({interval_name(results)}).",
        *([f"The axis is made for the treatments with at least {min_courses} courses."] if few else []),
    ]
    return figure(paint, 2 * len(frames[0]), caption, _described(frames[0], caption), notes, mark)


def _draw(axes: Axes, row: float, rate: pd.Series, colour: str, end: float, filled: bool) -> None:
    high = min(rate["conf.high"], end)
    axes.plot([rate["conf.low"], high], [row, row], color=colour, solid_capstyle="butt", linewidth=1.4 if filled else 1)
    if rate["conf.high"] > end:
        axes.plot(end, row, ">", color=colour, markersize=5, clip_on=False)
    if rate["rate"] <= end:
        axes.plot(
        rate["rate"], row, "o" if filled else "s", color=colour, markersize=6 if filled else 4.5, clip_on=False,
        markerfacecolor=colour if filled else "white",
    )  # fmt: skip
    limits = interval(rate["conf.low"], rate["conf.high"], as_percent=False, decimals=0)
    beside = f"{whole(rate['n'])}/{number(rate['patient_years'])}", f"{number(rate['rate'], 0)} ({limits})"
    for points, text in zip(BESIDE_POINTS, beside, strict=True):
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points", "fontsize": 8}
        axes.annotate(text, (1, row), (points, 0), va="center", **at)


def _described(frame: pd.DataFrame, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} {counted(rate['n'], 'event')} in {number(rate['patient_years'])} years, "
        f"{number(rate['rate'])} per 100, interval {interval(rate['conf.low'], rate['conf.high'], as_percent=False)}"
        for code, rate in frame.iterrows()
    ]
    return f"{caption}: {'; '.join(parts)}."
