"""SPSS files, their value labels used."""

from pathlib import Path

import pyreadstat

from adreport.faults import DataFault, Fault
from adreport.readers.raw import RawTable, raw_table


def read_sav(name: str, file: Path) -> RawTable:
    """A table from a .sav file; a value with a label is read as its label. Raises DataFault when it is no such file."""
    try:
        data, _ = pyreadstat.read_sav(str(file), apply_value_formats=True, formats_as_category=False)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise DataFault([Fault(file.name, f"cannot be read ({error})", "Save it anew from SPSS.")]) from None
    return raw_table(name, file.name, data.columns, data.astype(object).itertuples(index=False, name=None))
