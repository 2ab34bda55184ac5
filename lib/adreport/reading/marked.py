"""A copy of the workbook in which each finding of a check is marked, with a sheet that lists them all."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from adreport.reading.findings import SIGNATURE, spare
from adreport.reading.formats import format_of, read_everything
from adreport.reading.formats.delimited import delimited_lines
from adreport.reading.formats.excel import opened
from adreport.reading.formats.raw import FINDINGS, HEADS_WITHIN, as_text, head_row_of
from adreport.reading.mapping import read_mapping
from adreport.study.faults import ERROR, DataFault, Fault, ParameterFault, shortened

COLOURS = {True: "F8CBAD", False: "FFE699"}  # error, warning
LIST_HEADS = {"": 10, "Sheet": 16, "Row": 7, "Column": 26, "Value": 22, "What is wrong": 62, "What to do": 62}
LINK = "0B4F8A"
NOTE_WIDTH, LINE_HEIGHT, LETTERS_IN_LINE = 380, 18, 50  # pixels of a note, and letters that fit into one of its lines


def write_marked(faults: Sequence[Fault], data: Path, file: Path) -> None:
    """A copy of the workbook (of other data: a workbook of their tables) with each finding marked and commented.

    Its first sheet lists the findings, errors first, each linked to its cell. The original is left as it is; raises
    ParameterFault when the copy would overwrite it, or there is nothing to mark.
    """
    spare(data, file)
    workbook, sheets = _copied(data, keep_vba=data.suffix.lower() == file.suffix.lower() == ".xlsm")
    _clear_earlier(workbook)
    cells = defaultdict(list)
    places: list[tuple[Fault, tuple[str, int, int] | None]] = []
    for fault in sorted(faults, key=lambda fault: fault.severity != ERROR):
        own = list(_cells(fault, data, sheets))
        places.append((fault, own[0] if own else None))
        for cell in own:
            cells[cell].append(fault)
    for (title, row, column), found in cells.items():
        _mark(workbook[title].cell(row, column), found)
    for sheet in workbook.worksheets:
        _size_notes(sheet)
    _list(workbook, places)
    workbook.properties.lastModifiedBy = SIGNATURE
    content = BytesIO()  # a workbook that fails half written on a full disk raises once more when it is forgotten
    workbook.save(content)
    file.write_bytes(content.getvalue())


def _cells(fault: Fault, data: Path, sheets: dict[str, tuple[Worksheet, int]]) -> Iterator[tuple[str, int, int]]:
    """Sheet, row and column of the cells that a finding is about; none where it is about no row."""
    titles = (Path(fault.file).stem,) if data.is_dir() else (fault.sheet, Path(fault.file).stem)
    title = next((title for title in titles if title in sheets), None)
    if title and fault.row is not None:
        sheet, heads_above = sheets[title]
        for column in _columns(sheet, fault):
            yield sheet.title, *_top_left(sheet, fault.row + heads_above or 1, column)


def _mark(cell: Cell, found: Sequence[Fault]) -> None:
    words = "\n".join(dict.fromkeys(f"{_capital(fault.rule)}. {fault.advice}" for fault in found))
    cell.fill = PatternFill("solid", start_color=COLOURS[any(fault.severity == ERROR for fault in found)])
    cell.comment = Comment(_writable(words), SIGNATURE)


def _clear_earlier(workbook: Workbook) -> None:
    """Take out the list and the marks of an earlier check: a copy with marks may have been corrected and checked."""
    if FINDINGS in workbook.sheetnames:
        workbook.remove(workbook[FINDINGS])
    for cell in (cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row):
        if cell.comment and cell.comment.author == SIGNATURE:
            cell.comment, cell.fill = None, PatternFill()


def _size_notes(sheet: Worksheet) -> None:
    """Make every note as high as its words; openpyxl forgets the sizes of those that it has read."""
    for note in filter(None, (cell.comment for row in sheet.iter_rows() for cell in row)):
        lines = sum(len(line) // LETTERS_IN_LINE + 1 for line in note.text.splitlines())
        note.width, note.height = NOTE_WIDTH, LINE_HEIGHT * (lines + 1)


def _list(workbook: Workbook, places: Sequence[tuple[Fault, tuple[str, int, int] | None]]) -> None:
    """The first sheet: a row for each finding, with a link to its cell."""
    sheet = workbook.create_sheet(FINDINGS, 0)
    sheet.append(list(LIST_HEADS))
    for head, width in zip(sheet[1], LIST_HEADS.values(), strict=True):
        head.font = Font(name="Calibri", size=11, bold=True)
        sheet.column_dimensions[head.column_letter].width = width
    for number, (fault, place) in enumerate(places, 2):
        texts = (fault.severity.capitalize(), fault.sheet or fault.file, fault.row, fault.column,
                 shortened(fault.value), f"{_capital(fault.rule)}.", fault.advice)  # fmt: skip
        for column, text in enumerate(texts, 1):
            cell = sheet.cell(number, column, _writable(text) if isinstance(text, str) else text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(text, str):
                cell.data_type = "s"  # a text that begins with = must not become a formula
        sheet.cell(number, 1).fill = PatternFill("solid", start_color=COLOURS[fault.severity == ERROR])
        if place:
            _link(sheet, number, workbook[place[0]].cell(place[1], place[2]))
    sheet.freeze_panes = "A2"
    workbook.active = 0
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet


def _link(sheet: Worksheet, row: int, cell: Cell) -> None:
    """Make sheet, row and column of a finding a link to its cell."""
    title = cell.parent.title.replace("'", "''")
    for column in (2, 3, 4):
        at = sheet.cell(row, column)
        at.hyperlink = Hyperlink(ref=at.coordinate, location=f"'{title}'!{cell.coordinate}")
        at.font = Font(name="Calibri", size=11, color=LINK, underline="single")


def _capital(rule: str) -> str:
    return rule[:1].upper() + rule[1:]


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
