"""Figures of the sensitivity page: rates by every way of counting patients, and by every definition of response."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from adreport.pages.contract import wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment
from adreport.pages.sensitivity.multiverse import OUTPUT, SPECIFICATIONS, Specification
from adreport.pages.sensitivity.patients import BOOTSTRAP, NAIVE
from adreport.pages.sensitivity.patients import OUTPUT as PATIENTS
from adreport.show.colours import BAND, PAPER, QUIET, treatment_colour
from adreport.show.drawing import figure, label_rows, not_drawn, panels, tell_area, tell_rows, treatment_name
from adreport.show.numbers import interval, percent, whole
from adreport.show.parts import Absent, Figure
from adreport.show.rates import write_beside
from adreport.stats.tests import FEWEST

OFFSET = 0.24
# Of each way of counting patients: its label, its marker, and its distance from the middle of a treatment's row.
WAYS = {
    NAIVE: ("All courses, as independent", "o", -OFFSET),
    BOOTSTRAP: ("All courses, patients as units", "s", 0.0),
    FIRST_COURSE: ("First course of each patient", "^", OFFSET),
}
# Of each definition of response: its label, its marker, and its distance from the middle of a specification's row.
MARKS = {
    "effective": ("Effective", {"marker": "o", "markersize": 4}, -0.17),
    "significant": ("Significant response", {"marker": "D", "markersize": 4, "markerfacecolor": PAPER}, 0.17),
}
LINE_INCHES = 0.2  # of one specification
AROUND_INCHES = 0.75  # a panel's title and axis
PERCENT_AXIS = {"xlim": (-3, 103), "xticks": [0, 50, 100], "ylabel": ""}


def rates(results: Results) -> Figure | Absent:
    """Overall effectiveness of each compared treatment, with the intervals of three ways to count patients."""
    frame = _by_way(results)
    codes = list(dict.fromkeys(frame["treatment"]))
    if not codes:
        return Absent()

    def paint(axes: Axes, narrow: bool) -> None:
        _points_with_intervals(axes, frame)
        for _, rate in frame.iterrows():
            write_beside(axes, rate["height"], {8: f"{whole(rate['n'])}/{whole(rate['N'])}"}, fontsize=8)
            tell_area(axes, 0, 1, rate["height"] - OFFSET / 2, OFFSET, _told(rate), of="row")
        label_rows(axes, [treatment_name(code, narrow) for code in codes])
        axes.set(xlabel="Effective courses (%)", **PERCENT_AXIS)
        for label, marker, _ in WAYS.values():
            axes.plot([], [], marker, color=QUIET, markersize=5, label=label)
        axes.figure.legend(loc="outside upper left", ncols=1 if narrow else 3, frameon=False, handletextpad=0.2)

    caption = "Overall effectiveness by three ways of counting patients"
    notes = [
        f"Lines: {results.settings.interval_name}, of Wilson (all courses, as independent), with patients as units "
        "(resampled, or exact; see the table), and exact (first course); none of fewer than "
        f"{FEWEST} courses. Beside them effective courses of all counted."
    ]
    return figure(paint, 2.2 * len(codes) + 1.5, caption, _described(frame, caption), notes, treatments=codes)


def definitions(results: Results) -> Figure | Absent:
    """Rates by every specification, a line each, in a panel for each treatment that has enough courses."""
    rows = results.pick(output=OUTPUT, group1="treatment")
    frame = wide(rows[rows["group1_level"] != ""], ["group1_level", "variable_level", "variable"])
    frame = frame.reindex(columns=RATES)
    if not frame["N"].sum():
        return Absent()
    of_main = [frame.index.get_level_values(name) for name in ("variable_level", "variable")]
    main = (of_main[0] == Specification().code) & (of_main[1] == "effective")
    sizes = frame.loc[main, "N"].droplevel(["variable_level", "variable"])
    frame = frame[frame.index.get_level_values(0).isin(sizes.index[sizes >= FEWEST])]
    if frame.empty:
        return Absent()
    treatments, drawn = dict(list(frame.groupby(level=0, sort=False))), _distinct(frame)

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, (code, rates) in zip(axes, treatments.items(), strict=True):
            _draw_panel(panel, rates.droplevel(0), drawn, treatment_colour(code))
            panel.set_title(treatment_name(code, narrow=False))
        marks = [Line2D([], [], color=QUIET, label=label, **mark) for label, mark, _ in MARKS.values()]
        axes[0].figure.legend(handles=marks, loc="outside upper left", ncols=2, frameon=False)

    caption = "Response by every combination of choices"
    height = len(treatments) * (AROUND_INCHES + LINE_INCHES * len(drawn)) + 0.4
    described = "; ".join(_panel_in_words(code, rates.droplevel(0), drawn) for code, rates in treatments.items())
    alternative = f"{caption}, effective and significant responses of courses. {described}."
    notes = [
        f"Lines: exact (Clopper-Pearson) {results.settings.interval_name}, of {FEWEST} courses or more. Beside them "
        "effective and significant responses of the courses counted. Shaded: the main analysis. All, first, last: "
        "which courses of each patient. + rescue: rescue courses in. gaps = 0: a missing response counts as none, not "
        "as unknown.",
        f"Choices that change no number are drawn once: {len(drawn)} of {len(SPECIFICATIONS)} lines. The response of a "
        "rescue course is seldom recorded; it then counts only where a missing response counts as none.",
        *not_drawn(sizes[sizes < FEWEST], f"with fewer than {FEWEST} courses of known response"),
    ]
    return panels(paint, len(treatments), height, caption, alternative, notes, columns=2)


def _by_way(results: Results) -> pd.DataFrame:
    """A row a treatment and way of counting: `treatment`, `way`, n, N, p, limits, and the `height` it is drawn at."""
    frames = {NAIVE: by_treatment(results.rows, "effective", RATES)}
    for way in (BOOTSTRAP, FIRST_COURSE):
        rows = results.pick(output=PATIENTS, variable="effective", variable_level=way, group2="")
        counted = wide(rows[rows["group1_level"] != ""], "group1_level").reindex(columns=[*RATES, "courses"])
        frames[way] = counted.assign(N=counted["courses"])
    codes = frames[BOOTSTRAP].index.rename("treatment")
    every = pd.concat([frame.reindex(codes).assign(way=way) for way, frame in frames.items()]).reset_index()
    few = ~(every["N"] >= FEWEST)
    every[["conf.low", "conf.high"]] = every[["conf.low", "conf.high"]].mask(few, every["p"], axis=0)
    every["height"] = codes.get_indexer(every["treatment"]) + every["way"].map(lambda way: WAYS[way][2])
    return every[every["N"] > 0].sort_values("height")


def _points_with_intervals(axes: Axes, frame: pd.DataFrame) -> None:
    import seaborn.objects as so  # here, because it takes a second for which pages without such a figure need not wait

    percents = (100 * frame[["p", "conf.low", "conf.high"]]).set_axis(["rate", "low", "high"], axis=1)
    plot = so.Plot(frame.join(percents), x="rate", y="height", xmin="low", xmax="high", color="treatment", marker="way")
    plot = plot.add(so.Range(linewidth=1.2), orient="y", legend=False).add(so.Dot(pointsize=6), legend=False)
    palette = {code: treatment_colour(code) for code in frame["treatment"]}
    plot.scale(color=palette, marker={way: marker for way, (_, marker, _) in WAYS.items()}).on(axes).plot()


def _draw_panel(axes: Axes, rates: pd.DataFrame, drawn: list[Specification], colour: str) -> None:
    """A treatment's rates (by specification and definition), in percent on lines from their lower to upper limits."""
    for definition, (_, mark, offset) in MARKS.items():
        shown = 100 * rates.xs(definition, level=1).reindex([specification.code for specification in drawn])
        heights = np.arange(len(drawn)) + offset
        enough = (shown["N"] >= 100 * FEWEST).to_numpy()
        axes.hlines(heights[enough], *shown.loc[enough, ["conf.low", "conf.high"]].T.to_numpy(), colour, linewidth=1.2)
        axes.plot(shown["p"], heights, color=colour, linestyle="", clip_on=False, **mark)
    for row, specification in enumerate(drawn):
        write_beside(axes, row, {5: _counted(rates, specification)}, fontsize=8)
    tell_rows(axes, [_line_in_words(rates, specification) for specification in drawn])
    label_rows(axes, list(map(_label, drawn)))
    axes.tick_params("y", labelsize=8)
    axes.axhspan(-0.5, 0.5, color=BAND, zorder=0)
    axes.set(**PERCENT_AXIS)


