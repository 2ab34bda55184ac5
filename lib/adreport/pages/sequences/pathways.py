"""The story of each patient: Table 4, with response and reason on each course, in words and one row a course.

These results name patients: they are for internal reports. Of more than MOST_PATIENTS a sample is listed.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import shares
from adreport.pages.exhibits import Settings
from adreport.show.numbers import counted, whole
from adreport.stats.counts import share
from adreport.study.dictionary import level_label, treatments
from adreport.study.eras import ADD_ON
from adreport.study.model import Study
from adreport.study.reasons import REASON
from adreport.study.times import DAYS_PER_MONTH, DAYS_PER_YEAR

MOST_PATIENTS = 300
MOST_ORDERS = 300
WORDS = ("treatment", "response", "effective", REASON, "step")
NUMBERS = ("since_first_days", "until_days", "duration_days", "age_at_start_years", "dose")
UNKNOWN = "?"
THEN = " > "


def listed(study: Study, _: Settings) -> Iterator[dict]:
    """How many patients are listed one by one, of how many."""
    patients = study.courses["patient_id"].nunique()
    yield from statistics("listed", share(min(patients, MOST_PATIENTS), patients), variable="patients")


def spread(patients: Sequence[str], most: int) -> list[str]:
    """Up to `most` patients, evenly spread over their order: the same whenever it is asked, and of every period."""
    places = np.linspace(0, len(patients) - 1, min(most, len(patients))).round().astype(int)
    return [patients[place] for place in places]


def sampled(shown: float, total: float) -> list[str]:
    """That only some of all patients are shown, and which, where that is so."""
    if shown == total:
        return []
    which = f"A sample of {whole(shown)} of {counted(total, 'patient')}, evenly spread in the order of identifiers."
    return [f"{which} The file histories.csv of a report has all; the orders of treatments count all."]


def histories(study: Study) -> pd.DataFrame:
    """What Table 4 says of each patient, a row each, of all where they are more than it lists; else nobody."""
    courses = study.courses
    if courses["patient_id"].nunique() <= MOST_PATIENTS:
        return pd.DataFrame()
    of_patient = courses.groupby("patient_id")
    texts = {
        "courses": of_patient.size(),
        "treatments": _joined(courses, courses["treatment"].astype(str).tolist(), THEN),
    }
    texts |= {"history": stories(courses), "months_each": months_each(courses)}
    return pd.DataFrame(texts).assign(pathway_end=of_patient["pathway_end"].first()).reset_index()


def pathways(study: Study, _: Settings) -> Iterator[dict]:
    """Table 4: each patient's treatments in order, written with THEN between them."""
    for patient, courses in _listed_courses(study).groupby("patient_id"):
        keys = {"group1": "patient_id", "group1_level": patient, "variable": "pathway"}
        yield from statistics("table4", {"n": len(courses)}, note=THEN.join(courses["treatment"]), **keys)


def orders(study: Study, _: Settings) -> Iterator[dict]:
    """How many patients had each order of treatments, the commonest MOST_ORDERS first, and how many orders there are.

    `commonest`: how many orders are as common as the commonest.
    """
    numbers = study.courses.groupby("patient_id")["treatment"].agg(THEN.join).value_counts()
    yield from shares("sequence_patterns", numbers.head(MOST_ORDERS), numbers.sum(), variable="pathway")
    commonest = {"n": int((numbers == numbers.iloc[0]).sum()), "N": len(numbers)}
    yield from statistics("sequence_patterns", commonest, variable="commonest")


def with_outcomes(study: Study, _: Settings) -> Iterator[dict]:
    """Each patient's courses in one text, with response and reason: CSA (1, side effect) → AZA (0, unresponsiveness).

    Also the months on each course in words (`n`: courses of known length), the patient's side effects in words, years
    from the first start to the last known end, age at the first course, how the pathway ended and the recorded status
    at data lock.
    """
    courses = _listed_courses(study)
    of_patient, firsts = courses.groupby("patient_id"), courses.drop_duplicates("patient_id").set_index("patient_id")
    texts = {
        "pathway": (of_patient.size(), stories(courses)),
        "months_each": (of_patient["duration_days"].count(), months_each(courses)),
    }
    if study.side_effects_recorded:
        events = _events(study, courses)
        harm = (events["patient_id"].value_counts(), _joined(events, events["words"].tolist(), "; "))
        numbers, words = (one.reindex(firsts.index, fill_value=none) for one, none in zip(harm, (0, ""), strict=True))
        texts["side_effects"] = (numbers, words)
    patients = study.patients.drop_duplicates("patient_id").set_index("patient_id")
    firsts = firsts.join(patients["status_at_data_lock"]).assign(years=of_patient["until_days"].max() / DAYS_PER_YEAR)
    for patient, first in firsts.iterrows():
        keys = {"group1": "patient_id", "group1_level": patient}
        for variable, (numbers, words) in texts.items():
            yield from statistics(
                "table4_wide", {"n": numbers[patient]}, note=words[patient], variable=variable, **keys
            )
        for variable in ("age_at_start_years", "years"):
            yield from statistics("table4_wide", {"value": first[variable]}, unit="years", variable=variable, **keys)
        yield from _level_rows("table4_wide", first, ("pathway_end", "status_at_data_lock"), 1, keys)


