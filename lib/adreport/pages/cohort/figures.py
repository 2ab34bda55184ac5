"""Figures of the cohort page."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.cohort.results import DISTRIBUTIONS, IGE
from adreport.pages.contract import pick, wide
from adreport.pages.exhibits import Results
from adreport.show.colours import LINE, MEDIAN_LINE, PAPER, POINT
from adreport.show.drawing import panels, tell_area
from adreport.show.numbers import interval, number, whole
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
    logarithmic = IGE in boxes.index and boxes.loc[IGE, BOX].min() > 0
    axis = ["The axis of IgE is logarithmic."] if logarithmic else []
    notes = [*points, *axis, "Box: quartiles and median; whiskers: furthest value within 1.5 interquartile ranges."]
    return panels(paint, len(boxes), 1.15 * len(boxes), caption, f"{caption}: {'; '.join(words)}.", [" ".join(notes)])


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
    if axes.get_xscale() == "log":
        axes.xaxis.set_major_formatter("{x:,g}")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _spread(box: pd.Series) -> str:
    quartiles = interval(box["p25"], box["p75"], as_percent=False)
    return f"median {number(box['median'])}, quartiles {quartiles}, n {whole(box['N'])}"
