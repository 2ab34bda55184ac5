"""Files of SPSS, Stata and SAS, their value labels used."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pyreadstat

from adreport.reading.formats.raw import RawTable, as_text, raw_table
from adreport.study.faults import DataFault, Fault

READERS = {
    ".sav": partial(pyreadstat.read_sav, apply_value_formats=True, formats_as_category=False),
    ".dta": partial(pyreadstat.read_dta, apply_value_formats=True, formats_as_category=False),
    ".sas7bdat": pyreadstat.read_sas7bdat,  # the labels of its formats are in another file
}


def read_one(name: str, file: Path) -> RawTable:
    """The table of a file; a value with a label is read as its label, and `codes` keeps the value behind each label.

    Raises DataFault when the file cannot be read.
    """
    try:
        data, meta = READERS[file.suffix.lower()](str(file))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise DataFault([Fault(file.name, f"cannot be read ({error})", "Export the file again.")]) from None
    table = raw_table(name, file.name, data.columns, data.astype(object).itertuples(index=False, name=None), head_row=0)
    codes = {
        head: {as_text(label): as_text(code) for code, label in labels.items()}
        for head, labels in meta.variable_value_labels.items()
    }
    return replace(table, codes=codes)
