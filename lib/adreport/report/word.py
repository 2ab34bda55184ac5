"""The tables and figures of a report as a manuscript in Word: real tables, A4, in the fonts of a template."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

from docx import Document
from docx.document import Document as Manuscript
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell

from adreport.report.methods import Section
from adreport.report.typography import apostrophes
from adreport.report.zipped import dated
from adreport.show.drawing import PRINT_DPI
from adreport.show.numbers import FIGURE_SPACE
from adreport.show.parts import Absent, Figure, Part, Row, Table

MANY_COLUMNS = 5  # a table of more stands on a page turned on its side
POINTS, POINTS_OF_MANY = 9, 7.5  # of tables, and of those with many columns
LETTER_EM = 0.6  # the width of a letter
NOTE_GAP = 1  # points below a footnote
LONG_TEXT = 60  # letters beyond which a column grows no wider
RULE = {"val": "single", "sz": "8", "space": "0", "color": "000000"}


def manuscript(
    title: str, notice: str, parts: Iterable[Part], methods: Section, made_on: datetime, template: Path | None = None
) -> bytes:
    """A Word file with title, methods, tables, figures and references.

    `template`: a Word file whose fonts and page are taken over; what it says is left out. Without one, A4 and the
    fonts of Word.
    """
    document = Document(str(template) if template else None)
    for element in list(document.element.body)[:-1]:  # all but the settings of the section
        document.element.body.remove(element)
    if template is None:
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
    document.core_properties.title, document.core_properties.author = title, ""
    _number_pages(document)
    document.add_heading(title, 0)
    if notice:
        document.add_paragraph(notice)
    document.add_heading("Methods", 1)
    for topic, text in methods.topics.items():
        document.add_heading(topic, 2)
        document.add_paragraph(text)
    document.add_page_break()
    for part in parts:
        _add(document, part)
    document.add_heading("References", 1)
    for reference in methods.references:
        document.add_paragraph(reference, "List Number")
    for text in document.element.body.iter(qn("w:t")):
        text.text = apostrophes(text.text)
    content = BytesIO()
    document.save(content)
    return dated(content.getvalue(), made_on)


def _add(document: Manuscript, part: Part) -> None:
    if isinstance(part, Table):
        _turn(document, len(part.columns) > MANY_COLUMNS)
        _caption(document, part.caption)
        _table(document, part)
        _notes(document, [*([part.mark] if part.mark else []), *part.footnotes])
    elif isinstance(part, Figure):
        _turn(document, False)
        document.add_picture(BytesIO(part.saved("png", False, PRINT_DPI)), width=_text_width(document))
        _caption(document, part.caption)
        _notes(document, part.footnotes)
    elif isinstance(part, Absent):
        document.add_paragraph(part.reason)


def _number_pages(document: Manuscript) -> None:
    """The number of each page at its foot."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _turn(document: Manuscript, on_its_side: bool) -> None:
    """Go on upright or on the side: a new section where that is another way."""
    section = document.sections[-1]
    if (section.orientation == WD_ORIENT.LANDSCAPE) != on_its_side:
        section = document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE if on_its_side else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = section.page_height, section.page_width


def _text_width(document: Manuscript) -> int:
    section = document.sections[-1]
    return section.page_width - section.left_margin - section.right_margin


def _caption(document: Manuscript, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = True
    paragraph.paragraph_format.keep_with_next = True


def _table(document: Manuscript, table: Table) -> None:
    """A table with three rules, whose heading is repeated on every page and whose rows are not divided."""
    heads = [table.stub, *(column.label for column in table.columns)]
    made = document.add_table(1 + len(table.rows), len(heads))
    words = [True, *(column.words for column in table.columns)]
    texts = [heads, *(_texts(row) for row in table.rows)]
    points = POINTS if len(heads) <= MANY_COLUMNS + 1 else POINTS_OF_MANY
    _widths(made, texts, words, _text_width(document), points)
    _fill(made.rows[0].cells, heads, words, points, bold=True)
    for cells, row, shown in zip((row.cells for row in made.rows[1:]), table.rows, texts[1:], strict=True):
        if row.kind == "group":
            cells = [cells[0].merge(cells[-1])]
        _fill(cells, shown, words, points, bold=row.kind == "group")
    for row in made.rows:
        _settings(row._tr, "w:cantSplit")
    _settings(made.rows[0]._tr, "w:tblHeader")
    _rules(made)


def _texts(row: Row) -> list[str]:
    label = f"    {row.label}" if row.kind == "level" else row.label
    return [label, *(cell.replace(FIGURE_SPACE, "") for cell in row.cells)]


def _widths(
    table: WordTable, texts: Sequence[Sequence[str]], words: Sequence[bool], text_width: int, points: float
) -> None:
    """Each column as wide as its longest word or number, wider where its texts are long; all fill the page."""
    columns = list(zip_longest(*texts, fillvalue=""))
    longest = [_longest(head, cells, in_words) for (head, *cells), in_words in zip(columns, words, strict=True)]
    least = [Pt(points * LETTER_EM) * (word + 2) for word in longest]
    long = [max(min(max(map(len, column)), LONG_TEXT) - word, 1) for column, word in zip(columns, longest, strict=True)]
    rest = text_width - sum(least)
    for column, width, more in zip(table.columns, least, long, strict=True):
        column.width = width = int(width + rest * more / sum(long) if rest > 0 else text_width * width / sum(least))
        for cell in column.cells:
            cell.width = width


def _longest(head: str, cells: Sequence[str], in_words: bool) -> int:
    """The letters of a column's longest word; of cells of numbers, which are not broken, the whole."""
    unbroken = [word for cell in cells for word in cell.split()] if in_words else cells
    return max(map(len, [*head.split(), *unbroken]), default=0)


def _fill(
    cells: Sequence[_Cell], texts: Sequence[str], words: Sequence[bool], points: float, bold: bool = False
) -> None:
    for cell, text, in_words in zip(cells, texts, words, strict=False):
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(text.replace(FIGURE_SPACE, ""))
        run.bold, run.font.size = bold, Pt(points)
        paragraph.paragraph_format.space_after = Pt(0)
        if not in_words:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if not (in_words or bold):
            cell._tc.get_or_add_tcPr().append(OxmlElement("w:noWrap"))


def _settings(row, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))


def _rules(table: WordTable) -> None:
    """Rules above and below the heading and below the last row."""
    edges = {0: ("top", "bottom"), len(table.rows) - 1: ("bottom",)}
    for at, sides in edges.items():
        for cell in table.rows[at].cells:
            borders = OxmlElement("w:tcBorders")
            for side in sides:
                rule = OxmlElement(f"w:{side}")
                for name, setting in RULE.items():
                    rule.set(qn(f"w:{name}"), setting)
                borders.append(rule)
            properties = cell._tc.get_or_add_tcPr()
            properties.append(borders)
            for later in properties.findall(qn("w:noWrap")):
                properties.append(later)  # Word asks for this order


def _notes(document: Manuscript, notes: Sequence[str]) -> None:
    for note in notes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(NOTE_GAP)
        paragraph.add_run(note).font.size = Pt(POINTS - 1)
