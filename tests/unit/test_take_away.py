"""What is taken from a page stays what it was: numbers in CSV, figures at the widths of a journal."""

import csv
import re
from io import BytesIO, StringIO

import pytest
from matplotlib.image import imread
from openpyxl import load_workbook

from adreport import analyse, read_study
from adreport.pages import PAGES, safety
from adreport.report import print_figures
from adreport.report.shell import made_on
from adreport.report.take_away import as_csv, drawings, files, links
from adreport.show.numbers import FIGURE_SPACE, MINUS
from adreport.show.parts import Column, Row, Table
from adreport.study.paths import COHORT


@pytest.fixture(scope="module")
def study():
    return read_study(COHORT)


def test_a_table_as_csv_has_plain_numbers_and_no_formula():
    columns = [Column("n"), Column("Median", spanner="Months")]
    rows = [Row("=1+1", [f"{FIGURE_SPACE}7", f"{MINUS}2.50"]), Row("Group", kind="group")]
    lines = list(csv.reader(StringIO(as_csv(Table("Caption", "Term", columns, rows).data))))
    assert lines == [["Term", "n", "Months: Median"], ["'=1+1", "7", "-2.5"], ["Group"]]


def test_an_exhibit_offers_its_table_and_its_figure(study):
    results = analyse(safety, study)
    exhibit = results.show(safety.AFFECTED).data
    html = links("safety", exhibit)
    assert [name for name, _ in drawings("safety", exhibit)] == ["safety_affected"]
    assert re.findall(r'href="([^"]+)"', html) == ["figures/safety_affected.svg"]
    of_table = links("safety", results.show(safety.TERMS).data)
    assert re.findall(r'href="([^"]+)"', of_table) == ["tables/safety_terms.csv", "tables/safety_terms.xlsx"]
    assert links("safety", exhibit | {"parts": []}) == ""


def test_every_link_leads_to_a_file(study):
    results = analyse(safety, study)
    shown = [results.show(exhibit).data for exhibit in safety.EXHIBITS]
    asked = {path for exhibit in shown for path in re.findall(r'href="([^"]+)"', links("safety", exhibit))}
    made = dict(files([("safety", exhibit) for exhibit in shown], made_on()))
    assert set(made) == asked
    sheet = load_workbook(BytesIO(made["tables/safety_terms.xlsx"])).active
    assert sheet["A1"].value == results.show(safety.TERMS).parts[-1].caption


def test_figures_for_print_are_as_wide_as_a_page_and_a_column(study, tmp_path, monkeypatch):
    monkeypatch.setattr(print_figures, "PAGES", [page for page in PAGES if page.name == "cohort"])
    written = print_figures.write_figures(study, tmp_path)
    assert len(written) == 2 * 3  # of one figure: widths, formats
    for width, pixels in (("175mm", 4134), ("85mm", 2008)):  # mm / 25.4 × 600
        image = imread(BytesIO((tmp_path / f"cohort_distributions_{width}.png").read_bytes()))
        assert abs(image.shape[1] - pixels) <= 1
        (box,) = re.findall(
            rb"/MediaBox \[ 0 0 ([\d.]+)", (tmp_path / f"cohort_distributions_{width}.pdf").read_bytes()
        )
        assert float(box) == pytest.approx(pixels / 600 * 72, abs=0.2)
