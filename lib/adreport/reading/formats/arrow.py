"""The time zones of columns, which a Parquet file keeps in Arrow's description of its schema only.

The description is a flatbuffer (https://arrow.apache.org/docs/format/Columnar.html, Schema.fbs): tables, in which the
place of each field is found by its number.
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from struct import error as ends_early
from struct import unpack_from
from zoneinfo import available_timezones

SCHEMA = b"ARROW:schema"
START = 8  # a marker and a length stand before the message
HEADER, FIELDS = 2, 1  # of a message, and of a schema
NAME, KIND, TYPE = 0, 2, 3  # of a field
ZONE, TIMESTAMP = 1, 10  # of a type, and its kind


def zones(metadata: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """For each column of times with a zone, the zone that the metadata of a Parquet file name."""
    found = {}
    for key, value in metadata:
        if key == SCHEMA:
            try:
                found |= dict(_zones(b64decode(value)))
            except (ends_early, ValueError):
                continue  # the file is read without it
    return {head: zone for head, zone in found.items() if zone in available_timezones()}


def _zones(data: bytes) -> Iterator[tuple[str, str]]:
    schema = _followed(data, _place(data, _followed(data, START), HEADER))
    fields = _followed(data, _place(data, schema, FIELDS))
    for number in range(_unsigned(data, fields)):
        column = _followed(data, fields + 4 + 4 * number)
        if data[_place(data, column, KIND)] == TIMESTAMP:
            zone = _place(data, _followed(data, _place(data, column, TYPE)), ZONE)
            if zone:
                yield _text(data, _place(data, column, NAME)), _text(data, zone)


def _place(data: bytes, table: int, field: int) -> int:
    """Where a field of a table stands; 0 where the table does not have it."""
    vtable = table - unpack_from("<i", data, table)[0]
    if 4 + 2 * field >= unpack_from("<H", data, vtable)[0]:
        return 0
    offset = unpack_from("<H", data, vtable + 4 + 2 * field)[0]
    return table + offset if offset else 0


def _followed(data: bytes, place: int) -> int:
    """Where the offset at a place leads."""
    return place + _unsigned(data, place)


def _unsigned(data: bytes, place: int) -> int:
    return unpack_from("<I", data, place)[0]


def _text(data: bytes, place: int) -> str:
    start = _followed(data, place)
    return data[start + 4 : start + 4 + _unsigned(data, start)].decode()
