"""Excel workbooks: a table on each sheet."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from warnings import catch_warnings, simplefilter
from zipfile import ZipFile

import pandas as pd
from openpyxl import Workbook
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from adreport.reading.formats.raw import RawTable, as_text, not_read, plain_title, refuse_too_large, sheet_table
from adreport.study.faults import WARNING, DataFault, Fault, also_in

STRICT = b"purl.oclc.org/ooxml"  # the names of parts in a Strict Open XML workbook
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff")
LAST_ROW = 1_048_576  # that a sheet can have
ADVICE = "Open it in Excel and save it as Excel Workbook (.xlsx), without a password."
STRUCK, PERCENT = "struck through", "percent"


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet and what a person who looks at it does not see.

    `rows`: each as wide as its filled cells. `hidden_rows`, `hidden_columns`: from 1. `merged`: the row and the column,
    from 1, of cells that are merged with a filled one. `styled`: of filled cells that are struck through, and of
    numbers that Excel shows as a percentage.
    """

    title: str
    rows: list[list]
    is_hidden: bool
    is_filtered: bool
    hidden_rows: Collection[int]
    hidden_columns: Collection[int]
    merged: Collection[tuple[int, int]]
    styled: Mapping[str, Collection[tuple[int, int]]]
    since: datetime  # day 0 of serial dates: 1904-01-01 in workbooks that began on a Mac


class _Cells(WorkSheetParser):
    """Cells by their stored values; a formula without one by its text, since such a cell is not empty.

    Excel stores an empty text for a formula that results in none; other programs may write formulas without results.
    """

    def __init__(self, *source, styles: Mapping[str, Collection[int]], **settings):
        super().__init__(*source, **settings)
        self.styles = styles
        self.styled: dict[str, set[tuple[int, int]]] = {kind: set() for kind in styles}

    def parse_cell(self, element):
        cell = super().parse_cell(element)
        for kind, styles in self.styles.items():
            if cell["style_id"] in styles and cell["value"] is not None:
                self.styled[kind].add((cell["row"], cell["column"]))
        if element.find(FORMULA_TAG) is not None:
            formula = self.parse_formula(element)  # even beside a value: cells below may share this formula
            if cell["value"] is None and not (element.get("t") == "str" and element.find(VALUE_TAG) is not None):
                cell["value"] = formula if isinstance(formula, str) else getattr(formula, "text", "=TABLE()")
        if isinstance(cell["value"], str):
            cell["value"] = unescape(cell["value"])
        return cell


class _Reader(ExcelReader):
    """A workbook that may have sheets that hold only a chart, also one that openpyxl cannot read."""

    def read_chartsheet(self, sheet, rel):
        if not self.read_only:
            with suppress(AttributeError):  # an empty one has no drawing
                super().read_chartsheet(sheet, rel)


def titles(path: Path) -> list[str]:
    """The titles of the sheets of a workbook that hold anything; raises DataFault when it is not a workbook."""
    with opened(path) as workbook:
        return _titles(path, workbook)


def read_one(name: str, path: Path) -> RawTable:
    """The one table of a workbook: the sheet of its name, or else the only one that is not hidden.

    Raises DataFault where several sheets that are not hidden could be it.
    """
    with opened(path) as workbook:
        filled = _titles(path, workbook)
        visible = [title for title in filled if workbook[title].sheet_state == "visible"] or filled
        named = [title for title in visible if plain_title(title) in (name, plain_title(path.stem))]
        title = next(iter([*named, *visible]), "")
        if not title:
            raise DataFault([Fault(path.name, "is empty", "Its first row must hold the column names.")])
        table = _table(name, path, _sheet(path, workbook, title))
        columns, others = set(table.cells.columns), [other for other in filled if other != title]
        rivals = [] if named else [other for other in visible if other != title]
        alike = [other for other in rivals if len(columns & _columns(path, workbook, other)) * 2 > len(columns)]
    if alike:
        rule = f"the sheets {', '.join([title, *alike])} hold the same columns, and only one sheet is read"
        raise DataFault(
            [Fault(path.name, rule, f"Join them on one sheet, or give the one that counts the title {name}.")]
        )
    return replace(table, noticed=(*table.noticed, not_read(path.name, others))) if others else table


