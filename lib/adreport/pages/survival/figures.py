"""Figures of the survival page: a panel for each treatment, with the numbers at risk below."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from adreport.pages.contract import wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import by_treatment
from adreport.pages.survival import horizons, words
from adreport.pages.survival.results import printed
from adreport.show import colours
from adreport.show.drawing import few_note, not_drawn, small_multiples, tell_area, treatment_name
from adreport.show.numbers import interval, number, percent, whole
from adreport.show.parts import Absent, Figure
from adreport.stats.tests import FEWEST
from adreport.study.reasons import FAVOURABLE, REASON_GROUPS
from adreport.study.times import DAYS_PER_MONTH

PANEL_INCHES = 1.8
LONG_NAME = 22  # characters that fit over a panel at the usual size
# As shares of the axis: how much of a curve's last step is drawn, and how close the numbers below two ticks may be.
LAST_STEP, TICK_GAP, CROWDED_TICK_GAP = 1 / 60, 0.1, 0.15
MOST_TOLD = 20  # steps of a curve with words of their own
Curves = dict[str, pd.DataFrame]
Draw = Callable[[Axes, str, bool], None]
Paint = Callable[[list[Axes], bool], None]


def drug_survival(results: Results) -> Figure | Absent:
    """Kaplan-Meier curves, a panel a treatment, with bands, medians and the numbers at risk below."""
    sizes, few = _sizes(results)
    curves = _curves(printed(results, output="curves"), "stat_name", sizes)
    if not curves:
        return Absent()
    medians = by_treatment(results.rows, "drug_survival", ["median"], "survival")["median"]

    def draw(axes: Axes, code: str, narrow: bool) -> None:
        for other in (curve["estimate"] for name, curve in curves.items() if name not in (code, *few)):
            axes.step(other.index, other, where="post", color=colours.OTHER_CURVES, linewidth=0.7)
        _draw_curve(axes, curves[code], colours.treatment_colour(code), code in few)
        _above(axes, f"n={whole(sizes[code])}, {_median(medians[code], narrow)}")
        _tell_steps(axes, code, curves[code][curves[code]["N"] > 0], _still_on)

    caption = f"Courses still on treatment over {horizons.last().label}"
    notes = [
        "Steps: Kaplan-Meier; band: its interval (log-log scale); small strokes: courses that were ongoing or lost to "
        "follow-up. Grey: the other treatments.",
        *few_note("Broken line", few, results.settings.min_courses),
        *_left_out(sizes),
    ]
    paint = _painter(results, curves, draw, "Courses still on treatment (%)")
    described = f"{caption}, a panel for each treatment. {words.still_on_treatment(results)}"
    return small_multiples(paint, len(curves), PANEL_INCHES, caption, described, notes, treatments=list(curves))


def cumulative_incidence(results: Results) -> Figure | Absent:
    """Why courses had ended: favourable endings stacked from the top, the others from the bottom."""
    sizes, few = _sizes(results)
    curves = _curves(results.pick(output="curves", variable="cumulative_incidence"), "group2_level", sizes)
    if not curves:
        return Absent()

    def draw(axes: Axes, code: str, narrow: bool) -> None:
        _draw_reasons(axes, curves[code])
        _above(axes, f"n={whole(sizes[code])}{', few' if code in few else ''}")
        _tell_steps(axes, code, curves[code], _ended)

    groups = list(curves[next(iter(curves))])[::-1]
    legend = [Patch(color=colours.REASON_GROUPS[group], label=REASON_GROUPS[group].label) for group in groups]
    legend.insert(FAVOURABLE in groups, Patch(facecolor=colours.STILL_ON_TREATMENT, label="Still on treatment"))
    notes = [
        "Areas: cumulative incidence of each group of reasons (Aalen-Johansen); favourable endings are stacked from "
        "the top, the others from the bottom. Empty: nobody was followed so long. Intervals stand in the table below.",
        *few_note("Few", few, results.settings.min_courses),
        *_left_out(sizes),
    ]
    caption = "Why courses had ended"
    paint = _painter(results, curves, draw, "Courses (%)", legend)
    described = f"{caption}, a panel for each treatment. {words.reasons(results)}"
    return small_multiples(paint, len(curves), PANEL_INCHES, caption, described, notes, treatments=list(curves))


def _curves(rows: pd.DataFrame, columns: str, sizes: pd.Series) -> Curves:
    """The curve of each treatment with enough courses, one row a day."""
    by_code = rows[rows["group1_level"].map(sizes) >= FEWEST].groupby("group1_level", sort=False)
    curves = {code: wide(steps, "variable_level", columns) for code, steps in by_code}
    return {code: curve.set_axis(curve.index.astype(float)) for code, curve in curves.items()}


def _sizes(results: Results) -> tuple[pd.Series, pd.Index]:
    """Courses of known duration of each treatment, and the treatments that are drawn, but too few to be compared."""
    sizes = by_treatment(results.rows, "drug_survival", ["N"], "survival")["N"]
    return sizes, sizes.index[(sizes >= FEWEST) & (sizes < results.settings.min_courses)]


def _left_out(sizes: pd.Series) -> list[str]:
    return not_drawn(sizes[sizes < FEWEST], f"with fewer than {FEWEST} courses of known duration")


def _painter(results: Results, curves: Curves, draw: Draw, y_label: str, legend: Sequence[Patch] = ()) -> Paint:
    """Painting a panel for each curve: `draw(axes, treatment, narrow)` fills it."""
    rows = results.pick(output="survival", group1="treatment", variable="drug_survival", stat_name="N")
    at_risk = wide(rows, "group1_level", "variable_level")

    def paint(panels: list[Axes], narrow: bool) -> None:
        names = [treatment_name(code, narrow) for code in curves]
        size = 8.5 if max(map(len, names)) <= LONG_NAME else 7.5
        for axes, code, name in zip(panels, curves, names, strict=True):
            draw(axes, code, narrow)
            axes.set_title(name, color=colours.INK, fontsize=size, pad=12)
            _label(axes, at_risk.loc[code], narrow)
        canvas = panels[0].figure
        if legend:
            columns = 1 if narrow else 2
            canvas.legend(handles=legend, loc="outside upper left", ncols=columns, frameon=False, fontsize=8)
        canvas.supylabel(y_label, fontsize=9)
        canvas.supxlabel("Months, and courses at risk", fontsize=9)

    return paint


def _draw_curve(axes: Axes, curve: pd.DataFrame, colour: str, few: bool) -> None:
    """A curve with its band and a stroke wherever courses were censored, up to the last that was at risk."""
    curve = curve[curve["N"] > 0].reindex(columns=["estimate", "conf.low", "conf.high", "n_censored"])
    band = curve["conf.low"], curve["conf.high"]
    axes.fill_between(curve.index, *band, step="post", color=colour, alpha=0.18, linewidth=0)
    axes.step(curve.index, curve["estimate"], "--" if few else "-", where="post", color=colour)
    censored = curve["estimate"][curve["n_censored"].diff() > 0]
    axes.plot(censored.index, censored, "|", color=colour, markersize=6)


def _draw_reasons(axes: Axes, shares: pd.DataFrame) -> None:
    """Areas of each group of reasons, and between them the courses still on treatment."""
    last = horizons.last().days
    end = min(shares.index[-1] + LAST_STEP * last, last)
    shares = pd.concat([shares, shares.tail(1).set_axis([end])])
    axes.fill_between(shares.index, 0, 1, color=colours.STILL_ON_TREATMENT, linewidth=0)
    tops = shares.drop(columns=FAVOURABLE, errors="ignore").cumsum(axis=1)
    tops[FAVOURABLE] = 1.0
    for group, share in shares.items():
        colour = colours.REASON_GROUPS[group]
        axes.fill_between(
            shares.index, tops[group] - share, tops[group], step="post", color=colour, linewidth=0
        )  # fmt: skip


def _tell_steps(axes: Axes, code: str, curve: pd.DataFrame, said: Callable[[pd.Series], str]) -> None:
    """The words of a curve's steps, of those that lie far enough apart to be pointed at."""
    last = horizons.last().days
    part = np.floor(curve.index * MOST_TOLD / last)
    days = curve.index[(np.diff(part, prepend=-1) > 0) & (curve.index < last)]
    end = max(curve.index[-1], days[-1] + LAST_STEP * last)
    for day, until in pairwise([*days, end]):
        when = f"{treatment_name(code, False)}, month {number(day / DAYS_PER_MONTH)}"
        tell_area(axes, day, until - day, 0, 1, f"{when}: {said(curve.loc[day])}")


