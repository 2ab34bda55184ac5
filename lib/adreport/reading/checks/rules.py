"""What a rule of the check is: which rows break it, what is said of them, and what to do."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from adreport.reading.formats.raw import RawTable
from adreport.study.faults import ERROR, Fault, also_in

Mask = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Rule:
    """A rule about the rows of one table.

    `table`, `column`: the cell at fault; "a, b" is a key of two columns, "a or b" the first of two that is filled.
    `mask`: from the table as read, with what the modules of checks add to it, to the rows that break the rule.
    `words`, `advice`: may quote columns of the row, as in "{stop_date}".
    `example`: cells that break this rule and no other when written into the small data set of the tests, by column
    (of the table's first row), row.column or table.row.column.
    `each`: up to how many rows at fault there is a message each; above it, one message names the others. `by`:
    columns within whose values rows are counted for this.
    """

    table: str
    column: str
    mask: Mask
    words: str
    advice: str
    severity: str = ERROR
    example: Mapping[str, str] = field(default_factory=dict)
    each: float = math.inf
    by: tuple[str, ...] = ()

    def faults(self, rows: pd.DataFrame, table: RawTable) -> Iterator[Fault]:
        """A fault for each row, or for all rows of a kind, that breaks the rule."""
        breaks = self.mask(rows)
        if not breaks.any():  # as almost always, and pandas takes two milliseconds to find that out below
            return
        broken = rows[breaks]
        for _, alike in broken.groupby(list(self.by), observed=True) if self.by else [((), broken)]:
            named = alike if len(alike) <= self.each else alike.head(1)
            words = self.words + also_in(alike.index[len(named) :])
            for row, values in named.to_dict("index").items():
                column, value = self._cell(table, row)
                rule, advice = words.format_map(values), self.advice.format_map(values)
                yield Fault(table.file, rule, advice, table.sheet, int(row), column, value, self.severity)

    def _cell(self, table: RawTable, row: int) -> tuple[str, str]:
        """Column and value of the cell at fault, as the file has it."""
        cells = {
            column: [table.cells[name][row] if name in table.cells else "" for name in column.split(", ")]
            for column in self.column.split(" or ")
        }
        column = next((column for column in cells if any(cells[column])), list(cells)[-1])
        return column, " / ".join(cells[column])
