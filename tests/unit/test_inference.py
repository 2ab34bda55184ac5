"""Tests against R 4.2.2; the R session stands beside each golden number; the counts are in counts.py."""

from itertools import combinations

import numpy as np
import pytest

from adreport.stats import effects
from adreport.stats import tests as inference
from counts import EFFECTIVE, JOB_SATISFACTION, MP6, PGA, SEX, SIDE_EFFECT, SIGNIFICANT, TIED


@pytest.mark.parametrize(
    ("table", "p"),
    [
        (EFFECTIVE, 0.00140314305937),  # > fisher.test(eff)$p.value
        (SEX, 0.554374781231),  # > fisher.test(sex)$p.value
        (SIGNIFICANT, 0.713863126406),  # > fisher.test(sig)$p.value
        (SIDE_EFFECT, 0.745304057092),  # > fisher.test(se)$p.value
        (PGA, 0.00605273572395),  # > fisher.test(pga, workspace=2e7)$p.value
    ],
)
def test_fisher_freeman_halton_is_that_of_r(table, p):
    result = inference.fisher_freeman_halton(np.array(table))
    assert result.p_value == pytest.approx(p, rel=1e-9)
    assert result.n == np.sum(table)


def test_pearson_is_that_of_r():
    # > chisq.test(eff, correct=FALSE)
    result = inference.pearson(np.array(EFFECTIVE))
    assert (result.statistic, result.parameter, result.p_value) == pytest.approx((17.9320039683, 5, 0.00303284083598))


def test_published_counts_are_too_small_for_pearson():
    assert inference.compare_categories(np.array(EFFECTIVE)).method == "Fisher-Freeman-Halton exact"


def test_large_counts_get_pearson_and_two_small_groups_get_fisher():
    assert inference.compare_categories(np.array([[30, 20], [25, 25]])).method == "Pearson chi-square"
    tea = inference.compare_categories(np.array([[3, 1], [1, 3]]))
    # > fisher.test(matrix(c(3,1,1,3), 2))$p.value
    assert (tea.method, tea.p_value) == ("Fisher exact", pytest.approx(0.485714285714))


@pytest.mark.parametrize(
    ("table", "p"),
    [
        # > Job <- matrix(c(1,2,1,0, 3,3,6,1, 10,10,14,9, 6,7,12,11), 4, 4); fisher.test(Job)$p.value
        # The example of R's ?fisher.test (Agresti 2002, p. 57).
        (JOB_SATISFACTION, 0.782684938966),
        # > fisher.test(MP6)$p.value   # of the same page: Mehta and Patel 1986, 5 x 7
        (MP6, 0.0392896436553),
        # > fisher.test(matrix(c(12,9,20,7, 15,30,11,9, 22,18,14,25), 4, 3), workspace=2e8)$p.value
        ([[12, 15, 22], [9, 30, 18], [20, 11, 14], [7, 9, 25]], 0.000734322881582),
    ],
)
def test_exact_tables_reach_as_far_as_those_of_r(table, p):
    result = inference.fisher_freeman_halton(np.array(table))
    assert (result.method, result.p_value) == ("Fisher-Freeman-Halton exact", pytest.approx(p, rel=1e-9))
    assert inference.fisher_freeman_halton(np.array(table).T).p_value == pytest.approx(p, rel=1e-9)


def test_too_large_a_table_is_simulated_and_says_so():
    rng = np.random.default_rng(1)
    table = rng.integers(1, 12, (12, 4))
    result = inference.fisher_freeman_halton(table)
    assert result.method == "Fisher-Freeman-Halton, simulated"
    assert result.note.startswith("100,000 tables, seed 1953, standard error ")
    assert inference.fisher_freeman_halton(table[::-1]) == result


@pytest.mark.parametrize(("p", "error"), [(0.5, "0.002"), (1e-5, "0.00001"), (2.5e-4, "0.00005")])
def test_a_standard_error_is_written_without_an_exponent(p, error):
    # sqrt(p (1 - p) / 100,000): 0.00158, 0.00001, 0.00005
    assert inference.simulation(100_000, "tables", p) == f"100,000 tables, seed 1953, standard error {error}"


def test_the_statistic_of_fishers_test_is_the_odds_ratio_of_the_later_level():
    # Of 10 with an allergy 8 responded, of 10 without 3: odds 8/2 over 3/7; levels ascend, no before yes.
    allergic, others = [2, 8], [7, 3]
    assert inference.compare_categories(np.array([allergic, others])).statistic == pytest.approx((8 / 2) / (3 / 7))
    # As it is computed from the counts with the event first, and for the second group first.
    assert inference.fisher(np.array([[8, 2], [3, 7]])).statistic == pytest.approx((8 / 2) / (3 / 7))
    assert inference.compare_categories(np.array([others, allergic])).statistic == pytest.approx((3 / 7) / (8 / 2))


