"""The size of the tests that the pages rely on: how often p falls below 0.05 where nothing is true.

`make sizes` writes docs/sizes.md. A patient's treatments come in the order A, B, C in most patients; whether there is
a next course may depend on how the one before ended. All treatments work equally well and last equally long.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.special import expit, logit

from adreport.stats import tests, within_patients
from adreport.stats.clustered import clustered
from adreport.stats.curves import life_table, log_rank
from adreport.stats.firth import NotConverged, grouped

REPLICATIONS, SEED = 2000, 11
PERMUTATIONS = 999
NUMBERS = ("PERMUTATIONS", "PERMUTATIONS_OF_MANY", "LOG_RANK_PERMUTATIONS")
FILE = Path(__file__).parents[1] / "docs" / "sizes.md"
RATE, IN_ORDER, TREATMENTS = 0.6, 0.7, 3
COHORT = (25, 21, 12, 7, 6, 5)  # courses of the compared treatments of the published cohort
FEWEST_EVENTS = 2  # per coefficient, of a model


@dataclass(frozen=True)
class Courses:
    """One entry a course: whose, on what, in which line; whether it worked; how long it lasted and whether it ended."""

    patient: np.ndarray
    treatment: np.ndarray
    line: np.ndarray
    outcome: np.ndarray
    days: np.ndarray
    ended: np.ndarray
    trait: np.ndarray

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Courses and effective courses, patients down and treatments across."""
        shape = (self.patient.max() + 1, self.treatment.max() + 1)
        courses, events = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        np.add.at(courses, (self.patient, self.treatment), 1)
        np.add.at(events, (self.patient, self.treatment), self.outcome)
        return courses, events

    def first(self) -> "Courses":
        """The first course of each patient."""
        return Courses(**{name: values[self.line == 1] for name, values in vars(self).items()})


def clinic(
    rng: np.random.Generator, patients: int, frailty: float = 0.0, after: tuple[float, float] = (0.5, 0.5)
) -> Courses:
    """A clinic of equal treatments. `after`: the chance of another course after a failure and after a response."""
    rows, log_odds = [], logit(RATE) + frailty * rng.normal(size=patients)
    for patient in range(patients):
        order = np.arange(TREATMENTS) if rng.random() < IN_ORDER else rng.permutation(TREATMENTS)
        for line, treatment in enumerate(order, start=1):
            worked = int(rng.random() < expit(log_odds[patient]))
            rows.append((patient, treatment, line, worked))
            if rng.random() >= after[worked]:
                break
    patient, treatment, line, outcome = np.array(rows).T
    nothing = np.zeros(len(rows))
    return Courses(patient, treatment, line, outcome, nothing, nothing, rng.integers(0, 2, patients)[patient])


def followed(rng: np.random.Generator, patients: int) -> Courses:
    """A clinic in which a course of about a year is followed by the next until the data lock, after 1 to 4 years."""
    rows = []
    for patient in range(patients):
        left, order = rng.uniform(365, 1461), np.arange(TREATMENTS)
        order = order if rng.random() < IN_ORDER else rng.permutation(TREATMENTS)
        for line, treatment in enumerate(order, start=1):
            days = rng.exponential(365)
            rows.append((patient, treatment, line, 0, min(days, left), int(days <= left)))
            left -= days
            if left <= 0:
                break
    patient, treatment, line, outcome, days, ended = np.array(rows).T
    codes = (values.astype(int) for values in (patient, treatment, line, outcome))
    return Courses(*codes, days, ended.astype(int), np.zeros(len(rows)))


def groups(rng: np.random.Generator, sizes: Sequence[int], censored: float) -> Courses:
    """Independent courses of equal durations in groups of these sizes, a share of them censored."""
    treatment, total = np.repeat(np.arange(len(sizes)), sizes), sum(sizes)
    days, nothing = rng.exponential(365, total), np.zeros(total, dtype=int)
    ended = (rng.random(total) >= censored).astype(int)
    return Courses(np.arange(total), treatment, nothing + 1, nothing, days, ended, nothing)


