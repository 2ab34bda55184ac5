"""Files of a clinic, read into raw tables: every cell a string, nothing interpreted yet.

A folder of CSV, SPSS or Parquet files, an Excel workbook, a REDCap export, a DuckDB database.
"""

from collections.abc import Mapping
from pathlib import Path

from adreport.dictionary import TABLES
from adreport.faults import DataFault, Fault
from adreport.readers.raw import RawTable, empty_table, plain_title

REQUIRED_TABLES = ("patients", "courses")
ONE_FILE = "an Excel workbook (.xlsx), a DuckDB database (.duckdb) or a REDCap export (.csv)"


def read_tables(path: Path, names: Mapping[str, str] | None = None) -> dict[str, RawTable]:
    """The raw tables of a data set, by name; side effects that are not given are an empty table.

    `names`: what the clinic calls its files or sheets, and the table that each is.

    Raises DataFault when the data are not there, are of no known kind, or lack a required table.
    """
    titles = {name: name for name in TABLES} | {plain_title(theirs): ours for theirs, ours in (names or {}).items()}
    found = _of_folder(path, titles) if path.is_dir() else _of_file(path, titles)
    missing = [name for name in REQUIRED_TABLES if name not in found]
    if missing:
        present = ", ".join(f"{table.place}" for table in found.values()) or "nothing that can be read"
        advice = f"Add it to {path.name}. There is: {present}."
        raise DataFault([Fault(path.name, f"the table {name} is missing", advice) for name in missing])
    return {name: found.get(name) or empty_table(name, path.name) for name in TABLES}


def _of_file(path: Path, titles: Mapping[str, str]) -> dict[str, RawTable]:
    """The tables of one file; the readers of each kind are loaded only when their kind is met."""
    if not path.exists():
        raise DataFault([Fault(str(path), "does not exist", "Give a folder with the data, or a file.")])
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            from adreport.readers.excel import read_workbook

            return read_workbook(path, titles)
        case ".duckdb" | ".db":
            from adreport.readers.duck import read_database

            return read_database(path, titles)
        case ".csv" | ".txt" | ".tsv":
            from adreport.readers.redcap import read_export

            return read_export(path)
        case _:
            raise DataFault([Fault(path.name, "is of a kind that cannot be read", f"Give a folder, {ONE_FILE}.")])


def _of_folder(path: Path, titles: Mapping[str, str]) -> dict[str, RawTable]:
    from adreport.readers.delimited import read_delimited

    tables = {}
    for file in sorted(path.iterdir()):
        name = titles.get(plain_title(file.stem), "")
        if name and name not in tables:
            match file.suffix.lower():
                case ".csv" | ".txt" | ".tsv":
                    tables[name] = read_delimited(name, file)
                case ".sav":
                    from adreport.readers.spss import read_sav

                    tables[name] = read_sav(name, file)
                case ".parquet":
                    from adreport.readers.duck import read_parquet

                    tables[name] = read_parquet(name, file)
    return tables
