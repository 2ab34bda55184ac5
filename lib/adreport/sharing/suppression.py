"""Which counts to keep back so that none of few patients follows from the others.

Primary: a count of fewer patients than the threshold, and a count whose complement is one. Secondary: what would let
somebody compute such a count. Whoever reads the report knows the sums of `Cells` and what is stated, rounded or not;
linear programs find the smallest and largest value that each protected count can have for such a reader (the audit of
Fischetti and Salazar, Management Science 2001;47:1008). While the two are too close together, the smallest stated
count beside it is kept back too.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from adreport.sharing.cells import Cells
from adreport.sharing.policy import Policy

DRAWS, MOST_DRAWS = 20, 100
FEW_LEFT = 20  # counts that are then looked at one by one
WIDTH = 2.0  # between the smallest and the largest value: three counts that it can be
SEED = 1953
SLACK = 1e-6
MOST_ROUNDS = 60


@dataclass(frozen=True)
class Suppression:
    """Which unknowns are protected (of few patients), and which are kept back (those, and what gives them away)."""

    protected: frozenset[int]
    kept_back: frozenset[int]


def suppression(cells: Cells, policy: Policy) -> Suppression:
    """What to keep back of some counts."""
    values, patients = cells.values, cells.patients
    few = (patients > 0) & (patients < policy.threshold)
    kept = set(np.flatnonzero(few).tolist())
    kept |= {cells.unknown[key] for key, rest in cells.complement.items() if few[rest] and values[cells.unknown[key]]}
    protected = frozenset(np.flatnonzero(few).tolist())
    audit = _Audit(cells, values, policy)
    for _ in range(MOST_ROUNDS):
        exposed = audit.exposed(protected, kept)
        more = {one for number in exposed for one in _beside(number, cells, values, kept)}
        kept |= more
        if not exposed:
            return Suppression(protected, frozenset(kept))
        if not more:
            break
    return Suppression(protected, frozenset(range(len(values))))


def _beside(number: int, cells: Cells, values: np.ndarray, kept: Collection[int]) -> Iterator[int]:
    """The smallest stated count of each sum with this one, or else of each sum with one of those, and so on."""
    reached, border, rows = {number}, {number}, set(cells.unknown.values())
    while border:
        sums = [(*parts, total) for parts, total in cells.sums if not border.isdisjoint((*parts, total))]
        stated = [[one for one in each if one in rows and one not in kept and values[one] > 0] for each in sums]
        if any(stated):
            yield from {min(each, key=lambda one: (values[one], one)) for each in stated if each}
            return
        border = {one for each in sums for one in each} - reached
        reached |= border


class _Audit:
    """The linear programs of somebody who knows all sums and all that is stated."""

    def __init__(self, cells: Cells, values: np.ndarray, policy: Policy):
        self.values, self.policy = values, policy
        rows, columns, entries = [], [], []
        for row, (parts, total) in enumerate(cells.sums):
            for column, entry in [*((part, 1.0) for part in parts), (total, -1.0)]:
                rows.append(row)
                columns.append(column)
                entries.append(entry)
        self.matrix = csr_array((entries, (rows, columns)), shape=(len(cells.sums), len(values)))
        self.unstated = sorted(set(range(len(values))) - set(cells.unknown.values()))
        self.draws = np.random.default_rng(SEED)

    def exposed(self, protected: Collection[int], kept: Collection[int]) -> list[int]:
        """The protected counts that a reader can tell within less than the width of what is kept back.

        Any table that agrees with what is stated shows that a count can be as it is there; so a few tables at random
        clear most counts at once. Few that are left are looked at one by one; many count as told.
        """
        bounds = self._bounds(kept)
        unsure = sorted(protected)
        low, high = self.values.copy(), self.values.copy()
        for draw in range(MOST_DRAWS):
            wish = np.zeros(len(self.values))
            wish[unsure] = self.draws.normal(size=len(unsure))
            self._widen(wish, bounds, low, high)
            before = len(unsure)
            unsure = [number for number in unsure if high[number] - low[number] < WIDTH - SLACK]
            if not unsure or (draw >= DRAWS and len(unsure) == before):
                break
        for number in unsure if len(unsure) <= FEW_LEFT else ():
            for sign in (1.0, -1.0):
                wish = np.zeros(len(self.values))
                wish[number] = sign
                self._widen(wish, bounds, low, high)
        return [number for number in unsure if high[number] - low[number] < WIDTH - SLACK]

    def _widen(self, wish: np.ndarray, bounds: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        found = linprog(wish, A_eq=self.matrix, b_eq=np.zeros(self.matrix.shape[0]), bounds=bounds, method="highs")
        if found.x is not None:
            np.minimum(low, found.x, out=low)
            np.maximum(high, found.x, out=high)

    def _bounds(self, kept: Collection[int]) -> np.ndarray:
        """What is known of each count: if stated its rounding, if kept back that it is not 0, else nothing."""
        reach = self.policy.rounding // 2
        stated = np.array([self.policy.rounded(value) for value in self.values])
        low = np.where(self.values > 0, np.maximum(stated - reach, 1.0), 0.0)
        high = np.where(self.values > 0, stated + reach, 0.0)
        most = 2 * self.values.max(initial=1.0) + 10
        high[self.unstated], low[self.unstated] = most, 0.0
        for number in kept:
            low[number], high[number] = 1.0, most
        return np.column_stack([low, high])
