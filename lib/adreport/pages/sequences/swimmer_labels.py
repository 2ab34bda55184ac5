"""The labels beside the bars of a swimmer plot, and its legend of colours."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.sequences.pathways import UNKNOWN
from adreport.show.colours import treatment_colour
from adreport.show.drawing import NARROW_INCHES, WIDE_INCHES
from adreport.study import dictionary

# A letter for each discontinuation reason of the dictionary.
LETTERS = {
    "side_effect": "s", "unresponsiveness": "u", "insufficient_response": "i", "remission": "r",
    "prevent_side_effects": "p", "maximum_response": "m", "department_decision": "d", "patient_decision": "c",
    "financial": "f", "switched": "x", "lost_to_follow_up": "L", "ongoing": "→",
}  # fmt: skip
POINTS, NARROW_POINTS = 6.3, 6.8
CHARACTER = 0.62  # width of a character, in its size
MARGINS = 1.25  # inches beside the axes, about
PER_ROW, NARROW_PER_ROW = 9, 5
ABOVE, BELOW = -0.33, 0.34


def label_courses(axes: Axes, courses: pd.DataFrame, narrow: bool) -> None:
    """A label by each course, over or under its bar; later or none where it would meet another."""
    low, high = axes.get_xlim()
    scale = (high - low) / (72 * ((NARROW_INCHES if narrow else WIDE_INCHES) - (0.85 if narrow else MARGINS)))
    size = NARROW_POINTS if narrow else POINTS
    for _, own in courses.groupby("row"):
        free = {ABOVE: float("-inf"), BELOW: float("-inf")}
        for course in own.itertuples():
            place, at, text = _fitted(course, free)
            if not text:
                continue
            free[place] = at + (len(text) + 0.8) * CHARACTER * size * scale
            words = axes.text(at, course.row + place, text, fontsize=size, va="center", ha="left")
            words.set_in_layout(False)


def legend_rows(used: pd.Series, narrow: bool) -> int:
    """How many rows the legend takes."""
    return -(-used.nunique() // (NARROW_PER_ROW if narrow else PER_ROW))


def legend(axes: Axes, used: pd.Series, narrow: bool) -> None:
    """The colour of each treatment, in rows over the plot."""
    codes = [code for code in dictionary.treatments() if code in set(used)]
    per_row = NARROW_PER_ROW if narrow else PER_ROW
    for place, code in enumerate(codes):
        across, down = (place % per_row) / per_row, place // per_row
        points = {"xycoords": axes.transAxes, "textcoords": "offset points", "va": "center", "fontsize": 7.5}
        height = 8 + 11 * ((len(codes) - 1) // per_row - down)
        axes.annotate("■", (across, 1), (0, height), color=treatment_colour(code), **points)
        axes.annotate(dictionary.treatments()[code].abbreviation, (across, 1), (9, height), **points)


def letters_used(reasons: pd.Series) -> list[str]:
    """The discontinuation reasons that occur, in the order of the dictionary."""
    levels, occurring = dictionary.columns("courses")["discontinuation_reason"].levels, set(reasons)
    return [reason for reason in levels if reason in occurring]


def _fitted(course, free: dict[float, float]) -> tuple[float, float, str]:
    """Where a label goes: over or under the start of its bar, or further along it; "" where there is no room.

    It is never shortened: a part of it beside a crowd of bars could be anyone's.
    """
    text = f"{dictionary.treatments()[course.treatment].abbreviation} {_outcome(course)}"
    for place in (ABOVE, BELOW):
        if free[place] <= course.left:
            return place, course.left, text
    place = min(free, key=free.get)
    return place, free[place], text if free[place] < course.right else ""


def _outcome(course) -> str:
    response = course.response if isinstance(course.response, str) else UNKNOWN
    return response + LETTERS.get(course.discontinuation_reason, UNKNOWN)
