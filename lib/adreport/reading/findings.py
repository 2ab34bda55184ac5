"""The findings of a check to hand on: as a page, or in a copy of the workbook with the cells marked."""

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from markupsafe import Markup
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.worksheet import Worksheet

from adreport.reading.formats import FORMATS, format_of, read_everything
from adreport.reading.formats.delimited import delimited_lines
from adreport.reading.formats.excel import opened
from adreport.reading.formats.raw import HEADS_WITHIN, as_text, head_row_of
from adreport.reading.mapping import read_mapping
from adreport.show.numbers import counted
from adreport.show.parts import Absent, Column, Row, Table, page_templates
from adreport.study.faults import ERROR, DataFault, Fault, ParameterFault, together

SIGNATURE = "adreport check"
COLOURS = {True: "F8CBAD", False: "FFE699"}  # error, warning


def write_page(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """The findings as one HTML page that asks for nothing of any network."""
    _spare(data, file)
    file.write_text(_page(faults, data.name), encoding="utf-8", newline="\n")


def write_marked(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """A copy of the workbook (of other data: a workbook of their tables) with each finding marked and commented.

    The original is left as it is; raises ParameterFault when the copy would overwrite it, or there is
    nothing to mark.
    """
    _spare(data, file)
    workbook, sheets = _copied(data, keep_vba=data.suffix.lower() == file.suffix.lower() == ".xlsm")
    cells = defaultdict(list)
    for fault in faults:
        titles = (Path(fault.file).stem,) if data.is_dir() else (fault.sheet, Path(fault.file).stem)
        title = next((title for title in titles if title in sheets), None)
        if title and fault.row is not None:
            sheet, heads_above = sheets[title]
            for column in _columns(sheet, fault):
                cells[sheet.title, *_top_left(sheet, fault.row + heads_above or 1, column)].append(fault)
    for (title, row, column), found in cells.items():
        cell = workbook[title].cell(row, column)
        worst = any(fault.severity == ERROR for fault in found)
        words = "\n".join(dict.fromkeys(f"{fault.rule}. {fault.advice}" for fault in found))
        cell.fill = PatternFill("solid", start_color=COLOURS[worst])
        cell.comment = Comment(_writable(words), "adreport", 160, 320)
    workbook.properties.lastModifiedBy = SIGNATURE
    content = BytesIO()  # a workbook that fails half written on a full disk raises once more when it is forgotten
    workbook.save(content)
    file.write_bytes(content.getvalue())


def _spare(data: Path, file: Path) -> None:
    """Raise ParameterFault where a finding would be written over the data, or over what stands beside them."""
    own = [data, *(data.iterdir() if data.is_dir() else data.parent.glob("*.yml"))] if data.exists() else []
    kept = [one for one in own if one.suffix.lower() in (*FORMATS, ".yml")]
    if file.resolve() in [one.resolve() for one in kept]:
        raise ParameterFault(f"{file} is of the data. Give the findings another name.")
    if file.is_file() and not _as_written(file):
        raise ParameterFault(
            f"{file} was not written by `adreport check`, or has been changed since. Give the findings another name."
        )


def _as_written(file: Path) -> bool:
    """Whether a file is one of findings that nobody has saved again; Excel then signs it with its user's name."""
    try:
        with ZipFile(file) as parts:
            return f"lastModifiedBy>{SIGNATURE}<".encode() in parts.read("docProps/core.xml")
    except (BadZipFile, KeyError):
        return f'"generator" content="{SIGNATURE}"'.encode() in file.read_bytes()


def _copied(data: Path, keep_vba: bool) -> tuple[Workbook, dict[str, tuple[Worksheet, int]]]:
    """The data as a workbook, and by title each sheet with how many rows its heads push down its cases."""
    try:
        if format_of(data).several != "excel":
            return _workbook_of(data)
        with opened(data, read_only=False, keep_vba=keep_vba) as workbook:
            return workbook, {sheet.title: (sheet, 0) for sheet in workbook.worksheets}
    except DataFault:
        raise ParameterFault(f"{data} cannot be read, so that there is no copy with marks.") from None


def _columns(sheet: Worksheet, fault: Fault) -> list[int]:
    """The numbers of the columns that a finding is about; the first where its column is not there."""
    head_row = head_row_of([[cell.value for cell in row] for row in sheet.iter_rows(max_row=HEADS_WITHIN)])
    heads = {as_text(cell.value): cell.column or 1 for cell in sheet[head_row or 1]}
    return _named(_writable(fault.column).split(", "), heads) or [1]


def _named(parts: list[str], heads: dict[str, int]) -> list[int]:
    """The columns that parts name, of which several are one name where that has a comma."""
    for end in range(len(parts), 0, -1):
        if (name := ", ".join(parts[:end])) in heads:
            return [heads[name], *_named(parts[end:], heads)]
    return _named(parts[1:], heads) if parts else []


def _top_left(sheet: Worksheet, row: int, column: int) -> tuple[int, int]:
    """The cell that can hold a mark: of merged cells, the first."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return merged.min_row, merged.min_col
    return row, column


def _workbook_of(data: Path) -> tuple[Workbook, dict[str, tuple[Worksheet, int]]]:
    """The tables of data that are no workbook as the sheets of one, every cell as text, in the rows of their files.

    Also, by title, each sheet with how many rows its heads push down the cases of a file in which heads are
    no row. A REDCap export is one sheet as it is. Raises ParameterFault where there is nothing to mark.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheets = {}
    if data.is_file() and format_of(data).several == "redcap":
        sheets[data.stem] = _filled(workbook, data.stem, dict(enumerate(delimited_lines(data).rows, 1))), 0
    elif data.exists():
        for title, table in read_everything(data, read_mapping(data)).items():
            heads_above = 0 if table.head_row else 1
            numbers = table.cells.index + heads_above
            rows = dict(zip(numbers, table.cells.to_numpy().tolist(), strict=True))
            heads = {table.head_row or 1: list(table.cells.columns)}
            sheets[title] = _filled(workbook, title, heads | rows), heads_above
    if not sheets:
        raise ParameterFault(f"There is no table in {data} to mark.")
    return workbook, sheets


def _filled(workbook: Workbook, title: str, rows: dict[int, list[str]]) -> Worksheet:
    """A new sheet with these rows."""
    sheet = workbook.create_sheet(free_title(title, workbook))
    for row, values in rows.items():
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column, _writable(value))
            cell.data_type = "s"  # a text that begins with = must not become a formula
    return sheet


def free_title(wanted: str, workbook: Workbook) -> str:
    """A title that Excel takes (31 characters, none of them []:*?/\\) and that no other sheet of the workbook has."""
    plain = INVALID_TITLE_REGEX.sub(" ", _writable(wanted)).strip(" '") or "Sheet"
    taken = {name.casefold() for name in workbook.sheetnames}
    names = (plain[:31], *(f"{plain[:26]} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in taken)


def _writable(text: str) -> str:
    """A text without the control characters that a workbook cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _page(faults: Sequence[Fault], name: str) -> str:
    """The HTML of the findings of a check."""
    names = ("sheet", "row", "column", "value", "rule", "advice", "severity")
    body = [Row(fault.file, [str(getattr(fault, name) or "") for name in names]) for fault in together(faults)]
    headings = ("Sheet", "Row", "Column", "Value", "Rule", "What to do", "Severity")
    errors = sum(fault.severity == ERROR for fault in faults)
    warnings = counted(len(faults) - errors, "warning")
    summary = f"{counted(errors, 'error')} to be corrected before a report can be made, and {warnings}."
    columns = [Column(heading, words=True) for heading in headings]
    table = Table("Findings", "File", columns, body, folded=False) if faults else Absent("Nothing was found.")
    template = page_templates().get_template("findings.html.j2")
    return template.render(name=name, generator=SIGNATURE, summary=summary, table=Markup(table._repr_html_()))
