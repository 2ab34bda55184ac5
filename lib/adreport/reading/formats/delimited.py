"""CSV as clinics have it: commas, semicolons, tabs or bars, and the encodings that Excel writes."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

from adreport.reading.formats.raw import RawTable, head_row_of, sheet_table
from adreport.study.faults import DataFault, Fault

# Western and Turkish Windows differ in six letters; those of 1254 are the commoner ones in names of diseases.
ASSUMED = "Windows-1254"
ENCODINGS = ("utf-8-sig", ASSUMED)
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of "Unicode text" as Excel saves it: UTF-16
SEPARATORS = (",", ";", "\t", "|")
LOOKED_AT = 50  # lines by which the separator is told
SEPARATOR_LINE = "sep="  # a first line for Excel, which hides it and does not count it


def read_one(name: str, file: Path) -> RawTable:
    """A table from a delimited text file; raises DataFault when it is empty or its rows are ragged."""
    rows, encoding = delimited_rows(file)
    head_row = head_row_of(rows)
    width = len(rows[head_row - 1]) if head_row else 0
    ragged = [(number, row) for number, row in enumerate(rows, 1) if head_row and number > head_row and row[width:]]
    if any(any(row[width:]) for _, row in ragged):
        rule, advice = f"has more than {width} cells", "Put text that holds the separator in quotes."
        raise DataFault([Fault(file.name, rule, advice, row=number, value=row[-1]) for number, row in ragged])
    return replace(sheet_table(name, file.name, rows), encoding=encoding)


def delimited_rows(file: Path) -> tuple[list[list[str]], str]:
    """The rows of a delimited file, and its encoding where that had to be assumed; raises DataFault without rows."""
    text, encoding = _decoded(file)
    first, _, rest = text.partition("\n")
    if first.casefold().startswith(SEPARATOR_LINE):
        separator, text = first[len(SEPARATOR_LINE) :][:1] or ",", rest
    else:
        separator = _separator(text)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        advice = "Look for a quotation mark that is not closed."
        raise DataFault([Fault(file.name, f"cannot be read as CSV ({error})", advice)]) from None
    if not any(any(row) for row in rows):
        raise DataFault([Fault(file.name, "is empty", "Its first row must hold the column names.")])
    return rows, encoding if encoding == ASSUMED else ""


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
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise DataFault([Fault(file.name, "is not text in UTF-8, UTF-16 or Windows-1254", "Save it as CSV UTF-8.")])


def _encodings(data: bytes) -> Sequence[str]:
    if data.startswith(BYTE_ORDER_MARKS):
        return ("utf-16",)
    match [byte == 0 for byte in data[:2]]:  # UTF-16 without its mark: every other byte of a column name is zero
        case [False, True]:
            return ("utf-16-le",)
        case [True, False]:
            return ("utf-16-be",)
    return ENCODINGS
