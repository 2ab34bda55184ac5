"""Treatment eras: courses joined, left out and put in order by stated rules, and what kind of step leads to the next.

Joining and the steps are decided by plain loops over the courses of one patient.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from operator import attrgetter
from typing import Any

import pandas as pd

from adreport.study.faults import ParameterFault
from adreport.study.reasons import CENSORED_GROUP, NOT_RECORDED, ONGOING, group_of

RESCUE_OUT, RESCUE_IN = "out", "in"
# How a pathway can end: as its last course did, or stopped for any other reason.
REMISSION, STOPPED, LOST = "remission", "stopped", "lost_to_follow_up"
SWITCH, BACK, RESTART, ADD_ON = "switch", "switch_back", "restart", "add_on"
BOTH = ["patient_id", "treatment"]
# What a joined era takes from the last of its courses, and what from the last that has it.
OF_THE_LAST = ("discontinuation_reason", "remission_months", "stop_date")
LAST_KNOWN = ("response",)
DECISIVE = ["patient_id", "treatment", "start_days", "end_days", "duration_days", "discontinuation_reason"]


@dataclass(frozen=True)
class Rules:
    """How courses become eras and eras lines of therapy; the defaults take every treatment course as it is recorded.

    `join_gap_days`: two courses of one treatment are one era if at most so many days lie between them (None: never)
    and no course of another treatment begins within those days.
    `shortest_days`: eras known to be shorter are left out. `combination_days`: a treatment started while an earlier
    one goes on for at least so many days, or for the whole of the new course, is an add-on, else a switch.
    `rescue`: whether short corticosteroid courses are "in" or "out". The first three are those of the R package
    TreatmentPatterns (eraCollapseSize, minEraDuration, combinationWindow).
    """

    join_gap_days: float | None = None
    shortest_days: float = 0
    combination_days: float = 30
    rescue: str = RESCUE_OUT

    def __post_init__(self) -> None:
        if self.rescue not in (RESCUE_OUT, RESCUE_IN):
            raise ParameterFault(f"rescue must be {RESCUE_OUT} or {RESCUE_IN}, not {self.rescue!r}.")

    def __bool__(self) -> bool:
        return bool(self.changed)

    @property
    def changed(self) -> dict[str, float | str | None]:
        """The rules that are not the defaults, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}

    def __str__(self) -> str:
        kept = f"courses shorter than {self.shortest_days:g} days left out" if self.shortest_days else ""
        gap = self.join_gap_days
        parts = [
            f"courses of one treatment at most {gap:g} days apart joined, unless another began between"
            if gap is not None else "no courses joined",
            kept or "none left out for being short",
            f"an add-on overlaps by {self.combination_days:g} days or more",
            f"rescue courses {self.rescue}",
        ]  # fmt: skip
        return "; ".join(parts)


