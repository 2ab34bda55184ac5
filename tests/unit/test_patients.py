"""What respects the patient, against R 4.2.2 with coin 1.4-2 and brglm2 0.9; the R session beside each number.

The courses are those of the reconstructed cohort's six compared treatments, `d` in R.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from adreport import analyse, read_study
from adreport.pages import efficacy, sensitivity
from adreport.pages.contract import pick, table, value
from adreport.pages.counting import FIRST_COURSE, compared_courses
from adreport.pages.efficacy import words as efficacy_words
from adreport.pages.exhibits import MIN_COURSES, Settings, counted
from adreport.pages.sensitivity import models as patient_models
from adreport.pages.sensitivity import multiverse, rates, tables, words
from adreport.pages.sensitivity import patients as patient_level
from adreport.stats import effects, firth
from adreport.stats import within_patients as permutation
from adreport.stats.bootstrap import cluster_bootstrap
from adreport.stats.clustered import clustered
from adreport.stats.counts import by_patient
from adreport.stats.effects import korn_graubard
from adreport.study.paths import COHORT
from studies import cohort, written

# lme4's cbpp (Lesnoff et al. 2004): herd, period, how many fell ill, of how many.
CBPP = """1:1:2:14 1:2:3:12 1:3:4:9 1:4:0:5 2:1:3:22 2:2:1:18 2:3:1:21 3:1:8:22 3:2:2:16 3:3:0:16 3:4:2:20 4:1:2:10
4:2:0:10 4:3:2:9 4:4:0:6 5:1:5:18 5:2:0:25 5:3:0:24 5:4:1:4 6:1:3:17 6:2:0:17 6:3:0:18 6:4:1:20 7:1:8:16 7:2:1:10
7:3:3:9 7:4:0:5 8:1:12:34 9:1:2:9 9:2:0:6 9:3:0:8 9:4:0:6 10:1:1:22 10:2:1:22 10:3:0:18 10:4:2:22 11:1:0:25 11:2:5:27
11:3:3:22 11:4:1:22 12:1:2:10 12:2:1:8 12:3:0:6 12:4:0:5 13:1:1:21 13:2:2:24 13:3:0:19 13:4:0:23 14:1:11:19 14:2:0:2
14:3:0:3 14:4:0:2 15:1:1:19 15:2:1:15 15:3:1:15 15:4:0:15"""
# logistf's own example, sex2 (239 women): case, age, oc, vic, vicl, vis, dia and how many.
SEX2 = """1000010:1 1001000:14 1001010:3 1001100:10 1001110:12 1001111:1 1010000:44 1010001:3 1011000:15 1011001:1
1011010:2 1011100:7 1011110:3 1101000:2 1101010:1 1101011:1 1101100:1 1101111:1 1110000:5 1111000:3 0000010:1 0001000:2
0001010:1 0001100:8 0001110:18 0010000:42 0010010:1 0011000:1 0011100:5 0011110:6 0101100:2 0101110:4 0110000:14
0110010:1 0111000:1 0111110:2"""


@pytest.fixture(scope="module")
def study():
    return read_study(COHORT)


@pytest.fixture(scope="module")
def results(study):
    return analyse(sensitivity, study)


@pytest.fixture(scope="module")
def rows(results):
    return results.rows


def test_permutation_within_patients_is_that_of_r(study):
    # > cmh_test(treatment ~ y | p, d)   # coin, patients with two courses and more: chi-squared = 17.842, df = 5
    # > pvalue(cmh_test(treatment ~ y | p, d, distribution=approximate(100000)))   # 0.00163 (0.00132 to 0.00199)
    # Enumerated in R, patient by patient: combn() of the courses with the outcome, the sums per treatment convolved:
    # p 1.54320987654e-03, 0.1875, 6.80331709748e-01; of the largest statistic 2.41126543210e-06, 0.03125, 8.0375514e-08
    courses = compared_courses(study, MIN_COURSES)
    wanted = {
        "effective": (17.8420097982, 0.00154320987654, 10, 2.41126543210e-06),
        "significant": (4.93333333333, 0.1875, 4, 0.03125),
        "side_effect": (3.36634388765, 0.680331709748, 11, 8.03755144033e-08),
    }
    for outcome, expected in wanted.items():
        result, smallest = permutation.within_patients(*by_patient(courses, outcome, "treatment"))
        assert (result.statistic, result.p_value, result.n, smallest) == pytest.approx(expected)
        assert result.method == "Cochran-Mantel-Haenszel statistic, exact permutation within patients"


def test_a_simulated_permutation_agrees_with_the_exact_one_and_says_how(study, monkeypatch):
    counts = by_patient(compared_courses(study, MIN_COURSES), "side_effect", "treatment")
    exact, _ = permutation.within_patients(*counts)
    monkeypatch.setattr(permutation, "MOST_STATES", 10)
    simulated, smallest = permutation.within_patients(*counts)
    assert simulated.p_value == pytest.approx(exact.p_value, abs=0.02)
    assert simulated.method == "Cochran-Mantel-Haenszel statistic, simulated permutation within patients"
    assert simulated.note == "10,000 permutations, seed 1953, standard error 0.005"
    assert np.isnan(smallest)
    assert permutation.within_patients(*counts)[0] == simulated


def patients(treatments=3, most=3):
    row = st.lists(st.integers(0, most), min_size=2 * treatments, max_size=2 * treatments)
    return st.lists(row, min_size=1, max_size=6).map(lambda rows: as_counts(np.array(rows), treatments))


def as_counts(rows, treatments):
    courses = rows[:, :treatments]
    return courses, np.minimum(courses, rows[:, treatments:])


@given(patients(), st.randoms())
def test_permutation_gives_a_probability_or_a_reason_whatever_the_order_of_patients_and_treatments(counts, random):
    courses, events = counts
    result, smallest = permutation.within_patients(courses, events)
    if not permutation.informative(courses, events).any():
        assert np.isnan(result.p_value)
        assert (result.method, result.reason) == ("not tested", permutation.NOTHING_VARIES)
        return
    assert 0 < smallest <= result.p_value <= 1
    people, treatments = list(range(len(courses))), list(range(courses.shape[1]))
    random.shuffle(people)
    random.shuffle(treatments)
    mixed = [counts[np.ix_(people, treatments)] for counts in (courses, events)]
    assert permutation.within_patients(*mixed)[0].p_value == pytest.approx(result.p_value)
    opposite, _ = permutation.within_patients(courses, courses - events)
    assert opposite.p_value == pytest.approx(result.p_value)


@settings(max_examples=30)
@given(patients())
def test_bootstrap_intervals_hold_the_estimate_and_have_width(counts):
    courses, events = counts
    bootstrap = cluster_bootstrap(courses, events)
    for treatment in range(courses.shape[1]):
        if courses[:, treatment].any():
            rate = bootstrap.rate(treatment)
            assert rate.low <= rate.estimate + 1e-12 <= rate.high + 2e-12
            assert rate.low < rate.high


def test_bootstrap_does_not_depend_on_the_order_of_patients(study):
    courses, events = by_patient(compared_courses(study, MIN_COURSES), "effective", "treatment")
    turned = cluster_bootstrap(courses[::-1], events[::-1])
    for treatment in range(courses.shape[1]):
        assert turned.rate(treatment) == cluster_bootstrap(courses, events).rate(treatment)


def test_where_a_bootstrap_has_no_width_the_interval_is_exact_on_patients():
    # > binom.test(18, 18)$conf.int   # 18 patients, all of whose 21 courses were effective
    courses = np.array([[1]] * 15 + [[2]] * 3)
    rate = cluster_bootstrap(courses, courses).rate(0)
    assert (rate.low, rate.high) == pytest.approx((0.8146980, 1))
    assert rate.method == "exact interval with patients as sample size (Korn-Graubard), 95%"
    assert rate.note == "no bootstrap, the rate being the same in every patient"


def test_few_patients_are_not_resampled():
    # Two patients with 1 of 2 and 2 of 3: resamples have 1/2, 3/5 or 2/3 and nothing else.
    # > qbeta(c(.025, .975), c(1.2, 2.2), c(1.8, 0.8))   # Clopper-Pearson at 3/5 of 2 patients
    courses, events = (
        np.array([[2, 0]] + [[3, 0]] + [[0, 1]] * 12),
        np.array([[1, 0]] + [[2, 0]] + [[0, 1], [0, 0]] * 6),
    )
    courses[2, 1] = 2  # of twelve with the second treatment one had it twice
    bootstrap = cluster_bootstrap(courses, events)
    rate = bootstrap.rate(0)
    exact = korn_graubard(0.6, 2)
    assert (rate.low, rate.high) == pytest.approx((exact.low, exact.high))
    assert (rate.low, rate.high) == pytest.approx((0.0267740, 0.9956706), abs=1e-6)
    assert "fewer than 10 patients" in rate.note
    assert bootstrap.rate(1).method == "patient-cluster bootstrap, percentile, 95%"
    assert bootstrap.rate(1).note.startswith("5,000 resamples of 14 patients, seed 1953")
    difference = bootstrap.difference(0, 1)
    assert difference.measure == "risk difference"
    assert difference.method.startswith("hybrid (MOVER)")
    assert difference.high - difference.low > 0.5


def sex2():
    rows = [(text[:7], int(text[8:])) for text in SEX2.split()]
    data = np.array([[float(digit) for digit in digits] for digits, number in rows for _ in range(number)])
    return np.column_stack([np.ones(len(data)), data[:, 1:]]), data[:, 0]


def test_firths_regression_is_that_of_logistf():
    # > logistf(case ~ age + oc + vic + vicl + vis + dia, sex2)   # logistf 1.24: coefficients, profile limits
    model = firth.grouped(*sex2())
    assert (model.totals.sum(), model.events.sum()) == (239, 130)
    coefficients = [0.12025405, -1.10598131, -0.06881673, 2.26887464, -2.11140817, -0.78831694, 3.09601166]
    assert model.fit[0] == pytest.approx(coefficients, abs=1e-6)
    profile = {1: (-1.9737884, -0.30742514), 5: (-1.6080879, 0.01518468), 6: (0.7745682, 8.03029352)}
    for position, limits in profile.items():
        assert model.limits(position) == pytest.approx(limits, abs=1e-6)
    assert [model.without([place])[1] for place in (1, 5)] == pytest.approx([0.006143472, 0.054497008], abs=1e-7)


def test_the_adjusted_model_is_that_of_r(study):
    # > m <- glm(y ~ treatment + line + age_at_start_years + sex, binomial, d, method="brglm_fit", type="AS_mean")
    # > pl <- function(b) { e <- X %*% b; p <- c(plogis(e))
    # +   sum(y*e - log1p(exp(e))) + determinant(t(X) %*% (X*p*(1-p)))$modulus/2 }
    # Limits by uniroot() on the profile of pl by optim(): phototherapy against cyclosporine, male against female.
    results = table(patient_models.models(study, Settings()))
    adjusted = pick(results, variable="effective", variable_level="firth_adjusted")
    names = ("estimate", "conf.low", "conf.high", "p.value")
    for level, wanted in {
        "phototherapy": (0.128342174, 0.015088078, 0.895936922, 0.038576122),
        "male": (0.63958108, 0.13898136, 2.68794014, 0.54162214),
    }.items():
        own = pick(adjusted, group1_level=level)
        assert [value(own, stat_name=name) for name in names] == pytest.approx(wanted, rel=1e-5)
    whole = pick(adjusted, group1="treatment", group1_level="")
    assert value(whole, stat_name="statistic") == pytest.approx(11.7262510903)
    assert value(whole, stat_name="p.value") == pytest.approx(0.0387375311)


@pytest.mark.parametrize("size", [1, 40])
def test_firths_regression_of_separated_outcomes_is_finite(size):
    model = firth.Model(np.array([[1.0, 0], [1, 1]]), np.array([size, size]), np.array([0, size]))
    # Firth's penalty in a saturated model is half an event more on each side: log((n + 1/2) / (1/2)) for either rate.
    assert model.fit[0][1] == pytest.approx(2 * np.log(2 * size + 1), abs=1e-5)
    low, high = model.limits(1, 0.999)
    assert -np.inf < low < model.fit[0][1] < high < np.inf
    ratio = model.odds_ratio(1, 0.999)
    assert ratio.measure == "odds ratio"
    assert np.log([ratio.low, ratio.estimate, ratio.high]) == pytest.approx([low, model.fit[0][1], high])


@settings(max_examples=30)
@given(patients())
def test_the_expected_sums_and_their_covariance_are_those_of_all_permutations(counts):
    courses, events = counts
    informed = permutation.informative(courses, events)
    if not informed.any():
        return
    courses, events = courses[informed], events[informed].sum(axis=1)
    strata = permutation.Strata(courses, events, np.ones(len(events), dtype=np.int64))
    try:
        sums, probabilities = permutation._distribution(strata)
    except permutation.TooLargeToEnumerate:
        return
    form, mean = permutation._form_of(strata), probabilities @ sums
    assert form.expected == pytest.approx(mean)
    assert form.covariance == pytest.approx((sums - mean).T @ ((sums - mean) * probabilities[:, None]), abs=1e-9)


def test_counts_of_millions_do_not_overflow():
    strata = permutation.Strata(np.array([[3_000_000, 4_000_000]]), np.array([5_000_000]), np.array([2_000_000]))
    one_patient = stats.hypergeom(7_000_000, 5_000_000, 3_000_000)
    form = permutation._form_of(strata)
    assert form.expected[0] == pytest.approx(2e6 * one_patient.mean())
    assert form.covariance[0, 0] == pytest.approx(2e6 * one_patient.var())


def test_naive_rows_are_those_of_table_2(rows):
    naive = pick(rows, output="patient_level", variable_level="naive", group1_level="", stat_name="p.value")
    assert naive.set_index("variable")["stat"]["effective"] == pytest.approx(0.00140314305937)
    # > fisher.test(matrix(c(8,1, 14,0, 1,0, 0,2, 4,0), ncol=2, byrow=TRUE))$p.value   # first courses
    first = pick(rows, output="patient_level", variable_level="first_course", variable="effective", group1_level="")
    assert value(first, stat_name="p.value") == pytest.approx(0.00788177339901)
    assert value(first, stat_name="N") == 30


def test_patients_courses_and_events_are_told_apart(rows):
    steroid = pick(rows, output="patient_level", variable="effective", variable_level="cluster_bootstrap", group2="")
    steroid = pick(steroid, group1_level="systemic_corticosteroid")
    assert [value(steroid, stat_name=name) for name in ("patients", "courses", "n")] == [18, 21, 21]


def test_methods_are_names_and_the_rest_is_said_in_notes(rows):
    ours = pick(rows, output=["patient_level", "multiverse"])
    assert not ours["method"].str.contains("adjusted|resamples|seed|no bootstrap|published|:|;").any()
    models = pick(ours, variable_level=["firth_unadjusted", "firth_adjusted"], stat_name="p.value")
    assert set(models["note"]) == {"unadjusted", "adjusted for line of therapy, age at start and sex"}
    ratios = pick(ours, variable_level="firth_adjusted", stat_name=["estimate", "conf.low", "conf.high"])
    assert set(ratios["unit"]) == {"odds ratio"}


def test_where_no_patient_repeats_intervals_are_those_of_independent_courses(rows):
    # > prop.test(23, 25, correct=FALSE)$conf.int   # cyclosporine: 25 courses of 25 patients
    resampled = pick(rows, output="patient_level", variable="effective", variable_level="cluster_bootstrap", group2="")
    cyclosporine = pick(resampled, group1_level="cyclosporine").set_index("stat_name")["stat"]
    assert (cyclosporine["conf.low"], cyclosporine["conf.high"]) == pytest.approx((0.750338910496, 0.977779598715))
    assert cyclosporine["resamples"] == 0
    assert set(pick(resampled, group1_level="cyclosporine", stat_name="p")["method"]) == {"Wilson interval, 95%"}
    apart = cluster_bootstrap(
        np.array([[1, 0]] * 10 + [[0, 1]] * 12), np.array([[1, 0]] * 7 + [[0, 0]] * 9 + [[0, 1]] * 6)
    )
    assert apart.difference(0, 1) == effects.risk_difference(np.array([[7, 3], [6, 6]]))
    shared = cluster_bootstrap(np.array([[1, 1]] * 20), np.array([[1, 0]] * 8 + [[0, 1]] * 12))
    assert shared.difference(0, 1).method == "patient-cluster bootstrap, percentile, 95%"


def test_resamples_without_a_treatment_do_not_count():
    courses = np.array([[2, 0]] * 10 + [[0, 2]] * 30)
    events = np.minimum(courses, np.arange(40)[:, None] % 3)
    bootstrap = cluster_bootstrap(courses, events)
    without = np.isnan(bootstrap.draws[:, 0]).sum()
    assert bootstrap.usable([0]) == 5000 - without
    assert "resamples of 40 patients" in bootstrap.rate(0).note
    assert cluster_bootstrap(courses, courses).usable([0, 1]) == 0


def test_one_course_a_patient_leaves_nothing_to_compare_within(tmp_path):
    courses = cohort()["courses"].drop_duplicates("patient_id").assign(course="1")
    study = read_study(written(tmp_path, courses=courses, side_effects=cohort()["side_effects"].iloc[:0]))
    tests = table(patient_level.tests(study, Settings()))
    within = pick(tests, variable="effective", variable_level="within_patients", stat_name="N")
    assert within[["method", "note"]].to_numpy().tolist() == [["not tested", permutation.NOTHING_VARIES]]
    p = pick(tests, variable="effective", stat_name="p.value").set_index("variable_level")["stat"]
    assert p["naive"] == p["first_course"] == p["first_on_treatment"]


def test_every_combination_of_choices_is_there_and_the_published_one_is_named(rows):
    tests = pick(rows, output="multiverse", group1_level="", stat_name="p.value")
    assert len(tests) == 2 * 3 * 2 * 2 * 2
    published = pick(rows, output="multiverse", group1_level="published", stat_name="p.value")
    assert published["variable_level"].tolist() == ["courses all, missing excluded, rescue out, few out"]
    assert published["variable"].tolist() == ["effective"]
    assert published["stat"].tolist() == pytest.approx([0.00140314305937])


def test_choices_change_what_they_should(study):
    table_ = table(multiverse.rates(study, Settings()))

    def counts(code, treatment="systemic_corticosteroid"):
        chosen = pick(table_, variable="effective", variable_level=code, group1_level=treatment)
        return value(chosen, stat_name="n"), value(chosen, stat_name="N")

    assert counts("courses all, missing excluded, rescue out") == (21, 21)
    assert counts("courses all, missing excluded, rescue in") == (21, 21)  # no rescue course has a response
    assert counts("courses all, missing failure, rescue in") == (21, 33)
    first = study.courses[study.courses["line"] == 1]
    assert (
        counts("courses first, missing excluded, rescue out", "cyclosporine")[1]
        == (first["treatment"] == "cyclosporine").sum()
    )


def test_what_repeated_courses_make_of_the_main_analysis_is_said(study, results):
    text = str(words.answers(results))
    assert text.startswith("In overall effectiveness treatments differ (p < 0.05) however patients are counted.")
    assert "In significant response and side effect they are not shown to differ by any count of patients." in text
    assert "Of 7 different results that 24 combinations of other choices give for overall effectiveness, 6 have" in text
    notes = " ".join(tables.tests(results).footnotes)
    assert "few events per coefficient, is the model for overall effectiveness 2.0; side effect 3.3." in notes


def test_an_outcome_that_depends_on_how_patients_are_counted_is_named_with_every_p(results):
    rows = results.rows.copy()
    of_first = (rows["variable"] == "effective") & (rows["variable_level"] == FIRST_COURSE)
    rows.loc[of_first & (rows["stat_name"] == "p.value"), "stat"] = 0.2
    text = str(words.answers(replace(results, rows=rows)))
    assert "depends on how patients are counted in overall effectiveness (all courses p = 0.001, first courses" in text


def test_the_primary_analysis_is_named_with_its_test_and_the_two_treatments_used_most(study):
    first = str(efficacy_words.primary(analyse(efficacy, study)))
    assert "differed between treatments in each patient's first course (p = 0.008, Fisher-Freeman-Halton exact" in first
    assert "systemic corticosteroid 14 of 14 (100%) and cyclosporine 8 of 9 (89%)" in first
    # Newcombe, method 10, by hand: Wilson 0.7847 to 1 of 14 of 14, 0.5650 to 0.9801 of 8 of 9
    assert "a difference of 11.1 percentage points (95% CI −12.3 to 43.5)" in first
    other = str(efficacy_words.primary(analyse(efficacy, study, primary="side_effect")))
    assert other.startswith("Side effect was not shown to differ between treatments")
    every = str(efficacy_words.primary(analyse(efficacy, study, primary_courses="all")))
    assert "in all courses (p = 0.001, Fisher-Freeman-Halton exact, 76 courses): the primary analysis" in every


@pytest.mark.parametrize("exhibit", [*sensitivity.EXHIBITS, *efficacy.EXHIBITS], ids=lambda exhibit: exhibit.key)
def test_nothing_is_claimed_that_does_not_follow(study, results, exhibit):
    shown = exhibit.parts(results if exhibit in sensitivity.EXHIBITS else analyse(efficacy, study))
    text = str([part.data for part in shown]).lower()
    for claim in ("confirmed", "same question", "as published", "published choice", "published way", "1953, standard"):
        assert claim not in text


def test_whether_permuting_within_patients_can_be_relied_on_is_said(study, results):
    # > with(d, table(effective, another))   # all 81 courses: a later course of the same patient
    text = str(words.informative(results))
    assert "overall effectiveness 10 of 30 (39 courses)" in text
    assert "Another course followed 10 of 14 (71%) without a response and 41 of 67 (61%) with one." in text
    assert "must not be relied on" not in text
    # A clinic where patients stay on what works: nothing follows a response.
    rows = results.rows.copy()
    followed = (rows["variable"] == "another_course") & (rows["group1_level"] == "yes") & (rows["stat_name"] == "p")
    rows.loc[followed, "stat"] = 0.1
    assert "Here they are not: its p is likely too small" in str(words.informative(replace(results, rows=rows)))


def test_a_test_states_the_patients_and_courses_that_it_uses(results, rows):
    within = pick(rows, variable="effective", variable_level="within_patients", group1_level="")
    assert [value(within, stat_name=name) for name in ("N", "patients", "courses")] == [10, 10, 39]
    shown = {row.label: [cell.strip() for cell in row.cells] for row in tables.within(results).rows}
    assert shown["Overall effectiveness"][:4] == ["10/30", "39", "0.002", "<0.001"]


def bernoulli(cells):
    """Rows of lme4's cbpp, one an animal: herd, period, whether it fell ill."""
    numbers = [tuple(map(int, cell.split(":"))) for cell in cells.split()]
    rows = [(herd, period, n < ill) for herd, period, ill, size in numbers for n in range(size)]
    return (np.array(values) for values in zip(*rows, strict=True))