def test_pairwise_tests_of_the_published_counts_are_those_of_r():
    # > z <- function(a, b) prop.test(eff[c(a,b),1], rowSums(eff)[c(a,b)], correct=FALSE)$p.value
    # > p <- apply(combn(6,2), 2, function(x) z(x[1], x[2])); p[is.nan(p)] <- 1   # SCS and IVIG, both 100 %
    # > p.adjust(p, "bonferroni"); p.adjust(p, "holm"); and the same with fisher.test(eff[c(a,b),])$p.value
    tables = [np.array(pair) for pair in combinations(EFFECTIVE, 2)]
    z, fisher = ([test(table).p_value for table in tables] for test in (inference.pooled_z, inference.fisher))
    assert np.round(inference.adjust(z, "Bonferroni"), 5).tolist() == [
        1, 0.75516, 0.37151, 0.18012, 1, 0.07152, 0.02248, 0.00883, 1, 1, 1, 1, 1, 1, 0.95598,
    ]  # fmt: skip
    assert np.round(inference.adjust(z, "Holm"), 5).tolist() == [
        1, 0.50344, 0.27244, 0.14410, 1, 0.06198, 0.02098, 0.00883, 1, 1, 1, 0.97903, 1, 0.72775, 0.57359,
    ]  # fmt: skip
    assert np.round(inference.adjust(fisher, "Holm"), 5).tolist() == [
        1, 0.72791, 0.62250, 0.45066, 1, 0.15726, 0.14957, 0.10256, 1, 1, 1, 1, 1, 1, 1,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "adjusted"),
    [
        ("Holm", [0.04, 0.06, 0.06, 0.06]),  # > p.adjust(c(0.01,0.02,0.03,0.04), "holm")
        ("Bonferroni", [0.04, 0.08, 0.12, 0.16]),  # > p.adjust(c(0.01,0.02,0.03,0.04), "bonferroni")
    ],
)
def test_adjusted_p_values_are_those_of_r(method, adjusted):
    p_values = [0.01, 0.02, 0.03, 0.04]
    assert inference.adjust(p_values, method) == pytest.approx(adjusted)
    assert inference.adjust([0.03, np.nan, 0.01, 0.04, 0.02], method) == pytest.approx(
        [adjusted[2], np.nan, adjusted[0], adjusted[3], adjusted[1]], nan_ok=True
    )
    assert inference.adjust([], method).tolist() == []


def test_an_unknown_adjustment_is_refused():
    with pytest.raises(KeyError):
        inference.adjust([0.5], "Hommel")


@pytest.mark.parametrize("rate", [effects.wilson, effects.clopper_pearson])
def test_a_proportion_of_nothing_has_counts_only(rate):
    nothing = rate(0, 0)
    assert (nothing.measure, nothing.statistics["n"], nothing.statistics["N"]) == ("proportion", 0, 0)
    assert np.isnan([nothing.estimate, nothing.low, nothing.high]).all()
    assert set(rate(1, 3).statistics) == {"n", "N", "p", "conf.low", "conf.high"}


def test_two_rates_of_one_hundred_percent_do_not_differ():
    result = inference.pooled_z(np.array([[21, 0], [5, 0]]))
    assert (result.statistic, result.p_value) == (0, 1)


def test_ordered_response_of_the_published_cohort_is_that_of_r():
    # > score <- unlist(lapply(1:6, function(i) rep(0:2, pga[i,])))
    # > kruskal.test(score, rep(1:6, rowSums(pga)))
    result = inference.compare_numbers([np.repeat([0, 1, 2], counts) for counts in PGA])
    assert result.method == "Kruskal-Wallis"
    assert (result.statistic, result.parameter, result.p_value) == pytest.approx((10.8398824847, 5, 0.0546487068191))


def test_kruskal_wallis_of_hollander_and_wolfe_is_that_of_r():
    # > x <- c(2.9,3.0,2.5,2.6,3.2); y <- c(3.8,2.7,4.0,2.4); z <- c(2.8,3.4,3.7,2.2,2.0); kruskal.test(list(x,y,z))
    samples = [2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]
    result = inference.kruskal_wallis([np.array(sample) for sample in samples])
    assert (result.statistic, result.p_value) == pytest.approx((0.771428571429, 0.679964773579))


def test_mann_whitney_with_ties_is_that_of_r():
    # > x <- c(4,7,7,9,11,11,11,15); y <- c(3,5,7,7,8,11); wilcox.test(x, y, exact=FALSE)
    normal = inference.mann_whitney_normal(*map(np.array, TIED))
    assert (normal.statistic, normal.p_value) == pytest.approx((34.5, 0.186721867042))
    # > r <- rank(c(x,y)); e <- 8*15/2; w <- sum(r[1:8]); s <- combn(14, 8, function(i) sum(r[i]))
    # > mean(abs(s-e) >= abs(w-e)-1e-9)
    exact = inference.compare_numbers(TIED)
    assert (exact.method, exact.p_value) == ("Mann-Whitney, exact", pytest.approx(0.191142191142))


