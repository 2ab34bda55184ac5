"""Parquet files and DuckDB databases."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from adreport.reading.formats.raw import RawTable, raw_table
from adreport.study.faults import DataFault, Fault

NOTHING_FETCHED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
SQLITE = b"SQLite format 3\0"  # how such a file begins
TABLES_OF_SCHEMAS = "select table_name, table_schema from information_schema.tables order by table_schema, table_name"


def read_one(name: str, file: Path) -> RawTable:
    """A table from a Parquet file; raises DataFault when it is not one."""
    try:
        with duckdb.connect(config=NOTHING_FETCHED) as memory:
            return _table(name, file.name, memory.read_parquet(str(file)))
    except duckdb.Error as error:
        raise _unreadable(file, error) from None


def titles(path: Path) -> list[str]:
    """The names of the tables of a DuckDB database; raises DataFault when it is not one."""
    with _opened(path) as database:
        return [row[0] for row in database.sql(TABLES_OF_SCHEMAS).fetchall()]


def read_several(path: Path, wanted: Mapping[str, str]) -> dict[str, RawTable]:
    """The wanted tables of a DuckDB database, opened read-only; raises DataFault when it, or one, cannot be read."""
    tables = {}
    with _opened(path) as database:
        schemas = dict(database.sql(TABLES_OF_SCHEMAS).fetchall())
        for title, name in wanted.items():
            try:
                relation = database.table(f"{_quoted(schemas[title])}.{_quoted(title)}")
                tables[name] = _table(name, path.name, relation, title)
            except duckdb.Error as error:  # a view on a file that is not there
                raise _unreadable(path, error, title) from None
    return tables


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    with path.open("rb") as file:
        if file.read(len(SQLITE)) == SQLITE:
            rule = "cannot be read: it is an SQLite database, not a DuckDB one"
            raise DataFault([Fault(path.name, rule, "Export its tables as CSV files.")])
    try:
        return duckdb.connect(str(path), read_only=True, config=NOTHING_FETCHED)
    except duckdb.Error as error:
        raise _unreadable(path, error) from None


def _table(name: str, file: str, relation: duckdb.DuckDBPyRelation, sheet: str = "") -> RawTable:
    kinds = zip(relation.columns, map(str, relation.types), strict=True)
    columns = [f"{_plain(_quoted(head), kind)} as {_quoted(head)}" for head, kind in kinds]
    return raw_table(name, file, relation.columns, relation.project(", ".join(columns)).fetchall(), sheet, head_row=0)


def _plain(head: str, kind: str) -> str:
    """SQL for a column as a cell would show it: the day of a time with a zone, the items of a list separated by ;."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"cast({head} at time zone 'UTC' as date)"
    return f"array_to_string({head}, ';')" if kind.endswith("[]") else head


def _quoted(head: str) -> str:
    return '"' + head.replace('"', '""') + '"'


def _unreadable(file: Path, error: duckdb.Error, sheet: str = "") -> DataFault:
    advice = "Make it a table in place of a view." if sheet else "Export the file again."
    return DataFault([Fault(file.name, f"cannot be read ({str(error).splitlines()[0]})", advice, sheet)])
