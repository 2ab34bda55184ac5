"""Samples that have a printed median and interquartile range, and solver variables that take them.

Quantiles follow SPSS's (n + 1)p rule, `weibull` in numpy: the paper used SPSS, and
several of its figures cannot arise under numpy's default.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from ortools.sat.python import cp_model

from reconstruction.published import Printed


@dataclass(frozen=True)
class Shape:
    """What median and IQR leave open: where a sample begins and ends, and its lower quartile."""

    smallest: float
    lower_quartile: float
    largest: float
    decimals: int = 3
    skewed: bool = False


def sample(n: int, median: Printed, iqr: Printed | None, shape: Shape) -> np.ndarray:
    """Ascending values of that shape with exactly the printed median and IQR.

    Evenly spread in probability, in a skewed shape on a logarithmic scale, between smallest,
    quartiles and largest; without a printed IQR only the median is met.
    """
    middle = float(median.value)
    knots = {0: shape.smallest, 2: middle, 4: shape.largest}
    if iqr:
        knots |= {1: shape.lower_quartile, 3: shape.lower_quartile + float(iqr.value)}
    quarters = sorted(knots)
    scale, back = (np.log, np.exp) if shape.skewed else (np.positive, np.positive)
    at = 4 * np.arange(1, n + 1) / (n + 1)
    values = back(np.interp(at, quarters, [scale(knots[q]) for q in quarters]))
    values = values.round(shape.decimals)
    for quarter in sorted(set(quarters) - {0, 4}):
        _meet_quantile(values, quarter, knots[quarter], shape.decimals)
    return values


def _meet_quantile(values: np.ndarray, quarter: int, quantile: float, decimals: int) -> None:
    """Move the neighbours of the quantile's position inwards, so that it comes out exactly."""
    rank, share = quantile_position(len(values), quarter)
    if not share:
        values[rank - 1] = quantile
        return
    below, above = quantile - values[rank - 1], values[rank] - quantile
    odds = float(share / (1 - share))
    values[rank - 1] = lower = round(quantile - min(below, above * odds), decimals)
    values[rank] = quantile + (quantile - lower) / odds


def quantile_position(n: int, quarter: int) -> tuple[int, Fraction]:
    """Rank below the quantile, and the share of the next one in it."""
    position = Fraction((n + 1) * quarter, 4)
    return floor(position), position - floor(position)


def deciding_ranks(n: int, iqr: Printed | None) -> dict[int, Fraction]:
    """Ranks on which median and IQR rest, with the share of the printed tolerance each may use."""
    share_of_quarter = {2: Fraction(1)}
    if iqr:
        share_of_quarter |= {1: Fraction(1, 2), 3: Fraction(1, 2)}
    ranks = {}
    for quarter, tolerance in share_of_quarter.items():
        rank, share = quantile_position(n, quarter)
        for deciding in [rank, rank + 1] if share else [rank]:
            ranks[deciding] = min(tolerance, ranks.get(deciding, tolerance))
    return ranks


def match_sample(
    model: cp_model.CpModel, variables: list, values: np.ndarray, unit: Fraction, median: Printed, iqr: Printed | None
) -> None:
    """Let the variables be spread like the sample; `unit` is how many of theirs make one printed.

    Values that decide median and IQR keep to the printed tolerance; every other one lies
    between its neighbours but one, so that values are not heaped.
    """
    half_width = min(figure.window()[1] - figure.value for figure in (median, iqr) if figure)
    deciding = deciding_ranks(len(values), iqr)
    for rank in range(1, len(values) + 1):
        centre = Fraction(float(values[rank - 1]))
        slack = deciding.get(rank, 0) * Fraction(half_width)
        low, high = centre - slack, centre + slack
        if rank not in deciding:
            low = Fraction(float(values[max(rank - 3, 0)]))
            high = Fraction(float(values[min(rank + 1, len(values) - 1)]))
        _rank_within(model, variables, rank, ceil(low * unit), floor(high * unit))


def _rank_within(model: cp_model.CpModel, variables: list, rank: int, low: int, high: int) -> None:
    """The value of that rank lies in the range: enough values reach neither side of it."""
    at_most, at_least = [], []
    for variable in variables:
        at_most.append(model.new_bool_var(""))
        at_least.append(model.new_bool_var(""))
        model.add(variable <= high).only_enforce_if(at_most[-1])
        model.add(variable >= low).only_enforce_if(at_least[-1])
    model.add(sum(at_most) >= rank)
    model.add(sum(at_least) >= len(variables) - rank + 1)
