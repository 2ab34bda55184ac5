"""Rows that stand twice: a side effect, a course under another number, a patient under another identifier."""

from collections.abc import Mapping

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study.faults import WARNING

# What must be filled for rows that are alike to be more than chance: a day or an age.
TELLING = ("start_date", "stop_date", "birth_date", "age_at_start_years", "age_at_data_lock_years")
MANY_CELLS = 6


def with_doubles(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with `same_as`: the earlier row that a row repeats.

    side_effects: in every cell. courses: in every cell but the number of the course. patients: in every cell but the
    identifier, with courses that are the same in every cell but it.
    """
    cells = {name: table.cells for name, table in raw.items()}
    events, courses = cells["side_effects"], cells["courses"]
    others = courses.drop(columns=[name for name in ("course",) if name in courses])
    return {
        **rows,
        "side_effects": rows["side_effects"].assign(same_as=_earlier(events.reindex(rows["side_effects"].index))),
        "courses": rows["courses"].assign(same_as=_earlier(others).where(_telling(courses))),
        "patients": rows["patients"].assign(same_as=_patients(cells["patients"], courses)),
    }


def _earlier(cells: pd.DataFrame) -> pd.Series:
    """The first row that is the same in every cell, for the rows that come after it."""
    first = pd.Series(cells.index, cells.index).groupby(_fingerprints(cells)).transform("first")
    return first.where(first != cells.index).astype(float)


def _fingerprints(cells: pd.DataFrame) -> pd.Series:
    """A number for each row that is the same for rows that are the same."""
    return pd.util.hash_pandas_object(cells.fillna(""), index=False)


def _telling(cells: pd.DataFrame) -> pd.Series:
    names = [name for name in TELLING if name in cells]
    return cells[names].ne("").any(axis=1)


def _patients(patients: pd.DataFrame, courses: pd.DataFrame) -> pd.Series:
    """Patients whose rows and courses repeat those of an earlier one, where enough is recorded to tell."""
    ids, own, facts = patients["patient_id"], patients.drop(columns="patient_id"), courses.drop(columns="patient_id")
    by_patient = pd.DataFrame({
        "filled": facts.fillna("").ne("").sum(axis=1), "telling": _telling(courses), "history": _fingerprints(facts),
    }).groupby(courses["patient_id"])  # fmt: skip
    told = by_patient.agg({"filled": "sum", "telling": "any", "history": "sum"}).reindex(ids).set_axis(patients.index)
    enough = own.fillna("").ne("").sum(axis=1) + told["filled"] >= MANY_CELLS
    enough &= (_telling(patients) | told["telling"].eq(True)) & told["history"].notna() & ~ids.duplicated()
    kinds = pd.DataFrame({"own": _fingerprints(own), "history": told["history"].astype(str)})[enough]
    return _earlier(kinds).reindex(patients.index)


RULES = [
    Rule("side_effects", "side_effect", lambda e: e.same_as.notna(), "repeats row {same_as:.0f} in every cell",
         "Take one of the two out, unless it happened twice.", WARNING,
         example={"2.patient_id": "A", "2.course": "1", "2.side_effect": "nausea", "2.onset_day": "3"}),
    Rule("courses", "course", lambda c: c.same_as.notna(),
         "is the same course as that of row {same_as:.0f} but for its number",
         "Take one of the two out.", WARNING,
         example={f"{row}.{name}": text for row, course in ((4, "3"), (5, "4")) for name, text in {
             "patient_id": "B", "course": course, "treatment": "AZA", "response": "1", "age_at_start_years": "12",
             "duration_days": "1", "discontinuation_reason": "remission"}.items()}),
    Rule("patients", "patient_id", lambda p: p.same_as.notna(),
         "has the same data and courses as the patient of row {same_as:.0f}",
         "Take one of the two out, if they are one.", WARNING,
         example={"3.patient_id": "C", "3.sex": "male", "3.birth_date": "2010-03-01", "courses.4.patient_id": "C",
                  "courses.4.course": "1", "courses.4.treatment": "CSA", "courses.4.response": "1",
                  "courses.4.start_date": "2018-01-01", "courses.4.stop_date": "2018-06-01",
                  "courses.4.discontinuation_reason": "remission"}),
]  # fmt: skip
