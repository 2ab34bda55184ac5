"""The reconstructed cohort gives the published counts; the pages' statistics are those of R on them."""

from dataclasses import replace

import pandas as pd
import pytest

from adreport import read_study
from adreport.pages.cohort import results as cohort
from adreport.pages.cohort import words as cohort_words
from adreport.pages.contract import pick, value
from adreport.pages.efficacy import comparisons
from adreport.pages.efficacy import results as efficacy
from adreport.pages.efficacy import words as efficacy_words
from adreport.pages.masthead import masthead
from adreport.pages.safety import results as safety
from adreport.pages.safety import words as safety_words
from adreport.pages.sequences import results as sequences
from adreport.study.paths import COHORT

STUDY = read_study(COHORT)
RESULTS = pd.concat([module.analyse(STUDY) for module in (cohort, efficacy, safety, sequences)]).drop_duplicates()

# Published Table 2: courses, patients, effective, significant (text), with a side effect.
TABLE_2 = {
    "cyclosporine": (25, 25, 23, 4, 8),
    "systemic_corticosteroid": (21, 18, 21, 1, 5),
    "azathioprine": (12, 12, 8, 1, 4),
    "methotrexate": (7, 7, 4, 0, 1),
    "phototherapy": (6, 5, 3, 1, 2),
    "immunoglobulin": (5, 5, 5, 0, 0),
    "omalizumab": (3, 3, 3, 1, 0),
    "dupilumab": (1, 1, 0, 0, 0),
    "mycophenolate_mofetil": (1, 1, 0, 0, 1),
}


@pytest.mark.parametrize(("treatment", "counts"), TABLE_2.items())
def test_counts_of_table_2(treatment, counts):
    own = pick(RESULTS, output="table2", group1_level=treatment, stat_name="n")
    variables = ("courses", "patients", "effective", "significant", "side_effect")
    assert tuple(value(own, variable=variable) for variable in variables) == counts


@pytest.mark.parametrize(
    ("variable", "method", "p"),
    [
        # > fisher.test(matrix(c(12,13, 11,10, 6,6, 5,2, 1,5, 2,3), ncol=2, byrow=TRUE))$p.value ; and so on
        ("sex", "Fisher-Freeman-Halton exact", 0.554374781231),
        ("effective", "Fisher-Freeman-Halton exact", 0.00140314305937),
        ("significant", "Fisher-Freeman-Halton exact", 0.713863126406),
        ("side_effect", "Fisher-Freeman-Halton exact", 0.745304057092),
    ],
)
def test_p_values_of_table_2_are_those_of_r(variable, method, p):
    own = pick(RESULTS, output="table2", group1_level="", variable=variable, stat_name="p.value")
    assert own["method"].tolist() == [method]
    assert own["stat"].tolist() == [pytest.approx(p)]


def test_age_at_start_is_compared_as_published():
    own = pick(RESULTS, output="table2", group1_level="", variable="age_at_start_years", stat_name="p.value")
    assert (own["method"].iloc[0], round(own["stat"].iloc[0], 3)) == ("Kruskal-Wallis", 0.487)


def test_medians_and_ranges_are_the_published_ones_by_the_rule_of_spss():
    # Printed in Table 2: CSA 9.3 (8.7) years; SCS 50 (41.5) days; IVIG 35 (55.3) months.
    def both(treatment, variable):
        own = pick(RESULTS, output="table2", group1_level=treatment, variable=variable)
        return [value(own, stat_name=name) for name in ("median", "iqr")]

    assert both("cyclosporine", "age_at_start_years") == pytest.approx([9.3, 8.7], abs=0.0501)
    assert both("systemic_corticosteroid", "duration_days") == [50, 41.5]
    assert both("immunoglobulin", "duration_months") == pytest.approx([35, 55.3], abs=0.0501)


def test_only_the_z_test_finds_pairs_that_differ():
    adjusted = pick(RESULTS, output="pairwise", stat_name="p.value.adjusted")
    below = adjusted[adjusted["stat"] < 0.05]
    pairs = set(zip(below["group1_level"], below["group2_level"], below["method"], strict=True))
    assert pairs == {
        ("systemic_corticosteroid", other, f"pooled z, {adjustment}")
        for other in ("methotrexate", "phototherapy")
        for adjustment in ("Bonferroni", "Holm")
    }


