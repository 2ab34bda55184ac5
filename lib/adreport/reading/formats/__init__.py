"""Files of a clinic, read into raw tables: every cell a string, nothing interpreted yet.

A folder of CSV, Excel, SPSS or Parquet files, an Excel workbook, a REDCap export, a DuckDB database.
"""

from collections.abc import Mapping
from pathlib import Path

from adreport.reading.formats.raw import RawTable, empty_table, plain_title
from adreport.study.dictionary import TABLES
from adreport.study.faults import DataFault, Fault

REQUIRED_TABLES = ("patients", "courses")
ONE_FILE = "an Excel workbook (.xlsx), a DuckDB database (.duckdb) or a REDCap export (.csv)"
DELIMITED = (".csv", ".txt", ".tsv")
WORKBOOK = (".xlsx", ".xlsm")
DATABASE = (".duckdb", ".db")
TABLE_FILES = (*DELIMITED, *WORKBOOK, ".sav", ".parquet")
OTHER_TITLES = {
    "patient": "patients", "course": "courses", "treatment_course": "courses", "treatment_courses": "courses",
    "side_effect": "side_effects", "sideeffects": "side_effects", "adverse_events": "side_effects",
}  # fmt: skip


def read_tables(path: Path, names: Mapping[str, str] | None = None) -> dict[str, RawTable]:
    """The raw tables of a data set, by name; side effects that are not given are an empty table.

    `names`: what the clinic calls its files, sheets or instruments, and the table that each is.

    Raises DataFault when the data are not there, are of no known kind, lack a required table or have one twice.
    """
    titles = OTHER_TITLES | {name: name for name in TABLES}
    titles |= {plain_title(theirs): ours for theirs, ours in (names or {}).items()}
    present = titles_in(path)
    read_as = [titles.get(plain_title(title)) for title in present]
    for name in TABLES:
        if read_as.count(name) > 1:
            theirs = " and ".join(title for title, ours in zip(present, read_as, strict=True) if ours == name)
            raise DataFault([Fault(path.name, f"{theirs} are both read as {name}", "Rename one, or join the two.")])
    missing = [name for name in REQUIRED_TABLES if name not in read_as]
    if missing:
        if path.is_dir() and len(_files(path)) == 1 and not any(read_as):
            advice = f"Its one file may hold all tables: give {path / _files(path)[0].name} itself."
        else:
            advice = _advice(present, [title for title, name in zip(present, read_as, strict=True) if not name])
        kind = "file" if path.is_dir() else "sheet" if path.suffix.lower() in WORKBOOK else "table"
        raise DataFault(
            [
                Fault(
                    path.name, f"the table {name} is missing: no {kind} is called so", f"{advice}{_beside(path, name)}"
                )
                for name in missing
            ]
        )
    found = _read(path, titles)
    return {name: found.get(name) or empty_table(name, path.name) for name in TABLES}


def read_everything(path: Path) -> dict[str, RawTable]:
    """Every table of a data set under its own title, for finding out which is which; what is no table is left out.

    Raises DataFault when the data are not there, are of no known kind, or hold no table that can be read.
    """
    found, faults = {}, []
    for title in titles_in(path):
        try:
            found |= _read(path, {plain_title(title): title})
        except DataFault as unreadable:
            faults += unreadable.faults
    damaged = [fault for fault in faults if path.is_file() and not fault.sheet]  # the file itself, not one sheet of it
    if damaged or (faults and not found):
        raise DataFault(list(dict.fromkeys(damaged or faults)))
    return found


def unreadable_files(folder: Path, name: str) -> dict[str, str]:
    """What in a folder is called as a table is but cannot be read, by its name, with what to do."""
    if not folder.is_dir():
        return {}
    files = _files(folder)
    named = [file for file in sorted(folder.iterdir()) if is_title(file.stem, name) and file not in files]
    return {
        file.name: "save it as an .xlsx or .csv file" if file.is_file() else "put the file itself in its place"
        for file in named
    }


def titles_in(path: Path) -> list[str]:
    """The names of the files, sheets, tables or instruments of a data set.

    Raises DataFault when the data are not there or are of no known kind. The readers of each kind
    are loaded only when their kind is met.
    """
    if not path.exists():
        raise DataFault([Fault(str(path), "does not exist", "Give a folder with the data, or a file.")])
    if path.is_dir():
        return [file.stem for file in _files(path)]
    kind = path.suffix.lower()
    if kind in WORKBOOK:
        from adreport.reading.formats.excel import sheet_titles

        return sheet_titles(path)
    if kind in DATABASE:
        from adreport.reading.formats.duck import database_tables

        return database_tables(path)
    if kind in DELIMITED:
        from adreport.reading.formats.redcap import instruments

        return instruments(path)
    raise DataFault([Fault(path.name, "is of a kind that cannot be read", f"Give a folder, {ONE_FILE}.")])


def is_title(title: str, name: str) -> bool:
    """Whether a file, sheet or instrument of this title is read as the table without a mapping."""
    return plain_title(title) == name or OTHER_TITLES.get(plain_title(title)) == name


def _read(path: Path, titles: Mapping[str, str]) -> dict[str, RawTable]:
    """The tables whose titles are known, by name."""
    if path.is_dir():
        files = {titles[plain_title(file.stem)]: file for file in _files(path) if plain_title(file.stem) in titles}
        return {name: _of_file(name, file) for name, file in files.items()}
    if path.suffix.lower() in WORKBOOK:
        from adreport.reading.formats.excel import read_workbook

        return read_workbook(path, titles)
    if path.suffix.lower() in DATABASE:
        from adreport.reading.formats.duck import read_database

        return read_database(path, titles)
    from adreport.reading.formats.redcap import read_export

    return read_export(path, titles)


def _of_file(name: str, file: Path) -> RawTable:
    """The table of a file that holds one."""
    kind = file.suffix.lower()
    if kind in DELIMITED:
        from adreport.reading.formats.delimited import read_delimited

        return read_delimited(name, file)
    if kind in WORKBOOK:
        from adreport.reading.formats.excel import read_sheet

        return read_sheet(name, file)
    if kind == ".sav":
        from adreport.reading.formats.statistics_packages import read_sav

        return read_sav(name, file)
    from adreport.reading.formats.duck import read_parquet

    return read_parquet(name, file)


def _files(folder: Path) -> list[Path]:
    """The files of a folder that can be tables; what Excel keeps beside an open workbook is none."""
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix.lower() in TABLE_FILES
        and not file.name.startswith(("~$", "."))
        and (file.is_file() or (file.is_dir() and file.suffix.lower() == ".parquet"))
    )


def _advice(present: list[str], unknown: list[str]) -> str:
    if not present:
        return f"There is no table; give a folder with a file for each, or {ONE_FILE}."
    there = f"There is: {', '.join(present)}."
    return f"{there} If it is one of these, `adreport map` drafts a mapping.yml that says so." if unknown else there


def _beside(path: Path, name: str) -> str:
    there = unreadable_files(path, name).items()
    return "".join(f" {file} is there but cannot be read: {advice}." for file, advice in there)
