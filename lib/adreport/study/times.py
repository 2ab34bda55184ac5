"""Ages and durations that dates give, and how long years and months are taken to be."""

from datetime import date

import pandas as pd

from adreport.study.reasons import ONGOING

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
EPOCH = pd.Timestamp("1900-01-01")  # the zero of the scale on which the times of one patient are compared


def with_ages(patients: pd.DataFrame, data_lock_date: date | None) -> pd.DataFrame:
    """Patients with the age at data lock filled in from birth dates, where there is a data-lock date."""
    if not data_lock_date:
        return patients
    age = (pd.Timestamp(data_lock_date) - patients["birth_date"]).dt.days / DAYS_PER_YEAR
    return patients.assign(age_at_data_lock_years=patients["age_at_data_lock_years"].fillna(age.round(2)))


def with_times(courses: pd.DataFrame, patients: pd.DataFrame, data_lock_date: date | None) -> pd.DataFrame:
    """Courses with ages and durations filled in from dates, and with `start` and `end` on one scale of years.

    An ongoing course lasts until the data lock: one recorded as ongoing, or a patient's last course without a reason.
    A course without a reason that was followed by another, or that is said not to go on, ended on an unknown day; one
    that is said to go on (`ongoing`) gets this as its reason where it has none. Also adds the patient's `birth_date`
    and `age_at_data_lock_years`: none for a patient who is not listed, those of the first row for one listed twice.
    """
    by_patient = patients.drop_duplicates("patient_id").set_index("patient_id")
    courses = courses.assign(
        birth_date=courses["patient_id"].map(by_patient["birth_date"]),
        age_at_data_lock_years=courses["patient_id"].map(by_patient["age_at_data_lock_years"]),
    )
    reason = courses["discontinuation_reason"]
    reason = reason.mask(reason.isna() & courses["ongoing"].eq("yes"), ONGOING)
    ongoing = reason.eq(ONGOING) | (reason.isna() & ~_followed(courses) & courses["ongoing"].ne("no"))
    lock = pd.Timestamp(data_lock_date) if data_lock_date else pd.NaT
    stop = courses["stop_date"].mask(ongoing & courses["stop_date"].isna(), lock)
    age = ((courses["start_date"] - courses["birth_date"]).dt.days / DAYS_PER_YEAR).round(2)
    days = (stop - courses["start_date"]).dt.days.astype(float)
    courses = courses.assign(
        discontinuation_reason=reason,
        age_at_start_years=courses["age_at_start_years"].fillna(age.where(age >= 0)),
        duration_days=courses["duration_days"].fillna(days.where(days >= 0)),
    )
    by_date = (courses["start_date"] - EPOCH).dt.days / DAYS_PER_YEAR
    dated = courses["start_date"].notna().groupby(courses["patient_id"]).transform("all")
    start = by_date.where(dated, courses["age_at_start_years"])
    return courses.assign(start=start, end=start + courses["duration_days"] / DAYS_PER_YEAR)


def with_onset_days(side_effects: pd.DataFrame, courses: pd.DataFrame) -> pd.DataFrame:
    """Side effects with the day of onset filled in from their date and the start of their course, whose first day is 0.

    Adds that start, `course_start`, and the day that the dates give, `dated_onset`, which may be negative.
    """
    keys = ["patient_id", "course"]
    starts = courses.dropna(subset=keys).drop_duplicates(keys).set_index(keys)["start_date"].rename("course_start")
    events = side_effects.join(starts, on=keys)
    days = (events["onset_date"] - events["course_start"]).dt.days.astype(float)
    return events.assign(dated_onset=days, onset_day=events["onset_day"].fillna(days.where(days >= 0)))


def _followed(courses: pd.DataFrame) -> pd.Series:
    """Whether another course of the patient started later or, where start dates do not decide, has a higher number."""
    latest = courses[["start_date", "course"]].groupby(courses["patient_id"]).transform("max")
    return (courses["start_date"] < latest["start_date"]) | (courses["course"] < latest["course"])


def data_lock_days(courses: pd.DataFrame, patients: pd.DataFrame, data_lock_date: date | None) -> pd.Series:
    """The data lock of each patient on the scale of `start_days`, NaN where it is not known; indexed by patient.

    By date for patients all of whose courses have a start date, otherwise by age.
    """
    dated = courses["start_date"].notna().groupby(courses["patient_id"]).all()
    by_age = patients.drop_duplicates("patient_id").set_index("patient_id")["age_at_data_lock_years"] * DAYS_PER_YEAR
    lock = (pd.Timestamp(data_lock_date) - EPOCH).days if data_lock_date else float("nan")
    return by_age.reindex(dated.index).mask(dated, lock)