def test_without_its_penalty_the_model_of_repeated_courses_is_that_of_glmer():
    # lme4 1.1-31; b: cbpp with a row an animal; the coefficients are those of ?glmer with nAGQ = 100
    # > m <- glmer(y ~ period + (1|herd), b, binomial, nAGQ=100); m0 <- glmer(y ~ 1 + (1|herd), b, binomial, nAGQ=100)
    # > fixef(m); getME(m, "theta"); 2*(logLik(m) - logLik(m0)); logLik(m)
    herd, period, ill = bernoulli(CBPP)
    design = np.column_stack([np.ones(len(herd)), *(period == level for level in (2, 3, 4))]).astype(float)
    model = clustered(design, ill.astype(float), herd, penalised=False)
    coefficients, height = model.fit
    assert coefficients[:4] == pytest.approx([-1.39923045, -0.99140366, -1.12781950, -1.57947073], abs=2e-5)
    assert (model.deviation, height) == pytest.approx((0.647518457, -277.4590287), abs=1e-5)
    assert model.without([1, 2, 3])[0] == pytest.approx(25.5510058, abs=1e-5)


def test_without_deviation_the_model_of_repeated_courses_is_firths():
    # One course a patient cannot tell patients apart: at a deviation of 0 both heights are the same.
    design, outcome = sex2()
    model, independent = clustered(design, outcome, np.arange(len(outcome)) // 2), firth.grouped(design, outcome)
    at_zero = np.append(independent.fit[0], 0.0)
    assert model._at(at_zero)[0] == pytest.approx(independent.fit[1], abs=1e-8)
    assert model._at(at_zero)[1] == pytest.approx(np.zeros(len(at_zero)), abs=1e-5)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(-1.5, 1.5))
