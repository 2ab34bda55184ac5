"""Where the published study prints another number than its data give: a sign on the cell, and the reason below.

The verdicts are rows of the results (output `reproduction`, where there is one); of other data there are none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from adreport.pages.contract import pick
from adreport.pages.exhibits import Results
from adreport.show.parts import Row, Table

SIGN = "‡"
PUBLISHED, PRINTED, DIFFERENCE = ".published", ".printed", ".difference"
# The verdicts on numbers that print otherwise, and what explains them where nothing else does.
OTHERWISE = {"differs": "", "agrees after truncation": "cut off instead of rounded"}
AGREES = "agrees"  # how verdicts begin that need no sign


@dataclass(frozen=True)
class Place:
    """Where a number stands: its row and column, which of the numbers in that cell it is, and how that is called."""

    row: int
    column: int
    part: int = 0
    named: str = ""


Key = tuple[str, str, str]


def marked(results: Results, table: Table, name: str, cells: Mapping[Key, Place]) -> Table:
    """The table with a sign on each number that the published table `name` prints otherwise, and the reasons below.

    `cells`: where a number stands, by treatment ("" for none), variable and level.
    """
    rows = results.pick(output="reproduction", group2_level=name)
    rows = rows[["group1_level", "variable", "variable_level", "stat_name", "note"]]
    differing = rows[rows["stat_name"].str.endswith(PUBLISHED) & rows["note"].isin(OTHERWISE)]
    body, notes = list(table.rows), []
    for row in differing.itertuples():
        key = (row.group1_level, row.variable, row.variable_level)
        if key not in cells:
            continue
        statistic, place = row.stat_name.removesuffix(PUBLISHED), cells[key]
        same = pick(rows, group1_level=key[0], variable=key[1], variable_level=key[2])
        words = dict(zip(same["stat_name"], same["note"], strict=True))
        body[place.row] = _signed(body[place.row], place)
        reason = words.get(f"{statistic}{DIFFERENCE}", "") or OTHERWISE[row.note]
        number = f"{words.get(f'{statistic}{PRINTED}', '')}{'%' if statistic == 'p' else ''}"
        notes.append(f"{_where(table, body, place)}: printed {number}{f' ({reason})' if reason else ''}.")
    for place in _not_printed(rows, cells):
        if body[place.row].cells[place.column].startswith("0 "):
            body[place.row] = _signed(body[place.row], place)
            notes.append(f"{_where(table, body, place)}: no number is printed.")
    head = [f"{SIGN} The publication prints otherwise:"] if notes else []
    return replace(table, rows=body, footnotes=[*table.footnotes, *head, *notes])


def printed_order(results: Results, name: str) -> list[tuple[str, str]]:
    """The variables and levels of the published table `name` in its order; none of other data."""
    rows = results.pick(output="reproduction", group2_level=name)
    judged = rows["stat_name"].str.endswith(PUBLISHED) & (rows["note"] != "")
    return list(dict.fromkeys(zip(rows.loc[judged, "variable"], rows.loc[judged, "variable_level"], strict=True)))


def agreement(results: Results, name: str, what: str) -> list[str]:
    """A footnote that all numbers of the published table `name` agree, if they are judged and do."""
    rows = results.pick(output="reproduction", group2_level=name)
    verdicts = rows.loc[rows["stat_name"].str.endswith(PUBLISHED), "note"]
    if verdicts.empty or not verdicts.str.startswith(AGREES).all():
        return []
    return [f"All {len(verdicts)} {what} agree with the published table."]


def _not_printed(rows: pd.DataFrame, cells: Mapping[Key, Place]) -> Iterator[Place]:
    """The places of numbers of which the published table has none, though it has others of the same treatment."""
    printed = set(zip(rows["group1_level"], rows["variable"], rows["variable_level"], strict=True))
    treatments, variables = ({key[at] for key in printed} for at in (0, 1))
    for key, place in cells.items():
        if key[0] and key[0] in treatments and key[1] in variables and key not in printed:
            yield place


def _where(table: Table, body: Sequence[Row], place: Place) -> str:
    """A cell by its row and column: "Cyclosporine, side effect"."""
    column = place.named or _plain(table.columns[place.column].label)
    row = body[place.row]
    heads = [one.label for one in body[: place.row] if one.kind == "group"][-1:] if row.kind == "level" else []
    return ", ".join([*heads, row.label, *([column] if len(table.columns) > 1 else [])])


def _plain(head: str) -> str:
    """A column's head without what it says of units and statistics."""
    return head.partition(",")[0].partition("(")[0].strip().lower()


def _signed(row: Row, place: Place) -> Row:
    """The row with a sign behind the number; a cell of several numbers has a slash between them."""
    cells = list(row.cells)
    parts = cells[place.column].split("/") if place.named else [cells[place.column]]
    parts[place.part] = f"{parts[place.part].removesuffix(SIGN)}{SIGN}"
    cells[place.column] = "/".join(parts)
    return replace(row, cells=cells)
