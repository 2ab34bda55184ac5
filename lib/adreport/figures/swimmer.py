"""The courses of every patient in time: one row a patient."""

import pandas as pd
from matplotlib.axes import Axes

from adreport import dictionary
from adreport.display import Absent, Figure, FigurePages
from adreport.figures.drawing import panels
from adreport.figures.swimmer_bars import draw
from adreport.figures.swimmer_labels import LETTERS, letters_used
from adreport.figures.timeline import Timeline, in_years, timeline
from adreport.formatting import counted, listing, whole
from adreport.pathways import courses_of, reason_in_words
from adreport.sequences import END_LABELS

PER_FIGURE = 30  # as many rows as an A4 page holds
MOST_PATIENTS = 300


def swimmer(
    results: pd.DataFrame, sort_by: str = "lines", time_axis: str = "first course", mark: str = ""
) -> FigurePages | Absent:
    """Every patient's courses in time, PER_FIGURE patients a figure; those without times in order of the courses.

    `sort_by`: patient, treatment, end, lines, time or age. `time_axis`: "first course" or "age".
    """
    courses = in_years(courses_of(results), time_axis)
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
    drawn = timeline(results, courses, patients, in_time, time_axis)

    def paint(axes: list[Axes], narrow: bool) -> None:
        draw(axes[0], drawn, patients, longest if in_time else None, narrow)

    where = "" if in_time else ", whose times are not recorded, by line"
    which = f": {patients[0]} to {patients[-1]} of this order{where}" if several else where
    caption = f"The courses of {counted(len(patients), 'patient')}{which}"
    size = len(patients)
    return panels(
        paint, 1, 1.0 + 0.285 * size, caption, _described(drawn, caption), _notes(drawn), mark,
        narrow_height_inches=1.3 + 0.34 * size, inline=True,
    )  # fmt: skip


def _described(drawn: Timeline, caption: str) -> str:
    ends = drawn.courses.drop_duplicates("patient_id")["pathway_end"].value_counts()
    words = [f"{END_LABELS[end].lower()} {whole(n)}" for end, n in ends.items()]
    return (
        f"{caption}, a row each with {counted(len(drawn.courses), 'course')} as bars and "
        f"{counted(len(drawn.events), 'side effect')} as crosses. Ends: {listing(words)}. "
        "The table of each patient's courses has the same in words."
    )


def _notes(drawn: Timeline) -> list[str]:
    courses = drawn.courses
    letters = letters_used(courses["discontinuation_reason"])
    notes = [
        "Bars: courses, filled if they had a response, hollow if not, hatched if it is not recorded; courses that ran "
        "together share the height. Beside each bar treatment, response and a letter for why it ended.",
        f"Letters: {'; '.join(f'{LETTERS[reason]} {reason_in_words(reason)}' for reason in letters)}; ? not recorded.",
        "Cross: side effect (at the middle of the course if its day is not known). End of the row: triangle ongoing, "
        "star remission, upright line stopped, ring lost to follow-up.",
    ]
    if len(drawn.rescue):
        notes.append("Thin upright ticks between the bars: rescue courses of corticosteroid, which are no lines.")
    if courses["assumed"].any():
        notes.append("Dotted edge: length not recorded; drawn up to the next course, at most a few months long.")
    codes = [code for code in dictionary.treatments() if code in set(courses["treatment"])]
    known = dictionary.treatments()
    return [*notes, "; ".join(f"{known[code].abbreviation}: {known[code].label.lower()}" for code in codes) + "."]
