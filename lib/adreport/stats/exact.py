"""Exact conditional distributions that SciPy 1.17 does not have.

`scipy.stats.fisher_exact` simulates tables larger than 2x2, and `scipy.stats.mannwhitneyu` ignores
ties in its exact method. Both distributions are small enough here to be written out in full.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import comb, gammaln
from scipy.stats import rankdata

MOST_TABLES = 1_000_000  # partial tables held at once
MOST_FILLINGS = 200_000  # ways to fill one group
MOST_FITS = 60_000_000  # partial tables times fillings of the next group: a few seconds
MOST_RANK_STATES = 20_000_000
# Tables whose probability equals the observed one up to rounding count as equally likely (as in R).
RELATIVE_TOLERANCE = 1e-7


class TooLargeToEnumerate(Exception):
    """The exact distribution has more states than a report should wait for."""


def fisher_freeman_halton(table: np.ndarray) -> tuple[float, float]:
    """Probability of the observed r x c table, and of all tables that are no likelier, with fixed margins.

    Freeman and Halton, Biometrika 1951;38:141. `table`: counts, groups down and levels across, no empty row or column.
    All groups but the two largest are filled one by one; what they leave of the levels determines the
    tables of the other two. Raises TooLargeToEnumerate beyond MOST_TABLES, MOST_FILLINGS or MOST_FITS.
    """
    table = np.asarray(table, dtype=np.int64)
    if table.shape[1] > table.shape[0]:
        table = table.T
    groups, levels = np.sort(table.sum(axis=1)), np.sort(table.sum(axis=0))
    fixed = gammaln(levels + 1).sum() + gammaln(groups + 1).sum() - gammaln(table.sum() + 1)
    observed = -gammaln(table + 1).sum()
    left, weights, ways = _partial_tables(groups[:-2], levels)
    limits, probability = observed + np.log1p(RELATIVE_TOLERANCE) - weights, 0.0
    starts = np.flatnonzero(np.r_[True, (np.diff(left, axis=0) != 0).any(axis=1)])
    fillings, log_factorial = _fillings(groups[-2], levels, len(starts)), gammaln(np.arange(levels.max() + 1) + 1)
    for start, stop in zip(starts, [*starts[1:], len(left)], strict=True):
        cells = fillings[(fillings <= left[start]).all(axis=1)]
        rest = np.sort(-log_factorial[cells].sum(axis=1) - log_factorial[left[start] - cells].sum(axis=1))
        below = np.r_[0, np.cumsum(np.exp(rest - rest[-1]))][np.searchsorted(rest, limits[start:stop], side="right")]
        probability += (below * ways[start:stop] * np.exp(fixed + rest[-1] + weights[start:stop])).sum()
    return float(np.exp(fixed + observed)), float(min(probability, 1.0))


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


def _partial_tables(groups: np.ndarray, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the levels have left when these groups are filled, -sum(log x!) so far, and how many tables share both.

    Partial tables that agree in both are counted once (the idea of Mehta and Patel's network), and so are
    those that have the same left in another order of the levels, since only the counts matter to what follows.
    """
    log_factorial = gammaln(np.arange(levels.max() + 1) + 1)
    left, weights, ways = levels[None, :], np.zeros(1), np.ones(1)
    for group in groups:
        parts, size = [], 0
        for cells in _fillings(group, levels, len(left)):
            room = (left >= cells).all(axis=1)
            rest = np.sort(left[room] - cells, axis=1)
            parts.append((rest, weights[room] - log_factorial[cells].sum(), ways[room]))
            size += len(rest)
            if size > MOST_TABLES:
                parts, size = _fewer(parts)
        left, weights, ways = _merged(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))
    return left, weights, ways


def _fillings(group: int, levels: np.ndarray, partial_tables: int) -> np.ndarray:
    """All ways to spread a group over the levels (f, c). Raises TooLargeToEnumerate."""
    most = np.prod(np.sort(np.minimum(levels, group))[:-1] + 1.0)
    if most > MOST_FILLINGS:
        raise TooLargeToEnumerate
    fillings = np.array(list(compositions(int(group), levels)))
    if len(fillings) * partial_tables > MOST_FITS:
        raise TooLargeToEnumerate
    return fillings


def _fewer(parts: list) -> tuple[list, int]:
    """Partial tables merged early. Raises TooLargeToEnumerate where they remain too many."""
    merged = _merged(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))
    if len(merged[1]) > MOST_TABLES // 2:
        raise TooLargeToEnumerate
    return [merged], len(merged[1])


def _merged(left: np.ndarray, weights: np.ndarray, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Partial tables with the same remainder and the same weight (to 9 decimals) as one, their ways added."""
    keys = np.column_stack([np.rint(weights * 1e9).astype(np.int64), left]).T
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
