"""The counts of a report as unknowns, and what anybody knows of how they hang together.

Two counts of the same courses in two tables are one unknown. Levels add up to their total, and a count and its
complement to what it is a count of. Such sums are recognised by the patients' shares, wherever they stand; of few
patients, whose shares agree by chance, only where the keys of the rows say so too.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from adreport.pages.contract import KEYS
from adreport.sharing.contributions import Key
from adreport.sharing.policy import TERMS

LEVELS = ("group1_level", "group2_level", "variable_level")
NAMING = [KEYS.index(name) for name in (*LEVELS, "variable")]
TOTAL = "N"
NO_COUNT = "patient_years"


@dataclass
class Cells:
    """Unknown counts and their sums.

    `shares`: of each unknown, its count in each group of patients. `unknown`: which of them is the count of a row;
    `complement`: which is the rest of its total. `sums`: unknowns that add up to another one, as (parts, total).
    """

    threshold: int
    shares: list[np.ndarray] = field(default_factory=list)
    unknown: dict[Key, int] = field(default_factory=dict)
    complement: dict[Key, int] = field(default_factory=dict)
    sums: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)

    def number(self, share: np.ndarray, key: Key) -> int:
        """The unknown with these shares, a new one where there is none yet."""
        name = self._name(share, key)
        if name not in self.numbers:
            self.numbers[name] = len(self.shares)
            self.shares.append(share)
        return self.numbers[name]

    def known(self, share: np.ndarray, key: Key) -> int | None:
        """The unknown with these shares, if there is one."""
        return self.numbers.get(self._name(share, key))

    def _name(self, share: np.ndarray, key: Key) -> Hashable:
        of_many = (share > 0).sum() >= self.threshold
        return share.astype(np.int32).tobytes(), None if of_many else tuple(key[at] for at in NAMING)

    @property
    def values(self) -> np.ndarray:
        """The counts themselves."""
        return np.array([share.sum() for share in self.shares])

    @property
    def patients(self) -> np.ndarray:
        """How many patients (with very many: at least) are behind each count."""
        return np.array([int((share > 0).sum()) for share in self.shares])


def cells(shares: Mapping[Key, np.ndarray], threshold: int) -> Cells:
    """The unknowns and sums of counts, from their shares in each group of patients."""
    made = Cells(threshold)
    for key, share in shares.items():
        if key[-1] != NO_COUNT:
            made.unknown[key] = made.number(share, key)
    siblings = _families(made, "variable_level")
    for key, number in list(made.unknown.items()):
        total = made.unknown.get((*key[:-1], TOTAL)) if key[-1] != TOTAL else None
        if total is not None and (made.shares[total] >= made.shares[number]).all():
            made.complement[key] = _rest(made, key, made.shares[total] - made.shares[number], siblings)
            made.sums.append((tuple(sorted((number, made.complement[key]))), total))
    for level in LEVELS:
        made.sums.extend(_sums(made, _families(made, level)))
    made.sums = [each for each in dict.fromkeys(made.sums) if each[1] not in each[0]]
    return made


def _families(made: Cells, level: str) -> dict[Key, list[int]]:
    """The counts that differ in one level only, by their keys without it.

    Not those of terms, of which the rare ones are not named: nobody knows how many of them there are.
    """
    families: dict[Key, list[int]] = defaultdict(list)
    for key, number in made.unknown.items():
        if key[KEYS.index(level)] and key[KEYS.index(level) - 1] not in TERMS:
            families[_whole(key, level)].append(number)
    return families


def _whole(key: Key, level: str) -> Key:
    at = KEYS.index(level)
    return (*key[:at], "", *key[at + 1 :])


def _rest(made: Cells, key: Key, share: np.ndarray, siblings: Mapping[Key, list[int]]) -> int:
    """The unknown of all others: another level of the same, where it is one."""
    others = siblings.get(_whole(key, "variable_level"), []) if key[KEYS.index("variable_level")] else []
    same = [number for number in others if (made.shares[number] == share).all()]
    return same[0] if same else made.number(share, (*key[:-1], "rest"))


def _sums(made: Cells, families: Mapping[Key, list[int]]) -> Iterator[tuple[tuple[int, ...], int]]:
    """The families that add up to another count: their total, the same without the level, or any of many patients."""
    for key, numbers in families.items():
        share = np.sum([made.shares[number] for number in numbers], axis=0)
        near = [made.unknown.get(total) for total in ((*key[:-1], TOTAL), key)]
        same = [one for one in near if one is not None and (made.shares[one] == share).all()]
        total = same[0] if same else made.known(share, key)
        if len(numbers) > 1 and total is not None:
            yield tuple(sorted(numbers)), total
