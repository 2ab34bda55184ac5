"""The tables of a manuscript in the shape of the published ones, in Word and in Excel."""

from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from docx import Document
from docx.shared import Mm

from adreport import analyse
from adreport.pages import manuscript, paper
from adreport.pages.exhibits import Results, Shown, counted
from adreport.report.methods import Section
from adreport.report.word import manuscript as word
from adreport.report.workbook import cell_value, workbook
from adreport.show.numbers import FIGURE_SPACE
from adreport.show.parts import Column, Row, Table

MADE_ON = datetime(2026, 1, 2, tzinfo=UTC)
METHODS = Section({"Data": "Thirty patients."}, ["Wilson EB. 1927."])
# Rows of the published Table 2: sex, age, duration, dose, effectiveness, side effects. Percentages of courses are left
# out, since the paper took them of 80.
PRINTED = {
    "Cyclosporine": ["12/13", "9.3 (8.7)", "10 (11)", "3.52 (1.2) mg/kg/day", "23 (92.0)", "8 (32.0)"],
    "Systemic corticosteroid": ["11/10", "10.5 (9.2)", "50 (41.5)†", "0.59 (0.42) mg/kg/day", "21 (100.0)", "5 (23.8)"],
    "Azathioprine": ["6/6", "10.9 (4.3)", "5 (20.5)", "1.25 (0.75) mg/kg/day", "8 (66.7)", "4 (33.3)"],
    "Methotrexate": ["5/2", "9.6 (9.9)", "7 (10)", "0.26 (0.1) mg/kg/week", "4 (57.1)", "1 (14.3)"],
    "Phototherapy": ["1/5", "5.7 (7)", "3 (3)", "–", "3 (50.0)", "2 (33.3)"],
    "Intravenous immunoglobulin": ["2/3", "5.9 (6.4)", "35 (55.3)", "0.4–0.5 g/kg/3 weeks", "5 (100.0)", "0 (0.0)"],
    "Omalizumab": ["2/1", "11", "4", "300 mg/month", "3 (100.0)", "0 (0.0)"],
    "Mycophenolate mofetil": ["1/0", "10.5", "4", "635 mg/m²/day", "0 (0.0)", "1 (100.0)"],
}


@pytest.fixture(scope="module")
def results(cohort_study):
    return analyse(manuscript, cohort_study)


@pytest.fixture(scope="module")
def beside_print(cohort_study, results):
    """The same with the verdicts on the printed numbers."""
    return counted((*manuscript.EXHIBITS, *paper.EXHIBITS), cohort_study, results.settings)


def cells(table):
    return {row.label: list(row.cells) for row in table.rows}


@pytest.mark.parametrize("treatment", PRINTED)
def test_table_2_has_the_cells_of_the_published_one(results, treatment):
    assert cells(manuscript.TABLE_2.table(results))[treatment][1:-1] == PRINTED[treatment]


def test_reasons_stand_in_the_last_cell_the_commonest_first(results):
    reasons = cells(manuscript.TABLE_2.table(results))["Systemic corticosteroid"][-1]
    assert reasons == "20 to prevent side effects; 1 remission"


def test_numbers_that_the_publication_prints_otherwise_are_signed_with_the_reason(beside_print):
    table = manuscript.TABLE_2.table(beside_print)
    signed = {label: sum("‡" in cell for cell in row) for label, row in cells(table).items()}
    assert (signed["Cyclosporine"], signed["Azathioprine"], signed["p"]) == (1, 0, 2)
    assert cells(table)["Cyclosporine"][0] == "25 (30.9)‡/25 (83.3)‡"
    assert cells(table)["Systemic corticosteroid"][0] == "21 (25.9)‡/18 (60.0)"
    assert "Cyclosporine, courses: printed 31.3% (25 of 80 gives 31.3%)." in table.footnotes
    assert "Omalizumab, side effect: no number is printed." in table.footnotes
    first = manuscript.TABLE_1.table(beside_print)
    assert cells(first)["Family history of atopy (n = 30)"] == ["9 (30.0)‡"]


def test_table_1_has_the_order_of_print_and_below_it_what_is_not_in_print(beside_print):
    table = manuscript.TABLE_1.table(beside_print)
    labels = [row.label for row in table.rows]
    comorbidities = labels.index("Comorbidities (n = 30)")
    assert labels[comorbidities + 1 : comorbidities + 4] == ["None", "Psoriasis", "Lichen planus"]
    assert labels[labels.index("Not in the published table") + 1] == "Egg allergy (n = 30)"
    assert "Atopic comorbidities (n = 30), None: printed 58.8% (no denominator fits 17" in " ".join(table.footnotes)