def stories(courses: pd.DataFrame) -> pd.Series:
    """The courses of each patient, in order, as one line of text."""
    signs = courses["step"].groupby(courses["patient_id"]).shift().eq(ADD_ON).map({True: " + ", False: " → "})
    signs = signs.where(courses.duplicated("patient_id"), "")
    return _joined(courses, [sign + _told(course) for sign, course in zip(signs, courses.itertuples(), strict=True)])


def months_each(courses: pd.DataFrame) -> pd.Series:
    """The months that each course of a patient lasted, in order, as one line of text: 4 · <1 · ?."""
    return _joined(courses, [_months(days) for days in courses["duration_days"]], " · ")


def long_form(study: Study, _: Settings) -> Iterator[dict]:
    """One row for each thing known of each course: days count from the start of the patient's first course."""
    courses = _listed_courses(study)
    for _row, course in courses.iterrows():
        keys = _keys(course["patient_id"], "line", course["line"])
        yield from _level_rows("table4_long", course, WORDS, course["courses_joined"], keys)
        for variable in NUMBERS:
            unit = course["dose_unit"] if variable == "dose" else "years" if variable.endswith("years") else "days"
            yield from statistics("table4_long", {"value": course[variable]}, unit=unit, variable=variable, **keys)
    for event in _events(study, courses).itertuples():
        numbers = {"n": 1, "value": event.since_first_days + event.onset_day}
        keys = {"variable": "side_effect", "variable_level": event.side_effect}
        yield from statistics("table4_long", numbers, **keys, **_keys(event.patient_id, "line", event.line))


def rescue_courses(study: Study, _: Settings) -> Iterator[dict]:
    """The days of the rescue courses that are left out of the lines, for the picture of the patient."""
    firsts = _listed_courses(study).drop_duplicates("patient_id").set_index("patient_id")
    zero = firsts["start_days"] - firsts["since_first_days"]
    for rescue in study.rescue_courses[study.rescue_courses["patient_id"].isin(zero.index)].itertuples():
        start = rescue.start_days - zero[rescue.patient_id]
        keys = _keys(rescue.patient_id, "rescue_course", f"{rescue.course:g}")
        for variable, days in {"since_first_days": start, "until_days": start + rescue.duration_days}.items():
            yield from statistics("table4_long", {"value": days}, unit="days", variable=variable, **keys)


def _listed_courses(study: Study) -> pd.DataFrame:
    """The courses of MOST_PATIENTS patients, with `until_days` from the start of the patient's first."""
    courses = study.courses
    courses = courses[courses["patient_id"].isin(spread(courses["patient_id"].unique(), MOST_PATIENTS))]
    return courses.assign(until_days=courses["since_first_days"] + courses["end_days"] - courses["start_days"])


def _keys(patient: str, kind: str, which: object) -> dict[str, str]:
    return {"group1": "patient_id", "group1_level": patient, "group2": kind, "group2_level": str(which)}


def _level_rows(output: str, row: pd.Series, variables: Sequence[str], n: int, keys: dict[str, str]) -> Iterator[dict]:
    """What a row holds in words, where it is known."""
    for variable in variables:
        if pd.notna(row[variable]):
            yield from statistics(output, {"n": n}, variable=variable, variable_level=str(row[variable]), **keys)


def _joined(courses: pd.DataFrame, parts: list[str], between: str = "") -> pd.Series:
    return pd.Series(parts, index=courses["patient_id"], dtype=object).groupby(level=0).agg(between.join)


def _told(course) -> str:
    known = (course.response, course.discontinuation_reason)
    response, reason = (UNKNOWN if pd.isna(level) else str(level) for level in known)
    reason = level_label(REASON, reason).lower()
    outcome = "" if response == reason == UNKNOWN else f" ({response}, {reason})"
    return treatments()[course.treatment].abbreviation + outcome


def _months(days: float) -> str:
    if pd.isna(days):
        return UNKNOWN
    return "<1" if days < DAYS_PER_MONTH / 2 else whole(days / DAYS_PER_MONTH)


def _events(study: Study, courses: pd.DataFrame) -> pd.DataFrame:
    """Side effects with the line, the treatment and the start of their course, each in words."""
    courses = courses[["patient_id", "course", "line", "treatment", "since_first_days"]]
    events = study.side_effects.merge(courses, on=["patient_id", "course"]).sort_values(["patient_id", "line"])
    names = events["treatment"].astype(object).map(lambda code: treatments()[code].abbreviation)
    return events.assign(words=events["side_effect"].astype(object) + " (" + names.astype(object) + ")")
