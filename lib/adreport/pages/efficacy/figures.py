"""Figures of the efficacy page."""

from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.contract import wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment
from adreport.show.colours import ink_on, response_colours
from adreport.show.drawing import figure, label_rows, legend_columns, titled, treatment_name
from adreport.show.numbers import share_in_words, whole
from adreport.show.parts import Absent, Figure
from adreport.show.rates import rates
from adreport.study.response import ResponseScale

LEAST_LABELLED_PERCENT = 4


def response_levels(results: Results) -> Figure | Absent:
    """Figure 1: the share of courses at each level of the response scale, counts written in."""
    scale, courses = results.scale, results.pick(output="figure1", group1="treatment", stat_name="n")
    if not courses["stat"].sum():
        return Absent("No course has a recorded response.")
    counts = wide(courses[courses["group1_level"] != ""], "group1_level", "variable_level")
    counts = counts.reindex(columns=list(scale.labels), fill_value=0)
    counts = counts[counts.sum(axis=1) > 0]
    shares = 100 * counts.div(counts.sum(axis=1), axis=0)
    colours = dict(zip(scale.labels, response_colours(len(scale.labels)), strict=True))

    def paint(axes: Axes, narrow: bool) -> None:
        left = shares.cumsum(axis=1) - shares
        for level, label in scale.labels.items():
            bars = axes.barh(
                range(len(shares)), shares[level], left=left[level], height=0.66, color=colours[level], label=label
            )
            for row, (code, bar) in enumerate(zip(shares.index, bars, strict=True)):
                if counts.loc[code, level]:
                    titled(bar, f"{treatment_name(code, False)}: {label}, {_of(counts.loc[code], level)}")
                if shares.loc[code, level] >= LEAST_LABELLED_PERCENT:
                    middle = left.loc[code, level] + shares.loc[code, level] / 2
                    ink = ink_on(colours[level])
                    axes.text(middle, row, whole(counts.loc[code, level]), ha="center", va="center", color=ink)
        label_rows(
            axes, [f"{treatment_name(code, narrow)}, n={whole(counts.loc[code].sum())}" for code in counts.index]
        )
        axes.set(xlim=(0, 100), xlabel="Courses (%)")
        axes.figure.legend(loc="outside upper left", ncols=legend_columns(scale.labels.values(), narrow), frameon=False)

    caption = "Figure 1. Response at each level"
    rows = len(counts) + len(scale.labels) / 2
    described, notes = _described(counts, scale, caption), ["Numbers in the bars: courses.", *scale.legend]
    return figure(paint, rows, caption, described, notes, treatments=list(counts.index))


def response_rates(results: Results) -> Figure | Absent:
    """The rate of effective courses of each treatment with its interval."""
    frame = by_treatment(results.rows, "effective", RATES)
    caption = f"Courses rated {results.scale.effective_label}"
    settings = results.settings
    drawn = rates(frame, caption, "Courses with the response (%)", settings.min_courses, settings.interval_name)
    if isinstance(drawn, Absent):
        return drawn
    return replace(drawn, footnotes=[*drawn.footnotes, *results.scale.legend])


def _of(counts: pd.Series, level: str) -> str:
    return share_in_words(counts[level], counts.sum(), "course", 0)


def _described(counts: pd.DataFrame, scale: ResponseScale, caption: str) -> str:
    parts = [
        f"{treatment_name(code, False)} "
        + ", ".join(f"{label} {whole(levels[level])}" for level, label in scale.labels.items())
        for code, levels in counts.iterrows()
    ]
    return f"{caption}, courses: {'; '.join(parts)}."
