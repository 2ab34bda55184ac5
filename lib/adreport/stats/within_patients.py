"""Treatments compared within patients, by permuting over each patient's courses; durations also over all courses.

If treatments do not differ, every way to assign a patient's outcomes to that patient's courses is
equally likely. Patients are the blocks: nothing is exchanged between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial, prod

import numpy as np
import pandas as pd
from scipy.special import comb

from adreport.stats.curves import NONE_DIFFER, log_rank_scores
from adreport.stats.exact import TooLargeToEnumerate, compositions
from adreport.stats.tests import SEED, QuadraticForm, TestResult, not_tested, simulation

PERMUTATIONS = 10_000
MANY_PATIENTS, PERMUTATIONS_OF_MANY = 500, 2_000  # so many informative patients need fewer for the same reading
LOG_RANK_PERMUTATIONS = 20_000
MOST_PERMUTED = 40_000_000  # courses times permutations; above it the log-rank statistic is referred to chi-square
CHUNK = 1_000_000
MOST_WAYS = 100_000  # to assign the treatments to the courses; up to so many are enumerated
MOST_STATES = 500_000
MOST_ARRANGEMENTS = 5_000
TOLERANCE = 1e-9  # statistics as large as the observed one up to rounding count as such
STATISTIC = "Cochran-Mantel-Haenszel statistic"
LOG_RANK = "log-rank scores, treatments permuted within patients"
PERMUTED = "log-rank scores, treatments permuted"
NOTHING_VARIES = "no patient had two of the treatments and outcomes that vary"
NOTHING_EXCHANGED = "no patient had treatments of different length that could be exchanged"


@dataclass(frozen=True)
class Strata:
    """Kinds of informative patients: courses per treatment, events, and how many patients are of the kind."""

    courses: np.ndarray
    events: np.ndarray
    patients: np.ndarray

    def __iter__(self) -> Iterator[tuple[np.ndarray, int, int]]:
        return zip(self.courses, self.events.tolist(), self.patients.tolist(), strict=True)


def within_patients(courses: np.ndarray, events: np.ndarray) -> tuple[TestResult, float]:
    """Whether an outcome depends on the treatment within patients; and the smallest p that could have come out.

    `courses`, `events`: counts, patients down and treatments across. The statistic is that of general
    association (Landis, Heyman and Koch 1978, R's mantelhaen.test), its distribution that of all
    permutations within patients: enumerated where it is small enough, otherwise simulated (the smallest
    p is then NaN). `n` counts the informative patients.
    """
    informed = informative(courses, events)
    if not informed.any():
        return not_tested(NOTHING_VARIES, 0), float("nan")
    courses, events = courses[informed], events[informed]
    kinds, patients = np.unique(np.column_stack([courses, events.sum(axis=1)]), axis=0, return_counts=True)
    strata = Strata(kinds[:, :-1], kinds[:, -1], patients)
    form = _form_of(strata)
    result = form.chi_square(f"{STATISTIC}, exact permutation within patients", len(courses), events.sum(axis=0))
    try:
        sums, probabilities = _distribution(strata)
    except TooLargeToEnumerate:
        return _simulated(strata, form, result), float("nan")
    distances = form.distance(sums)
    reached = (_reached(distances, limit) for limit in (result.statistic, distances.max()))
    p_value, smallest = (float(min(probabilities[rows].sum(), 1.0)) for rows in reached)
    return replace(result, p_value=p_value), smallest


def informative(courses: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Which patients (down; treatments across) had at least two treatments and an outcome that varies."""
    total, occurred = courses.sum(axis=1), events.sum(axis=1)
    return ((courses > 0).sum(axis=1) > 1) & (occurred > 0) & (occurred < total)


def log_rank_within(days: np.ndarray, ended: np.ndarray, groups: Sequence, patients: Sequence) -> TestResult:
    """The log-rank scores compared between treatments (`groups`) by permuting these within patients.

    One entry a course. Scores: the end (1 or 0) less the Nelson-Aalen estimate at the course's day; the
    quadratic statistic of Hothorn et al. (Am Stat 2006;60:257), R's coin::logrank_test(... | block).
    Patients with one course or one treatment say nothing; `n` counts the courses of the others. Simulated
    with a fixed seed; with very many courses referred to chi-square.
    """
    scores, group, block = _exchangeable(days, ended, groups, patients)
    if not len(scores):
        return not_tested(NOTHING_EXCHANGED, 0)
    members = np.eye(group.max() + 1)[group]
    size = np.bincount(block)
    centre = np.bincount(block, weights=scores) / size
    spread = np.bincount(block, weights=(scores - centre[block]) ** 2) / (size - 1)
    counts = np.zeros((len(size), members.shape[1]))
    np.add.at(counts, block, members)
    form = permuted_within(counts, centre, spread)
    if not form.rank:
        return not_tested(NONE_DIFFER, len(scores))
    note = f"{len(size)} patient{'s carry' if len(size) != 1 else ' carries'} the information"
    result = replace(form.chi_square(LOG_RANK, len(scores), scores @ members), note=note)
    return _at_random(result, form, scores, members, block)


def informative_patients(days: np.ndarray, ended: np.ndarray, groups: Sequence, patients: Sequence) -> int:
    """How many patients the log-rank test within patients can learn from."""
    return len(np.unique(_exchangeable(days, ended, groups, patients)[2]))


def log_rank_permuted(days: np.ndarray, ended: np.ndarray, groups: Sequence) -> TestResult:
    """The log-rank scores compared between treatments (`groups`) by permuting these over all courses.

    One entry a course. R's coin::logrank_test without blocks. It holds its level in small groups, in which chi-square
    does not, where courses are independent and followed for as long on one treatment as on another. Enumerated where
    that is possible, otherwise simulated with a fixed seed; with very many courses referred to chi-square.
    """
    scores, group = log_rank_scores(days, ended), pd.factorize(np.asarray(groups), sort=True)[0]
    if len(scores) < 2:
        return not_tested(NONE_DIFFER, len(scores))
    members = np.eye(group.max() + 1)[group]
    sizes = np.bincount(group)
    form = permuted_within(sizes[None], np.array([scores.mean()]), np.array([scores.var(ddof=1)]))
    if not form.rank:
        return not_tested(NONE_DIFFER, len(scores))
    result = form.chi_square(PERMUTED, len(scores), scores @ members)
    if (ways := factorial(len(scores)) // prod(map(factorial, sizes.tolist()))) <= MOST_WAYS:
        p_value = float(_reached(form.distance(_every_sum(scores, sizes)), result.statistic).mean())
        return replace(result, p_value=p_value, note=f"exact: all {ways:,} ways to assign the treatments")
    return _at_random(result, form, scores, members, np.zeros(len(scores), dtype=int))


def permuted_within(counts: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> QuadraticForm:
    """The groups' sums of scores over all permutations within blocks: their mean and covariance.

    `counts` (b, g): members of each group in each block. `centre`, `spread` (b,): mean and variance
    (divisor n-1) of the block's scores; times m for a row that stands for m equal blocks.
    """
    counts = counts.astype(float)  # products of counts leave the range of integers
    weighted = counts * (spread / counts.sum(axis=1))[:, None]
    return QuadraticForm(centre @ counts, np.diag(spread @ counts) - weighted.T @ counts)


def _form_of(strata: Strata) -> QuadraticForm:
    """The form for scores that are 1 with the outcome and 0 without: multivariate hypergeometric, added up."""
    total, rate = strata.courses.sum(axis=1), strata.events / strata.courses.sum(axis=1)
    variance = rate * (1 - rate) * total / (total - 1)
    return permuted_within(strata.courses, strata.patients * rate, strata.patients * variance)


def _reached(distances: np.ndarray, limit: float) -> np.ndarray:
    return distances >= limit * (1 - TOLERANCE)


def _at_random(
    result: TestResult, form: QuadraticForm, scores: np.ndarray, members: np.ndarray, block: np.ndarray
) -> TestResult:
    """The result with p from random permutations within blocks; of very many courses as it is, by chi-square."""
    if len(scores) * LOG_RANK_PERMUTATIONS > MOST_PERMUTED:
        return result
    reached = sum(_reached(form.distance(sums), result.statistic).sum() for sums in _permuted(scores, members, block))
    return _from_permutations(result, int(reached), LOG_RANK_PERMUTATIONS)


def _from_permutations(result: TestResult, reached: int, number: int) -> TestResult:
    """The result with p from random permutations, the observed one counted in (Phipson and Smyth 2010)."""
    p_value = (reached + 1) / (number + 1)
    notes = [result.note, simulation(number, "permutations", p_value)]
    return replace(result, p_value=p_value, note="; ".join(filter(None, notes)))


def _distribution(strata: Strata) -> tuple[np.ndarray, np.ndarray]:
    """All sums of events per treatment with their probabilities, patient after patient.

    A sum is held as one integer whose digits are the counts. Raises TooLargeToEnumerate beyond MOST_STATES.
    """
    most = strata.patients @ np.minimum(strata.courses, strata.events[:, None])
    places = np.cumprod([1, *(int(count) + 1 for count in most)], dtype=object)
    if places[-1] > np.iinfo(np.int64).max:
        raise TooLargeToEnumerate
    places = places[:-1].astype(np.int64)
    sums, probabilities = np.zeros(1, dtype=np.int64), np.ones(1)
    for courses, events, patients in strata:
        ways, chances = _arrangements(courses, events)
        for _ in range(patients):
            if len(sums) * len(ways) > MOST_STATES:
                raise TooLargeToEnumerate
            sums, place = np.unique(np.add.outer(sums, ways @ places), return_inverse=True)
            probabilities = np.bincount(place.ravel(), weights=np.outer(probabilities, chances).ravel())
    return sums[:, None] // places % (most + 1), probabilities


def _arrangements(courses: np.ndarray, events: int) -> tuple[np.ndarray, np.ndarray]:
    """The ways to spread a patient's events over the treatments, with their probabilities."""
    if np.prod(np.minimum(courses, events) + 1.0) > MOST_ARRANGEMENTS:
        raise TooLargeToEnumerate
    ways = np.array(list(compositions(events, courses)))
    return ways, comb(courses, ways).prod(axis=1) / comb(courses.sum(), events)


def _simulated(strata: Strata, form: QuadraticForm, result: TestResult) -> TestResult:
    rng = np.random.default_rng(SEED)
    number = PERMUTATIONS_OF_MANY if result.n > MANY_PATIENTS else PERMUTATIONS
    sums = sum(_random_sums(rng, number, *stratum) for stratum in strata)
    reached = int(_reached(form.distance(sums), result.statistic).sum())
    result = replace(result, method=f"{STATISTIC}, simulated permutation within patients")
    return _from_permutations(result, reached, number)


def _random_sums(rng: np.random.Generator, number: int, courses: np.ndarray, events: int, patients: int) -> np.ndarray:
    """Events per treatment of all patients of a kind, in so many random permutations."""
    try:
        ways, chances = _arrangements(courses, events)
    except TooLargeToEnumerate:
        return sum(rng.multivariate_hypergeometric(courses, events, number) for _ in range(patients))
    return rng.multinomial(patients, chances / chances.sum(), number).astype(float) @ ways.astype(float)


def _exchangeable(
    days: np.ndarray, ended: np.ndarray, groups: Sequence, patients: Sequence
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-rank scores, groups and blocks, both numbered from 0, of the courses of informative patients."""
    scores = log_rank_scores(days, ended)
    group, block = pd.factorize(np.asarray(groups), sort=True)[0], pd.factorize(np.asarray(patients))[0]
    informed = _varying(group, block) & _varying(scores, block)
    return scores[informed], *(pd.factorize(codes[informed])[0] for codes in (group, block))


def _every_sum(scores: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The groups' sums of scores (w, g) in each of the w ways to form groups of these sizes."""
    free, sums = np.arange(len(scores))[None], np.empty((1, 0))
    for size in sizes:
        places = np.arange(free.shape[1])
        taken = np.array(list(combinations(places, size)))
        left = np.array([np.delete(places, some) for some in taken])
        sums = np.column_stack([sums.repeat(len(taken), axis=0), scores[free[:, taken]].sum(axis=-1).ravel()])
        free = free[:, left].reshape(len(sums), -1)
    return sums


def _varying(values: np.ndarray, block: np.ndarray) -> np.ndarray:
    """For each course, whether values differ within its block (n,)."""
    by_block = pd.Series(values).groupby(block)
    return (by_block.transform("max") - by_block.transform("min") > 1e-12).to_numpy()


def _permuted(scores: np.ndarray, members: np.ndarray, block: np.ndarray) -> Iterator[np.ndarray]:
    """The groups' sums of scores (p, g) in random permutations within blocks, so many at once as memory allows."""
    rng, order = np.random.default_rng(SEED), np.argsort(block, kind="stable")
    at_once = max(1, CHUNK // len(scores))
    for start in range(0, LOG_RANK_PERMUTATIONS, at_once):
        number = min(at_once, LOG_RANK_PERMUTATIONS - start)
        shuffled = np.argsort(rng.random((number, len(scores))) + block[order], axis=1)
        yield scores[order][shuffled] @ members[order]