def test_of_a_pair_only_the_p_below_the_limit_stand_out():
    rows = comparisons.pairwise(RESULTS).rows
    bold = {(row.label, place) for row in rows for place, flag in enumerate(row.bold) if flag}
    assert len(bold) == 4
    assert {place for _, place in bold} == {3, 4}  # pooled z, Bonferroni and Holm; no cell of Fisher's exact test
    assert {row.kind for row in rows} == {""}


def test_nothing_known_beforehand_went_with_the_response():
    assert pick(RESULTS, output="predictors", stat_name="p.value")["stat"].min() > 0.05


def test_side_effects_are_those_of_table_3():
    events = pick(RESULTS, output="table3", variable="side_effect", variable_level="any", stat_name="n")
    assert events["stat"].sum() == 25
    affected = pick(RESULTS, output="safety", group1="", variable="affected_courses")
    assert value(affected, stat_name="n") == 21


def test_what_follows_what_is_that_of_table_4():
    # Counted by hand in the published Table 4: the last treatment of each patient, and the first.
    following = pick(RESULTS, output="lines", group1="treatment", stat_name="n")
    last = pick(following, variable="last_line").set_index("group1_level")["stat"].to_dict()
    assert last == {
        "cyclosporine": 13, "systemic_corticosteroid": 2, "azathioprine": 6, "methotrexate": 5, "phototherapy": 1,
        "immunoglobulin": 0, "omalizumab": 3, "dupilumab": 0, "mycophenolate_mofetil": 0,
    }  # fmt: skip
    first = pick(following, variable="first_line").set_index("group1_level")["stat"]
    assert first["systemic_corticosteroid"] == 14


def test_every_course_goes_somewhere_once():
    steps = pick(RESULTS, output="transitions", stat_name="n")
    assert steps["stat"].sum() == len(STUDY.courses)
    ends = steps[steps["group2_level"].isin(["ongoing", "remission", "stopped", "lost_to_follow_up"])]
    assert ends["stat"].sum() == len(STUDY.patients) + 1  # both of P14's go on, one an add-on to the other


def test_each_statistic_stands_once():
    keys = ["output", "group1", "group1_level", "group2", "group2_level", "variable", "variable_level", "stat_name"]
    assert not RESULTS.duplicated([*keys, "method"]).any()


def test_sections_on_outcomes_reasons_and_side_effects_are_answered():
    differ = str(efficacy_words.differences(RESULTS))
    assert "differed between the treatments in overall effectiveness (p = 0.0014)" in differ
    assert "are not shown to differ in significant response (p = 0.714) and side effect (p = 0.745)" in differ
    reasons = STUDY.courses["discontinuation_reason"].value_counts()
    assert f"({reasons.max()})" in str(efficacy_words.endings(RESULTS)).split(",")[1]
    patients = STUDY.side_effects.groupby("side_effect")["patient_id"].nunique()
    words = str(safety_words.terms(RESULTS, STUDY))
    assert f"({patients.max()} patients)" in words.split(",")[0]
    assert "of 25 events" in words


def test_patients_without_a_treatment_course_are_not_said_to_have_had_one():
    more = STUDY.patients.head(2).assign(patient_id=["X1", "X2"])
    study = replace(STUDY, patients=pd.concat([STUDY.patients, more], ignore_index=True))
    assert str(cohort_words.flow(cohort.analyse(study, 5))).startswith("30 of 32 patients had 81 treatment courses")


def test_effective_courses_that_were_left_for_lack_of_effect_are_named():
    courses = STUDY.courses[STUDY.courses["treatment"].isin(["azathioprine", "cyclosporine"])]
    worked = courses["effective"].eq(True) & courses["discontinuation_reason"].ne("ongoing")
    reasons = courses["discontinuation_reason"].where(~worked, "remission")
    reasons[courses.index[worked & courses["treatment"].eq("azathioprine")][:2]] = "unresponsiveness"
    results = efficacy.analyse(replace(STUDY, courses=courses.assign(discontinuation_reason=reasons)))
    assert "left for lack of effect: azathioprine 2 of 8 effective courses." in str(efficacy_words.endings(results))


def test_a_stricter_definition_is_no_filter():
    strict = masthead(STUDY.select(response="significant"))
    assert (strict.filters, strict.definition) == ("", "only a significant response counts as effective")
    both = masthead(STUDY.select("CSA", response="significant"))
    assert both.filters == "treatment Cyclosporine"
