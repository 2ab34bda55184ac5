"""The published numbers are judged, explained and set against each other; of other data nothing is judged."""

import csv
import re
from dataclasses import replace

import pandas as pd
import pytest
from scipy.stats import binomtest

from adreport import analyse, read_study
from adreport.pages import manuscript, paper
from adreport.pages.contract import pick, value
from adreport.pages.exhibits import Results, Settings
from adreport.pages.paper import results as reproduction
from adreport.pages.paper import tables, verdicts, words
from adreport.pages.paper.contradictions import CHECKS, contradictory
from adreport.pages.paper.published import Publication, published_numbers, published_sequences
from adreport.show.parts import Absent
from adreport.study.paths import COHORT, PUBLISHED
from studies import cohort, written


@pytest.fixture(scope="module")
def study():
    return read_study(COHORT)


@pytest.fixture(scope="module")
def results(study):
    return analyse(paper, study)


@pytest.fixture(scope="module")
def selected(study):
    """The page of a part of the cohort, with intervals of another level."""
    return analyse(paper, study.select("CSA,MTX"), confidence_level=0.975)


def test_each_printed_number_stands_once_with_its_recomputed_one_or_the_reason_why_not(results):
    numbers = tables.printed_numbers(results)
    with (PUBLISHED / "results.csv").open(encoding="utf-8", newline="") as file:
        printed = [
            tuple(row[name] for name in ("output", "group1_level", "place", "variable", "variable_level", "stat_name"))
            for row in csv.DictReader(file)
        ]
    printed += [("table4", f"P{patient:02}", "Table 4", "pathway", "", "n") for patient in range(1, 31)]
    assert list(numbers[tables.NUMBER].itertuples(index=False, name=None)) == printed
    unknown = numbers["recomputed"].isna()
    assert numbers.loc[unknown, "verdict"].str.startswith("cannot be recomputed: ").all()
    assert set(numbers.loc[~unknown, "verdict"]) == set(verdicts.VERDICTS) - {verdicts.UNKNOWN}
    assert set(numbers.loc[~unknown, "basis"]) <= {"published", "constrained", ""}


def test_the_sentence_on_printed_numbers_and_their_table_have_the_same_counts(results):
    table = tables.overview(results)
    exact, rounded, cut, differ, unknown, every = map(int, table.rows[-1].cells)
    assert [sum(map(int, column)) for column in zip(*(row.cells for row in table.rows[:-1]), strict=True)] == [
        exact, rounded, cut, differ, unknown, every,
    ]  # fmt: skip
    text = str(words.agreement(results))
    assert f"Of {every} printed numbers {exact + rounded} agree with these data, {cut} if cut off instead of " in text
    assert f"{differ} differ and {unknown} cannot be recomputed" in text
    no_test, test = (int(re.search(found, text)[1]) for found in (r"(\d+) were built", r"of the (\d+) that"))
    assert no_test + test == every - unknown


def test_what_these_data_do_not_record_is_not_compared_as_none(study):
    patients = study.patients.assign(egg_allergy=pd.Categorical([None] * 30, categories=["yes", "no"]))
    other = analyse(paper, replace(study, patients=patients, reproduces=""))
    assert set(tables.comparable(other)["variable"]) >= {"mite_allergy", "food_allergy"}
    assert "egg_allergy" not in set(tables.comparable(other)["variable"])


def test_an_order_that_is_not_that_of_table_4_differs_and_is_signed(study):
    """Patient 1 of Table 4: CSA, AZA."""
    courses = study.courses.copy()
    first, second = courses.index[courses["patient_id"] == "P01"]
    courses.loc[[first, second], "treatment"] = courses.loc[[second, first], "treatment"].to_numpy()
    swapped = replace(study, courses=courses)
    results = analyse(paper, swapped)
    numbers = tables.printed_numbers(results).query("variable == 'pathway'")
    (differing,) = numbers[numbers["verdict"] == verdicts.DIFFERS].itertuples()
    assert (differing.group1_level, differing.printed) == ("P01", "CSA, AZA")
    assert differing.explanation == "the data have AZA, CSA"
    assert numbers["verdict"].eq(verdicts.AGREES).sum() == 29
    with_pathways = Results(pd.concat([results.rows, analyse(manuscript, swapped).rows]), results.scale)
    table = manuscript.TABLE_4.table(with_pathways)
    assert table.rows[0].cells == ["AZA, CSA‡"]
    assert "P01: printed CSA, AZA (the data have AZA, CSA)" in table.footnotes[-1]


def test_one_denominator_explains_the_shares_of_all_courses(results):
    totals = results.pick(output="reproduction", variable="common_denominator")
    assert totals["variable_level"].tolist() == ["courses"]
    assert totals["stat"].tolist() == [80]
    assert str(words.explanations(results)).startswith("With 80 as the total of courses, every share of courses")


def test_every_difference_is_in_the_table_with_what_explains_it(results):
    rows = {row.label: row.cells for row in tables.differences(results).rows}
    assert rows["Cyclosporine, courses, %"] == ["31.3%", "30.86%", "25 of 80 gives 31.3%", "Table 2"]
    numbers = tables.printed_numbers(results)
    off = numbers["verdict"].isin([verdicts.DIFFERS, verdicts.TRUNCATED])
    assert sum(row.kind == "level" for row in tables.differences(results).rows) == off.sum()
    assert numbers.loc[numbers["verdict"] == verdicts.DIFFERS, "explanation"].ne("").all()


