"""Figures of the cohort page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport import dictionary
from adreport.display import Figure
from adreport.figures.drawing import (
    FEW_HATCH,
    INK,
    few_note,
    figure,
    label_rows,
    panels,
    treatment_colour,
    treatment_name,
)  # fmt: skip
from adreport.formatting import counted, interval, number
from adreport.frequencies import quantile
from adreport.study import Study
from adreport.tables.columns import by_treatment

DISTRIBUTIONS = ("age_at_data_lock_years", "onset_age_months", "total_ige_iu_per_ml")
LOGARITHMIC = "total_ige_iu_per_ml"
MANY = 150  # above this a point for each patient no longer fits beside the others


def distributions(study: Study) -> Figure:
    """Ages, onset and IgE: a point a patient, with the quartiles as a box."""
    shown = [name for name in DISTRIBUTIONS if study.patients[name].notna().any()]
    values = {name: study.patients[name].dropna() for name in shown}
    mark = study.mark(*(f"patients.{name}" for name in shown))

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, name in zip(axes, shown, strict=True):
            _points(panel, values[name], hollow=bool(mark))
            panel.set(ylabel="", xlabel=f"{dictionary.columns('patients')[name].axis_label}, n = {len(values[name])}")

    caption = "Age, onset and IgE of the patients"
    words = [f"{dictionary.columns('patients')[name].axis_label} {_spread(values[name])}" for name in shown]
    notes = [
        "Points: patients. Box: quartiles and median; whiskers: furthest point within 1.5 interquartile ranges."
    ]
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
    return figure(paint, len(courses), caption, f"{caption}: {'; '.join(words)}.", few_note(few, min_courses))


def _points(axes: Axes, values: pd.Series, hollow: bool) -> None:
    import seaborn as sns  # here, because it takes a second that the other pages need not wait

    logarithmic = bool(values.name == LOGARITHMIC and values.min() > 0)
    box = {"color": "white", "linecolor": "#777777", "width": 0.5, "fliersize": 0}
    sns.boxplot(x=values, ax=axes, log_scale=logarithmic, **box)
    if len(values) <= MANY:
        face = {"facecolor": "white", "edgecolor": "#0b4f8a", "linewidth": 1} if hollow else {"color": "#0b4f8a"}
        sns.swarmplot(x=values, ax=axes, size=5, log_scale=logarithmic, warn_thresh=1, **face)
    axes.spines["left"].set_visible(False)


def _spread(values: pd.Series) -> str:
    low, middle, high = (quantile(values, probability) for probability in (0.25, 0.5, 0.75))
    return f"median {number(middle)}, quartiles {interval(low, high, as_percent=False)}, n {len(values)}"
