"""Treatments compared within patients: outcomes permuted over each patient's own courses.

Given how many courses of each treatment a patient had, and how many of them had the outcome, every
way to spread the outcomes over the patient's courses is equally likely if treatments do not differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import comb

from adreport.stats.exact import TooLargeToEnumerate, compositions
from adreport.stats.tests import SEED, TestResult

PERMUTATIONS = 10_000
MANY_PATIENTS, PERMUTATIONS_OF_MANY = 500, 2_000  # so many informative patients need fewer for the same reading
MOST_STATES = 500_000
MOST_ARRANGEMENTS = 5_000
TOLERANCE = 1e-9  # statistics as large as the observed one up to rounding count as such
STATISTIC = "Cochran-Mantel-Haenszel statistic"
NOTHING_VARIES = "not tested: no patient had two of the treatments and outcomes that vary"


@dataclass(frozen=True)
class Strata:
    """Kinds of informative patients: courses per treatment, events, and how many patients are of the kind."""

    courses: np.ndarray
    events: np.ndarray
    patients: np.ndarray

    def __iter__(self) -> Iterator[tuple[np.ndarray, int, int]]:
        return zip(self.courses, self.events.tolist(), self.patients.tolist(), strict=True)


def informative(courses: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Which patients (down; treatments across) had at least two treatments and an outcome that varies."""
    total, happened = courses.sum(axis=1), events.sum(axis=1)
    return ((courses > 0).sum(axis=1) > 1) & (happened > 0) & (happened < total)


def within_patients(courses: np.ndarray, events: np.ndarray) -> tuple[TestResult, float]:
    """Whether an outcome depends on the treatment within patients; and the smallest p that could have come out.

    `courses`, `events`: counts, patients down and treatments across. The statistic is that of the
    general association (Landis, Heyman and Koch 1978, R's mantelhaen.test), its distribution that of all
    permutations within patients: enumerated where it is small enough, else simulated (the smallest p
    is then NaN). `n` counts the informative patients.
    """
    chosen = informative(courses, events)
    if not chosen.any():
        return TestResult(NOTHING_VARIES, 0), float("nan")
    courses, events = courses[chosen], events[chosen]
    kinds, patients = np.unique(np.column_stack([courses, events.sum(axis=1)]), axis=0, return_counts=True)
    strata = Strata(kinds[:, :-1], kinds[:, -1], patients)
    expected, covariance = _moments(strata)
    inverse, freedom = np.linalg.pinv(covariance, hermitian=True), int(np.linalg.matrix_rank(covariance))
    observed = float(_distances(events.sum(axis=0)[None, :], expected, inverse)[0])
    n = int(chosen.sum())
    try:
        sums, probabilities = _distribution(strata)
    except TooLargeToEnumerate:
        return _simulated(strata, observed, expected, inverse, n, freedom), float("nan")
    distances = _distances(sums, expected, inverse)
    method = f"{STATISTIC}, exact permutation within patients"
    p_value, smallest = (_tail(distances, probabilities, limit) for limit in (observed, distances.max()))
    return TestResult(method, n, p_value, observed, freedom), smallest


def _moments(strata: Strata) -> tuple[np.ndarray, np.ndarray]:
    """Expectation and covariance of the events per treatment: of multivariate hypergeometrics, added up."""
    total = strata.courses.sum(axis=1)
    expected = (strata.patients * strata.events / total) @ strata.courses
    weight = strata.patients * strata.events * (total - strata.events) / (total**2 * (total - 1))
    covariance = np.diag((weight * total) @ strata.courses) - strata.courses.T @ (strata.courses * weight[:, None])
    return expected, covariance


def _distances(sums: np.ndarray, expected: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    away = sums - expected
    return np.einsum("ij,jk,ik->i", away, inverse, away)


def _tail(distances: np.ndarray, probabilities: np.ndarray, limit: float) -> float:
    return float(min(probabilities[distances >= limit * (1 - TOLERANCE)].sum(), 1.0))


def _distribution(strata: Strata) -> tuple[np.ndarray, np.ndarray]:
    """All sums of events per treatment with their probabilities, patient after patient.

    A sum is held as one integer, its digits the counts. Raises TooLargeToEnumerate beyond MOST_STATES.
    """
    most = strata.patients @ np.minimum(strata.courses, strata.events[:, None])
    places = np.cumprod([1, *(int(count) + 1 for count in most)], dtype=object)
    if places[-1] > np.iinfo(np.int64).max:
        raise TooLargeToEnumerate
    places = places[:-1].astype(np.int64)
    sums, probabilities = np.zeros(1, dtype=np.int64), np.ones(1)
    for courses, events, patients in strata:
        own, chances = _arrangements(courses, events)
        for _ in range(patients):
            sums, probabilities = _added(sums, probabilities, own @ places, chances)
    return sums[:, None] // places % (most + 1), probabilities


def _added(
    sums: np.ndarray, probabilities: np.ndarray, own: np.ndarray, chances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    if len(sums) * len(own) > MOST_STATES:
        raise TooLargeToEnumerate
    sums, place = np.unique(np.add.outer(sums, own), return_inverse=True)
    return sums, np.bincount(place.ravel(), weights=np.outer(probabilities, chances).ravel())


def _arrangements(courses: np.ndarray, events: int) -> tuple[np.ndarray, np.ndarray]:
    """The ways to spread a patient's events over the treatments, with their probabilities."""
    if np.prod(np.minimum(courses, events) + 1.0) > MOST_ARRANGEMENTS:
        raise TooLargeToEnumerate
    ways = np.array(list(compositions(events, courses)))
    return ways, comb(courses, ways).prod(axis=1) / comb(courses.sum(), events)


def _simulated(
    strata: Strata, observed: float, expected: np.ndarray, inverse: np.ndarray, n: int, freedom: int
) -> TestResult:
    """The test with random permutations, the observed one counted in (Phipson and Smyth 2010)."""
    rng = np.random.default_rng(SEED)
    number = PERMUTATIONS_OF_MANY if n > MANY_PATIENTS else PERMUTATIONS
    sums = sum(_random_sums(rng, number, *stratum) for stratum in strata)
    beyond = int((_distances(sums, expected, inverse) >= observed * (1 - TOLERANCE)).sum())
    p_value = (beyond + 1) / (number + 1)
    error = np.sqrt(p_value * (1 - p_value) / number)
    how = f"{number:,} permutations, seed {SEED}, standard error {error:.1g}"
    return TestResult(f"{STATISTIC}, simulated permutation within patients ({how})", n, p_value, observed, freedom)


def _random_sums(rng: np.random.Generator, number: int, courses: np.ndarray, events: int, patients: int) -> np.ndarray:
    """Events per treatment of all patients of a kind, in so many random permutations."""
    try:
        ways, chances = _arrangements(courses, events)
    except TooLargeToEnumerate:
        draws = (rng.multivariate_hypergeometric(courses, events, number) for _ in range(patients))
        return sum(draws)
    return rng.multinomial(patients, chances / chances.sum(), number).astype(float) @ ways.astype(float)
