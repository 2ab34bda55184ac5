"""Columns that look as if they held personal data: names, identity numbers, full dates, addresses of people."""

import re
from functools import partial
from typing import NamedTuple

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.study.dictionary import TABLES, columns
from adreport.study.faults import WARNING

SHOWN_TYPES = ("identifier", "text", "list")
ADVICE = "Use a pseudonym, or take it out: pages show this column."
CAPITALS = r"[^\W\d_a-z\u3040-\u9fff\uac00-\ud7a3]{1,3}"
CODE = re.compile(rf"^{CAPITALS}(?:[ -]{CAPITALS})*$")  # a pseudonym may also be a few capital letters
MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara)"
    r"[a-zäşğüıö]{0,7}\.?"
)


class Sign(NamedTuple):
    """What personal data look like, with an example.

    `types`: of the columns in which it is looked for. `checked`: a number that only its check digit tells from others.
    """

    kind: str
    pattern: str
    example: str
    types: tuple[str, ...] = SHOWN_TYPES
    checked: bool = False


SIGNS = [
    Sign("a national identity number", r"(?<!\d)[1-9]\d{10}(?!\d)", "12345678901"),
    Sign("a social security number", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])", "219-09-9999"),
    Sign("a health service number", r"(?<!\d)\d{3} \d{3} \d{4}(?!\d)", "943 476 5919"),
    Sign(
        "a full date",
        r"(?i)(?<!\d)(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d\d\2\d\d)(?!\d)"
        rf"|(?<!\d)\d{{1,2}}(?:\.|st|nd|rd|th)? {MONTH} (?:19|20)\d\d(?!\d)"
        rf"|\b{MONTH} \d{{1,2}},? (?:19|20)\d\d(?!\d)"
        r"|(?:\*|geb\.?|born|dob|dogum|doğum)[: ]*\d{1,2}([./-])\d{1,2}\3\d\d(?!\d)",
        "12 March 2012",
    ),
    Sign("an e-mail address", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]+", "someone@example.org"),
    Sign(
        "a telephone number",
        r"(?<![\d/.-])(?:\+\d{1,3}[ -]?|0)\d{3}[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?!\d)"  # Turkey
        r"|\+(?=(?:[ ()/-]*\d){9,15}(?!\d))[1-9]"  # from abroad
        r"|(?<![\d/.-])0\d{2,4}(?: \d{3,4} \d{3,4}| \d{6,7}|-\d{3,4}-\d{4}|/ ?\d{5,8})(?![\d-])"  # UK, Japan, Germany
        r"|(?<![\d/.-])(?:\(\d{3}\) ?|\d{3}-)\d{3}-\d{4}(?![\d-])",  # USA
        "0532 123 45 67",
    ),
    Sign(  # words of letters only, an initial beside a name, or a name in Chinese or Korean: a pseudonym has a number
        "a name",
        r"^(?:[^\W\d_]['’])?[^\W\d_]{2,}(?:(?: |-|, ?|['’])[^\W\d_]{2,})+$"
        r"|^[^\W\d_a-z]\.(?: ?[^\W\d_a-z]\.)* ?[^\W\d_]{2,}$"
        r"|^(?!(?i:pat|patient|subject|case|site|arm|group|center|centre|hasta|child|kind)\b)"
        r"(?=.*[^\W\d_A-Z])[^\W\d_]{2,},? [^\W\d_a-z](?:\.|$)"
        r"|^[\u4e00-\u9fff]{1,4}[ \u3000]?[\u3040-\u30ff\u4e00-\u9fff]{1,4}$|^[\uac00-\ud7a3]{2,4}$",
        "Ayşe Yılmaz",
        ("identifier",),
    ),
    Sign(  # in free text, only what stands beside a name shows that it is one
        "a name",
        r"(?i)\b(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Sayın|Sn|mother|father|parent|guardian|sister|brother|annesi|babası)\.?"
        r" (?-i:[A-ZÇĞİÖŞÜÄ][a-zçğıöşüäß]+)|(?-i:[A-ZÇĞİÖŞÜ][a-zçğıöşü]+) (?:Hanım|Bey)\b",
        "Ayşe Hanım",
        ("text", "list"),
    ),
    Sign("a health service number", r"(?<![\w.,+-])\d{10}(?![\w-])", "9434765919", checked=True),
    Sign("a health insurance number", r"(?<![\w-])[A-Z]\d{9}(?![\w-])", "A123456780", checked=True),
]


def looks_personal(text: str) -> bool:
    """Whether a text holds what personal data look like, a number with a check digit only if that is right."""
    matches = ((sign, re.search(sign.pattern, text)) for sign in SIGNS if "text" in sign.types)
    return any(match and (not sign.checked or _has_check_digit(match[0])) for sign, match in matches)


def _shown_by(sign: Sign, column: str, rows: pd.DataFrame) -> pd.Series:
    """Which cells of a column look like it; of numbers with a check digit none, if half of all lack it.

    Of numbers without a check digit, one in ten has it by chance.
    """
    cells = rows[column].dropna().astype(str)
    if not sign.checked:
        pattern = re.compile(sign.pattern)
        found = cells.isin([text for text in cells.unique() if pattern.search(text) and not CODE.match(text)])
    else:
        numbers = cells.str.extract(f"({sign.pattern})")[0].dropna()
        found = numbers.map(_has_check_digit).astype(bool)
        found &= found.sum() * 2 > len(numbers)
    return pd.Series(rows.index.isin(found.index[found]), rows.index)


def _has_check_digit(number: str) -> bool:
    """Whether the last digit follows from the others: of an NHS number by modulo 11, of a German KVNR by modulo 10."""
    if number.isdecimal():
        weighted = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
        return (11 - weighted % 11) % 11 == int(number[-1])
    digits = f"{ord(number[0]) - ord('A') + 1:02}{number[1:-1]}"
    products = [int(digit) * (1 + place % 2) for place, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in products) % 10 == int(number[-1])


def _rule(table: str, column: str, sign: Sign, tables: tuple[str, ...]) -> Rule:
    mask, example = partial(_shown_by, sign, column), {f"{name}.1.{column}": sign.example for name in tables}
    return Rule(table, column, mask, f"looks like {sign.kind}", ADVICE, WARNING, example, each=1)


RULES = [
    _rule(table, name, sign, TABLES if column.type == "identifier" else (table,))
    for table in TABLES
    for name, column in columns(table).items()
    for sign in SIGNS
    if column.type in sign.types
]
