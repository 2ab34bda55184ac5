"""The reconstructed cohort gives the published counts; the pages' statistics are those of R on them."""

from dataclasses import replace

import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import cohort, efficacy, safety, sequences
from adreport.pages.cohort import tables as cohort_tables
from adreport.pages.cohort import words as cohort_words
from adreport.pages.cohort.results import MANY
from adreport.pages.contract import pick, value
from adreport.pages.efficacy import comparisons
from adreport.pages.efficacy import words as efficacy_words
from adreport.pages.exhibits import Settings, counted
from adreport.pages.line_lists import MOST_LINES
from adreport.pages.masthead import masthead
from adreport.pages.safety import words as safety_words
from adreport.study.faults import Fault
from adreport.study.model import RECONSTRUCTED
from studies import cohort as recorded
from studies import written

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


@pytest.fixture(scope="module")
def shown(cohort_study):
    """The results of three pages."""
    exhibits = [*cohort.EXHIBITS, *efficacy.EXHIBITS, *safety.EXHIBITS]
    return counted(exhibits, cohort_study, Settings())


@pytest.fixture(scope="module")
def results(cohort_study, shown):
    """The rows of the four pages of the paper's tables."""
    return pd.concat([shown.rows, analyse(sequences, cohort_study).rows]).drop_duplicates()


def words(exhibit, study):
    """An exhibit's sentence, from nothing but what the exhibit says that it counts."""
    results = counted([exhibit], study, Settings())
    return str(exhibit.words(results))


@pytest.mark.parametrize(("treatment", "counts"), TABLE_2.items())
def test_counts_of_table_2(treatment, counts, results):
    own = pick(results, output="table2", group1_level=treatment, stat_name="n")
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
def test_p_values_of_table_2_are_those_of_r(variable, method, p, results):
    own = pick(results, output="table2", group1_level="", variable=variable, stat_name="p.value")
    assert own["method"].tolist() == [method]
    assert own["stat"].tolist() == [pytest.approx(p)]


def test_age_at_start_is_compared_as_published(results):
    own = pick(results, output="table2", group1_level="", variable="age_at_start_years", stat_name="p.value")
    assert (own["method"].iloc[0], round(own["stat"].iloc[0], 3)) == ("Kruskal-Wallis", 0.487)


def test_medians_and_ranges_are_the_published_ones_by_the_rule_of_spss(results):
    # Printed in Table 2: CSA 9.3 (8.7) years; SCS 50 (41.5) days; IVIG 35 (55.3) months.
    def both(treatment, variable):
        own = pick(results, output="table2", group1_level=treatment, variable=variable)
        return [value(own, stat_name=name) for name in ("median", "iqr")]

    assert both("cyclosporine", "age_at_start_years") == pytest.approx([9.3, 8.7], abs=0.0501)
    assert both("systemic_corticosteroid", "duration_days") == [50, 41.5]
    assert both("immunoglobulin", "duration_months") == pytest.approx([35, 55.3], abs=0.0501)


def test_only_the_z_test_finds_pairs_that_differ(results):
    adjusted = pick(results, output="pairwise", stat_name="p.value.adjusted")
    below = adjusted[adjusted["stat"] < 0.05]
    pairs = set(zip(below["group1_level"], below["group2_level"], below["method"], strict=True))
    assert pairs == {
        ("systemic_corticosteroid", other, f"pooled z, {adjustment}")
        for other in ("methotrexate", "phototherapy")
        for adjustment in ("Bonferroni", "Holm")
    }


def test_no_pair_stands_out_by_the_exact_test(shown):
    rows = comparisons.pairwise(shown).rows
    assert len(rows) == 15
    assert {row.kind for row in rows} == {""}
    text = str(efficacy_words.pairwise(shown))
    assert (
        "Of 15 pairs of treatments, none has p < 0.05 by Fisher's exact test after Holm (the smallest is 0.10)." in text
    )
    assert (
        "By the z-test, which needs larger counts, so have: systemic corticosteroid and phototherapy (p = 0.009)"
        in text
    )


def test_nothing_known_beforehand_went_with_the_response(results):
    assert pick(results, output="predictors", stat_name="p.value")["stat"].min() > 0.05


def test_side_effects_are_those_of_table_3(results):
    events = pick(results, output="table3", variable="side_effect", variable_level="any", stat_name="n")
    assert events["stat"].sum() == 25
    affected = pick(results, output="safety", group1="", variable="affected_courses")
    assert value(affected, stat_name="n") == 21


def test_what_follows_what_is_that_of_table_4(results):
    # Counted by hand in the published Table 4: the last treatment of each patient, and the first.
    following = pick(results, output="lines", group1="treatment", stat_name="n")
    last = pick(following, variable="last_line").set_index("group1_level")["stat"].to_dict()
    assert last == {
        "cyclosporine": 13, "systemic_corticosteroid": 2, "azathioprine": 6, "methotrexate": 5, "phototherapy": 1,
        "immunoglobulin": 0, "omalizumab": 3, "dupilumab": 0, "mycophenolate_mofetil": 0,
    }  # fmt: skip
    first = pick(following, variable="first_line").set_index("group1_level")["stat"]
    assert first["systemic_corticosteroid"] == 14


