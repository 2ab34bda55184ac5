"""The page with filters, in a real browser: its numbers are the library's, its view is in its address."""

import json
import re
import shutil

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adreport import dictionary, pages, read_study
from adreport.cohort import MIN_COURSES
from adreport.faults import ParameterFault
from adreport.formatting import percent, rounded
from adreport.frequencies import summarise
from adreport.inference import wilson
from adreport.offline import half_years, payload
from adreport.paths import COHORT
from adreport.render import render
from studies import cohort, written
from test_browser import browser, page, visit  # noqa: F401  # fixtures

STUDY = read_study(COHORT)
TREATMENTS = [one["abbreviation"] for one in payload(STUDY)["treatments"]]
FIRST_YEAR, LAST_YEAR = payload(STUDY)["ages"]

treatments = st.lists(st.sampled_from(TREATMENTS), min_size=1, unique=True)
years = st.integers(FIRST_YEAR, LAST_YEAR)
limits = st.one_of(st.none(), st.tuples(years, years).map(sorted))
views = st.tuples(treatments, limits, st.sampled_from(["", "female", "male"]), st.sampled_from(["", "significant"]))


@pytest.fixture
def explorer(page, report):  # noqa: F811
    visit(page, report, "explore")
    return page


@pytest.fixture(scope="module")
def wide(browser, report):  # noqa: F811
    """One wide page for many views."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    visit(tab, report, "explore")
    yield tab
    tab.close()


def rows(explorer):
    """The table of the page: treatment to the texts of its cells, graphics left aside."""
    return dict(
        explorer.evaluate("""
        [...document.querySelectorAll("#results tbody tr")].map(row => [row.querySelector("th").textContent,
            [...row.querySelectorAll("td")].map(cell => [...cell.querySelectorAll(".bar span")].length
                ? [...cell.querySelectorAll(".bar span")].map(part => part.title).join("; ") : cell.textContent)])""")
    )


def expected(courses, study):
    """What the page should say of some courses, by the library's own functions."""
    known = courses["response"].dropna()
    levels = [(study.response.labels[level], int((known == level).sum())) for level in study.response.labels]
    months = summarise(courses["duration_months"])
    quartiles = [str(rounded(months[name], 1)) for name in ("median", "p25", "p75")]
    return [
        f"{len(courses)} ({courses['patient_id'].nunique()})",
        rate(courses["effective"].sum(), len(known)),
        "; ".join(f"{label}: {n}" for label, n in levels if n),
        rate(courses["side_effect"].sum(), len(courses)),
        "{} ({}–{}), n={}".format(*quartiles, months["N"]),
    ]


def rate(n, total):
    found = wilson(int(n), int(total))
    low, high = (percent(found[name], 0) for name in ("conf.low", "conf.high"))
    return f"{n}/{total}, {percent(found['p'], 0)}% ({low}–{high})"


def address(chosen, ages, sex, response):
    parts = {"treatments": ",".join(chosen), "sex": sex, "response": response}
    parts |= {"age_min": ages[0], "age_max": ages[1]} if ages else {}
    return "&".join(f"{name}={value}" for name, value in parts.items() if value != "")


@settings(max_examples=50, deadline=None)
@given(view=views)
def test_a_random_view_has_the_numbers_of_the_selected_study(wide, view):
    chosen, ages, sex, response = view
    wide.evaluate("address => { location.hash = address; readAddress(); draw(); }", address(*view))
    try:
        study = STUDY.select(chosen, *(ages or (None, None)), sex, response=response)
    except ParameterFault:
        assert wide.locator("#nothing").is_visible()
        assert not wide.locator("#results").is_visible()
        return
    groups = study.courses.groupby("treatment", observed=True)
    shown = rows(wide)
    assert shown.pop("All of these", expected(study.courses, study)) == expected(study.courses, study)
    assert shown == {dictionary.treatments()[code].label: expected(courses, study) for code, courses in groups}


