"""Every table of a report in one Excel workbook: a sheet an exhibit, numbers as numbers."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from adreport.pages.contract import safe_text
from adreport.reading.marked import free_title
from adreport.report.zipped import dated
from adreport.show.numbers import FIGURE_SPACE, MINUS

NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")
WIDEST = 60
CONTENTS, CONTENTS_WIDTHS = "contents", (32, 14, 80)


def workbook(exhibits: Iterable[tuple[str, Mapping[str, Any]]], made_on: datetime) -> bytes:
    """The tables of exhibits, each with the page that shows it, as the content of an .xlsx file.

    `exhibits`: page and data of each, as an executed notebook keeps them (see `Shown`).
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    contents = book.create_sheet(CONTENTS)
    contents.append(["Sheet", "Page", "Table"])
    for page, exhibit in exhibits:
        for part in exhibit["parts"]:
            if part["kind"] == "table":
                title = free_title(f"{page} {exhibit['key']}".replace("_", " "), book)
                _fill(book.create_sheet(title), part)
                contents.append([title, page, str(safe_text(part["caption"]))])
                contents.cell(contents.max_row, 1).hyperlink = f"#'{title}'!A1"
    _finish(contents)
    if len(book.sheetnames) == 2:  # of one table there is nothing to list
        book.remove(contents)
    content = BytesIO()
    book.save(content)
    return dated(content.getvalue(), made_on)


def _finish(contents: Worksheet) -> None:
    """The list of sheets: its head in bold and in sight, its links as links."""
    for cell in contents[1]:
        cell.font = Font(bold=True)
    for (cell,) in contents.iter_rows(min_row=2, max_col=1):
        cell.font = Font(color="0B4F8A", underline="single")
    contents.freeze_panes = "A2"
    for letter, width in zip("ABC", CONTENTS_WIDTHS, strict=True):
        contents.column_dimensions[letter].width = width


def cell_value(text: str) -> str | int | float:
    """A cell's number where it is one, else its text, which no program takes for a formula."""
    plain = text.replace(FIGURE_SPACE, "").strip().replace(MINUS, "-")
    if NUMBER.fullmatch(plain):
        number = float(plain.replace(",", ""))
        return int(number) if "." not in plain else number
    return str(safe_text(text.replace(FIGURE_SPACE, "").strip()))


def _fill(sheet: Worksheet, table: Mapping[str, Any]) -> None:
    columns = table["columns"]
    sheet.append([table["caption"]])
    if any(column["spanner"] for column in columns):
        sheet.append(["", *(column["spanner"] for column in columns)])
    sheet.append([table["stub"], *(column["label"] for column in columns)])
    heads = sheet.max_row
    for row in table["rows"]:
        sheet.append([str(safe_text(row["label"])), *map(cell_value, row["cells"])])
        sheet.cell(sheet.max_row, 1).alignment = Alignment(indent=1 if row["kind"] == "level" else 0)
    for note in [table["mark"], *table["footnotes"]]:
        if note:
            sheet.append([str(safe_text(note))])
    for cell in (*sheet[1], *sheet[heads]):
        cell.font = Font(bold=True)
    sheet.freeze_panes = sheet.cell(heads + 1, 2)
    for letters, cells in zip(
        sheet.columns, sheet.iter_cols(min_row=heads, max_row=heads + len(table["rows"])), strict=True
    ):
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[letters[0].column_letter].width = min(longest, WIDEST) + 2
