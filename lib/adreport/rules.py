"""What a clinic's records can get wrong though every cell can be read: time, order, doses, responses.

Each rule takes the typed tables (on the rows of their files) and yields faults. Errors contradict
themselves; warnings are unlikely, and the report is made and shows them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from adreport import dictionary
from adreport.faults import ERROR, WARNING, Fault
from adreport.readers.raw import RawTable
from adreport.times import DAYS_PER_YEAR

YEARS_TOLERANCE = 0.11  # ages are often given to a tenth of a year
DAYS_TOLERANCE = 2
ADULT = 18


@dataclass(frozen=True)
class Records:
    """The typed tables, the files they came from, and the data-lock date if there is one.

    `courses` has `start` and `end` in years of age of the patient (from ages, or from dates as years
    since the year 0, which compare as well within a patient), and `birth_date`.
    """

    patients: pd.DataFrame
    courses: pd.DataFrame
    side_effects: pd.DataFrame
    raw: dict[str, RawTable]
    data_lock_date: date | None

    def fault(self, table: str, row: int, column: str, rule: str, advice: str, severity: str = ERROR) -> Fault:
        """A fault at a cell, with the value that the file has there."""
        source = self.raw[table]
        value = source.cells[column].get(row, "") if column in source.cells else ""
        return Fault(source.file, rule, advice, source.sheet, int(row), column, value, severity)


def faults(records: Records) -> list[Fault]:
    """Every fault that a rule finds."""
    return [fault for rule in RULES for fault in rule(records)]


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
    completed = given == age // 1
    for row in courses.index[((given - age).abs() > YEARS_TOLERANCE) & ~completed]:
        rule = f"does not fit the birth date and the start date, which give {age[row]:.1f} years"
        yield records.fault("courses", row, "age_at_start_years", rule, "Correct the age or one of the dates.")
    days = (courses["stop_date"] - courses["start_date"]).dt.days
    for row in courses.index[((courses["duration_days"] - days).abs() > DAYS_TOLERANCE) & (days >= 0)]:
        rule = f"does not fit the start and stop dates, which are {days[row]:.0f} days apart"
        yield records.fault("courses", row, "duration_days", rule, "Correct the duration or one of the dates.")


def courses_out_of_order(records: Records) -> Iterator[Fault]:
    """Courses numbered against the order of their starts, or with numbers left out."""
    courses = records.courses.sort_values(["patient_id", "course"], kind="stable")
    advice = "Number the courses of a patient in the order in which they started."
    for row in courses.index[courses["start"] < _latest_before(courses, "start", ["patient_id"]) - _slack(courses)]:
        yield records.fault("courses", row, "course", "starts before an earlier number of this patient", advice)
    patients = courses.groupby("patient_id")
    expected = patients.cumcount() + 1
    unique = ~courses.duplicated(["patient_id", "course"], keep=False).groupby(courses["patient_id"]).transform("any")
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
    if records.data_lock_date:
        lock = pd.Timestamp(records.data_lock_date)
        for column in ("start_date", "stop_date"):
            for row in courses.index[courses[column] > lock]:
                rule = f"is after the data lock of {records.data_lock_date}"
                yield records.fault("courses", row, column, rule, "Correct it, or the data_lock_date of study.yml.")
    late = courses["age_at_start_years"] > courses["age_at_data_lock_years"] + YEARS_TOLERANCE
    for row in courses.index[late & courses["start_date"].isna()]:
        rule = f"is above the patient's age at data lock, {courses.loc[row, 'age_at_data_lock_years']:g}"
        yield records.fault("courses", row, "age_at_start_years", rule, "Correct one of the ages.")
    end = courses["age_at_start_years"] + courses["duration_days"] / DAYS_PER_YEAR
    too_long = (end > courses["age_at_data_lock_years"] + YEARS_TOLERANCE) & ~late & courses["start_date"].isna()
    for row in courses.index[too_long]:
        rule = "makes the course last beyond the patient's age at data lock"
        yield records.fault("courses", row, "duration_days", rule, "Correct the duration or one of the ages.")


def ongoing_but_followed(records: Records) -> Iterator[Fault]:
    """An ongoing course that is not the last, unless the later ones run beside it."""
    courses = records.courses.sort_values(["patient_id", "course"], kind="stable")
    latest = courses.groupby("patient_id")["start"].transform("max")
    followed = courses.duplicated("patient_id", keep="last") & (courses["discontinuation_reason"] == "ongoing")
    for row in courses.index[followed & ~(latest < courses["end"])]:
        advice = "Give the reason why it ended, or times that show that both went on together."
        yield records.fault("courses", row, "discontinuation_reason", "but another course followed", advice)


def stopped_but_ongoing(records: Records) -> Iterator[Fault]:
    """An ongoing course with a stop date before the data lock."""
    courses = records.courses
    stopped = courses["stop_date"].notna() & (courses["discontinuation_reason"] == "ongoing")
    if records.data_lock_date:
        stopped &= courses["stop_date"] < pd.Timestamp(records.data_lock_date)
    for row in courses.index[stopped]:
        advice = "Leave the date empty, or give the reason for the stop."
        yield records.fault("courses", row, "stop_date", "stands on a course that is ongoing", advice)


def finished_without_response(records: Records) -> Iterator[Fault]:
    """A finished course whose response is not recorded."""
    courses = records.courses
    reason = courses["discontinuation_reason"]
    finished = (reason.notna() & (reason != "ongoing")) | courses["stop_date"].notna()
    empty = records.raw["courses"].cells["response"].reindex(courses.index).eq("")
    for row in courses.index[finished & empty & ~courses["rescue"]]:
        rule = "the response of a finished course is missing"
        yield records.fault("courses", row, "response", rule, "Add it if it is known.", WARNING)


def side_effects_outside(records: Records) -> Iterator[Fault]:
    """A side effect on a day that its course does not have."""
    keys = ["patient_id", "course"]
    days = records.courses.drop_duplicates(keys).set_index(keys)["duration_days"]
    events = records.side_effects.join(days, on=keys)
    for row in events.index[events["onset_day"] > events["duration_days"]]:
        rule = f"is outside the course, which lasted {events.loc[row, 'duration_days']:g} days"
        advice = "Correct the day, or the course that it belongs to."
        yield records.fault("side_effects", row, "onset_day", rule, advice, WARNING)


def unusual_doses(records: Records) -> Iterator[Fault]:
    """A dose outside the range of its treatment, or in another unit than the usual one."""
    for row, course in records.courses.dropna(subset=["dose", "treatment"]).iterrows():
        treatment = dictionary.treatments()[course["treatment"]]
        unit = course["dose_unit"] if isinstance(course["dose_unit"], str) else treatment.dose_unit
        if treatment.dose_unit and _plain_unit(unit) != _plain_unit(treatment.dose_unit):
            rule = f"is not the usual unit of {treatment.label.lower()}, {treatment.dose_unit}"
            advice = "Doses in other units are not summarised together; convert it if it can be."
            yield records.fault("courses", row, "dose_unit", rule, advice, WARNING)
        elif treatment.dose_range and not treatment.dose_range[0] <= course["dose"] <= treatment.dose_range[1]:
            low, high = treatment.dose_range
            rule = f"is outside {low:g} to {high:g} {treatment.dose_unit} ({treatment.dose_source})"
            yield records.fault("courses", row, "dose", rule, "Look whether number and unit are right.", WARNING)


def adults(records: Records) -> Iterator[Fault]:
    """A course started at 18 or over: outside the published population."""
    courses = records.courses
    for row in courses.index[courses["age_at_start_years"] >= ADULT]:
        column = "age_at_start_years" if "age_at_start_years" in records.raw["courses"].cells else "start_date"
        rule = f"means an adult ({courses.loc[row, 'age_at_start_years']:g} years); the published cohort are children"
        yield records.fault(
            "courses", row, column, rule, "Nothing, if it is right: the report works for adults.", WARNING
        )


RULES: tuple[Callable[[Records], Iterator[Fault]], ...] = (
    stops_before_start, ages_against_dates, courses_out_of_order, overlaps_of_one_treatment, after_data_lock,
    ongoing_but_followed, stopped_but_ongoing, finished_without_response, side_effects_outside, unusual_doses, adults,
)  # fmt: skip


def _latest_before(courses: pd.DataFrame, column: str, group: list[str]) -> pd.Series:
    """The latest time in a column among the rows that stand before each row in its group."""
    keys = [courses[name] for name in group]
    return courses[column].groupby(keys, observed=True).cummax().groupby(keys, observed=True).shift()


def _slack(courses: pd.DataFrame) -> pd.Series:
    """How far apart two times of a patient must be to differ: days where there are dates, else a tenth of a year."""
    dated = courses["start_date"].notna().groupby(courses["patient_id"]).transform("all")
    return dated.map({True: DAYS_TOLERANCE / DAYS_PER_YEAR, False: YEARS_TOLERANCE})


def _plain_unit(unit: str) -> str:
    return unit.casefold().replace(" ", "").replace("²", "2").replace("kilogram", "kg").replace("week", "w").rstrip("s")
