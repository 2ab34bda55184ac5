"""What a clinic's records can get wrong though every cell can be read: time, order, doses, responses.

Each rule takes the typed tables (on the rows of their files) and yields faults. Errors contradict
themselves; warnings are unlikely, and the report is made and shows them.
"""

from collections.abc import Callable, Iterator

import pandas as pd

from adreport.reading.checks import time as chronology
from adreport.reading.checks.records import Records
from adreport.reading.checks.time import years_tolerance
from adreport.study import dictionary
from adreport.study.faults import WARNING, Fault

DELAY_TOLERANCE_YEARS = 1
ADULT = 18
FEW_ADULTS = 5
MANY_ROWS = 20


def faults(records: Records) -> list[Fault]:
    """Every fault that a rule finds."""
    return [fault for rule in RULES for fault in rule(records)]


def onset_after_treatment(records: Records) -> Iterator[Fault]:
    """A disease that began after its first treatment."""
    first = records.courses.groupby("patient_id")["age_at_start_years"].min()
    patients = records.patients.drop_duplicates("patient_id")
    start = patients["patient_id"].map(first)
    for row in patients.index[patients["onset_age_months"] / 12 > start + years_tolerance(start)]:
        rule = f"is after the first course, which started at {start[row]:g} years"
        yield records.fault("patients", row, "onset_age_months", rule, "Look at the age and its unit (months).")


def delay_against_courses(records: Records) -> Iterator[Fault]:
    """A time from onset to systemic treatment that leads beyond the first course; an earlier one may be unrecorded."""
    treated = records.courses[~records.courses["rescue"]]
    patients = records.patients.drop_duplicates("patient_id")
    start = patients["patient_id"].map(treated.groupby("patient_id")["age_at_start_years"].min())
    age = (patients["onset_age_months"] + patients["delay_to_systemic_months"]) / 12
    for row in patients.index[age > start + DELAY_TOLERANCE_YEARS]:
        rule = f"after the onset makes {age[row]:.1f} years, but the first course started at {start[row]:g}"
        advice = "Look at the onset, and at this time and its unit (months)."
        yield records.fault("patients", row, "delay_to_systemic_months", rule, advice, WARNING)


def patients_without_course(records: Records) -> Iterator[Fault]:
    """A patient of whom no course is recorded; where courses are of nobody, the key is what is wrong."""
    patients = records.patients.dropna(subset="patient_id")
    if not records.courses["patient_id"].dropna().isin(patients["patient_id"]).all():
        return
    for row in patients.index[~patients["patient_id"].isin(records.courses["patient_id"])]:
        rule = "has no treatment course"
        advice = "Add the course, or leave the patient out: the report describes treated patients."
        yield records.fault("patients", row, "patient_id", rule, advice, WARNING)


def finished_without_response(records: Records) -> Iterator[Fault]:
    """A finished course whose response is not recorded."""
    courses = records.courses
    reason = courses["discontinuation_reason"]
    finished = (reason.notna() & (reason != "ongoing")) | courses["stop_date"].notna()
    empty = records.raw["courses"].cells["response"].reindex(courses.index).eq("")
    for row in courses.index[finished & empty & ~courses["rescue"]]:
        rule = "the response of a finished course is missing"
        yield records.fault("courses", row, "response", rule, "Add it if it is known.", WARNING)


def unusual_doses(records: Records) -> Iterator[Fault]:
    """A dose outside the range of its treatment."""
    for row, course in _dosed(records).iterrows():
        treatment = dictionary.treatments()[course["treatment"]]
        usual = not treatment.dose_unit or course["unit"] == treatment.dose_unit
        if usual and treatment.dose_range and not treatment.dose_range[0] <= course["dose"] <= treatment.dose_range[1]:
            low, high = treatment.dose_range
            rule = f"is outside {low:g} to {high:g} {treatment.dose_unit} ({treatment.dose_source})"
            yield records.fault("courses", row, "dose", rule, "Look whether number and unit are right.", WARNING)


def unusual_units(records: Records) -> Iterator[Fault]:
    """Doses in another unit than the usual one of their treatment; each unit of a treatment once, with its rows."""
    dosed = _dosed(records)
    usual = dosed["treatment"].map({code: one.dose_unit for code, one in dictionary.treatments().items()}).astype(str)
    for (code, _), rows in dosed[usual.ne("") & (dosed["unit"] != usual)].groupby(["treatment", "unit"], observed=True):
        treatment = dictionary.treatments()[code]
        more = f" … {len(rows) - MANY_ROWS} more" if len(rows) > MANY_ROWS else ""
        others = f" (also in row {', '.join(map(str, rows.index[1:MANY_ROWS]))}{more})" if len(rows) > 1 else ""
        rule = f"is not the usual unit of {treatment.label.lower()}, {treatment.dose_unit}{others}"
        advice = "Doses in other units are not summarised together; convert it if it can be."
        yield records.fault("courses", rows.index[0], "dose_unit", rule, advice, WARNING)


def _dosed(records: Records) -> pd.DataFrame:
    """The courses with a dose and a treatment, with the `unit` that is written or, without one, meant."""
    dosed = records.courses.dropna(subset=["dose", "treatment"])
    usual = dosed["treatment"].astype(str).map({code: one.dose_unit for code, one in dictionary.treatments().items()})
    return dosed.assign(unit=dosed["dose_unit"].where(dosed["dose_unit"].notna(), usual))


def adults(records: Records) -> Iterator[Fault]:
    """Courses started at 18 or over, or patients who are that old: outside the published population.

    Each is named where they are few; in a cohort of adults the first one stands for all.
    """
    courses, patients = records.courses, records.patients
    named = records.raw["courses"].cells
    found = courses.index[courses["age_at_start_years"] >= ADULT]
    table, column, what = "courses", "age_at_start_years" if "age_at_start_years" in named else "start_date", "course"
    if courses["age_at_start_years"].isna().all():
        found = patients.index[patients["age_at_data_lock_years"] >= ADULT]
        table, column, what = "patients", "age_at_data_lock_years", "patient"
    shown = found if len(found) <= FEW_ADULTS else found[:1]
    others = len(found) - len(shown)
    for row in shown:
        rule = f"means an adult{f' (and {others} more {what}s)' if others else ''}; the published cohort are children"
        advice = "Nothing, if it is right: the report works for adults."
        yield records.fault(table, row, column, rule, advice, WARNING)


RULES: tuple[Callable[[Records], Iterator[Fault]], ...] = (
    chronology.stops_before_start, chronology.ages_against_dates, chronology.patients_against_dates,
    chronology.births_out_of_range,
    chronology.courses_out_of_order, chronology.overlaps_of_one_treatment, chronology.after_data_lock,
    chronology.ongoing_but_followed, chronology.lost_but_followed, chronology.stopped_but_ongoing,
    chronology.side_effects_outside, onset_after_treatment, delay_against_courses, patients_without_course,
    finished_without_response, unusual_doses, unusual_units, adults,
)  # fmt: skip
