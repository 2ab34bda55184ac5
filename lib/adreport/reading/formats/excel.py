"""Excel workbooks: a table on each sheet."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from warnings import catch_warnings, simplefilter
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from adreport.reading.formats.raw import RawTable, as_text, sheet_table
from adreport.study.faults import DataFault, Fault

FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="(\w+:\w+)"')
STRICT = b"purl.oclc.org/ooxml"  # the names of parts in a Strict Open XML workbook
ADVICE = (
    "Open it in Excel and save it as Excel Workbook (.xlsx), "
    "without a password and without sheets that hold only a chart."
)


def titles(path: Path) -> list[str]:
    """The titles of the sheets of a workbook; raises DataFault when it is not one."""
    with opened(path, read_only=True) as workbook:
        return [sheet.title for sheet in workbook.worksheets]


def read_one(name: str, path: Path) -> RawTable:
    """The first sheet of a workbook, as a table."""
    with opened(path, read_only=True, data_only=True) as workbook:
        title = workbook.worksheets[0].title
        return dict(_tables(path, workbook, {title: name})).get(name) or sheet_table(name, path.name, [], title)


def read_several(path: Path, wanted: Mapping[str, str]) -> dict[str, RawTable]:
    """The wanted sheets of a workbook; formulas count as the values that were last computed.

    Raises DataFault when the file is not a workbook, is damaged or is protected by a password.
    """
    with opened(path, read_only=True, data_only=True) as workbook:
        return dict(_tables(path, workbook, wanted))


@contextmanager
def opened(path: Path, **options: bool) -> Iterator[Workbook]:
    """A workbook with at least one sheet of cells; raises DataFault when it cannot be read.

    The file is opened and closed here, since openpyxl leaves a file open that it cannot read.
    """
    with ExitStack() as stack:
        with _in_words(path):
            file = stack.enter_context(path.open("rb"))
            with ZipFile(file) as parts:
                if STRICT in parts.read("_rels/.rels"):
                    raise DataFault([Fault(path.name, "is a Strict Open XML workbook, which cannot be read", ADVICE)])
            workbook = load_workbook(file, **options)
            stack.callback(workbook.close)
            workbook.worksheets[0]
        yield workbook


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn whatever a library raises on an unreadable file into one DataFault; silence warnings of what it skips."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            yield
    except DataFault:
        raise
    except Exception:  # a damaged file leads openpyxl, zipfile, zlib and the XML parser to errors of every kind
        raise DataFault([Fault(path.name, "is not an Excel workbook that can be read", ADVICE)]) from None


def _tables(path: Path, workbook: Workbook, wanted: Mapping[str, str]) -> Iterator[tuple[str, RawTable]]:
    """Name and table of each wanted sheet that has rows; a formula without a stored value is read as its text.

    Programs other than Excel may write formulas without their results: such a cell is not empty.
    """
    with ZipFile(path) as parts:
        for title, name in wanted.items():
            with _in_words(path):
                part = parts.read(workbook[title]._worksheet_path)
                rows = _rows(workbook, title)
                if FORMULA.search(part):
                    with opened(path, read_only=True) as formulas:
                        texts = _rows(formulas, title)
                    rows = [tuple(map(_stored, *pair)) for pair in zip(rows, texts, strict=True)]
            while len(rows) > 1 and all(value is None for value in rows[-1]):
                rows.pop()  # formatted but empty rows can reach down to the last row that Excel has
            if rows:
                table = sheet_table(name, path.name, rows, title)
                yield name, replace(table, merged=_merged(part, rows[table.head_row - 1], len(rows)))


def _rows(workbook: Workbook, title: str) -> list[tuple]:
    """All rows of a sheet, each as wide as its filled cells; the dimensions that the file states may be too small."""
    sheet = workbook[title]
    sheet.reset_dimensions()
    return list(sheet.iter_rows(values_only=True))


def _stored(value: object, formula: object) -> object:
    if value is None and isinstance(formula, ArrayFormula | DataTableFormula):
        return getattr(formula, "text", "=TABLE()")
    return formula if value is None and isinstance(formula, str) and formula.startswith("=") else value


def _merged(part: bytes, heads: Sequence, rows: int) -> frozenset[tuple[int, str]]:
    """Row and column name of each merged cell."""
    ranges = [range_boundaries(ref.decode()) for ref in MERGED.findall(part)]
    return frozenset(
        (row, as_text(head))
        for left, top, right, bottom in ranges
        for row in range(top, min(bottom, rows) + 1)
        for head in heads[left - 1 : right]
    )
