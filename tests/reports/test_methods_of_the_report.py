"""The methods section of the whole report: every method that any page ran, every reference by its number."""

import re

import pandas as pd
import pytest

from adreport.report import methods


@pytest.fixture(scope="module")
def statistics_of_all_pages(report):
    return pd.read_csv(report / "results.csv", dtype=str, keep_default_na=False)


def test_every_method_that_was_run_is_in_the_catalogue(statistics_of_all_pages):
    assert methods.uncovered(statistics_of_all_pages) == []


def test_every_reference_is_cited_by_number_in_order(statistics_of_all_pages):
    section = methods.section(statistics_of_all_pages)
    text = " ".join(section.topics.values())
    numbers = [int(number) for group in re.findall(r"\[([\d, ]+)\]", text) for number in group.split(", ")]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(section.references) + 1))
