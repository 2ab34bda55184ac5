"""The findings of a check to hand on: as a page, or in a copy of the workbook with the cells marked."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from adreport.faults import ERROR, Fault, ParameterFault
from adreport.readers import WORKBOOK
from adreport.readers.raw import HEADS_WITHIN, head_row_of

COLOURS = {True: "F8CBAD", False: "FFE699"}  # error, warning


def write_page(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """The findings as one HTML page that asks for nothing of any network."""
    from adreport.pages import findings_page

    file.write_text(findings_page(faults, data.name), encoding="utf-8", newline="\n")


def write_marked(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """A copy of the workbook (or a workbook of the CSV files) with each finding marked and commented.

    The original is left as it is; raises ParameterFault when the copy would overwrite it.
    """
    if data.resolve() == file.resolve():
        raise ParameterFault(f"{file} is the data. Give the marked copy another name.")
    macros = data.suffix.lower() == file.suffix.lower() == ".xlsm"
    workbook = load_workbook(data, keep_vba=macros) if data.suffix.lower() in WORKBOOK else _workbook_of(data)
    cells = defaultdict(list)
    for fault in faults:
        title = fault.sheet or Path(fault.file).stem
        if title in workbook.sheetnames and fault.row:
            sheet = workbook[title]
            for column in _columns(sheet, fault):
                cells[title, fault.row, column].append(fault)
    for (title, row, column), found in cells.items():
        cell = workbook[title].cell(row, column)
        worst = any(fault.severity == ERROR for fault in found)
        cell.fill = PatternFill("solid", start_color=COLOURS[worst])
        cell.comment = Comment("\n".join(f"{fault.rule}. {fault.advice}" for fault in found), "adreport", 160, 320)
    workbook.save(file)


def _columns(sheet: Worksheet, fault: Fault) -> list[int]:
    """The numbers of the columns that a finding is about; the first where its column is not there."""
    head_row = head_row_of([[cell.value for cell in row] for row in sheet.iter_rows(max_row=HEADS_WITHIN)])
    heads = {str(cell.value).strip(): cell.column for cell in sheet[head_row or 1]}
    return [heads[name] for name in fault.column.split(", ") if name in heads] or [1]


def _workbook_of(data: Path) -> Workbook:
    """The CSV files of a folder as the sheets of a workbook, every cell as text."""
    from adreport.readers.delimited import delimited_rows

    workbook = Workbook()
    workbook.remove(workbook.active)
    for source in sorted(data.glob("*.csv")) if data.is_dir() else [data]:
        sheet = workbook.create_sheet(source.stem)
        for row in delimited_rows(source):
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"  # a text that begins with = must not become a formula
    if not workbook.sheetnames:
        raise ParameterFault("A marked workbook can be made of an Excel workbook or of CSV files.")
    return workbook
