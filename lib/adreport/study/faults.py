"""What is wrong with data or parameters, in words that tell where it is and what to do."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

ERROR = "error"  # no report can be made
WARNING = "warning"  # a report can be made, and says so
LONGEST = 100  # letters of a value that a message shows
MOST_ALIKE = 20  # messages about one column that are printed
ROWS_NAMED = 20  # where one message stands for many rows


class Refusal(Exception):
    """A report cannot be made for a reason that the user can mend; shown without a traceback."""


class ParameterFault(Refusal):
    """A parameter that does not exist, or a value that leaves nothing to report."""


@dataclass(frozen=True)
class Fault:
    """One fault in the data; `row` is the row as a spreadsheet shows it (the heads are row 1)."""

    file: str
    rule: str
    advice: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: str = ERROR

    def __str__(self) -> str:
        place = [
            self.file,
            f"sheet {self.sheet}" if self.sheet else "",
            f"row {self.row}" if self.row else "",
            f"column {self.column}" if self.column else "",
        ]
        value = f"“{shortened(self.value)}” " if self.value else ""
        message = f"{', '.join(filter(None, place))}: {value}{self.rule}. {self.advice}"
        return visible(" ".join(message.splitlines()))


class DataFault(Refusal):
    """All the faults found in a data set, at once."""

    def __init__(self, faults: Sequence[Fault]):
        self.faults = list(faults)
        number = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"The data cannot be used yet: {number}.", *in_words(self.faults)]))


def together(faults: Iterable[Fault]) -> list[Fault]:
    """Faults that are equal but for their row as one, which names the rows of the others; see `alike`."""
    return [
        replace(first, rule=f"{first.rule}{also_in([other.row for other in others])}")
        for first, *others in alike(faults)
    ]


def alike(faults: Iterable[Fault]) -> list[list[Fault]]:
    """Faults that are equal but for their row in one list each; errors first, else in their order.

    Where a column has more than MOST_ALIKE, those whose values differ too.
    """
    faults = sorted(faults, key=lambda fault: fault.severity != ERROR)
    in_column = Counter(map(_place, faults))
    kinds: dict[tuple, list[Fault]] = {}
    for number, fault in enumerate(faults):
        value = "" if in_column[_place(fault)] > MOST_ALIKE else fault.value
        kind = (*_place(fault), value, fault.rule, fault.advice) if fault.row else (number,)
        kinds.setdefault(kind, []).append(fault)
    return list(kinds.values())


def also_in(rows: Sequence[int | None]) -> str:
    """The rows that a message stands for besides its own, in words; "" without any."""
    if not len(rows):
        return ""
    more = f" … {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else ""
    return f" (also in row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:ROWS_NAMED]))}{more})"


def in_words(faults: Iterable[Fault]) -> Iterator[str]:
    """The messages of faults, equal ones once; of many in one column the first, and how many more there are."""
    faults, number = together(faults), Counter()
    in_column = Counter(map(_place, faults))
    for fault in faults:
        number[place := _place(fault)] += 1
        if number[place] <= MOST_ALIKE:
            yield str(fault)
        if number[place] == MOST_ALIKE < in_column[place]:
            column = f", column {fault.column}" if fault.column else ""
            yield visible(f"{fault.file}{column}: … and {in_column[place] - MOST_ALIKE:,} more like these.")


def _place(fault: Fault) -> tuple[str, ...]:
    return fault.severity, fault.file, fault.sheet, fault.column


def shortened(value: str) -> str:
    """A value as far as a message shows it."""
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def visible(text: str) -> str:
    """Text with control characters, and others that cannot be seen or turn the line round, by their number."""
    if text.isprintable():
        return text
    kinds = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
    return "".join(f"⟨U+{ord(sign):04X}⟩" if unicodedata.category(sign) in kinds else sign for sign in text)


def nearest(word: str, words: Sequence[str], alike: float = 0.6) -> str:
    """“Did you mean …?”, or the possible words where none is as near as `alike` (of 1)."""
    folded = {other.casefold(): other for other in words}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=alike)
    if close:
        return f"Did you mean {folded[close[0]]}?"
    return f"Possible: {', '.join(words)}."
