"""Ages and durations: when each patient fell ill, was treated, and was seen at data lock.

Counted in whole days of age. Tables 1 and 2 bind; within them the solver keeps the times
between courses as close as it can to random draws.
"""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model

from reconstruction.assumptions import (
    ADULT_DAYS,
    AGES,
    DAYS_PER_LATE_MONTH,
    DAYS_PER_YEAR,
    DELAYS,
    DURATION_AS_PRINTED,
    DURATIONS,
    FAILED,
    LOCK_AGES,
    LONGEST_FAILED_DAYS,
    LONGEST_FOLLOW_UP_DAYS,
    LONGEST_GAP_AFTER_FAILURE_DAYS,
    LONGEST_GAP_DAYS,
    MEAN_GAP_DAYS,
    MONTH,
    ONSETS,
    SHORTEST_GAP_DAYS,
    SHORTEST_UNRESPONSIVE_DAYS,
    USUAL_FAILED_DAYS,
    YEAR,
)
from reconstruction.published import Published
from reconstruction.quantiles import match_sample, sample
from reconstruction.responses import solve

SEED = 2024
EFFORT = 15  # deterministic time units of the solver, three to four seconds each


def days(years: float) -> int:
    """Age in whole days."""
    return round(years * DAYS_PER_YEAR)


class Timeline:
    """A solver model of every patient's ages and durations."""

    def __init__(self, courses: pd.DataFrame, published: Published):
        self.courses, self.published = courses, published
        self.model = cp_model.CpModel()
        self.draw = np.random.default_rng(SEED)
        self.departures = []
        self._declare_courses()
        self._declare_patients()

    def _declare_courses(self) -> None:
        self.start, self.duration = [], []
        for treatment in self.courses["treatment"]:
            _, unit = DURATION_AS_PRINTED.get(treatment, ("", MONTH))
            youngest, length = days(AGES[treatment].smallest), DURATIONS[treatment]
            self.start.append(self.model.new_int_var(youngest, ADULT_DAYS - 4, ""))
            self.duration.append(self.model.new_int_var(ceil(length.smallest * unit), floor(length.largest * unit), ""))

    def _declare_patients(self) -> None:
        patients = sorted(self.courses["patient_id"].unique())
        known = self.published.count("table1", "onset_age_months", stat_name="N")
        self.dated = sorted(self.draw.choice(patients, known, replace=False))
        self.lock = {p: self.model.new_int_var(365, ADULT_DAYS - 4, "") for p in patients}
        self.onset = {p: self.model.new_int_var(1, 144, "") for p in self.dated}
        self.delay = {p: self.model.new_int_var(1, 200, "") for p in self.dated}

    def end(self, i: int) -> cp_model.LinearExpr:
        """Age in days at which a course ends."""
        return self.start[i] + self.duration[i]

    def constrain(self) -> None:
        """All that must hold."""
        for i in self.courses.index:
            self._place_course(i)
        self._match_table2()
        self._match_table1()
        self._spread_responses_over_ages()

    def _place_course(self, i: int) -> None:
        course = self.courses.loc[i]
        if course["discontinuation_reason"] in FAILED:
            self.model.add(self.duration[i] <= LONGEST_FAILED_DAYS)
            self._stay_near(self.duration[i], USUAL_FAILED_DAYS)
        if course["discontinuation_reason"] == "unresponsiveness":
            self.model.add(self.duration[i] >= SHORTEST_UNRESPONSIVE_DAYS)
        if course["discontinuation_reason"] == "ongoing":
            self._reach_lock(i, course["patient_id"])
        if course["is_first"]:
            self._follow_onset(i, course)
        if course["is_last"]:
            self._precede_lock(i, course)
        else:
            self._precede_next(i, course)

    def _reach_lock(self, i: int, patient: str) -> None:
        """An ongoing course lasts until the data lock."""
        self.model.add(self.end(i) == self.lock[patient])

    def _precede_lock(self, i: int, course: pd.Series) -> None:
        if course["discontinuation_reason"] != "ongoing":
            follow_up = self.lock[course["patient_id"]] - self.end(i)
            self.model.add_linear_constraint(follow_up, SHORTEST_GAP_DAYS, LONGEST_FOLLOW_UP_DAYS)
            self._stay_near(follow_up, int(self.draw.uniform(30, 900)))

    def _precede_next(self, i: int, course: pd.Series) -> None:
        """Courses follow one another; only ongoing immunoglobulin is joined by the next."""
        if course["discontinuation_reason"] == "ongoing":
            self.model.add(self.start[i + 1] >= self.start[i] + 90)
            return
        gap = self.start[i + 1] - self.end(i)
        failed = course["response"] == 0 or course["discontinuation_reason"] == "insufficient_response"
        self.model.add_linear_constraint(
            gap, SHORTEST_GAP_DAYS, LONGEST_GAP_AFTER_FAILURE_DAYS if failed else LONGEST_GAP_DAYS
        )
        mean = MEAN_GAP_DAYS[course["discontinuation_reason"]]
        self._stay_near(gap, int(min(self.draw.exponential(mean), 600)))

    def _follow_onset(self, i: int, course: pd.Series) -> None:
        """Delay is age at first treatment less age at onset, both in months, rounded."""
        patient = course["patient_id"]
        if patient in self.onset:
            months = self.onset[patient] + self.delay[patient]
            self.model.add_linear_constraint(16 * self.start[i] - 487 * months, -240, 240)
        if course["discontinuation_reason"] == "side_effect":
            # The febrile seizure came at 3 years of age and ended the course.
            self.model.add(self.start[i] >= days(2.5))
            self.model.add_linear_constraint(self.end(i), days(3.02), days(3.98))

    def _match_table2(self) -> None:
        for treatment, group in self.courses.groupby("treatment"):
            ages = [self.start[i] for i in group.index]
            durations = [self.duration[i] for i in group.index]
            self._match("table2", "age_at_start_years", ages, YEAR, AGES[treatment], treatment)
            variable, unit = DURATION_AS_PRINTED.get(treatment, ("duration_months", MONTH))
            self._match("table2", variable, durations, unit, DURATIONS[treatment], treatment)

    def _match_table1(self) -> None:
        self._match("table1", "age_at_data_lock_years", list(self.lock.values()), YEAR, LOCK_AGES)
        self._match("table1", "delay_to_systemic_months", list(self.delay.values()), Fraction(1), DELAYS)
        self._match("table1", "onset_age_months", list(self.onset.values()), Fraction(1), ONSETS)
        for onset in self.onset.values():
            self._prefer_early(onset)

    def _prefer_early(self, onset) -> None:
        """Atopic dermatitis mostly begins in the first two years; the IQR forces a long tail."""
        late = self.model.new_int_var(0, 144, "")
        self.model.add(late >= onset - 24)
        self.departures.append(DAYS_PER_LATE_MONTH * late)

    def _match(self, output, variable, values, unit, shape, treatment="") -> None:
        """Let the values have the printed median and IQR, and the shape."""
        median, iqr = (
            self.published.find(output, variable, stat_name, treatment=treatment) for stat_name in ("median", "iqr")
        )
        natural = sample(len(values), median, iqr, shape)
        match_sample(self.model, values, natural, unit, median, iqr)

    def _spread_responses_over_ages(self) -> None:
        """Poor and significant responses come at about the mean age: no relation was found."""
        total = sum(self.start)
        for response in (0, 2):
            ages = [self.start[i] for i in self.courses.index[self.courses["response"] == response]]
            slack = days(1) * len(ages) * len(self.start)
            self.model.add_linear_constraint(len(self.start) * sum(ages) - len(ages) * total, -slack, slack)

    def _stay_near(self, quantity, natural: int) -> None:
        """Count each unit by which the quantity departs from its natural draw."""
        departure = self.model.new_int_var(0, 4000, "")
        self.model.add(departure >= quantity - natural)
        self.model.add(departure >= natural - quantity)
        self.departures.append(departure)