def test_a_keyboard_sets_a_filter_and_the_address_brings_the_view_back(explorer, browser):  # noqa: F811
    if explorer.viewport_size["width"] < 960:
        explorer.locator(".panel summary").press("Enter")
    explorer.locator("#age-max").focus()
    for _ in range(3):
        explorer.keyboard.press("ArrowLeft")
    explorer.get_by_label("female", exact=True).press("Space")
    explorer.get_by_label("Cyclosporine").press("Space")
    explorer.wait_for_function("location.hash.includes('sex=female')")
    seen, remaining = rows(explorer), explorer.locator(".remaining").inner_text()
    assert f"age_max={LAST_YEAR - 3}" in explorer.evaluate("location.hash")
    assert "Cyclosporine" not in seen
    other = browser.new_page()
    other.goto(explorer.url)
    assert rows(other) == seen
    assert other.locator(".remaining").inner_text() == remaining
    other.close()
    explorer.get_by_role("button", name="Reset").press("Enter")
    explorer.wait_for_function("location.hash === ''")
    assert explorer.locator(".remaining").inner_text() == "30 patients and 81 treatment courses"


def test_a_view_can_be_made_a_report(explorer):
    explorer.evaluate("location.hash = 'treatments=CSA,MTX&age_max=6'; readAddress(); draw()")
    command = explorer.locator("#command").text_content()
    assert command == "make report DATA=cohort TREATMENTS=CSA,MTX AGE_MAX=6"


def test_rates_of_few_courses_are_grey(explorer):
    grey = explorer.evaluate("""[...document.querySelectorAll("#results tbody tr:not(.total)")]
        .filter(row => row.querySelector("td:nth-child(3)").classList.contains("few"))
        .map(row => row.querySelector("td").textContent)""")
    assert len(grey) == 3
    assert all(int(re.match(r"\d+", text)[0]) < MIN_COURSES for text in grey)


def test_the_page_gives_away_no_identifier_and_no_exact_age(report):
    text = (report / "explore.html").read_text(encoding="utf-8")
    held = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert set(held["courses"]) == {"patient", "treatment", "age", "sex", "response", "sideEffect", "days"}
    assert not any(f'"{patient}"' in text for patient in STUDY.patients["patient_id"])
    assert sorted(held["courses"]["age"]) == sorted(half_years(STUDY.courses["age_at_start_years"]))


@given(st.lists(st.floats(0, 90), min_size=1), st.integers(0, 90))
def test_half_years_keep_courses_on_their_side_of_every_whole_year(ages, year):
    ages = pd.Series(ages)
    assert ((half_years(ages) >= 2 * year) == (ages >= year)).all()
    assert ((half_years(ages) <= 2 * year) == (ages <= year)).all()


def test_unknown_ages_and_texts_from_data_do_no_harm(browser, tmp_path):  # noqa: F811
    courses = cohort()["courses"].drop(columns=["age_at_start_years", "duration_days"])
    courses["discontinuation_reason"] = ""
    folder = written(tmp_path / "data", courses=courses, side_effects=None)
    scale = "{levels: {0: '</script><b>bad', 1: good, 2: best}, effective: [1, 2], significant: [2]}"
    (folder / "study.yml").write_text(f"title: '</script><b>x'\nresponse: {scale}\n", encoding="utf-8")
    study = read_study(folder)
    (tmp_path / "explore.html").write_text(pages.explore(study, pages.Shell([], {})), encoding="utf-8")
    tab = browser.new_page()
    problems = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto((tmp_path / "explore.html").as_uri())
    assert problems == []
    assert "</script><b>bad" in tab.locator(".key").inner_text()
    assert rows(tab)["Cyclosporine"][-1] == "not recorded"
    assert not tab.locator("#ages").is_visible()
    tab.close()


def test_a_report_can_do_without_the_page(report, tmp_path):
    shutil.copytree(report, tmp_path / "out")
    render(out=tmp_path / "out", explorer=False)
    assert not (tmp_path / "out" / "explore.html").exists()
    assert "explore.html" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
