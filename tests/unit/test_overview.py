"""The overview: four sentences with denominators and a row a treatment, without a p-value."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import overview, sequences, survival
from adreport.pages.exhibits import Settings
from adreport.pages.survival import tables as survival_tables
from studies import cohort, written


@pytest.fixture(scope="module")
def results(cohort_study):
    return analyse(overview, cohort_study)


def said(exhibit, results):
    return str(exhibit.words(results))


def test_four_sentences_answer_with_denominators(results):
    assert "81 treatment courses were given to 30 patients, with 9 treatments" in said(overview.USED, results)
    assert "most often cyclosporine (25 courses, 25 patients)" in said(overview.USED, results)
    assert "67 of 81 courses (83%) reached PGA 1 (good) or PGA 2 (significant), 8 of them" in said(
        overview.WORKED, results
    )
    assert "cyclosporine 23 of 25, systemic corticosteroid 21 of 21" in said(overview.WORKED, results)
    assert "a median of 11.0 months on cyclosporine" in said(overview.KEPT, results)
    assert "13 of 81 courses (16%) were ongoing" in said(overview.KEPT, results)
    assert "21 of 81 courses (26%), in 15 of 30 patients, had a recorded side effect" in said(overview.HARM, results)
    assert "2 of 81 courses were stopped for one. Whether any was serious is not recorded." in said(
        overview.HARM, results
    )


def test_treatments_stand_in_the_order_of_their_courses_and_nothing_is_tested(results):
    table = overview.AT_A_GLANCE.table(results)
    numbers = [int(row.cells[0].strip()) for row in table.rows]
    assert numbers[:-1] == sorted(numbers[:-1], reverse=True)
    assert (numbers[-1], sum(numbers[:-1])) == (81, 81)
    shown = " ".join([*table.footnotes, *(cell for row in table.rows for cell in row.cells)])
    assert not re.search(r"\bp\b", shown)


def test_effect_and_what_came_after_stand_side_by_side(results):
    table = overview.AT_A_GLANCE.table(results)
    steroid = next(row.cells for row in table.rows if row.label == "Systemic corticosteroid")
    assert "21/21, 100% (85–100)" in steroid
    assert steroid[6].strip() == "19/21"


def test_what_followed_is_counted_as_on_the_sequences_page(cohort_study, results):
    followed = {"output": "lines", "variable": "followed"}
    own, other = (made.pick(**followed) for made in (results, analyse(sequences, cohort_study)))
    assert own["stat"].tolist() == other["stat"].tolist()
    assert results.pick(output="overview", variable="followed").empty


def test_nothing_fails_where_no_median_is_reached(cohort_study):
    ongoing = cohort_study.courses.assign(discontinuation_reason="ongoing")
    table = overview.AT_A_GLANCE.table(analyse(overview, replace(cohort_study, courses=ongoing)))
    assert all(row.cells[3].startswith("not reached") for row in table.rows[:6])


def test_a_treatment_of_few_courses_has_counts_alone(results):
    table = overview.AT_A_GLANCE.table(results)
    omalizumab = next(row.cells for row in table.rows if row.label == "Omalizumab")
    assert [cell for cell in omalizumab if "%" in cell] == []
    assert "3/3" in omalizumab


def test_every_row_is_counted_and_settings_are_followed(cohort_study, results):
    for exhibit in overview.EXHIBITS:
        alone = analyse(type("page", (), {"EXHIBITS": (exhibit,)}), cohort_study)
        assert [str(part._repr_html_()) for part in exhibit.parts(alone)] == [
            str(part._repr_html_()) for part in exhibit.parts(results)
        ]
    strict = replace(results, settings=Settings(min_courses=26))
    assert overview.words.most_used(strict) == ["cyclosporine"]


def test_what_is_not_recorded_is_said_and_never_none(tmp_path):
    tables = cohort()
    tables["courses"] = tables["courses"].assign(response="", duration_days="", discontinuation_reason="")
    tables["side_effects"] = pd.DataFrame()
    folder = written(tmp_path, **{name: table for name, table in tables.items() if len(table)})
    (folder / "side_effects.csv").unlink(missing_ok=True)
    bare = analyse(overview, read_study(folder))
    assert said(overview.WORKED, bare) == "Response is not recorded."
    assert said(overview.KEPT, bare) == "How long courses lasted is not recorded."
    assert said(overview.HARM, bare) == "Side effects were not recorded in these data."
    assert "0/" not in " ".join(cell for row in overview.AT_A_GLANCE.table(bare).rows for cell in row.cells[2:6])


def test_one_duration_has_one_interval_in_a_report(cohort_study, results):
    of_page = survival_tables.medians(analyse(survival, cohort_study))
    cyclosporine = next(row.cells for row in of_page.rows if row.label == "Cyclosporine")
    kept = next(row.cells for row in overview.AT_A_GLANCE.table(results).rows if row.label == "Cyclosporine")[6]
    assert all(number in " ".join(cyclosporine) for number in re.findall(r"\d+\.\d", kept)), (kept, cyclosporine)
