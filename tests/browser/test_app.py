"""The explorer as Voila serves it, in a real browser: controls answer, nothing is fetched from outside."""

import re
import urllib.error
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

from servers import served

TOKEN = "of-this-test"


@pytest.fixture(scope="module")
def app(browser, tmp_path_factory):
    """The address of a running `adreport app`."""
    folder = tmp_path_factory.mktemp("app")
    with served("app", f"--token={TOKEN}", folder=folder, ready="voila/static/voila.js") as address:
        yield address


def status(address, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.url
    except urllib.error.HTTPError as refused:
        return refused.code, address


def test_nobody_gets_in_without_the_token_or_by_another_name(app):
    assert "/login" in status(app)[1]
    assert "/login" in status(f"{app}?token=guess")[1]
    assert status(f"{app}?token={TOKEN}", Host="evil.example")[0] == 403


def left(shown):
    words = shown.locator(".adreport-left").inner_text()
    return [int(number) for number in re.findall(r"(\d+) (?:patient|treatment course)", words)]


def test_the_explorer_answers_in_a_browser_without_a_word_to_the_network(app, page):
    page.goto(f"{app}?token={TOKEN}")
    page.locator(".adreport-left").wait_for(timeout=60_000)
    assert left(page) == [30, 81]
    assert not page.locator("text=read_study").is_visible()  # no code
    page.get_by_label("Cyclosporine").uncheck()
    page.wait_for_function("document.querySelector('.adreport-left').innerText.includes('56 treatment courses')")
    handle = page.locator(".noUi-handle-upper").first
    handle.focus()
    before = left(page)
    for _ in range(12):
        handle.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.adreport-code').innerText.includes('age_max=11')")
    assert left(page) < before
    page.locator(".lm-TabBar-tab", has_text="Efficacy").click()
    page.locator("[role=img][aria-label*='Courses rated PGA']").first.wait_for()
    page.locator(".lm-TabBar-tab", has_text="Courses").click()
    page.locator("table[aria-label='Courses: all courses']").wait_for()
    assert page.locator("table[aria-label='Courses: all courses'] tbody tr").count() == left(page)[1]
    page.get_by_role("button", name="Reset all filters").click()
    page.wait_for_function("document.querySelector('.adreport-left').innerText.includes('81 treatment courses')")
    assert [url for url in page.asked if not re.match(r"http://localhost:|data:|blob:|ws://localhost:", url)] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("slider", name="Age at start of the course (years), from").wait_for()
    assert Axe().run(page).response["violations"] == []
