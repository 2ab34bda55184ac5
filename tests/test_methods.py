"""The methods section says what was run, all of it and nothing else."""

import re

import pandas as pd
import pytest

from adreport import efficacy, methods, read_study
from adreport.paths import COHORT
from adreport.results import statistics, table


@pytest.fixture(scope="module")
def statistics_of_all_pages(report):
    return pd.read_csv(report / "results.csv", dtype=str, keep_default_na=False)


def test_every_method_that_was_run_is_in_the_catalogue(statistics_of_all_pages):
    assert methods.uncovered(statistics_of_all_pages) == []


def test_every_citation_has_its_reference_and_every_reference_is_cited_somewhere():
    cited = {key for method in methods.catalogue() for key in method.references}
    assert cited == set(methods.references())


def test_every_reference_is_cited_by_number_in_order(statistics_of_all_pages):
    section = methods.section(statistics_of_all_pages)
    text = " ".join(section.topics.values())
    numbers = [int(number) for group in re.findall(r"\[([\d, ]+)\]", text) for number in group.split(", ")]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(section.references) + 1))


def flow():
    names = ("courses", "patients", "rescue_courses", "courses_compared", "treatments_compared")
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


def test_doses_pathways_and_verdicts_are_no_methods():
    results = efficacy.analyse(read_study(COHORT))
    assert not any("mg" in name for name in methods.names(results))
