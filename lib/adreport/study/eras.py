"""Treatment eras: courses joined, left out and put in order by stated rules, and what each step to the next one is."""

from dataclasses import dataclass, fields

import pandas as pd

from adreport.study.faults import ParameterFault
from adreport.study.reasons import NOT_RECORDED, ONGOING

RESCUE_OUT, RESCUE_IN = "out", "in"
# How a pathway can end; a last course with any other reason is stopped without a successor.
STOPPED = "stopped"
KNOWN_ENDS = (ONGOING, "remission", "lost_to_follow_up")
SWITCH, BACK, RESTART, ADD_ON = "switch", "switch_back", "restart", "add_on"
BOTH = ["patient_id", "treatment"]
# What a joined era takes from the last of its courses, and what from the last that has it.
OF_THE_LAST = ("discontinuation_reason", "remission_months", "stop_date")
LAST_KNOWN = ("response",)


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
    """Courses of one treatment with small gaps between them as one era each, and the events moved to their era.

    A gap is not joined if another treatment course of the patient began within it, from the day of the stop to the
    day before the restart: the patient went over to that and came back. A rescue course that is left out is none;
    a course that is later left out for being short is one.
    An era has the number, the start and the dose of its first course, the last known response, the reason and the
    remission of its last course, and as `duration_days` the days treated: gaps do not count. `courses_joined` says how
    many courses it is of, `end_days` when it ended. A course whose times are unknown is joined to none.
    """
    courses = courses.sort_values([*BOTH, "start_days", "course"]).reset_index(drop=True)
    courses = courses.assign(end_days=courses["start_days"] + courses["duration_days"], courses_joined=1)
    if join_gap_days is None:
        return courses, events
    of_treatment = courses.groupby(BOTH, observed=True)
    latest = of_treatment["end_days"].cummax().groupby([courses[name] for name in BOTH], observed=True).shift()
    known = of_treatment["end_days"].shift().notna()
    near = (courses["start_days"] - latest <= join_gap_days) & known
    era = (~(near & ~_interrupted(courses[near], latest, courses))).cumsum().rename("era")
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

    Adds `line`; of the next course in order `next_treatment`, `next_start_days` and `step` (of which kind the step to
    it is; none after the last course); of the course that followed this one's stop (see `_followers`) `followed_by`,
    `followed_response` and `followed_how`; `since_first_days` (from the start of the first line) and, the same for all
    courses of a patient, `lines_of_patient`, `pathway_end` and `last_reason`. `decides_end`: whether the course still
    goes on or, where none does, ended last. All are of the whole study: a selection of cyclosporine still knows that
    azathioprine followed.
    """
    courses = courses.sort_values(["patient_id", "course"]).reset_index(drop=True)
    of_patient = courses.groupby("patient_id")
    patients, starts = courses["patient_id"], courses.drop_duplicates("patient_id").set_index("patient_id")
    step = _steps(courses, combination_days)
    followers = _followers(courses, step)
    return courses.assign(
        treatment=courses["treatment"].cat.remove_unused_categories(),
        line=of_patient.cumcount() + 1,
        lines_of_patient=patients.map(of_patient.size()),
        next_treatment=of_patient["treatment"].shift(-1).astype(object),
        next_start_days=of_patient["start_days"].shift(-1),
        step=step,
        followed_by=followers.map(courses["treatment"].astype(object)),
        followed_response=followers.map(courses["response"].astype(object)),
        followed_how=(followers - 1).map(step),
        since_first_days=courses["start_days"] - patients.map(starts["start_days"]),
        **_last(courses),
    )


def ends(reasons: pd.Series) -> pd.Series:
    """How a last course with each of these reasons ends a pathway: ongoing, remission, lost, or stopped otherwise."""
    reasons = reasons.astype(object)
    return reasons.where(reasons.isin(KNOWN_ENDS), STOPPED).where(reasons.notna(), NOT_RECORDED)


def _steps(courses: pd.DataFrame, combination_days: float) -> pd.Series:
    """The kind of each course's step to the next of the patient; of unknown times, none counts as overlapping."""
    patients = courses["patient_id"]
    needed = courses["duration_days"].clip(upper=combination_days).fillna(combination_days)
    overlap = _latest_other_end(courses) - courses["start_days"]
    kind = pd.Series(SWITCH, index=courses.index, dtype=object).mask(courses.duplicated(BOTH), BACK)
    kind = kind.mask((overlap > 0) & (overlap >= needed), ADD_ON)
    before = courses["treatment"].astype(object).groupby(patients).shift()
    kind = kind.mask(before.eq(courses["treatment"].astype(object)), RESTART)
    return kind.groupby(patients).shift(-1)


