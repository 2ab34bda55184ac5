"""Firth's penalised logistic regression, as R's logistf fits it.

A treatment that always worked separates the outcomes completely, and ordinary logistic regression then
has no estimate. Firth's penalty (Biometrika 1993;80:27) keeps it finite; intervals and tests are those of
the profile penalised likelihood (Heinze and Schemper, Stat Med 2002;21:2409), since Wald's fail here.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize, stats
from scipy.special import expit

from adreport.stats.effects import Effect, level_in_words

NAME = "Firth logistic regression"
MOST_STEPS = 3000  # a handful will do, except far out on the flat profile of separated data
LONGEST_STEP = 5.0
CONVERGED = 1e-7
FEW_PARAMETERS = 0.01  # per course; below it the penalty hardly bends the score
LEAST_CURVATURE = 1e-12
FARTHEST = 60.0  # a log odds ratio beyond which a limit is called infinite


class NotConverged(Exception):
    """Newton's method did not find the maximum of the penalised likelihood."""


@dataclass(frozen=True)
class Model:
    """Courses with the same covariates in one row: `design` (first column 1), how many there are, how many events."""

    design: np.ndarray
    totals: np.ndarray
    events: np.ndarray

    name = NAME
    least_gain = 0.0  # in the height, of a step worth taking
    precision = 1e-7  # of limits

    @property
    def start(self) -> np.ndarray:
        """Where the search begins."""
        return np.zeros(self.design.shape[1])

    @cached_property
    def fit(self) -> tuple[np.ndarray, float]:
        """Coefficients (log odds ratios) and the maximum of the penalised log-likelihood."""
        return self.maximise(self.start, np.ones(len(self.start), dtype=bool))

    def odds_ratio(self, position: int, confidence_level: float = 0.95) -> Effect:
        """The odds ratio of one covariate with its profile penalised-likelihood interval."""
        method = f"{self.name}, profile penalised likelihood, {level_in_words(confidence_level)}"
        logarithms = (self.fit[0][position], *self.limits(position, confidence_level))
        return Effect("odds ratio", method, *(float(np.exp(value)) for value in logarithms))

    def limits(self, position: int, confidence_level: float = 0.95) -> tuple[float, float]:
        """Profile penalised-likelihood limits of one coefficient; infinite where there is none within reason."""
        return self._limit(position, -1, confidence_level), self._limit(position, 1, confidence_level)

    def without(self, positions: list[int]) -> tuple[float, float]:
        """Penalised likelihood ratio statistic and p of the hypothesis that these coefficients are 0."""
        coefficients, highest = self.fit
        free = np.ones(len(coefficients), dtype=bool)
        free[positions] = False
        _, restricted = self.maximise(self._from(np.where(free, coefficients, 0.0)), free)
        statistic = max(2 * (highest - restricted), 0.0)
        return statistic, float(stats.chi2.sf(statistic, len(positions)))

    def maximise(self, start: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, float]:
        """The maximum over the `free` coefficients, the others held where they start.

        The penalty is always that of the whole design, as in logistf. Raises NotConverged.
        """
        coefficients, (height, score, curvature) = start, self._at(start)
        for _ in range(MOST_STEPS):
            if not np.isfinite(height):
                break
            step = np.zeros(len(coefficients))
            step[free] = uphill(curvature[np.ix_(free, free)], score[free])
            step *= min(1.0, LONGEST_STEP / max(np.abs(step).max(), 1e-300))
            if np.abs(step).max() < CONVERGED or score @ step < self.least_gain:
                return coefficients, height
            coefficients, (height, score, curvature) = self._climbed(coefficients, step, height)
        raise NotConverged("the fit did not converge")

    def _from(self, coefficients: np.ndarray) -> np.ndarray:
        """Where a search near these coefficients begins."""
        return coefficients

    def _climbed(self, coefficients: np.ndarray, step: np.ndarray, height: float):  # noqa: ANN202
        """The point that a step leads to, the step halved until it does not lead down."""
        for halvings in range(60):
            there = coefficients + step / 2**halvings
            values = self._at(there)
            if values[0] >= height - 1e-10 * (1 + abs(height)):
                return there, values
        raise NotConverged("the fit did not converge")

    def _at(self, coefficients: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Penalised log-likelihood, its modified score, and the score's slope downhill.

        The penalty acts like `leverage` additional courses, half of them with the event. They count in the
        slope too, since with few courses a step would otherwise be twice as long as it should be.
        """
        predictor = self.design @ coefficients
        rate = expit(predictor)
        spread = rate * (1 - rate)
        information, determinant, leverage = penalty(self.design, self.totals * spread)
        if determinant == -np.inf:
            return -np.inf, np.zeros(len(coefficients)), np.eye(len(coefficients))
        height = self.events @ predictor - self.totals @ np.logaddexp(0, predictor) + determinant / 2
        score = self.design.T @ (self.events - self.totals * rate + leverage * (0.5 - rate))
        if len(coefficients) < FEW_PARAMETERS * self.totals.sum():
            return float(height), score, information
        return float(height), score, weighted(self.design, (self.totals + leverage) * spread)

    def _limit(self, position: int, side: int, confidence_level: float) -> float:
        """Where the signed root of the likelihood ratio, nearly a line, passes its quantile."""
        coefficients, highest = self.fit
        free = np.arange(len(coefficients)) != position
        quantile = stats.norm.isf((1 - confidence_level) / 2)
        covariance = uphill(self._at(coefficients)[2], np.eye(len(coefficients))[position])
        along = side * covariance / covariance[position]  # where the maximum moves with this coefficient

        def excess(distance: float) -> float:
            if distance == 0:
                return -quantile
            start = self._from(coefficients + distance * along)
            try:
                _, height = self.maximise(start, free)
            except NotConverged:  # far out the tangent leads astray
                _, height = self.maximise(np.where(free, coefficients, start), free)
            return np.sqrt(max(2 * (highest - height), 0.0)) - quantile

        distance = quantile * np.sqrt(covariance[position])
        while excess(distance) < 0:
            distance *= 1.5
            if distance > FARTHEST:
                return side * np.inf
        root = optimize.brentq(excess, 0, distance, xtol=self.precision, rtol=self.precision)
        return float(coefficients[position] + side * root)


def penalty(design: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """What Firth's penalty is made of: the information (p, p), its log-determinant and each row's leverage (n,).

    `design` (n, p); `weights` (n,): how many courses a row stands for, times the variance of their outcome. The
    log-determinant is -inf, and the leverage 0, where the information is singular.
    """
    information = weighted(design, weights)
    sign, determinant = np.linalg.slogdet(information)
    if sign <= 0 or not np.isfinite(determinant):
        return information, -np.inf, np.zeros(len(design))
    leverage = weights * np.einsum("ij,ij->i", design @ np.linalg.inv(information), design)
    return information, float(determinant), leverage


def weighted(design: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Products of covariates (p, p), added up over the rows of a design (n, p) with weights (n,)."""
    return design.T @ (design * weights[:, None])


def uphill(curvature: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Newton's step, which leads up also where the slope of the score is not downhill in every direction."""
    values, vectors = np.linalg.eigh(curvature)
    return vectors @ ((vectors.T @ score) / np.maximum(np.abs(values), LEAST_CURVATURE))


def grouped(design: np.ndarray, outcome: np.ndarray) -> Model:
    """The model of courses (down), those with the same covariates counted together; `outcome` holds 0 and 1."""
    rows, place, totals = np.unique(design, axis=0, return_inverse=True, return_counts=True)
    return Model(rows, totals.astype(float), np.bincount(place.ravel(), weights=outcome, minlength=len(rows)))
