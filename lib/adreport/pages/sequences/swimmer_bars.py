"""The marks of a swimmer plot: bars, side effects, rescue courses and ends."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from adreport.pages.sequences.pathways import reason_in_words
from adreport.pages.sequences.results import END_LABELS
from adreport.pages.sequences.swimmer_labels import label_courses, legend, legend_rows
from adreport.pages.sequences.timeline import Timeline
from adreport.show import colours
from adreport.show.colours import INK, treatment_colour
from adreport.show.drawing import titled
from adreport.show.numbers import counted, listing, number
from adreport.study import dictionary

BAR = 0.32
SHORT_ENDS = {
    "ongoing": "on", "remission": "rem", "stopped": "stop", "lost_to_follow_up": "lost", "not_recorded": "?",
}  # fmt: skip
END_MARKERS = {
    "ongoing": (">", 5, INK, INK), "remission": ("*", 7, INK, INK), "stopped": ("|", 7, INK, INK),
    "lost_to_follow_up": ("o", 5, "white", INK), "not_recorded": ("$?$", 5, INK, INK),
}  # fmt: skip


def draw(axes: Axes, timeline: Timeline, patients: list[str], labels: dict[str, str], longest, narrow: bool) -> None:
    courses = timeline.courses
    spans = courses.groupby("row").agg(left=("left", "min"), right=("right", "max"))
    whole = [[(span.left, span.Index), (span.right, span.Index)] for span in spans.itertuples()]
    axes.add_collection(LineCollection(whole, colors=colours.TRACK, lw=0.8, zorder=0))
    harm = timeline.events.groupby(["patient_id", "line"])["variable_level"].agg(list).to_dict()
    for course in courses.itertuples():
        bar = titled(_bar(course), _told(course, labels, harm.get((course.patient_id, course.line), [])))
        axes.add_artist(bar).set_in_layout(False)
    _draw_marks(axes, timeline, spans)
    high, low = longest or (courses["right"].max(), 0)
    room = 0.03 * (high - low) or 0.1
    axes.set(xlim=(low - room / 2, high + room), ylim=(len(patients) - 0.35, -0.75))
    axes.set_yticks(range(len(patients)), patients, fontsize=7.5)
    axes.set_xlabel(timeline.axis_label)
    axes.spines["left"].set_visible(False)
    label_courses(axes, courses, narrow)
    ends = courses.drop_duplicates("row")
    for row, end in zip(ends["row"], ends["pathway_end"], strict=True):
        words = SHORT_ENDS[end] if narrow else END_LABELS[end].lower()
        axes.annotate(words, (1.01, row), xycoords=axes.get_yaxis_transform(), va="center", fontsize=7)
    legend(axes, courses["treatment"], narrow)
    _placed(axes, max(map(len, patients)), legend_rows(courses["treatment"], narrow), narrow)


def _placed(axes: Axes, longest_name: int, rows_of_legend: int, narrow: bool) -> None:
    """Set the axes within the figure by hand: looking for room around so many texts takes as long as drawing them."""
    figure = axes.figure
    width, height = figure.get_size_inches()
    left, right = 0.12 + 0.065 * longest_name, 0.36 if narrow else 0.72
    bottom, top = 0.48, 0.1 + 0.16 * rows_of_legend
    figure.set_layout_engine("none")
    axes.set_position([left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height])


def _bar(course) -> Rectangle:
    """Filled in the treatment's colour after a response, hollow after none, hatched where it is not recorded."""
    colour = treatment_colour(course.treatment)
    face = {"True": colour, "False": "white"}.get(course.effective, "white")
    height = BAR * (course.high - course.low)
    return Rectangle(
        (course.left, course.row - BAR / 2 + BAR * course.low), course.right - course.left, height, facecolor=face,
        edgecolor=colour, linewidth=1.1, linestyle=":" if course.assumed else "-",
        hatch="" if course.effective in ("True", "False") else "//////",
    )  # fmt: skip


def _draw_marks(axes: Axes, timeline: Timeline, spans: pd.DataFrame) -> None:
    """Side effects on the bars, rescue courses as ticks under them, and how each pathway ended."""
    style = {"linestyle": "none", "clip_on": False, "zorder": 5, "in_layout": False}
    events, rescue = timeline.events, timeline.rescue
    axes.plot(events["at"], events["row"], marker="x", markersize=4.5, color=INK, markeredgewidth=1.3, **style)
    axes.plot(rescue["left"], rescue["row"], marker="|", markersize=5, color=INK, markeredgewidth=0.9, **style)
    ends = timeline.courses.drop_duplicates("row").set_index("row")["pathway_end"]
    reach = 0.008 * (spans["right"].max() - spans["left"].min() or 1)
    for end, (marker, size, face, edge) in END_MARKERS.items():
        rows = ends.index[ends == end]
        axes.plot(spans.loc[rows, "right"] + reach, rows, marker=marker, markersize=size, color=edge,
                  markerfacecolor=face, markeredgewidth=1.0, **style)  # fmt: skip


def _told(course, labels: dict[str, str], harm: list[str]) -> str:
    """A course in words, with its side effects, as the pointer shows it."""
    parts = [
        f"{course.patient_id}, line {course.line}: {dictionary.treatment_in_words(course.treatment)}",
        f"started at the age of {number(course.age_at_start_years)}" if course.age_at_start_years >= 0 else "",
        counted(course.duration_days, "day") if course.duration_days >= 0 else "length not recorded",
        f"response: {labels[course.response]}" if isinstance(course.response, str) else "response not recorded",
        f"left: {reason_in_words(course.discontinuation_reason)}"
        if isinstance(course.discontinuation_reason, str) else "reason not recorded",
        f"side effects: {listing(harm)}" if harm else "",
    ]  # fmt: skip
    return "; ".join(filter(None, parts))
