"""Columns that look as if they held personal data: names, identity numbers, full dates, addresses of people."""

import re
from collections.abc import Iterator

import pandas as pd

from adreport import dictionary
from adreport.faults import WARNING, Fault
from adreport.readers.raw import RawTable

SHOWN_TYPES = ("identifier", "text", "list")
NAME = re.compile(r"^[^\W\d_]{2,}(?:(?: |-|, ?)[^\W\d_]{2,})+$")  # words of letters only; a pseudonym has a number
CODE = re.compile(r"^[^\W\d_a-z]{1,3}(?:[ -][^\W\d_a-z]{1,3})*$")  # or is a few capitals
# In free text a name shows only by what stands beside it.
CALLED = re.compile(
    r"\b(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Sayın|Sn|mother|father|parent|guardian|sister|brother|annesi|babası)\.?"
    r" (?-i:[A-ZÇĞİÖŞÜÄ][a-zçğıöşüäß]+)|(?-i:[A-ZÇĞİÖŞÜ][a-zçğıöşü]+) (?:Hanım|Bey)\b",
    re.IGNORECASE,
)
PATTERNS = {
    "a national identity number": re.compile(r"(?<!\d)[1-9]\d{10}(?!\d)"),
    "a social security number": re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    "a health service number": re.compile(r"(?<!\d)\d{3} \d{3} \d{4}(?!\d)"),
    "a full date": re.compile(r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "a telephone number": re.compile(r"(?<!\d)(?:\+\d{1,3}[ -]?|0)\d{3}[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"),
}
ADVICE = "Use a pseudonym, or take it out: pages show this column."


def personal_data(table: RawTable) -> Iterator[Fault]:
    """A warning for the first cell of each shown column that looks like personal data, with how many do."""
    for name, column in dictionary.columns(table.name).items():
        if name in table.cells and column.type in SHOWN_TYPES:
            for kind, found in _suspects(table.cells[name], column.type == "identifier"):
                row, others = found.index[0], len(found) - 1
                rule = f"looks like {kind}" + (f" (and {others} more in this column)" if others else "")
                yield Fault(table.file, rule, ADVICE, table.sheet, int(row), name, found.iloc[0], WARNING)


def _suspects(cells: pd.Series, identifier: bool) -> Iterator[tuple[str, pd.Series]]:
    """Kinds of personal data with the cells that look like it; names only where an identifier is expected."""
    kinds = PATTERNS | {"a name": NAME if identifier else CALLED}
    for kind, pattern in kinds.items():
        found = cells[cells.map(lambda text, pattern=pattern: bool(pattern.search(text)) and not CODE.match(text))]
        if len(found):
            yield kind, found
