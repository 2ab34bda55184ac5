"""The methods section says what was run, all of it and nothing else."""

import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import efficacy
from adreport.pages.contract import statistics, table
from adreport.report import methods
from adreport.report.shell import css_text
from adreport.study.eras import Rules
from adreport.study.paths import COHORT


@pytest.fixture(scope="module")
def statistics_of_all_pages(report):
    return pd.read_csv(report / "results.csv", dtype=str, keep_default_na=False)


def test_every_citation_has_its_reference_and_every_reference_is_cited_somewhere():
    cited = {key for method in methods.catalogue() for key in method.references}
    assert cited == set(methods.references())


def flow():
    names = ("courses", "patients_treated", "rescue_courses", "courses_compared", "treatments_compared")
    rows = [*names, "treatments_compared_min_courses"]
    return [row for name in rows for row in statistics("flow", {"n": 5}, variable=name)]


def test_what_was_not_run_is_not_cited():
    run = table([*flow(), *statistics("table2", {"p": 0.5}, "Wilson interval, 90%", variable="effective")])
    section = methods.section(run)
    assert section.topics["Proportions and rates"] == "Proportions are given with 90% Wilson score intervals [1, 2]."
    assert [citation.split()[0] for citation in section.references] == ["Wilson", "Newcombe"]


def test_a_method_that_nobody_described_is_named_as_it_is():
    run = table([*flow(), *statistics("table2", {"p": 0.5}, "reading of tea leaves", variable="effective")])
    assert methods.uncovered(run) == ["reading of tea leaves"]
    assert methods.section(run).topics["Other methods"] == "Also run: reading of tea leaves."


SIMULATED = {
    "Fisher-Freeman-Halton, simulated": "{} tables, seed 1953, standard error 0.001",
    "Cochran-Mantel-Haenszel statistic, simulated permutation within patients": (
        "{} permutations, seed 1953, standard error 0.004"
    ),
    "log-rank scores, treatments permuted within patients": (
        "3 patients carry the information; {} permutations, seed 1953, standard error 0.004"
    ),
    "patient-cluster bootstrap, percentile, 95%": "{} resamples of 30 patients, seed 1953",
}


def run(*methods_and_notes: tuple[str, str], output: str = "table2", variable: str = "effective"):
    return [
        row
        for method, note in methods_and_notes
        for row in statistics(output, {"p.value": 0.5}, method, note=note, variable=variable)
    ]


def test_simulated_tests_are_described_with_their_number_and_seed():
    names = [(method, note.format("10,000")) for method, note in SIMULATED.items()]
    text = " ".join(methods.section(table([*flow(), *run(*names)])).topics.values())
    assert "simulated from 10,000 tables (seed 1953)" in text
    assert text.count("10,000 random permutations (seed 1953)") == 2
    assert "(10,000 resamples, seed 1953)" in text


def test_without_a_number_of_simulations_nothing_is_said_of_them():
    section = methods.section(table([*flow(), *run(*((method, "") for method in SIMULATED))]))
    assert "Comparisons" not in section.topics
    assert "seed" not in " ".join(section.topics.values())
    assert "permuting treatments within patients" in section.topics["Drug survival"]


def test_a_method_run_with_several_numbers_is_described_once():
    names = [
        ("Fisher-Freeman-Halton, simulated", f"{n} tables, seed 1953, standard error 0.001") for n in ("10,000", "5")
    ]
    names += [("exact Poisson interval, 95%", note) for note in ("", "all events over all days of the courses")]
    names += [("Cochran-Mantel-Haenszel statistic, exact permutation within patients", "")]
    names += [(method, note.format("20,000")) for method, note in list(SIMULATED.items())[1:3]]
    names += [("log-rank scores, treatments permuted within patients", "3 patients carry the information")]
    names += [(f"pooled z, {adjustment}", "") for adjustment in ("Bonferroni", "Holm")]
    rows = run(*names)
    topics = methods.section(table([*flow(), *rows])).topics
    assert "simulated from 10,000 and 5 tables (seed 1953)" in topics["Comparisons"]
    assert topics["Proportions and rates"].count("Poisson") == 1
    assert topics["Patients"].count("compared within patients") == 1
    assert topics["Drug survival"].count("permuting treatments within patients") == 1
    assert "adjusted over all pairs after Bonferroni and Holm" in topics["Pairs of treatments"]
    assert methods.uncovered(table(rows)) == []


def test_what_is_noted_or_counted_beside_a_method_may_change_what_is_said():
    poisson, firth = "exact Poisson interval, 95%", "Firth logistic regression, penalised likelihood ratio test"
    first = "Rates of first side effects end the time"
    said = [
        methods.section(table([*flow(), *run((poisson, ""), variable=variable)])).topics["Proportions and rates"]
        for variable in ("side_effects", "first_side_effect")
    ]
    assert [first in text for text in said] == [False, True]
    models = run((firth, "unadjusted"), (firth, "adjusted for line of therapy and sex"), output="patient_level")
    patients = methods.section(table([*flow(), *models])).topics["Patients"]
    assert "in a model of treatment alone" in patients
    assert "The same test was repeated adjusted for line of therapy and sex [1]." in patients
    rates = ("Clopper-Pearson interval, 95%", "")
    assert "Definitions of response" not in methods.section(table([*flow(), *run(rates)])).topics
    assert "Definitions of response" in methods.section(table([*flow(), *run(rates, output="multiverse")])).topics


def test_response_and_rescue_are_defined_as_the_study_does():
    study = read_study(COHORT)
    own = table(flow())
    words = methods.section(own, study).topics["Definitions"]
    assert f"with the response {study.response.effective_label}; a significant response is" in words
    assert "less than 14 days" in words
    assert "continues for at least 30 days" in words and words.endswith("take courses as recorded.")
    other = methods.section(own, study, Rules(join_gap_days=14)).topics["Definitions"]
    assert "at most 14 days apart joined" in other
    strict = methods.section(own, study.select(response="significant")).topics["Definitions"]
    assert f"with the response {study.response.significant_label};" in strict


def test_units_and_notes_are_no_methods():
    rows = analyse(efficacy, read_study(COHORT)).rows
    doses = rows[(rows["variable"] == "dose") & (rows["stat_name"] == "median")]
    assert len(doses) and doses["unit"].ne("").all()
    assert methods.uncovered(rows) == []


def test_a_title_within_a_style_sheet_cannot_end_its_quotation_marks():
    assert css_text('A "b" </style>ı 1') == "A \\22 b\\22  \\3c \\2f style\\3e ı 1"


@pytest.mark.parametrize(("courses", "words"), [("first", "in each patient's first course"), ("all", "in all courses")])
def test_the_primary_analysis_is_named(courses, words):
    rows = analyse(efficacy, read_study(COHORT), primary="side_effect", primary_courses=courses).rows
    data = methods.section(pd.concat([table(flow()), rows])).topics["Data"]
    assert (
        f"The primary analysis is the test of side effect over all treatments {words}; all others are exploratory."
        in data
    )