def joined(
    courses: pd.DataFrame, events: pd.DataFrame, join_gap_days: float | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join courses of one treatment with small gaps between them into eras, and move the events to their era.

    A gap is not joined if another treatment course of the patient began within it, from the day of the stop to the
    day before the restart: the patient changed treatment and came back. Excluded rescue courses do not count as an
    intervening course; courses that will later be dropped as too short do.
    An era has the number, the start and the dose of its first course, the last known response, the reason and the
    remission of its last course, and as `duration_days` the days treated: gaps do not count. `courses_joined` is the
    number of its courses, `end_days` when it ended. A course of unknown times is never joined.
    """
    courses = courses.sort_values([*BOTH, "start_days", "course"]).reset_index(drop=True)
    courses = courses.assign(end_days=courses["start_days"] + courses["duration_days"], courses_joined=1)
    if join_gap_days is None:
        return courses, events
    continued = [one for history in _histories(courses) for one in _continued(history, join_gap_days)]
    era = (~pd.Series(continued, dtype=bool)).cumsum().rename("era")
    events = _moved(events, courses, era)
    grouped = courses.groupby(era)
    firsts, lasts = (courses.loc[rows.index].set_index(era[rows.index]) for rows in (grouped.head(1), grouped.tail(1)))
    return firsts.assign(
        **{name: lasts[name] for name in OF_THE_LAST},
        **{name: grouped[name].last() for name in LAST_KNOWN},
        duration_days=grouped["duration_days"].sum().where(grouped["duration_days"].count() == grouped.size()),
        end_days=grouped["end_days"].max().where(lasts["end_days"].notna()),
        course=grouped["course"].min(),
        courses_joined=grouped.size(),
    ).reset_index(drop=True), events


def long_enough(courses: pd.DataFrame, shortest_days: float) -> pd.DataFrame:
    """The courses that are not known to be shorter than so many days."""
    return courses[~(courses["duration_days"] < shortest_days)]


def with_lines(courses: pd.DataFrame, combination_days: float = Rules.combination_days) -> pd.DataFrame:
    """Courses in order, with their line of therapy, what came next and how, and how the pathway ended.

    Adds `line`; of the next course in order `next_treatment`, `next_start_days` and `step` (the kind of step to it;
    none after the last course); of the course that followed this one's stop (see `_steps`) `followed_by`,
    `followed_response` and `followed_how`; `since_first_days` (from the start of the first line) and, the same for all
    courses of a patient, `lines_of_patient`, `pathway_end` and `last_reason`. `decides_end`: whether the course is
    still ongoing or, where none is, ended last. All describe whole histories: a selection of cyclosporine still knows
    that azathioprine followed.
    """
    courses = courses.sort_values(["patient_id", "course"]).reset_index(drop=True)
    kinds, followers, last_reason = [], {}, []
    decisive: set[int] = set()
    for history in _histories(courses):
        for course, (kind, followed) in zip(history, _steps(history, combination_days), strict=True):
            kinds.append(kind)
            followers.setdefault(followed, course.Index)
        decides, reason = _ending(history)
        decisive.update(decides)
        last_reason += [reason] * len(history)
    of_patient, kind = courses.groupby("patient_id"), pd.Series(kinds, dtype=object)
    follower = pd.Series([followers.get(row) for row in courses.index], dtype=float)
    last_reason = pd.Series(last_reason, dtype=object)
    first_starts = courses.drop_duplicates("patient_id").set_index("patient_id")["start_days"]
    return courses.assign(
        treatment=courses["treatment"].cat.remove_unused_categories(),
        line=of_patient.cumcount() + 1,
        lines_of_patient=of_patient["course"].transform("size"),
        next_treatment=of_patient["treatment"].shift(-1).astype(object),
        next_start_days=of_patient["start_days"].shift(-1),
        step=kind.shift(-1),
        followed_by=follower.map(courses["treatment"].astype(object)),
        followed_response=follower.map(courses["response"].astype(object)),
        followed_how=follower.map(kind),
        since_first_days=courses["start_days"] - courses["patient_id"].map(first_starts),
        decides_end=courses.index.isin(decisive),
        pathway_end=last_reason.map(end_of),
        last_reason=last_reason,
    )


def end_of(reason: str | None) -> str:
    """How a last course with this reason ends a pathway: ongoing, in remission, lost, or stopped otherwise."""
    if reason is None or pd.isna(reason):
        return NOT_RECORDED
    if reason in (ONGOING, REMISSION):
        return reason
    return LOST if group_of(reason) == CENSORED_GROUP else STOPPED


def _histories(courses: pd.DataFrame) -> Iterator[list[Any]]:
    """The courses of each patient, as tuples with the names of their columns; rows of a patient stand together."""
    for _, history in groupby(courses[DECISIVE].itertuples(), key=attrgetter("patient_id")):
        yield list(history)


def _continued(history: Sequence[Any], join_gap_days: float) -> Iterator[bool]:
    """Whether each course of a patient, in order of treatment and start, continues the era before it."""
    latest = -math.inf  # when the treatment was last stopped, before the course
    for before, course in zip([None, *history], history, strict=False):
        if before is None or before.treatment != course.treatment:
            latest = -math.inf
            yield False
            continue
        latest = max(latest, before.end_days)  # max keeps the first if the second is NaN
        near = not math.isnan(before.end_days) and course.start_days - latest <= join_gap_days
        yield near and not any(
            latest <= other.start_days < course.start_days and other.treatment != course.treatment for other in history
        )


def _steps(history: Sequence[Any], combination_days: float) -> Iterator[tuple[str | None, int | None]]:
    """For each course of a patient, in order: the kind of step into it, and the row of the course that it followed.

    A course follows the one that had ended last when it began; a restart follows the same treatment, and where that
    end is not known, a course follows the one before it. An add-on follows none, since an earlier treatment is still
    ongoing, and nothing follows a treatment that was stopped while another was ongoing. Of two that ended on one day,
    the one begun later is followed. So every course of known times but a first one and an add-on follows exactly one.
    """
    stops: dict[str, float] = {}  # when each treatment had so far was last stopped
    last: Any = None  # of the courses so far, the one that ended last
    for before, course in zip([None, *history], history, strict=False):
        if before is None:
            yield None, None
        else:
            kind = _kind(before, course, stops, combination_days)
            followed = before if kind == RESTART or math.isnan(before.end_days) else last
            yield kind, None if kind == ADD_ON else followed.Index
        stops[course.treatment] = max(stops.get(course.treatment, -math.inf), course.end_days)
        if not math.isnan(course.end_days) and (last is None or course.end_days >= last.end_days):
            last = course


def _kind(before: Any, course: Any, stops: dict[str, float], combination_days: float) -> str:
    """The kind of step into a course; comparisons with a time that is not known are false, so it overlaps nothing."""
    if before.treatment == course.treatment:
        return RESTART
    overlap = max(stop for treatment, stop in stops.items() if treatment != course.treatment) - course.start_days
    if overlap > 0 and overlap >= min(combination_days, course.duration_days):
        return ADD_ON
    return BACK if course.treatment in stops else SWITCH


def _ending(history: Sequence[Any]) -> tuple[list[int], str | None]:
    """The rows of the courses that decide how the pathway of a patient ended, and why they ended.

    Those that are ongoing; where none is, the one that ended last; the last in order where its end is not known or the
    patient was lost on it.
    """
    final = history[-1]
    lost = end_of(final.discontinuation_reason) == LOST
    ongoing = [course.Index for course in history if course.discontinuation_reason == ONGOING]
    if ongoing and not lost:
        return ongoing, ONGOING
    if not lost and not math.isnan(final.end_days):
        ended = [course for course in history if not math.isnan(course.end_days)]
        final = max(ended, key=attrgetter("end_days", "Index"))
    return [final.Index], final.discontinuation_reason


def _moved(events: pd.DataFrame, courses: pd.DataFrame, era: pd.Series) -> pd.DataFrame:
    """Events with the number of their era in place of their course's, their day counted from its start."""
    start = courses["start_days"].groupby(era).transform("first")
    places = courses[["patient_id", "course"]].assign(
        era_course=courses["course"].groupby(era).transform("min"), later=(courses["start_days"] - start).fillna(0)
    )
    moved = events.merge(places, on=["patient_id", "course"], how="left")
    kept = moved["era_course"].isna()
    return events.assign(
        course=moved["era_course"].mask(kept, moved["course"]).astype(events["course"].dtype).to_numpy(),
        onset_day=(moved["onset_day"] + moved["later"].fillna(0)).to_numpy(),
    )
