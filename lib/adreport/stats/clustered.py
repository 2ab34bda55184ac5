"""Logistic regression with a random intercept for each patient: a model of repeated courses.

Whether a patient has another course may depend on how the one before ended: after failure mostly, after success
seldom. Tests that condition on a patient's courses, or that count them as independent, then reject true hypotheses
(docs/sizes.md). A likelihood of all of a patient's courses in order does not: what decided on the next course is in
it (Rubin, Biometrika 1976;63:581). The likelihood is that of R's glmer. Firth's penalty on the coefficients keeps
them finite where a treatment always worked, and keeps the level of the test with few courses, which that of glmer
does not.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from adreport.stats.firth import Model

NAME = "random-intercept logistic regression"
LARGEST_DEVIATION = 5.0  # of the patients' log odds; beyond it the likelihood is flat
START = 0.2
STANDSTILL = 0.05  # at a deviation of 0 the score is 0, whether it is a maximum or not
# The integral over the normal distribution by the trapezoidal rule, which converges geometrically (Trefethen and
# Weideman, SIAM Rev 2014;56:385): at deviations up to 3 to seven digits, at the largest to four.
STEP = 0.4
NODES = np.arange(-17, 18) * STEP
LOG_WEIGHTS = -(NODES**2) / 2 + np.log(STEP / np.sqrt(2 * np.pi))


@dataclass(frozen=True)
class RandomIntercept(Model):
    """Distinct patients with their courses below each other: `design` and `events` have a row a course.

    `starts`: the first course of each patient. `totals`: how many patients there are of each. The last parameter is
    an angle whose sine, times LARGEST_DEVIATION, is the standard deviation of the patients' log odds.
    `penalised`: without Firth's penalty the fit is glmer's.
    """

    starts: np.ndarray
    penalised: bool = True

    name = NAME
    least_gain = 1e-11

    @property
    def start(self) -> np.ndarray:
        """Where the search begins."""
        return np.append(np.zeros(self.design.shape[1]), START)

    @property
    def deviation(self) -> float:
        """The standard deviation of the log odds between patients."""
        return float(abs(LARGEST_DEVIATION * np.sin(self.fit[0][-1])))

    @cached_property
    def weights(self) -> np.ndarray:
        """How many courses each row stands for."""
        return np.repeat(self.totals, np.diff(np.append(self.starts, len(self.events))))

    def _from(self, coefficients: np.ndarray) -> np.ndarray:
        still = abs(np.sin(coefficients[-1])) < STANDSTILL
        return np.append(coefficients[:-1], START if still else coefficients[-1])

    def _at(self, coefficients: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Penalised log-likelihood, its score, and the score's slope downhill (Louis, J R Stat Soc B 1982;44:226)."""
        angle = coefficients[-1]
        deviation, slope = LARGEST_DEVIATION * np.sin(angle), LARGEST_DEVIATION * np.cos(angle)
        height, score, curvature = self._integrated(coefficients[:-1], deviation)
        chain = np.append(np.ones(len(score) - 1), slope)
        curvature = curvature * np.outer(chain, chain)
        curvature[-1, -1] += score[-1] * deviation
        return self._with_penalty(coefficients[:-1], height, score * chain, curvature)

    def _integrated(self, coefficients: np.ndarray, deviation: float) -> tuple[float, np.ndarray, np.ndarray]:
        """Log-likelihood, score and curvature in the coefficients and the deviation."""
        predictor = (self.design @ coefficients)[:, None] + deviation * NODES
        rate = expit(predictor)
        joint = self.events[:, None] * predictor - np.logaddexp(0, predictor)
        joint = np.add.reduceat(joint, self.starts, axis=0) + LOG_WEIGHTS
        highest = joint.max(axis=1, keepdims=True)
        shares = np.exp(joint - highest)
        sums = shares.sum(axis=1, keepdims=True)
        shares /= sums
        height = float(self.totals @ (highest + np.log(sums))[:, 0])
        away = self.events[:, None] - rate
        fixed = np.add.reduceat(self.design[:, None, :] * away[:, :, None], self.starts, axis=0)
        random = np.add.reduceat(away, self.starts, axis=0) * NODES
        scores = np.concatenate([fixed, random[:, :, None]], axis=2)  # patients, nodes, parameters
        mean = (shares[:, :, None] * scores).sum(axis=1)
        weighted = (np.sqrt(shares * self.totals[:, None])[:, :, None] * scores).reshape(-1, scores.shape[2])
        spread = rate * (1 - rate) * np.repeat(shares, np.diff(np.append(self.starts, len(rate))), axis=0)
        spread *= self.weights[:, None]
        cross = self.design.T @ (spread @ NODES)
        information = np.block([
            [self.design.T @ (self.design * spread.sum(axis=1)[:, None]), cross[:, None]],
            [cross[None, :], (spread @ NODES**2).sum().reshape(1, 1)],
        ])  # fmt: skip
        return height, self.totals @ mean, information - weighted.T @ weighted + (mean * self.totals[:, None]).T @ mean

    def _with_penalty(
        self, coefficients: np.ndarray, height: float, score: np.ndarray, curvature: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Firth's penalty added, that of the same courses without a random intercept."""
        if not self.penalised:
            return height, score, curvature
        rate = expit(self.design @ coefficients)
        spread = self.weights * rate * (1 - rate)
        information = self.design.T @ (self.design * spread[:, None])
        sign, determinant = np.linalg.slogdet(information)
        if sign <= 0 or not np.isfinite(determinant):
            return -np.inf, score, curvature
        leverage = spread * np.einsum("ij,ij->i", self.design @ np.linalg.inv(information), self.design)
        penalty = np.append(self.design.T @ (leverage * (0.5 - rate)), 0.0)
        curvature[:-1, :-1] += self.design.T @ (self.design * (leverage * rate * (1 - rate))[:, None])
        return height + determinant / 2, score + penalty, curvature


def clustered(design: np.ndarray, outcome: np.ndarray, patients: np.ndarray, penalised: bool = True) -> RandomIntercept:
    """The model of courses (down), each patient's together; `outcome` holds 0 and 1.

    Patients with the same covariates and outcomes are counted together.
    """
    order = np.argsort(patients, kind="stable")
    rows = np.column_stack([design, outcome])[order]
    starts = np.flatnonzero(np.append(True, patients[order][1:] != patients[order][:-1]))
    numbers: dict[bytes, int] = {}
    distinct: dict[bytes, np.ndarray] = {}
    for courses in np.split(rows, starts[1:]):
        courses = courses[np.lexsort(courses.T)]
        key = courses.tobytes()
        distinct[key] = courses
        numbers[key] = numbers.get(key, 0) + 1
    sizes = [len(courses) for courses in distinct.values()]
    rows = np.concatenate(list(distinct.values()))
    totals = np.array(list(numbers.values()), dtype=float)
    return RandomIntercept(rows[:, :-1], totals, rows[:, -1], np.cumsum([0, *sizes[:-1]]), penalised)
