"""What respects the patient, against R 4.2.2 with coin 1.4-2 and brglm2 0.9; the R session beside each number.

The courses are those of the reconstructed cohort's six compared treatments, `d` in R.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from adreport import analyse, read_study
from adreport.pages import sensitivity
from adreport.pages.contract import pick, table, value
from adreport.pages.counting import compared_courses
from adreport.pages.exhibits import MIN_COURSES, Settings, counted
from adreport.pages.sensitivity import models as patient_models
from adreport.pages.sensitivity import multiverse, rates, tables, words
from adreport.pages.sensitivity import patients as patient_level
from adreport.stats import firth
from adreport.stats import within_patients as permutation
from adreport.stats.bootstrap import cluster_bootstrap
from adreport.stats.counts import by_patient
from adreport.stats.effects import korn_graubard
from adreport.study.paths import COHORT
from studies import cohort, written

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


def test_how_many_resamples_an_interval_rests_on_is_a_statistic(rows):
    resampled = pick(rows, output="patient_level", variable="effective", variable_level="cluster_bootstrap")
    number = pick(resampled, group2="", stat_name="resamples").set_index("group1_level")["stat"]
    assert number["cyclosporine"] == 5000
    assert 4900 < number["azathioprine"] <= 5000
    assert number["systemic_corticosteroid"] == 0  # always effective, and so in every resample
    pairs = pick(resampled, group1_level="cyclosporine", stat_name="resamples").set_index("group2_level")["stat"]
    assert (pairs["azathioprine"], pairs["systemic_corticosteroid"]) == (number["azathioprine"], 0)


def test_resamples_without_a_treatment_do_not_count():
    courses = np.array([[1, 0]] * 10 + [[0, 1]] * 30)
    events = np.minimum(courses, np.arange(40)[:, None] % 2)
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


def test_what_repeated_courses_make_of_the_published_answer_is_said(study, results):
    text = str(words.agreement(results))
    assert "confirmed within patients (p = 0.0015; 10 informative patients)" in text
    assert "confirmed by first courses alone (p = 0.0079; 30 courses of 5 treatments, 1 to 14 each)" in text
    assert "model" not in text  # the models take courses as independent: they stand in the table
    assert "Of 7 distinct combinations of choices, 6 stay below 0.05; the exception (p = 0.068): last courses" in text
    assert "Significant response, p = 0.714 with all courses taken as independent: not shown within patients" in text
    two = str(words.agreement(analyse(sensitivity, study.select("CSA,PT"))))
    assert "not confirmed within patients (p = 0.500; 2 informative patients, smallest possible p = 0.167)" in two
    assert "disagree" not in two


def test_the_models_are_told_beside_their_table(results, rows):
    tests = pick(rows, group1="treatment", group1_level="", variable="effective", stat_name="p.value")
    alone, adjusted = (value(tests, variable_level=level) for level in ("firth_unadjusted", "firth_adjusted"))
    assert f"effectiveness p = {alone:.4f} alone and p = {adjusted:.3f} adjusted" in str(words.odds_ratios(results))
    shown = {row.label: row.cells for row in tables.odds_ratios(results).rows[:9]}
    assert "0.13" in shown["Phototherapy against cyclosporine"][3]
    assert {cell.strip() for cell in shown["Male against female"][:3]} == {"–"}  # only in the adjusted model


def test_combinations_that_change_no_number_count_once(results):
    # The 24 combinations have p 0.0014, 0.00033, 0.035, 0.016 (all courses), 0.0079 (first), 0.046, 0.068 (last).
    text = str(words.combinations(results))
    assert "overall effectiveness p from <0.001 to 0.068, 6 of 7 distinct results below 0.05" in text
    assert words._range(1e-6, 9e-5) == "all p < 0.001"


def test_the_published_combination_stands_out_in_the_table(results):
    shown = tables.combinations(results).rows
    assert [row.label for row in shown if row.kind == "notable"] == ["All (as published)"]
    assert len(shown) == 24


def test_the_sentence_and_the_table_agree_on_which_intervals_exclude_0(results):
    bold = [row.label.rstrip(" †") for row in rates.differences(results, "effective").rows if row.kind == "notable"]
    assert bold == [f"Systemic corticosteroid – {other}" for other in ("Azathioprine", "Methotrexate", "Phototherapy")]
    text = str(words.differences(results))
    assert "Of 15 pairs, 3 (systemic corticosteroid against azathioprine, " in text
    assert "the two disagree on 2 (cyclosporine against methotrexate and cyclosporine against phototherapy)" in text


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
    assert marked == {key: key != "informative" for key in marked}


def test_a_page_without_responses_says_that_there_is_nothing_to_compare(tmp_path):
    courses = cohort()["courses"].assign(response="")
    results = analyse(sensitivity, read_study(written(tmp_path, courses=courses)))
    assert "Overall effectiveness" not in str(words.agreement(results))
    assert str(words.rates(results)) == words.NOTHING_COMPARED
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
