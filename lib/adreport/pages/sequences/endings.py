"""Where patients ended: their last course against the recorded status at data lock, and who ended without response."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import shares
from adreport.pages.exhibits import Settings
from adreport.pages.sequences.pathways import MOST_PATIENTS, THEN, stories
from adreport.stats.counts import share
from adreport.study.dictionary import levels
from adreport.study.eras import LOST
from adreport.study.model import Study
from adreport.study.reasons import FAVOURABLE, NOT_RECORDED, ONGOING, group_of

STATUS, SWITCHED = "status_at_data_lock", "switched"
ON_TREATMENT, IN_REMISSION = "on_treatment", "topical_remission"
AGREES, POSSIBLE, CONTRADICTS, UNKNOWN = "agrees", "possible", "contradicts", "unknown"
VERDICTS = {
    AGREES: "Agrees", POSSIBLE: "Possible, unexplained", CONTRADICTS: "Contradicts", UNKNOWN: "Cannot be judged",
}  # fmt: skip
# After reasons of these groups a patient in remission on topical treatment needs no explanation.
UNREMARKABLE = (FAVOURABLE, "precaution")


class Verdict(NamedTuple):
    """Whether a status at data lock agrees with how the last course ended, and if not, why."""

    code: str
    why: str = ""


def pathway_ends(study: Study, _: Settings) -> Iterator[dict]:
    """How the pathways of the patients ended."""
    yield from shares("status", reconciled(study)["pathway_end"].value_counts(), variable="pathway_end")


def statuses(study: Study, _: Settings) -> Iterator[dict]:
    """Recorded status by how the last course ended."""
    judged = reconciled(study)
    for status in (*levels(STATUS), NOT_RECORDED):
        ends = judged.loc[judged[STATUS] == status, "pathway_end"].value_counts()
        keys = {"group1": STATUS, "group1_level": status, "group2": "pathway_end"}
        yield from shares("status", ends, by="group2_level", **keys)


def verdicts(study: Study, _: Settings) -> Iterator[dict]:
    """How many statuses agree with the last course, and the patients whose status does not: MOST_PATIENTS at most."""
    judged = reconciled(study)
    counts = judged["verdict"].value_counts().reindex(list(VERDICTS), fill_value=0)
    yield from shares("status", counts, variable="verdict")
    doubtful = pd.concat([judged[judged["verdict"] == code] for code in (CONTRADICTS, POSSIBLE)])
    for patient in doubtful.head(MOST_PATIENTS).itertuples():
        keys = {"group1": "patient_id", "group1_level": patient.patient_id, "group2": "last_reason"}
        keys |= {"group2_level": patient.last_reason, "variable_level": patient.status_at_data_lock}
        yield from statistics("status_doubts", {"n": 1}, note=patient.why, variable=patient.verdict, **keys)


def reconciled(study: Study) -> pd.DataFrame:
    """One row a patient: how the whole history ended, the recorded status, the verdict and what speaks against it."""
    last = study.courses.drop_duplicates("patient_id")[["patient_id", "pathway_end", "last_reason"]]
    recorded = study.patients.drop_duplicates("patient_id")[["patient_id", STATUS]]
    judged = last.merge(recorded, on="patient_id", how="left").astype(object).fillna(NOT_RECORDED)
    found = [verdict(row.status_at_data_lock, row.pathway_end, row.last_reason) for row in judged.itertuples()]
    return judged.assign(verdict=[one.code for one in found], why=[one.why for one in found])


def verdict(status: str, end: str, last_reason: str) -> Verdict:
    """Whether a status at data lock agrees with how the last course ended; NOT_RECORDED where one is not known."""
    if last_reason == SWITCHED:
        return Verdict(CONTRADICTS, "the last course was replaced by another treatment, and none follows")
    if NOT_RECORDED in (status, end):
        return Verdict(UNKNOWN)
    if status == ON_TREATMENT and end != ONGOING:
        return Verdict(CONTRADICTS, "on treatment, and no course is ongoing")
    if status != ON_TREATMENT and end == ONGOING:
        return Verdict(CONTRADICTS, "off treatment, and a course is ongoing")
    if status == IN_REMISSION and end == LOST:
        return Verdict(CONTRADICTS, "in remission at data lock, and lost at the end of the last course")
    if status == IN_REMISSION and group_of(last_reason) not in UNREMARKABLE:
        return Verdict(POSSIBLE, "in remission, though the last course was left for another reason")
    if status == LOST and end != LOST:
        return Verdict(POSSIBLE, "lost only after the last course had ended")
    return Verdict(AGREES)


def without_response(study: Study, _: Settings) -> Iterator[dict]:
    """Patients whose last course had no response: how many, and who, with all of their courses in words.

    The last course is the one that is still ongoing or, where none is, that ended last; of several that are ongoing,
    one with a response is enough. `outside_selection`: patients of whom no such course is selected.
    """
    courses = study.courses
    last = courses[courses["decides_end"]].astype({"effective": "boolean"})
    of_patient = last.groupby("patient_id")["effective"]
    outcome = of_patient.max().mask(~of_patient.max().fillna(False) & of_patient.size().ne(of_patient.count()))
    known, failed = outcome.notna(), outcome.index[~outcome.fillna(True)]
    numbers = share(len(failed), int(known.sum())) | {"n_missing": int((~known).sum())}
    yield from statistics("ended_without_response", numbers)
    patients = courses["patient_id"].nunique()
    outside = share(patients - len(outcome), patients)
    yield from statistics("ended_without_response", outside, variable="outside_selection")
    listed = courses[courses["patient_id"].isin(failed[:MOST_PATIENTS])]
    told, orders = stories(listed), listed.groupby("patient_id")["treatment"].agg(THEN.join)
    for course in last[last["patient_id"].isin(orders.index)].drop_duplicates("patient_id", keep="last").itertuples():
        keys = {"group1": "patient_id", "group1_level": course.patient_id, "group2": "pathway_end"}
        keys |= {"output": "ended_without_response", "group2_level": course.pathway_end}
        n, response = {"n": course.lines_of_patient}, {"variable": "response", "variable_level": str(course.response)}
        yield from statistics(values=n, note=told[course.patient_id], **keys, **response)
        yield from statistics(values=n, note=orders[course.patient_id], variable="pathway", **keys)
