"""Logistic regression with a random intercept for each patient: a model of repeated courses.

Whether a patient has another course may depend on how the one before ended: after failure mostly, after success
seldom. Tests that condition on a patient's courses, or that count them as independent, then reject true hypotheses
(docs/sizes.md). A likelihood of all of a patient's courses in order does not: what decided on the next course is in
it (Rubin, Biometrika 1976;63:581). The likelihood is that of R's glmer. Firth's penalty on the coefficients keeps
them finite where a treatment always worked, and keeps the level of the test with few courses, which that of glmer
does not.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.special import expit

from adreport.stats.firth import Model, penalty, weighted

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
    """Distinct patients (i) with their courses (m, as many as anyone had) and covariates (p).

    `design` (i, m, p), `events` (i, m): 1 with the outcome, -1 without; both hold 0 where a patient had fewer courses.
    `totals` (i,): how many patients there are of each. The last parameter is an angle whose sine, times
    LARGEST_DEVIATION, is the standard deviation of the patients' log odds. `penalised`: without Firth's penalty the
    fit is glmer's.
    """

    penalised: bool = True

    name = NAME
    least_gain = 1e-9
    precision = 1e-5

    @property
    def start(self) -> np.ndarray:
        """Where the search begins."""
        return np.append(np.zeros(self.design.shape[2]), START)

    @property
    def deviation(self) -> float:
        """The standard deviation of the log odds between patients."""
        return float(abs(LARGEST_DEVIATION * np.sin(self.fit[0][-1])))

    def _from(self, coefficients: np.ndarray) -> np.ndarray:
        still = abs(np.sin(coefficients[-1])) < STANDSTILL
        return np.append(coefficients[:-1], START if still else coefficients[-1])

    def _at(self, coefficients: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Penalised log-likelihood, its score, and the score's slope downhill."""
        angle = coefficients[-1]
        deviation, slope = LARGEST_DEVIATION * np.sin(angle), LARGEST_DEVIATION * np.cos(angle)
        height, score, curvature = self._integrated(coefficients[:-1], deviation)
        chain = np.append(np.ones(len(score) - 1), slope)
        curvature = curvature * np.outer(chain, chain)
        curvature[-1, -1] += score[-1] * deviation
        return self._with_penalty(coefficients[:-1], height, score * chain, curvature)

    def _integrated(self, coefficients: np.ndarray, deviation: float) -> tuple[float, np.ndarray, np.ndarray]:
        """Log-likelihood, score and curvature in the coefficients and the deviation.

        The curvature of an integral is the mean curvature less the variance of the score (Louis, J R Stat Soc B
        1982;44:226), both over the nodes.
        """
        answers = self.events[:, :, None]
        chance = expit(answers * ((self.design @ coefficients)[:, :, None] + deviation * NODES))  # of what happened
        joint = np.log(chance).sum(axis=1) + LOG_WEIGHTS
        shares = special.softmax(joint, axis=1)
        away = answers * (1 - chance)
        weighted = away * shares[:, None, :]
        spread = answers * weighted * chance
        along = away.sum(axis=1) * NODES  # the score in the deviation (i, nodes)
        course, deviating = weighted.sum(axis=2), (along * shares).sum(axis=1)  # mean scores (i, m), (i,)
        matrix = np.eye(spread.shape[1]) * spread.sum(axis=2)[:, None, :]
        matrix += course[:, :, None] * course[:, None, :] - weighted @ away.swapaxes(1, 2)
        cross = spread @ NODES + course * deviating[:, None] - (weighted * along[:, None, :]).sum(axis=2)
        corner = spread.sum(axis=1) @ NODES**2 + deviating**2 - (along**2 * shares).sum(axis=1)
        border = self._over_courses(cross)
        curvature = np.empty((len(border) + 1,) * 2)
        curvature[:-1, :-1] = np.tensordot(
            self.design, (matrix @ self.design) * self.totals[:, None, None], ((0, 1),) * 2
        )
        curvature[:-1, -1] = curvature[-1, :-1] = border
        curvature[-1, -1] = self.totals @ corner
        score = np.append(self._over_courses(course), self.totals @ deviating)
        nothing = np.log(2) * (self.events == 0).sum(axis=1)  # where there is no course, its chance stands as one half
        return float(self.totals @ (special.logsumexp(joint, axis=1) + nothing)), score, curvature

    def _over_courses(self, values: np.ndarray) -> np.ndarray:
        """Covariates times values of courses (i, m), added up over all patients."""
        return np.tensordot(self.design, values * self.totals[:, None], ((0, 1),) * 2)

    def _with_penalty(
        self, coefficients: np.ndarray, height: float, score: np.ndarray, curvature: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Firth's penalty added, that of the same courses without a random intercept."""
        if not self.penalised:
            return height, score, curvature
        design = self.design.reshape(-1, self.design.shape[2])
        rate = expit(design @ coefficients)
        spread = (np.abs(self.events) * self.totals[:, None]).ravel() * rate * (1 - rate)
        _, determinant, leverage = penalty(design, spread)
        if determinant == -np.inf:
            return -np.inf, score, curvature
        upward = np.append(design.T @ (leverage * (0.5 - rate)), 0.0)
        curvature[:-1, :-1] += weighted(design, leverage * rate * (1 - rate))
        return height + determinant / 2, score + upward, curvature


def clustered(design: np.ndarray, outcome: np.ndarray, patients: np.ndarray, penalised: bool = True) -> RandomIntercept:
    """The model of courses (down), in whatever order; `outcome` holds 0 and 1.

    Patients with the same covariates and outcomes are counted together.
    """
    order = np.lexsort([*design.T, outcome, patients])
    starts = np.flatnonzero(np.append(True, patients[order][1:] != patients[order][:-1]))
    sizes = np.diff(np.append(starts, len(order)))
    rows = np.column_stack([design, 2 * outcome - 1])[order]
    padded = np.zeros((len(starts), sizes.max(), rows.shape[1]))
    padded[np.repeat(np.arange(len(starts)), sizes), np.arange(len(order)) - np.repeat(starts, sizes)] = rows
    distinct, totals = np.unique(padded, axis=0, return_counts=True)
    return RandomIntercept(distinct[:, :, :-1], totals.astype(float), distinct[:, :, -1], penalised)
