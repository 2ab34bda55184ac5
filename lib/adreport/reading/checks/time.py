"""What records can get wrong about time: dates, ages, durations, the order of courses, the data lock."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from adreport.reading.checks.records import Records
from adreport.study import dictionary
from adreport.study.faults import ERROR, WARNING, Fault
from adreport.study.times import DAYS_PER_YEAR

YEARS_TOLERANCE = 0.11  # ages are often given to a tenth of a year
WHOLE_YEARS_TOLERANCE = 1.01  # or in whole years, completed or rounded
DAYS_TOLERANCE = 2
COARSE_DAYS = {"duration_weeks": 7, "duration_months": 31, "duration_years": 366}  # what rounding to a unit can hide


def stops_before_start(records: Records) -> Iterator[Fault]:
    """A course that stops before it starts."""
    courses = records.courses
    for row in courses.index[courses["start_date"] < courses["birth_date"]]:
        yield records.fault(
            "courses", row, "start_date", "is before the birth of the patient", "Correct one of the dates."
        )
    for row in courses.index[courses["stop_date"] < courses["start_date"]]:
        yield records.fault(
            "courses", row, "stop_date", "is before the start of the course", "Correct one of the dates."
        )


def ages_against_dates(records: Records) -> Iterator[Fault]:
    """An age or a duration that its dates contradict."""
    courses = records.courses
    age = (courses["start_date"] - courses["birth_date"]).dt.days / DAYS_PER_YEAR
    given = courses["age_at_start_years"]
    for row in courses.index[(given - age).abs() > years_tolerance(given)]:
        rule = f"does not fit the birth date and the start date, which give {age[row]:.1f} years"
        yield records.fault("courses", row, "age_at_start_years", rule, "Correct the age or one of the dates.")
    days = (courses["stop_date"] - courses["start_date"]).dt.days
    tolerance = COARSE_DAYS.get(records.raw["courses"].heads.get("duration_days", ""), DAYS_TOLERANCE)
    for row in courses.index[((courses["duration_days"] - days).abs() > tolerance) & (days >= 0)]:
        rule = f"does not fit the start and stop dates, which are {days[row]:.0f} days apart"
        yield records.fault("courses", row, "duration_days", rule, "Correct the duration or one of the dates.")


def patients_against_dates(records: Records) -> Iterator[Fault]:
    """A birth date in the future, or an age at data lock that the birth date contradicts."""
    patients = records.patients
    last = pd.Timestamp(records.data_lock_date or date.today())
    for row in patients.index[patients["birth_date"] > last]:
        yield records.fault("patients", row, "birth_date", f"is after {last.date()}", "Correct the date.")
    if records.data_lock_date:
        age = (last - patients["birth_date"]).dt.days / DAYS_PER_YEAR
        given = patients["age_at_data_lock_years"]
        for row in patients.index[((given - age).abs() > years_tolerance(given)) & (age >= 0)]:
            rule = f"does not fit the birth date and the data lock, which give {age[row]:.1f} years"
            yield records.fault("patients", row, "age_at_data_lock_years", rule, "Correct the age or the date.")


def births_out_of_range(records: Records) -> Iterator[Fault]:
    """A birth date that makes a patient older than a column of ages allows, on the data lock or at a start."""
    most = dictionary.columns("patients")["age_at_data_lock_years"].maximum or float("inf")
    starts = records.courses.groupby("patient_id")["start_date"].max()
    latest = records.patients["patient_id"].map(starts)
    if records.data_lock_date:
        latest = latest.fillna(pd.Timestamp(records.data_lock_date)).clip(lower=pd.Timestamp(records.data_lock_date))
    age = (latest - records.patients["birth_date"]).dt.days / DAYS_PER_YEAR
    for row in age.index[age > most]:
        rule = f"makes the patient {age[row]:.0f} years old on {latest[row].date()}"
        yield records.fault("patients", row, "birth_date", rule, "Correct the date, or leave it empty.")


def courses_out_of_order(records: Records) -> Iterator[Fault]:
    """Courses numbered against the order of their starts, or with numbers left out."""
    courses = records.courses.dropna(subset="course").sort_values(["patient_id", "course"], kind="stable")
    courses = courses[courses["patient_id"].isin(_fully_numbered(records.courses))]
    advice = "Number the courses of a patient in the order in which they started."
    for row in courses.index[courses["start"] < _latest_before(courses, "start", ["patient_id"]) - _slack(courses)]:
        yield records.fault("courses", row, "course", "starts before an earlier number of this patient", advice)
    patients = courses.groupby("patient_id")
    expected = patients.cumcount() + 1
    doubled = courses.duplicated(["patient_id", "course"], keep=False)
    unique = ~doubled.groupby(courses["patient_id"], dropna=False).transform("any")
    off = courses[(courses["course"] != expected) & unique]
    for row in off.index[~off.duplicated("patient_id")]:
        rule = f"leaves a gap: this is course {expected[row]} of the patient"
        advice = "Number the courses 1, 2, 3 …, or add the one that is missing."
        yield records.fault("courses", row, "course", rule, advice, WARNING)


def overlaps_of_one_treatment(records: Records) -> Iterator[Fault]:
    """A course that starts while another of the same treatment still runs."""
    courses = records.courses.sort_values(["patient_id", "start"], kind="stable")
    before = _latest_before(courses, "end", ["patient_id", "treatment"])
    for row in courses.index[courses["start"] < before - _slack(courses)]:
        column = "start_date" if pd.notna(courses.loc[row, "start_date"]) else "age_at_start_years"
        rule = "overlaps an earlier course of the same treatment"
        yield records.fault("courses", row, column, rule, "Join the two, or correct their dates or durations.")


def after_data_lock(records: Records) -> Iterator[Fault]:
    """A course that starts or stops after the data were closed."""
    courses = records.courses
    yield from _dates_after(records, pd.Timestamp(records.data_lock_date or date.today()))
    tolerance = max(map(years_tolerance, (courses["age_at_start_years"], courses["age_at_data_lock_years"])))
    late = courses["age_at_start_years"] > courses["age_at_data_lock_years"] + tolerance
    for row in courses.index[late & courses["start_date"].isna()]:
        rule = f"is above the patient's age at data lock, {courses.loc[row, 'age_at_data_lock_years']:g}"
        yield records.fault("courses", row, "age_at_start_years", rule, "Correct one of the ages.")
    end = courses["age_at_start_years"] + courses["duration_days"] / DAYS_PER_YEAR
    too_long = (end > courses["age_at_data_lock_years"] + tolerance) & ~late & courses["start_date"].isna()
    for row in courses.index[too_long]:
        rule = "makes the course last beyond the patient's age at data lock"
        yield records.fault("courses", row, "duration_days", rule, "Correct the duration or one of the ages.")


def ongoing_but_followed(records: Records) -> Iterator[Fault]:
    """An ongoing course that is not the last, unless the later ones run beside it.

    It does not end before a later one starts if it has a start date and no stop date, or if the last
    course of the patient is ongoing too. Where no times tell, another course after it is a warning.
    """
    courses = records.courses[~records.courses["rescue"]].sort_values(["patient_id", "course"], kind="stable")
    reasons, of_patient = courses["discontinuation_reason"], courses.groupby("patient_id")
    beside = of_patient["discontinuation_reason"].transform("last").eq("ongoing") & courses["end"].isna()
    beside |= courses["start_date"].notna() & courses["stop_date"].isna() & courses["end"].isna()
    latest = of_patient["start"].transform("max")
    followed = courses.duplicated("patient_id", keep="last") & (reasons == "ongoing") & ~beside
    for row in courses.index[followed & ~(latest < courses["end"])]:
        timed = pd.notna(latest[row]) and pd.notna(courses.loc[row, "end"])
        advice = "Give the reason why it ended, or times that show that both went on together."
        severity = ERROR if timed else WARNING
        yield records.fault("courses", row, "discontinuation_reason", "but another course followed", advice, severity)


def lost_but_followed(records: Records) -> Iterator[Fault]:
    """A course lost to follow-up after which the patient was treated again: a patient who came back was not lost.

    A course that began while it still ran does not show that, so both may have been lost together. Where no times
    tell, a higher number does. Rescue courses count, since they are given at a visit.
    """
    courses = records.courses.sort_values(["patient_id", "course"], kind="stable")
    latest = courses.groupby("patient_id")["start"].transform("max")
    numbered = courses.duplicated("patient_id", keep="last") & (latest.isna() | courses["end"].isna())
    lost = courses["discontinuation_reason"] == "lost_to_follow_up"
    for row in courses.index[lost & (numbered | (latest > courses["end"] + _slack(courses)))]:
        rule = "but another course followed: the patient came back"
        advice = "Give the reason why it ended, or correct the order or the times of the courses."
        yield records.fault("courses", row, "discontinuation_reason", rule, advice, WARNING)


def stopped_but_ongoing(records: Records) -> Iterator[Fault]:
    """An ongoing course with a stop date before the data lock."""
    courses = records.courses
    stopped = courses["stop_date"].notna() & (courses["discontinuation_reason"] == "ongoing")
    if records.data_lock_date:
        stopped &= courses["stop_date"] < pd.Timestamp(records.data_lock_date)
    for row in courses.index[stopped]:
        advice = "Leave the date empty, or give the reason for the stop."
        yield records.fault("courses", row, "stop_date", "stands on a course that is ongoing", advice)


def side_effects_outside(records: Records) -> Iterator[Fault]:
    """A side effect on a day that its course does not have."""
    keys = ["patient_id", "course"]
    days = records.courses.drop_duplicates(keys).set_index(keys)["duration_days"]
    events = records.side_effects.join(days, on=keys)
    tolerance = COARSE_DAYS.get(records.raw["courses"].heads.get("duration_days", ""), 0)
    for row in events.index[events["onset_day"] > events["duration_days"] + tolerance]:
        rule = f"is outside the course, which lasted {events.loc[row, 'duration_days']:g} days"
        advice = "Correct the day, or the course that it belongs to."
        yield records.fault("side_effects", row, "onset_day", rule, advice, WARNING)


def _dates_after(records: Records, last: pd.Timestamp) -> Iterator[Fault]:
    """Dates after the data lock, or after today where there is none; durations that reach beyond it."""
    courses, advice = records.courses, "Correct it, or the data_lock_date of study.yml."
    of = "the data lock of" if records.data_lock_date else "today,"
    for column in ("start_date", "stop_date"):
        for row in courses.index[courses[column] > last]:
            yield records.fault("courses", row, column, f"is after {of} {last.date()}", advice)
    days = (last - courses["start_date"]).dt.days
    beyond = (courses["duration_days"] > days + DAYS_TOLERANCE) & (days >= 0) & courses["stop_date"].isna()
    for row in courses.index[beyond]:
        rule = f"makes the course last beyond {of} {last.date()}, {days[row]:.0f} days after its start"
        yield records.fault("courses", row, "duration_days", rule, advice)


def _latest_before(courses: pd.DataFrame, column: str, group: list[str]) -> pd.Series:
    """The latest time in a column among the rows that stand before each row in its group, gaps passed over."""
    keys = [courses[name] for name in group]
    latest = courses[column].groupby(keys, observed=True).cummax().groupby(keys, observed=True).ffill()
    return latest.groupby(keys, observed=True).shift()


def _fully_numbered(courses: pd.DataFrame) -> pd.Series:
    """The patients all of whose courses have a number: without it, an order cannot be judged."""
    whole = courses["course"].notna().groupby(courses["patient_id"]).all()
    return whole.index[whole]


def years_tolerance(ages: pd.Series) -> float:
    """How far ages may be off: a tenth of a year, or a year where all are whole numbers."""
    known = ages.dropna()
    return WHOLE_YEARS_TOLERANCE if len(known) and (known % 1 == 0).all() else YEARS_TOLERANCE


def _slack(courses: pd.DataFrame) -> pd.Series:
    """How far apart two times of a patient must be to differ: days where there are dates, else as ages may be off."""
    dated = courses["start_date"].notna().groupby(courses["patient_id"]).transform("all")
    return dated.map({True: DAYS_TOLERANCE / DAYS_PER_YEAR, False: years_tolerance(courses["age_at_start_years"])})
