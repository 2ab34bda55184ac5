"""The courses of every patient in time: one row a patient."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.contract import n_of
from adreport.pages.exhibits import Results
from adreport.pages.sequences.bars import draw
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.pathways import sampled, spread
from adreport.pages.sequences.profiles import anchors
from adreport.pages.sequences.timeline import FIRST_COURSE, Timeline, by_line, courses_of, in_years, timeline
from adreport.show.drawing import panels
from adreport.show.numbers import counted, listing, whole
from adreport.show.parts import Figure, FigurePages
from adreport.study.dictionary import abbreviations, level_label, treatments
from adreport.study.reasons import REASON, letters

PER_FIGURE = 30  # as many rows as an A4 page holds
MOST_DRAWN = 4 * PER_FIGURE  # a page with more, and Table 4, would have over two megabytes
BAR_NOTE = (
    "Bars: courses, filled with a response, hollow without, hatched if it is not recorded; simultaneous courses share "
    "the height. Beside a bar, where there is room: treatment, response, why it ended."
)
MARK_NOTE = (
    "Cross: side effect (mid-course if its day is not known). End of the row: triangle ongoing, star remission, "
    "upright line stopped, ring lost to follow-up."
)


class Order(NamedTuple):
    """An order of patients: in words, and the sort key of a patient, whose courses are the rows."""

    words: str
    key: Callable[[pd.DataFrame], Any]


ORDERS = {
    "patient": Order("their names", lambda rows: 0),
    "treatment": Order("their treatments, the first one first", lambda rows: [*map(_rank, rows["treatment"])]),
    "end": Order("how they ended", lambda rows: _rank(rows["pathway_end"].iloc[0])),
    "lines": Order("courses and time, the most first", lambda rows: (-len(rows), -_until(rows))),
    "time": Order("time from first to last course, the longest first", lambda rows: _from(rows) - _until(rows)),
    "age": Order("age at the first course", lambda rows: next(iter(rows["age_at_start_years"].dropna()), math.inf)),
}


def swimmer(results: Results, sort_by: str = "lines", time_axis: str = FIRST_COURSE) -> FigurePages:
    """Every patient's courses in time, PER_FIGURE patients a figure; those without times by line of therapy.

    Of more than MOST_DRAWN patients a sample is drawn, in one figure.
    `sort_by`: one of ORDERS. `time_axis`: "first course" or "age".
    """
    _, total = n_of(results.rows, output="listed")
    courses = in_years(courses_of(results), time_axis)
    if total > MOST_DRAWN:
        courses = courses[courses["patient_id"].isin(spread(courses["patient_id"].unique(), PER_FIGURE))]
    drawn = courses["patient_id"].nunique()
    undated = set(courses.loc[courses["left"].isna(), "patient_id"])
    patients = sorted(_in_order(courses, sort_by), key=undated.__contains__)  # those without times come last
    dated = len(patients) - len(undated)
    pages = [timeline(results, courses, part, time_axis) for part in _parts(patients[:dated])]
    pages += [by_line(results, courses, part) for part in _parts(patients[dated:])]
    order = f"Ordered by {ORDERS[sort_by].words}; {PER_FIGURE} a figure."
    notes = [*(sampled(drawn, total) if drawn < total else []), response_key(results), order]
    labels, leads_to = results.scale.labels, anchors(results)
    return FigurePages([_figure(page, labels, _caption(page, patients), notes, leads_to) for page in pages])


def response_key(results: Results) -> str:
    """What the codes of the response scale mean, in one line."""
    if results.scale.legend:
        return results.scale.legend[0]
    levels = "; ".join(f"{code}: {label}" for code, label in results.scale.labels.items())
    return f"Response, from worst to best: {levels}."


def _parts(patients: list[str]) -> list[list[str]]:
    return [patients[at : at + PER_FIGURE] for at in range(0, len(patients), PER_FIGURE)]


def _in_order(courses: pd.DataFrame, sort_by: str) -> list[str]:
    keys = {patient: ORDERS[sort_by].key(history) for patient, history in courses.groupby("patient_id")}
    return sorted(keys, key=lambda patient: (keys[patient], patient))


def _rank(code: str) -> int:
    return [*treatments(), *ENDS].index(code)


def _from(courses: pd.DataFrame) -> float:
    return min(courses["left"].dropna(), default=0)


def _until(courses: pd.DataFrame) -> float:
    return max(courses["right"].dropna(), default=0)


def _caption(page: Timeline, patients: list[str]) -> str:
    size, total, before = len(page.patients), len(patients), patients.index(page.patients[0])
    which = counted(size, "patient") if size == total else f"patients {before + 1} to {before + size} of {total}"
    return f"The courses of {which}{'' if page.in_time else ', whose times are not recorded, by line'}"


def _figure(page: Timeline, labels: dict[str, str], caption: str, notes: list[str], leads_to: dict[str, str]) -> Figure:
    def paint(axes: list[Axes], narrow: bool) -> None:
        draw(axes[0], page, labels, narrow)
        for name, patient in zip(axes[0].get_yticklabels(), page.patients, strict=True):
            name.set_url(f"#{leads_to[patient]}")

    size = len(page.patients)
    return panels(
        paint, 1, 0.9 + 0.27 * size, caption, _described(page, caption), [*_notes(page), *notes],
        narrow_height_inches=1.3 + 0.34 * size, detailed=True,
    )  # fmt: skip


def _described(page: Timeline, caption: str) -> str:
    numbers = page.courses.drop_duplicates("patient_id")["pathway_end"].value_counts()
    ends = listing([f"{ENDS[end].label.lower()} {whole(n)}" for end, n in numbers.items()])
    return (
        f"{caption}, a row each with {counted(len(page.courses), 'course')} as bars and "
        f"{counted(len(page.events), 'side effect')} as crosses. Ends: {ends}. "
        "The table of each patient's courses has the same in words."
    )


def _notes(page: Timeline) -> list[str]:
    courses = page.courses
    return [
        BAR_NOTE,
        *_letters_note(courses[REASON]),
        MARK_NOTE,
        *(["Thin ticks between bars: rescue courses of corticosteroid."]
          if len(page.rescue) else []),
        *(["Dotted edge: length not recorded; drawn up to the next course, at most a few months long."]
          if courses["assumed"].any() else []),
        abbreviations(set(courses["treatment"])),
    ]  # fmt: skip


def _letters_note(reasons: pd.Series) -> list[str]:
    used = [f"{letter} {level_label(REASON, one).lower()}" for one, letter in letters().items() if one in set(reasons)]
    unknown = ["? not recorded"] if reasons.isna().any() else []
    return [f"Letters: {'; '.join(used + unknown)}."] if used else []
