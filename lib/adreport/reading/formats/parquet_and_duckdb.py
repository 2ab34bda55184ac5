"""Parquet files and DuckDB databases."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from threading import Timer

import duckdb

from adreport.reading.formats.arrow import zones
from adreport.reading.formats.raw import RawTable, raw_table
from adreport.study.faults import WARNING, DataFault, Fault

MOST_ROWS = 200_000
MOST_BYTES = 64_000_000  # of text, unpacked; a thousand times what a clinic has
MOST_SECONDS = 60
BOUNDED = {
    "memory_limit": "1GB", "temp_directory": "", "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}  # fmt: skip
NOTHING_ELSE_READ = {"enable_external_access": False, **BOUNDED}  # DuckDB takes the settings from the last to the first
SQLITE = b"SQLite format 3\0"  # how such a file begins
TABLES_OF_SCHEMAS = "select table_name, table_schema from information_schema.tables order by table_schema, table_name"
ZONED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
AS_THEY_ARE = re.compile(
    r"BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*|VARCHAR|DATE|TIMESTAMP(_\w+)?"
)
TOO_LARGE = "Give a file with the rows and columns that the report needs, and no others."


def read_one(name: str, file: Path) -> RawTable:
    """A table from a Parquet file, or a folder of such files; raises DataFault when it is not one, or too large."""
    files = sorted(file.rglob("*.parquet")) if file.is_dir() else [file]
    paths = [re.sub(r"([\[*?])", r"[\1]", str(one)) for one in files]  # DuckDB takes a path for a pattern
    with _our_words(file), closing(duckdb.connect(config=BOUNDED)) as memory:
        sizes = "select coalesce(sum(total_uncompressed_size), 0) from parquet_metadata($paths)"
        _refuse_large(file.name, memory.execute(sizes, {"paths": paths}).fetchall()[0][0])
        metadata = memory.execute("select key, value from parquet_kv_metadata($paths)", {"paths": paths}).fetchall()
        return _table(name, file.name, memory, memory.read_parquet(paths), named=zones(metadata))


def titles(path: Path) -> list[str]:
    """The names of the tables of a DuckDB database; raises DataFault when it is not one."""
    with _our_words(path), closing(_opened(path)) as database:
        return [row[0] for row in database.sql(TABLES_OF_SCHEMAS).fetchall()]


def read_several(path: Path, wanted: Mapping[str, str]) -> dict[str, RawTable]:
    """The wanted tables of a DuckDB database, opened read-only and without any other file.

    Raises DataFault when it, or one of them, cannot be read or is too large.
    """
    tables = {}
    with _our_words(path), closing(_opened(path)) as database:
        schemas = dict(database.sql(TABLES_OF_SCHEMAS).fetchall())
        for title, name in wanted.items():
            with _our_words(path, title):
                relation = database.table(f"{_quoted(schemas[title])}.{_quoted(title)}")
                tables[name] = _table(name, path.name, database, relation, title)
    return tables


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    with path.open("rb") as file:
        if file.read(len(SQLITE)) == SQLITE:
            rule = "cannot be read: it is an SQLite database, not a DuckDB one"
            raise DataFault([Fault(path.name, rule, "Export its tables as CSV files.")])
    return duckdb.connect(str(path), read_only=True, config=NOTHING_ELSE_READ)


def _table(
    name: str,
    file: str,
    connection: duckdb.DuckDBPyConnection,
    relation: duckdb.DuckDBPyRelation,
    sheet: str = "",
    named: Mapping[str, str] | None = None,
) -> RawTable:
    """The rows of a relation; `named`: the time zone of each column of times that the file names."""
    session: str = connection.sql("select current_setting('TimeZone')").fetchall()[0][0]
    kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
    taken = {head: (named or {}).get(head, session) for head, kind in kinds.items() if kind in ZONED}
    unnamed = [head for head in taken if head not in (named or {})]
    columns = [f"{_plain(_quoted(head), kind, taken.get(head, ''))} as {_quoted(head)}" for head, kind in kinds.items()]
    with _in_time(connection):
        rows = relation.limit(MOST_ROWS + 1).project(", ".join(columns))
        lengths = " + ".join(f"coalesce(sum(strlen({_quoted(head)}::varchar)), 0)" for head in kinds)
        count, size = rows.aggregate(f"count(*), {lengths}").fetchall()[0]
        if count > MOST_ROWS:
            raise DataFault([Fault(file, f"has more than {MOST_ROWS:,} rows", TOO_LARGE, sheet)])
        _refuse_large(file, size, sheet)
        cells = rows.fetchall()
    table = raw_table(name, file, relation.columns, cells, sheet, head_row=0)
    moments = {head: [row[relation.columns.index(head)] for row in cells] for head in unnamed}
    unclear = (_zone_taken(table, head, session) for head in unnamed if _timed(moments[head]))
    return replace(table, noticed=(*table.noticed, *unclear))


def _zone_taken(table: RawTable, head: str, zone: str) -> Fault:
    rule = f"holds times whose zone the file does not name; their days are those of {zone}"
    advice = "If the clinic is elsewhere, store dates without a time."
    return Fault(table.file, rule, advice, table.sheet, column=head, severity=WARNING)


def _timed(moments: Iterable[datetime | None]) -> bool:
    """Whether one of the moments is not a midnight, so that its day depends on the zone."""
    return any(moment and moment.time() != time.min for moment in moments)


def _plain(head: str, kind: str, zone: str) -> str:
    """SQL for a column as a cell would show it: a time with a zone as it is there, a list's items separated by ;."""
    if kind in ZONED:
        return f"timezone('{zone}', {head}::timestamptz)"
    if kind.endswith("[]"):
        return f"array_to_string({head}, ';')"
    return head if AS_THEY_ARE.fullmatch(kind) else f"{head}::varchar"


def _quoted(head: str) -> str:
    return '"' + head.replace('"', '""') + '"'


def _refuse_large(file: str, size: float, sheet: str = "") -> None:
    """Raise DataFault where a table holds more than is read."""
    if size > MOST_BYTES:
        rule = f"holds {size / 1e6:,.0f} megabytes unpacked; at most {MOST_BYTES / 1e6:,.0f} are read"
        raise DataFault([Fault(file, rule, TOO_LARGE, sheet)])


@contextmanager
def _in_time(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Interrupt what takes too long, such as a view without an end."""
    timer = Timer(MOST_SECONDS, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _our_words(file: Path, sheet: str = "") -> Iterator[None]:
    """Raise DataFault where DuckDB raises an error of its own."""
    try:
        yield
    except duckdb.Error as error:
        view = "Make it a table in place of a view." if sheet else "Export the file again."
        match error:
            case duckdb.PermissionException():
                rule, advice = "is a view that reads other files, which is not done", view
            case duckdb.OutOfMemoryException() | duckdb.InterruptException():
                rule, advice = "takes too much memory or time to read", TOO_LARGE
            case _:
                rule, advice = f"cannot be read (DuckDB: “{_reason(error)}”)", view
        raise DataFault([Fault(file.name, rule, advice, sheet)]) from None


def _reason(error: duckdb.Error) -> str:
    """The first sentence of an error of DuckDB, without its kind and without paths."""
    first = str(error).splitlines()[0].partition(": ")[2] or "unknown error"
    return re.sub(r"""["']?(?:[A-Za-z]:)?[\\/][^"']*["']?""", "…", first)[:100].strip()
