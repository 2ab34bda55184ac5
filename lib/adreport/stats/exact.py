"""Exact conditional distributions that SciPy 1.17 does not have.

`scipy.stats.fisher_exact` simulates tables larger than 2x2, and `scipy.stats.mannwhitneyu` ignores
ties in its exact method. Both distributions are small enough here to be written out in full.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import comb, gammaln
from scipy.stats import rankdata

MOST_TABLES = 1_000_000
MOST_CELLS = 20_000
MOST_RANK_STATES = 20_000_000
# Tables whose probability equals the observed one up to rounding count as equally likely (as in R).
RELATIVE_TOLERANCE = 1e-7


class TooLargeToEnumerate(Exception):
    """The exact distribution has more states than a report should wait for."""


def fisher_freeman_halton(table: np.ndarray) -> tuple[float, float]:
    """Probability of the observed r x c table, and of all tables that are no likelier, with fixed margins.

    Freeman and Halton, Biometrika 1951;38:141. `table`: counts, groups down and levels across, no
    empty row or column. Raises TooLargeToEnumerate beyond MOST_TABLES partial tables.
    """
    table = np.asarray(table, dtype=np.int64)
    if table.shape[1] > table.shape[0]:
        table = table.T
    groups, levels = np.sort(table.sum(axis=1)), table.sum(axis=0)
    fixed = gammaln(levels + 1).sum() + gammaln(groups + 1).sum() - gammaln(table.sum() + 1)
    observed = fixed - gammaln(table + 1).sum()
    weights, ways = _tables(groups, levels)
    log_probabilities = fixed + weights
    extreme = log_probabilities <= observed + np.log1p(RELATIVE_TOLERANCE)
    probability = (ways[extreme] * np.exp(log_probabilities[extreme])).sum()
    return float(np.exp(observed)), float(min(probability, 1.0))


def rank_sum(first: np.ndarray, second: np.ndarray) -> float:
    """Two-sided exact p of the Wilcoxon-Mann-Whitney rank sum, given the ties.

    The share of all assignments of the pooled mid-ranks whose rank sum lies at least as far from
    its mean as the observed one. Raises TooLargeToEnumerate beyond MOST_RANK_STATES.
    """
    if len(first) > len(second):
        first, second = second, first
    doubled = np.rint(2 * rankdata(np.concatenate([first, second]))).astype(np.int64)
    observed = doubled[: len(first)].sum()
    ways = _rank_sum_ways(doubled, len(first))
    distance = np.abs(np.arange(len(ways)) - len(first) * (len(doubled) + 1))
    extreme = distance >= abs(observed - len(first) * (len(doubled) + 1))
    return float(min(ways[extreme].sum() / ways.sum(), 1.0))


def _tables(groups: np.ndarray, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-sum(log x!) of the tables with the given margins, and how many tables share each value.

    Built group by group: a partial table is what each level has left, and its weight so far. Partial
    tables that agree in both are counted once (the idea of Mehta and Patel's network). The largest
    group comes last, because what is left is the last group.
    """
    if np.prod(np.sort(np.minimum(levels, groups[-1]))[:-1] + 1.0) > MOST_CELLS:
        raise TooLargeToEnumerate
    log_factorial = gammaln(np.arange(levels.max() + 1) + 1)
    left, weights, ways = levels[None, :], np.zeros(1), np.ones(1)
    for group in groups[:-1]:
        parts, size = [], 0
        for cells in map(np.array, compositions(group, levels)):
            room = (left >= cells).all(axis=1)
            parts.append((left[room] - cells, weights[room] - log_factorial[cells].sum(), ways[room]))
            size += len(parts[-1][1])
            if size > MOST_TABLES:
                raise TooLargeToEnumerate
        left, weights, ways = _merged(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))
    return weights - log_factorial[left].sum(axis=1), ways


def _merged(left: np.ndarray, weights: np.ndarray, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Partial tables with the same remainder and the same weight (to 9 decimals) as one, their ways added."""
    keys = np.column_stack([left, np.rint(weights * 1e9).astype(np.int64)]).T
    order = np.lexsort(keys)
    first = np.flatnonzero(np.r_[True, (np.diff(keys[:, order]) != 0).any(axis=0)])
    return left[order][first], weights[order][first], np.add.reduceat(ways[order], first)


def compositions(total: int, limits: np.ndarray) -> Iterator[tuple[int, ...]]:
    """All ways to spread `total` over the levels, none above its limit."""
    if len(limits) == 1:
        if total <= limits[0]:
            yield (total,)
        return
    for here in range(min(total, limits[0]) + 1):
        for rest in compositions(total - here, limits[1:]):
            yield (here, *rest)


def _rank_sum_ways(doubled_ranks: np.ndarray, size: int) -> np.ndarray:
    """In how many ways `size` of the doubled mid-ranks add up to 0, 1, 2, ..."""
    blocks = np.unique(doubled_ranks, return_counts=True)
    highest = int(np.sort(doubled_ranks)[-size:].sum())
    if (size + 1) * (highest + 1) * len(blocks[0]) > MOST_RANK_STATES:
        raise TooLargeToEnumerate
    ways = np.zeros((size + 1, highest + 1))
    ways[0, 0] = 1
    for rank, ties in zip(*blocks, strict=True):
        added = ways.copy()
        for taken in range(1, min(ties, size) + 1):
            shift = taken * rank
            if shift <= highest:
                added[taken:, shift:] += comb(ties, taken) * ways[:-taken, : highest + 1 - shift]
        ways = added
    return ways[size]
