"""An Excel workbook: a sheet a table."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from adreport.faults import DataFault, Fault
from adreport.readers.raw import RawTable, plain_title, sheet_table


def read_workbook(path: Path, titles: Mapping[str, str]) -> dict[str, RawTable]:
    """The tables of a workbook, found by the titles of its sheets; values of formulas as last computed.

    Raises DataFault when the file is not a workbook or is protected by a password.
    """
    wanted = {title: titles[plain_title(title)] for title in sheet_titles(path) if plain_title(title) in titles}
    return {name: sheet_table(name, path.name, rows, title) for title, name, rows in _sheets(path, wanted) if rows}


def read_sheet(name: str, path: Path) -> RawTable:
    """The table of a workbook that holds one: its first sheet."""
    title = sheet_titles(path)[0]
    rows = next(rows for _, _, rows in _sheets(path, {title: name}))
    return sheet_table(name, path.name, rows, title)


def sheet_titles(path: Path) -> list[str]:
    """The titles of the sheets of a workbook; raises DataFault when it is not one."""
    workbook = _opened(path)
    titles = [sheet.title for sheet in workbook.worksheets]
    workbook.close()
    return titles


def _sheets(path: Path, wanted: Mapping[str, str]) -> Iterator[tuple[str, str, list[tuple]]]:
    """Title, table and rows of each wanted sheet; a formula without a stored value is its own text.

    Programs other than Excel may write formulas without their results: such a cell is no gap.
    """
    workbook = _opened(path)
    formulas = _opened(path, data_only=False) if _has_formulas(path) else None
    for title, name in wanted.items():
        rows = list(workbook[title].iter_rows(values_only=True))
        if formulas:
            texts = formulas[title].iter_rows(values_only=True)
            rows = [tuple(map(_stored, *pair)) for pair in zip(rows, texts, strict=True)]
        yield title, name, rows


def _stored(value, formula):
    return formula if value is None and isinstance(formula, str) and formula.startswith("=") else value


def _has_formulas(path: Path) -> bool:
    with ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return any(tag in parts.read(name) for name in sheets for tag in (b"<f>", b"<f "))


def _opened(path: Path, data_only: bool = True) -> Workbook:
    try:
        return load_workbook(path, read_only=True, data_only=data_only)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, AttributeError, TypeError):
        advice = "Save it as .xlsx, without a password and without sheets that hold only a chart."
        raise DataFault([Fault(path.name, "is not an Excel workbook that can be read", advice)]) from None