def test_mann_whitney_without_ties_is_that_of_r():
    # > x <- c(.80,.83,1.89,1.04,1.45,1.38,1.91,1.64,.73,1.46); y <- c(1.15,.88,.90,.74,1.21); wilcox.test(x, y)
    first = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    result = inference.compare_numbers([first, [1.15, 0.88, 0.90, 0.74, 1.21]])
    assert (result.statistic, result.p_value) == pytest.approx((35, 0.254412254412))


def test_spearman_with_ties_is_that_of_r():
    # > rho <- cor(c(4,7,7,9,11,11,11,15), c(2,0,1,1,2,1,2,0), method="spearman")
    # > z <- atanh(rho) / sqrt((1 + rho^2/2) / (8 - 3)); c(rho, 2*pnorm(-abs(z)))
    result = inference.spearman(TIED[0], [2, 0, 1, 1, 2, 1, 2, 0])
    assert (result.statistic, result.p_value) == pytest.approx((-0.136409659, 0.7599727))


@pytest.mark.parametrize("n", [8, 20, 60])
def test_spearmans_p_and_interval_agree_on_either_side_of_a_level(n):
    rng = np.random.default_rng(n)
    for _ in range(20):
        first = rng.normal(size=n)
        result = inference.spearman(first, first + 2 * rng.normal(size=n))
        for level in (0.9, 0.95, 1 - result.p_value + 1e-6, 1 - result.p_value - 1e-6):
            interval = effects.spearman_rho(result.statistic, n, level)
            assert (interval.low > 0 or interval.high < 0) == (result.p_value < 1 - level)


@pytest.mark.parametrize(
    ("events", "total", "level", "low", "high"),
    [
        (23, 25, 0.95, 0.750338910496, 0.977779598715),  # > prop.test(23, 25, correct=FALSE)$conf.int
        (21, 21, 0.95, 0.845360981075, 1),  # > prop.test(21, 21, correct=FALSE)$conf.int
        (3, 6, 0.90, 0.22125998614, 0.77874001386),  # > prop.test(3, 6, correct=FALSE, conf.level=.9)$conf.int
    ],
)
def test_wilson_interval_is_that_of_r(events, total, level, low, high):
    rate = effects.wilson(events, total, level)
    assert (rate.low, rate.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("events", "years", "low", "high"),
    [
        (10, 31.4, 15.2719385227, 58.5680128727),  # > poisson.test(10, 31.4)$conf.int * 100
        (0, 5, 0, 73.7775890823),  # > poisson.test(0, 5)$conf.int * 100
    ],
)
def test_poisson_interval_is_that_of_r(events, years, low, high):
    rate = effects.poisson_rate(events, years)
    assert (rate.estimate, rate.low, rate.high) == pytest.approx((100 * events / years, low, high))


@pytest.mark.parametrize("table", [[[5, 0], [3, 0]], [[4, 2]], [[0, 0], [2, 3]]])
def test_a_table_without_two_groups_and_levels_is_not_tested_and_says_why(table):
    result = inference.compare_categories(np.array(table))
    assert np.isnan(result.p_value)
    assert result.method == "not tested"
    assert result.reason


@pytest.mark.parametrize("samples", [[[1.0, 2.0], []], [[np.nan], [1.0, 2.0]], [[3.0, 3.0], [3.0]]])
def test_numbers_that_cannot_differ_are_not_tested_and_say_why(samples):
    result = inference.compare_numbers(samples)
    assert np.isnan(result.p_value)
    assert result.method == "not tested"
    assert result.reason


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [
        # > binom.test(12, 21)$p.value ; binom.test(4, 7)$p.value ; binom.test(9, 10)$p.value
        (12, 9, 0.6636238),
        (4, 3, 1),
        (9, 1, 0.02148438),
    ],
)
def test_the_sign_test_is_that_of_r(better, worse, p):
    result = inference.sign_test(better, worse)
    assert (result.p_value, result.statistic, result.n) == (pytest.approx(p, abs=1e-7), better, better + worse)


@pytest.mark.parametrize(("better", "worse"), [(0, 0), (1, 0), (2, 2)])
def test_with_fewer_than_five_pairs_that_differ_there_is_no_sign_test(better, worse):
    result = inference.sign_test(better, worse)
    assert (result.n, result.method, result.reason) == (better + worse, "not tested", "fewer than 5 pairs differ")
    assert np.isnan(result.p_value)
