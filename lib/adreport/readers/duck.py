"""Parquet files and DuckDB databases."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from adreport.faults import DataFault, Fault
from adreport.readers.raw import RawTable, plain_title, raw_table


def read_parquet(name: str, file: Path) -> RawTable:
    """A table from a Parquet file; raises DataFault when it is not one."""
    try:
        with duckdb.connect() as memory:
            return _table(name, file.name, memory.read_parquet(str(file)))
    except duckdb.Error as error:
        raise _unreadable(file, error) from None


def read_database(path: Path, titles: Mapping[str, str]) -> dict[str, RawTable]:
    """The tables of a DuckDB database, opened read-only; raises DataFault when it is not one."""
    wanted = {titles[plain_title(title)]: title for title in database_tables(path) if plain_title(title) in titles}
    with duckdb.connect(str(path), read_only=True) as database:
        return {name: _table(name, path.name, database.table(title), title) for name, title in wanted.items()}


def database_tables(path: Path) -> list[str]:
    """The names of the tables of a DuckDB database; raises DataFault when it is not one."""
    try:
        with duckdb.connect(str(path), read_only=True) as database:
            return [row[0] for row in database.sql("show tables").fetchall()]
    except duckdb.Error as error:
        raise _unreadable(path, error) from None


def _table(name: str, file: str, relation: duckdb.DuckDBPyRelation, sheet: str = "") -> RawTable:
    return raw_table(name, file, relation.columns, relation.fetchall(), sheet)


def _unreadable(file: Path, error: duckdb.Error) -> DataFault:
    return DataFault([Fault(file.name, f"cannot be read ({str(error).splitlines()[0]})", "Write it anew.")])
