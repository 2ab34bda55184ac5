"""Whether courses of several treatments last equally long: the log-rank test, and the same within patients."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from adreport.stats.curves import LifeTable
from adreport.stats.tests import SEED, TestResult

PERMUTATIONS = 20_000
MOST_PERMUTED = 40_000_000  # courses times permutations; above it the statistic is referred to chi-square
CHUNK = 1_000_000
SINGULAR = 1e-9  # of the largest eigenvalue; rounding alone leaves less
NONE_DIFFER = "not tested: fewer than two treatments with courses of known duration, or none ended"


def log_rank(tables: Sequence[LifeTable]) -> TestResult:
    """The log-rank test (Mantel 1966) with the hypergeometric variance of tied ends, as R's survdiff.

    `tables`: one for each treatment. It takes courses as independent. Degrees of freedom: treatments
    with any expected end, less one.
    """
    n = sum(map(len, tables))
    days = np.unique(np.concatenate([table.days for table in tables])) if tables else np.empty(0)
    at_risk, ended = (np.array(counts) for counts in zip(*(_on(table, days) for table in tables), strict=True)) if n \
        else (np.empty((0, 0)), np.empty((0, 0)))  # fmt: skip
    total, ends = at_risk.sum(axis=0), ended.sum(axis=0)
    share = np.divide(at_risk, total, out=np.zeros(at_risk.shape), where=total > 0)
    expected = (share * ends).sum(axis=1)
    spread = ends * np.divide(total - ends, total - 1, out=np.zeros(len(days)), where=total > 1)
    variance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    occurring = expected > 0
    difference = (ended.sum(axis=1) - expected)[occurring]
    return _quadratic("log-rank", n, difference, variance[np.ix_(occurring, occurring)])


def log_rank_within(days: np.ndarray, ended: np.ndarray, groups: Sequence, blocks: Sequence) -> TestResult:
    """The log-rank scores compared between groups by permuting groups within blocks (patients).

    Scores: the end less the Nelson-Aalen estimate at the course's day; the quadratic statistic of
    Hothorn et al. (Am Stat 2006;60:257), which R's coin::logrank_test(... | block) gives. Blocks with one
    course or one group say nothing. Simulated with a fixed seed; with very many courses from chi-square.
    """
    scores, group = _scores(days, ended), pd.factorize(np.asarray(groups), sort=True)[0]
    block = pd.factorize(np.asarray(blocks))[0]
    informative = _varying(group, block) & _varying(scores, block)
    method = f"log-rank scores, treatments permuted within patients ({_patients(block[informative])})"
    if not informative.any():
        return TestResult(
            "not tested: no patient had treatments of different length that could be exchanged", len(days)
        )
    scores, (group, _), (block, _) = scores[informative], *(pd.factorize(x[informative]) for x in (group, block))
    members = np.eye(group.max() + 1)[group]
    mean, variance = _moments(scores, members, block)
    result = _quadratic(method, len(days), scores @ members - mean, variance)
    if np.isnan(result.statistic) or len(scores) * PERMUTATIONS > MOST_PERMUTED:
        return result
    p_value = _simulated(scores, members, block, mean, _inverse(variance), result.statistic)
    error = np.sqrt(p_value * (1 - p_value) / PERMUTATIONS)
    words = f"{PERMUTATIONS:,} permutations, seed {SEED}, standard error {error:.1g}"
    return TestResult(f"{method[:-1]}; {words})", result.n, p_value, result.statistic, result.parameter)


def informative_patients(days: np.ndarray, ended: np.ndarray, groups: Sequence, blocks: Sequence) -> int:
    """How many patients the permutation within patients can learn from."""
    block = pd.factorize(np.asarray(blocks))[0]
    group = pd.factorize(np.asarray(groups))[0]
    return len(np.unique(block[_varying(group, block) & _varying(_scores(days, ended), block)]))


def _patients(block: np.ndarray) -> str:
    n = len(np.unique(block))
    return f"{n} patient{'s carry' if n != 1 else ' carries'} the information"


def _on(table: LifeTable, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At risk and ended on each of the pooled days (t,), (t,)."""
    place = np.searchsorted(table.days, days)
    at_risk = np.append(table.at_risk, 0)[place]
    ended = np.zeros(len(days), dtype=int)
    ended[np.searchsorted(days, table.days)] = table.ended
    return at_risk, ended


def _quadratic(method: str, n: int, difference: np.ndarray, variance: np.ndarray) -> TestResult:
    """The chi-square of differences with their covariance, on as many degrees of freedom as it has."""
    freedom = _rank(variance)
    if not freedom:
        return TestResult(NONE_DIFFER, n)
    statistic = float(difference @ _inverse(variance) @ difference)
    return TestResult(method, n, float(stats.chi2.sf(statistic, freedom)), statistic, freedom)


def _rank(variance: np.ndarray) -> int:
    """Rank of a covariance, by the same threshold as its inverse."""
    return int(np.linalg.matrix_rank(variance, rtol=SINGULAR, hermitian=True)) if variance.any() else 0


def _inverse(variance: np.ndarray) -> np.ndarray:
    """The generalised inverse: groups' differences add up to zero, so their covariance is singular."""
    return np.linalg.pinv(variance, rcond=SINGULAR, hermitian=True)


def _scores(days: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """The end (1 or 0) less the Nelson-Aalen estimate at the day (n,): the log-rank scores, ties exact."""
    distinct, row = np.unique(days, return_inverse=True)
    ends, leaving = np.bincount(row, weights=ended), np.bincount(row)
    hazard = np.cumsum(ends / leaving[::-1].cumsum()[::-1])
    return ended - hazard[row]


def _varying(values: np.ndarray, block: np.ndarray) -> np.ndarray:
    """For each course, whether values differ within its block (n,)."""
    by_block = pd.Series(values).groupby(block)
    return (by_block.transform("max") - by_block.transform("min") > 1e-12).to_numpy()


def _moments(scores: np.ndarray, members: np.ndarray, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (g,) and covariance (g, g) of the groups' sums of scores over permutations within blocks."""
    size = np.bincount(block)
    centre = np.bincount(block, weights=scores) / size
    spread = np.bincount(block, weights=(scores - centre[block]) ** 2) / (size - 1)
    counts = np.zeros((len(size), members.shape[1]))
    np.add.at(counts, block, members)
    variance = np.diag(spread @ counts) - (counts * (spread / size)[:, None]).T @ counts
    return centre @ counts, variance


def _simulated(scores, members, block, mean, weight, observed: float) -> float:
    """The share of permutations, the observed one among them, whose statistic is at least the observed."""
    generator, reached = np.random.default_rng(SEED), 1
    at_once = max(1, CHUNK // len(scores))
    order = np.argsort(block, kind="stable")
    for start in range(0, PERMUTATIONS, at_once):
        number = min(at_once, PERMUTATIONS - start)
        shuffled = np.argsort(generator.random((number, len(scores))) + block[order], axis=1)
        difference = scores[order][shuffled] @ members[order] - mean
        statistics = np.einsum("pg,gh,ph->p", difference, weight, difference)
        reached += int((statistics >= observed * (1 - 1e-9)).sum())
    return reached / (PERMUTATIONS + 1)
