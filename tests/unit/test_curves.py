"""Curves and the log-rank test against R 4.2.2 (survival 3.5-3, coin 1.4-2); each golden number has its R session.

t <- c(3,5,5,5,8,8,10,10,12,12,12,20); e <- c("a","a","b","c","b","a","c","a","a","b","b","c")   # c: censored
"""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adreport.stats import within_patients
from adreport.stats.curves import LOG_LOG, life_table, log_rank
from adreport.stats.within_patients import log_rank_permuted, log_rank_within

DAYS = np.array([3, 5, 5, 5, 8, 8, 10, 10, 12, 12, 12, 20.0])
ENDS = list("aabcbacaabbc")
TIED = life_table(DAYS, ENDS, "ab")


def test_kaplan_meier_of_tied_days_is_that_of_r():
    # > summary(survfit(Surv(t, e != "c") ~ 1), times=c(2,5,8,12,20))     # n.risk, survival, lower, upper
    for day, at_risk, estimate, low, high in (
        (5, 11, 0.75, 0.5409963556166, 1),
        (8, 8, 0.5625, 0.3355917105245, 0.942830946287),
        (12, 4, 0.1171875, 0.0191792219928, 0.716030616957),
        (20, 1, 0.1171875, 0.0191792219928, 0.716030616957),
    ):
        found = TIED.survival_on(day, 0.95)
        assert (found.estimate, found.low, found.high) == pytest.approx((estimate, low, high))
        assert TIED.at_risk_on(day) == at_risk
    assert (TIED.at_risk_on(2), TIED.until(2)) == (12, 0)


@pytest.mark.parametrize(
    ("days", "ended", "median"),
    [
        (DAYS, [end != "c" for end in ENDS], (10, 8, np.nan)),  # > summary(survfit(Surv(t, e != "c") ~ 1))$table
        # > summary(survfit(Surv(c(2,4,6,9), c(1,1,1,1)) ~ 1))$table   # one half exactly from 4 to 6
        ([2, 4, 6, 9], [True] * 4, (5, 2, np.nan)),
        # > summary(survfit(Surv(c(2,4,6,9), c(1,1,0,0)) ~ 1))$table   # one half exactly, and no later end
        ([2, 4, 6, 9], [True, True, False, False], (4, 2, np.nan)),
        ([7], [True], (7, np.nan, np.nan)),  # > summary(survfit(Surv(7, 1) ~ 1))$table
    ],
)
def test_median_is_that_of_r(days, ended, median):
    found = life_table(days, ended, [True]).median(0.95)
    assert (found.estimate, found.low, found.high) == pytest.approx(median, nan_ok=True)
    assert found.measure == "median"


def test_log_log_limits_of_tied_days_are_those_of_r():
    # > summary(survfit(Surv(t, e != "c") ~ 1, conf.type="log-log"), times=c(2,5,8,12,20))     # surv, lower, upper
    for day, estimate, low, high in (
        (2, 1, 1, 1),
        (5, 0.75, 0.408415913151595, 0.9117204061257),
        (8, 0.5625, 0.243680982605187, 0.7909917589104),
        (12, 0.1171875, 0.006825114870426, 0.3978422983640),
        (20, 0.1171875, 0.006825114870426, 0.3978422983640),
    ):
        found = TIED.survival_on(day, 0.95, LOG_LOG)
        assert (found.estimate, found.low, found.high) == pytest.approx((estimate, low, high))
        assert found.method == "Kaplan-Meier, Greenwood, log-log, 95%"


@pytest.mark.parametrize(
    ("days", "ended", "median"),
    [
        # > summary(survfit(Surv(t, e != "c") ~ 1, conf.type="log-log"))$table      # median, 0.95LCL, 0.95UCL
        (DAYS, [end != "c" for end in ENDS], (10, 5, 12)),
        # > the same of Surv(c(2,4,6,9), c(1,1,1,1)), Surv(c(2,4,6,9), c(1,1,0,0)), Surv(7, 1)
        ([2, 4, 6, 9], [True] * 4, (5, 2, np.nan)),
        ([2, 4, 6, 9], [True, True, False, False], (4, 2, np.nan)),
        ([7], [True], (7, np.nan, np.nan)),
    ],
)
def test_the_median_has_the_log_log_limits_of_r(days, ended, median):
    found = life_table(days, ended, [True]).median(0.95, LOG_LOG)
    assert (found.estimate, found.low, found.high) == pytest.approx(median, nan_ok=True)


