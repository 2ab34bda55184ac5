"""Columns that look as if they held personal data: names, identity numbers, full dates, addresses of people."""

import re
from collections.abc import Iterator

import pandas as pd

from adreport.reading.formats.raw import RawTable
from adreport.study import dictionary
from adreport.study.faults import WARNING, Fault

SHOWN_TYPES = ("identifier", "text", "list")
# Words of letters only, an initial beside a name, or names in Chinese letters; a pseudonym has a number.
NAME = re.compile(
    r"^(?:[^\W\d_]['’])?[^\W\d_]{2,}(?:(?: |-|, ?|['’])[^\W\d_]{2,})+$"
    r"|^[^\W\d_a-z]\.(?: ?[^\W\d_a-z]\.)* ?[^\W\d_]{2,}$"
    r"|^(?!(?i:pat|patient|subject|case|site|arm|group|center|centre|hasta|child|kind)\b)"
    r"(?=.*[^\W\d_A-Z])[^\W\d_]{2,},? [^\W\d_a-z](?:\.|$)"
    r"|^[\u4e00-\u9fff]{1,4}[ \u3000]?[\u3040-\u30ff\u4e00-\u9fff]{1,4}$|^[\uac00-\ud7a3]{2,4}$"
)
CAPITALS = r"[^\W\d_a-z\u3040-\u9fff\uac00-\ud7a3]{1,3}"
CODE = re.compile(rf"^{CAPITALS}(?:[ -]{CAPITALS})*$")  # or is a few capitals
# In free text a name shows only by what stands beside it.
CALLED = re.compile(
    r"\b(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Sayın|Sn|mother|father|parent|guardian|sister|brother|annesi|babası)\.?"
    r" (?-i:[A-ZÇĞİÖŞÜÄ][a-zçğıöşüäß]+)|(?-i:[A-ZÇĞİÖŞÜ][a-zçğıöşü]+) (?:Hanım|Bey)\b",
    re.IGNORECASE,
)
MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)"
    r"[a-zäşğüıö]{0,7}\.?"
)
PATTERNS = {
    "a national identity number": re.compile(r"(?<!\d)[1-9]\d{10}(?!\d)"),
    "a social security number": re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    "a health service number": re.compile(r"(?<!\d)\d{3} \d{3} \d{4}(?!\d)"),
    "a full date": re.compile(
        r"(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d\d\2\d\d)(?!\d)"
        rf"|(?<!\d)\d{{1,2}}(?:\.|st|nd|rd|th)? {MONTH} (?:19|20)\d\d(?!\d)"
        rf"|\b{MONTH} \d{{1,2}},? (?:19|20)\d\d(?!\d)"
        r"|(?:\*|geb\.?|born|dob|dogum|doğum)[: ]*\d{1,2}([./-])\d{1,2}\3\d\d(?!\d)",
        re.IGNORECASE,
    ),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "a telephone number": re.compile(
        r"(?<![\d/.-])(?:\+\d{1,3}[ -]?|0)\d{3}[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"  # Turkey
        r"|\+(?=(?:[ ()/-]*\d){9,15}(?!\d))[1-9]"  # from abroad
        r"|(?<![\d/.-])0\d{2,4}(?: \d{3,4} \d{3,4}| \d{6,7}|-\d{3,4}-\d{4}|/ ?\d{5,8})(?![\d-])"  # UK, Japan, Germany
        r"|(?<![\d/.-])(?:\(\d{3}\) ?|\d{3}-)\d{3}-\d{4}(?![\d-])"  # USA
    ),
}
# Numbers without any sign that marks them, told from other numbers by their check digit.
CHECKED = {
    "a health service number": re.compile(r"(?<![\w.,+-])\d{10}(?![\w-])"),
    "a health insurance number": re.compile(r"(?<![\w-])[A-Z]\d{9}(?![\w-])"),
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
    for kind, pattern in CHECKED.items():
        numbers = cells.str.extract(f"({pattern.pattern})")[0].dropna()
        right = numbers[numbers.map(_has_check_digit)]
        if len(right) * 2 > len(numbers):  # of other numbers, one in ten has it by chance
            yield kind, cells[right.index]


def _has_check_digit(number: str) -> bool:
    """Whether the last digit follows from the others: of an NHS number by modulo 11, of a German KVNR by modulo 10."""
    if number.isdecimal():
        weighted = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
        return (11 - weighted % 11) % 11 == int(number[-1])
    digits = f"{ord(number[0]) - ord('A') + 1:02}{number[1:-1]}"
    products = [int(digit) * (1 + place % 2) for place, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in products) % 10 == int(number[-1])
