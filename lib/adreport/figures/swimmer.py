"""The courses of every patient in time: one row a patient."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from adreport import dictionary
from adreport.display import Absent, Figure, FigurePages
from adreport.figures.drawing import INK, panels, titled, treatment_colour
from adreport.figures.swimmer_labels import LETTERS, label_courses, legend, letters_used
from adreport.formatting import counted, listing, number, whole
from adreport.pathways import courses_of, reason_in_words
from adreport.results import pick
from adreport.sequences import END_LABELS
from adreport.times import DAYS_PER_YEAR

PER_FIGURE = 30  # as many rows as an A4 page holds
MOST_PATIENTS = 300
BAR = 0.32
UNKNOWN_YEARS = 0.3  # drawn length of a last course of unknown length
SHORT_ENDS = {
    "ongoing": "on", "remission": "rem", "stopped": "stop", "lost_to_follow_up": "lost", "not_recorded": "?",
}  # fmt: skip
END_MARKERS = {
    "ongoing": (">", 5, INK, INK), "remission": ("*", 7, INK, INK), "stopped": ("|", 7, INK, INK),
    "lost_to_follow_up": ("o", 5, "white", INK), "not_recorded": ("$?$", 5, INK, INK),
}  # fmt: skip


@dataclass(frozen=True)
class Timeline:
    """What one figure draws, in years or in lines: `courses`, `events`, `rescue` with `row`, `left`, `right`."""

    courses: pd.DataFrame
    events: pd.DataFrame
    rescue: pd.DataFrame
    axis_label: str


def swimmer(
    results: pd.DataFrame, sort_by: str = "lines", time_axis: str = "first course", mark: str = ""
) -> FigurePages | Absent:
    """Every patient's courses in time, PER_FIGURE patients a figure; those without times in order of the courses.

    `sort_by`: patient, treatment, end, lines, time or age. `time_axis`: "first course" or "age".
    """
    courses = _drawn(courses_of(results), time_axis)
    patients = _in_order(courses, sort_by)
    if len(patients) > MOST_PATIENTS:
        return Absent(
            f"{counted(len(patients), 'patient')} are more than the {MOST_PATIENTS} that are drawn one by one: the "
            "commonest sequences stand in the table below, and a filter shows fewer patients."
        )
    dated = courses.groupby("patient_id")["left"].apply(lambda starts: starts.notna().all())
    known = [patient for patient in patients if dated[patient]]
    unknown = [patient for patient in patients if not dated[patient]]
    parts = [(known[at : at + PER_FIGURE], True) for at in range(0, len(known), PER_FIGURE)]
    parts += [(unknown[at : at + PER_FIGURE], False) for at in range(0, len(unknown), PER_FIGURE)]
    longest = (courses["right"].max(), courses["left"].min())
    figures = [_figure(results, courses, part, in_time, time_axis, longest, len(parts) > 1, mark)
               for part, in_time in parts]  # fmt: skip
    return FigurePages(figures)


def _drawn(courses: pd.DataFrame, time_axis: str) -> pd.DataFrame:
    """The courses with `left` and `right` in years, and whether their length had to be assumed."""
    zero = courses.groupby("patient_id")["age_at_start_years"].transform("first") if time_axis == "age" else 0.0
    left, right = (zero + courses[name] / DAYS_PER_YEAR for name in ("since_first_days", "until_days"))
    following = left.groupby(courses["patient_id"]).shift(-1)
    assumed = right.isna()
    right = right.fillna(following.clip(upper=left + UNKNOWN_YEARS)).fillna(left + UNKNOWN_YEARS)
    return courses.assign(left=left, right=right, assumed=assumed)


def _in_order(courses: pd.DataFrame, sort_by: str) -> list[str]:
    of_patient = courses.groupby("patient_id")
    rank = {code: place for place, code in enumerate([*dictionary.treatments(), *END_LABELS])}
    ranked = courses["treatment"].map(rank).groupby(courses["patient_id"])
    lines, years = -of_patient.size(), -of_patient["right"].max().fillna(0)
    keys = {
        "patient": pd.Series(0, index=lines.index),
        "treatment": ranked.agg(tuple),
        "end": of_patient["pathway_end"].first().map(rank),
        "lines": lines,
        "time": years + of_patient["left"].min().fillna(0),
        "age": of_patient["age_at_start_years"].first().fillna(float("inf")),
    }
    order = pd.DataFrame({"key": keys[sort_by], "years": years if sort_by == "lines" else 0}).reset_index()
    return order.sort_values(["key", "years", "patient_id"])["patient_id"].tolist()


def _figure(results, courses, patients, in_time, time_axis, longest, several, mark) -> Figure:
    timeline = _timeline(results, courses, patients, in_time, time_axis)

    def paint(axes: list[Axes], narrow: bool) -> None:
        _draw(axes[0], timeline, patients, longest if in_time else None, narrow)

    where = "" if in_time else ", whose times are not recorded, by line"
    which = f": {patients[0]} to {patients[-1]} of this order{where}" if several else where
    caption = f"The courses of {counted(len(patients), 'patient')}{which}"
    size = len(patients)
    return panels(
        paint, 1, 1.0 + 0.285 * size, caption, _described(timeline, caption), _notes(timeline), mark,
        narrow_height_inches=1.3 + 0.34 * size, inline=True,
    )  # fmt: skip


def _timeline(results, courses, patients, in_time, time_axis) -> Timeline:
    row = {patient: place for place, patient in enumerate(patients)}
    own = courses[courses["patient_id"].isin(row)].assign(row=lambda rows: rows["patient_id"].map(row))
    long = pick(results, output="table4_long", group1_level=patients)
    events = pick(long, variable="side_effect")
    rescue = pick(long, group2="rescue_course", variable="since_first_days")
    if not in_time:
        own = own.assign(left=own["line"] - 1.0, right=own["line"] - 0.15, assumed=False)
        none = rescue.iloc[:0].assign(row=[], left=[])
        return Timeline(_in_lanes(own), _placed(events, own, row, by_line=True), none, "Line of therapy")
    zero = own.groupby("patient_id")["left"].first() if time_axis == "age" else 0.0
    left = rescue["group1_level"].map(zero) if time_axis == "age" else 0.0
    rescue = rescue.assign(row=rescue["group1_level"].map(row), left=left + rescue["stat"] / DAYS_PER_YEAR)
    label = "Age (years)" if time_axis == "age" else "Years since the start of the first course"
    return Timeline(_in_lanes(own), _placed(events, own, row), rescue, label)


def _placed(events: pd.DataFrame, courses: pd.DataFrame, row: dict, by_line: bool = False) -> pd.DataFrame:
    """Side effects with the course they stand on, at their day or, where that is not known, at its middle."""
    named = events.rename(columns={"group1_level": "patient_id"}).assign(line=events["group2_level"].astype(int))
    days = named[named["stat_name"] == "value"].set_index(["patient_id", "line", "variable_level"])["stat"]
    days = days[~days.index.duplicated()].rename("day")
    found = named[named["stat_name"] == "n"].join(days, on=["patient_id", "line", "variable_level"])
    found = found[["patient_id", "line", "variable_level", "day"]].merge(courses, on=["patient_id", "line"])
    by_day = found["left"] + (found["day"] - found["since_first_days"]) / DAYS_PER_YEAR
    middle = (found["left"] + found["right"]) / 2
    at = middle if by_line else by_day.clip(upper=found["right"]).fillna(middle)
    return found.assign(at=at, row=found["patient_id"].map(row))


def _in_lanes(courses: pd.DataFrame) -> pd.DataFrame:
    """Courses with `low` and `high`, the share of the bar they fill: courses that overlap share it."""
    placed = []
    for _, own in courses.groupby("patient_id", sort=False):
        lanes, free = [], []
        for left, right in zip(own["left"], own["right"], strict=True):
            lane = next((place for place, end in enumerate(free) if end <= left + 1e-9), len(free))
            free[lane : lane + 1] = [right]
            lanes.append(lane)
        shared = [_beside(own, place) for place in range(len(own))]
        width = [1 / max(1 + max(lanes), 1) if overlaps else 1.0 for overlaps in shared]
        low = [lane * part if overlaps else 0.0
               for lane, part, overlaps in zip(lanes, width, shared, strict=True)]  # fmt: skip
        placed.append(own.assign(low=low, high=[start + part for start, part in zip(low, width, strict=True)]))
    return pd.concat(placed)


def _beside(own: pd.DataFrame, place: int) -> bool:
    course = own.iloc[place]
    others = own.drop(index=own.index[place])
    return bool(((others["left"] < course["right"] - 1e-9) & (course["left"] < others["right"] - 1e-9)).any())


def _draw(axes: Axes, timeline: Timeline, patients: list[str], longest, narrow: bool) -> None:
    courses = timeline.courses
    spans = courses.groupby("row").agg(left=("left", "min"), right=("right", "max"))
    whole = [[(span.left, span.Index), (span.right, span.Index)] for span in spans.itertuples()]
    axes.add_collection(LineCollection(whole, colors="#bdbdbd", lw=0.8, zorder=0))
    for course in courses.itertuples():
        axes.add_patch(titled(_bar(course), _told(course, timeline.events)))
    _draw_marks(axes, timeline, spans)
    high, low = longest or (courses["right"].max(), 0)
    room = 0.03 * (high - low) or 0.1
    axes.set(xlim=(low - room / 2, high + room), ylim=(len(patients) - 0.35, -0.75 - 0.8 * narrow))
    axes.set_yticks(range(len(patients)), patients, fontsize=7.5)
    axes.set_xlabel(timeline.axis_label)
    axes.spines["left"].set_visible(False)
    label_courses(axes, courses, narrow)
    ends = courses.drop_duplicates("row")
    for row, end in zip(ends["row"], ends["pathway_end"], strict=True):
        words = SHORT_ENDS[end] if narrow else END_LABELS[end].lower()
        axes.annotate(words, (1.01, row), xycoords=axes.get_yaxis_transform(), va="center", fontsize=7)
    legend(axes, courses["treatment"], narrow)


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
    axes.plot(events["at"], events["row"], marker="X", markersize=5, color=INK, markeredgecolor="white",
              markeredgewidth=0.6, **style)  # fmt: skip
    axes.plot(rescue["left"], rescue["row"], marker="|", markersize=5, color=INK, markeredgewidth=0.9, **style)
    ends = timeline.courses.drop_duplicates("row").set_index("row")["pathway_end"]
    reach = 0.008 * (spans["right"].max() - spans["left"].min() or 1)
    for end, (marker, size, face, edge) in END_MARKERS.items():
        rows = ends.index[ends == end]
        axes.plot(spans.loc[rows, "right"] + reach, rows, marker=marker, markersize=size, color=edge,
                  markerfacecolor=face, markeredgewidth=1.0, **style)  # fmt: skip


def _told(course, events: pd.DataFrame) -> str:
    """A course in words, as the pointer shows it."""
    harm = events.loc[(events["patient_id"] == course.patient_id) & (events["line"] == course.line), "variable_level"]
    parts = [
        f"{course.patient_id}, line {course.line}: {dictionary.treatment_in_words(course.treatment)}",
        f"started at the age of {number(course.age_at_start_years)}" if course.age_at_start_years >= 0 else "",
        counted(course.duration_days, "day") if course.duration_days >= 0 else "length not recorded",
        f"response {course.response}" if isinstance(course.response, str) else "response not recorded",
        f"left: {reason_in_words(course.discontinuation_reason)}"
        if isinstance(course.discontinuation_reason, str) else "reason not recorded",
        f"side effects: {listing(harm.tolist())}" if len(harm) else "",
    ]  # fmt: skip
    return "; ".join(filter(None, parts))


def _described(timeline: Timeline, caption: str) -> str:
    ends = timeline.courses.drop_duplicates("patient_id")["pathway_end"].value_counts()
    words = [f"{END_LABELS[end].lower()} {whole(n)}" for end, n in ends.items()]
    return (
        f"{caption}, a row each with {counted(len(timeline.courses), 'course')} as bars and "
        f"{counted(len(timeline.events), 'side effect')} as crosses. Ends: {listing(words)}. "
        "The table of each patient's courses has the same in words."
    )


def _notes(timeline: Timeline) -> list[str]:
    courses = timeline.courses
    letters = letters_used(courses["discontinuation_reason"])
    notes = [
        "Bars: courses, filled if they had a response, hollow if not, hatched if it is not recorded; courses that ran "
        "together share the height. Beside each bar treatment, response and a letter for why it ended.",
        f"Letters: {'; '.join(f'{LETTERS[reason]} {reason_in_words(reason)}' for reason in letters)}; ? not recorded.",
        "Cross: side effect (at the middle of the course if its day is not known). End of the row: triangle ongoing, "
        "star remission, upright line stopped, ring lost to follow-up.",
    ]
    if len(timeline.rescue):
        notes.append("Thin upright ticks between the bars: rescue courses of corticosteroid, which are no lines.")
    if courses["assumed"].any():
        notes.append("Dotted edge: length not recorded; drawn up to the next course, at most a few months long.")
    codes = [code for code in dictionary.treatments() if code in set(courses["treatment"])]
    known = dictionary.treatments()
    return [*notes, "; ".join(f"{known[code].abbreviation}: {known[code].label.lower()}" for code in codes) + "."]
