"""Drug survival against R 4.2.2 (survival 3.5-3, coin 1.4-2); the R session stands beside each golden number.

t <- c(3,5,5,5,8,8,10,10,12,12,12,20); e <- c("a","a","b","c","b","a","c","a","a","b","b","c")   # c: censored
"""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adreport import read_study
from adreport.pages.contract import pick, statistics, table, value
from adreport.pages.sensitivity import results as sensitivity
from adreport.pages.survival import figures, tables
from adreport.pages.survival import results as survival
from adreport.pages.survival import words as sentences
from adreport.stats.curves import life_table, log_rank
from adreport.stats.within_patients import log_rank_within
from adreport.study.dictionary import columns
from adreport.study.paths import COHORT
from studies import cohort, written

DAYS = np.array([3, 5, 5, 5, 8, 8, 10, 10, 12, 12, 12, 20.0])
ENDS = list("aabcbacaabbc")
TIED = life_table(DAYS, ENDS, "ab")
COURSES = cohort()["courses"]
STUDY = read_study(COHORT)


@pytest.fixture(scope="module")
def results():
    return survival.analyse(STUDY)


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


def test_the_cohort_has_the_drug_survival_of_r(results):
    # > c <- read.csv("data/cohort/courses.csv")      # less the 12 rescue courses of corticosteroids
    # > c$event <- !(c$discontinuation_reason %in% c("ongoing", "lost_to_follow_up"))
    # > summary(survfit(Surv(duration_days, event) ~ 1, subset(c, treatment == "cyclosporine")), times=365)
    own = pick(results, group1_level="cyclosporine", variable="drug_survival")
    year = [value(own, variable_level="365", stat_name=name) for name in ("estimate", "conf.low", "conf.high", "N")]
    assert year == pytest.approx([0.463794871794872, 0.293072325413022, 0.733967913210763, 9])
    assert [value(own, variable_level="", stat_name=name) for name in ("median", "conf.low", "N")] == [335, 305, 25]
    assert np.isnan(value(own, variable_level="", stat_name="conf.high"))
    # > k <- c$treatment %in% names(which(table(c$treatment) >= 5))
    # > survdiff(Surv(duration_days, event) ~ treatment, c[k,])
    overall = pick(results, group1_level="", variable="drug_survival")
    assert value(overall, stat_name="statistic") == pytest.approx(81.7969062353805)
    assert (value(overall, stat_name="parameter"), value(overall, stat_name="N")) == (5, 76)


def test_the_cohort_has_the_cumulative_incidence_of_r(results):
    # > x <- subset(c, treatment == "cyclosporine")
    # > fa <- relevel(factor(ifelse(x$event, x$discontinuation_reason, "cens")), "cens")
    # > summary(survfit(Surv(duration_days, fa) ~ 1, x), times=730)     # remission
    own = pick(results, group1_level="cyclosporine", variable="cumulative_incidence", variable_level="730")
    remission = pick(own, group2="discontinuation_reason", group2_level="remission")
    found = [value(remission, stat_name=name) for name in ("estimate", "conf.low", "conf.high", "N")]
    assert found == pytest.approx([0.242203988603989, 0.102414712241446, 0.572796337672476, 2])


def test_reasons_groups_and_survival_add_up_to_one(results):
    estimates = pick(results, stat_name="estimate")
    for group2 in ("discontinuation_reason", "discontinuation_group"):
        ends = pick(estimates, group2=group2).groupby(["group1_level", "variable_level"])["stat"].sum()
        going = pick(estimates, variable="drug_survival").set_index(["group1_level", "variable_level"])["stat"]
        assert (ends + going).to_numpy() == pytest.approx(np.ones(len(going)))


def test_each_reason_stands_in_one_group():
    reasons = [reason for reasons in survival.REASON_GROUPS.values() for reason in reasons]
    assert sorted([*reasons, *survival.CENSORED]) == sorted([*columns("courses")["discontinuation_reason"].levels,
                                                             survival.NOT_RECORDED])  # fmt: skip


def test_beyond_the_longest_course_there_is_an_estimate_only_if_all_have_ended(results):
    # > summary(survfit(...), times=730)     # methotrexate was followed for 484 days, its last course goes on
    at_end = pick(results, variable="drug_survival", variable_level="730")
    known = {"methotrexate": [0, np.nan], "phototherapy": [0, 0], "omalizumab": [0, np.nan]}
    for code, expected in known.items():
        own = pick(at_end, group1_level=code)
        assert [value(own, stat_name=name) for name in ("N", "estimate")] == pytest.approx(expected, nan_ok=True)


def test_a_course_without_a_reason_ended_if_something_shows_it(tmp_path):
    # P01 has cyclosporine (315 days), then azathioprine (45 days), the last.
    blank = COURSES.assign(
        discontinuation_reason=COURSES["discontinuation_reason"].mask(COURSES["patient_id"] == "P01", "")
    )
    folder = written(tmp_path, courses=blank)
    courses = survival.followed(read_study(folder))
    assert courses.loc[courses["patient_id"] == "P01", "end"].tolist() == ["not_recorded", "ongoing"]
    own = pick(survival.analyse(read_study(folder)), group1_level="cyclosporine", variable="reason_unknown")
    assert (value(own, stat_name="n"), value(own, stat_name="N")) == (1, 25)


def test_courses_of_unknown_duration_are_left_out_and_counted(tmp_path):
    unknown = COURSES["duration_days"].mask(COURSES["patient_id"] == "P01", "")
    found = survival.analyse(read_study(written(tmp_path, courses=COURSES.assign(duration_days=unknown))))
    own = pick(found, group1_level="cyclosporine")
    assert value(own, variable="duration_unknown", stat_name="n") == 1
    assert value(own, variable="drug_survival", variable_level="", stat_name="N") == 24


