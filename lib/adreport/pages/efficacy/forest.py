"""Forest plot: the difference of every two treatments with its interval."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.contract import pick, wide
from adreport.pages.counting import PAIR
from adreport.pages.efficacy.comparisons import pairs_of_enough
from adreport.pages.exhibits import Results
from adreport.show.colours import INK, LINE
from adreport.show.drawing import figure, label_rows, tell_rows, treatment_name
from adreport.show.numbers import points, span
from adreport.show.parts import Absent, Figure
from adreport.show.rates import raise_points, write_beside

MOST = 28  # pairs of eight treatments; more cannot be read


def differences(results: Results) -> Figure | Absent:
    """The differences of the rates of overall effectiveness, the largest first."""
    rows = pick(pairs_of_enough(results), output="pairwise", variable="effective", unit="risk difference")
    if rows.empty:
        return Absent()
    frame = wide(rows, PAIR)
    frame = frame.sort_values("estimate", ascending=False, key=abs, kind="stable").head(MOST)
    shown = _positive(frame.reset_index().set_axis(["first", "second", *frame.columns], axis=1))

    def paint(axes: Axes, narrow: bool) -> None:
        import seaborn.objects as so  # takes a second, for which other pages need not wait

        percent = shown[["estimate", "low", "high"]] * 100
        plot = so.Plot(percent.assign(pair=percent.index.astype(str)), x="estimate", y="pair", xmin="low", xmax="high")
        plot = plot.add(so.Range(color=INK)).add(so.Dots(pointsize=6, fillalpha=1, color=INK)).on(axes)
        plot.plot()
        raise_points(axes)
        axes.axvline(0, color=LINE, linewidth=0.8, zorder=0)
        for height, row in enumerate(shown.itertuples()):
            write_beside(axes, height, {8: _numbers(row)})
        label_rows(axes, [_pair(row, narrow) for row in shown.itertuples()])
        tell_rows(axes, [f"{_pair(row, False)}: {_numbers(row)} points" for row in shown.itertuples()])
        axes.set(xlim=(-60, 105), xlabel="Difference (percentage points)", ylabel="")

    caption = "Differences in overall effectiveness"
    words = "; ".join(f"{_pair(row, False)} {_numbers(row)}" for row in shown.itertuples())
    left = len(rows[rows["stat_name"] == "estimate"]) - len(shown)
    notes = [
        f"Rate of the first treatment less that of the second, in percentage points, with Newcombe's hybrid score "
        f"interval ({results.settings.interval_name}), not adjusted for the number of pairs; the largest first.",
        *([f"The {left} smallest differences are not drawn."] if left else []),
    ]
    codes = [*dict.fromkeys([*shown["first"], *shown["second"]])]
    return figure(paint, len(shown), caption, f"{caption}: {words}.", notes, treatments=codes)


def _positive(frame: pd.DataFrame) -> pd.DataFrame:
    """The pairs in the direction in which the difference is not negative."""
    frame = frame.rename(columns={"conf.low": "low", "conf.high": "high"})
    exchanged = {"first": frame["second"], "second": frame["first"], "estimate": -frame["estimate"]}
    exchanged |= {"low": -frame["high"], "high": -frame["low"]}
    return frame.where(frame["estimate"] >= 0, frame.assign(**exchanged))


def _pair(row, narrow: bool) -> str:
    return f"{treatment_name(row.first, narrow)} – {treatment_name(row.second, narrow)}"


def _numbers(row) -> str:
    return f"{points(row.estimate)} ({span(row.low, row.high, points)})"
