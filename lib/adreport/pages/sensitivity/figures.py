"""Figures of the sensitivity page: rates by every way of counting patients, and by every definition of response."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from adreport.pages.contract import pick, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.layout import RATES, interval_name
from adreport.pages.sensitivity.multiverse import DEFINITIONS, OUTPUT, SPECIFICATIONS, Specification
from adreport.pages.sensitivity.patients import BOOTSTRAP, NAIVE
from adreport.pages.sensitivity.patients import OUTPUT as PATIENTS
from adreport.show import colours
from adreport.show.colours import treatment_colour
from adreport.show.drawing import figure, label_rows, panels, treatment_name
from adreport.show.numbers import interval, percent, whole
from adreport.show.parts import Absent, Figure

WAYS = {
    NAIVE: ("All courses, as independent", "o", -0.24),
    BOOTSTRAP: ("All courses, patients as units", "s", 0.0),
    FIRST_COURSE: ("First course of each patient", "^", 0.24),
}
LINE_INCHES = 0.2  # of one specification
AROUND_INCHES = 0.75  # a panel's title and axis
OFFSET = 0.17  # of the two definitions from their line's middle


def patient_rates(results: pd.DataFrame, mark: str = "") -> Figure | Absent:
    """Overall effectiveness of each compared treatment, with the intervals of three ways to count patients."""
    frames = {level: _rates(results, level) for level in WAYS}
    codes = list(frames[BOOTSTRAP].index)
    if not codes:
        return Absent()

    def paint(axes: Axes, narrow: bool) -> None:
        for level, (label, marker, offset) in WAYS.items():
            for row, code in enumerate(codes):
                rate = frames[level].loc[code] if code in frames[level].index else None
                if rate is not None and rate["N"] > 0:
                    _draw_rate(axes, rate, row + offset, treatment_colour(code), marker, 5)
                    at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points", "fontsize": 8}
                    counted = f"{whole(rate['n'])}/{whole(rate['N'])}"
                    axes.annotate(counted, (1, row + offset), (8, 0), va="center", **at)
            axes.plot([], [], marker, color=colours.QUIET, markersize=5, label=label)
        label_rows(axes, [treatment_name(code, narrow) for code in codes])
        _percent_axis(axes, "Effective courses (%)")
        axes.figure.legend(loc="outside upper left", ncols=1 if narrow else 3, frameon=False, handletextpad=0.2)

    caption = "Overall effectiveness by three ways of counting patients"
    notes = [
        f"Lines: {interval_name(results)}, of Wilson (all courses, as independent), with patients as units "
        "(resampled, or exact; see the table), and exact (first course). Beside them effective courses of all counted."
    ]
    return figure(paint, 2.2 * len(codes) + 1.5, caption, _described(frames, caption), notes, mark, list(codes))


def multiverse(results: pd.DataFrame, mark: str = "") -> Figure | Absent:
    """The rates of every treatment by every specification: one panel a treatment, one line a specification."""
    chosen = pick(results, output=OUTPUT, group1="treatment")
    frame = wide(chosen[chosen["group1_level"] != ""], ["group1_level", "variable_level", "variable"])
    frame = frame.reindex(columns=RATES)
    if frame.empty or not frame["N"].sum():
        return Absent()
    codes = list(dict.fromkeys(frame.index.get_level_values(0)))
    drawn = _distinct(frame)

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, code in zip(axes, codes, strict=True):
            _draw_panel(panel, frame.loc[code], drawn, treatment_colour(code))
            panel.set_title(treatment_name(code, narrow=False))
        handles = [Line2D([], [], color=colours.QUIET, **_marker(name)) for name in DEFINITIONS]
        axes[0].figure.legend(
            handles, ["Effective", "Significant response"], loc="outside upper left", ncols=2, frameon=False
        )  # fmt: skip

    caption = "Response by every combination of choices"
    height = len(codes) * (AROUND_INCHES + LINE_INCHES * len(drawn)) + 0.4
    notes = [
        f"Lines: exact (Clopper-Pearson) {interval_name(results)}. Beside them effective and significant responses of "
        "the courses counted. Shaded: the published choice. All, first, last: which courses of each patient. + rescue: "
        "rescue courses in. gaps = 0: a missing response counts as none, not as unknown.",
        f"Choices that change no number are drawn once: {len(drawn)} of {len(SPECIFICATIONS)} lines. The response of a "
        "rescue course is seldom recorded; it then counts only where a missing response counts as none.",
    ]
    return panels(paint, len(codes), height, caption, _all_described(frame, drawn, caption), notes, mark, columns=2)


def _rates(results: pd.DataFrame, level: str) -> pd.DataFrame:
    """One row a compared treatment with n, N, p and limits of its effective courses."""
    own = pick(results, output=PATIENTS, variable="effective", variable_level=level, group2="")
    if level == NAIVE:
        own = pick(results, output="table2", group1="treatment", variable="effective", variable_level="")
    frame = wide(own[own["group1_level"] != ""], "group1_level").reindex(columns=[*RATES, "courses"])
    return frame.assign(N=frame["N"].fillna(frame["courses"]))


def _distinct(frame: pd.DataFrame) -> list[Specification]:
    """The specifications that give some treatment other counts than every one before them."""
    seen, kept = set(), []
    for specification in SPECIFICATIONS:
        own = frame.loc[frame.index.get_level_values("variable_level") == specification.code, ["n", "N"]]
        key = tuple(own.droplevel("variable_level").itertuples(name=None))
        if key not in seen:
            kept.append(specification)
        seen.add(key)
    return kept


def _draw_panel(axes: Axes, rates: pd.DataFrame, drawn: list[Specification], colour: str) -> None:
    labels = []
    for row, specification in enumerate(drawn):
        labels.append(_label(specification))
        if specification.code not in rates.index:
            continue
        own = rates.loc[specification.code]
        for name, offset in zip(DEFINITIONS, (-OFFSET, OFFSET), strict=True):
            if own.loc[name, "N"] > 0:
                _draw_rate(axes, own.loc[name], row + offset, colour, **_marker(name))
        text = _counted(own)
        at = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
        axes.annotate(text, (1, row), (5, 0), va="center", fontsize=7.5, **at)
    label_rows(axes, labels)
    axes.tick_params("y", labelsize=7.5)
    axes.axhspan(-0.5, 0.5, color=colours.BAND, zorder=0)
    _percent_axis(axes, "")


def _draw_rate(
    axes: Axes, rate: pd.Series, height: float, colour: str, marker: str, markersize: float, **style
) -> None:
    axes.plot(
        [100 * rate["conf.low"], 100 * rate["conf.high"]], [height] * 2, color=colour, solid_capstyle="butt", lw=1.2
    )
    axes.plot(100 * rate["p"], height, marker, color=colour, markersize=markersize, clip_on=False, **style)


def _marker(definition: str) -> dict:
    hollow = {"markerfacecolor": "white"} if definition == DEFINITIONS[1] else {}
    return {"marker": "o" if definition == DEFINITIONS[0] else "D", "markersize": 4, **hollow}


def _label(specification: Specification) -> str:
    rescue = " + rescue" if specification.rescue == "in" else ""
    gaps = ", gaps = 0" if specification.missing == "failure" else ""
    return f"{specification.courses}{rescue}{gaps}"


def _counted(rates: pd.DataFrame) -> str:
    """Effective and significant responses of the courses counted: "23, 4 of 25"."""
    effective, significant = (whole(n) for n in rates["n"].reindex(DEFINITIONS))
    if not rates["N"].iloc[0]:
        return "no course"
    return f"{effective}, {significant} of {whole(rates['N'].iloc[0])}"


def _percent_axis(axes: Axes, label: str) -> None:
    axes.set_xlim(-3, 103)
    axes.set_xticks([0, 50, 100])
    axes.set_xlabel(label)


def _described(frames: dict[str, pd.DataFrame], caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} "
        + ", ".join(
            f"{WAYS[level][0].lower()} {_rate_in_words(frame.loc[code])}"
            for level, frame in frames.items()
            if code in frame.index and frame.loc[code, "N"] > 0
        )
        for code in frames[BOOTSTRAP].index
    ]
    return f"{caption}: {'; '.join(parts)}."


def _all_described(frame: pd.DataFrame, drawn: list[Specification], caption: str) -> str:
    parts = []
    for code in dict.fromkeys(frame.index.get_level_values(0)):
        own = frame.loc[code]
        lines = [
            f"{_label(specification)} {_counted(rates)}"
            for specification in drawn
            if specification.code in own.index and (rates := own.loc[specification.code])["N"].iloc[0] > 0
        ]
        parts.append(f"{treatment_name(code, False)}: {', '.join(lines)}")
    return f"{caption}, effective and significant responses of courses. {'; '.join(parts)}."


def _rate_in_words(rate: pd.Series) -> str:
    limits = interval(rate["conf.low"], rate["conf.high"], decimals=0)
    return f"{whole(rate['n'])} of {whole(rate['N'])}, {percent(rate['p'], 0)}% ({limits})"
