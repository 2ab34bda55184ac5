"""The page with filters, in a real browser: its numbers are the library's, its view is in its address."""

import json
import re
import shutil
from functools import cache

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st

from adreport import read_study
from adreport.pages.exhibits import Settings
from adreport.report import shell as pages
from adreport.report.run import render
from adreport.show.numbers import interval, percent, rounded
from adreport.stats.counts import summarise
from adreport.stats.effects import wilson
from adreport.stats.tests import FEWEST
from adreport.study import dictionary
from adreport.study.choices import choices, half_units
from adreport.study.faults import ParameterFault
from adreport.study.filters import FILTERS
from studies import cohort, read_cohort, written


@cache
def offered():
    """What the page offers for each filter, by the name of the first of its limits."""
    return {choice.filters[0].name: choice for choice in choices(read_cohort())}


@st.composite
def views(draw):
    """Treatments, limits of age and line, sex and response, as a reader may choose them."""
    view = {
        "treatments": draw(st.lists(st.sampled_from(list(offered()["treatments"].options)), min_size=1, unique=True))
    }
    for name in ("age", "line"):
        numbers = st.integers(*offered()[f"{name}_min"].ends)
        view[name] = draw(st.one_of(st.none(), st.tuples(numbers, numbers).map(sorted)))
    return view | {name: draw(st.sampled_from(list(offered()[name].options))) for name in ("sex", "response")}


@pytest.fixture
def explorer(page, report):
    page.goto((report / "explore.html").as_uri())
    return page


