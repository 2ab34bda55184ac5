"""Rows that stand twice: a side effect, a course under another number, a patient under another identifier."""

from collections.abc import Mapping

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study.dictionary import columns
from adreport.study.faults import WARNING
from adreport.study.terms import key

# What must be filled for rows that are alike to be more than chance: a day or an age.
TELLING = ("start_date", "stop_date", "birth_date", "age_at_start_years", "age_at_data_lock_years")
MANY_CELLS = 6
SEVERAL_COURSES = 2  # the same at the same times are no chance, whatever else differs


def with_doubles(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with `same_as`: the earlier row that a row repeats, however the two are typed.

    side_effects: in everything. courses: in everything but the number of the course. patients: in everything but the
    identifier, with courses that are the same; or in their courses, where there are several.
    """
    values = {name: _values(rows[name], table) for name, table in raw.items()}
    events, courses = rows["side_effects"], values["courses"]
    return {
        **rows,
        "side_effects": events.assign(same_as=_earlier(values["side_effects"][events["side_effect"].notna()])),
        "courses": rows["courses"].assign(same_as=_earlier(courses.drop(columns="course")).where(_telling(courses))),
        "patients": rows["patients"].assign(same_as=_patients(values["patients"], courses)),
    }


def _values(rows: pd.DataFrame, table: RawTable) -> pd.DataFrame:
    """What rows say: of columns that are read their values, of others the cells unless they number the rows."""
    read = rows[list(columns(table.name))].apply(lambda column: column.astype(object).where(column.notna(), ""))
    texts = [name for name, column in columns(table.name).items() if column.type in ("text", "list")]
    read[texts] = read[texts].apply(lambda cells: cells.map({text: key(text) for text in cells.unique()}))
    unread = table.cells.drop(columns=list(read), errors="ignore").reindex(rows.index)
    return read.join(unread[[name for name in unread if not unread[name].is_unique]])


def _earlier(values: pd.DataFrame) -> pd.Series:
    """The first row that says the same, for the rows that come after it."""
    first = pd.Series(values.index, values.index).groupby(_fingerprints(values)).transform("first")
    return first.where(first != values.index).astype(float)


def _fingerprints(values: pd.DataFrame) -> pd.Series:
    """A number for each row that is the same for rows that are the same."""
    return pd.util.hash_pandas_object(values.astype(str), index=False)


def _telling(values: pd.DataFrame) -> pd.Series:
    return values[[name for name in TELLING if name in values]].ne("").any(axis=1)


def _patients(patients: pd.DataFrame, courses: pd.DataFrame) -> pd.Series:
    """Patients who repeat an earlier one, where enough is recorded to tell."""
    ids, own, facts = patients["patient_id"], patients.drop(columns="patient_id"), courses.drop(columns="patient_id")
    by_patient = pd.DataFrame({
        "filled": facts.ne("").sum(axis=1), "telling": _telling(courses), "history": _fingerprints(facts),
    }).groupby(courses["patient_id"])  # fmt: skip
    told = by_patient.agg({"filled": "sum", "telling": ["any", "sum"], "history": "sum"}).reindex(ids)
    told = told.set_axis(["filled", "any", "times", "history"], axis=1).set_axis(patients.index)
    judged = told["history"].notna() & ~ids.duplicated()
    enough = own.ne("").sum(axis=1) + told["filled"] >= MANY_CELLS
    enough &= _telling(patients) | told["any"].eq(True)
    histories = pd.DataFrame({"history": told["history"].astype(str)})
    in_all = _earlier(histories.assign(own=_fingerprints(own))[judged & enough]).reindex(patients.index)
    return in_all.fillna(_earlier(histories[judged & (told["times"] >= SEVERAL_COURSES)]).reindex(patients.index))


RULES = [
    Rule("side_effects", "side_effect", lambda e: e.same_as.notna(), "repeats row {same_as:.0f}",
         "Take one of the two out, unless it happened twice.", WARNING,
         example={"2.patient_id": "A", "2.course": "1", "2.side_effect": "nausea", "2.onset_day": "3"}),
    Rule("courses", "course", lambda c: c.same_as.notna(),
         "is the same course as that of row {same_as:.0f} but for its number",
         "Take one of the two out.", WARNING,
         example={f"{row}.{name}": text for row, course in ((4, "3"), (5, "4")) for name, text in {
             "patient_id": "B", "course": course, "treatment": "AZA", "response": "1", "age_at_start_years": "12",
             "duration_days": "1", "discontinuation_reason": "remission"}.items()}),
    Rule("patients", "patient_id", lambda p: p.same_as.notna(),
         "has the same courses as the patient of row {same_as:.0f}",
         "Take one of the two out, if they are one.", WARNING,
         example={"3.patient_id": "C", "3.sex": "male", "3.birth_date": "2010-03-01", "courses.4.patient_id": "C",
                  "courses.4.course": "1", "courses.4.treatment": "CSA", "courses.4.response": "1",
                  "courses.4.start_date": "2018-01-01", "courses.4.stop_date": "2018-06-01",
                  "courses.4.discontinuation_reason": "remission"}),
]  # fmt: skip
