"""CSV as clinics have it: commas, semicolons, tabs or bars, and the encodings that Excel writes."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from adreport.reading.formats.raw import RawTable, head_row_of, refuse_too_large, sheet_table
from adreport.study.faults import WARNING, DataFault, Fault, also_in

# Western and Turkish Windows differ in six letters; those of 1254 are the commoner ones in names of diseases.
ASSUMED = "Windows-1254"
ENCODINGS = ("utf-8-sig", ASSUMED)
CUT = ("unexpected end of data", "truncated data")  # how Python names a text that ends within a letter
MARK = "\ufeff"  # of Unicode, which stands in the middle where files were joined
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of "Unicode text" as Excel saves it: UTF-16
SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 50  # lines by which the separator is told
IN_QUOTES = "If it holds text with the separator, put that in quotation marks."
SEPARATOR_LINE = "sep="  # a first line for Excel, which hides it and does not count it


@dataclass(frozen=True)
class Lines:
    """What a delimited file holds: its rows, each at least as wide as the column names, and what was noticed."""

    rows: list[list[str]]
    encoding: str
    ended: bool
    uneven: frozenset[int] = frozenset()
    noticed: tuple[Fault, ...] = ()

    def of(self, table: RawTable) -> RawTable:
        """A table made of these lines, with what is known of them."""
        noticed = (*self.noticed, *table.noticed)
        known = {"encoding": self.encoding, "ended": self.ended, "uneven": self.uneven}
        return replace(table, **known, noticed=noticed)


def read_one(name: str, file: Path) -> RawTable:
    """A table from a delimited text file; raises DataFault when it is empty or has cells beyond the column names."""
    lines = delimited_lines(file)
    return lines.of(sheet_table(name, file.name, lines.rows))


def delimited_lines(file: Path) -> Lines:
    """The rows of a delimited file and its encoding where that had to be assumed.

    Raises DataFault where there are no rows, or where one has more cells than there are column names.
    """
    refuse_too_large(file.name, file.stat().st_size)
    text, encoding = _decoded(file)
    with _cells_of_any_length(len(text)):
        rows = _rows(file.name, text)
    head_row = head_row_of(rows)
    if not head_row:
        raise DataFault([Fault(file.name, "is empty", "Its first row must hold the column names.")])
    ended = text.endswith(("\n", "\r"))
    uneven, noticed = _uneven_rows(file.name, rows, head_row, ended)
    return Lines(rows, encoding if encoding == ASSUMED else "", ended, frozenset(uneven), tuple(noticed))


def _rows(file: str, text: str) -> list[list[str]]:
    """All rows of a text; raises DataFault for a quotation mark that splits no cells."""
    first, _, rest = text.partition("\n")
    if first.casefold().startswith(SEPARATOR_LINE):
        separator, text = first[len(SEPARATOR_LINE) :][:1] or ",", rest
    else:
        separator = _separator(text)
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        rule = "begins a cell with a quotation mark that is not closed, or is closed within the cell"
        advice = "Put the whole cell in quotation marks and double those within it, or take the mark out."
        raise DataFault([Fault(file, rule, advice, row=len(rows) + 1)]) from None
    return rows


@contextmanager
def _cells_of_any_length(letters: int) -> Iterator[None]:
    """Let a cell have as many letters as its file; the limit is one of the whole process, and is put back."""
    limit = csv.field_size_limit(letters + 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _uneven_rows(file: str, rows: list[list[str]], head_row: int, ended: bool) -> tuple[list[int], list[Fault]]:
    """Which rows have more or fewer cells than there are column names, and findings; short ones are filled up in place.

    Warnings, and an error where the last row is short and has no line end. Raises DataFault for filled cells to the
    right of the last column name.
    """
    heads = rows[head_row - 1]
    last_name = max(place for place, head in enumerate(heads, 1) if head.strip())
    below = {number: row for number, row in enumerate(rows, 1) if number > head_row and any(row)}
    long = [number for number, row in below.items() if len(row) > len(heads)]
    short = {number: len(row) for number, row in below.items() if len(row) < last_name}
    if filled := [number for number in long if any(below[number][len(heads) :])]:
        rule = f"has more than {len(heads)} cells{also_in(filled[1:])}"
        value = next(cell for cell in reversed(below[filled[0]]) if cell)
        advice = f"The row of column names, {head_row}, has too few." if len(long) == len(below) > 1 else IN_QUOTES
        raise DataFault([Fault(file, rule, advice, row=filled[0], value=value)])
    for row in rows[head_row:]:
        row += [""] * (len(heads) - len(row))
    noticed = []
    long = long if len(long) * 2 < len(below) else []  # some programs end each row with a separator
    if long:
        rule = f"has more than {len(heads)} cells, of which the last are empty{also_in(long[1:])}"
        noticed.append(Fault(file, rule, IN_QUOTES, row=long[0], severity=WARNING))
    if cells := short.get(len(rows)) if not ended else None:
        rule = f"is the last one and ends after {cells} of {last_name} cells, without a line end: the file is cut"
        noticed.append(Fault(file, rule, "Copy or export the whole file again.", row=len(rows)))
    elif short:
        first, *others = short
        rule = f"has {short[first]} cells for {last_name} column names{also_in(others)}"
        advice = "The last were read as empty. If one was left out within the row, those after it stand too far left."
        noticed.append(Fault(file, rule, advice, row=first, severity=WARNING))
    return [*long, *short], noticed


def _separator(text: str) -> str:
    """What splits most lines into the same number of cells, and into more than one; the more cells the better."""
    lines = [line for line in text.splitlines()[:LOOKED_AT] if line.strip()]

    def likeness(separator: str) -> tuple[bool, int, int]:
        widths = Counter(map(len, csv.reader(lines, delimiter=separator)))
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return width > 1, times, width

    return max(SEPARATORS, key=likeness)


def _decoded(file: Path) -> tuple[str, str]:
    """The text of a file and the encoding that it is read in."""
    data = file.read_bytes()
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if error.reason not in CUT:
                continue
            text = data[: error.start].decode(encoding)
        if "\0" not in text:
            return text.replace(MARK, ""), encoding
    row = data.count(b"\n", 0, data.index(b"\0")) + 1 if b"\0" in data else None
    raise DataFault(
        [Fault(file.name, "is not text in UTF-8, UTF-16 or Windows-1254", "Save it as CSV UTF-8.", row=row)]
    )


def _encodings(data: bytes) -> Sequence[str]:
    if data.startswith(BYTE_ORDER_MARKS):
        return ("utf-16",)
    match [byte == 0 for byte in data[:2]]:  # UTF-16 without its mark: every other byte of a column name is zero
        case [False, True]:
            return ("utf-16-le",)
        case [True, False]:
            return ("utf-16-be",)
    return ENCODINGS