@pytest.fixture(scope="module")
def wide(browser, report):
    """One wide page for many views."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto((report / "explore.html").as_uri())
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
        "{} ({}–{}), n={}".format(*quartiles, months["N"]) if months["N"] >= FEWEST else f"n={months['N']}",
    ]


def rate(n, total):
    if total < FEWEST:
        return f"{n}/{total}"
    found = wilson(int(n), int(total))
    return f"{n}/{total}, {percent(found.estimate, 0)}% ({interval(found.low, found.high, decimals=0)})"


def arguments(view):
    """A view as the arguments of Study.select."""
    limited = [name for name in ("age", "line") if view[name]]
    pairs = {f"{name}_{end}": view[name][end == "max"] for name in limited for end in ("min", "max")}
    words = {"treatments": ",".join(view["treatments"]), "sex": view["sex"], "response": view["response"]}
    return pairs | {name: value for name, value in words.items() if value}


@settings(max_examples=50, deadline=None)
@given(view=views())
def test_a_random_view_has_the_numbers_of_the_selected_study(wide, view, cohort_study):
    address = "&".join(f"{name}={value}" for name, value in arguments(view).items())
    wide.evaluate("address => { location.hash = address; readAddress(); draw(); }", address)
    try:
        study = cohort_study.select(**arguments(view))
    except ParameterFault:
        assert wide.locator("#nothing").is_visible()
        assert not wide.locator("#results").is_visible()
        return
    groups = study.courses.groupby("treatment", observed=True)
    shown = rows(wide)
    assert shown.pop("All of these", expected(study.courses, study)) == expected(study.courses, study)
    assert shown == {dictionary.treatments()[code].label: expected(courses, study) for code, courses in groups}


def test_a_keyboard_sets_a_filter_and_the_address_brings_the_view_back(explorer, browser):
    if explorer.viewport_size["width"] < 960:
        explorer.locator(".panel summary").press("Enter")
    explorer.locator("#age-max").focus()
    for _ in range(3):
        explorer.keyboard.press("ArrowLeft")
    explorer.get_by_label("female", exact=True).press("Space")
    explorer.get_by_role("checkbox", name="Cyclosporine").press("Space")
    explorer.wait_for_function("location.hash.includes('sex=female')")
    seen, remaining = rows(explorer), explorer.locator(".remaining").inner_text()
    assert f"age_max={offered()['age_min'].ends[1] - 3}" in explorer.evaluate("location.hash")
    assert "Cyclosporine" not in seen
    other = browser.new_page()
    other.goto(explorer.url)
    assert rows(other) == seen
    assert other.locator(".remaining").inner_text() == remaining
    other.close()
    explorer.get_by_role("button", name="Reset").press("Enter")
    explorer.wait_for_function("location.hash === ''")
    assert explorer.locator(".remaining").inner_text() == "30 patients and 81 treatment courses"


BARS = """[...document.querySelectorAll(".bar")].map(bar => ({
    told: bar.getAttribute("aria-label").split(", "),
    parts: [...bar.children].map(part => {
        const text = document.createRange();
        text.selectNodeContents(part);
        return [part.title, part.textContent, text.getBoundingClientRect().width, part.clientWidth];
    }),
    left: (bar.nextElementSibling?.textContent ?? "").split(", ").filter(Boolean),
}))"""


@pytest.mark.parametrize("width", [1280, 1000, 400, 320])
def test_a_number_that_its_part_of_a_bar_does_not_hold_stands_under_the_bar(wide, width):
    wide.evaluate("location.hash = ''; readAddress(); draw()")
    wide.set_viewport_size({"width": width, "height": 900})
    wide.wait_for_function("size.bar === document.querySelector('.bar').clientWidth")
    bars = wide.evaluate(BARS)
    wide.set_viewport_size({"width": 1280, "height": 900})
    assert len(bars) == 10
    for bar in bars:
        assert bar["told"] == [title for title, *_ in bar["parts"]]
        assert bar["left"] == [title for title, text, *_ in bar["parts"] if not text]
        assert all(words <= room for _, text, words, room in bar["parts"] if text)
        assert all(text or room < 24 for _, text, _, room in bar["parts"])
    assert width != 1280 or any(bar["left"] for bar in bars)


def test_an_age_is_told_as_the_birthday_it_is(explorer, cohort_study):
    ages = [0, 1, 2, 3, 4, 11, 12, 13, 21, 22, 65, 101]
    words = " ".join(re.sub("the | birthday", "", word) for word in explorer.evaluate(f"{ages}.map(birthday)"))
    assert words == "birth 1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 65th 101st"
    if explorer.viewport_size["width"] < 960:
        explorer.locator(".panel summary").press("Enter")
    explorer.locator("#age-max").focus()
    for _ in range(offered()["age_min"].ends[1] - 6):
        explorer.keyboard.press("ArrowLeft")
    explorer.wait_for_function("location.hash === '#age_max=6'")
    assert explorer.locator("label", has=explorer.locator("#age-max")).inner_text().strip() == "up to the 6th birthday"
    assert explorer.locator("label", has=explorer.locator("#age-min")).inner_text().strip() == "from the 1st birthday"
    ages = cohort_study.courses["age_at_start_years"]
    assert f"{(ages <= 6).sum()} treatment courses of {len(ages)}" in explorer.locator(".remaining").inner_text()


def test_one_treatment_is_one_press_away_and_nothing_moves(explorer):
    wide = explorer.viewport_size["width"] > 960
    if not wide:
        explorer.locator(".panel summary").press("Enter")
    boxes = """[...document.querySelectorAll(".choice, .choice label")]
        .map(one => JSON.stringify(one.getBoundingClientRect()))"""
    seen = "[...document.querySelectorAll('.only')].map(one => getComputedStyle(one).opacity)"
    before, count = explorer.evaluate(boxes), len(offered()["treatments"].options)
    assert explorer.evaluate(seen) == ["0" if wide else "1"] * count
    only = explorer.get_by_role("button", name="only Cyclosporine", exact=True)
    explorer.get_by_role("checkbox", name="Cyclosporine").focus()
    explorer.keyboard.press("Tab")
    assert only.evaluate("button => button === document.activeElement")
    assert explorer.evaluate(seen)[list(offered()["treatments"].options).index("CSA")] == "1"
    assert explorer.evaluate(boxes) == before
    assert Axe().run(explorer).response["violations"] == []
    only.press("Enter")
    explorer.wait_for_function("location.hash === '#treatments=CSA'")
    assert list(rows(explorer)) == ["Cyclosporine"]
    explorer.get_by_role("button", name="all treatments", exact=True).press("Enter")
    explorer.wait_for_function("location.hash === ''")
    assert len(rows(explorer)) == count + 1


def test_views_have_one_axis_of_durations(wide):
    mark = """[
        document.querySelector("th .longest").textContent,
        [...document.querySelectorAll("#results tbody tr:first-child td:last-child line")]
            .map(line => line.getAttribute("x2")),
        document.querySelectorAll("#results tbody tr:first-child .beyond").length]"""
    view = "address => { location.hash = address; readAddress(); draw(); }"
    wide.evaluate(view, "treatments=CSA,IVIG")
    both = wide.evaluate(mark)
    wide.evaluate(view, "treatments=CSA")
    assert wide.evaluate(mark) == both
    assert both[0] == "60"
    drawn = """(() => { const cell = duration([1, 2, 3, 90, 100], "#000");
        return [[...cell.querySelectorAll("line")].map(line => line.getAttribute("x2")),
                cell.querySelectorAll(".beyond").length]; })()"""
    places, beyond = wide.evaluate(drawn)  # the upper quartile, 95 months, is beyond the axis
    assert beyond == 1
    assert max(map(float, places)) <= 100


def test_on_a_phone_a_bar_leads_to_the_filters_and_back(browser, report):
    phone = browser.new_page(viewport={"width": 400, "height": 800}, reduced_motion="reduce")
    phone.goto((report / "explore.html").as_uri() + "#treatments=CSA&age_max=6")
    phone.add_style_tag(content="html { scroll-behavior: auto !important }")
    bar = phone.get_by_role("button", name=re.compile(r"of 81 courses · (filters|results)"))
    assert not phone.locator("#age-max").is_visible()
    assert phone.locator(".remaining").bounding_box()["y"] < 800
    phone.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert phone.locator("footer dl").evaluate("last => last.getBoundingClientRect().bottom") <= bar.bounding_box()["y"]
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] == 800
    bar.press("Enter")
    phone.wait_for_function("document.getElementById('jump-to').textContent === 'results'")
    assert 0 <= phone.locator(".panel summary").bounding_box()["y"] < 100
    assert phone.locator("#age-max").is_visible()
    bar.press("Enter")
    phone.wait_for_function("document.getElementById('jump-to').textContent === 'filters'")
    assert 0 <= phone.locator(".remaining").bounding_box()["y"] < 100
    phone.emulate_media(media="print")
    assert not phone.locator("#jump").is_visible()
    phone.emulate_media(media="screen")
    phone.set_viewport_size({"width": 1280, "height": 800})
    assert not phone.locator("#jump").is_visible()
    phone.close()


def test_a_view_can_be_made_a_report(explorer):
    explorer.evaluate("location.hash = 'treatments=CSA,MTX&age_max=6'; readAddress(); draw()")
    command = explorer.locator("#command").text_content()
    assert command == "make report DATA=data/cohort TREATMENTS=CSA,MTX AGE_MAX=6"


def test_of_few_courses_there_are_counts_alone(explorer):
    shown = rows(explorer)
    assert (shown["Omalizumab"][1], shown["Omalizumab"][3:]) == ("3/3", ["0/3", "n=3"])
    drawn = explorer.evaluate("""[...document.querySelectorAll("#results tbody tr:not(.total)")]
        .filter(row => row.querySelector("svg")).map(row => row.querySelector("th").textContent)""")
    assert len(drawn) == 6 and not {"Omalizumab", "Dupilumab", "Mycophenolate mofetil"} & set(drawn)


def test_199_of_200_is_not_all(explorer):
    shares = explorer.evaluate("[0, 1 / 300, 0.5, 199 / 200, 299 / 300, 1].map(percent)")
    assert shares == ["0", "<1", "50", ">99", ">99", "100"]


def test_the_page_gives_away_no_identifier_and_no_exact_age(report, cohort_study):
    text = (report / "explore.html").read_text(encoding="utf-8")
    held = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    counted = {"patient", "treatment", "response", "sideEffect", "days"}
    assert set(held["courses"]) == counted | {one.column for one in FILTERS}
    assert not any(f'"{patient}"' in text for patient in cohort_study.patients["patient_id"])
    assert sorted(held["courses"]["age_at_start_years"]) == sorted(
        half_units(cohort_study.courses["age_at_start_years"])
    )


@given(st.lists(st.floats(0, 90), min_size=1), st.integers(0, 90))
def test_half_units_keep_courses_on_their_side_of_every_whole_year(ages, year):
    ages = pd.Series(ages)
    assert ((half_units(ages) >= 2 * year) == (ages >= year)).all()
    assert ((half_units(ages) <= 2 * year) == (ages <= year)).all()


def test_unknown_ages_and_texts_from_data_do_no_harm(browser, tmp_path):
    courses = cohort()["courses"].drop(columns=["age_at_start_years", "duration_days"])
    courses["discontinuation_reason"] = ""
    folder = written(tmp_path / "data", courses=courses, side_effects=None)
    scale = "{levels: {0: '</script><b>bad', 1: good, 2: best}, effective: [1, 2], significant: [2]}"
    (folder / "study.yml").write_text(f"title: '</script><b>x'\nresponse: {scale}\n", encoding="utf-8")
    study = read_study(folder)
    (tmp_path / "explore.html").write_text(pages.explore(study, pages.Shell([], {}), Settings()), encoding="utf-8")
    tab = browser.new_page()
    problems = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto((tmp_path / "explore.html").as_uri())
    assert problems == []
    assert "</script><b>bad" in tab.locator(".key").inner_text()
    assert rows(tab)["Cyclosporine"][-1] == "not recorded"
    assert tab.locator("#age-max").count() == 0
    tab.close()


def test_a_report_can_do_without_the_page(report, tmp_path):
    shutil.copytree(report, tmp_path / "out")
    render(out=tmp_path / "out", explorer=False)
    assert not (tmp_path / "out" / "explore.html").exists()
    assert "explore.html" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
