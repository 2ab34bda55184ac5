"""Dates, ages, durations, the order of courses and the data lock: what in a table contradicts itself."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.reading.notation import not_known
from adreport.study import dictionary
from adreport.study.faults import WARNING
from adreport.study.times import DAYS_PER_YEAR, EPOCH

YEARS_TOLERANCE = 0.11  # ages are often given to a tenth of a year
WHOLE_YEARS_TOLERANCE = 1.01  # or in whole years, completed or rounded
DAYS_TOLERANCE = 2
# What rounding to a unit can hide.
COARSE_DAYS = {
    "duration_weeks": 7, "duration_months": 31, "duration_years": 366, "onset_weeks": 7, "onset_months": 31,
    "onset_years": 366,
}  # fmt: skip
OLDEST = dictionary.columns("patients")["age_at_data_lock_years"].maximum or float("inf")
ONE_DATE = "Correct one of the dates."
OR_THE_LOCK = "Correct it, or the data lock."
MONTH = 1 / 12  # remissions are given in months
REMISSION = "Look at the remission and its unit (months), and at the times of the courses."
NO_LOCK = "begins a course that goes on, but there is no data lock to count its days to"
FOLLOWED = "Give the reason why it ended, or times that show that both went on together."


def with_times_to_compare(
    tables: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable], data_lock_date: date | None
) -> dict[str, pd.DataFrame]:
    """The tables with the times that the rules compare.

    all: `last_day`, the data lock or today without one, in words `data_lock`; `lock`, missing if there is
    none; `years_off`, how far ages may be off.
    patients: `age_on_lock`; `oldest` on `oldest_on`, the later of data lock and last start.
    courses: `latest_date` in the files; `without_end`, whether there is neither a stop date nor a duration in the file;
    `dated_age` and `dated_days`, as dates give them; `days_left` from start to last day; whether the age `starts_late`,
    or with the duration `ends_late`, for the data lock; their order (see `_with_order`); on the scale of their times
    the data lock, `locked`, and the end of the remission, `relapse`.
    side_effects: `days` that the course lasted, and the days `to_lock` from its start, which may be off by `slack`.
    courses, side_effects: `coarse`, how many days durations may be off.
    """
    last = pd.Timestamp(data_lock_date or date.today())
    data_lock = f"{'the data lock of' if data_lock_date else 'today,'} {last.date()}"
    days = {"last_day": last, "data_lock": data_lock, "lock": last if data_lock_date else pd.NaT}
    coarse, coarse_onset = (
        COARSE_DAYS.get(raw[name].heads.get(column, ""), 0)
        for name, column in (("courses", "duration_days"), ("side_effects", "onset_day"))
    )
    courses, patients = tables["courses"].assign(**days), tables["patients"].assign(**days)
    durations = raw["courses"].column("duration_days")
    ages, ages_at_lock = courses["age_at_start_years"], courses["age_at_data_lock_years"]
    latest_age = ages_at_lock + max(years_tolerance(ages), years_tolerance(ages_at_lock))
    starts = patients["patient_id"].map(courses.groupby("patient_id")["start_date"].max())
    oldest_on = pd.concat([starts, patients["lock"]], axis=1).max(axis=1)
    keys, ordered = ["patient_id", "course"], _with_order(courses)
    locked = _years(courses["lock"] - EPOCH).where(ordered["dated"], ages_at_lock)
    to_lock, slack = (locked - courses["start"]) * DAYS_PER_YEAR, ordered["slack"] * DAYS_PER_YEAR
    times = courses[keys].assign(days=courses["duration_days"], to_lock=to_lock.where(to_lock >= 0), slack=slack)
    times = times.drop_duplicates(keys).set_index(keys)
    return {
        "patients": patients.assign(
            years_off=years_tolerance(patients["age_at_data_lock_years"]),
            age_on_lock=_years(patients["lock"] - patients["birth_date"]),
            oldest=_years(oldest_on - patients["birth_date"]),
            oldest_on=oldest_on,
        ),
        "courses": ordered.assign(
            locked=locked,
            dated_age=_years(courses["start_date"] - courses["birth_date"]),
            dated_days=(courses["stop_date"] - courses["start_date"]).dt.days,
            days_left=(last - courses["start_date"]).dt.days,
            starts_late=ages > latest_age,
            ends_late=ages + courses["duration_days"] / DAYS_PER_YEAR > latest_age,
            coarse=max(coarse, DAYS_TOLERANCE),
            without_end=courses["stop_date"].isna() & (durations.eq("") | not_known(durations)),
            relapse=courses["end"] + courses["remission_months"] / 12,
            latest_date=pd.concat(
                [courses["start_date"], courses["stop_date"], tables["side_effects"]["onset_date"]]
            ).max(),
        ),
        "side_effects": tables["side_effects"].join(times, on=keys).assign(**days, coarse=max(coarse, coarse_onset)),
    }


def years_tolerance(ages: pd.Series) -> float:
    """How far ages may be off: a tenth of a year, or a year where all are whole numbers."""
    ages = ages.dropna()
    return WHOLE_YEARS_TOLERANCE if len(ages) and (ages % 1 == 0).all() else YEARS_TOLERANCE


def _followed(courses: pd.DataFrame) -> pd.Series:
    """Which courses are followed by another of the patient, by number or by start."""
    return courses["followed"] | (courses["start"] < courses["latest"])


def _after_lock(events: pd.DataFrame) -> pd.Series:
    return events["onset_day"] > events["to_lock"] + events["slack"] + events["coarse"]


def _years(differences: pd.Series) -> pd.Series:
    return differences.dt.days / DAYS_PER_YEAR


def _with_order(courses: pd.DataFrame) -> pd.DataFrame:
    """Courses with their order by number and by start.

    `expected`: the number by counting; `gap`: whether it is the patient's first that is off. `started_before`: the
    latest start of a lower number. `running`: the latest end of an earlier course of the treatment. `latest`: the
    patient's last start. `next_start`: that of the next course that is no rescue course. `dated`: whether all courses
    of the patient have start dates, on whose scale times then are. `followed`: whether there is a higher number.
    `slack`: how many years times may be off. `not_ongoing`: see there.
    """
    patient = courses["patient_id"]
    dated = courses["start_date"].notna().groupby(patient).transform("all")
    by_number = courses.sort_values(["patient_id", "course"], kind="stable")
    by_start = courses.sort_values(["patient_id", "start"], kind="stable")
    whole = courses["course"].notna().groupby(patient, dropna=False).transform("all") & patient.notna()
    numbered = by_number[whole[by_number.index]]  # without every number of a patient, the order cannot be judged
    expected = numbered.groupby("patient_id").cumcount() + 1
    twice = numbered.duplicated(["patient_id", "course"], keep=False).groupby(patient).transform("any")
    off = numbered[(numbered["course"] != expected) & ~twice]
    years_off = years_tolerance(courses["age_at_start_years"])
    next_start = by_start[~by_start["rescue"]].groupby("patient_id")["start"].shift(-1)
    return courses.assign(
        years_off=years_off,
        slack=dated.map({True: DAYS_TOLERANCE / DAYS_PER_YEAR, False: years_off}),
        expected=expected,
        gap=courses.index.isin(off.index[~off.duplicated("patient_id")]),
        started_before=_latest_before(numbered, "start", ["patient_id"]),
        dated=dated,
        next_start=next_start,
        running=_latest_before(by_start, "end", ["patient_id", "treatment"]),
        latest=courses.groupby("patient_id")["start"].transform("max"),
        followed=by_number.duplicated("patient_id", keep="last"),
        not_ongoing=_not_ongoing(by_number[~by_number["rescue"]]),
    )


def _not_ongoing(courses: pd.DataFrame) -> pd.Series:
    """Which courses are said to be ongoing though another followed: "by time", "by number" where no times tell, or "".

    An ongoing course does not end before a later one starts if it has a start date and no stop date, or if the last
    course of the patient is ongoing too. `courses`: in the order of their numbers, without rescue courses.
    """
    reasons, latest = courses["discontinuation_reason"], courses.groupby("patient_id")["start"].transform("max")
    last_is_ongoing = reasons.groupby(courses["patient_id"]).transform("last").eq("ongoing")
    open_end = courses["start_date"].notna() & courses["stop_date"].isna()
    beside = (courses["end"].isna() & (last_is_ongoing | open_end)) | (latest < courses["end"])
    followed = reasons.eq("ongoing") & courses.duplicated("patient_id", keep="last") & ~beside
    timed = latest.notna() & courses["end"].notna()
    return timed.map({True: "by time", False: "by number"}).where(followed, "")


def _latest_before(courses: pd.DataFrame, column: str, group: list[str]) -> pd.Series:
    """The latest time in a column among the rows that stand before each row in its group, gaps passed over."""
    keys = [courses[name] for name in group]
    latest = courses[column].groupby(keys, observed=True).cummax().groupby(keys, observed=True).ffill()
    return latest.groupby(keys, observed=True).shift()


RULES = [
    Rule("courses", "start_date",
         lambda c: c.lock.isna() & c.without_end & c.start_date.notna()
         & ((c.discontinuation_reason == "ongoing")
            | (c.discontinuation_reason.isna() & ~_followed(c) & (c.ongoing != "no"))),
         NO_LOCK,
         "Give the data lock, the day to which the data are complete, on the sheet study, in study.yml or"
         " by --data-lock: the latest date in the data is {latest_date:%Y-%m-%d}.", each=1,
         example={"study.data_lock_date": "", "discontinuation_reason": "ongoing", "stop_date": ""}),
    Rule("courses", "discontinuation_reason",
         lambda c: c.without_end & c.start.notna() & c.discontinuation_reason.notna()
         & (c.discontinuation_reason != "ongoing"),
         "ended the course, but it has neither a stop date nor a duration",
         "Add one of them if it is known: the course is left out of all that needs its length.", WARNING, each=1,
         example={"stop_date": ""}),
    Rule("courses", "start_date",
         lambda c: c.without_end & c.start.notna() & c.discontinuation_reason.isna() & ~c.rescue & _followed(c),
         "begins a course without an end or a reason, though another course of the patient follows",
         "If it is still going on, give the reason ongoing; else its stop date."
         " It was taken as ended on an unknown day.",
         WARNING, each=1, example={"2.discontinuation_reason": "", "2.stop_date": ""}),
    Rule("courses", "duration_days", lambda c: (c.duration_days % 1 > 0) & (c.coarse <= DAYS_TOLERANCE),
         "has a part of a day", "Look whether it is in days, and not in weeks, months or years.", WARNING, each=1,
         example={"stop_date": "", "duration_days": "100.5"}),
    Rule("side_effects", "onset_day", lambda e: (e.onset_day % 1 > 0) & (e.coarse <= DAYS_TOLERANCE),
         "has a part of a day", "Look whether it is in days, and not in weeks, months or years.", WARNING, each=1,
         example={"onset_day": "3.5"}),
    Rule("courses", "duration_days or stop_date", lambda c: (c.duration_days == 0) & ((c.duration_days == 0).sum() > 1),
         "makes the course 0 days long", "Look at its dates: there are several such courses.", WARNING, each=1,
         example={"2.stop_date": "2018-01-01", "3.stop_date": "2019-01-01"}),
    Rule("courses", "start_date", lambda c: c.start_date < c.birth_date,
         "is before the birth of the patient", ONE_DATE,
         example={"start_date": "2009-06-01", "stop_date": "", "duration_days": "100"}),
    Rule("courses", "stop_date", lambda c: c.stop_date < c.start_date,
         "is before the start of the course", ONE_DATE, example={"stop_date": "2017-12-01"}),
    Rule("courses", "age_at_start_years", lambda c: (c.age_at_start_years - c.dated_age).abs() > c.years_off,
         "does not fit the birth date and the start date, which give {dated_age:.1f} years",
         "Correct the age or one of the dates.", example={"age_at_start_years": "9.5"}),
    Rule("courses", "duration_days",
         lambda c: ((c.duration_days - c.dated_days).abs() > c.coarse) & (c.dated_days >= 0),
         "does not fit the start and stop dates, which are {dated_days:.0f} days apart",
         "Correct the duration or one of the dates.", example={"duration_days": "300"}),
    Rule("patients", "birth_date", lambda p: p.birth_date > p.last_day,
         "is after {data_lock}", "Correct the date.",
         example={"birth_date": "2023-01-01", "courses.1.start_date": "", "courses.1.stop_date": ""}),
    Rule("patients", "age_at_data_lock_years",
         lambda p: ((p.age_at_data_lock_years - p.age_on_lock).abs() > p.years_off) & (p.age_on_lock >= 0),
         "does not fit the birth date and the data lock, which give {age_on_lock:.1f} years",
         "Correct the age or the date.", example={"age_at_data_lock_years": "25.5"}),
    Rule("patients", "birth_date", lambda p: p.oldest > OLDEST,
         "makes the patient {oldest:.0f} years old on {oldest_on:%Y-%m-%d}", "Correct the date, or leave it empty.",
         example={"birth_date": "1890-01-01", "courses.1.start_date": "", "courses.1.stop_date": ""}),
    Rule("courses", "course", lambda c: c.start < c.started_before - c.slack,
         "starts before an earlier number of this patient",
         "Number the courses of a patient in the order in which they started.",
         example={"2.course": "2", "3.course": "1"}),
    Rule("courses", "course", lambda c: c.gap,
         "leaves a gap: this is course {expected:.0f} of the patient",
         "Number the courses 1, 2, 3 …, or add the one that is missing.", WARNING, example={"3.course": "3"}),
    Rule("courses", "start_date or age_at_start_years", lambda c: c.start < c.running - c.slack,
         "overlaps an earlier course of the same treatment", "Join the two, or correct their dates or durations.",
         example={"3.treatment": "CSA", "3.start_date": "2018-03-01"}),
    Rule("courses", "start_date", lambda c: c.start_date > c.last_day,
         "is after {data_lock}", OR_THE_LOCK,
         example={"start_date": "2023-01-01", "stop_date": "", "duration_days": "100"}),
    Rule("courses", "stop_date", lambda c: c.stop_date > c.last_day,
         "is after {data_lock}", OR_THE_LOCK, example={"stop_date": "2023-01-01"}),
    Rule("courses", "duration_days",
         lambda c: (c.duration_days > c.days_left + DAYS_TOLERANCE) & (c.days_left >= 0) & c.stop_date.isna(),
         "makes the course last beyond {data_lock}, {days_left:.0f} days after its start", OR_THE_LOCK,
         example={"stop_date": "", "duration_days": "5000"}),
    Rule("courses", "age_at_start_years", lambda c: c.starts_late & c.start_date.isna(),
         "is above the patient's age at data lock, {age_at_data_lock_years:g}", "Correct one of the ages.",
         example={"start_date": "", "stop_date": "", "age_at_start_years": "14.5", "duration_days": "10"}),
    Rule("courses", "duration_days", lambda c: c.ends_late & ~c.starts_late & c.start_date.isna(),
         "makes the course last beyond the patient's age at data lock", "Correct the duration or one of the ages.",
         example={"start_date": "", "stop_date": "", "age_at_start_years": "12.5", "duration_days": "500"}),
    Rule("courses", "ongoing",
         lambda c: (c.ongoing == "yes") & c.discontinuation_reason.notna() & (c.discontinuation_reason != "ongoing"),
         "says that the course goes on, but it ended: {discontinuation_reason}", "Correct one of the two.",
         example={"ongoing": "yes"}),
    Rule("courses", "ongoing", lambda c: (c.ongoing == "no") & (c.discontinuation_reason == "ongoing"),
         "says that the course has ended, but its reason is ongoing", "Correct one of the two.",
         example={"ongoing": "no", "discontinuation_reason": "ongoing", "stop_date": ""}),
    Rule("courses", "ongoing",
         lambda c: (c.ongoing == "no") & c.without_end & c.discontinuation_reason.isna() & ~_followed(c),
         "says that the course has ended, but nothing says when",
         "Add its stop date or duration if it is known: the course is left out of all that needs its length.", WARNING,
         each=1, example={"ongoing": "no", "discontinuation_reason": "", "stop_date": ""}),
    Rule("courses", "discontinuation_reason or ongoing", lambda c: c.not_ongoing == "by time",
         "is contradicted by a later course", FOLLOWED,
         example={"2.discontinuation_reason": "ongoing", "2.stop_date": "", "2.duration_days": "151"}),
    Rule("courses", "discontinuation_reason or ongoing", lambda c: c.not_ongoing == "by number",
         "is contradicted by a later course", FOLLOWED, WARNING,
         example={"2.discontinuation_reason": "ongoing", "2.start_date": "", "2.stop_date": ""}),
    Rule("courses", "discontinuation_reason",
         lambda c: (c.discontinuation_reason == "lost_to_follow_up")
         & ((c.followed & (c.latest.isna() | c.end.isna())) | (c.latest > c.end + c.slack)),
         "is contradicted by a later course: the patient came back",
         "Give the reason why it ended, or correct the order or the times of the courses.", WARNING,
         example={"2.discontinuation_reason": "lost_to_follow_up"}),
    Rule("courses", "stop_date",
         lambda c: c.stop_date.notna() & (c.discontinuation_reason == "ongoing") & ~(c.stop_date >= c.lock),
         "is given for a course that is ongoing", "Leave the date empty, or give the reason for the stop.",
         example={"discontinuation_reason": "ongoing"}),
    Rule("courses", "remission_months",
         lambda c: (c.next_start >= c.end - c.slack) & (c.relapse > c.next_start + c.slack + MONTH),
         "lasts beyond the start of the next course", REMISSION, WARNING, each=1, example={"2.remission_months": "24"}),
    Rule("courses", "remission_months",
         lambda c: c.next_start.isna() & (c.relapse > c.locked + c.slack + MONTH),
         "lasts beyond the data lock", REMISSION, WARNING, each=1, example={"remission_months": "60"}),
    Rule("side_effects", "onset_date", lambda e: e.dated_onset < 0,
         "is before the start of the course, {course_start:%Y-%m-%d}", "Correct the date, or the course.",
         example={"onset_day": "", "onset_date": "2017-12-01"}),
    Rule("side_effects", "onset_date", lambda e: e.onset_date > e.last_day, "is after {data_lock}", OR_THE_LOCK,
         example={"onset_day": "", "onset_date": "2023-01-01", "courses.1.stop_date": "",
                  "courses.1.discontinuation_reason": "ongoing"}),
    Rule("side_effects", "onset_day",
         lambda e: ((e.onset_day - e.dated_onset).abs() > e.coarse) & (e.dated_onset >= 0),
         "does not fit the date of onset and the start of the course, which are {dated_onset:.0f} days apart",
         "Correct the day or one of the dates.", example={"onset_date": "2018-02-01"}),
    Rule("side_effects", "onset_date", lambda e: e.onset_date.notna() & e.course_start.isna() & e.onset_day.isna(),
         "gives no day of onset, since the course has no start date", "Add the start date if it is known.", WARNING,
         each=1, example={"onset_day": "", "onset_date": "2018-02-01", "courses.1.start_date": "",
                          "courses.1.stop_date": ""}),
    Rule("side_effects", "onset_day", lambda e: _after_lock(e) & ~(e.onset_date > e.last_day),
         "is after the data lock, which is {to_lock:.0f} days after the start of the course",
         "Correct the day or the course, or leave the day empty if it is not known.", example={"onset_day": "5000"}),
    Rule("side_effects", "onset_day or onset_date",
         lambda e: (e.onset_day > e.days + e.coarse) & ~_after_lock(e) & ~(e.onset_date > e.last_day),
         "is outside the course, which lasted {days:g} days", "Correct the day, or the course that it belongs to.",
         WARNING, example={"onset_day": "500"}),
]  # fmt: skip
