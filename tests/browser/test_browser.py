"""The pages in a real browser: nothing asked of the network, nothing cut off, nothing axe-core objects to."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from adreport.pages import PAGE_NAMES as PAGES

NAMES = ("index", "paper", *PAGES, "methods")


def visit(page, report, name):
    page.goto((report / f"{name}.html").as_uri())


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_quiet_and_no_wider_than_the_screen(page, report, name):
    visit(page, report, name)
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(page, report, name):
    visit(page, report, name)
    violations = Axe().run(page).response["violations"]
    assert [(found["id"], found["nodes"][0]["html"][:200]) for found in violations] == []


def test_figures_have_a_drawing_of_their_own_for_phones(page, report):
    visit(page, report, "efficacy")
    shown = page.locator(".drawing svg:visible")
    assert shown.count() == page.locator(".drawing").count()
    width = float(shown.first.get_attribute("viewBox").split()[2])
    assert (width > 500) == (page.viewport_size["width"] == 1280)


def test_a_mark_says_its_numbers_to_the_pointer_the_keys_and_a_finger(browser, page, report):
    visit(page, report, "efficacy")
    drawing, said = page.locator(".drawing").first, page.locator(".tip")
    drawing.locator(".mark:visible").first.hover()
    assert said.inner_text() == "Cyclosporine: 23 of 25, 92% (75–98)"
    page.keyboard.press("Escape")
    assert said.text_content() == ""
    drawing.focus()
    page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("Systemic corticosteroid: 21 of 21")
    touched = browser.new_page(has_touch=True)
    visit(touched, report, "efficacy")
    touched.locator(".drawing .mark:visible").nth(2).tap()
    assert touched.locator(".tip").inner_text().startswith("Azathioprine: 8 of 12")
    touched.close()


def test_without_scripts_a_mark_has_a_title_and_no_button_promises_anything(browser, report):
    page = browser.new_page(java_script_enabled=False)
    visit(page, report, "efficacy")
    titles = page.locator(".drawing title").all_text_contents()
    assert "Cyclosporine: 23 of 25, 92% (75–98)" in titles
    assert page.locator(".take button:visible").count() == 0
    page.close()


def test_a_copied_table_pastes_as_numbers_and_a_figure_is_a_png_for_print(browser, report, tmp_path):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    visit(page, report, "safety")
    line = page.locator(".take", has=page.locator("[data-name=safety_terms]"))
    line.get_by_role("button", name="copy").click()
    kinds = page.evaluate("navigator.clipboard.read().then(([one]) => one.types)")
    rows = [row.split("\t") for row in page.evaluate("navigator.clipboard.readText()").splitlines()]
    assert {"text/html", "text/plain"} <= set(kinds)
    assert len({len(row) for row in rows}) == 1
    assert any(cell.isdigit() for cell in rows[-1])
    assert not re.search("[\u2007\u2212]", "".join(map("".join, rows)))
    with page.expect_download() as download:
        page.locator(".take button[data-kind=png]").first.click()
    download.value.save_as(tmp_path / "figure.png")
    image = Image.open(tmp_path / "figure.png")
    assert image.width == 4134
    assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
    context.close()


def test_the_code_of_an_answer_is_one_click_away(page, report):
    visit(page, report, "safety")
    code = page.locator("details.code").first
    assert not code.locator("pre").is_visible()
    code.locator("summary").click()
    assert "safety.STOPPED" in code.locator("pre").inner_text()


def test_the_long_table_opens_and_the_contents_lead_to_their_heading(page, report):
    visit(page, report, "reproduction")
    table = page.locator("details.folded", has_text="Every printed number")
    assert not table.locator("table").is_visible()
    table.locator("summary").click()
    assert table.locator("tbody tr").count() == 424
    if page.viewport_size["width"] < 500:
        page.locator("details.contents summary").click()
    page.locator(".contents a:visible", has_text="do not fit together").click()
    assert page.evaluate("document.querySelector(':target').textContent").startswith("Which statements do not fit")


def test_navigation_goes_through_all_pages(page, report):
    visit(page, report, "index")
    titles = []
    for number in range(len(NAMES)):
        page.locator("nav.pages a").nth(number).click()
        titles.append(page.title())
        assert page.locator("nav.pages a[aria-current=page]").count() == 1
    assert len(set(titles)) == len(NAMES)


def test_the_statistics_of_a_page_can_be_saved(page, report, tmp_path):
    visit(page, report, "safety")
    with page.expect_download() as download:
        page.locator("p.download a").click()
    download.value.save_as(tmp_path / "safety.csv")
    lines = (tmp_path / "safety.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("output,group1,group1_level")
    assert f"{len(lines) - 1:,} statistics" in page.locator("p.download a").inner_text()


def test_on_paper_there_is_no_navigation_and_no_code(browser, report, tmp_path):
    page = browser.new_page()
    page.emulate_media(media="print")
    visit(page, report, "efficacy")
    assert not page.locator("nav.pages").is_visible()
    assert page.locator("details.code:visible").count() == 0
    page.pdf(path=tmp_path / "efficacy.pdf", prefer_css_page_size=True)
    assert (tmp_path / "efficacy.pdf").read_bytes().startswith(b"%PDF")
    page.close()


def test_on_paper_only_what_is_folded_is_left_out(browser, report):
    page = browser.new_page()
    page.emulate_media(media="print")
    lost = """[...document.querySelectorAll("section")].filter(section =>
        section.querySelector(".exhibit:not(.folded)") && !section.checkVisibility()).length"""
    for name in PAGES:
        visit(page, report, name)
        assert page.evaluate(lost) == 0
        assert page.locator("details.folded:visible").count() == 0
    visit(page, report, "sensitivity")
    assert page.get_by_role("heading", name="How far apart are the treatments?").is_visible()
    page.close()


def test_no_word_of_a_row_is_broken_and_no_group_scrolls_away_on_a_phone(browser, report):
    page = browser.new_page(viewport={"width": 400, "height": 900})
    visit(page, report, "cohort")
    cut = "[...document.querySelectorAll('tbody th[scope=row]')].filter(th => th.scrollWidth > th.clientWidth).length"
    assert page.evaluate(cut) == 0
    wraps = "[...new Set([...document.querySelectorAll('tbody th')].map(th => getComputedStyle(th).overflowWrap))]"
    assert page.evaluate(wraps) == ["normal"]
    visit(page, report, "safety")
    for table in page.locator(".scroll:has(tr.group)").all():
        table.evaluate("region => { region.scrollLeft = region.scrollWidth }")
        words = table.locator("tr.group th > span").first
        assert words.bounding_box()["x"] >= 0
    page.close()


def test_the_index_names_the_study_once(browser, report):
    page = browser.new_page()
    visit(page, report, "index")
    title = page.locator("h1").inner_text()
    assert page.locator("main :visible", has_text=title).and_(page.locator("h1, p")).count() == 1
    page.close()


def test_dark_pages_keep_their_contrast(page, report):
    page.emulate_media(color_scheme="dark")
    for name in ("index", "efficacy", "sequences", "explore"):
        page.goto((report / f"{name}.html").as_uri())
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert Axe().run(page).response["violations"] == [], name
