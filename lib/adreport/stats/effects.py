"""Estimates with intervals that hold for small, tied and empty cells, each with the name of its variant."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from scipy import optimize, special, stats

from adreport.stats.tests import without_empty, without_nan

TINY = 1e-12
FARTHEST = 60.0  # log odds ratio

Measure = Literal[
    "proportion", "rate", "median", "survival", "cumulative incidence",
    "risk difference", "odds ratio", "Cliff's delta", "Cramér's V", "Spearman's rho",
]  # fmt: skip
STATISTIC = {"proportion": "p", "rate": "rate", "median": "median"}  # of the results contract; else "estimate"


@dataclass(frozen=True)
class Effect:
    """An estimate with its interval: `measure` says what is estimated, `method` how, `note` what else is to be said.

    NaN where the data do not determine it.
    """

    measure: Measure
    method: str
    estimate: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    note: str = ""

    @property
    def statistics(self) -> dict[str, float]:
        """The estimate by the names of the results contract."""
        return {STATISTIC.get(self.measure, "estimate"): self.estimate, "conf.low": self.low, "conf.high": self.high}

    @property
    def limits(self) -> dict[str, float]:
        """The limits alone, by the names of the results contract."""
        return {"conf.low": self.low, "conf.high": self.high}


@dataclass(frozen=True)
class Proportion(Effect):
    """A proportion with its counts."""

    events: int = 0
    total: int = 0

    @property
    def statistics(self) -> dict[str, float]:
        """Counts and proportion by the names of the results contract."""
        return {"n": self.events, "N": self.total} | super().statistics


def level_in_words(confidence_level: float) -> str:
    """A confidence level as it is said, at all of its digits: 95%, 97.5%, 99.9%."""
    return f"{100 * confidence_level:.10g}%"


def wilson(events: int, total: int, confidence_level: float = 0.95) -> Proportion:
    """A proportion with its Wilson score interval (Wilson 1927; Newcombe 1998, method 3)."""
    return _proportion(events, total, confidence_level, "Wilson")


def clopper_pearson(events: int, total: int, confidence_level: float = 0.95) -> Proportion:
    """A proportion with its exact interval (Clopper and Pearson, Biometrika 1934;26:404)."""
    return _proportion(events, total, confidence_level, "Clopper-Pearson")


@cache
def _proportion(events: int, total: int, confidence_level: float, name: str) -> Proportion:
    """Remembered, since a dragged slider asks for the same few again and again."""
    method, values = f"{name} interval, {level_in_words(confidence_level)}", ()
    if total:
        kind = {"Wilson": "wilson", "Clopper-Pearson": "exact"}[name]
        limits = stats.binomtest(events, total).proportion_ci(confidence_level, method=kind)
        values = (events / total, float(limits.low), float(limits.high))
    return Proportion("proportion", method, *values, events=events, total=total)


def poisson_rate(events: int, time: float, per: float = 100, confidence_level: float = 0.95) -> Effect:
    """A rate per `per` units of time with the exact interval of Garwood (Biometrika 1936;28:437)."""
    method = f"exact Poisson interval, {level_in_words(confidence_level)}"
    if not time > 0:
        return Effect("rate", method)
    tail = (1 - confidence_level) / 2
    low = stats.chi2.ppf(tail, 2 * events) / 2 if events else 0.0
    high = stats.chi2.isf(tail, 2 * events + 2) / 2
    return Effect("rate", method, *(float(per * number / time) for number in (events, low, high)))


def korn_graubard(rate: float, size: float, confidence_level: float = 0.95) -> Effect:
    """A proportion with the Clopper-Pearson interval at an effective sample size (Korn and Graubard 1998).

    With the number of patients for `size`, a patient's courses count as one observation: the widest
    interval that repeated courses can call for.
    """
    method = f"exact interval with patients as sample size (Korn-Graubard), {level_in_words(confidence_level)}"
    tail = (1 - confidence_level) / 2
    events = rate * size
    low = stats.beta.ppf(tail, events, size - events + 1) if events > 0 else 0.0
    high = stats.beta.isf(tail, events + 1, size - events) if events < size else 1.0
    return Effect("proportion", method, float(rate), float(low), float(high))


def risk_difference(table: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """The first group's proportion minus the second's (Newcombe, Stat Med 1998;17:873, method 10).

    `table`: two groups down, event and no event across. The interval joins the two Wilson intervals
    and so keeps its width where both proportions are 0 or 1.
    """
    method = f"risk difference, Newcombe hybrid score interval, {level_in_words(confidence_level)}"
    table = np.asarray(table)
    if not table.sum(axis=1).all():
        return Effect("risk difference", method)
    return hybrid_difference(*(wilson(int(row[0]), int(row.sum()), confidence_level) for row in table), method)


def hybrid_difference(first: Effect, second: Effect, method: str, note: str = "") -> Effect:
    """The difference of two proportions, taken as independent, with limits from theirs.

    The method of variance estimates recovery (Zou and Donner, Stat Med 2008;27:1693); with Wilson
    limits it is Newcombe's method 10.
    """
    difference = first.estimate - second.estimate
    low = difference - np.hypot(first.estimate - first.low, second.high - second.estimate)
    high = difference + np.hypot(first.high - first.estimate, second.estimate - second.low)
    return Effect("risk difference", method, float(difference), float(low), float(high), note)


def odds_ratio(table: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """The conditional odds ratio with its exact interval (Fisher, J R Stat Soc 1935;98:39), as R's fisher.test.

    Not determined where one of the outcomes does not occur. SciPy's odds_ratio gives the same, but takes
    a second for a table of some thousand courses.
    """
    method = f"conditional odds ratio, exact interval, {level_in_words(confidence_level)}"
    table = np.asarray(table)
    if not (table.sum(axis=0).all() and table.sum(axis=1).all()):
        return Effect("odds ratio", method)
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
    return Effect("odds ratio", method, *(float(np.exp(value)) for value in (estimate, low, high)))


def cliffs_delta(first: np.ndarray, second: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """How much more often a value of `first` exceeds one of `second` than the reverse (rank-biserial correlation).

    With theta = U/mn, the interval holds every theta that lies within z of its standard errors from the
    observed one (Newcombe, Stat Med 2006;25:559, method 5); delta is 2 theta - 1. Ties make it
    conservative. NaN are left out.
    """
    method = f"Cliff's delta, Newcombe interval, {level_in_words(confidence_level)}"
    first, second = without_nan(first), without_nan(second)
    if not (len(first) and len(second)):
        return Effect("Cliff's delta", method)
    theta = stats.mannwhitneyu(first, second, method="asymptotic").statistic / (len(first) * len(second))
    z = stats.norm.isf((1 - confidence_level) / 2)

    def beyond(value: float) -> float:
        # Divided by sqrt(theta (1-theta)), so that the interval of no width at theta = 1 is no root.
        errors = z * np.sqrt(_theta_factor(value, len(first), len(second)))
        return abs(theta - value) / np.sqrt(value * (1 - value)) - errors

    low = 0.0 if theta == 0 else optimize.brentq(beyond, TINY, min(theta, 1 - TINY))
    high = 1.0 if theta == 1 else optimize.brentq(beyond, max(theta, TINY), 1 - TINY)
    return Effect("Cliff's delta", method, *(float(2 * value - 1) for value in (theta, low, high)))


def cramers_v(table: np.ndarray, confidence_level: float = 0.95) -> Effect:
    """Cramér's V with the interval of the noncentral chi-square (Smithson, Confidence Intervals 2003, ch. 4).

    No interval where the groups are more alike than chance would make them: it would be a single point.
    """
    method = f"Cramér's V, noncentral chi-square interval, {level_in_words(confidence_level)}"
    table = without_empty(table)
    if min(table.shape, default=0) < 2:
        return Effect("Cramér's V", method)
    result = stats.chi2_contingency(table, correction=False)
    tail = (1 - confidence_level) / 2
    largest = table.sum() * (min(table.shape) - 1)
    noncentralities = [_noncentrality(result.statistic, result.dof, probability) for probability in (1 - tail, tail)]
    estimate = float(np.sqrt(result.statistic / largest))
    if not noncentralities[1]:
        return Effect("Cramér's V", method, estimate)
    # Zero noncentrality is independence; otherwise V is that of the expected statistic.
    limits = [np.sqrt((value + result.dof) / largest) if value else 0.0 for value in noncentralities]
    return Effect("Cramér's V", method, estimate, *(float(min(limit, 1)) for limit in limits))


def spearman_rho(rho: float, n: int, confidence_level: float = 0.95) -> Effect:
    """Spearman's rho with the interval of Bonett and Wright (Psychometrika 2000;65:23); none at |rho| = 1 or n < 4."""
    method = f"Spearman's rho, Bonett-Wright interval, {level_in_words(confidence_level)}"
    if np.isnan(rho) or n < 4 or abs(rho) >= 1 - TINY:
        return Effect("Spearman's rho", method, rho)
    half = stats.norm.isf((1 - confidence_level) / 2) * np.sqrt((1 + rho**2 / 2) / (n - 3))
    return Effect("Spearman's rho", method, rho, *(float(np.tanh(np.arctanh(rho) + side * half)) for side in (-1, 1)))


