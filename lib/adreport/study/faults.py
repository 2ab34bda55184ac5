"""What is wrong with data or parameters, in words that tell where it is and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

ERROR = "error"  # no report can be made
WARNING = "warning"  # a report can be made, and says so


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
        value = f"“{self.value}” " if self.value else ""
        message = f"{', '.join(filter(None, place))}: {value}{self.rule}. {self.advice}"
        return " ".join(message.splitlines())


class DataFault(Refusal):
    """All the faults found in a data set, at once."""

    def __init__(self, faults: Sequence[Fault]):
        self.faults = list(faults)
        number = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"The data cannot be used yet: {number}.", *map(str, self.faults)]))


def nearest(word: str, words: Sequence[str], alike: float = 0.6) -> str:
    """“Did you mean …?”, or the possible words where none is as near as `alike` (of 1)."""
    folded = {other.casefold(): other for other in words}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=alike)
    if close:
        return f"Did you mean {folded[close[0]]}?"
    return f"Possible: {', '.join(words)}."
