"""The methods section says what was run, all of it and nothing else."""

from adreport.pages.contract import statistics, table
from adreport.pages.efficacy import results as efficacy
from adreport.report import methods
from adreport.study.eras import Rules


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


def test_simulated_tests_are_described_with_their_number_and_seed():
    names = (
        "Fisher-Freeman-Halton, simulated (100,000 tables, seed 1953, standard error 0.001)",
        "Cochran-Mantel-Haenszel statistic, simulated permutation within patients "
        "(10,000 permutations, seed 1953, standard error 0.004)",
    )
    rows = [row for name in names for row in statistics("table2", {"p.value": 0.5}, name, variable="effective")]
    section = methods.section(table([*flow(), *rows]))
    assert "simulated from 100,000 tables (seed 1953)" in section.topics["Comparisons"]
    assert "10,000 random permutations (seed 1953)" in section.topics["Patients"]


def test_a_method_run_with_several_numbers_is_described_once():
    names = [f"Fisher-Freeman-Halton, simulated ({n} tables, seed 1953, standard error 0.001)" for n in ("10,000", "5")]
    names += [f"exact Poisson interval, 95%{more}" for more in ("", "; all events over all days of the courses")]
    names += [
        "Cochran-Mantel-Haenszel statistic, exact permutation within patients",
        "Cochran-Mantel-Haenszel statistic, simulated permutation within patients "
        "(10,000 permutations, seed 1953, standard error 0.004)",
        "log-rank scores, treatments permuted within patients (3 patients carry the information)",
        "log-rank scores, treatments permuted within patients "
        "(3 patients carry the information; 20,000 permutations, seed 1953, standard error 0.004)",
        "pooled z, Bonferroni",
        "pooled z, Holm",
    ]
    rows = [row for name in names for row in statistics("table2", {"p.value": 0.5}, name, variable="effective")]
    topics = methods.section(table([*flow(), *rows])).topics
    assert "simulated from 10,000 and 5 tables (seed 1953)" in topics["Comparisons"]
    assert topics["Proportions and rates"].count("Poisson") == 1
    assert topics["Patients"].count("compared within patients") == 1
    assert topics["Drug survival"].count("permuting treatments within patients") == 1
    assert "adjusted over all pairs after Bonferroni and Holm" in topics["Pairs of treatments"]
    assert methods.uncovered(table(rows)) == []


def test_response_and_rescue_are_defined_as_the_study_does(cohort_study):
    own = table(flow())
    words = methods.section(own, cohort_study).topics["Definitions"]
    assert f"with the response {cohort_study.response.effective_label}; a significant response is" in words
    assert "less than 14 days" in words
    assert "goes on for at least 30 days" in words and words.endswith("take courses as recorded.")
    other = methods.section(own, cohort_study, Rules(join_gap_days=14)).topics["Definitions"]
    assert "at most 14 days apart joined" in other
    strict = methods.section(own, cohort_study.select(response="significant")).topics["Definitions"]
    assert f"with the response {cohort_study.response.significant_label};" in strict


def test_doses_pathways_and_verdicts_are_no_methods(cohort_study):
    results = efficacy.analyse(cohort_study)
    assert not any("mg" in name for name in methods.names(results))
