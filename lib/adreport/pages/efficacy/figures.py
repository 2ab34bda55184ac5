"""Figures of the efficacy page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.columns import RATES, by_treatment, interval_name
from adreport.pages.contract import pick, wide
from adreport.show.drawing import figure, ink_on, label_rows, response_colours, treatment_name
from adreport.show.numbers import whole
from adreport.show.parts import Absent, Figure
from adreport.show.rates import rates
from adreport.study.response import ResponseScale

LEAST_LABELLED_PERCENT = 4


def response_levels(results: pd.DataFrame, scale: ResponseScale) -> Figure | Absent:
    """Figure 1: the share of courses at each level of the response scale, counts written in."""
    chosen = pick(results, output="figure1", group1="treatment", stat_name="n")
    if not chosen["stat"].sum():
        return Absent("No course has a recorded response.")
    counts = wide(chosen[chosen["group1_level"] != ""], "group1_level", "variable_level")
    counts = counts.reindex(columns=list(scale.labels), fill_value=0)
    counts = counts[counts.sum(axis=1) > 0]
    shares = 100 * counts.div(counts.sum(axis=1), axis=0)
    colours = dict(zip(scale.labels, response_colours(len(scale.labels)), strict=True))

    def paint(axes: Axes, narrow: bool) -> None:
        left = shares.cumsum(axis=1) - shares
        for level, label in scale.labels.items():
            axes.barh(
                range(len(shares)), shares[level], left=left[level], height=0.66, color=colours[level], label=label
            )
            for row, code in enumerate(shares.index):
                if shares.loc[code, level] >= LEAST_LABELLED_PERCENT:
                    middle = left.loc[code, level] + shares.loc[code, level] / 2
                    ink = ink_on(colours[level])
                    axes.text(middle, row, whole(counts.loc[code, level]), ha="center", va="center", color=ink)
        label_rows(
            axes, [f"{treatment_name(code, narrow)}, n={whole(counts.loc[code].sum())}" for code in counts.index]
        )
        axes.set(xlim=(0, 100), xlabel="Courses (%)")
        axes.figure.legend(loc="outside upper left", ncols=1 if narrow else len(scale.labels), frameon=False)

    caption = "Figure 1. Response at each level"
    rows = len(counts) + len(scale.labels) / 2
    described, notes = _described(counts, scale, caption), ["Numbers in the bars: courses."]
    return figure(paint, rows, caption, described, notes, treatments=list(counts.index))


def response_rates(
    results: pd.DataFrame, scale: ResponseScale, min_courses: int, variable: str = "effective"
) -> Figure | Absent:
    """The rate of effective (or significant) responses of each treatment with its interval."""
    label = scale.effective_label if variable == "effective" else scale.significant_label
    frame = by_treatment(results, variable, RATES)
    return rates(frame, f"Courses rated {label}", "Courses with the response (%)", min_courses, interval_name(results))


def _described(counts: pd.DataFrame, scale: ResponseScale, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} "
        + ", ".join(f"{label} {whole(levels[level])}" for level, label in scale.labels.items())
        for code, levels in counts.iterrows()
    ]
    return f"{caption}, courses: {'; '.join(parts)}."