def test_the_score_and_its_slope_are_those_of_the_height(seed, angle):
    rng = np.random.default_rng(seed)
    patients = rng.integers(0, 8, 25)
    design = np.column_stack([np.ones(25), rng.integers(0, 2, 25), rng.normal(size=25)])
    model = clustered(design, rng.integers(0, 2, 25).astype(float), patients, penalised=False)
    point, step = np.append(rng.normal(size=3), angle), 1e-5
    _, score, curvature = model._at(point)
    for position in range(4):
        along = step * (np.arange(4) == position)
        up, down = model._at(point + along), model._at(point - along)
        assert score[position] == pytest.approx((up[0] - down[0]) / (2 * step), abs=1e-5)
        assert curvature[position] == pytest.approx((down[1] - up[1]) / (2 * step), abs=1e-4)


def test_the_published_courses_in_the_model_of_repeated_courses(rows):
    # glmer finds 16.353 without the penalty, two odds ratios of it infinite (treatments that always worked):
    # > 2*(logLik(glmer(y ~ treatment + line + (1|patient), d, binomial, nAGQ=25)) - logLik(... ~ line + ...))
    fitted = pick(rows, variable="effective", variable_level="random_intercept")
    overall = pick(fitted, group1="treatment", group1_level="")
    assert value(overall, stat_name="p.value") == pytest.approx(0.0270533, abs=1e-6)
    assert value(overall, stat_name="events_per_coefficient") == 2
    always = pick(fitted, group1_level="systemic_corticosteroid")
    estimate, low, high = (value(always, stat_name=name) for name in ("estimate", "conf.low", "conf.high"))
    assert 0 < low < 1 < estimate < high < np.inf


