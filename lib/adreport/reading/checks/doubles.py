"""Rows that stand twice: a side effect, a course under another number, a patient under another identifier."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study.dictionary import columns
from adreport.study.faults import WARNING
from adreport.study.terms import key

# What must be filled for rows that are alike to be more than chance: a day or an age.
TELLING = ("start_date", "stop_date", "birth_date", "age_at_start_years", "age_at_data_lock_years")
DERIVED = ("age_at_start_years", "age_at_data_lock_years", "duration_days", "onset_day")
MANY_CELLS = 6
SEVERAL_COURSES = 2  # the same at the same times are seldom chance, whatever else differs
LEAST_CHANCE = 0.5  # of patients who are alike: the share that chance explains, for chance to be taken as the reason


def with_doubles(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with `same_as`: the earlier row that a row repeats, however the two are typed.

    side_effects: in everything. courses: in everything but the number of the course. patients: in everything but the
    identifier, with courses that are the same; or in their courses, where there are several. What one of two leaves
    empty in one column is no difference, where a day or an age that both have is the same.
    """
    values = {name: _values(rows[name], table) for name, table in raw.items()}
    events, courses = rows["side_effects"], values["courses"]
    named = _hashed(values["side_effects"][events["side_effect"].notna()])
    numbered = _hashed(courses.drop(columns="course"))
    return {
        **rows,
        "side_effects": events.assign(same_as=_earlier(named).fillna(_earlier_with_gap(named))),
        "courses": rows["courses"].assign(
            same_as=_earlier(numbered).where(_telling(numbered)).fillna(_earlier_with_gap(numbered))
        ),
        "patients": rows["patients"].assign(same_as=_patients(values["patients"], courses)),
    }


def _values(rows: pd.DataFrame, table: RawTable) -> pd.DataFrame:
    """What rows say: of columns that are read their values, of others the cells unless they number the rows."""
    read = rows[list(columns(table.name))].apply(lambda column: column.astype(object).where(column.notna(), ""))
    derived = [name for name in DERIVED if name in read]  # from others, which would then count twice
    read[derived] = read[derived].apply(
        lambda values: values.where(table.column(values.name).reindex(values.index) != "", "")
    )
    texts = [name for name, column in columns(table.name).items() if column.type in ("text", "list")]
    read[texts] = read[texts].apply(lambda cells: cells.map({text: key(text) for text in cells.unique()}))
    unread = table.cells.drop(columns=list(read), errors="ignore").reindex(rows.index)
    return read.join(unread[[name for name in unread if not unread[name].is_unique]])


def _earlier(hashed: pd.DataFrame) -> pd.Series:
    """The first row that says the same, for the rows that come after it."""
    first = pd.Series(hashed.index, hashed.index).groupby(_fingerprints(hashed)).transform("first")
    return first.where(first != hashed.index).astype(float)


def _earlier_with_gap(hashed: pd.DataFrame) -> pd.Series:
    """The same where one of the two rows leaves a column empty that the other fills, and both tell when it was."""
    same_as = pd.Series(np.nan, hashed.index)
    for name in _gappy(hashed):
        others = hashed.drop(columns=name)
        found = _earlier(others).where(_telling(others)).dropna()
        blank = (hashed.loc[found.index, name] == 0) | (hashed.loc[found, name] == 0).to_numpy()
        same_as = same_as.fillna(found[blank])
    return same_as


def _gappy(hashed: pd.DataFrame) -> list[str]:
    """The columns that are filled in some rows only."""
    return [name for name in hashed if hashed[name].eq(0).any() and hashed[name].ne(0).any()]


def _hashed(values: pd.DataFrame) -> pd.DataFrame:
    """A number for each cell that is the same for cells of its column that are the same, 0 for empty ones."""
    hashed = {}
    for name in values:
        places, texts = pd.factorize(values[name].astype(str))
        numbers = pd.util.hash_array(np.array([f"{name}\0{text}" for text in texts], object))
        hashed[name] = np.where(texts == "", np.uint64(0), numbers)[places]
    return pd.DataFrame(hashed, values.index, dtype=np.uint64)


def _fingerprints(hashed: pd.DataFrame) -> pd.Series:
    """A number for each row that is the same for rows that are the same, from those of their cells."""
    return pd.Series(pd.util.hash_array(hashed.to_numpy(np.uint64).sum(axis=1, dtype=np.uint64)), hashed.index)


def _telling(hashed: pd.DataFrame) -> pd.Series:
    return hashed[[name for name in TELLING if name in hashed]].ne(0).any(axis=1)


