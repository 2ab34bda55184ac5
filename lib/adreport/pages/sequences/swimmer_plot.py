"""The courses of every patient in time: one row a patient."""

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.sequences.pathways import courses_of, reason_in_words, response_key
from adreport.pages.sequences.results import END_LABELS
from adreport.pages.sequences.swimmer_bars import draw
from adreport.pages.sequences.swimmer_labels import LETTERS, letters_used
from adreport.pages.sequences.timeline import Timeline, in_years, timeline
from adreport.show.drawing import panels
from adreport.show.numbers import counted, listing, whole
from adreport.show.parts import Absent, Figure, FigurePages
from adreport.study import dictionary

PER_FIGURE = 30  # as many rows as an A4 page holds
MOST_PATIENTS = 300
ORDERS = {
    "patient": "their names", "treatment": "their treatments, the first one first", "end": "how they ended",
    "lines": "number of courses and time, the most first", "time": "time from first to last course, the longest first",
    "age": "age at the first course",
}  # fmt: skip


def swimmer(
    results: pd.DataFrame,
    labels: dict[str, str],
    sort_by: str = "lines",
    time_axis: str = "first course",
    mark: str = "",
) -> FigurePages | Absent:
    """Every patient's courses in time, PER_FIGURE patients a figure; those without times in order of the courses.

    `labels`: of the response scale. `sort_by`: patient, treatment, end, lines, time or age.
    `time_axis`: "first course" or "age".
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
    longest = (courses["right"].max(), courses["left"].min())
    pages = [(timeline(results, courses, part, True, time_axis), part, longest) for part in _parts(known)]
    pages += [(timeline(results, courses, part, False, time_axis), part, None) for part in _parts(unknown)]
    note = f"Patients in the order of {ORDERS[sort_by]}; {PER_FIGURE} a figure."
    figures, before = [], 0
    for page in pages:
        figures.append(_figure(*page, before, len(patients), labels, [response_key(labels), note], mark))
        before += len(page[1])
    return FigurePages(figures)


def _parts(patients: list[str]) -> list[list[str]]:
    return [patients[at : at + PER_FIGURE] for at in range(0, len(patients), PER_FIGURE)]


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


def _figure(
    drawn: Timeline, patients: list[str], longest, before: int, total: int, labels: dict, notes: list[str], mark: str
) -> Figure:
    """One figure; `longest`: last and first time of all figures, None for one by line; `before`: patients drawn."""

    def paint(axes: list[Axes], narrow: bool) -> None:
        draw(axes[0], drawn, patients, labels, longest, narrow)

    size = len(patients)
    where = "" if longest else ", whose times are not recorded, by line"
    which = f"{counted(size, 'patient')}" if size == total else f"patients {before + 1} to {before + size} of {total}"
    caption = f"The courses of {which}{where}"
    return panels(
        paint, 1, 0.9 + 0.27 * size, caption, _described(drawn, caption), [*_notes(drawn), *notes], mark,
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
    notes = [
        "Bars: courses, filled if they had a response, hollow if not, hatched if it is not recorded; courses that ran "
        "together share the height. Beside a bar, where there is room, treatment, response and a letter for why it "
        "ended.",
        *_letters_note(courses["discontinuation_reason"]),
        "Cross: side effect (at the middle of the course if its day is not known). End of the row: triangle ongoing, "
        "star remission, upright line stopped, ring lost to follow-up.",
    ]
    if len(drawn.rescue):
        notes.append("Thin upright ticks between the bars: rescue courses of corticosteroid, which are no lines.")
    if courses["assumed"].any():
        notes.append("Dotted edge: length not recorded; drawn up to the next course, at most a few months long.")
    return [*notes, dictionary.abbreviations(set(courses["treatment"]))]


def _letters_note(reasons: pd.Series) -> list[str]:
    told = [f"{LETTERS[reason]} {reason_in_words(reason)}" for reason in letters_used(reasons)]
    if not told:
        return []
    unknown = ["? not recorded"] if reasons.isna().any() else []
    return [f"Letters: {'; '.join(told + unknown)}."]
