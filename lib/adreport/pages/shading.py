"""Tables of counts whose cells are the darker, the larger their share: a heat map that can be read and copied."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from adreport.show.parts import Row, Table
from adreport.stats.tests import FEWEST

SHADES_NOTE = "The darker, the larger the share of the {}; fewer than {few} are not shaded."


def shaded(body: Sequence[Row], shares: pd.DataFrame) -> list[Row]:
    """Rows with a shade behind each cell; `shares`: from 0 to 1, a row a row and a column a cell."""
    return [replace(row, shades=shades) for row, shades in zip(body, shares.to_numpy().tolist(), strict=True)]


def shaded_by(table: Table, counts: pd.DataFrame, totals: pd.Series, of: str) -> Table:
    """A table with its last columns shaded by their share of a total for each row; few are not shaded.

    `counts`: a row a row and a column for each of the last columns. `totals`: of each row. `of`: what they are of.
    """
    shares = counts.div(totals, axis=0).where(totals >= FEWEST, 0).fillna(0)
    blank = pd.DataFrame(0.0, shares.index, range(len(table.columns) - len(shares.columns)))
    body = shaded(table.rows, pd.concat([blank, shares], axis=1))
    return replace(table, rows=body, footnotes=[*table.footnotes, SHADES_NOTE.format(of, few=FEWEST)])
