"""Figures of the safety page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment
from adreport.show.drawing import few_note, figure, label_rows, not_drawn, treatment_name
from adreport.show.numbers import counted, interval, number, whole
from adreport.show.parts import Absent, Figure
from adreport.show.rates import faces, palette, raise_points, rates, write_beside
from adreport.stats.tests import FEWEST

RATE_COLUMNS = ["n", "patient_years", "rate", "conf.low", "conf.high"]
# How all events and first events are drawn: below or above the middle of a treatment's row, and with which mark.
KINDS = {"side_effects": (-0.18, "o", 6), "first_side_effect": (0.18, "D", 5)}
ARROW_SIZES = {False: 5, True: 9}  # whether the rate itself lies beyond the axis, or only the end of its interval
BESIDE_POINTS = (8, 62)  # where events/years and the rate start, right of the axis


def affected_courses(results: Results) -> Figure | Absent:
    """The share of courses with at least one side effect, with its interval."""
    frame = by_treatment(results.rows, "affected_courses", RATES, output="safety")
    settings, caption = results.settings, "Courses with a side effect"
    return rates(frame, caption, f"{caption} (%)", settings.min_courses, settings.interval_name)


def exposure(results: Results) -> Figure | Absent:
    """Side effects per 100 patient-years of each treatment: all events above, first events below."""
    frames = {kind: by_treatment(results.rows, kind, RATE_COLUMNS, "exposure") for kind in KINDS}
    courses = by_treatment(results.rows, "affected_courses", ["N"], "safety")["N"]
    every = frames["side_effects"].dropna(subset="rate")
    every = every[courses.reindex(every.index) >= FEWEST]
    if every.empty:
        return Absent()
    least, codes = results.settings.min_courses, list(every.index)
    few = every.index[courses[codes] < least]
    placed = [_placed(frame.reindex(codes).dropna(subset="rate"), kind, codes) for kind, frame in frames.items()]
    drawn = pd.concat(placed, ignore_index=True)
    shown = drawn if len(few) == len(codes) else drawn[~drawn["treatment"].isin(few)]
    end = 1.05 * shown["conf.high"].max()

    def paint(axes: Axes, narrow: bool) -> None:
        _lines_and_marks(axes, drawn, end, few)
        for _, rate in drawn.iterrows():
            write_beside(axes, rate["row"], dict(zip(BESIDE_POINTS, _in_numbers(rate), strict=True)), fontsize=8)
        label_rows(axes, [treatment_name(code, narrow) for code in codes])
        axes.set(xlim=(-0.02 * end, end), xlabel="Side effects per 100 patient-years", ylabel="")

    caption = "Side effects for the time on treatment"
    notes = [
        "Round point: all events; diamond: first event of each course, over the time until it. Lines: exact Poisson "
        "interval; a small arrow where it extends beyond the axis, a large one where the rate itself lies beyond. "
        f"Beside them events/patient-years and the rate ({results.settings.interval_name}).",
        *([f"The axis is scaled to the treatments with at least {least} courses."] if len(few) else []),
        *few_note("Hollow", few, least),
        *_left_out(courses.drop(codes)),
    ]
    return figure(paint, 2 * len(codes), caption, _described(every, caption), notes, treatments=codes)


def _left_out(courses: pd.Series) -> list[str]:
    """Footnotes on the treatments without a rate; `courses`: of each."""
    few = courses < FEWEST
    untimed = "since no duration is known"
    return not_drawn(courses[few], f"with fewer than {FEWEST} courses") + not_drawn(courses[~few], untimed)


def _placed(frame: pd.DataFrame, kind: str, codes: list[str]) -> pd.DataFrame:
    """The rates of one kind with their treatment, row and mark."""
    offset, marker, size = KINDS[kind]
    rows = [codes.index(code) + offset for code in frame.index]
    return frame.rename_axis("treatment").reset_index().assign(row=rows, marker=marker, size=size)


def _lines_and_marks(axes: Axes, drawn: pd.DataFrame, end: float, few: pd.Index) -> None:
    """Rates as points on lines from their lower to their upper limit, with arrows at the end of the axis."""
    import seaborn.objects as so  # here, because it takes a second for which pages without such a figure need not wait

    beyond, far = drawn["conf.high"] > end, drawn["rate"] > end
    arrows = drawn.assign(rate=end, marker=">", size=far.map(ARROW_SIZES))[beyond]
    marks = pd.concat([drawn[~far], arrows], ignore_index=True)
    marks["face"] = faces(pd.Index(marks["treatment"]), few)
    lines = drawn.assign(low=drawn["conf.low"].clip(upper=end), high=drawn["conf.high"].clip(upper=end))
    colours = palette(drawn["treatment"])
    place = {"y": "row", "color": "treatment", "legend": False}
    dots = {"x": "rate", "fillcolor": "face", "marker": "marker", "pointsize": "size"}
    plot = so.Plot().add(so.Range(), data=lines, xmin="low", xmax="high", orient="y", **place)
    plot = plot.add(so.Dots(fillalpha=1, stroke=1), data=marks, **dots, **place)
    scales = {"color": colours, "fillcolor": colours, "marker": {mark: mark for mark in marks["marker"]}}
    plot.scale(**scales, pointsize=None).on(axes).plot()
    raise_points(axes)


def _in_numbers(rate: pd.Series) -> tuple[str, str]:
    limits = interval(rate["conf.low"], rate["conf.high"], as_percent=False, decimals=0)
    return f"{whole(rate['n'])}/{number(rate['patient_years'])}", f"{number(rate['rate'], 0)} ({limits})"


def _described(frame: pd.DataFrame, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} {counted(rate['n'], 'event')} in {number(rate['patient_years'])} years, "
        f"{number(rate['rate'])} per 100, interval {interval(rate['conf.low'], rate['conf.high'], as_percent=False)}"
        for code, rate in frame.iterrows()
    ]
    return f"{caption}: {'; '.join(parts)}."
