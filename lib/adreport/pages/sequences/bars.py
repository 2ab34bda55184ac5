"""What a swimmer plot draws: bars with their labels, side effects, rescue courses, ends and a legend."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.pathways import UNKNOWN
from adreport.pages.sequences.timeline import Timeline
from adreport.show.colours import INK, PAPER, TRACK, treatment_colour
from adreport.show.drawing import NARROW_INCHES, WIDE_INCHES, titled
from adreport.show.numbers import counted, listing, number
from adreport.study.dictionary import level_label, treatment_in_words, treatments
from adreport.study.reasons import REASON, letters

BAR = 0.32
POINTS, NARROW_POINTS = 6.3, 6.8
CHARACTER = 0.62  # width of a character, in its size
PER_ROW, NARROW_PER_ROW = 9, 5
ABOVE, BELOW = -0.33, 0.34


def draw(axes: Axes, timeline: Timeline, labels: dict[str, str], narrow: bool) -> None:
    """A row a patient; `labels`: of the response scale."""
    patients, courses = timeline.patients, timeline.courses
    spans = courses.groupby("row").agg(left=("left", "min"), right=("right", "max"), end=("pathway_end", "first"))
    tracks = [[(span.left, span.Index), (span.right, span.Index)] for span in spans.itertuples()]
    axes.add_collection(LineCollection(tracks, colors=TRACK, lw=0.8, zorder=0))
    harm = timeline.events.groupby(["patient_id", "line"])["term"].agg(list).to_dict()
    for course in courses.itertuples():
        bar = titled(_bar(course), _told(course, labels, harm.get((course.patient_id, course.line), [])))
        axes.add_artist(bar).set(in_layout=False, clip_on=False)
    _draw_marks(axes, timeline, spans)
    low, high = timeline.limits
    room = 0.03 * (high - low) or 0.1
    axes.set(xlim=(low - room / 2, high + room), ylim=(len(patients) - 0.35, -0.75), xlabel=timeline.axis_label)
    axes.set_yticks(range(len(patients)), patients, fontsize=7.5)
    axes.spines["left"].set_visible(False)
    _label_courses(axes, courses, narrow)
    for span in spans.itertuples():
        words = ENDS[span.end].short if narrow else ENDS[span.end].label.lower()
        axes.annotate(words, (1.01, span.Index), xycoords=axes.get_yaxis_transform(), va="center", fontsize=7)
    rows_of_legend = _legend(axes, set(courses["treatment"]), NARROW_PER_ROW if narrow else PER_ROW)
    _place(axes, max(map(len, patients)), rows_of_legend, narrow)


def _place(axes: Axes, longest_name: int, rows_of_legend: int, narrow: bool) -> None:
    """Set the axes within the figure by hand: looking for room around so many texts takes as long as drawing them."""
    width, height = axes.figure.get_size_inches()
    left, right = 0.12 + 0.065 * longest_name, 0.36 if narrow else 0.72
    bottom, top = 0.48, 0.1 + 0.16 * rows_of_legend
    axes.figure.set_layout_engine("none")
    axes.set_position([left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height])


def _bar(course) -> Rectangle:
    """Filled in the treatment's colour after a response, hollow after none, hatched where it is not recorded."""
    colour, unknown = treatment_colour(course.treatment), course.effective not in ("True", "False")
    corner = (course.left, course.row - BAR / 2 + BAR * course.low)
    return Rectangle(
        corner, course.right - course.left, BAR * (course.high - course.low), edgecolor=colour, linewidth=1.1,
        facecolor=colour if course.effective == "True" else PAPER, linestyle=":" if course.assumed else "-",
        hatch="//////" if unknown else "",
    )  # fmt: skip


def _draw_marks(axes: Axes, timeline: Timeline, spans: pd.DataFrame) -> None:
    """Side effects on the bars, rescue courses as ticks under them, and how each pathway ended."""
    style = {"linestyle": "none", "clip_on": False, "zorder": 5, "in_layout": False, "color": INK}
    events, rescue = timeline.events, timeline.rescue
    axes.plot(events["at"], events["row"], marker="x", markersize=4.5, markeredgewidth=1.3, **style)
    axes.plot(rescue["left"], rescue["row"], marker="|", markersize=5, markeredgewidth=0.9, **style)
    reach = 0.008 * (spans["right"].max() - spans["left"].min() or 1)
    for code, end in ENDS.items():
        ended = spans[spans["end"] == code]
        look = {"marker": end.marker, "markersize": end.size, "markerfacecolor": end.face, "markeredgewidth": 1.0}
        axes.plot(ended["right"] + reach, ended.index, **look, **style)


def _told(course, labels: dict[str, str], harm: list[str]) -> str:
    """A course in words, with its side effects, as the pointer shows it."""
    known = {name: isinstance(getattr(course, name), str) for name in ("response", REASON)}
    parts = [
        f"{course.patient_id}, line {course.line}: {treatment_in_words(course.treatment)}",
        f"started at the age of {number(course.age_at_start_years)}" if course.age_at_start_years >= 0 else "",
        counted(course.duration_days, "day") if course.duration_days >= 0 else "length not recorded",
        f"response: {labels[course.response]}" if known["response"] else "response not recorded",
        f"left: {level_label(REASON, course.discontinuation_reason).lower()}" if known[REASON]
        else "reason not recorded",
        f"side effects: {listing(harm)}" if harm else "",
    ]  # fmt: skip
    return "; ".join(filter(None, parts))


def _label_courses(axes: Axes, courses: pd.DataFrame, narrow: bool) -> None:
    """A label by each course, over or under its bar, further along where another is in the way, or none.

    It is never shortened: a part of it beside a crowd of bars could be anyone's.
    """
    low, high = axes.get_xlim()
    inches, size = (NARROW_INCHES - 0.85, NARROW_POINTS) if narrow else (WIDE_INCHES - 1.25, POINTS)
    character = CHARACTER * size * (high - low) / (72 * inches)
    for row, history in courses.groupby("row"):
        free = {ABOVE: float("-inf"), BELOW: float("-inf")}
        for course in history.itertuples():
            place = next((place for place in free if free[place] <= course.left), min(free, key=free.get))
            at = max(free[place], course.left)
            if at == course.left or at < course.right:
                text = _label(course)
                free[place] = at + (len(text) + 0.8) * character
                axes.text(at, row + place, text, fontsize=size, va="center", ha="left").set_in_layout(False)


def _label(course) -> str:
    response = course.response if isinstance(course.response, str) else UNKNOWN
    letter = letters().get(course.discontinuation_reason, UNKNOWN)
    return f"{treatments()[course.treatment].abbreviation} {response}{letter}"


def _legend(axes: Axes, used: set[str], per_row: int) -> int:
    """The colour of each treatment, in rows over the plot; returns how many rows these are."""
    shown = [treatment for code, treatment in treatments().items() if code in used]
    rows = -(-len(shown) // per_row)
    for place, treatment in enumerate(shown):
        across, height = (place % per_row) / per_row, 8 + 11 * (rows - 1 - place // per_row)
        points = {"xycoords": axes.transAxes, "textcoords": "offset points", "va": "center", "fontsize": 7.5}
        axes.annotate("■", (across, 1), (0, height), color=treatment.colour, **points)
        axes.annotate(treatment.abbreviation, (across, 1), (9, height), **points)
    return rows