def test_follow_up_by_the_reverse_method_is_that_of_r():
    # > summary(survfit(Surv(t, e == "c") ~ 1, conf.type="log-log"))$table      # events, median, 0.95LCL, 0.95UCL
    backwards = TIED.reversed()
    found = backwards.median(0.95, LOG_LOG)
    assert (backwards.ended.sum(), backwards.censored.sum()) == (3, 9)
    assert (found.estimate, found.low, found.high) == pytest.approx((20, 10, np.nan), nan_ok=True)


def test_cumulative_incidence_of_tied_days_is_that_of_r():
    # > summary(survfit(Surv(t, factor(e, c("c","a","b"))) ~ 1), times=c(5,8,12))   # pstate, lower, upper of a and b
    for day, estimates, lower, upper in (
        (5, (0.166666666667, 0.0833333333333), (0.0470327655354, 0.0127601365615), (0.590604814783, 0.544229633514)),
        (8, (0.260416666667, 0.1770833333333), (0.0978797106705, 0.0501368695062), (0.692859018618, 0.625458016292)),
        (12, (0.471354166667, 0.411458333333), (0.2451770607989, 0.1941854818812), (0.906180821770, 0.871836341365)),
    ):
        found = TIED.incidence_on(day, 0.95)
        assert [effect.estimate for effect in found] == pytest.approx(estimates)
        assert [effect.low for effect in found] == pytest.approx(lower)
        assert [effect.high for effect in found] == pytest.approx(upper)


def test_curves_start_at_one_and_end_where_nobody_is_followed():
    before, after = TIED.survival_on(2, 0.95), TIED.survival_on(21, 0.95)
    assert (before.estimate, before.low, before.high) == (1, 1, 1)
    assert np.isnan([after.estimate, after.low, after.high]).all()
    assert [effect.estimate for effect in TIED.incidence_on(2, 0.95)] == [0, 0]
    assert np.isnan([effect.estimate for effect in TIED.incidence_on(21, 0.95)]).all()


def test_a_curve_that_has_reached_zero_stays_there_although_courses_were_censored_before():
    table = life_table([4, 6, 9, 11], list("acba"), "ab")
    after = table.survival_on(20, 0.95)
    assert (after.estimate, table.at_risk_on(20)) == (0, 0)
    assert np.isnan([after.low, after.high]).all()
    # By hand: of a, 1/4 on day 4; then 3/4 are left, of whom two are at risk from day 9: 3/8 each.
    assert [effect.estimate for effect in table.incidence_on(20, 0.95)] == pytest.approx([5 / 8, 3 / 8])
    longer = life_table([4, 6, 9, 11], list("acbc"), "ab")  # the last course is censored
    assert np.isnan(longer.survival_on(20, 0.95).estimate)


def test_merged_causes_keep_the_courses_at_risk():
    merged = life_table(DAYS, ENDS, "abc").merged({"good": "a", "other": "cb"})
    assert merged.causes == ("good", "other")
    assert merged.events.sum(axis=0).tolist() == [5, 7]
    assert merged.at_risk.tolist() == TIED.at_risk.tolist()


@pytest.mark.parametrize("groups", [{"good": "a"}, {"good": "a", "other": "ab"}])
def test_a_cause_in_no_group_or_in_two_is_refused(groups):
    # Its ends would leave the courses at risk, or count twice: either way the other numbers would be wrong.
    with pytest.raises(ValueError, match="not in exactly one group"):
        TIED.merged(groups)


def test_log_rank_of_tied_days_is_that_of_r():
    # > g <- c(1,1,1,1,1,1,2,2,2,2,3,3); survdiff(Surv(t, e != "c") ~ g)
    groups = np.repeat([1, 2, 3], [6, 4, 2])
    tables = [life_table(DAYS[groups == group], np.array(ENDS)[groups == group], "ab") for group in (1, 2, 3)]
    result = log_rank(tables)
    assert (result.statistic, result.parameter, result.p_value) == pytest.approx(
        (10.02619951317519, 2, 0.00665025714535)
    )


def test_permuted_log_rank_of_two_groups_is_the_exact_one_of_coin():
    # > x <- factor(rep(1:2, each=6))
    # > r <- logrank_test(Surv(t, e != "c") ~ x, distribution="exact"); statistic(r)^2; pvalue(r)
    ended = np.array([end != "c" for end in ENDS], dtype=float)
    result = log_rank_permuted(DAYS, ended, np.repeat([1, 2], 6))
    assert (result.statistic, result.p_value) == pytest.approx((2.493000955363**2, 0.004329004329004))
    assert (result.n, result.parameter, result.note) == (12, 1, "exact: all 924 ways to assign the treatments")


