"""Reporting guidelines item by item: what is filled or stated decides whether the report answers one."""

from collections import Counter
from dataclasses import replace

import pytest

from adreport import read_study
from adreport.report.checklist import BY_AUTHORS, WHY_NOT, as_tables, checklist
from adreport.study.description import Description
from adreport.study.paths import COHORT


@pytest.fixture(scope="module")
def study():
    return read_study(COHORT)


def answers(study):
    listed = checklist(study)
    return {(guideline, item.number, item.topic): item for guideline in listed for item in listed[guideline]}


def test_every_item_of_the_guidelines_is_there(study):
    """STROBE: 22 items, 34 with their parts (von Elm et al., 2007). TARGET: 21 (Cashin et al., 2025)."""
    counts = Counter(guideline for guideline, *_ in answers(study))
    assert counts["STROBE"] == 34
    assert [item.number for item in checklist(study)["TARGET"]] == [str(number) for number in range(1, 22)]


def test_an_item_links_to_its_answer_or_says_what_is_left_to_do(study):
    items = answers(study)
    (place,) = items["STROBE", "13c", "Flow"].places
    question = "How many patients and courses are described?"
    assert place == (f"Cohort: {question}", f"cohort.html#{question.replace(' ', '-')}")
    assert items["STROBE", "22", "Funding"].answer == BY_AUTHORS
    assert items["STROBE", "13a", "Participants"].answer == "Missing: number assessed for eligibility"
    assert items["TARGET", "13", "Effects"].answer == WHY_NOT["TARGET"]


@pytest.mark.parametrize(
    ("table", "column", "item", "missing"),
    [
        ("courses", "discontinuation_reason", ("STROBE", "12d", "Loss to follow-up"), "discontinuation reason"),
        ("patients", "sex", ("STROBE", "14a", "Descriptive data"), "sex"),
        ("courses", "dose", ("TREAT", "Treatments", "Photo- and systemic therapy"), "dose"),
    ],
)
def test_a_column_that_is_taken_out_flips_its_item(table, column, item, missing, study):
    emptied = replace(study, **{table: getattr(study, table).assign(**{column: None})})
    assert answers(study)[item].places
    assert answers(emptied)[item].answer == f"Missing: {missing}"


def test_a_study_that_is_not_described_has_that_to_do(study):
    items = answers(replace(study, description=Description()))
    assert items["STROBE", "5", "Setting"].answer == "Missing: setting and period"


def test_the_tables_say_what_the_page_says(study):
    tables = dict(as_tables(checklist(study)))
    assert [row.cells[-1] for row in tables["HOME"].rows] == [WHY_NOT["HOME"]] * 4