def test_every_course_goes_somewhere_once(cohort_study, results):
    steps = pick(results, output="transitions", stat_name="n")
    assert steps["stat"].sum() == len(cohort_study.courses)
    ends = steps[steps["group2_level"].isin(["ongoing", "remission", "stopped", "lost_to_follow_up"])]
    assert ends["stat"].sum() == len(cohort_study.patients) + 1  # both of P14's go on, one an add-on to the other


def test_each_statistic_stands_once(results):
    keys = ["output", "group1", "group1_level", "group2", "group2_level", "variable", "variable_level", "stat_name"]
    assert not results.duplicated([*keys, "method"]).any()


def test_sections_on_outcomes_reasons_and_side_effects_are_answered(cohort_study, shown):
    differ = str(efficacy_words.differences(shown))
    assert "differed between treatments for overall effectiveness (p = 0.001)" in differ
    assert "no difference was shown for significant response (p = 0.71) and side effect (p = 0.75)" in differ
    reasons = cohort_study.courses["discontinuation_reason"].value_counts()
    assert f"({reasons.max()})" in str(efficacy_words.endings(shown)).split(",")[1]
    patients = cohort_study.side_effects.groupby("side_effect")["patient_id"].nunique()
    words = str(safety_words.terms(shown))
    assert f"({patients.max()} patients)" in words.split(",")[0]
    assert "of 25 events" in words


def test_patients_without_a_treatment_course_are_not_said_to_have_had_one(cohort_study):
    more = cohort_study.patients.head(2).assign(patient_id=["X1", "X2"])
    study = replace(cohort_study, patients=pd.concat([cohort_study.patients, more], ignore_index=True))
    assert words(cohort.FLOW, study).startswith("30 of 32 patients had 81 treatment courses")


def test_effective_courses_that_were_left_for_lack_of_effect_are_named(cohort_study):
    courses = cohort_study.courses[cohort_study.courses["treatment"].isin(["azathioprine", "cyclosporine"])]
    worked = courses["effective"].eq(True) & courses["discontinuation_reason"].ne("ongoing")
    reasons = courses["discontinuation_reason"].where(~worked, "remission")
    reasons[courses.index[worked & courses["treatment"].eq("azathioprine")][:2]] = "unresponsiveness"
    text = words(efficacy.REASONS, replace(cohort_study, courses=courses.assign(discontinuation_reason=reasons)))
    assert "stopped for lack of effect: azathioprine 2 of 8 effective courses." in text


def test_a_stricter_definition_is_no_filter(cohort_study):
    strict = masthead(cohort_study.select(response="significant"))
    assert (strict.filters, strict.definition) == ("", "only a significant response counts as effective")
    both = masthead(cohort_study.select("CSA", response="significant"))
    assert both.filters == "treatment Cyclosporine"


def test_a_baseline_is_that_of_table_1(shown):
    numbers = {
        row.label: [cell.replace("\u2007", "") for cell in row.cells] for row in cohort.NUMBERS.table(shown).rows
    }
    assert numbers["Age at onset (months)"] == ["12.0", "4.0–59.0", "55.0", "27", "3"]
    rows = cohort.LEVELS.table(shown).rows
    kinds = {row.label: row.kind for row in rows}
    assert [kinds[label] for label in ("Sex", "Female", "Food allergy")] == [
        "group",
        "level",
        "",
    ]  # one row a yes-or-no
    assert [row.cells for row in rows if row.label == "Female"] == [["14", "46.7", "30", "0"]]


def test_courses_below_the_licensed_age_are_counted_and_the_source_of_the_licence_is_a_note(shown):
    licences = shown.pick(output="off_label", group1_level="cyclosporine")
    assert {row.stat_name: row.stat for row in licences.itertuples()} == {"n": 24, "N": 25, "p": 24 / 25}
    assert set(licences["method"]) == {""}
    assert licences["note"].str.contains("label").all()


def test_the_points_of_a_distribution_are_the_values_without_their_patients(cohort_study, shown):
    ages = shown.pick(output="distributions", variable="age_at_data_lock_years", stat_name="value")
    assert ages["stat"].tolist() == sorted(cohort_study.patients["age_at_data_lock_years"].dropna())
    assert set(ages["unit"]) == {"years"}
    assert not shown.pick(output="distributions")[["group1", "group2", "note"]].any(axis=None)


def test_whiskers_end_at_the_furthest_values_within_their_reach(cohort_study):
    # > x <- c(1:9, 40); q <- quantile(x, c(.25, .75), type=6); range(x[x >= q[1]-1.5*diff(q) & x <= q[2]+1.5*diff(q)])
    ages = pd.Series([*range(1, 10), 40], dtype=float)
    patients = cohort_study.patients.head(10).assign(age_at_data_lock_years=ages.to_numpy())
    results = counted([cohort.DISTRIBUTIONS], replace(cohort_study, patients=patients), Settings())
    own = results.pick(output="distributions", variable="age_at_data_lock_years")
    assert [value(own, stat_name=name) for name in ("whisker.low", "whisker.high")] == [1, 9]


