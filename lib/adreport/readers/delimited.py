"""CSV as clinics have it: commas, semicolons or tabs, and the encodings that Excel writes."""

import csv
from io import StringIO
from pathlib import Path

from adreport.faults import DataFault, Fault
from adreport.readers.raw import RawTable, raw_table

# Western and Turkish Windows differ in six letters; those of 1254 are the commoner ones in names of diseases.
ENCODINGS = ("utf-8-sig", "cp1254")
SEPARATORS = (",", ";", "\t")


def read_delimited(name: str, file: Path) -> RawTable:
    """A table from a delimited text file; raises DataFault when it is empty or its rows are ragged."""
    heads, *rows = delimited_rows(file)
    ragged = [(number, row) for number, row in enumerate(rows, 2) if len(row) > len(heads)]
    if ragged:
        rule, advice = f"has more than {len(heads)} cells", "Put text that holds the separator in quotes."
        raise DataFault([Fault(file.name, rule, advice, row=number, value=row[-1]) for number, row in ragged])
    return raw_table(name, file.name, heads, (row + [""] * (len(heads) - len(row)) for row in rows))


def delimited_rows(file: Path) -> list[list[str]]:
    """The rows of a delimited file, heads first; raises DataFault when there are none."""
    text = _decoded(file)
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        advice = "Look for a quotation mark that is not closed."
        raise DataFault([Fault(file.name, f"cannot be read as CSV ({error})", advice)]) from None
    if not rows or not any(rows[0]):
        raise DataFault([Fault(file.name, "is empty", "Its first row must hold the column names.")])
    return rows


def _decoded(file: Path) -> str:
    data = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataFault([Fault(file.name, "is not text in UTF-8 or Windows-1254", "Save it as CSV UTF-8.")])