def _followers(courses: pd.DataFrame, step: pd.Series) -> pd.Series:
    """For each course the row of the one that followed it; none for those that lead to their own end.

    A course follows the one that had ended last when it began; a restart follows the same treatment, and where that
    end is not known, a course follows the one before it. An add-on follows none, since an earlier treatment went on,
    and nothing follows a treatment that was stopped while another went on. Of two that ended on one day, the one begun
    later is followed. So every course of known times but a first one and an add-on follows exactly one.
    """
    patients, rows, ends = courses["patient_id"], courses.index.to_series(), courses["end_days"]
    before = rows.groupby(patients).shift()
    unknown = ends.groupby(patients).shift().isna()
    into = step.groupby(patients).shift()
    followed = _ended_last(courses).groupby(patients).shift().where(into.ne(RESTART) & ~unknown, before)
    followed = followed[before.notna() & into.ne(ADD_ON)].drop_duplicates()
    return pd.Series(followed.index, index=followed.astype(int)).reindex(courses.index)


def _ended_last(courses: pd.DataFrame) -> pd.Series:
    """The row of the course that ended last among the patient's courses so far; of several, the last in order."""
    patients, ends = courses["patient_id"], courses["end_days"]
    rows = courses.index.to_series().where(ends.eq(ends.groupby(patients).cummax()))
    return rows.groupby(patients).ffill()


def _last(courses: pd.DataFrame) -> dict[str, pd.Series]:
    """Which courses decide how the pathway of a patient ended, how it did, and why the deciding course ended.

    Those that go on; where none does, the one that ended last; the last in order where its end is not known or the
    patient was lost on it.
    """
    patients, rows = courses["patient_id"], courses.index.to_series()
    in_order = patients.map(rows.groupby(patients).last())
    reasons = courses["discontinuation_reason"].astype(object)
    by_order = courses["end_days"].reindex(in_order).isna().to_numpy()
    lost = reasons.reindex(in_order).eq("lost_to_follow_up").to_numpy()
    last = in_order.where(by_order | lost, patients.map(_ended_last(courses).groupby(patients).last())).astype(int)
    on = reasons.eq(ONGOING)
    goes_on = on.groupby(patients).transform("any") & ~lost
    reason = last.map(reasons).mask(goes_on, ONGOING)
    return {"decides_end": on.where(goes_on, rows.eq(last)), "pathway_end": ends(reason), "last_reason": reason}


def _latest_other_end(courses: pd.DataFrame) -> pd.Series:
    """The last known end among the patient's earlier courses of other treatments; the courses are in order."""
    own = courses[[*BOTH, "end_days"]].astype({"treatment": object}).reset_index(names="row")
    pairs = own.merge(own.dropna(subset="end_days"), on="patient_id", suffixes=("", "_before"))
    earlier = (pairs["row_before"] < pairs["row"]) & (pairs["treatment_before"] != pairs["treatment"])
    return pairs[earlier].groupby("row")["end_days_before"].max().reindex(courses.index)


def _interrupted(restarts: pd.DataFrame, stopped: pd.Series, courses: pd.DataFrame) -> pd.Series:
    """Of which courses another treatment of the patient began between the last stop (`stopped`) and the restart."""
    own = restarts[[*BOTH, "start_days"]].astype({"treatment": object}).assign(stopped=stopped).reset_index(names="row")
    others = courses[[*BOTH, "start_days"]].astype({"treatment": object})
    pairs = own.merge(others, on="patient_id", suffixes=("", "_other"))
    within = pairs["start_days_other"].ge(pairs["stopped"]) & pairs["start_days_other"].lt(pairs["start_days"])
    found = pairs.loc[within & pairs["treatment_other"].ne(pairs["treatment"]), "row"]
    return courses.index.to_series().isin(found)


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