def test_a_model_of_too_few_events_is_not_fitted_and_says_so(results, rows):
    refused = pick(rows, variable_level=["random_intercept", "random_intercept_adjusted"], method="not fitted")
    reasons = refused[refused["stat_name"] == "N"].set_index(["variable", "variable_level"])["note"]
    assert reasons["effective", "random_intercept_adjusted"] == "only 1.5 events per coefficient"
    assert reasons["significant", "random_intercept"] == "only 1.2 events per coefficient"
    assert "exploratory" in str(words.odds_ratios(results))
    shown = tables.odds_ratios(results)
    assert [row.label for row in shown.rows if row.kind == "group"] == ["Overall effectiveness", "Side effect"]
    assert "Significant response with line of therapy: not fitted" in " ".join(shown.footnotes)


def test_without_repeats_the_model_has_no_random_intercept(tmp_path):
    courses = cohort()["courses"].drop_duplicates("patient_id").assign(course="1")
    study = read_study(written(tmp_path, courses=courses, side_effects=cohort()["side_effects"].iloc[:0]))
    rows = table(patient_models.models(study, Settings(min_courses=1)))
    methods = set(pick(rows, variable_level="random_intercept", stat_name="p.value")["method"])
    assert not any(method.startswith("random-intercept") for method in methods)