def _patients(patients: pd.DataFrame, courses: pd.DataFrame) -> pd.Series:
    """Patients who repeat an earlier one, but for what one of the two leaves empty in one column."""
    places = {name: place for place, name in enumerate(patients["patient_id"].unique(), 1)}
    own, facts = (
        _hashed(table).assign(patient_id=table["patient_id"].map(places)).dropna(subset="patient_id")
        for table in (patients[~patients["patient_id"].duplicated()], courses)
    )
    same_as = _repeating(own, facts)
    for name in dict.fromkeys([*_gappy(own), *_gappy(facts)]):
        less = [table.drop(columns=name, errors="ignore") for table in (own, facts)]
        found = _repeating(*less)[same_as.isna()].dropna()
        clash = _clash(found, own, facts, name)
        if not clash.any():  # else those who have it empty are alike by chance as well
            same_as = same_as.fillna(found)
    return same_as.reindex(patients.index)


def _clash(same_as: pd.Series, patients: pd.DataFrame, courses: pd.DataFrame, name: str) -> pd.Series:
    """Whether patients differ from the ones they may repeat in a column that both fill, in a course too."""
    ids = [patients.loc[rows, "patient_id"] for rows in (same_as.index, same_as)]
    clash = pd.Series(False, same_as.index)
    if name in patients:
        clash |= _differ(*(patients.loc[rows, name].to_numpy() for rows in (same_as.index, same_as)))
    if name in courses:
        order = courses.assign(others=_fingerprints(courses.drop(columns=["patient_id", name])))
        cells = order.sort_values(["others", name]).groupby("patient_id")[name].agg(list)
        pairs = zip(cells[ids[0]], cells[ids[1]], strict=True)
        clash |= np.array([_differ(np.array(one), np.array(other)).any() for one, other in pairs], bool)
    return clash


def _differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one != other) & (one != 0) & (other != 0)


def _repeating(patients: pd.DataFrame, courses: pd.DataFrame) -> pd.Series:
    """Patients who repeat an earlier one, where enough is recorded to tell."""
    ids, own, facts = patients["patient_id"], patients.drop(columns="patient_id"), courses.drop(columns="patient_id")
    by_course = pd.DataFrame({"filled": facts.ne(0).sum(axis=1), "telling": _telling(courses)})
    told = by_course.groupby(courses["patient_id"]).agg({"filled": "sum", "telling": ["any", "sum"]}).reindex(ids)
    told = told.set_axis(["filled", "any", "times"], axis=1).set_axis(patients.index)
    judged = told["filled"].notna()
    enough = own.ne(0).sum(axis=1) + told["filled"] >= MANY_CELLS
    enough &= _telling(patients) | told["any"].eq(True)
    histories = courses[courses["patient_id"].isin(ids[judged])]
    in_all = _beyond_chance(patients[judged & enough], histories)
    in_courses = _beyond_chance(patients.loc[judged & (told["times"] >= SEVERAL_COURSES), ["patient_id"]], histories)
    return in_all.reindex(patients.index).fillna(in_courses.reindex(patients.index))


def _beyond_chance(patients: pd.DataFrame, courses: pd.DataFrame) -> pd.Series:
    """The earlier patient whom each repeats in all columns, but where so many differ in one that this is chance.

    Judged among patients with as many courses: where facts are few or coarse, and patients many, some are alike.
    """
    alike = _alike(patients, courses)
    same_as = _earlier(alike)
    if same_as.isna().all():
        return same_as
    number = patients["patient_id"].map(courses["patient_id"].value_counts())
    same, by_chance = _pairs(alike, number), 0.0
    for name in {*patients, *courses} - {"patient_id"}:
        others, alone = (_pairs(_alike(*part), number) for part in _apart(patients, courses, name))
        odds = alone / (_pairs(alike.assign(own=0, history=0), number) - alone)  # of having the same in this column
        by_chance = np.maximum(by_chance, (others - same) * odds.clip(upper=1))
    return same_as.where(number.map(by_chance <= LEAST_CHANCE * same))


def _apart(patients: pd.DataFrame, courses: pd.DataFrame, name: str) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """The tables without a column, and with it alone."""
    yield patients.drop(columns=name, errors="ignore"), courses.drop(columns=name, errors="ignore")
    keep = ["patient_id", name]
    yield patients.filter(keep), courses.filter(keep)


def _alike(patients: pd.DataFrame, courses: pd.DataFrame) -> pd.DataFrame:
    """Two numbers for each patient that are the same for those with the same data and courses."""
    rows = _fingerprints(courses.drop(columns="patient_id"))
    history = patients["patient_id"].map(rows.groupby(courses["patient_id"]).sum())
    return pd.DataFrame({"own": _fingerprints(patients.drop(columns="patient_id")), "history": history})


def _pairs(alike: pd.DataFrame, number: pd.Series) -> pd.Series:
    """How many pairs of patients are alike, by the number of their courses."""
    sizes = alike.groupby([number, alike["own"], alike["history"]]).size()
    return (sizes * (sizes - 1) // 2).groupby(level=0).sum()


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
