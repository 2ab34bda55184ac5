"""An Excel workbook: a sheet a table."""

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from adreport.faults import DataFault, Fault
from adreport.readers.raw import RawTable, plain_title, raw_table


def read_workbook(path: Path, titles: Mapping[str, str]) -> dict[str, RawTable]:
    """The tables of a workbook, found by the titles of its sheets; values of formulas as last computed.

    Raises DataFault when the file is not a workbook or is protected by a password.
    """
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError):
        advice = "Save it as .xlsx without a password."
        raise DataFault([Fault(path.name, "is not an Excel workbook that can be read", advice)]) from None
    tables = {}
    for sheet in workbook.worksheets:
        name = titles.get(plain_title(sheet.title))
        rows = sheet.iter_rows(values_only=True) if name else iter(())
        if heads := next(rows, None):
            tables[name] = raw_table(name, path.name, heads, rows, sheet.title)
    workbook.close()
    return tables
