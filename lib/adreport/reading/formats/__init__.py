"""Files of a clinic, read into raw tables: every cell a string, nothing interpreted yet.

`FORMATS` says which module reads which files. A new format is a new line there, and a module if none reads it yet.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType

from adreport.reading.formats.raw import FINDINGS, TWO_TABLES, RawTable, empty_table, plain_title
from adreport.study import languages
from adreport.study.dictionary import TABLES
from adreport.study.faults import DataFault, Fault

TITLES_NAMED = 20
NO_MAPPING: Mapping = MappingProxyType({})
REQUIRED_TABLES = ("patients", "courses")
ONE_FILE = "an Excel workbook (.xlsx), a DuckDB database (.duckdb) or a REDCap export (.csv)"
# Kinds of files that hold tables and are not read, with what to do.
IN_EXCEL = "open it in Excel and save it as Excel Workbook (.xlsx)"
IN_ACCESS, IN_R = "export its tables from Access to Excel", "write it in R by write.csv"
OTHER_KINDS = {
    ".xls": IN_EXCEL, ".xlsb": IN_EXCEL, ".xltx": IN_EXCEL, ".ods": "open it in LibreOffice and save it as .xlsx",
    ".numbers": "open it in Numbers and export it to Excel", ".por": "open it in SPSS and save it as .sav",
    ".xpt": "write it as .sas7bdat or as CSV", ".rds": IN_R, ".rdata": IN_R,
    ".mdb": IN_ACCESS, ".accdb": IN_ACCESS, ".sqlite": "export its tables as CSV files",
}  # fmt: skip
# Sheets or files that explain the others, as that of the template, or list what was found in them.
READ_ME = {
    "read_me", "readme", plain_title(FINDINGS),
    *(plain_title(title) for one in ("read me", "examples", "choices") for title in languages.in_every_language(one)),
}  # fmt: skip
OTHER_TITLES = {
    "patient": "patients", "course": "courses", "treatment_course": "courses", "treatment_courses": "courses",
    "side_effect": "side_effects", "sideeffects": "side_effects", "adverse_events": "side_effects",
    **{plain_title(title): name for title, name in languages.table_by_title().items()},
}  # fmt: skip


@dataclass(frozen=True)
class Format:
    """The modules of this package that read files of one ending; each is imported when it is first needed.

    `one`: reads a file that holds one table; offers `read_one(name, file)`.
    `several`: reads a file that holds several; offers `titles(path)` and `read_several(path, wanted)`, where `wanted`
    gives the names of tables by their titles. `part`: what such a file calls a table. "" where there is no such file.
    `by_mapping`: whether both need to know what `mapping.yml` says, as a last argument.
    """

    one: str = ""
    several: str = ""
    part: str = "table"
    by_mapping: bool = False


FORMATS = {
    ".csv": Format("delimited", "redcap", by_mapping=True),
    ".txt": Format("delimited", "redcap", by_mapping=True),
    ".tsv": Format("delimited", "redcap", by_mapping=True),
    ".xlsx": Format("excel", "excel", "sheet"),
    ".xlsm": Format("excel", "excel", "sheet"),
    ".sav": Format("statistics_packages"),
    ".zsav": Format("statistics_packages"),
    ".dta": Format("statistics_packages"),
    ".sas7bdat": Format("statistics_packages"),
    ".parquet": Format("parquet_and_duckdb"),
    ".duckdb": Format(several="parquet_and_duckdb"),
    ".db": Format(several="parquet_and_duckdb"),
}


def format_of(path: Path) -> Format:
    """The format of a file by its ending; of a folder, and where nothing reads it, a format without modules."""
    return Format() if path.is_dir() else FORMATS.get(path.suffix.lower(), Format())


def read_tables(path: Path, mapping: Mapping = NO_MAPPING) -> dict[str, RawTable]:
    """The raw tables of a data set by name; if side effects are not given, their table is empty.

    `mapping`: what `mapping.yml` says, checked; its `tables` are the clinic's titles and the table that each is.

    Raises DataFault when the data do not exist, have no known format, lack a required table or have one twice.
    """
    path = _itself(path)
    try:
        present = titles_in(path, mapping)
    except DataFault:
        if others := _tables_beside(path):
            rule, advice = (
                f"holds one table; the others are beside it ({', '.join(others)})",
                f"Give their folder: {path.parent}",
            )
            raise DataFault([Fault(path.name, rule, f"{advice}.")]) from None
        raise
    wanted = _wanted(present, mapping.get("tables"))
    titles = {name: [title for title in present if wanted.get(title) == name] for name in TABLES}
    for name, theirs in titles.items():
        if len(theirs) > 1:
            rule = f"{' and '.join(theirs)} are both read as {name}"
            raise DataFault([Fault(path.name, rule, "Rename one, or join the two.")])
    if missing := [name for name in REQUIRED_TABLES if not titles[name]]:
        part = "file" if path.is_dir() else format_of(path).part
        advice = _advice(path, present, len(wanted))
        rule = "the table {} is missing: no " + part + " has this name"
        raise DataFault([Fault(path.name, rule.format(name), advice + _beside(path, name)) for name in missing])
    read = _read(path, wanted, mapping)
    if faults := [fault for table in read.values() if isinstance(table, DataFault) for fault in table.faults]:
        raise DataFault(faults)
    return {name: read.get(name) or empty_table(name, path.name) for name in TABLES}


def _tables_beside(path: Path) -> list[str]:
    """The files of the other tables beside a file of one table of ours; none where it is none, or is damaged."""
    names = [name for name in TABLES if is_title(path.stem, name)]
    if not (path.is_file() and format_of(path).one and names):
        return []
    try:
        _module(format_of(path).one).read_one(names[0], path)
    except DataFault:
        return []
    files = [file for file in _files(path.parent) if file != path]
    return [file.name for file in files if any(is_title(file.stem, name) for name in TABLES)]


def read_everything(path: Path, mapping: Mapping = NO_MAPPING) -> dict[str, RawTable]:
    """Every table of a data set under its own title, to find out which is which; unreadable ones are left out, and
    those that explain the others.

    Raises DataFault when the data do not exist, have no known format, are damaged, or hold no readable table.
    """
    path = _itself(path)
    tables, faults = {}, []
    titles = [title for title in titles_in(path, mapping) if plain_title(title) not in READ_ME]
    for title, table in _each(path, titles, mapping):
        if isinstance(table, DataFault):
            faults += table.faults
        else:
            tables[title] = table
    damaged = [fault for fault in faults if path.is_file() and not fault.sheet]  # the file itself, not one sheet of it
    if damaged or (faults and not tables):
        raise DataFault(list(dict.fromkeys(damaged or faults)))
    return tables


def unread_titles(path: Path, mapping: Mapping = NO_MAPPING) -> dict[str, str]:
    """The tables of a data set that none of ours is read from, and files of other kinds; each with the one it is like.

    By name of the file, sheet, table or instrument, without those that explain the others; "" where it is like none.
    """
    path = _itself(path)
    present = titles_in(path, mapping)
    read = _wanted(present, mapping.get("tables"))
    others = {title: title for title in present if title not in read}
    if path.is_dir():
        others = {file.name: file.stem for file in _files(path) if file.stem not in read}
        others |= {file: Path(file).stem for file in unreadable_files(path)}
    known = {plain_title(title): title for title in read}
    others = {name: plain_title(title) for name, title in others.items()}
    return {name: _like(title, known) for name, title in others.items() if title not in READ_ME}


def _like(title: str, known: Mapping[str, str]) -> str:
    """The first of the `known` titles, by their plain forms, that is a word of this plain one; "" where none is."""
    words = (word for word in known if re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", title))
    return known.get(next(words, ""), "")


def titles_in(path: Path, mapping: Mapping = NO_MAPPING) -> list[str]:
    """The titles of a data set's tables: names of files, sheets, tables of a database or instruments.

    Raises DataFault when the data do not exist or have no known format.
    """
    path = _itself(path)
    if not path.exists():
        raise DataFault([Fault(str(path), "does not exist", "Give a folder with the data, or a file.")])
    if path.is_dir():
        return [file.stem for file in _files(path)]
    if not format_of(path).several:
        raise DataFault([Fault(path.name, "is of a kind that cannot be read", _instead(path))])
    return _module(format_of(path).several).titles(path, *_needed(path, mapping))


def _instead(file: Path) -> str:
    """What to give in place of a file that is not read, or that holds one table only."""
    if format_of(file).one:
        return f"It holds one table. {TWO_TABLES} Give a folder with a file for each."
    advice = OTHER_KINDS.get(file.suffix.lower(), "")
    return f"{advice[0].upper()}{advice[1:]}." if advice else f"Give a folder, {ONE_FILE}."


def unreadable_files(folder: Path, name: str = "") -> dict[str, str]:
    """What a folder holds of kinds that are not read, or that is named like a table; each with what to do."""
    if not folder.is_dir():
        return {}
    others = [file for file in sorted(folder.iterdir()) if file not in _files(folder)]
    others = [file for file in others if not file.name.startswith(("~$", "."))]
    unread = [file for file in others if is_title(file.stem, name) or file.suffix.lower() in OTHER_KINDS]
    return {file.name: _remedy(file) if file.is_file() else "put the file itself in its place" for file in unread}


def is_title(title: str, name: str) -> bool:
    """Whether a file, sheet or instrument of this title is read as the table without a mapping."""
    return plain_title(title) == name or OTHER_TITLES.get(plain_title(title)) == name


def _wanted(present: Iterable[str], names: Mapping[str, str] | None) -> dict[str, str]:
    """For each title that is read, the table that it is."""
    tables = OTHER_TITLES | {name: name for name in TABLES}
    tables |= {plain_title(theirs): ours for theirs, ours in (names or {}).items()}
    return {title: tables[plain_title(title)] for title in present if plain_title(title) in tables}


def _needed(path: Path, mapping: Mapping) -> tuple[Mapping, ...]:
    """What the reader of a file with several tables takes besides: the mapping, or nothing."""
    return (mapping,) if format_of(path).by_mapping else ()


def _read(path: Path, wanted: Mapping[str, str], mapping: Mapping) -> dict[str, RawTable | DataFault]:
    """The tables with the wanted titles, by the names they are wanted under, or what is wrong with a sheet."""
    if not path.is_dir():
        return _module(format_of(path).several).read_several(path, wanted, *_needed(path, mapping))
    files = {wanted[file.stem]: file for file in _files(path) if file.stem in wanted}
    return {name: _module(FORMATS[file.suffix.lower()].one).read_one(name, file) for name, file in files.items()}


def _each(path: Path, titles: Iterable[str], mapping: Mapping) -> Iterator[tuple[str, RawTable | DataFault]]:
    """Each table by its title, or what is wrong with it; all at once where nothing is wrong with any."""
    try:
        yield from _read(path, {title: title for title in titles}, mapping).items()
    except DataFault:
        for title in titles:
            try:
                yield from _read(path, {title: title}, mapping).items()
            except DataFault as unreadable:
                yield title, unreadable


def _itself(path: Path) -> Path:
    """What is given, or the REDCap export that is the one file with data of a folder."""
    return (_module("redcap").within(path) if path.is_dir() else None) or path


def _files(folder: Path) -> list[Path]:
    """The files of a folder that hold a table, without those that Excel keeps beside an open workbook."""
    kinds = {ending for ending, kind in FORMATS.items() if kind.one}
    files = [file for file in sorted(folder.iterdir()) if file.suffix.lower() in kinds]
    return [file for file in files if not file.name.startswith(("~$", ".")) and (file.is_file() or _is_dataset(file))]


def _is_dataset(folder: Path) -> bool:
    """Whether a folder is one table: Parquet in several files."""
    return folder.is_dir() and folder.suffix.lower() == ".parquet"


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


def _remedy(file: Path) -> str:
    """What to do with a file that is not read."""
    return OTHER_KINDS.get(file.suffix.lower(), "save it as an .xlsx or .csv file")


def _advice(path: Path, present: list[str], wanted: int) -> str:
    """What to do where a required table is missing from the titles that are present."""
    if path.is_dir() and len(present) == 1 and not wanted and _holds_several(_files(path)[0]):
        return f"Its one file may hold all tables: give {path / _files(path)[0].name} itself."
    if not present:
        return f"There is no table; give a folder with a file for each, or {ONE_FILE}."
    mapping = " If it is one of these, `adreport map` drafts a mapping.yml that says so." * (len(present) > wanted)
    titles = ", ".join(present[:TITLES_NAMED]) + f" … {len(present) - TITLES_NAMED} more" * (
        len(present) > TITLES_NAMED
    )
    return f"There is: {titles}.{mapping}{f' {TWO_TABLES}' if len(present) == 1 else ''}"


def _holds_several(file: Path) -> bool:
    """Whether a file holds more than one table."""
    try:
        return len(titles_in(file)) > 1
    except DataFault:
        return False


def _beside(path: Path, name: str) -> str:
    there = unreadable_files(path, name).items()
    return "".join(f" {file} is there but cannot be read: {advice}." for file, advice in there)
