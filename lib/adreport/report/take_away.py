"""What can be taken from under an exhibit: its table as CSV and for Excel, with numbers as numbers; its figure."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from markupsafe import Markup

from adreport.report.workbook import cell_value, workbook

FIGURES, TABLES = "figures", "tables"
DOWNLOAD = re.compile('href="data:text/csv;base64,[^"]*" download="[^"]*"')
LINK = Markup('<a href="{}" download>{}</a>')
# Shown by the script of the page, which does it (page.js).
BUTTON = Markup('<button type="button" data-kind="{}" data-name="{}" hidden>{}</button>')
Exhibit = Mapping[str, Any]


def links(page: str, exhibit: Exhibit) -> Markup:
    """The line under an exhibit, by its data in the executed notebook; "" where there is nothing to take."""
    names = [name for name, _ in tables(page, exhibit)]
    lines = [
        (label, [BUTTON.format("copy", name, "copy"), *_to_files(TABLES, name, {"csv": "CSV", "xlsx": "Excel"})])
        for label, name in zip(_labels("Table", names), names, strict=True)
    ]
    names = [name for name, _ in drawings(page, exhibit)]
    lines += [
        (label, [*_to_files(FIGURES, name, {"svg": "SVG"}), BUTTON.format("png", f"{name}.png", "PNG")])
        for label, name in zip(_labels("Figure", names), names, strict=True)
    ]
    line = Markup(" ").join(Markup("<span>{}</span> {}").format(label, Markup(" ").join(of)) for label, of in lines)
    return Markup('<p class="take">{}</p>').format(line) if line else Markup("")


def tables(page: str, exhibit: Exhibit) -> list[tuple[str, Exhibit]]:
    """The name, without its ending, and the data of each table of an exhibit."""
    return _named(page, exhibit, [part for part in exhibit["parts"] if part["kind"] == "table"])


def drawings(page: str, exhibit: Exhibit) -> list[tuple[str, str]]:
    """The name, without its ending, and the SVG of each drawing of an exhibit."""
    return _named(page, exhibit, [svg for part in exhibit["parts"] for svg in _drawings(part)])


def files(exhibits: Iterable[tuple[str, Exhibit]], made_on: datetime) -> Iterator[tuple[str, bytes]]:
    """The path and the content of each file that the links lead to; `exhibits`: page and data of each."""
    for page, exhibit in exhibits:
        for name, table in tables(page, exhibit):
            yield f"{TABLES}/{name}.csv", as_csv(table).encode()
            alone = {"key": exhibit["key"], "parts": [table]}
            yield f"{TABLES}/{name}.xlsx", workbook([(page, alone)], made_on)
        for name, svg in drawings(page, exhibit):
            yield f"{FIGURES}/{name}.svg", svg.encode()


def statistics_file(page: str) -> str:
    """The path of the file with the statistics of a page."""
    return f"{TABLES}/{page}_statistics.csv"


def by_file(html: str, page: str) -> str:
    """The HTML of a page's download with a link to a file instead of all statistics within the page."""
    return DOWNLOAD.sub(f'href="{statistics_file(page)}" download', html)


def as_csv(table: Exhibit) -> str:
    """A table as CSV: its heads, and the label and the cells of each row."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([table["stub"], *(_head(column) for column in table["columns"])])
    for row in table["rows"]:
        writer.writerow([cell_value(row["label"]), *map(cell_value, row["cells"])])
    return text.getvalue()


def _to_files(folder: str, name: str, endings: Mapping[str, str]) -> list[Markup]:
    return [LINK.format(f"{folder}/{name}.{ending}", label) for ending, label in endings.items()]


def _labels(kind: str, names: Sequence[str]) -> list[str]:
    return [f"{kind}:"] if len(names) == 1 else [f"{kind} {number}:" for number in range(1, len(names) + 1)]


def _named(page: str, exhibit: Exhibit, things: Sequence) -> list[tuple[str, Any]]:
    numbers = [f"_{number}" for number in range(1, len(things) + 1)] if len(things) > 1 else [""]
    return [(f"{page}_{exhibit['key']}{last}", thing) for last, thing in zip(numbers, things, strict=False)]


def _head(column: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, [column["spanner"], column["label"]]))


def _drawings(part: Mapping[str, Any]) -> Iterator[str]:
    """The SVG of a part, if it is a figure, or of each of several."""
    if part["kind"] == "figures":
        yield from (figure["svg"] for figure in part["figures"])
    if part["kind"] == "figure":
        yield part["svg"]