def _distinct(frame: pd.DataFrame) -> list[Specification]:
    """The specifications that give some treatment other counts than every one before them."""
    kept: dict[tuple, Specification] = {}
    for specification in SPECIFICATIONS:
        counts = frame.loc[frame.index.get_level_values("variable_level") == specification.code, ["n", "N"]]
        kept.setdefault(tuple(counts.droplevel("variable_level").itertuples(name=None)), specification)
    return list(kept.values())


def _label(specification: Specification) -> str:
    rescue = " + rescue" if specification.rescue == "in" else ""
    gaps = ", gaps = 0" if specification.missing == "failure" else ""
    return f"{specification.courses}{rescue}{gaps}"


def _counted(rates: pd.DataFrame, specification: Specification) -> str:
    """Effective and significant responses of the courses that a specification counts: "23, 4 of 25"."""
    counts = rates[rates.index.get_level_values(0) == specification.code]
    if not counts["N"].sum():
        return "none"
    return f"{', '.join(map(whole, counts['n']))} of {whole(counts['N'].iloc[0])}"


def _described(frame: pd.DataFrame, caption: str) -> str:
    return f"{caption}. {'; '.join(_told(rate) for _, rate in frame.iterrows())}."


def _told(rate: pd.Series) -> str:
    counts = f"{whole(rate['n'])} of {whole(rate['N'])}{_in_percent(rate)}"
    return f"{treatment_name(rate['treatment'], False)}, {WAYS[rate['way']][0].lower()}: {counts}"


def _in_percent(rate: pd.Series) -> str:
    if rate["N"] < FEWEST:
        return ""
    return f", {percent(rate['p'], 0)}% ({interval(rate['conf.low'], rate['conf.high'], decimals=0)})"


def _panel_in_words(code: str, rates: pd.DataFrame, drawn: list[Specification]) -> str:
    lines = [_line_in_words(rates, specification) for specification in drawn]
    return f"{treatment_name(code, False)}: {', '.join(lines)}"


def _line_in_words(rates: pd.DataFrame, specification: Specification) -> str:
    return f"{_label(specification)}: {_counted(rates, specification)}"
