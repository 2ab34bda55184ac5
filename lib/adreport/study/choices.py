"""What each filter can be set to in a study: the levels, or the numbers, that occur in it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from adreport.study import dictionary
from adreport.study.filters import Bound, Filter, grouped, typed
from adreport.study.model import Study


@dataclass(frozen=True)
class Choice:
    """What a control offers: it stands for one filter, or for both limits of a number.

    `filters`: the lower limit before the upper one. `values`: of the filtered column, one a course. `levels`: the codes
    among which one chooses. `options`: what a filter can be set to, and its label. `low`, `high`: the whole numbers
    around all values. There are levels and options, or limits.
    """

    filters: tuple[Filter, ...]
    values: pd.Series
    options: Mapping[str, str]
    levels: tuple[str, ...] = ()
    low: int = 0
    high: int = 0

    @property
    def bound(self) -> Bound:
        """How the filter restricts its column."""
        return self.filters[0].bound

    @property
    def title(self) -> str:
        """What is filtered, with its unit."""
        title, unit = self.filters[0].title, self.filters[0].unit
        return f"{title} ({unit})" if unit else title

    @property
    def ends(self) -> list[int]:
        """The limits that filter nothing, one a filter."""
        return [self.low if one.bound == Bound.AT_LEAST else self.high for one in self.filters]

    @property
    def codes(self) -> pd.Series:
        """Of each course the place of its value among the levels, -1 where it is unknown.

        Of a number twice its whole part, and one more where there is a fraction: no more is needed, or given away, to
        tell on which side of a whole number it lies.
        """
        return half_units(self.values) if self.filters[0].is_number else _places(self.values, self.levels)


def choices(study: Study) -> list[Choice]:
    """A choice for each filter, in the order of `Filters`, save where a study leaves nothing to choose."""
    courses = study.with_patients()
    offered = [_choice(group, courses[group[0].column], study) for group in grouped() if group[0].column in courses]
    return [one for one in offered if len(one.options) > 1 or one.low < one.high]


def half_units(numbers: pd.Series) -> pd.Series:
    """2k for a whole number k, 2k + 1 between k and k + 1; -1 if unknown."""
    whole = numbers.astype(float) // 1
    return (2 * whole + (numbers > whole)).fillna(-1).astype(int)


def _choice(group: tuple[Filter, ...], values: pd.Series, study: Study) -> Choice:
    first = group[0]
    if first.is_number:
        limits, known = tuple(sorted(group, key=lambda one: one.bound == Bound.AT_MOST)), values.dropna()
        around = {"low": math.floor(known.min()), "high": math.ceil(known.max())} if len(known) else {}
        return Choice(limits, values, {}, **around)
    if first.bound == Bound.DEFINITION:
        return Choice(group, values, {name: label for name, (label, _) in study.response.definitions.items()})
    levels = _levels(first.column, values)
    options = {typed(first, level): dictionary.level_label(first.column, level) for level in levels}
    if first.bound == Bound.EQUALS:
        options = {"": "both" if len(levels) == 2 else "any"} | {code: label.lower() for code, label in options.items()}
    return Choice(group, values, options if len(levels) > 1 else {}, levels)


def _levels(column: str, values: pd.Series) -> tuple[str, ...]:
    """The levels that occur, in the order of the dictionary."""
    order = [*dictionary.treatments(), *dictionary.levels(column)]
    return tuple(sorted(map(str, values.dropna().unique()), key=order.index))


def _places(values: pd.Series, levels: tuple[str, ...]) -> pd.Series:
    return values.astype(object).map({level: place for place, level in enumerate(levels)}).fillna(-1).astype(int)