def all_courses(courses: Courses) -> float:
    """Every course counts as if it were another patient's."""
    return tests.compare_categories(_table_of(courses.treatment, courses.outcome)).p_value


def first_courses(courses: Courses) -> float:
    """The first course of each patient."""
    return all_courses(courses.first())


def within(courses: Courses) -> float:
    """Outcomes permuted within patients."""
    return within_patients.within_patients(*courses.counts())[0].p_value


def model(courses: Courses, by_patient: bool = True) -> float:
    """Logistic regression on treatment and line of therapy, with a random intercept or without."""
    treatments = [courses.treatment == code for code in np.unique(courses.treatment)[1:]]
    design = np.column_stack([np.ones(len(courses.line)), *treatments, courses.line]).astype(float)
    events = min(courses.outcome.sum(), (1 - courses.outcome).sum())
    short = events < FEWEST_EVENTS * (design.shape[1] - 1)
    if short or not treatments or np.linalg.matrix_rank(design) < design.shape[1]:
        return np.nan
    outcome = courses.outcome.astype(float)
    fitted = clustered(design, outcome, courses.patient) if by_patient else grouped(design, outcome)
    try:
        return fitted.without(list(range(1, len(treatments) + 1)))[1]
    except NotConverged:
        return np.nan


def trait(courses: Courses, first: bool = False) -> float:
    """A trait of the patient, by chance in half of them, against the outcome of all courses or of first courses."""
    courses = courses.first() if first else courses
    return tests.compare_categories(_table_of(courses.trait, courses.outcome)).p_value


def chi_square_log_rank(courses: Courses) -> float:
    """The log-rank test of all courses, referred to chi-square."""
    parts = [courses.treatment == code for code in np.unique(courses.treatment)]
    ends = np.where(courses.ended == 1, "end", "")
    return log_rank([life_table(courses.days[part], ends[part], ["end"]) for part in parts]).p_value


def permuted_log_rank(courses: Courses) -> float:
    """The log-rank test of all courses, treatments permuted over them."""
    return within_patients.log_rank_permuted(courses.days, courses.ended, courses.treatment).p_value


def first_log_rank(courses: Courses) -> float:
    """The log-rank test of the first course of each patient, treatments permuted over them."""
    return permuted_log_rank(courses.first())


def within_log_rank(courses: Courses) -> float:
    """The log-rank test, treatments permuted within patients."""
    return within_patients.log_rank_within(courses.days, courses.ended, courses.treatment, courses.patient).p_value


Test = Callable[[Courses], float]
OUTCOME_TESTS: dict[str, Test] = {
    "all courses": all_courses, "first courses": first_courses, "model of repeated courses": model,
    "the same without random intercept": partial(model, by_patient=False), "within patients": within,
    "trait, all courses": trait, "trait, first courses": partial(trait, first=True),
}  # fmt: skip
LOG_RANK_TESTS: dict[str, Test] = {
    "log-rank, chi-square": chi_square_log_rank, "log-rank, permuted": permuted_log_rank,
    "first courses, permuted": first_log_rank, "within patients, permuted": within_log_rank,
}  # fmt: skip
GROUP_TESTS = {name: LOG_RANK_TESTS[name] for name in ("log-rank, chi-square", "log-rank, permuted")}

STEP_UP, INDEPENDENT = (0.9, 0.15), (0.5, 0.5)
Situation = Callable[[np.random.Generator], Courses]
CONTINUATION: dict[str, Situation] = {
    f"{patients} | {deviation:g} | {label}": partial(clinic, patients=patients, frailty=deviation, after=after)
    for patients in (12, 20, 40, 80, 150)
    for deviation in (0.0, 1.5)
    for label, after in (("50%, 50%", INDEPENDENT), ("70%, 40%", (0.7, 0.4)), ("90%, 15%", STEP_UP))
    if patients in (12, 40, 150) or label != "50%, 50%"
}
FOLLOW_UP: dict[str, Situation] = {f"{patients}": partial(followed, patients=patients) for patients in (30, 80, 150)}
GROUPS: dict[str, Situation] = {
    f"{', '.join(map(str, sizes))} | {censored:.0%}": partial(groups, sizes=sizes, censored=censored)
    for sizes in (COHORT, (5, 5, 5))
    for censored in (0.0, 0.25)
}


