"""Figures of the survival page."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from adreport.pages.contract import pick, wide
from adreport.pages.layout import by_treatment
from adreport.pages.survival.results import GROUP, HORIZONS
from adreport.pages.survival.tables import GROUP_LABELS
from adreport.show import colours
from adreport.show.colours import INK, treatment_colour
from adreport.show.drawing import few_note, small_multiples, treatment_name
from adreport.show.numbers import counted, number, percent, whole
from adreport.show.parts import Absent, Figure
from adreport.stats.curves import LifeTable
from adreport.study.reasons import competing
from adreport.study.times import DAYS_PER_MONTH

# Ticks in months stand for the horizons in days; the first falls where there is no room for its number.
MONTHS = {0: "0", 90: "3", 180: "6", 365: "12", 730: "24"}
NARROW_TICK = 90
LAST_DAY = max(HORIZONS)
PANEL_INCHES = 1.8
LAST_STEP = LAST_DAY / 60
LONG_NAME = 22  # characters that fit over a panel at the usual size


def drug_survival(
    results: pd.DataFrame, tables: Mapping[str, LifeTable], confidence_level: float, min_courses: int, mark: str = ""
) -> Figure | Absent:
    """Kaplan-Meier curves, a panel a treatment, with bands, medians and the numbers at risk below."""
    if not tables:
        return Absent()
    few = [code for code, own in tables.items() if len(own) < min_courses]
    medians = by_treatment(results, "drug_survival", ["median"], "survival")["median"]

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, (code, own) in zip(axes, tables.items(), strict=True):
            for other in (table for name, table in tables.items() if name not in (code, *few)):
                panel.step(*_steps(other.days, other.survival), where="post", color=colours.OTHER_CURVES, linewidth=0.7)
            _draw_curve(panel, own, code, confidence_level, code in few)
            middle = medians.get(code, np.nan)
            words = "median not reached" if np.isnan(middle) else f"median {number(middle / DAYS_PER_MONTH)} months"
            _head(panel, treatment_name(code, narrow), f"n={len(own)}, {words}")
            _label(panel, own, narrow)
        axes[0].figure.supylabel("Courses still going on (%)", fontsize=9)
        axes[0].figure.supxlabel("Months, and courses at risk", fontsize=9)

    notes = [
        "Steps: Kaplan-Meier; band: its interval; small strokes: courses that still went on or were lost to follow-up. "
        "Grey: the other treatments.",
        *few_note("Broken line", few, min_courses),
    ]
    caption = "Courses still going on over two years"
    return small_multiples(
        paint, len(tables), PANEL_INCHES, caption, _described_survival(results, caption), notes, mark, list(tables)
    )


def cumulative_incidence(
    results: pd.DataFrame, tables: Mapping[str, LifeTable], min_courses: int, mark: str = ""
) -> Figure | Absent:
    """Why courses had ended: reasons stacked from below, good ends from above, those going on between."""
    if not any(own.ended.any() for own in tables.values()):
        return Absent()
    grouped = {code: own.merged(competing()) for code, own in tables.items()}
    few = [code for code, own in tables.items() if len(own) < min_courses]
    occurring = [group for place, group in enumerate(competing())
                 if any(own.events[:, place].any() for own in grouped.values())]  # fmt: skip

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, (code, own) in zip(axes, grouped.items(), strict=True):
            _draw_reasons(panel, own)
            _head(panel, treatment_name(code, narrow), f"n={len(own)}{', few' if code in few else ''}")
            _label(panel, own, narrow)
        patches = [
            Patch(color=colours.REASON_GROUPS[group], label=GROUP_LABELS[group]) for group in reversed(occurring)
        ]
        patches.insert(
            1 if "good_end" in occurring else 0, Patch(facecolor=colours.STILL_ON_TREATMENT, label="Still going on")
        )
        place = {"loc": "outside upper left", "ncols": 1 if narrow else 2, "frameon": False, "fontsize": 8}
        axes[0].figure.legend(handles=patches, **place)
        axes[0].figure.supylabel("Courses (%)", fontsize=9)
        axes[0].figure.supxlabel("Months, and courses at risk", fontsize=9)

    notes = [
        "Areas: cumulative incidence of each reason (Aalen-Johansen); good ends hang from the top. White: nobody was "
        "followed so long. Intervals stand in the table below.",
        *([f"Few: fewer than {min_courses} courses, not compared."] if few else []),
    ]
    caption = "Why courses had ended"
    described = _described_reasons(results, caption)
    return small_multiples(paint, len(tables), PANEL_INCHES, caption, described, notes, mark, list(tables))


def _draw_curve(axes: Axes, own: LifeTable, code: str, confidence_level: float, few: bool) -> None:
    colour = treatment_colour(code)
    limits = own.limits(confidence_level)
    low, high = (_steps(own.days, limits[:, side])[1] for side in (0, 1))
    days, share = _steps(own.days, own.survival)
    axes.fill_between(days, low, high, step="post", color=colour, alpha=0.18, linewidth=0)
    axes.step(days, share, where="post", color=colour, linestyle="--" if few else "-")
    cut = own.censored > 0
    axes.plot(own.days[cut], 100 * own.survival[cut], "|", color=colour, markersize=6, clip_on=True)


def _draw_reasons(axes: Axes, own: LifeTable) -> None:
    """Areas of each group: good ends from the top, the others from the bottom."""
    good = own.causes.index("good_end")
    last = LAST_DAY if own.reaches(LAST_DAY) else own.days[-1] + LAST_STEP  # so that the last end can be seen
    last = max(last, own.days[-1])
    days = np.concatenate([[0.0], own.days, [last]])
    shares = 100 * np.vstack([np.zeros(len(own.causes)), own.incidence, own.incidence[-1:]])
    bottom = np.zeros(len(days))
    axes.fill_between(days, 0, 100, color=colours.STILL_ON_TREATMENT, linewidth=0)
    for place, group in enumerate(own.causes):
        if place != good:
            top = bottom + shares[:, place]
            axes.fill_between(days, bottom, top, step="post", color=colours.REASON_GROUPS[group], linewidth=0)
            bottom = top
    axes.fill_between(
        days, 100 - shares[:, good], 100, step="post", color=colours.REASON_GROUPS["good_end"], linewidth=0
    )


def _steps(days: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A curve in percent from day 0, where it is 100 %."""
    return np.append(0.0, days), 100 * np.append(1.0, shares)