def test_permuted_log_rank_of_three_groups_is_that_of_coin(monkeypatch):
    # > g <- factor(c(1,1,1,1,1,1,2,2,2,2,3,3))
    # > r <- logrank_test(Surv(t, e != "c") ~ g, distribution=approximate(nresample=1e6)); statistic(r); pvalue(r)
    ended, groups = np.array([end != "c" for end in ENDS], dtype=float), np.repeat([1, 2, 3], [6, 4, 2])
    exact = log_rank_permuted(DAYS, ended, groups)
    assert (exact.statistic, exact.parameter) == pytest.approx((7.231518817204, 2))
    assert exact.p_value == pytest.approx(0.004709, abs=4 * 0.00007)
    monkeypatch.setattr(within_patients, "MOST_WAYS", 0)
    simulated = log_rank_permuted(DAYS, ended, groups)
    assert simulated.p_value == pytest.approx(exact.p_value, abs=4 * 0.0005)
    assert simulated.note.startswith("20,000 permutations, seed 1953, standard error")


def test_nothing_is_permuted_where_nobody_ended_or_one_treatment_is_left():
    for ended, groups in ((np.zeros(4), [1, 1, 2, 2]), (np.ones(4), [1, 1, 1, 1]), (np.ones(1), [1])):
        result = log_rank_permuted(np.arange(1.0, len(ended) + 1), ended, groups)
        assert (result.method, np.isnan(result.p_value)) == ("not tested", True)


def test_log_rank_within_patients_is_that_of_coin():
    # > id <- c(1,1,2,2,3,3,1,2,3,4,1,4); x <- c(1,2,1,2,1,3,2,3,3,1,3,2)
    # > r <- logrank_test(Surv(t, e!="c") ~ factor(x) | factor(id), ties.method="mid-ranks", teststat="quadratic")
    # > statistic(r); pvalue(logrank_test(..., distribution=approximate(nresample=1e6)))
    ended = np.array([end != "c" for end in ENDS], dtype=float)
    result = log_rank_within(DAYS, ended, [1, 2, 1, 2, 1, 3, 2, 3, 3, 1, 3, 2], [1, 1, 2, 2, 3, 3, 1, 2, 3, 4, 1, 4])
    assert (result.statistic, result.parameter) == pytest.approx((3.876181965210, 2))
    assert result.p_value == pytest.approx(0.152628, abs=4 * 0.0025)
    assert result.method == "log-rank scores, treatments permuted within patients"
    assert result.note.startswith("4 patients carry the information; 20,000 permutations, seed 1953, standard error")


lives = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc")), min_size=1, max_size=25)


@given(lives)
def test_reasons_and_survival_add_up_to_one_on_every_day(rows):
    days, ends = zip(*rows, strict=True)
    table = life_table(days, ends, "ab")
    assert table.incidence.sum(axis=1) + table.survival == pytest.approx(np.ones(len(table.days)))
    assert (np.diff(table.survival) <= 1e-12).all()
    assert (np.diff(table.incidence, axis=0) >= -1e-12).all()


@given(lives)
def test_limits_hold_the_estimate_and_are_shares(rows):
    days, ends = zip(*rows, strict=True)
    table = life_table(days, ends, "ab")
    left = table.survival > 0
    for low, high in (table.limits(0.95)[left].T, table.limits(0.95, LOG_LOG)[left].T):
        assert ((low >= 0) & (low <= table.survival[left] + 1e-12) & (high <= 1)).all()
        assert (high >= table.survival[left] - 1e-12).all()
    for day in table.days:
        for effect in table.incidence_on(day, 0.95):
            assert effect.estimate == 0 or 0 <= effect.low <= effect.estimate <= effect.high <= 1


@given(st.lists(st.integers(0, 12), min_size=1, max_size=25))
def test_without_censoring_survival_is_the_share_that_lasted_longer(days):
    table = life_table(days, ["a"] * len(days), "a")
    assert table.survival == pytest.approx([np.mean(np.array(days) > day) for day in table.days])


@given(lives, st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    first, second = (life_table(*zip(*order, strict=True), "ab") for order in (rows, shuffled))
    assert np.array_equal(first.events, second.events)
    assert np.array_equal(first.censored, second.censored)


@example([(0, "a")], [(0, "a")] * 3 + [(0, "c")] * 2 + [(1, "a")] * 7 + [(2, "a")] * 2)  # rounding is no rank
@given(lives, lives)
def test_log_rank_does_not_depend_on_the_order_of_treatments(first, second):
    tables = [life_table(*zip(*rows, strict=True), "ab") for rows in (first, second)]
    forth, back = log_rank(tables), log_rank(tables[::-1])
    assert forth.p_value == pytest.approx(back.p_value, nan_ok=True)
    assert np.isnan(forth.p_value) or 0 <= forth.p_value <= 1