def _still_on(step: pd.Series) -> str:
    low, high = (step.get(end, math.nan) for end in ("conf.low", "conf.high"))
    limits = "" if math.isnan(low) else f" ({interval(low, high, decimals=0)})"
    return f"{percent(step['estimate'], 0)}%{limits} still on treatment, {whole(step['N'])} at risk"


def _ended(shares: pd.Series) -> str:
    ended = [f"{REASON_GROUPS[group].label.lower()} {percent(p, 0)}%" for group, p in shares.items() if p > 0]
    return "; ".join([*ended, f"still on treatment {percent(max(1 - shares.sum(), 0), 0)}%"])


def _above(axes: Axes, text: str) -> None:
    axes.annotate(text, (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", fontsize=7.5)


def _label(axes: Axes, at_risk: pd.Series, narrow: bool) -> None:
    """Months, and below each the number at risk; the ticks that fit."""
    last, size = horizons.last().days, 7 if narrow else 8
    gap = last * (CROWDED_TICK_GAP if narrow or at_risk[""] > 99 else TICK_GAP)
    ticks = {0: f"0\n{whole(at_risk[''])}"}
    for horizon in horizons.HORIZONS:
        if horizon.days - max(ticks) > gap:
            ticks[horizon.days] = f"{horizon.months}\n{whole(at_risk[horizon.level])}"
    axes.set_xticks(list(ticks), ticks.values(), fontsize=size)
    if axes.get_subplotspec().is_first_col():
        beside = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": size}
        axes.annotate("At risk", (0, 0), (-10, -4 - 1.3 * size), ha="right", va="top", **beside)
    axes.set(xlim=(0, last), ylim=(0, 1.03))
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100"])


def _median(days: float, narrow: bool) -> str:
    if math.isnan(days):
        return "no median" if narrow else "median not reached"
    return f"median {number(days / DAYS_PER_MONTH)} {'mo' if narrow else 'months'}"
