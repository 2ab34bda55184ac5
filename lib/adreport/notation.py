"""How a clinic writes numbers and dates: decimal point or comma, thousands apart or not, day or month first.

One cell often cannot tell (1,234 or 03/04/2020); the other cells of its table can.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from adreport.dictionary import folded

# What R, Python, SQL, SAS, Excel and people write for a gap.
NOT_KNOWN = frozenset({
    "na", "n/a", "n.a.", "#n/a", "nan", "null", ".", "?", "-", "–", "—", "unknown", "not known", "not available",
    "bilinmiyor", "k.a.", "k. a.", "unbekannt",
})  # fmt: skip
NONE = frozenset({"none", "no", "nil", "nothing", "yok", "hayır", "hayir", "kein", "keine", "keiner", "nein"})
NO_EVENT = re.compile(
    r"(?:no|nil|none|without|keine?|ohne)( (?:known|reported|observed|documented|drug|bekannte?n?))*"
    r"( (?:side effects?|adverse (?:events?|effects?|reactions?)|aes?|nebenwirkung(?:en)?))?"
    r"( (?:reported|observed|documented|recorded|seen|bekannt|gemeldet))?|yan etki (?:yok|görülmedi|gözlenmedi)"
)

CLEARLY_COMMA = r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})"
CLEARLY_POINT = r"[+-]?(?:\d+\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,})"
COMMA_AND_THREE = r"[+-]?[1-9]\d{0,2},\d{3}"  # 1,234: a thousand, or a number with three decimals
POINT_AND_THREE = r"[+-]?[1-9]\d{0,2}\.\d{3}"

DAY_FIRST = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y")
MONTH_FIRST = (*DAY_FIRST[:-1], "%m/%d/%Y")
SLASHES = r"(\d{1,2})/(\d{1,2})/\d{4}"
EXCEL_DAYS = r"[34]\d{4}"  # days since 1899-12-30, from 1982 to 2036
EXCEL_EPOCH = pd.Timestamp("1899-12-30")


def not_known(cells: pd.Series) -> pd.Series:
    """Which cells hold a word for a value that is not known."""
    return cells.map(folded).isin(NOT_KNOWN)


def says_none(cells: pd.Series) -> pd.Series:
    """Which cells hold a word for none."""
    return cells.map(folded).isin(NONE)


def says_no_event(cells: pd.Series) -> pd.Series:
    """Which cells of side effects say in words, or with a dash, that there was none."""
    plain = cells.map(folded).str.replace("-", " ").str.split().str.join(" ").str.rstrip(".!")
    return cells.isin(["-", "–", "—"]) | says_none(plain) | plain.str.fullmatch(NO_EVENT)


@dataclass(frozen=True)
class Notation:
    """What the cells of a table show of its decimal sign and of its dates with slashes."""

    decimal_comma: bool = False
    decimal_point: bool = False
    day_first: bool = False
    month_first: bool = False


def notation(numbers: Iterable[pd.Series], dates: Iterable[pd.Series]) -> Notation:
    """The notation that the number cells and the date cells of a table show, each a series of strings."""
    numbers, dates = list(numbers), [column.str.extract(f"^{SLASHES}").astype(float) for column in dates]
    return Notation(
        any(column.str.fullmatch(CLEARLY_COMMA).any() for column in numbers),
        any(column.str.fullmatch(CLEARLY_POINT).any() for column in numbers),
        any((parts[0] > 12).any() for parts in dates),
        any((parts[1] > 12).any() for parts in dates),
    )


def numbers(cells: pd.Series, shown: Notation) -> pd.Series:
    """Cells as numbers; NaN for what is none, and for 1,234 where the table does not show what its comma is."""
    comma = cells.str.fullmatch(CLEARLY_COMMA)
    point = cells.str.fullmatch(CLEARLY_POINT)
    only_comma = shown.decimal_comma and not shown.decimal_point
    if only_comma:
        comma |= cells.str.fullmatch(f"{COMMA_AND_THREE}|{POINT_AND_THREE}")
    elif shown.decimal_point and not shown.decimal_comma:
        point |= cells.str.fullmatch(COMMA_AND_THREE)
    plain = cells.mask(point, cells.str.replace(",", ""))
    plain = plain.mask(comma, cells.str.replace(".", "").str.replace(",", "."))
    return pd.to_numeric(plain.where(plain != ""), errors="coerce").astype(float)


def is_ambiguous_number(text: str) -> bool:
    """Whether a cell can be a thousand or a number with three decimals."""
    return bool(pd.Series([text]).str.fullmatch(COMMA_AND_THREE).iloc[0])


def dates(cells: pd.Series, shown: Notation) -> pd.Series:
    """Cells as dates, with or without a time of midnight; NaT for what is none.

    Slashes are read day first unless the table shows that its months come first; where it shows
    both, a date that can be read both ways is none.
    """
    plain = cells.str.replace(r"[ T]00:00(:00(\.0+)?)?$", "", regex=True)
    known = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[s]")
    forms = {False: DAY_FIRST, True: (*DAY_FIRST, *MONTH_FIRST) if shown.day_first else MONTH_FIRST}
    for form in forms[shown.month_first]:
        known = known.fillna(pd.to_datetime(plain, format=form, errors="coerce").astype("datetime64[s]"))
    return known.mask(two_ways(plain)) if shown.day_first and shown.month_first else known


def two_ways(cells: pd.Series) -> pd.Series:
    """Which cells are dates with slashes whose day and month could change places."""
    parts = cells.str.extract(f"^{SLASHES}").astype(float)
    return (parts.max(axis=1) <= 12) & (parts[0] != parts[1])


def excel_date(text: str) -> str:
    """The date that a number is to Excel ("44562" is 2022-01-01), "" where it is none."""
    is_count = pd.Series([text]).str.fullmatch(EXCEL_DAYS).iloc[0]
    return (EXCEL_EPOCH + pd.Timedelta(days=int(text))).date().isoformat() if is_count else ""
