"""Intervals from resampled patients: the courses of a patient are drawn together, as they are not independent."""

from dataclasses import dataclass, replace

import numpy as np

from adreport.stats.effects import (
    Effect,
    Measure,
    hybrid_difference,
    korn_graubard,
    level_in_words,
    risk_difference,
    wilson,
)
from adreport.stats.tests import SEED

RESAMPLES = 5_000
MANY_PATIENTS, RESAMPLES_OF_MANY = 1_000, 2_000
FEWEST_RESAMPLED = 10  # with a course of the treatment; resamples of fewer give intervals that are far too short
NO_BOOTSTRAP = "no bootstrap, "
EQUAL = f"{NO_BOOTSTRAP}the rate being the same in every patient"  # and so in every resample
FEW = f"{NO_BOOTSTRAP}fewer than {FEWEST_RESAMPLED} patients having a course"


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
        """A treatment's rate.

        The interval is Wilson's where no patient had the treatment twice; with few patients, or the same rate in all,
        that of Korn and Graubard.
        """
        courses = self.courses[:, treatment]
        if not self._repeated([treatment]):
            return wilson(int(self.events[:, treatment].sum()), int(courses.sum()), self.confidence_level)
        rate = self.events[:, treatment].sum() / courses.sum()
        if reason := self._no_bootstrap(treatment):
            return replace(korn_graubard(rate, int((courses > 0).sum()), self.confidence_level), note=reason)
        return self._percentiles("proportion", rate, self.draws[:, treatment])

    def difference(self, first: int, second: int) -> Effect:
        """The first rate minus the second.

        Newcombe's where no patient had more than one course of the two; the hybrid of the two rates' intervals
        where one has no bootstrap.
        """
        pair = [first, second]
        if not self._repeated(pair):
            courses, events = self.courses[:, pair].sum(axis=0), self.events[:, pair].sum(axis=0)
            return risk_difference(np.column_stack([events, courses - events]), self.confidence_level)
        rates = [self.rate(treatment) for treatment in (first, second)]
        reasons = list(dict.fromkeys(filter(None, map(self._no_bootstrap, (first, second)))))
        if reasons:
            method = (
                f"hybrid (MOVER) of the two rates' patient-level intervals, {level_in_words(self.confidence_level)}"
            )
            return hybrid_difference(*rates, method, f"of a treatment {'; '.join(reasons)}")
        difference = rates[0].estimate - rates[1].estimate
        return self._percentiles("risk difference", difference, self.draws[:, first] - self.draws[:, second])

    def usable(self, treatments: list[int]) -> int:
        """In how many resamples all of these treatments occur; 0 where their interval comes from none."""
        if not self._repeated(treatments) or any(map(self._no_bootstrap, treatments)):
            return 0
        return int((~np.isnan(self.draws[:, treatments])).all(axis=1).sum())

    def _repeated(self, treatments: list[int]) -> bool:
        """Whether a patient had more than one course of these treatments."""
        return bool((self.courses[:, treatments].sum(axis=1) > 1).any())

    def _no_bootstrap(self, treatment: int) -> str:
        """Why resampled patients say nothing on a treatment's rate; "" where they do."""
        treated = self.courses[:, treatment] > 0
        if treated.sum() < FEWEST_RESAMPLED:
            return FEW
        rates = self.events[treated, treatment] / self.courses[treated, treatment]
        return EQUAL if np.ptp(rates) < 1e-12 else ""

    def _percentiles(self, measure: Measure, estimate: float, draws: np.ndarray) -> Effect:
        usable = draws[~np.isnan(draws)]
        tail = (1 - self.confidence_level) / 2
        limits = np.quantile(usable, [tail, 1 - tail]).tolist()
        note = f"{len(draws):,} resamples of {len(self.courses):,} patients, seed {SEED}"
        method = f"patient-cluster bootstrap, percentile, {level_in_words(self.confidence_level)}"
        return Effect(measure, method, float(estimate), *limits, note)


def cluster_bootstrap(courses: np.ndarray, events: np.ndarray, confidence_level: float = 0.95) -> ClusterBootstrap:
    """Resample patients (down; treatments across) with replacement.

    Patients with the same counts are interchangeable: how often each kind is drawn is one multinomial,
    and the order of the patients does not matter.
    """
    number = RESAMPLES_OF_MANY if len(courses) > MANY_PATIENTS else RESAMPLES
    if not len(courses):
        return ClusterBootstrap(courses, events, np.full((number, courses.shape[1]), np.nan), confidence_level)
    kinds, patients = np.unique(np.column_stack([courses, events]), axis=0, return_counts=True)
    weights = np.random.default_rng(SEED).multinomial(len(courses), patients / len(courses), number).astype(float)
    totals, occurred = np.hsplit(weights @ kinds, 2)
    draws = np.divide(occurred, totals, out=np.full(totals.shape, np.nan), where=totals > 0)
    return ClusterBootstrap(courses, events, draws, confidence_level)
