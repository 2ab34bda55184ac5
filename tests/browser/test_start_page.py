"""The start page clicked through: a bad workbook shows its faults, a good one becomes a report; and who is let in."""

import http.client
import sys
import threading
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from adreport.start import desk, server
from clinics import clinic, filled, with_mistakes

# Says what `adreport report --progress` says; what that itself does is seen in tests/reports.
STUB = """
import pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir()
print("Warning: something", "Ran 1 of 2 notebooks.", "Ran 2 of 2 notebooks.", sep="\\n", flush=True)
(out / "index.html").write_text("<title>Report</title><h1>The report</h1>")
"""


@pytest.fixture
def address(tmp_path, monkeypatch):
    """The address of a running start page whose reports are stubs; when nobody has it open, it ends."""
    (tmp_path / "stub.py").write_text(STUB, encoding="utf-8")
    monkeypatch.setattr(desk, "REPORT", (sys.executable, str(tmp_path / "stub.py")))
    monkeypatch.setattr(server, "LOOKS", 0.1)
    said, ready = [], threading.Event()
    running = threading.Thread(
        target=server.serve, args=(tmp_path / "kept", lambda words: (said.append(words), ready.set()), False)
    )
    running.start()
    assert ready.wait(20)
    yield said[0].split()[-1]
    for limit in ("NEVER_OPENED", "CLOSED", "READ", "OPEN"):
        monkeypatch.setattr(server, limit, 0)
    running.join(20)
    assert not running.is_alive()


def answer(address, method="GET", action="", **headers):
    """The status of a request."""
    at = urlsplit(address)
    with closing(http.client.HTTPConnection(at.hostname, at.port, timeout=20)) as connection:
        connection.request(method, at.path + action, headers=headers)
        with connection.getresponse() as answered:
            return answered.status


@pytest.fixture
def wide(browser):
    """A page for what does not depend on its width."""
    page = browser.new_page()
    yield page
    page.close()


def violations(page):
    return [(found["id"], found["nodes"][0]["html"][:200]) for found in Axe().run(page).response["violations"]]


def test_a_bad_workbook_shows_its_faults_and_a_marked_copy(page, address, tmp_path):
    data = filled(tmp_path / "Klinik 2025.xlsx", clinic(), "tr", edit=with_mistakes("tr"))
    page.goto(address)
    assert violations(page) == []
    page.set_input_files("#files", data)
    page.wait_for_selector("#checked:not([hidden])")
    assert page.locator(".errors li", has_text="Cinsiyet").inner_text().endswith("Did you mean Kadın?")
    assert page.locator("h2:visible", has_text="Make the report").count() == 0
    with page.expect_download() as download:
        page.click("#copy")
    assert download.value.suggested_filename == "Klinik-2025-checked.xlsx"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert [url for url in page.asked if not url.startswith(address)] == []
    assert page.said == []
    page.goto((tmp_path / "kept" / "Klinik-2025" / "Klinik-2025-checked.html").as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_good_workbook_becomes_a_report_once_the_data_lock_is_given(wide, address, tmp_path):
    wide.goto(address)
    wide.set_input_files("#files", filled(tmp_path / "clinic.xlsx", clinic(), "en", lock=None))
    wide.wait_for_selector("#asked:not([hidden])")
    assert wide.input_value("#day") == "2023-07-23"  # the latest date in the courses
    wide.click("#lock")
    wide.click("#make")
    wide.wait_for_selector("#ready:not([hidden])")
    assert wide.inner_text("#place") == str(tmp_path / "kept" / "clinic" / "report" / "index.html")
    with wide.context.expect_page() as opened:
        wide.click("#open")
    assert opened.value.inner_text("h1") == "The report"
    assert wide.is_visible("#refused") is False


def test_the_empty_workbook_is_there_in_both_languages(wide, address):
    wide.goto(address)
    for words, name in (("in English", "clinic.xlsx"), ("Türkçe", "klinik.xlsx")):
        with wide.expect_download() as download:
            wide.click(f"text={words}")
        assert download.value.suggested_filename == name


def test_nobody_else_is_let_in(address):
    at = urlsplit(address)
    own = f"http://{at.netloc}"
    assert answer(address) == 200
    assert answer(f"{own}/another-token/") == 403
    assert answer(address, Host=f"evil.example:{at.port}") == 403
    assert answer(address, "POST", "report") == 403  # without an origin
    assert answer(address, "POST", "report", Origin="http://evil.example") == 403
    assert answer(address, "POST", "cancel", Origin=own) == 200
    assert answer(address, "GET", "kept/../../stub.py") in (403, 404)
    assert answer(address, "GET", "kept/%2e%2e/stub.py") in (403, 404)
    live = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "a" * 22,
    }
    assert answer(address, "GET", "live", Origin="http://evil.example", **live) == 403
