"""One patient's courses at a glance: what was given when, how much, how it worked, why it ended, and the gaps between.

They name patients: they are for internal reports.
"""

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import pick
from adreport.pages.exhibits import Results
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.timeline import courses_of
from adreport.show.colours import treatment_colour
from adreport.show.numbers import NONE, NOT_RECORDED, counted, listing, number
from adreport.show.parts import Absent, Profile, Profiles, Stretch
from adreport.study.dictionary import level_label
from adreport.study.reasons import REASON
from adreport.study.times import DAYS_PER_MONTH, DAYS_PER_YEAR

COLUMNS = ("Treatment", "Dose", "Months", "Response", "Why it ended", "Side effects")
LEAST_GAP_DAYS = 30  # that is named


def profiles(results: Results) -> Profiles | Absent:
    """The profile of each listed patient, of which one is shown at a time."""
    courses = courses_of(results)
    if courses.empty:
        return Absent()
    harm = _side_effects(results)
    return Profiles([
        _profile(anchor, history, harm, results.scale.labels)
        for (_, history), anchor in zip(courses.groupby("patient_id"), anchors(results).values(), strict=True)
    ])  # fmt: skip


def anchors(results: Results) -> dict[str, str]:
    """Where the profile of each listed patient stands on the page, by the patient."""
    patients = sorted(results.pick(output="table4_wide", variable="pathway_end")["group1_level"])
    return {patient: f"patient-{place}" for place, patient in enumerate(patients, 1)}


def _profile(anchor: str, history: pd.DataFrame, harm: dict, labels: dict[str, str]) -> Profile:
    first, end = history.iloc[0], ENDS[history["pathway_end"].iloc[0]].label.lower()
    days = history["until_days"].max()
    known = [
        counted(len(history), "course"),
        f"{number(first['age_at_start_years'])} years old at the first" if first["age_at_start_years"] >= 0 else "",
        f"followed over {number(days / DAYS_PER_YEAR)} years" if days > 0 else "",
        end,
    ]
    rows = list(_stretches(history, harm, labels))
    return Profile(anchor, first["patient_id"], ", ".join(filter(None, known)), COLUMNS, rows)


def _stretches(history: pd.DataFrame, harm: dict, labels: dict[str, str]) -> Iterator[Stretch]:
    """The courses of a patient and, between them, the gaps; places are shares of the time that was followed."""
    total, until = history["until_days"].max(), float("nan")
    for course in history.itertuples():
        if course.since_first_days - until >= LEAST_GAP_DAYS:
            gap = (until / total, (course.since_first_days - until) / total)
            yield Stretch(*gap, "", False, [f"{_months(course.since_first_days - until)} months without"])
        ended = course.until_days if course.until_days >= 0 else course.since_first_days
        until = max(ended, until) if until >= 0 else ended
        place = (course.since_first_days / total, (ended - course.since_first_days) / total) if total > 0 else (0, 0)
        hollow = course.effective != "True"
        cells = list(_told(course, harm[course.patient_id, course.line], labels))
        yield Stretch(*place, treatment_colour(course.treatment), hollow, cells)


def _told(course, harm: list[str], labels: dict[str, str]) -> Iterator[str]:
    yield level_label("treatment", course.treatment)
    yield f"{course.dose:g} {course.dose_unit}" if course.dose >= 0 else NOT_RECORDED
    yield _months(course.duration_days) if course.duration_days >= 0 else NOT_RECORDED
    yield labels.get(course.response, "not recorded")
    reason = course.discontinuation_reason
    yield level_label(REASON, reason) if isinstance(reason, str) else "not recorded"
    yield listing(harm)


def _months(days: float) -> str:
    return number(days / DAYS_PER_MONTH)


def _side_effects(results: Results) -> dict[tuple[str, int], list[str]]:
    """The side effects of each course, by patient and line; of one without, that there are none or none recorded."""
    none = NOT_RECORDED if results.pick(output="table4_wide", variable="side_effects").empty else NONE
    rows = pick(results.pick(output="table4_long", variable="side_effect"), stat_name="n")
    keys = [rows["group1_level"], rows["group2_level"].astype(int)]
    return defaultdict(lambda: [none], rows.groupby(keys)["variable_level"].agg(list))
