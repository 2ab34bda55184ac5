"""Figures of the sensitivity page: rates by every way of counting patients, and by every definition of response."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from adreport.pages.contract import wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment
from adreport.pages.sensitivity.multiverse import DEFINITIONS, OUTPUT, SPECIFICATIONS, Specification
from adreport.pages.sensitivity.patients import BOOTSTRAP, NAIVE
from adreport.pages.sensitivity.patients import OUTPUT as PATIENTS
from adreport.show import colours
from adreport.show.colours import treatment_colour
from adreport.show.drawing import figure, label_rows, panels, treatment_name
from adreport.show.numbers import interval, percent, whole
from adreport.show.parts import Absent, Figure


class Way(NamedTuple):
    """How a way of counting patients is shown: its label, its marker, its distance from the middle of a row."""

    label: str
    marker: str
    offset: float


WAYS = {
    NAIVE: Way("All courses, as independent", "o", -0.24),
    BOOTSTRAP: Way("All courses, patients as units", "s", 0.0),
    FIRST_COURSE: Way("First course of each patient", "^", 0.24),
}
LINE_INCHES = 0.2  # of one specification
AROUND_INCHES = 0.75  # a panel's title and axis
# Of each definition: its distance from the middle of a line, and its marker.
MARKERS = {
    DEFINITIONS[0]: (-0.17, {"marker": "o", "markersize": 4}),
    DEFINITIONS[1]: (0.17, {"marker": "D", "markersize": 4, "markerfacecolor": colours.PAPER}),
}
PERCENT_AXIS = {"xlim": (-3, 103), "xticks": [0, 50, 100]}


def rates(results: Results) -> Figure | Absent:
    """Overall effectiveness of each compared treatment, with the intervals of three ways to count patients."""
    frame = _ways(results)
    codes = list(dict.fromkeys(frame["treatment"]))
    if not codes:
        return Absent()

    def paint(axes: Axes, narrow: bool) -> None:
        _points_with_intervals(axes, frame)
        for _, rate in frame.iterrows():
            at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points", "fontsize": 8}
            axes.annotate(f"{whole(rate['n'])}/{whole(rate['N'])}", (1, rate["height"]), (8, 0), va="center", **at)
        label_rows(axes, [treatment_name(code, narrow) for code in codes])
        axes.set(xlabel="Effective courses (%)", ylabel="", **PERCENT_AXIS)
        marks = [Line2D([], [], color=colours.QUIET, marker=way.marker, ls="", ms=5) for way in WAYS.values()]
        axes.figure.legend(
            marks, [way.label for way in WAYS.values()],
            loc="outside upper left", ncols=1 if narrow else 3, frameon=False, handletextpad=0.2,
        )  # fmt: skip

    caption = "Overall effectiveness by three ways of counting patients"
    notes = [
        f"Lines: {results.settings.interval_name}, of Wilson (all courses, as independent), with patients as units "
        "(resampled, or exact; see the table), and exact (first course). Beside them effective courses of all counted."
    ]
    return figure(paint, 2.2 * len(codes) + 1.5, caption, _described(frame, caption), notes, treatments=codes)


def definitions(results: Results) -> Figure | Absent:
    """The rates of every treatment by every specification: one panel a treatment, one line a specification."""
    rows = results.pick(output=OUTPUT, group1="treatment")
    frame = wide(rows[rows["group1_level"] != ""], ["group1_level", "variable_level", "variable"])
    frame = frame.reindex(columns=RATES)
    if not frame["N"].sum():
        return Absent()
    codes, drawn = list(dict.fromkeys(frame.index.get_level_values(0))), _distinct(frame)

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, code in zip(axes, codes, strict=True):
            _draw_panel(panel, frame.loc[code], drawn, treatment_colour(code))
            panel.set_title(treatment_name(code, narrow=False))
        handles = [Line2D([], [], color=colours.QUIET, **marker) for _, marker in MARKERS.values()]
        labels = ["Effective", "Significant response"]
        axes[0].figure.legend(handles, labels, loc="outside upper left", ncols=2, frameon=False)

    caption = "Response by every combination of choices"
    height = len(codes) * (AROUND_INCHES + LINE_INCHES * len(drawn)) + 0.4
    notes = [
        f"Lines: exact (Clopper-Pearson) {results.settings.interval_name}. Beside them effective and significant "
        "responses of the courses counted. Shaded: the published choice. All, first, last: which courses of each "
        "patient. + rescue: rescue courses in. gaps = 0: a missing response counts as none, not as unknown.",
        f"Choices that change no number are drawn once: {len(drawn)} of {len(SPECIFICATIONS)} lines. The response of a "
        "rescue course is seldom recorded; it then counts only where a missing response counts as none.",
    ]
    return panels(paint, len(codes), height, caption, _all_described(frame, drawn, caption), notes, columns=2)


def _ways(results: Results) -> pd.DataFrame:
    """A row a treatment and way of counting: `treatment`, `way`, n, N, p, limits, and the `height` it is drawn at."""
    frames = {NAIVE: by_treatment(results.rows, "effective", RATES)}
    for level in (BOOTSTRAP, FIRST_COURSE):
        rows = results.pick(output=PATIENTS, variable="effective", variable_level=level, group2="")
        rates = wide(rows[rows["group1_level"] != ""], "group1_level").reindex(columns=[*RATES, "courses"])
        frames[level] = rates.assign(N=rates["courses"])[RATES]
    codes = frames[BOOTSTRAP].index
    together = pd.concat([rates.reindex(codes).assign(way=way) for way, rates in frames.items()])
    together["height"] = [codes.get_loc(code) + WAYS[way].offset for code, way in together["way"].items()]
    return together.rename_axis("treatment").reset_index().query("N > 0").sort_values("height")


def _points_with_intervals(axes: Axes, frame: pd.DataFrame) -> None:
    import seaborn.objects as so  # here, because it takes a second for which pages without such a figure need not wait

    percents = (100 * frame[["p", "conf.low", "conf.high"]]).set_axis(["rate", "low", "high"], axis=1)
    scales = {
        "color": {code: treatment_colour(code) for code in frame["treatment"]},
        "marker": {name: way.marker for name, way in WAYS.items()},
    }
    plot = so.Plot(frame.join(percents), x="rate", y="height", xmin="low", xmax="high", color="treatment", marker="way")
    plot = plot.add(so.Range(linewidth=1.2), orient="y", legend=False).add(so.Dot(pointsize=5), legend=False)
    plot.scale(**scales).on(axes).plot()


def _distinct(frame: pd.DataFrame) -> list[Specification]:
    """The specifications that give some treatment other counts than every one before them."""
    kept: dict[tuple, Specification] = {}
    for specification in SPECIFICATIONS:
        counts = frame.loc[frame.index.get_level_values("variable_level") == specification.code, ["n", "N"]]
        kept.setdefault(tuple(counts.droplevel("variable_level").itertuples(name=None)), specification)
    return list(kept.values())


def _draw_panel(axes: Axes, rates: pd.DataFrame, drawn: list[Specification], colour: str) -> None:
    for definition, (offset, marker) in MARKERS.items():
        shown = 100 * rates.xs(definition, level="variable").reindex([one.code for one in drawn])
        heights = np.arange(len(drawn)) + offset
        axes.hlines(heights, shown["conf.low"], shown["conf.high"], color=colour, linewidth=1.2)
        axes.plot(shown["p"], heights, color=colour, linestyle="", clip_on=False, **marker)
    for row, specification in enumerate(drawn):
        if specification.code in rates.index:
            at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points", "fontsize": 7.5}
            axes.annotate(_counted(rates.loc[specification.code]), (1, row), (5, 0), va="center", **at)
    label_rows(axes, list(map(_label, drawn)))
    axes.tick_params("y", labelsize=7.5)
    axes.axhspan(-0.5, 0.5, color=colours.BAND, zorder=0)
    axes.set(**PERCENT_AXIS)


def _label(specification: Specification) -> str:
    rescue = " + rescue" if specification.rescue == "in" else ""
    gaps = ", gaps = 0" if specification.missing == "failure" else ""
    return f"{specification.courses}{rescue}{gaps}"


def _counted(rates: pd.DataFrame) -> str:
    """Effective and significant responses of the courses counted: "23, 4 of 25"."""
    effective, significant = (whole(n) for n in rates["n"].reindex(DEFINITIONS))
    total = rates["N"].iloc[0]
    return f"{effective}, {significant} of {whole(total)}" if total else "no course"


def _described(frame: pd.DataFrame, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} " + ", ".join(_rate_in_words(rate) for _, rate in rates.iterrows())
        for code, rates in frame.groupby("treatment", sort=False)
    ]
    return f"{caption}: {'; '.join(parts)}."


def _rate_in_words(rate: pd.Series) -> str:
    limits = interval(rate["conf.low"], rate["conf.high"], decimals=0)
    counts = f"{whole(rate['n'])} of {whole(rate['N'])}"
    return f"{WAYS[rate['way']].label.lower()} {counts}, {percent(rate['p'], 0)}% ({limits})"


def _all_described(frame: pd.DataFrame, drawn: list[Specification], caption: str) -> str:
    labels = {one.code: _label(one) for one in drawn}
    parts = []
    for code, rates in frame[frame["N"] > 0].groupby("group1_level", sort=False):
        by_specification = rates.droplevel("group1_level").groupby("variable_level", sort=False)
        lines = [f"{labels[name]} {_counted(own.loc[name])}" for name, own in by_specification if name in labels]
        parts.append(f"{treatment_name(code, False)}: {', '.join(lines)}")
    return f"{caption}, effective and significant responses of courses. {'; '.join(parts)}."
