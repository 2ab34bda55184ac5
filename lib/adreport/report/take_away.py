"""What can be taken from under an exhibit: its table as CSV, with numbers as numbers, and its figure as SVG."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from adreport.report.workbook import cell_value

FIGURES = "figures"
LINK = Markup('<a href="{}" download="{}">{}</a>')


def links(page: str, exhibit: Mapping[str, Any]) -> Markup:
    """The links under an exhibit, by its data in the executed notebook; "" where there is nothing to take."""
    name = f"{page}_{exhibit['key']}"
    tables = [part for part in exhibit["parts"] if part["kind"] == "table"]
    taken = [
        LINK.format(f"data:text/csv;charset=utf-8,{quote(as_csv(table))}", f"{name}.csv", "Table (CSV)")
        for table in tables
    ]
    taken += [LINK.format(f"{FIGURES}/{file}", file, "Figure (SVG)") for file, _ in drawings(page, exhibit)]
    return Markup('<p class="take">{}</p>').format(Markup(" · ").join(taken)) if taken else Markup("")


def drawings(page: str, exhibit: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The name and the SVG of each drawing of an exhibit."""
    svgs = [svg for part in exhibit["parts"] for svg in _drawings(part)]
    numbers = [f"_{number}" for number in range(1, len(svgs) + 1)] if len(svgs) > 1 else [""]
    return [(f"{page}_{exhibit['key']}{last}.svg", svg) for last, svg in zip(numbers, svgs, strict=False)]


def as_csv(table: Mapping[str, Any]) -> str:
    """A table as CSV: its heads, and the label and the cells of each row."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([table["stub"], *(_head(column) for column in table["columns"])])
    for row in table["rows"]:
        writer.writerow([cell_value(row["label"]), *map(cell_value, row["cells"])])
    return text.getvalue()


def _head(column: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, [column["spanner"], column["label"]]))


def _drawings(part: Mapping[str, Any]) -> Iterator[str]:
    """The SVG of a part, if it is a figure, or of each of several."""
    if part["kind"] == "figures":
        yield from (figure["svg"] for figure in part["figures"])
    if part["kind"] == "figure":
        yield part["svg"]