ALL = STUDY.courses


@pytest.mark.parametrize(
    "courses",
    [
        pytest.param(ALL.head(1), id="one course"),
        pytest.param(ALL[ALL["patient_id"] == "P29"], id="one patient"),
        pytest.param(ALL.assign(discontinuation_reason="ongoing"), id="nobody stopped"),
        pytest.param(ALL.assign(discontinuation_reason="remission"), id="all stopped for one reason"),
        pytest.param(ALL.assign(duration_days=100.0), id="all on one day"),
        pytest.param(ALL.assign(duration_days=0.0), id="all on the first day"),
        pytest.param(ALL.assign(duration_days=np.nan), id="no durations"),
        pytest.param(ALL.assign(discontinuation_reason=None), id="no reasons"),
        pytest.param(ALL[ALL["treatment"] == "methotrexate"], id="one treatment"),
        pytest.param(ALL.drop_duplicates("patient_id"), id="one course a patient"),
    ],
)
def test_degenerate_data_give_finite_numbers_and_no_warning(courses):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = survival.analyse(replace(STUDY, courses=courses))
    assert np.isfinite(found["stat"]).all()
    shares = pick(found, stat_name=["estimate", "conf.low", "conf.high"], variable_level="365")
    assert shares["stat"].between(0, 1).all()


@pytest.mark.parametrize(
    "courses", [ALL[ALL["treatment"] == "methotrexate"], ALL.assign(discontinuation_reason="ongoing")]
)
def test_treatments_that_cannot_differ_are_not_tested_and_say_why(courses):
    found = survival.analyse(replace(STUDY, courses=courses))
    overall = pick(found, group1_level="", variable=["drug_survival", "drug_survival_within_patients"])
    assert set(overall["stat_name"]) == {"N"}
    assert overall["method"].str.startswith("not tested: ").all()


def log_rank_rows(p, p_within, p_first):
    ways = {"": p, "_within_patients": p_within, "_first_courses": p_first}
    rows = [statistics("survival", {"p.value": own, "N": 30, "parameter": 1}, "log-rank", group1="treatment",
                       variable=f"drug_survival{way}") for way, own in ways.items()]  # fmt: skip
    shared = statistics("survival", {"n": 9}, variable="informative_patients")
    return table([row for way in (*rows, shared) for row in way])


def test_each_of_the_three_tests_is_told_for_what_it_shows():
    only_first = str(sentences.comparison(log_rank_rows(0.01, 0.4, 0.02)))
    assert "30 courses taken as independent show a difference in duration (log-rank, p = 0.010)" in only_first
    assert "it is not shown within patients (permutation, p = 0.400; 9 patients" in only_first
    assert "first courses alone show it (log-rank, p = 0.020" in only_first
    assert "first courses alone do not show it" in str(sentences.comparison(log_rank_rows(0.01, 0.02, 0.4)))
    within = str(sentences.comparison(log_rank_rows(0.3, 0.02, 0.4)))
    assert "do not show a difference in duration" in within
    assert "one is shown within patients" in within
    assert "nothing can be compared; first courses alone do not show one" in str(
        sentences.comparison(log_rank_rows(0.3, np.nan, 0.4))
    )


def test_lasting_courses_and_medians_are_told_in_words(results):
    year = str(sentences.still_going_on(results, 5))
    assert year.startswith("At one year these shares were still on treatment: methotrexate 60% (95% CI 29–100; 3 at")
    medians = str(sentences.drug_survival(results, 5))
    assert "cyclosporine 11.0 months (95% CI from 10.0, no upper limit; 25 courses)" in medians  # 335 and 305 days
    assert "systemic corticosteroid 1.6 months (95% CI 1.1 to 2.5; 21 courses)" in medians  # 50, 32 and 75 days
    lasting = ALL.assign(discontinuation_reason="ongoing", duration_days=400.0)
    none_ended = survival.analyse(replace(STUDY, courses=lasting))
    assert "cyclosporine 100% (no course had ended; 25 at risk)" in str(sentences.still_going_on(none_ended, 5))


def test_first_courses_of_a_selection_are_the_same_on_both_pages():
    selected = STUDY.select("CSA,MTX,SCS")
    alone = pick(survival.analyse(selected, min_courses=1), variable="drug_survival_first_courses", stat_name="N")
    own = pick(sensitivity.analyse(selected, min_courses=1), variable="effective", variable_level="first_course")
    assert alone["stat"].tolist() == pick(own, group1_level="", stat_name="courses")["stat"].tolist()
    assert alone["stat"].item() == len(selected.patients)


def test_numbers_at_risk_are_named_at_the_left_of_each_row_of_panels(results):
    drawn = figures.drug_survival(results, survival.life_tables(STUDY), 0.95, 5).drawn
    panels = STUDY.courses["treatment"].nunique()
    assert [drawn(narrow).count("At risk<") for narrow in (False, True)] == [-(-panels // 3), -(-panels // 2)]


def test_each_line_of_the_log_rank_table_says_where_its_p_is_from(results):
    lines = {row.label: row.cells[-1] for row in tables.tests(results).rows}
    assert lines == {"All courses": "chi-square", "Within patients": "permutation", "First courses": "chi-square"}


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
    low, high = table.limits(0.95)[table.survival > 0].T
    assert ((low >= 0) & (low <= high) & (high <= 1)).all()
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