def _theta_factor(theta: float, first: int, second: int) -> float:
    """Hanley and McNeil's variance of U/mn over theta (1-theta), with the mean of the group sizes for both."""
    others = (first + second) / 2 - 1
    return (1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (first * second)


def _noncentrality(statistic: float, freedom: float, probability: float) -> float:
    """The noncentrality at which chi-square stays below the statistic with this probability; 0 where there is none."""
    if special.chndtr(statistic, freedom, 0) <= probability:
        return 0.0

    def excess(noncentrality: float) -> float:
        return special.chndtr(statistic, freedom, noncentrality) - probability

    highest = statistic + freedom + 1
    while excess(highest) > 0:
        highest *= 2
    return float(optimize.brentq(excess, 0, highest))


def _log_odds(excess: Callable[[np.ndarray], float], support: np.ndarray, chances: np.ndarray) -> float:
    """The log odds ratio at which a rising function of the noncentral hypergeometric weights is 0; NaN if none."""

    def at(log_odds: float) -> float:
        weights = np.exp(chances + log_odds * support - np.max(chances + log_odds * support))
        return excess(weights / weights.sum())

    ends = [-FARTHEST, FARTHEST]
    if at(ends[0]) > 0 or at(ends[1]) < 0:
        return np.nan
    return float(optimize.brentq(at, *ends, xtol=1e-12))
