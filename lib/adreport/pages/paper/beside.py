"""The published shares beside those of other data: dots, with the intervals of these data."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from adreport.pages.exhibits import Results
from adreport.pages.paper.tables import comparable
from adreport.pages.paper.words import reproduces
from adreport.show.colours import INK, PAPER
from adreport.show.drawing import label_rows, panels, treatment_name
from adreport.show.numbers import interval, percent
from adreport.show.parts import Absent, Figure
from adreport.show.rates import points_with_intervals
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import variable_label

OUTCOMES = ("effective", "significant", "side_effect")
LINE_INCHES, AROUND_INCHES = 0.29, 0.8
NO_COURSES = pd.Index([])


def shares(results: Results) -> Figure | Absent:
    """For each outcome a panel: a line a treatment of which both have enough courses."""
    if reproduces(results):
        return Absent()
    numbers = comparable(results)
    codes = _enough(numbers, results.settings.min_courses)
    numbers = numbers[numbers["group1_level"].isin(codes)]
    numbers = numbers[(numbers["of"] == "p") & numbers["variable"].isin(OUTCOMES) & numbers["low"].notna()]
    outcomes = [name for name in OUTCOMES if (numbers["variable"] == name).any()]
    if not outcomes:
        return Absent()
    by_code = {name: numbers[numbers["variable"] == name].set_index("group1_level") for name in outcomes}
    rows = {name: shown.loc[[code for code in codes if code in shown.index]] for name, shown in by_code.items()}

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, name in zip(axes, outcomes, strict=True):
            shown = rows[name]
            points_with_intervals(panel, _rates(shown), NO_COURSES)
            panel.plot(100 * shown["stat"], np.arange(len(shown)), **PUBLISHED)
            label_rows(panel, [treatment_name(code, narrow) for code in shown.index])
            panel.set(xlim=(-3, 103), xticks=[0, 50, 100], ylabel="", xlabel="Courses (%)")
            panel.set_title(variable_label(name))
        marks = [
            Line2D([], [], marker="o", color=INK, label="These data"),
            Line2D([], [], label="Published", **PUBLISHED),
        ]
        axes[0].figure.legend(handles=marks, loc="outside upper left", ncols=2, frameon=False)

    caption = "These data beside the published cohort"
    height = sum(AROUND_INCHES + LINE_INCHES * len(shown) for shown in rows.values())
    described = "; ".join(f"{variable_label(name)}: {_described(shown)}" for name, shown in rows.items())
    notes = [f"Lines: Wilson interval of these data ({results.settings.interval_name}). Nothing is tested."]
    return panels(paint, len(outcomes), height, caption, f"{caption}. {described}.", notes)


PUBLISHED = {"marker": "D", "markersize": 5, "markerfacecolor": PAPER, "color": INK, "linestyle": "", "zorder": 4}


def _enough(numbers: pd.DataFrame, fewest: int) -> list[str]:
    """The treatments of which both have so many courses, those with most in these data first."""
    courses = numbers[(numbers["variable"] == "courses") & (numbers["of"] == "n")]
    courses = courses.sort_values("recomputed", ascending=False, kind="stable")
    return list(courses.loc[(courses["stat"] >= fewest) & (courses["recomputed"] >= fewest), "group1_level"])


def _rates(shown: pd.DataFrame) -> pd.DataFrame:
    """The shares of these data as the rates of treatments."""
    return pd.DataFrame({
        "p": shown["recomputed"], "conf.low": shown["low"], "conf.high": shown["high"], "N": FEWEST,
    })  # fmt: skip


def _described(shown: pd.DataFrame) -> str:
    return ", ".join(
        f"{treatment_name(str(row.Index), False)} {percent(row.recomputed, 0)}% "
        f"({interval(row.low, row.high, decimals=0)}), published {percent(row.stat, 0)}%"
        for row in shown.itertuples()
    )