def read_several(path: Path, wanted: Mapping[str, str]) -> dict[str, RawTable | DataFault]:
    """The wanted sheets of a workbook, or what is wrong with one; formulas count as the values last computed.

    Raises DataFault when the file is not a workbook, is damaged or is protected by a password.
    """
    tables: dict[str, RawTable | DataFault] = {}
    with opened(path) as workbook:
        for title, name in wanted.items():
            sheet = _sheet(path, workbook, title)
            try:
                tables[name] = _table(name, path, sheet)
            except DataFault as unreadable:
                tables[name] = unreadable
    return tables


def sheet_rows(path: Path, titles: Collection[str]) -> list[list]:
    """The cells of the first sheet with one of these titles; none without one, or if nothing can be read at all."""
    try:
        with opened(path) as workbook:
            named = [sheet for sheet in workbook.sheetnames if plain_title(sheet) in titles]
            return _sheet(path, workbook, named[0]).rows if named else []
    except (DataFault, OSError):
        return []


@contextmanager
def opened(path: Path, read_only: bool = True, keep_vba: bool = False) -> Iterator[Workbook]:
    """A workbook with at least one sheet of cells; raises DataFault when it cannot be read.

    The file is opened and closed here, since openpyxl leaves a file open that it cannot read.
    """
    with ExitStack() as stack:
        with _in_words(path):
            file = stack.enter_context(path.open("rb"))
            with ZipFile(file) as parts:
                refuse_too_large(path.name, _unpacked(parts))
                if STRICT in parts.read("_rels/.rels"):
                    raise DataFault([Fault(path.name, "is a Strict Open XML workbook, which cannot be read", ADVICE)])
            reader = _Reader(file, read_only=read_only, keep_vba=keep_vba, data_only=read_only)
            stack.callback(reader.archive.close)
            reader.read()
            lost = [sheet.name for sheet, part in reader.parser.find_sheets() if part.target not in reader.valid_files]
            if lost:
                rule = f"is damaged: the sheet {', '.join(lost)} is in its list of sheets, but not in the file"
                raise DataFault([Fault(path.name, rule, "Take it from a backup, or export it again.")])
            stack.callback(reader.wb.close)
            reader.wb.worksheets[0]
        yield reader.wb