def lay_out(courses: pd.DataFrame, patients: pd.DataFrame, published: Published) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add ages and durations to courses; age at data lock, onset and delay to patients."""
    timeline = Timeline(courses, published)
    timeline.constrain()
    timeline.model.minimize(sum(timeline.departures))
    solver = solve(timeline.model, max_deterministic_time=EFFORT, interleave_search=True)
    patients = patients.assign(
        age_at_data_lock_years=pd.Series({p: years(solver.value(day)) for p, day in timeline.lock.items()}),
        onset_age_months=_whole_months(solver, timeline.onset, patients.index),
        delay_to_systemic_months=_whole_months(solver, timeline.delay, patients.index),
    )
    courses = courses.assign(
        age_at_start_years=[years(solver.value(day)) for day in timeline.start],
        duration_days=[solver.value(length) for length in timeline.duration],
    )
    return _end_ongoing_at_lock(courses, patients), patients


def years(age_in_days: int) -> float:
    """Age in years as it is written, to a hundredth."""
    return round(age_in_days / DAYS_PER_YEAR, 2)


def _whole_months(solver, months: dict, patients: pd.Index) -> pd.Series:
    known = {patient: solver.value(month) for patient, month in months.items()}
    return pd.Series(known, dtype="Int64").reindex(patients)


def _end_ongoing_at_lock(courses, patients) -> pd.DataFrame:
    """Let ongoing courses end at the data lock as it is written, not only before rounding."""
    ongoing = courses["discontinuation_reason"] == "ongoing"
    lock = courses["patient_id"].map(patients["age_at_data_lock_years"])
    start = (lock - courses["duration_days"] / DAYS_PER_YEAR).round(2)
    return courses.assign(age_at_start_years=courses["age_at_start_years"].mask(ongoing, start))
