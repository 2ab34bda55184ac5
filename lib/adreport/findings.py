"""The findings of a check to hand on: as a page, or in a copy of the workbook with the cells marked."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from adreport.faults import ERROR, Fault, ParameterFault
from adreport.readers import DATABASE, DELIMITED, TABLE_FILES, WORKBOOK, read_everything
from adreport.readers.delimited import delimited_rows
from adreport.readers.raw import HEADS_WITHIN, head_row_of

COLOURS = {True: "F8CBAD", False: "FFE699"}  # error, warning


def write_page(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """The findings as one HTML page that asks for nothing of any network."""
    from adreport.pages import findings_page

    _spare(data, file)
    file.write_text(findings_page(faults, data.name), encoding="utf-8", newline="\n")


def write_marked(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """A copy of the workbook (of other data: a workbook of their tables) with each finding marked and commented.

    The original is left as it is; raises ParameterFault when the copy would overwrite it.
    """
    _spare(data, file)
    macros = data.suffix.lower() == file.suffix.lower() == ".xlsm"
    if data.suffix.lower() in WORKBOOK:
        workbook, heads_above = load_workbook(data, keep_vba=macros), {}
    else:
        workbook, heads_above = _workbook_of(data)
    cells = defaultdict(list)
    for fault in faults:
        title = next((name for name in (fault.sheet, Path(fault.file).stem) if name in workbook.sheetnames), None)
        if title and fault.row is not None:
            sheet = workbook[title]
            for column in _columns(sheet, fault):
                cells[title, fault.row + heads_above.get(title, 0) or 1, column].append(fault)
    for (title, row, column), found in cells.items():
        cell = workbook[title].cell(row, column)
        worst = any(fault.severity == ERROR for fault in found)
        cell.fill = PatternFill("solid", start_color=COLOURS[worst])
        cell.comment = Comment("\n".join(f"{fault.rule}. {fault.advice}" for fault in found), "adreport", 160, 320)
    workbook.save(file)


def _spare(data: Path, file: Path) -> None:
    """Raise ParameterFault where a finding would be written over the data, or over what stands beside them."""
    own = [data, *(data.iterdir() if data.is_dir() else data.parent.glob("*.yml"))] if data.exists() else []
    kept = [one for one in own if one.suffix.lower() in (*TABLE_FILES, *DATABASE, ".yml")]
    if file.resolve() in [one.resolve() for one in kept]:
        raise ParameterFault(f"{file} is of the data. Give the findings another name.")


def _columns(sheet: Worksheet, fault: Fault) -> list[int]:
    """The numbers of the columns that a finding is about; the first where its column is not there."""
    head_row = head_row_of([[cell.value for cell in row] for row in sheet.iter_rows(max_row=HEADS_WITHIN)])
    heads = {str(cell.value).strip(): cell.column for cell in sheet[head_row or 1]}
    return [heads[name] for name in fault.column.split(", ") if name in heads] or [1]


def _workbook_of(data: Path) -> tuple[Workbook, dict[str, int]]:
    """The tables of data that are no workbook as the sheets of one, every cell as text, in the rows of their files.

    Also, by sheet, how many rows its heads push down the cases of a file in which heads are no row. A
    REDCap export is one sheet as it is. Raises ParameterFault where there is nothing to mark.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    heads_above = {}
    if data.is_file() and data.suffix.lower() in DELIMITED:
        _fill(workbook.create_sheet(data.stem), dict(enumerate(delimited_rows(data), 1)))
    elif data.exists():
        for title, table in read_everything(data).items():
            heads_above[title] = 0 if table.head_row else 1
            numbers = table.cells.index + heads_above[title]
            rows = dict(zip(numbers, table.cells.to_numpy().tolist(), strict=True))
            _fill(workbook.create_sheet(title), {table.head_row or 1: list(table.cells.columns)} | rows)
    if not workbook.sheetnames:
        raise ParameterFault(f"There is no table in {data} to mark.")
    return workbook, heads_above


def _fill(sheet: Worksheet, rows: dict[int, list[str]]) -> None:
    for row, values in rows.items():
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column, value)
            cell.data_type = "s"  # a text that begins with = must not become a formula
