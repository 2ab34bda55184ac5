"""Intervals from resampled patients: a patient's courses stay together, as they came about together."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from adreport.stats.effects import Effect, hybrid_difference
from adreport.stats.tests import SEED

RESAMPLES = 5_000
MANY_PATIENTS, RESAMPLES_OF_MANY = 1_000, 2_000
FEWEST_PATIENTS = 10  # with a course of the treatment; resamples of fewer give intervals that are far too short
NO_BOOTSTRAP = "no bootstrap, "
EQUAL = f"{NO_BOOTSTRAP}the rate being the same in every patient"  # all its resamples would have it
FEW = f"{NO_BOOTSTRAP}fewer than {FEWEST_PATIENTS} patients having a course"


@dataclass(frozen=True)
class ClusterBootstrap:
    """Rates of treatments in resamples of patients.

    `courses`, `events`: counts, patients down and treatments across. `draws`: resamples down,
    treatments across, NaN where a treatment does not occur in a resample.
    """

    courses: np.ndarray
    events: np.ndarray
    draws: np.ndarray
    confidence_level: float

    def rate(self, treatment: int) -> Effect:
        """A treatment's rate; with few patients, or the same rate in all, the interval of Korn and Graubard."""
        rate = self.events[:, treatment].sum() / self.courses[:, treatment].sum()
        patients = int((self.courses[:, treatment] > 0).sum())
        if reason := self._no_bootstrap(treatment):
            limits = korn_graubard(rate, patients, self.confidence_level)
            how = f"exact interval with patients as sample size (Korn-Graubard), {self.confidence_level:.0%}"
            return Effect(f"{how}; {reason}", rate, *limits)
        return Effect(self._method(self.draws[:, treatment]), rate, *self._limits(self.draws[:, treatment]))

    def difference(self, first: int, second: int) -> Effect:
        """The first rate minus the second; the hybrid of their intervals where one has no bootstrap."""
        rates = [self.rate(treatment) for treatment in (first, second)]
        reasons = list(dict.fromkeys(filter(None, map(self._no_bootstrap, (first, second)))))
        if reasons:
            values = hybrid_difference(*[(rate.estimate, rate.low, rate.high) for rate in rates])
            how = f"hybrid (MOVER) of the two rates' patient-level intervals, {self.confidence_level:.0%}"
            return Effect(f"{how}; of a treatment {'; '.join(reasons)}", *values)
        draws = self.draws[:, first] - self.draws[:, second]
        return Effect(self._method(draws), rates[0].estimate - rates[1].estimate, *self._limits(draws))

    def _no_bootstrap(self, treatment: int) -> str:
        """Why resampled patients say nothing on a treatment's rate; "" where they do."""
        own = self.courses[:, treatment] > 0
        if own.sum() < FEWEST_PATIENTS:
            return FEW
        rates = self.events[own, treatment] / self.courses[own, treatment]
        return EQUAL if np.ptp(rates) < 1e-12 else ""

    def _limits(self, draws: np.ndarray) -> tuple[float, float]:
        tail = (1 - self.confidence_level) / 2
        low, high = np.quantile(draws[~np.isnan(draws)], [tail, 1 - tail])
        return float(low), float(high)

    def _method(self, draws: np.ndarray) -> str:
        usable = int((~np.isnan(draws)).sum())
        left = "" if usable == len(draws) else f", {usable:,} of them with the treatment"
        resamples = f"{len(draws):,} resamples of {len(self.courses):,} patients, seed {SEED}{left}"
        return f"patient-cluster bootstrap, percentile, {self.confidence_level:.0%} ({resamples})"


def cluster_bootstrap(courses: np.ndarray, events: np.ndarray, confidence_level: float = 0.95) -> ClusterBootstrap:
    """Resample patients (down; treatments across) with replacement.

    Patients with the same counts are interchangeable, so that how often each kind is drawn is one
    multinomial; the order and the names of the patients do not matter.
    """
    number = RESAMPLES_OF_MANY if len(courses) > MANY_PATIENTS else RESAMPLES
    if not len(courses):
        return ClusterBootstrap(courses, events, np.full((number, courses.shape[1]), np.nan), confidence_level)
    kinds, patients = np.unique(np.column_stack([courses, events]), axis=0, return_counts=True)
    weights = np.random.default_rng(SEED).multinomial(len(courses), patients / len(courses), number).astype(float)
    totals, happened = weights @ kinds[:, : courses.shape[1]], weights @ kinds[:, courses.shape[1] :]
    draws = np.divide(happened, totals, out=np.full(totals.shape, np.nan), where=totals > 0)
    return ClusterBootstrap(courses, events, draws, confidence_level)


def korn_graubard(rate: float, size: float, confidence_level: float = 0.95) -> tuple[float, float]:
    """The Clopper-Pearson interval of a rate at an effective sample size (Korn and Graubard 1998).

    With patients for size it takes all courses of a patient as one observation: the widest that
    repeated courses can make it.
    """
    tail = (1 - confidence_level) / 2
    events = rate * size
    low = stats.beta.ppf(tail, events, size - events + 1) if events > 0 else 0.0
    high = stats.beta.isf(tail, events + 1, size - events) if events < size else 1.0
    return float(low), float(high)