def test_of_many_patients_only_boxes_are_drawn(cohort_study):
    many = pd.concat([cohort_study.patients] * (MANY // len(cohort_study.patients) + 1), ignore_index=True)
    results = counted([cohort.DISTRIBUTIONS], replace(cohort_study, patients=many), Settings())
    points = results.pick(output="distributions", stat_name="value")
    assert "age_at_data_lock_years" not in set(points["variable"])
    assert len(results.pick(output="distributions", stat_name="whisker.high")) == 3
    assert "<svg" in cohort.DISTRIBUTIONS.figure(results).drawn(False)


def test_exhibits_of_values_that_are_not_as_recorded_are_marked(cohort_study, shown):
    _, figure = cohort.DISTRIBUTIONS.parts(shown)
    assert figure.mark == RECONSTRUCTED
    _, figure = cohort.DISTRIBUTIONS.parts(replace(shown, reconstructed=frozenset({"courses.dose"})))
    assert figure.mark == ""
    assert cohort.COMORBIDITIES.parts(shown)[1].mark == RECONSTRUCTED


def warned(study, *faults):
    return counted([cohort.WARNINGS], replace(study, warnings=faults), Settings())


def test_a_warning_on_many_rows_stands_once_with_its_rows_and_without_values(cohort_study):
    fault = Fault("courses.csv", "is unusual", "Look at it.", column="dose", value="77 mg")
    results = warned(cohort_study, *(replace(fault, row=row) for row in range(2, 30)))
    (row,) = cohort.WARNINGS.table(results).rows
    assert row.label == "courses.csv, dose"
    assert row.cells[0].endswith("20, 21 and 8 more")
    assert row.cells[1:] == ["is unusual", "Look at it."]
    assert value(results.rows, variable="rule", stat_name="n") == 28
    assert "77 mg" not in results.rows.to_csv()


def test_warnings_are_listed_up_to_a_number(cohort_study):
    faults = [Fault("courses.csv", f"is strange {number}", "Look.", row=number) for number in range(MOST_LINES + 3)]
    rows = cohort.WARNINGS.table(warned(cohort_study, *faults)).rows
    assert (len(rows), rows[-1].label) == (MOST_LINES + 1, "and 3 more")
    assert cohort.WARNINGS.table(warned(cohort_study)).reason == "The check of the data found nothing."


@pytest.mark.parametrize("page", [cohort, safety])
def test_every_exhibit_counts_all_that_it_shows(page, cohort_study, shown):
    for exhibit in page.EXHIBITS:
        alone = counted([exhibit], cohort_study, Settings())
        assert [part.data for part in exhibit.parts(alone)] == [part.data for part in exhibit.parts(shown)], exhibit.key


def test_intervals_are_called_by_their_level_in_full(cohort_study):
    results = analyse(safety, cohort_study, confidence_level=0.975)
    assert "97.5% CI" in [column.label for column in safety.TERMS.table(results).columns]
    assert "(97.5% CI " in str(safety.EXPOSURE.words(results))


def test_what_is_known_of_nobody_has_its_own_sign_and_stays_in_the_table(tmp_path):
    tables = recorded()
    unknown = tables["patients"].assign(food_allergy="", comorbidities="", atopic_comorbidities="")
    results = analyse(cohort, read_study(written(tmp_path, **tables | {"patients": unknown})))
    table = {row.label: row.cells for row in cohort_tables.baseline_levels(results).rows}
    for label in ("Food allergy", "Comorbidities", "Atopic comorbidities"):
        assert [cell.strip("\u2007") for cell in table[label]] == ["?", "–", "0", "30"]
    assert (
        cohort_tables.baseline_levels(results).footnotes[-1] == "–: not estimable, or does not apply; ?: not recorded."
    )
    received = cohort_tables.patients_by_treatment(results)
    assert {row.cells[1].strip("\u2007") for row in received.rows} == {"–"}
    assert str(cohort_words.comorbidities(results)) == "No comorbidities are recorded."


def test_of_fewer_than_five_patients_there_is_no_quartile(cohort_study):
    ige = cohort_study.patients["total_ige_iu_per_ml"]
    ige = ige.where(ige.notna().cumsum() <= 4)
    results = analyse(cohort, replace(cohort_study, patients=cohort_study.patients.assign(total_ige_iu_per_ml=ige)))
    table = cohort_tables.baseline_numbers(results)
    row = next(row for row in table.rows if "IgE" in row.label)
    assert [cell.strip("\u2007") for cell in row.cells] == ["–", "–", "–", "4", "26"]
    assert table.footnotes[-1] == "–: fewer than 5 patients, counts only."
    assert "IgE" not in cohort.DISTRIBUTIONS.figure(results).alternative.split(": ", 1)[1]


def test_treatments_as_frequent_are_named_together(cohort_study):
    two = cohort_study.select("DUP,MMF")
    sentence = str(cohort_words.treatments_used(analyse(cohort, two)))
    assert sentence.startswith(
        "Dupilumab and mycophenolate mofetil were the most frequent of 2 treatments, each received"
    )
