"""SPSS files, their value labels used."""

from dataclasses import replace
from pathlib import Path

import pyreadstat

from adreport.reading.formats.raw import RawTable, as_text, raw_table
from adreport.study.faults import DataFault, Fault


def read_sav(name: str, file: Path) -> RawTable:
    """A table from a .sav file; a value with a label is read as its label, and `codes` keeps what the labels stand for.

    Raises DataFault when it is no such file.
    """
    try:
        data, meta = pyreadstat.read_sav(str(file), apply_value_formats=True, formats_as_category=False)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise DataFault([Fault(file.name, f"cannot be read ({error})", "Save it anew from SPSS.")]) from None
    table = raw_table(name, file.name, data.columns, data.astype(object).itertuples(index=False, name=None), head_row=0)
    codes = {
        head: {as_text(label): as_text(code) for code, label in labels.items()}
        for head, labels in meta.variable_value_labels.items()
    }
    return replace(table, codes=codes)