@pytest.mark.parametrize(
    ("printed", "recomputed", "verdict"),
    [
        ("66.7", 2 / 3, "agrees after rounding"), ("66.6", 2 / 3, "agrees after truncation"), ("50", 0.5, "agrees"),
        ("50.0", 0.5, "agrees"), ("72.7", 2 / 3, "differs"), ("1,250", 12.5, "agrees"),
        ("66.7", float("nan"), "cannot be recomputed"),
    ],
)  # fmt: skip
def test_a_number_is_judged_by_the_digits_printed(printed, recomputed, verdict):
    assert verdicts.judge(printed, recomputed, 100) == verdict


def test_a_changed_number_changes_its_verdict(study):
    published, settings = published_numbers(), Settings()
    recomputed = reproduction.recompute(study, settings)
    row = (published["place"] == "Table 2") & (published["variable"] == "effective") & (published["printed"] == "66.7")
    assert row.sum() == 1
    wrong = published.assign(printed=published["printed"].mask(row, "72.7"), stat=published["stat"].mask(row, 0.727))
    judged = reproduction.judged(reproduction.compare(study, wrong, recomputed), study, settings)
    assert judged.loc[row, ["verdict", "explanation"]].iloc[0].tolist() == ["differs", "8 of 11 gives 72.7%"]


def test_a_percentage_without_a_count_is_explained_by_fractions():
    assert verdicts.explain_percentage("16.7", None) == "1/6 or 2/12 or 3/18 or 4/24 would give 16.7%"
    assert verdicts.explain_percentage("0.001", None) == "no fraction with a denominator up to 40 fits"


def test_other_data_are_compared_and_not_judged(selected):
    shown = [*(part for exhibit in paper.EXHIBITS for part in exhibit.parts(selected))]
    assert str(shown[0]).startswith("These are not the data of the published cohort: 5 of 5 published shares")
    html = " ".join(part._repr_html_() for part in shown)
    assert "Differs" not in html
    assert "Verdict" not in html
    assert selected.pick(output="reproduction", variable="verdict", variable_level=verdicts.AGREES).empty


def test_intervals_have_the_level_that_is_set(selected):
    assert [column.label for column in tables.overview(selected).columns][-1] == "97.5% CI (%)"
    limits = pick(selected.rows, output="reproduction", stat_name=("p.conf.low", "p.conf.high"))
    assert set(limits["method"]) == {"Wilson interval, 97.5%"}
    rates = pick(limits, group1_level="cyclosporine", variable="effective", group2_level="Table 2")
    low, high = (value(rates, stat_name=f"p.conf.{limit}") for limit in ("low", "high"))
    assert (low, high) == pytest.approx(tuple(binomtest(23, 25).proportion_ci(0.975, "wilson")))


def test_responses_on_another_scale_are_not_compared(study):
    other = replace(study, reproduces="", response=replace(study.response, effective=study.response.significant))
    variables = set(analyse(paper, other).rows["variable"])
    assert "patients" in variables
    assert not variables & {"effective", "significant", "response"}


def statements(paper_: Publication) -> list[str]:
    return [row["note"] for row in contradictory(paper_) if row["stat_name"] == "stated"]


def test_each_check_finds_its_contradiction_in_the_paper(results):
    stated = results.pick(output="contradictions", stat_name="stated")
    assert list(dict.fromkeys(stated["variable"])) == [check.__name__ for check in CHECKS]
    counts = results.pick(output="contradictions", stat_name="n")
    assert counts["stat"].sum() == len(stated)
    assert sum(row.kind == "level" for row in tables.contradictions(results).rows) == len(stated)
    assert str(words.contradictions(results)).startswith("Of the paper's statements, 4 cannot be true together")


def test_a_corrected_paper_no_longer_contradicts_itself():
    published, sequences = published_numbers(), published_sequences()
    before = statements(Publication(published, sequences))
    assert "6 patients were lost to follow-up (text)." in before
    lost = (published["variable_level"] == "lost_to_follow_up") & (published["variable"] == "status_at_data_lock")
    after = statements(Publication(published.assign(stat=published["stat"].mask(lost, 5)), sequences))
    assert after == [text for text in before if "lost to follow-up" not in text]


def test_contradictions_are_those_of_the_published_numbers_not_of_a_cohort():
    sequences = published_sequences()
    switched = pd.concat([sequences, pd.DataFrame([{"patient_id": "P28", "course": 6, "treatment": "dupilumab"}])])
    found = statements(Publication(published_numbers(), switched.sort_values(["patient_id", "course"])))
    assert not any("replaced with dupilumab" in text for text in found)
    assert any("omalizumab" in text for text in statements(Publication(published_numbers(), sequences)))


def test_the_table_of_a_page_without_contradictions_has_no_rows(results):
    none = results.rows[~results.rows["stat_name"].isin(["stated", "against"])]
    assert tables.contradictions(replace(results, rows=none)).rows == []


def test_a_clinic_s_shares_stand_beside_the_published_ones(tmp_path):
    """All 12 courses of azathioprine without a response: 0% (0 to 24.2, Wilson) against the published 66.7%."""
    tables_of = cohort()
    courses = tables_of["courses"]
    azathioprine = courses.index[courses["treatment"] == "azathioprine"]
    courses.loc[azathioprine, "response"] = "0"
    study = read_study(written(tmp_path, courses=courses))
    figure = paper.AGREEMENT.figure(analyse(paper, study))
    assert "Azathioprine 0% (0–24), published 67%" in figure.alternative
    assert "Dupilumab" not in figure.alternative  # one course


def test_the_published_cohort_is_not_set_beside_itself(results):
    assert paper.AGREEMENT.figure(results) == Absent()