def _head(axes: Axes, name: str, words: str) -> None:
    """The treatment above a panel, and below it, still above 100 %, its numbers."""
    axes.set_title(name, color=INK, fontsize=8.5 if len(name) <= LONG_NAME else 7.5, pad=12)
    axes.annotate(words, (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", fontsize=7.5)


def _label(axes: Axes, own: LifeTable, narrow: bool) -> None:
    """Months, and below each the number at risk; the ticks that fit."""
    crowded = narrow or len(own) > 99
    ticks = [day for day in MONTHS if not (crowded and day == NARROW_TICK)]
    labels = [f"{MONTHS[day]}\n{whole(own.at_risk_on(day))}" for day in ticks]
    size = 7 if narrow else 8
    axes.set_xticks(ticks, labels, fontsize=size)
    if axes.get_subplotspec().is_first_col():
        beside = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": size}
        axes.annotate("At risk", (0, 0), (-10, -4 - 1.3 * size), ha="right", va="top", **beside)
    axes.set_xlim(0, LAST_DAY)
    axes.set_ylim(0, 103)
    axes.set_yticks([0, 50, 100])


def _described_survival(results: pd.DataFrame, caption: str) -> str:
    """The curves in words: after a year, and the median."""
    chosen = pick(results, output="survival", variable="drug_survival", group1="treatment", variable_level="365")
    year = wide(chosen, "group1_level").reindex(columns=["estimate", "N"])
    parts = [
        f"{treatment_name(code, False)} {percent(own['estimate'], 0)}% after a year, {whole(own['N'])} at risk"
        if own["estimate"] == own["estimate"] else f"{treatment_name(code, False)} not followed for a year"
        for code, own in year.iterrows()
    ]  # fmt: skip
    return f"{caption}: {'; '.join(parts)}."


def _described_reasons(results: pd.DataFrame, caption: str) -> str:
    chosen = pick(results, output="survival", group2=GROUP, variable="discontinued", variable_level=str(LAST_DAY))
    frame = wide(chosen, "group1_level", "group2_level")
    parts = [
        f"{treatment_name(code, False)} "
        + (", ".join(f"{GROUP_LABELS[group].lower()} {whole(n)}" for group, n in own.items() if n > 0) or "none")
        for code, own in frame.iterrows()
    ]
    return f"{caption}, {counted(len(frame), 'treatment')}, courses ended within two years: {'; '.join(parts)}."
