"""Figures of the cohort page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.layout import by_treatment
from adreport.show import colours
from adreport.show.colours import FEW_HATCH, INK, treatment_colour
from adreport.show.drawing import few_note, figure, label_rows, panels, treatment_name
from adreport.show.numbers import counted, interval, number
from adreport.show.parts import Absent, Figure
from adreport.stats.counts import summarise
from adreport.study import dictionary
from adreport.study.model import Study

DISTRIBUTIONS = ("age_at_data_lock_years", "onset_age_months", "total_ige_iu_per_ml")
LOGARITHMIC = "total_ige_iu_per_ml"
MANY = 150  # above this a point for each patient no longer fits beside the others


def distributions(study: Study) -> Figure | Absent:
    """Ages, onset and IgE: a point a patient, with the quartiles as a box."""
    shown = [name for name in DISTRIBUTIONS if study.patients[name].notna().any()]
    if not shown:
        return Absent("Neither ages nor IgE of the patients are recorded.")
    values = {name: study.patients[name].dropna() for name in shown}
    mark = study.mark(*(f"patients.{name}" for name in shown))

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, name in zip(axes, shown, strict=True):
            _points(panel, values[name], hollow=bool(mark))
            panel.set(ylabel="", xlabel=f"{dictionary.columns('patients')[name].axis_label}, n = {len(values[name])}")

    caption = "Age, onset and IgE of the patients"
    words = [f"{dictionary.columns('patients')[name].axis_label} {_spread(values[name])}" for name in shown]
    notes = ["Points: patients. Box: quartiles and median; whiskers: furthest point within 1.5 interquartile ranges."]
    return panels(paint, len(shown), 1.15 * len(shown), caption, f"{caption}: {'; '.join(words)}.", notes, mark)


def treatments_used(results: pd.DataFrame, min_courses: int) -> Figure:
    """Courses of each treatment as bars, with courses and patients written beside them."""
    courses, patients = (by_treatment(results, name, ["n"])["n"] for name in ("courses", "patients"))
    few = courses.index[courses < min_courses]

    def paint(axes: Axes, narrow: bool) -> None:
        for row, (code, number_of_courses) in enumerate(courses.items()):
            style = {"facecolor": "white", "hatch": FEW_HATCH} if code in few else {"facecolor": treatment_colour(code)}
            axes.barh(row, number_of_courses, height=0.62, edgecolor=treatment_colour(code), **style)
            text = f"{number_of_courses:.0f} / {patients[code]:.0f}"
            text = text if narrow else f"{counted(number_of_courses, 'course')}, {counted(patients[code], 'patient')}"
            axes.annotate(text, (number_of_courses, row), (4, 0), textcoords="offset points", va="center", color=INK)
        label_rows(axes, [treatment_name(code, narrow) for code in courses.index])
        axes.set_xlim(0, courses.max() * (1.25 if narrow else 1.3))
        axes.set_xlabel("Courses (written: courses / patients)" if narrow else "Courses")

    caption = "Courses of each treatment"
    words = [
        f"{treatment_name(code, False)} {counted(n, 'course')} in {counted(patients[code], 'patient')}"
        for code, n in courses.items()
    ]
    notes = few_note("Hatched", few, min_courses)
    return figure(
        paint, len(courses), caption, f"{caption}: {'; '.join(words)}.", notes, treatments=list(courses.index)
    )


def _points(axes: Axes, values: pd.Series, hollow: bool) -> None:
    import seaborn as sns  # here, because it takes a second that the other pages need not wait

    logarithmic = values.name == LOGARITHMIC and values.min() > 0
    axes.set_xscale("log" if logarithmic else "linear")
    lines = {"color": colours.LINE, "linewidth": 1}
    axes.bxp(
        [_box(values)], orientation="horizontal", positions=[0], widths=0.5, showfliers=False, showcaps=False,
        boxprops=lines, whiskerprops=lines, medianprops={"color": colours.MEDIAN_LINE, "linewidth": 1.6},
    )  # fmt: skip
    if len(values) <= MANY:
        face = (
            {"facecolor": "white", "edgecolor": colours.POINT, "linewidth": 1} if hollow else {"color": colours.POINT}
        )
        sns.swarmplot(x=values, ax=axes, size=5, warn_thresh=1, **face)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _box(values: pd.Series) -> dict[str, float]:
    """The quartiles of the tables, and whiskers to the furthest values within 1.5 of their distance."""
    summary = summarise(values)
    reach = 1.5 * summary["iqr"]
    within = values[values.between(summary["p25"] - reach, summary["p75"] + reach)]
    ends = {"whislo": min(within.min(), summary["p25"]), "whishi": max(within.max(), summary["p75"])}
    return {"med": summary["median"], "q1": summary["p25"], "q3": summary["p75"], **ends}


def _spread(values: pd.Series) -> str:
    summary = summarise(values)
    quartiles = interval(summary["p25"], summary["p75"], as_percent=False)
    return f"median {number(summary['median'])}, quartiles {quartiles}, n {len(values)}"
