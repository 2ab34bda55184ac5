"""Line lists: one line a case, without the patient's identifier, up to a stated number, and how many more there are."""

from collections.abc import Callable, Collection, Iterator, Sequence

import pandas as pd

from adreport.pages.contract import statistics, value
from adreport.pages.exhibits import Results
from adreport.pages.layout import Spec, headings, keyed_rows, treatment_label
from adreport.show.numbers import whole
from adreport.show.parts import Absent, Row, Table

MOST_LINES = 50
LINES = "lines"  # the variable that says how many there are, listed or not


def line_list(output: str, lines: pd.DataFrame, by: str) -> Iterator[dict]:
    """The first MOST_LINES lines of a frame: a number is a `value`, words are the note of an `n`.

    `by`: the column of what heads each line (a treatment, a place). `n`, where the frame has it: how many records a
    line stands for.
    """
    for place, line in enumerate(lines.head(MOST_LINES).to_dict("records"), 1):
        keys = {"group1": by, "group1_level": str(line.pop(by)), "group2": "line", "group2_level": str(place)}
        records = line.pop("n", 1)
        for variable, entry in line.items():
            in_words = isinstance(entry, str)
            numbers, note = ({"n": records}, entry) if in_words else ({"value": entry}, "")
            yield from statistics(output, numbers, note=note, variable=variable, **keys)
    yield from statistics(output, {"n": len(lines)}, variable=LINES)


def line_table(
    results: Results,
    output: str,
    caption: str,
    stub: str,
    columns: Sequence[Spec],
    label: Callable[[str], str] = treatment_label,
    notes: Sequence[str] = (),
    absent: str = "",
) -> Table | Absent:
    """A line list as a table; every line must have the variable of the first column."""
    total = value(results.pick(output=output, variable=LINES), stat_name="n")
    if not total > 0:
        return Absent(absent)
    body = keyed_rows(results.rows, output, columns, ["group1_level", "group2_level"], lambda key: label(key[0]))
    more = total - len(body)
    body += [Row(f"and {whole(more)} more", kind="group")] if more else []
    return Table(caption, stub, headings(columns), body, notes)


def first_of(entries: Collection[str], most: int) -> list[str]:
    """The first `most` entries, and how many more there are."""
    more = len(entries) - most
    return [*list(entries)[:most], *([f"{more} more"] if more > 0 else [])]
