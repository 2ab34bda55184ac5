"""Figures of the safety page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.layout import RATES, by_treatment, interval_name
from adreport.show.colours import treatment_colour
from adreport.show.drawing import few_note, figure, label_rows, treatment_name
from adreport.show.numbers import counted, interval, number, whole
from adreport.show.parts import Absent, Figure
from adreport.show.rates import rates

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
        for frame, offset, marker in zip(frames, (-OFFSET, OFFSET), ("o", "D"), strict=True):
            for row, (code, rate) in enumerate(frame.iterrows()):
                colour = treatment_colour(code)
                face = "white" if code in few else colour
                _draw(axes, row + offset, rate, end, marker, color=colour, markerfacecolor=face)
        label_rows(axes, [treatment_name(code, narrow) for code in frames[0].index])
        axes.set_xlim(-0.02 * end, end)
        axes.set_xlabel("Side effects per 100 patient-years")

    caption = "Side effects for the time on treatment"
    notes = [
        "Round point: all events; diamond: first event of each course, over the time until it. Lines: exact Poisson "
        "interval, a small arrow where it goes on beyond the axis, a large one where the rate itself lies beyond. "
        f"Beside them events/patient-years and the rate ({interval_name(results)}).",
        *([f"The axis is made for the treatments with at least {min_courses} courses."] if few else []),
        *few_note("Hollow", few, min_courses),
    ]
    codes = list(frames[0].index)
    return figure(paint, 2 * len(codes), caption, _described(frames[0], caption), notes, mark, codes)


def _draw(axes: Axes, row: float, rate: pd.Series, end: float, marker: str, **colours: str) -> None:
    limits = [min(rate[limit], end) for limit in ("conf.low", "conf.high")]
    axes.plot(limits, [row, row], color=colours["color"], solid_capstyle="butt", linewidth=1.4 if marker == "o" else 1)
    if rate["conf.high"] > end:
        axes.plot(end, row, ">", markersize=9 if rate["rate"] > end else 5, clip_on=False, **colours)
    if rate["rate"] <= end:
        axes.plot(rate["rate"], row, marker, markersize=6 if marker == "o" else 5, clip_on=False, **colours)
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
