"""How long courses last, from counts: Kaplan-Meier and, by the cause of the end, Aalen-Johansen.

Each is a few lines on counts per distinct day, so ties are exact. lifelines' Aalen-Johansen moves tied
times at random and counts competing ends as events of interest; R's `survival` is the reference here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

TOLERANCE = 1.5e-8  # survival of one half up to rounding, as in R (the root of the machine's precision)


@dataclass(frozen=True, eq=False)
class LifeTable:
    """Counts per distinct day. `days` (t,) ascending; `events` (t, c) by cause; `censored` (t,).

    On a day, ends come before censorings: a course censored on a day is at risk on it.
    """

    days: np.ndarray
    causes: tuple[str, ...]
    events: np.ndarray
    censored: np.ndarray

    @cached_property
    def at_risk(self) -> np.ndarray:
        """Courses at risk just before each day (t,)."""
        leaving = self.ended + self.censored
        return leaving[::-1].cumsum()[::-1]

    @cached_property
    def ended(self) -> np.ndarray:
        """Ends of any cause on each day (t,)."""
        return self.events.sum(axis=1)

    @cached_property
    def survival(self) -> np.ndarray:
        """Kaplan-Meier: the share that outlasts each day (t,)."""
        return np.cumprod(1 - self.ended / self.at_risk)

    @cached_property
    def incidence(self) -> np.ndarray:
        """Aalen-Johansen: the share that has ended for each cause by each day (t, c)."""
        before = np.append(1.0, self.survival[:-1])
        shares = np.cumsum((before / self.at_risk)[:, None] * self.events, axis=0)
        return np.minimum(shares, 1)  # sums of rounded shares can exceed it by the last digit

    def __len__(self) -> int:
        return int(self.at_risk[0]) if len(self.days) else 0

    def at_risk_on(self, day: float) -> int:
        """Courses at risk just before a day, observed or not."""
        later = self.days >= day
        return int(self.at_risk[later][0]) if later.any() else 0

    def until(self, day: float) -> int:
        """How many of the distinct days are not after `day`."""
        return int(np.searchsorted(self.days, day, side="right"))

    def reaches(self, day: float) -> bool:
        """Whether the curve is known on a day: somebody was followed so long, or each course had ended before."""
        return bool(len(self.days)) and (day <= self.days[-1] or not self.censored.any())

    def limits(self, confidence_level: float) -> np.ndarray:
        """Limits of survival on each day (t, 2): Greenwood's variance on the log scale, R's conf.type "log".

        NaN where nobody is left, since zero has no logarithm.
        """
        left = self.at_risk - self.ended
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(np.cumsum(self.ended / (self.at_risk * left)))
            return _log_limits(self.survival, error, confidence_level)

    def median(self, confidence_level: float) -> dict[str, float]:
        """The day by which half have ended, its limits where those of the curve cross one half; NaN if never."""
        lower, upper = self.limits(confidence_level).T
        days = [_crossing(self.days, curve) for curve in (self.survival, lower, upper)]
        return dict(zip(("median", "conf.low", "conf.high"), days, strict=True))

    def incidence_limits(self, day: float, confidence_level: float) -> np.ndarray:
        """Limits of the cumulative incidence by a day (c, 2), R's survfit: infinitesimal jackknife, log scale."""
        incidence = self.incidence[: self.until(day)]
        estimate = incidence[-1] if len(incidence) else np.zeros(len(self.causes))
        errors = np.array([self._jackknife_error(day, cause) for cause in range(len(self.causes))])
        with np.errstate(divide="ignore", invalid="ignore"):
            return _log_limits(estimate, errors / estimate, confidence_level)

    def merged(self, groups: Mapping[str, Sequence[str]]) -> "LifeTable":
        """The same with causes added up to groups; a cause in no group is dropped from the table's causes."""
        columns = [[self.causes.index(cause) for cause in causes if cause in self.causes] for causes in groups.values()]
        events = np.column_stack([self.events[:, column].sum(axis=1) for column in columns])
        return LifeTable(self.days, tuple(groups), events, self.censored)

    def _jackknife_error(self, day: float, cause: int) -> float:
        """The root of the sum, over courses, of the squared derivative of the incidence by the course's weight.

        Courses with the same day and end share their derivative, so it is summed over counts.
        """
        known = self.until(day)
        at_risk, ended, events = self.at_risk[:known], self.ended[:known], self.events[:known]
        before, left = np.append(1.0, self.survival[:-1])[:known], at_risk - ended
        incidence = self.incidence[:known, cause]
        to_come = np.divide((incidence[-1:] - incidence) * at_risk, left, out=np.zeros(known), where=left > 0)
        staying = np.cumsum((before * events[:, cause] - ended * to_come) / at_risk**2)
        ending = (before[:, None] * (np.arange(len(self.causes)) == cause) - to_come[:, None]) / at_risk[:, None]
        outlasting = len(self) - (ended + self.censored[:known]).sum()
        squares = (events * (ending - staying[:, None]) ** 2).sum() + (self.censored[:known] * staying**2).sum()
        return float(np.sqrt(squares + outlasting * (staying[-1] if known else 0) ** 2))


def life_table(days: np.ndarray, ends: Sequence[str], causes: Sequence[str]) -> LifeTable:
    """Courses counted by day and cause of their end; `ends` that are none of `causes` are censored."""
    distinct, row = np.unique(np.asarray(days, dtype=float), return_inverse=True)
    column = pd.Index([*causes]).get_indexer(pd.Index(ends))
    counts = np.zeros((len(distinct), len(causes) + 1), dtype=int)
    np.add.at(counts, (row, column), 1)  # column -1, the last, is censoring
    return LifeTable(distinct, tuple(causes), counts[:, :-1], counts[:, -1])


def _log_limits(estimate: np.ndarray, relative_error: np.ndarray, confidence_level: float) -> np.ndarray:
    reach = np.exp(stats.norm.isf((1 - confidence_level) / 2) * relative_error)
    limits = np.column_stack([estimate / reach, np.minimum(estimate * reach, 1)])
    return np.where((estimate > 0)[:, None], limits, np.nan)


def _crossing(days: np.ndarray, curve: np.ndarray) -> float:
    """The first day on which a curve is at most one half; the middle of the step where it is just that (R)."""
    below = np.flatnonzero(curve <= 0.5 + TOLERANCE)  # false for NaN
    if not len(below):
        return float("nan")
    first = below[0]
    lower = below[curve[below] < curve[first]]
    if abs(curve[first] - 0.5) < TOLERANCE and len(lower):
        return float(days[first] + days[lower[0]]) / 2
    return float(days[first])
