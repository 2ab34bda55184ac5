"""Effect sizes with intervals that hold for small, tied and empty cells, each with the name of its variant."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from adreport.stats.tests import wilson

TINY = 1e-12
FARTHEST = 60.0  # log odds ratio


@dataclass(frozen=True)
class Effect:
    """An effect size with its interval; `method` names both. NaN where the data do not determine it."""

    method: str
    estimate: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")

    @property
    def statistics(self) -> dict[str, float]:
        """The effect by the names of the results contract."""
        return {"estimate": self.estimate, "conf.low": self.low, "conf.high": self.high}


def risk_difference(table: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """The first group's proportion minus the second's (Newcombe, Stat Med 1998;17:873, method 10).

    `table`: two groups down, event and no event across. The interval joins the two Wilson intervals
    and so keeps its width where both proportions are 0 or 1.
    """
    method = f"risk difference, Newcombe hybrid score interval, {confidence_level:.0%}"
    table = np.asarray(table)
    if not table.sum(axis=1).all():
        return Effect(method)
    rates = [wilson(int(row[0]), int(row.sum()), confidence_level) for row in table]
    return Effect(method, *hybrid_difference(*[(rate["p"], rate["conf.low"], rate["conf.high"]) for rate in rates]))


def hybrid_difference(first: tuple[float, ...], second: tuple[float, ...]) -> tuple[float, float, float]:
    """Difference of two estimates and its limits from theirs, each (estimate, low, high), taken as independent.

    The method of variance estimates recovery (Zou and Donner, Stat Med 2008;27:1693); with Wilson
    limits it is Newcombe's method 10.
    """
    (one, one_low, one_high), (two, two_low, two_high) = first, second
    difference = one - two
    low = difference - np.hypot(one - one_low, two_high - two)
    high = difference + np.hypot(one_high - one, two - two_low)
    return float(difference), float(low), float(high)


def odds_ratio(table: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """The conditional odds ratio with its exact interval (Fisher, J R Stat Soc 1935;98:39), as R's fisher.test.

    Not determined where one of the outcomes does not occur. SciPy's odds_ratio gives the same, but
    takes a second a table of some thousand courses.
    """
    method = f"conditional odds ratio, exact interval, {confidence_level:.0%}"
    table = np.asarray(table)
    if not (table.sum(axis=0).all() and table.sum(axis=1).all()):
        return Effect(method)
    first = int(table[0, 0])
    support = np.arange(max(0, table[:, 0].sum() - table[1].sum()), min(table[0].sum(), table[:, 0].sum()) + 1)
    chances = stats.hypergeom.logpmf(support, table.sum(), table[:, 0].sum(), table[0].sum())
    tail = (1 - confidence_level) / 2
    estimate = _log_odds(lambda weights: weights @ support - first, support, chances)
    low = _log_odds(lambda weights: weights[support >= first].sum() - tail, support, chances)
    high = _log_odds(lambda weights: tail - weights[support <= first].sum(), support, chances)
    if first == support[0]:
        estimate, low = -np.inf, -np.inf
    if first == support[-1]:
        estimate, high = np.inf, np.inf
    return Effect(method, *(float(np.exp(value)) for value in (estimate, low, high)))


def cliffs_delta(first: np.ndarray, second: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """How much oftener a value of `first` exceeds one of `second` than the reverse; the rank-biserial correlation.

    With theta = U/mn the interval holds the theta at which theta lies within z standard errors of the
    observed one (Newcombe, Stat Med 2006;25:559, method 5); delta is 2 theta - 1. Ties make it
    conservative. NaN are left out.
    """
    method = f"Cliff's delta, Newcombe interval, {confidence_level:.0%}"
    first, second = (np.asarray(sample, dtype=float) for sample in (first, second))
    first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    if not (len(first) and len(second)):
        return Effect(method)
    theta = stats.mannwhitneyu(first, second, method="asymptotic").statistic / (len(first) * len(second))
    z = stats.norm.isf((1 - confidence_level) / 2)

    def beyond(value: float) -> float:
        # Both sides over sqrt(theta (1-theta)): at theta = 1 the other root, of no width, is none then.
        errors = z * np.sqrt(_theta_factor(value, len(first), len(second)))
        return abs(theta - value) / np.sqrt(value * (1 - value)) - errors

    low = 0.0 if theta == 0 else optimize.brentq(beyond, TINY, min(theta, 1 - TINY))
    high = 1.0 if theta == 1 else optimize.brentq(beyond, max(theta, TINY), 1 - TINY)
    return Effect(method, *(float(2 * value - 1) for value in (theta, low, high)))


def cramers_v(table: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """Cramér's V with the interval of the noncentral chi-square (Smithson, Confidence Intervals 2003, ch. 4).

    No interval where the groups are more alike than chance makes them: it would be a single point.
    """
    method = f"Cramér's V, noncentral chi-square interval, {confidence_level:.0%}"
    table = np.asarray(table)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return Effect(method)
    result = stats.chi2_contingency(table, correction=False)
    tail = (1 - confidence_level) / 2
    largest = table.sum() * (min(table.shape) - 1)
    noncentralities = [_noncentrality(result.statistic, result.dof, probability) for probability in (1 - tail, tail)]
    estimate = float(np.sqrt(result.statistic / largest))
    if not noncentralities[1]:
        return Effect(method, estimate)
    # No noncentrality at all is independence; otherwise V is that of the statistic to be expected.
    limits = [np.sqrt((value + result.dof) / largest) if value else 0.0 for value in noncentralities]
    return Effect(method, estimate, *(float(min(limit, 1)) for limit in limits))


def spearman_rho(rho: float, n: int, confidence_level: float = 0.95) -> Effect:
    """Spearman's rho with the interval of Bonett and Wright (Psychometrika 2000;65:23); none at |rho| = 1 or n < 4."""
    method = f"Spearman's rho, Bonett-Wright interval, {confidence_level:.0%}"
    if np.isnan(rho) or n < 4 or abs(rho) >= 1 - 1e-12:
        return Effect(method, rho)
    half = stats.norm.isf((1 - confidence_level) / 2) * np.sqrt((1 + rho**2 / 2) / (n - 3))
    return Effect(method, rho, *(float(np.tanh(np.arctanh(rho) + side * half)) for side in (-1, 1)))


