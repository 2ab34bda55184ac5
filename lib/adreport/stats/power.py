"""What so few courses could have shown: the smallest difference that a test would probably have detected."""

import math
from functools import cache

import numpy as np
from scipy import optimize, stats

from adreport.stats.tests import SIGNIFICANT

ALPHA = SIGNIFICANT
POWER = 0.8
MOST_TABLES = 10_000  # 2x2 tables of two groups, all of which are tested
NAME = f"smallest difference with {POWER:.0%} power, two-sided {ALPHA:.0%}"
RELATIVE_TOLERANCE = 1e-7  # tables as likely as the observed one up to rounding count as such (as in R)


def detectable_difference(first: int, second: int, rate: float) -> tuple[float, str]:
    """The smallest difference from `rate`, that of `second` courses, that `first` courses detect with 80% power.

    Two-sided Fisher's exact test at 5%, its power computed from both binomial distributions; in
    groups too large for that, Cohen's arcsine approximation (Statistical Power Analysis 1988, ch. 6).
    The smaller of the differences up and down. NaN where not even rates of 0 and 1 would be detected.
    """
    if (first + 1) * (second + 1) > MOST_TABLES:
        return _arcsine_difference(first, second, rate), f"{NAME}, arcsine approximation"
    rejected = rejections(first, second)
    differences = [_smallest(rejected, rate, end) for end in (0.0, 1.0)]
    return float(np.fmin(*differences)), f"{NAME}, Fisher exact"


@cache
def rejections(first: int, second: int) -> np.ndarray:
    """Whether Fisher's exact test rejects at 5%: events of the first group down, of the second across."""
    rejected = np.zeros((first + 1, second + 1), dtype=bool)
    for events in range(first + second + 1):
        here = np.arange(max(0, events - second), min(first, events) + 1)
        probabilities = stats.hypergeom.pmf(here, first + second, events, first)
        order = np.argsort(probabilities)
        ascending = probabilities[order]
        last = np.searchsorted(ascending, ascending * (1 + RELATIVE_TOLERANCE), side="right") - 1
        rejected[here[order], events - here[order]] = np.cumsum(ascending)[last] <= ALPHA
    return rejected


def power(rejected: np.ndarray, first_rate: float, second_rate: float) -> float:
    """The probability of a rejection when the groups have these rates."""
    first, second = (size - 1 for size in rejected.shape)
    weights = stats.binom.pmf(np.arange(first + 1), first, first_rate)
    return float(weights @ rejected @ stats.binom.pmf(np.arange(second + 1), second, second_rate))


def _smallest(rejected: np.ndarray, rate: float, end: float) -> float:
    if rate == end or power(rejected, end, rate) < POWER:
        return math.nan
    limit = optimize.brentq(lambda other: power(rejected, other, rate) - POWER, rate, end)
    return abs(limit - rate)


def _arcsine_difference(first: int, second: int, rate: float) -> float:
    effect = (stats.norm.isf(ALPHA / 2) + stats.norm.ppf(POWER)) * math.sqrt(1 / first + 1 / second)
    angle = 2 * math.asin(math.sqrt(rate))
    others = [math.sin(side / 2) ** 2 for side in (angle - effect, angle + effect) if 0 <= side <= math.pi]
    return min((abs(other - rate) for other in others), default=math.nan)
