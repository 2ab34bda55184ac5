"""Effect sizes against R 4.2.2; the R session stands beside each golden number."""

import numpy as np
import pytest

from adreport.stats import effects
from counts import EFFECTIVE, PGA, TIED


def limits(effect):
    return effect.estimate, effect.low, effect.high


@pytest.mark.parametrize(
    ("table", "values"),
    [
        # > w <- function(x, n) prop.test(x, n, correct=FALSE)$conf.int; l <- w(23, 25); u <- w(3, 6)
        # > d <- 23/25 - 3/6; c(d, d - sqrt((23/25-l[1])^2 + (u[2]-3/6)^2), d + sqrt((l[2]-23/25)^2 + (3/6-u[1])^2))
        ([[23, 2], [3, 3]], (0.42, 0.064516586509, 0.737682316164)),
        ([[21, 0], [5, 0]], (0, -0.154639018925, 0.434482464783)),
    ],
)
def test_newcombes_interval_is_that_of_r(table, values):
    assert limits(effects.risk_difference(table)) == pytest.approx(values)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        # > f <- fisher.test(matrix(c(23,2, 3,3), 2, byrow=TRUE)); c(f$estimate, f$conf.int)
        ([[23, 2], [3, 3]], (10.136348936893, 0.827549487846, 172.142299305237)),
        ([[21, 0], [3, 3]], (np.inf, 1.81326486388, np.inf)),  # the same of c(21,0, 3,3)
        ([[3, 3], [21, 0]], (0, 0, 0.551491411939)),  # the same of c(3,3, 21,0)
    ],
)
def test_the_conditional_odds_ratio_is_that_of_r(table, values):
    # R stops its search early (uniroot's tolerance 1e-4); SciPy's digits are compared below.
    assert limits(effects.odds_ratio(table)) == pytest.approx(values, rel=2e-3)


def test_cliffs_delta_is_that_of_r():
    # > th <- mean(outer(x, y, function(a, b) (a > b) + .5*(a == b))); m <- 8; n <- 6; k <- (m+n)/2 - 1   # TIED
    # > v <- function(t) t*(1-t)*(1 + k*(1-t)/(2-t) + k*t/(1+t))/(m*n)
    # > f <- function(t) (th-t)^2 - qnorm(.975)^2*v(t); 2*c(th, uniroot(f, c(0,th))$root, uniroot(f, c(th,1))$root) - 1
    assert limits(effects.cliffs_delta(*TIED)) == pytest.approx((0.4375, -0.1825889415, 0.7962428696))


def test_cliffs_delta_has_width_where_the_groups_do_not_overlap():
    apart = effects.cliffs_delta([2, 3], [0, 1])
    assert apart.estimate == apart.high == 1
    assert -1 < apart.low < 1


@pytest.mark.parametrize(
    ("table", "values"),
    [
        # > s <- chisq.test(t, correct=FALSE); X <- s$statistic; d <- s$parameter
        # > l <- function(p) if (pchisq(X, d) <= p) 0 else uniroot(function(n) pchisq(X, d, n) - p, c(0, 500))$root
        # > sqrt(c(X, l(.975) + d, l(.025) + d) / (sum(t) * (min(dim(t)) - 1)))
        (EFFECTIVE, (0.4857441926, 0.3095746115, 0.7118777762)),
        (PGA, (0.3802550792, 0.2659158711, 0.5343619915)),
    ],
)
def test_cramers_v_is_that_of_r(table, values):
    assert limits(effects.cramers_v(table)) == pytest.approx(values)


def test_cramers_v_of_groups_too_alike_has_no_interval():
    assert np.isnan(effects.cramers_v([[5, 5], [5, 5]]).high)


def test_spearmans_interval_is_that_of_r():
    # > r <- -0.136409658517; tanh(atanh(r) + c(-1, 1)*qnorm(.975)*sqrt((1 + r^2/2)/5))
    effect = effects.spearman_rho(-0.136409658517, 8)
    assert (effect.low, effect.high) == pytest.approx((-0.7689917944, 0.6311500136))
