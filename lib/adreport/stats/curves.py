"""How long courses last, from counts: Kaplan-Meier, Aalen-Johansen by the cause of the end, the log-rank test.

Each is a few lines on counts per distinct day, so ties are exact. lifelines' Aalen-Johansen moves tied
times at random and counts competing ends as events of interest; R's `survival` is the reference here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from adreport.stats.effects import Effect, level_in_words
from adreport.stats.tests import QuadraticForm, TestResult, not_tested

NONE_DIFFER = "fewer than two treatments with courses of known duration, or none ended"
LOG, LOG_LOG = "log", "log-log"  # scales of the limits of survival
TOLERANCE = 1.5e-8  # what counts as one half, as in R (square root of the machine's precision)


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
        """Whether the curve is known on a day: a course was followed that long, or the curve has reached zero.

        It has where the longest course ended, even if shorter ones were censored (R's summary with extend=TRUE).
        """
        return bool(len(self.days)) and (day <= self.days[-1] or not self.censored[-1])

    def limits(self, confidence_level: float, scale: str = LOG) -> np.ndarray:
        """Limits of survival on each day (t, 2): Greenwood's variance on the log or log-log scale, R's conf.type.

        NaN where nobody is left, since zero has no logarithm.
        """
        left = self.at_risk - self.ended
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(np.cumsum(self.ended / self.at_risk / left))
            return SCALES[scale](self.survival, error, confidence_level)

    def median(self, confidence_level: float, scale: str = LOG) -> Effect:
        """The day by which half have ended, its limits where those of the curve cross one half; NaN if never."""
        curves = (self.survival, *self.limits(confidence_level, scale).T)
        method = _kaplan_meier(confidence_level, scale)
        return Effect("median", method, *(_crossing(self.days, curve) for curve in curves))

    def survival_on(self, day: float, confidence_level: float, scale: str = LOG) -> Effect:
        """The share that outlasts a day; NaN where the curve does not reach it."""
        method, last = _kaplan_meier(confidence_level, scale), self.until(day) - 1
        if not self.reaches(day):
            return Effect("survival", method)
        if last < 0:
            return Effect("survival", method, 1.0, 1.0, 1.0)
        limits = self.limits(confidence_level, scale)[last].tolist()
        return Effect("survival", method, float(self.survival[last]), *limits)

    def incidence_on(self, day: float, confidence_level: float) -> list[Effect]:
        """For each cause, the share that has ended for it by a day; NaN where the curve does not reach it.

        The limits are those of R's survfit: infinitesimal jackknife, log scale.
        """
        method = f"Aalen-Johansen, infinitesimal jackknife, log, {level_in_words(confidence_level)}"
        if not self.reaches(day):
            return [Effect("cumulative incidence", method) for _ in self.causes]
        estimates = self.incidence[self.until(day) - 1] if self.until(day) else np.zeros(len(self.causes))
        errors = np.array([self._jackknife_error(day, cause) for cause in range(len(self.causes))])
        with np.errstate(divide="ignore", invalid="ignore"):
            limits = _log_limits(estimates, errors / estimates, confidence_level)
        rows = np.column_stack([estimates, limits]).tolist()
        return [Effect("cumulative incidence", method, *row) for row in rows]

    def reversed(self) -> "LifeTable":
        """The same with ends and censorings exchanged: its median is how long courses were followed.

        The reverse Kaplan-Meier method (Schemper and Smith, Control Clin Trials 1996;17:343), in R the survfit of
        Surv(days, !ended).
        """
        return LifeTable(self.days, ("censored",), self.censored[:, None], self.ended)

    def merged(self, groups: Mapping[str, Sequence[str]]) -> "LifeTable":
        """The same with causes added up to groups.

        Raises ValueError for a cause that is in no group or in several: its ends would be lost, or counted twice.
        """
        grouped = [cause for causes in groups.values() for cause in causes]
        if wrong := [cause for cause in self.causes if grouped.count(cause) != 1]:
            raise ValueError(f"not in exactly one group of causes: {', '.join(map(str, wrong))}")
        columns = [np.isin(self.causes, list(causes)) for causes in groups.values()]
        return LifeTable(self.days, tuple(groups), self.events @ np.array(columns, dtype=int).T, self.censored)

    def _jackknife_error(self, day: float, cause: int) -> float:
        """The root of the sum, over courses, of the squared derivative of the incidence by the course's weight.

        Courses with the same day and end have the same derivative, so the sum is over counts.
        """
        past = self.until(day)
        at_risk, ended, events = self.at_risk[:past], self.ended[:past], self.events[:past]
        before, left = np.append(1.0, self.survival[:-1])[:past], at_risk - ended
        incidence = self.incidence[:past, cause]
        to_come = np.divide((incidence[-1:] - incidence) * at_risk, left, out=np.zeros(past), where=left > 0)
        staying = np.cumsum((before * events[:, cause] - ended * to_come) / at_risk**2.0)
        ending = (before[:, None] * (np.arange(len(self.causes)) == cause) - to_come[:, None]) / at_risk[:, None]
        outlasting = len(self) - (ended + self.censored[:past]).sum()
        squares = (events * (ending - staying[:, None]) ** 2).sum() + (self.censored[:past] * staying**2).sum()
        return float(np.sqrt(squares + outlasting * (staying[-1] if past else 0) ** 2))


def life_table(days: np.ndarray, ends: Sequence[str], causes: Sequence[str]) -> LifeTable:
    """Courses counted by day and cause of their end; `ends` that are none of `causes` are censored."""
    distinct, row = np.unique(np.asarray(days, dtype=float), return_inverse=True)
    column = pd.Index([*causes]).get_indexer(pd.Index(ends))
    counts = np.zeros((len(distinct), len(causes) + 1), dtype=int)
    np.add.at(counts, (row, column), 1)  # column -1, the last, is censoring
    return LifeTable(distinct, tuple(causes), counts[:, :-1], counts[:, -1])


def log_rank(tables: Sequence[LifeTable]) -> TestResult:
    """The log-rank test (Mantel 1966) with the hypergeometric variance of tied ends, as R's survdiff.

    `tables`: one for each treatment. It takes courses as independent. Degrees of freedom: treatments
    with any expected end, less one.
    """
    n = sum(map(len, tables))
    if not n:
        return not_tested(NONE_DIFFER, n)
    days = np.unique(np.concatenate([table.days for table in tables]))
    at_risk, ended = (np.array(counts) for counts in zip(*(_on(table, days) for table in tables), strict=True))
    total, ends = at_risk.sum(axis=0), ended.sum(axis=0)
    share = at_risk / total
    spread = share * ends * np.divide(total - ends, total - 1, out=np.zeros(len(days)), where=total > 1)
    expected = (share * ends).sum(axis=1)
    covariance = np.diag(spread.sum(axis=1)) - spread @ share.T
    occurring = expected > 0
    form = QuadraticForm(expected[occurring], covariance[np.ix_(occurring, occurring)])
    return form.chi_square("log-rank", n, ended.sum(axis=1)[occurring]) if form.rank else not_tested(NONE_DIFFER, n)


def _on(table: LifeTable, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At risk and ended on each of the pooled days (t,), (t,)."""
    at_risk = np.append(table.at_risk, 0)[np.searchsorted(table.days, days)]
    ended = np.zeros(len(days), dtype=int)
    ended[np.searchsorted(days, table.days)] = table.ended
    return at_risk, ended


def log_rank_scores(days: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """For each course the end (1 or 0) less the Nelson-Aalen estimate on its day: (n,), (n,) to (n,)."""
    distinct, row = np.unique(days, return_inverse=True)
    ends, leaving = np.bincount(row, weights=ended), np.bincount(row)
    return ended - np.cumsum(ends / leaving[::-1].cumsum()[::-1])[row]


def _kaplan_meier(confidence_level: float, scale: str) -> str:
    return f"Kaplan-Meier, Greenwood, {scale}, {level_in_words(confidence_level)}"


def _log_limits(estimate: np.ndarray, relative_error: np.ndarray, confidence_level: float) -> np.ndarray:
    reach = np.exp(stats.norm.isf((1 - confidence_level) / 2) * relative_error)
    limits = np.column_stack([estimate / reach, np.minimum(estimate * reach, 1)])
    return np.where((estimate > 0)[:, None], limits, np.nan)


def _log_log_limits(estimate: np.ndarray, relative_error: np.ndarray, confidence_level: float) -> np.ndarray:
    """Limits that stay between 0 and 1 and are wide below as well as above where few courses are left.

    Borgan and Liestøl, Scand J Stat 1990;17:35; R's conf.type "log-log", whose limits of 1 are 1.
    """
    reach = np.exp(stats.norm.isf((1 - confidence_level) / 2) * relative_error / -np.log(estimate))
    limits = np.column_stack([estimate**reach, estimate ** (1 / reach)])
    limits = np.where((estimate == 1)[:, None], 1.0, limits)
    return np.where((estimate > 0)[:, None], limits, np.nan)


SCALES = {LOG: _log_limits, LOG_LOG: _log_log_limits}


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
