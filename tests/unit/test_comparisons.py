"""What tests of treatments and predictors say is said in one direction, once, and not of a handful of patients."""

import pytest

from adreport import analyse, read_study
from adreport.pages import efficacy, sensitivity
from adreport.pages.contract import pick, value
from adreport.pages.efficacy import words
from adreport.stats import exact
from adreport.study.paths import COHORT
from studies import cohort, written

TABLES = {name: table for name, table in cohort().items() if name in ("patients", "courses", "side_effects")}


@pytest.fixture(scope="module")
def study():
    return read_study(COHORT)


def of_patients(folder, *patients, **courses):
    tables = {name: table[table["patient_id"].isin(patients)] for name, table in TABLES.items()}
    tables["courses"] = tables["courses"].assign(**courses)
    return read_study(written(folder, **tables))


def test_fishers_statistic_and_the_odds_ratio_beside_it_point_the_same_way(study):
    rows = pick(analyse(efficacy, study).rows, output="predictors", group1="effective", variable_level="")
    exactly = rows[(rows["method"] == "Fisher exact") & (rows["stat_name"] == "statistic")]
    assert len(exactly) >= 3
    for variable, statistic in exactly.set_index("variable")["stat"].items():
        estimate = value(pick(rows, variable=variable, unit="odds ratio"), stat_name="estimate")
        assert (statistic > 1) == (estimate > 1)


@pytest.mark.parametrize(("codes", "statistic"), [("CSA,MTX", (23 * 3) / (2 * 4)), ("MTX,PT", (4 * 3) / (3 * 3))])
def test_of_two_treatments_fishers_statistic_is_the_odds_of_the_outcome_first_to_second(study, codes, statistic):
    # Effective and not: cyclosporine 23 and 2, methotrexate 4 and 3, phototherapy 3 and 3.
    two = study.select(codes)
    table2 = pick(analyse(efficacy, two).rows, output="table2", variable="effective", group1_level="")
    assert value(table2, stat_name="statistic") == pytest.approx(statistic)
    rows = analyse(sensitivity, two).rows
    naive = pick(rows, output="patient_level", variable="effective", variable_level="naive", group1_level="", group2="")
    assert value(naive, stat_name="statistic") == pytest.approx(statistic)
    main = pick(rows, output="multiverse", variable="effective", group1="distinct", group1_level="published")
    assert value(main, stat_name="statistic") == pytest.approx(statistic)


def test_one_test_has_one_p_however_often_it_is_shown(study, monkeypatch):
    monkeypatch.setattr(exact, "MOST_FILLINGS", 0)  # simulated, as in clinics with more courses
    sensitivity.multiverse._compared.cache_clear()
    p = []
    for page in (efficacy, sensitivity):
        rows = analyse(page, study).rows
        tested = rows[rows["method"].str.startswith("Fisher-Freeman-Halton") & (rows["stat_name"] == "p.value")]
        every = tested[
            (tested["variable"] == "effective")
            & tested["variable_level"].isin(["", "naive", "courses all, missing excluded, rescue out, few out"])
            & tested["output"].isin(["table2", "patient_level", "multiverse"])
        ]
        assert set(every["method"]) == {"Fisher-Freeman-Halton, simulated"}
        p += every["stat"].tolist()
    sensitivity.multiverse._compared.cache_clear()
    assert len(p) >= 4
    assert len(set(p)) == 1


def test_of_three_patients_nothing_is_tested(tmp_path):
    three = of_patients(tmp_path, "P01", "P29", "P30")
    for page in (efficacy, sensitivity):
        rows = analyse(page, three, min_courses=1).rows
        assert rows.loc[rows["stat_name"].isin(["p.value", "p.value.adjusted"]), "output"].tolist() == []
    text = str(words.primary(analyse(efficacy, three)))
    assert "no test is possible (fewer than two treatments have 5 patients)" in text


def test_a_treatment_without_any_response_is_named(tmp_path):
    courses = TABLES["courses"].copy()
    courses.loc[courses["treatment"] == "cyclosporine", "response"] = ""
    unrated = read_study(written(tmp_path, courses=courses))
    assert "No response is recorded of any course of cyclosporine." in str(words.outcomes(analyse(efficacy, unrated)))


def test_courses_that_were_lost_have_not_ended(study):
    text = str(words.endings(analyse(efficacy, study)))
    assert "in 63 courses that ended" in text
    assert "5 are lost to follow-up and 13 are ongoing" in text


def test_an_association_by_an_exact_test_has_no_cramers_v(study):
    rows = analyse(efficacy, study).rows
    tests = pick(rows, output=["table2", "figure1"], stat_name="p.value", group1_level="")
    strong = pick(rows, unit="Cramér's V", stat_name="estimate")
    chi_square = tests[tests["method"] == "Pearson chi-square"]
    assert sorted(strong["variable"]) == sorted(chi_square["variable"])
