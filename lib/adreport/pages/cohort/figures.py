"""Figures of the cohort page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.cohort.results import DISTRIBUTIONS, IGE
from adreport.pages.contract import pick, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import by_treatment
from adreport.show.colours import FEW_HATCH, INK, LINE, MEDIAN_LINE, PAPER, POINT, treatment_colour
from adreport.show.drawing import few_note, figure, label_rows, panels, tell_area, treatment_name
from adreport.show.numbers import counted, interval, number, whole
from adreport.show.parts import Absent, Figure
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import columns

BOX = ["whisker.low", "p25", "median", "p75", "whisker.high"]


def distributions(results: Results) -> Figure | Absent:
    """Ages, onset and IgE: a point a patient, with the quartiles as a box."""
    rows = results.pick(output=["table1", "distributions"], group1="", variable=DISTRIBUTIONS)
    boxes = wide(pick(rows, variable_level=""), "variable")
    boxes = boxes[boxes["N"] >= FEWEST]
    if boxes.empty:
        return Absent(f"Ages and IgE are recorded of fewer than {FEWEST} patients.")
    labels = {name: columns("patients")[name].axis_label for name in boxes.index}

    def paint(axes: list[Axes], narrow: bool) -> None:
        for panel, (name, box) in zip(axes, boxes.iterrows(), strict=True):
            values = pick(rows, variable=name, stat_name="value")["stat"]
            invented = f"patients.{name}" in results.reconstructed
            _box_and_points(panel, box[BOX], values, logarithmic=name == IGE, hollow=invented)
            tell_area(panel, 0, 1, -0.5, 1, f"{labels[name]}: {_spread(box)}", of="row")
            panel.set(ylabel="", xlabel=f"{labels[name]}, n = {whole(box['N'])}")

    caption = "Age, onset and IgE of the patients"
    words = [f"{labels[name]} {_spread(box)}" for name, box in boxes.iterrows()]
    points = ["Points: patients."] if len(pick(rows, stat_name="value")) else []
    notes = [*points, "Box: quartiles and median; whiskers: furthest value within 1.5 interquartile ranges."]
    return panels(paint, len(boxes), 1.15 * len(boxes), caption, f"{caption}: {'; '.join(words)}.", [" ".join(notes)])


def treatments_used(results: Results) -> Figure:
    """Courses of each treatment as bars, with courses and patients written beside them."""
    courses, patients = (by_treatment(results.rows, name, ["n"])["n"] for name in ("courses", "patients"))
    least = results.settings.min_courses
    few = courses.index[courses < least]

    def paint(axes: Axes, narrow: bool) -> None:
        for row, (code, total) in enumerate(courses.items()):
            style = {"facecolor": PAPER, "hatch": FEW_HATCH} if code in few else {"facecolor": treatment_colour(code)}
            axes.barh(row, total, height=0.62, edgecolor=treatment_colour(code), **style)
            short = f"{whole(total)} / {whole(patients[code])}"
            text = short if narrow else f"{counted(total, 'course')}, {counted(patients[code], 'patient')}"
            axes.annotate(text, (total, row), (4, 0), textcoords="offset points", va="center", color=INK)
        label_rows(axes, [treatment_name(code, narrow) for code in courses.index])
        axes.set_xlim(0, courses.max() * (1.25 if narrow else 1.3))
        axes.set_xlabel("Courses (written: courses / patients)" if narrow else "Courses")

    caption = "Courses of each treatment"
    words = [
        f"{treatment_name(code, False)} {counted(total, 'course')} in {counted(patients[code], 'patient')}"
        for code, total in courses.items()
    ]
    described, notes = f"{caption}: {'; '.join(words)}.", few_note("Hatched", few, least)
    return figure(paint, len(courses), caption, described, notes, treatments=list(courses.index))


def _box_and_points(axes: Axes, box: pd.Series, values: pd.Series, logarithmic: bool, hollow: bool) -> None:
    """A box of whiskers, quartiles and median, and the values as a swarm, on a logarithmic axis where none is 0."""
    import seaborn as sns  # here, because it takes a second for which pages without such a figure need not wait

    positive = box.min() > 0 and (values > 0).all()
    axes.set_xscale("log" if logarithmic and positive else "linear")
    # The quartiles of the five numbers of a box are that box; seaborn's rule for those of the values is another.
    sns.boxplot(
        x=box.to_numpy(), ax=axes, whis=(0, 100), width=0.5, color=LINE, fill=False, linewidth=1, showcaps=False,
        medianprops={"color": MEDIAN_LINE, "linewidth": 1.6},
    )  # fmt: skip
    face = {"facecolor": PAPER, "edgecolor": POINT, "linewidth": 1} if hollow else {"color": POINT}
    sns.swarmplot(x=values.to_numpy(), ax=axes, size=5, warn_thresh=1, **face)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _spread(box: pd.Series) -> str:
    quartiles = interval(box["p25"], box["p75"], as_percent=False)
    return f"median {number(box['median'])}, quartiles {quartiles}, n {whole(box['N'])}"