def test_table_4_says_that_all_its_orders_agree(beside_print, results):
    assert "All 30 orders agree with the published table." in manuscript.TABLE_4.table(beside_print).footnotes
    assert not any("agree" in note for note in manuscript.TABLE_4.table(results).footnotes)


def test_other_data_have_no_signs(results):
    shown = [exhibit.table(results) for exhibit in manuscript.EXHIBITS if exhibit.table]
    assert not any("‡" in cell for table in shown for row in table.rows for cell in row.cells)


def test_table_4_is_a_row_a_patient(results):
    table = cells(manuscript.TABLE_4.table(results))
    assert (len(table), table["P02"]) == (30, ["IVIG, PT, CSA, SCS, AZA, MTX, OMA"])


def made(parts, template=None):
    return Document(BytesIO(word("A study", "Reconstructed.", parts, METHODS, MADE_ON, template)))


def test_the_word_file_holds_the_tables_cell_by_cell(results):
    tables = [exhibit.table(results) for exhibit in manuscript.EXHIBITS if exhibit.table]
    document = made(tables)
    assert len(document.tables) == len(tables)
    for written, table in zip(document.tables, tables, strict=True):
        head, *rows = written.rows
        assert [cell.text for cell in head.cells] == [table.stub, *(column.label for column in table.columns)]
        assert "w:tblHeader" in head._tr.xml
        for shown, row in zip(rows, table.rows, strict=True):
            texts = [cell.text.strip() for cell in shown.cells]
            assert texts[0] == row.label
            if row.kind != "group":
                assert texts[1:] == [cell.replace(FIGURE_SPACE, "").replace("'", "’").strip() for cell in row.cells]


def test_the_word_file_is_a4_and_holds_the_figure_at_print_quality(results):
    document = made([manuscript.FIGURE_1.figure(results)])
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    (picture,) = document.inline_shapes
    assert picture.width < Mm(210)
    assert len(document.part.related_parts) > 3
    assert FIGURE_SPACE not in "".join(paragraph.text for paragraph in document.paragraphs)


def test_the_fonts_of_a_template_are_taken_over_and_its_words_are_not(tmp_path, results):
    template = Document()
    template.styles["Normal"].font.name = "Courier New"
    template.add_paragraph("Of the template")
    template.save(tmp_path / "template.docx")
    document = made([manuscript.TABLE_4.table(results)], tmp_path / "template.docx")
    assert document.styles["Normal"].font.name == "Courier New"
    assert "Of the template" not in [paragraph.text for paragraph in document.paragraphs]


def test_the_same_report_has_the_same_bytes(results):
    parts = [manuscript.TABLE_4.table(results)]
    assert word("A", "", parts, METHODS, MADE_ON) == word("A", "", parts, METHODS, MADE_ON)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.5", 1234.5), ("12", 12), ("\u20077\u2007", 7), ("−3.1", -3.1), ("23 (92.0)", "23 (92.0)"), ("–", "–"),
     ("=1+1", "'=1+1"), ("<0.001", "<0.001")],
)  # fmt: skip
def test_a_number_is_a_number_in_excel_and_nothing_is_a_formula(text, value):
    assert cell_value(text) == value


def test_the_workbook_has_a_sheet_a_table(results):
    shown = Shown(manuscript.TABLE_2, manuscript.TABLE_2.parts(results)).data
    twice = Table("A table", "Row", [Column("n")], [Row("=cmd", ["12"])])
    other = {"key": "table_2", "parts": [twice.data, {"kind": "sentence", "text": "No table."}]}
    book = openpyxl.load_workbook(BytesIO(workbook([("paper", shown), ("paper", other)], MADE_ON)))
    assert book.sheetnames == ["contents", "paper table 2", "paper table 2 2"]
    assert [cell.value for cell in book["contents"][3]] == ["paper table 2 2", "paper", "A table"]
    assert [cell.value for cell in book["paper table 2 2"][3]] == ["'=cmd", 12]


def test_results_without_data_give_words(results):
    empty = Results(results.rows.iloc[:0], results.scale)
    for exhibit in (manuscript.TABLE_2, manuscript.TABLE_3, manuscript.TABLE_4):
        assert "no" in exhibit.table(empty).reason