def sizes(situation: Situation, chosen: Mapping[str, Test], replications: int) -> dict[str, tuple[int, int]]:
    """Of each test: how often p was below 0.05, and in how many replications it could be run."""
    rng, fewer = np.random.default_rng(SEED), dict.fromkeys(NUMBERS, PERMUTATIONS)
    clinics = (situation(rng) for _ in range(replications))
    with patch.multiple(within_patients, **fewer):
        p = np.array([[test(courses) for test in chosen.values()] for courses in clinics])
    return {
        name: (int((column < tests.SIGNIFICANT).sum()), int((~np.isnan(column)).sum()))
        for name, column in zip(chosen, p.T, strict=True)
    }


def page(replications: int) -> str:
    """docs/sizes.md."""
    parts = (
        "# How often tests find what is not there",
        "<!-- Written by `make sizes` from tests/sizes.py; changes by hand are lost. -->",
        f"Share of p < 0.05, in percent, among {replications:,} simulated clinics in which all treatments are equal; "
        "it "
        f"should be 5. Monte Carlo standard error: {_error(0.05, replications)} at 5%, {_error(0.2, replications)} at "
        "20%, "
        f"{_error(0.5, replications)} at 50%. In brackets: the percentage of clinics in which the test could be run, "
        "where "
        "not all. Permutation tests were run with 999 permutations.",
        "## Outcomes of repeated courses",
        "Every course works with 60% probability; in 70% of patients treatments come in the order A, B, C, in the "
        "others in "
        "any. Frailty: standard deviation of the patients' log odds. Another course after: the chance of a next course "
        "after a failure and after a response. The pages rely on *first courses* and on the *model of repeated "
        "courses* "
        "(logistic regression with a random intercept, line of therapy and Firth's penalty; two events per "
        "coefficient or "
        "more). *Within patients* is secondary: it must not be used where another course follows mostly on failure. "
        "*Trait*: a characteristic of the patient against the outcome of all courses and of first courses; the table "
        "of "
        "predictors takes first courses.",
        _table("patients | frailty | another course after", CONTINUATION, OUTCOME_TESTS, replications),
        "## Durations of repeated courses",
        "Courses of a year on average, one after the other, until a data lock after 1 to 4 years. A next course "
        "exists only "
        "if the one before ended, so that within a patient the earlier treatments seem shorter.",
        _table("patients", FOLLOW_UP, LOG_RANK_TESTS, replications),
        "## Durations in small groups",
        "Independent courses of equal durations in groups of the published cohort's sizes, and in three groups of "
        "five.",
        _table("courses of each treatment | censored", GROUPS, GROUP_TESTS, replications),
    )
    return "\n\n".join(parts) + "\n"


def _table(heading: str, situations: Mapping[str, Situation], chosen: Mapping[str, Test], replications: int) -> str:
    with ProcessPoolExecutor(2) as pool:
        jobs = {label: pool.submit(sizes, situation, chosen, replications) for label, situation in situations.items()}
        rows = {
            label: [_cell(*counts, replications) for counts in job.result().values()] for label, job in jobs.items()
        }
    body = [f"| {label} | {' | '.join(cells)} |" for label, cells in rows.items()]
    lines = [f"| {heading} | {' | '.join(chosen)} |", f"|{' --- |' * (heading.count('|') + 1 + len(chosen))}"]
    return "\n".join([*lines, *body])


def _cell(below: int, run: int, replications: int) -> str:
    share = f"{100 * below / run:.1f}" if run else "–"
    return share if run >= 0.995 * replications else f"{share} ({100 * run / replications:.0f})"


def _error(share: float, replications: int) -> str:
    return f"{100 * np.sqrt(share * (1 - share) / replications):.1f}"


def _table_of(groups: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    counts = np.zeros((groups.max() + 1, 2), dtype=int)
    np.add.at(counts, (groups, outcome), 1)
    return counts


if __name__ == "__main__":
    FILE.write_text(page(int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS), encoding="utf-8")