def test_combinations_that_change_no_number_count_once(results):
    # The 24 combinations have p 0.0014, 0.00033, 0.035, 0.016 (all courses), 0.0079 (first), 0.046, 0.068 (last).
    text = str(words.combinations(results))
    assert "Overall effectiveness p from <0.001 to 0.068, 6 of 7 distinct results below 0.05" in text
    assert words._range(1e-6, 9e-5) == "all p < 0.001"
    shown = tables.combinations(results).rows
    assert [row.label for row in shown if row.kind == "notable"] == ["All (main analysis)"]
    assert sum(int(row.cells[3]) for row in shown) == 24
    assert len(shown) == 7


def test_the_sentence_and_the_table_agree_on_which_intervals_exclude_0(results):
    bold = [row.label.rstrip(" †") for row in rates.differences(results, "effective").rows if row.kind == "notable"]
    steroid = [f"Systemic corticosteroid – {other}" for other in ("Azathioprine", "Methotrexate", "Phototherapy")]
    assert bold == ["Cyclosporine – Methotrexate", *steroid]
    text = str(words.differences(results))
    assert "Of 15 differences in overall effectiveness, 4 (cyclosporine against methotrexate, " in text
    assert "the two intervals disagree on 1 (cyclosporine against phototherapy)" in text


