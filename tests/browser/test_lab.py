"""The explorer as `adreport lab` opens it, in a real browser: there without a click, and saved without patients."""

import os
import re
import shutil

import pytest

from adreport.study.paths import NOTEBOOKS
from servers import served

# JupyterLab refuses to run as root unless told, and asks for a token unless it is empty.
OPTIONS = ["--IdentityProvider.token=", *(["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else [])]


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory):
    """A copy of the notebooks for JupyterLab to save in."""
    return shutil.copytree(NOTEBOOKS, tmp_path_factory.mktemp("copy") / "notebooks")


@pytest.fixture(scope="module")
def lab(browser, notebooks, tmp_path_factory):
    """The address of a running `adreport lab`."""
    options = [*OPTIONS, f"--FileContentsManager.root_dir={notebooks}"]
    with served("lab", *options, folder=tmp_path_factory.mktemp("lab"), ready="api") as address:
        yield address


def is_saved(answer):
    """Whether the server answers that it has saved the explorer; it also answers what it holds, many times."""
    return answer.request.method == "PUT" and answer.url.split("?")[0].endswith("api/contents/explore.ipynb")


def test_the_explorer_is_there_without_a_click_and_saves_nothing_of_the_patients(lab, browser, notebooks):
    page, asked, errors = browser.new_page(viewport={"width": 1280, "height": 900}), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(lab)
    page.locator(".adreport-left").wait_for(timeout=60_000)
    assert "81 treatment courses" in page.locator(".adreport-left").inner_text()
    side, main = (page.locator(f".adreport-{part}").bounding_box() for part in ("side", "main"))
    assert side["x"] + side["width"] <= main["x"]  # the tables stand beside the filters, not below them
    handle = page.locator(".noUi-handle-lower").first
    handle.focus()
    handle.press("ArrowRight")
    page.wait_for_function("document.querySelector('.adreport-code').innerText.includes('age_min=1.5')")
    with page.expect_response(is_saved) as answer:  # which comes when the file is whole
        page.keyboard.press("Control+s")
    assert answer.value.ok
    assert (notebooks / "explore.ipynb").read_bytes() == (NOTEBOOKS / "explore.ipynb").read_bytes()
    assert errors == []
    assert [url for url in asked if not re.match(r"http://localhost:|data:|blob:", url)] == []
    page.close()
