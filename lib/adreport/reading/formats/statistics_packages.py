"""Files of SPSS, Stata and SAS, their value labels and date formats used."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pyreadstat

from adreport.reading.formats.raw import MOST_CELLS, TOO_LARGE, RawTable, as_text, raw_table
from adreport.reading.notation import SPSS_EPOCH
from adreport.study.faults import WARNING, DataFault, Fault

SPSS = partial(pyreadstat.read_sav, disable_datetime_conversion=True)
READERS = {".sav": SPSS, ".zsav": SPSS, ".dta": pyreadstat.read_dta, ".sas7bdat": pyreadstat.read_sas7bdat}
# SPSS counts seconds. It is done here, as pyreadstat stops at a date that Python does not have.
SPSS_DATES = re.compile(r"[AEJS]?DATE(TIME)?[\d.]*|YMDHMS[\d.]*|(MOYR|QYR|WKYR)\d*")
MOST_BYTES = 512_000_000  # of declared widths: texts are mostly shorter than these
WITHOUT_DAY = ("MOYR", "QYR", "WKYR")  # what SPSS shows of such a date has no day; the day is stored


def read_one(name: str, file: Path) -> RawTable:
    """The table of a file; a value with a label is read as its label, and `codes` keeps the value behind each label.

    Raises DataFault when the file cannot be read.
    """
    try:
        data, meta = _read(file)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError):
        rule = "cannot be read: it is damaged, encrypted, or of another kind than its name says"
        raise DataFault([Fault(file.name, rule, "Export the file again.")]) from None
    except (OverflowError, ValueError):
        advice = "Look for dates before 1900 or after 2100, correct them, and export the file again."
        raise DataFault([Fault(file.name, "cannot be read: it holds a date that does not exist", advice)]) from None
    labels = {
        head: {as_text(code): as_text(label) for code, label in of_column.items()}
        for head, of_column in meta.variable_value_labels.items()
    }
    formats = meta.original_variable_types if READERS[file.suffix.lower()] is SPSS else {}
    dates = {head: kind for head, kind in formats.items() if SPSS_DATES.fullmatch(kind)}
    columns = [_labelled(data[head], labels.get(head, {}), head in dates) for head in data]
    table = raw_table(name, file.name, data.columns, zip(*columns, strict=True), head_row=0)
    codes = {head: {label: code for code, label in of_column.items()} for head, of_column in labels.items()}
    return replace(table, codes=codes, noticed=(*table.noticed, *_without_days(table, dates)))


def _read(file: Path) -> tuple:
    """The data and what is known of them; no more rows are unpacked than are read, whatever the header says."""
    reader = READERS[file.suffix.lower()]
    _, meta = reader(str(file), metadataonly=True)
    columns, width = len(meta.column_names), sum(meta.variable_storage_width.values())
    most = max(1, min(MOST_CELLS // max(columns, 1), MOST_BYTES // max(width, 1)))
    data, meta = reader(str(file), row_limit=most + 1)
    if len(data) > most:
        rule = f"has more than {most:,} rows of {columns:,} columns, which is more than is read"
        raise DataFault([Fault(file.name, rule, TOO_LARGE)])
    return data, meta


def _labelled(values: Iterable, labels: Mapping[str, str], dates: bool) -> list:
    """A column's values, with the label in place of a value that has one; blanks around a code do not matter."""
    return [labels.get(as_text(value)) or (_spss_date(value) if dates else value) for value in values]


def _spss_date(seconds: float) -> datetime | float:
    """The date and time that SPSS means; what is none stays a number."""
    try:
        return SPSS_EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return seconds


def _without_days(table: RawTable, dates: Mapping[str, str]) -> Iterator[Fault]:
    """A warning for each filled column of dates that SPSS shows without their day."""
    for head, kind in dates.items():
        if kind.startswith(WITHOUT_DAY) and table.cells[head].ne("").any():
            row, value = next((row, cell) for row, cell in table.cells[head].items() if cell)
            rule = f"is the stored day of a date that SPSS shows without it (format {kind})"
            advice = "Make sure that the days are true, and not all the first of the month."
            yield Fault(table.file, rule, advice, row=row, column=head, value=value, severity=WARNING)
