"""A Chromium for the tests of the pages; a machine without one skips them, unless it is there to run them all (CI)."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

# Debian calls it chromium; a machine without one can still run all the other tests.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """A Chromium, for one file: as long as one runs, tests cannot start event loops of their own."""
    if not CHROMIUM and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(params=[1280, 400])
def page(browser, request):
    """A page of this width that remembers what it asked for and what it complained of."""
    page = browser.new_page(viewport={"width": request.param, "height": 900})
    page.asked, page.said = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    page.close()