def _theta_factor(theta: float, first: int, second: int) -> float:
    """Hanley and McNeil's variance of U/mn over theta (1-theta), both group sizes in it taken as their mean."""
    others = (first + second) / 2 - 1
    return (1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (first * second)


def _noncentrality(statistic: float, freedom: float, probability: float) -> float:
    """The noncentrality at which chi-square stays below the statistic with this probability; 0 where none does."""
    if special.chndtr(statistic, freedom, 0) <= probability:
        return 0.0

    def excess(noncentrality: float) -> float:
        return special.chndtr(statistic, freedom, noncentrality) - probability

    return float(optimize.brentq(excess, 0, _above(excess, statistic + freedom + 1)))


def _above(excess: Callable[[float], float], start: float) -> float:
    """A number at which a falling function is below 0."""
    while excess(start) > 0:
        start *= 2
    return start


def _log_odds(excess: Callable[[np.ndarray], float], support: np.ndarray, chances: np.ndarray) -> float:
    """The log odds ratio at which a rising function of the noncentral hypergeometric weights is 0; NaN if none."""

    def at(log_odds: float) -> float:
        weights = np.exp(chances + log_odds * support - np.max(chances + log_odds * support))
        return excess(weights / weights.sum())

    ends = [-FARTHEST, FARTHEST]
    if at(ends[0]) > 0 or at(ends[1]) < 0:
        return np.nan
    return float(optimize.brentq(at, *ends, xtol=1e-12))