def _unpacked(parts: ZipFile) -> int:
    return sum(part.file_size for part in parts.infolist() if not part.filename.lower().endswith(PICTURES))


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn whatever a library raises on an unreadable file into one DataFault; silence its other words."""
    try:
        with catch_warnings(), redirect_stdout(StringIO()):
            simplefilter("ignore")
            yield
    except DataFault:
        raise
    except Exception:  # a damaged file leads openpyxl, zipfile, zlib and the XML parser to errors of every kind
        raise DataFault([Fault(path.name, "is not an Excel workbook that can be read", ADVICE)]) from None


def _titles(path: Path, workbook: Workbook) -> list[str]:
    """The titles of the sheets in which a cell is filled."""
    with _in_words(path):
        return [sheet.title for sheet in workbook.worksheets if any(row for row in _rows(_parser(workbook, sheet)))]


def _columns(path: Path, workbook: Workbook, title: str) -> set[str]:
    """The column names of a sheet, none where there is no table on it."""
    try:
        return set(_table("", path, _sheet(path, workbook, title)).cells.columns)
    except DataFault:
        return set()


def _table(name: str, path: Path, sheet: Sheet) -> RawTable:
    """A sheet as a table that says what is hidden on it."""
    table = sheet_table(name, path.name, sheet.rows, sheet.title)
    heads = dict(enumerate(map(as_text, sheet.rows[table.head_row - 1]), 1))
    merged = frozenset((row, heads[column]) for row, column in sheet.merged if heads.get(column))
    noticed = [
        Fault(path.name, rule, advice, sheet.title, row, severity=WARNING)
        for rule, advice, row in _hidden(sheet, table, heads)
    ] + [
        Fault(path.name, rule, advice, sheet.title, row, heads[at], table.cells[heads[at]][row], WARNING)
        for rule, advice, row, at in _looks_otherwise(sheet, table, heads)
    ]
    return replace(table, merged=merged, since=pd.Timestamp(sheet.since), noticed=(*table.noticed, *noticed))


def _hidden(sheet: Sheet, table: RawTable, heads: Mapping[int, str]) -> Iterator[tuple[str, str, int | None]]:
    """Rule, advice and row for what is read though a person does not see it."""
    if sheet.is_hidden:
        yield "is a hidden sheet, and is read", "If it is an old one, delete it; else show it.", None
    rows = [row for row in table.cells.index if row in sheet.hidden_rows]
    if rows:
        by = " by a filter" if sheet.is_filtered else ""
        rule = f"{len(rows)} of {len(table.cells)} rows are hidden{by}; they are read like the others"
        yield rule, "If they do not belong to the data, delete them; else show them.", rows[0]
    if columns := [heads[column] for column in sorted(sheet.hidden_columns) if heads.get(column)]:
        rule = f"hidden columns are treated like the others: {', '.join(columns)}"
        yield rule, "If they do not belong to the data, delete them; else show them.", table.head_row


def _looks_otherwise(sheet: Sheet, table: RawTable, heads: Mapping[int, str]) -> Iterator[tuple[str, str, int, int]]:
    """Rule, advice, row and column for cells that look otherwise to a person than they are read."""
    words = {
        STRUCK: ("is struck through, and is read like the others", "If it is withdrawn, delete it."),
        PERCENT: (
            "is shown as a percentage, a hundred times what the cell holds",
            "If the number that is shown is meant, give the cell a number format and type it again.",
        ),
    }
    for kind, places in sheet.styled.items():
        by_row = {row: at for row, at in sorted(places, reverse=True) if row in table.cells.index and heads.get(at)}
        if by_row:
            first, *others = sorted(by_row)
            rule, advice = words[kind]
            yield f"{rule}{also_in(others)}", advice, first, by_row[first]


def _sheet(path: Path, workbook: Workbook, title: str) -> Sheet:
    with _in_words(path):
        sheet = workbook[title]
        parser = _parser(workbook, sheet)
        rows = list(_rows(parser))
        while rows and not rows[-1]:
            rows.pop()  # formatted but empty rows can reach down to the last row that Excel has
        columns = [column for column in parser.column_dimensions.values() if _is_hidden(column)]
        return Sheet(
            title, rows, sheet.sheet_state != "visible", hasattr(parser, "auto_filter"),
            hidden_rows={int(row) for row, shown in parser.row_dimensions.items() if _is_hidden(shown)},
            hidden_columns={place for at in columns for place in range(int(at["min"]), int(at["max"]) + 1)},
            merged=set(_merged(parser, rows)),
            styled=parser.styled,
            since=workbook.epoch,
        )  # fmt: skip


def _parser(workbook: Workbook, sheet) -> _Cells:
    formats = {"date_formats": workbook._date_formats, "timedelta_formats": workbook._timedelta_formats}
    source = workbook._archive.open(sheet._worksheet_path)
    styles = {STRUCK: set(_struck_through(workbook)), PERCENT: set(_percentages(workbook))}
    return _Cells(source, sheet._shared_strings, data_only=True, epoch=workbook.epoch, styles=styles, **formats)


def _struck_through(workbook: Workbook) -> Iterator[int]:
    """The styles of cells that are struck through."""
    return (place for place, style in enumerate(workbook._cell_styles) if workbook._fonts[style.fontId].strike)


def _percentages(workbook: Workbook) -> Iterator[int]:
    """The styles of cells that show their number as a percentage."""
    own = {number + BUILTIN_FORMATS_MAX_SIZE: shown for number, shown in enumerate(workbook._number_formats)}
    shown = BUILTIN_FORMATS | own
    return (place for place, style in enumerate(workbook._cell_styles) if "%" in shown.get(style.numFmtId, ""))


def _rows(parser: _Cells) -> Iterator[list]:
    """All rows of a sheet, each as wide as its filled cells; the dimensions that the file states may be wrong."""
    read = 0
    with parser.source:
        for number, cells in parser.parse():
            if not read < number <= LAST_ROW:
                raise ValueError(f"row {number} after row {read}")
            yield from ([] for _ in range(read + 1, number))  # rows that are not in the file are empty
            filled = {cell["column"]: cell["value"] for cell in cells if cell["value"] is not None}
            yield [filled.get(column) for column in range(1, max(filled, default=0) + 1)]
            read = number


def _is_hidden(shown: Mapping[str, str]) -> bool:
    return shown.get("hidden") in ("1", "true")


def _merged(parser: _Cells, rows: list[list]) -> Iterator[tuple[int, int]]:
    """Row and column of each cell that is empty for being merged with a filled one."""
    width = max(map(len, rows), default=0)
    for one in parser.merged_cells.mergeCell if parser.merged_cells else ():
        left, top, right, bottom = range_boundaries(one.ref)
        if top <= len(rows) and left <= len(rows[top - 1]) and rows[top - 1][left - 1] is not None:
            cells = (
                (row, at) for row in range(top, min(bottom, len(rows)) + 1) for at in range(left, min(right, width) + 1)
            )
            yield from (cell for cell in cells if cell != (top, left))
