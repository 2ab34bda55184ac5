"""Where the published study prints another number than its data give: a sign on the cell, and the reason below.

The verdicts are rows of the results (output `reproduction`, where there is one); of other data there are none.
"""

from collections.abc import Mapping
from dataclasses import replace

from adreport.pages.contract import pick
from adreport.pages.exhibits import Results
from adreport.show.parts import Row, Table

SIGN = "‡"
PUBLISHED, PRINTED, DIFFERENCE = ".published", ".printed", ".difference"
# The verdicts on numbers that print otherwise, and what explains them where nothing else does.
OTHERWISE = {"differs": "", "agrees after truncation": "cut off instead of rounded"}
Place = tuple[int, int]


def marked(results: Results, table: Table, name: str, cells: Mapping[tuple[str, str, str], Place]) -> Table:
    """The table with a sign on each cell that the published table `name` prints otherwise.

    `cells`: the row and column in which a number stands, by treatment ("" for none), variable and level.
    """
    rows = results.pick(output="reproduction", group2_level=name)
    rows = rows[["group1_level", "variable", "variable_level", "stat_name", "note"]]
    differing = rows[rows["stat_name"].str.endswith(PUBLISHED) & rows["note"].isin(OTHERWISE)]
    body, notes = list(table.rows), []
    for row in differing.itertuples():
        key = (row.group1_level, row.variable, row.variable_level)
        if key not in cells:
            continue
        statistic = row.stat_name.removesuffix(PUBLISHED)
        same = pick(rows, group1_level=key[0], variable=key[1], variable_level=key[2])
        words = dict(zip(same["stat_name"], same["note"], strict=True))
        at, column = cells[key]
        body[at] = _signed(body[at], column)
        reason = words.get(f"{statistic}{DIFFERENCE}", "") or OTHERWISE[row.note]
        number = f"{words.get(f'{statistic}{PRINTED}', '')}{'%' if statistic == 'p' else ''}"
        where = f", {_plain(table.columns[column].label)}" if len(table.columns) > 1 else ""
        notes.append(f"{body[at].label}{where}: printed {number}{f' ({reason})' if reason else ''}")
    note = [f"{SIGN} The publication prints another number. {'. '.join(notes)}."] if notes else []
    return replace(table, rows=body, footnotes=[*table.footnotes, *note])


def _plain(head: str) -> str:
    """A column's head without what it says of units and statistics."""
    return head.partition(",")[0].partition("(")[0].strip().lower()


def _signed(row: Row, column: int) -> Row:
    cells = [f"{cell.removesuffix(SIGN)}{SIGN}" if at == column else cell for at, cell in enumerate(row.cells)]
    return replace(row, cells=cells)
