"""Where patients ended: their last course against the recorded status at data lock, and who ended without response."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.sequences.pathways import stories
from adreport.stats.counts import share
from adreport.study.dictionary import columns
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED

AGREES, POSSIBLE, CONTRADICTS, UNKNOWN = "agrees", "possible", "contradicts", "unknown"
VERDICTS = {
    AGREES: "Agrees", POSSIBLE: "Possible, unexplained", CONTRADICTS: "Contradicts", UNKNOWN: "Cannot be told",
}  # fmt: skip
# After these reasons a patient in remission on topical treatment needs no explanation.
QUIET = ("remission", "prevent_side_effects", "maximum_response")


def analyse(study: Study) -> Iterator[dict]:
    """Status against last course, in counts and patient by patient; patients who ended without a response."""
    judged = reconciled(study)
    yield from ends(judged)
    yield from crossed(judged)
    yield from doubtful(judged)
    yield from without_response(study)


def reconciled(study: Study) -> pd.DataFrame:
    """One row a patient: how the whole history ended, the recorded status, the verdict and what speaks against it."""
    last = study.courses.drop_duplicates("patient_id")[["patient_id", "pathway_end", "last_reason"]]
    recorded = study.patients.drop_duplicates("patient_id")[["patient_id", "status_at_data_lock"]]
    judged = last.merge(recorded, on="patient_id", how="left").astype(object)
    judged = judged.where(judged.notna(), None)
    said = [verdict(row.status_at_data_lock, row.pathway_end, row.last_reason) for row in judged.itertuples()]
    return judged.assign(verdict=[name for name, _ in said], why=[why for _, why in said])


def verdict(status: str | None, end: str, last_reason: str | None) -> tuple[str, str]:
    """Whether a status at data lock can stand beside how the last course ended, and if not, why."""
    if last_reason == "switched":
        return CONTRADICTS, "the last course was replaced by another treatment, and none follows"
    if status is None or end == NOT_RECORDED:
        return UNKNOWN, ""
    if (status == "on_treatment") != (end == "ongoing"):
        idle = status == "on_treatment"
        return (
            CONTRADICTS,
            "on treatment, and no course is ongoing" if idle else "off treatment, and a course is ongoing",
        )
    if status == "topical_remission" and end == "lost_to_follow_up":
        return CONTRADICTS, "in remission at data lock, and lost at the end of the last course"
    if status == "topical_remission" and last_reason not in QUIET:
        return POSSIBLE, "in remission, though the last course was left for another reason"
    if status == "lost_to_follow_up" and end != "lost_to_follow_up":
        return POSSIBLE, "lost only after the last course had ended"
    return AGREES, ""


def ends(judged: pd.DataFrame) -> Iterator[dict]:
    """How pathways ended, and how many agree with the status."""
    for end, number in judged["pathway_end"].value_counts().items():
        yield from statistics("status", share(number, len(judged)), variable="pathway_end", variable_level=end)
    for name in VERDICTS:
        number = int((judged["verdict"] == name).sum())
        yield from statistics("status", share(number, len(judged)), variable="verdict", variable_level=name)


def crossed(judged: pd.DataFrame) -> Iterator[dict]:
    """Recorded status by how the last course ended."""
    for status in [*columns("patients")["status_at_data_lock"].levels, NOT_RECORDED]:
        own = judged[judged["status_at_data_lock"].fillna(NOT_RECORDED) == status]
        for end, number in own["pathway_end"].value_counts().items():
            keys = {"group1": "status_at_data_lock", "group1_level": status, "group2": "pathway_end"}
            yield from statistics("status", share(number, len(own)), group2_level=end, **keys)


def doubtful(judged: pd.DataFrame) -> Iterator[dict]:
    """The patients whose status contradicts the last course, or stands unexplained beside it."""
    for name in (CONTRADICTS, POSSIBLE):
        for row in judged[judged["verdict"] == name].itertuples():
            keys = {"group1": "patient_id", "group1_level": row.patient_id, "group2": "last_reason"}
            yield from statistics(
                "status_doubts", {"n": 1}, row.why, group2_level=row.last_reason or NOT_RECORDED,
                variable=name, variable_level=row.status_at_data_lock or NOT_RECORDED, **keys,
            )  # fmt: skip


def without_response(study: Study) -> Iterator[dict]:
    """Patients whose last course had no response: how many, and who, with all of their courses in words.

    The last course is the one that still goes on or, where none does, that ended last; of several that go on, one
    with a response is enough. `outside_selection`: patients of whom no such course is selected.
    """
    courses = study.courses
    last = courses[courses["decides_end"]].assign(effective=lambda rows: rows["effective"].astype("boolean"))
    of_patient = last.groupby("patient_id")["effective"]
    outcome = of_patient.max().mask(~of_patient.max().fillna(False) & of_patient.size().ne(of_patient.count()))
    known, failed = outcome.notna(), outcome.index[~outcome.fillna(True)]
    numbers = share(len(failed), int(known.sum())) | {"n_missing": int((~known).sum())}
    yield from statistics("ended_without_response", numbers)
    patients = courses["patient_id"].nunique()
    yield from statistics(
        "ended_without_response", share(patients - len(outcome), patients), variable="outside_selection"
    )
    told = stories(courses[courses["patient_id"].isin(failed)])
    for course in last[last["patient_id"].isin(failed)].drop_duplicates("patient_id", keep="last").itertuples():
        keys = {"group1": "patient_id", "group1_level": course.patient_id, "group2": "pathway_end"}
        yield from statistics(
            "ended_without_response", {"n": course.lines_of_patient}, told[course.patient_id],
            group2_level=course.pathway_end, variable="response", variable_level=str(course.response), **keys,
        )  # fmt: skip