def test_intervals_are_called_what_they_are(study):
    results = analyse(sensitivity, study, confidence_level=0.975)
    assert [column.label for column in rates.rates(results).columns][4] == "97.5% CI, courses as independent"
    assert "percentile, 97.5% (5,000 resamples of 30 patients, seed 1953)" in rates.rates(results).footnotes[1]


@pytest.mark.parametrize("exhibit", sensitivity.EXHIBITS, ids=lambda exhibit: exhibit.key)
def test_an_exhibit_needs_only_what_it_counts(study, results, exhibit):
    alone = counted([exhibit], study, results.settings)
    assert [part.data for part in exhibit.parts(alone)] == [part.data for part in exhibit.parts(results)]


def test_exhibits_of_reconstructed_values_are_marked(results):
    marked = {exhibit.key: bool(exhibit.parts(results)[-1].data.get("mark")) for exhibit in sensitivity.EXHIBITS}
    assert marked == {key: key not in ("informative",) for key in marked}


def test_a_page_without_responses_says_that_there_is_nothing_to_compare(tmp_path):
    courses = cohort()["courses"].assign(response="")
    results = analyse(sensitivity, read_study(written(tmp_path, courses=courses)))
    assert "Overall effectiveness:" not in str(words.answers(results))
    assert str(words.rates(results)) == words.AS_ABOVE
    assert [row.label for row in tables.tests(results).rows if row.kind == "group"] == ["Side effect"]
    for exhibit in sensitivity.EXHIBITS:
        exhibit.parts(results)


def test_counts_by_patient_leave_gaps_out():
    courses = pd.DataFrame({
        "patient_id": ["a", "a", "b", "c"],
        "treatment": pd.Categorical(["x", "y", "y", "x"], ["x", "y"]),
        "effective": pd.array([True, False, True, None], dtype="boolean"),
    })  # fmt: skip
    courses, events = by_patient(courses, "effective", "treatment")
    assert courses.tolist() == [[1, 1], [0, 1]]
    assert events.tolist() == [[1, 0], [0, 1]]
