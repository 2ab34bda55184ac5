"""How a clinic writes numbers and dates: decimal point or comma, thousands apart or not, day or month first.

One cell often cannot tell (1,234 or 03/04/2020); the other cells of its table can.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from adreport.study.dictionary import folded
from adreport.study.terms import key

# What R, Python, SQL, SAS, Excel and people write for a gap.
NOT_KNOWN = frozenset({
    "na", "n/a", "n.a.", "#n/a", "nan", "null", ".", "?", "-", "unknown", "not known", "not available",
    "bilinmiyor", "k.a.", "k. a.", "unbekannt",
})  # fmt: skip
NONE = frozenset({"none", "no", "nil", "nothing", "yok", "hayir", "kein", "keine", "keiner", "nein"})
NO_EVENT = re.compile(
    r"(?:no|nil|none|nothing|without|keine?|ohne)( (?:known|reported|observed|documented|drug|other|bekannte?n?))*"
    r"( (?:side effects?|adverse (?:events?|effects?|reactions?)|aes?|nebenwirkung(?:en)?|allerg(?:y|ies|ien?)"
    r"|(?:atopic )?comorbidit(?:y|ies)|(?:atopic )?diseases?|(?:begleit|vor)erkrankung(?:en)?))?"
    r"( (?:reported|observed|documented|recorded|known|seen|bekannt|gemeldet))?"
    r"|(?:yan etki|(?:ek )?hastalik|komorbidite|alerji)(?:si)? (?:yok|görülmedi|gözlenmedi)"
)

CLEARLY_COMMA = r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|(?:0|\d{4,}),\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})"
CLEARLY_POINT = r"[+-]?(?:\d+\.(?:\d{1,2}|\d{4,})|(?:0|\d{4,})\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,})"
COMMA_AND_THREE = r"[+-]?[1-9]\d{0,2},\d{3}"  # 1,234: a thousand, or a number with three decimals
POINT_AND_THREE = r"[+-]?[1-9]\d{0,2}\.\d{3}"
DOTTED_DATE = r"\d{1,2}\.\d{1,2}\.\d{4}"  # written where a comma is decimal

DAY_FIRST = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y")
MONTH_FIRST = (*DAY_FIRST[:-1], "%m/%d/%Y")
SLASHES = r"(\d{1,2})/(\d{1,2})/\d{4}"
EXCEL_DAYS = r"[34]\d{4}"  # days since 1899-12-30, from 1982 to 2036
SPSS_SECONDS = r"1[1-4]\d{9}"  # seconds since 1582-10-14, from 1931 to 2058
SPSS_EPOCH = datetime(1582, 10, 14)
EXCEL_EPOCH = pd.Timestamp("1899-12-30")


def not_known(cells: pd.Series) -> pd.Series:
    """Which cells hold a word for a value that is not known."""
    return cells.map(folded).isin(NOT_KNOWN)


def says_none(cells: pd.Series) -> pd.Series:
    """Which cells hold a word for none."""
    return cells.map(key).isin(NONE)


def says_no_event(cells: pd.Series) -> pd.Series:
    """Which cells of side effects or diseases say in words, or with a dash, that there was none."""
    plain = cells.map(key).str.replace("-", " ").str.split().str.join(" ")
    return cells.map(folded).eq("-") | plain.isin(NONE) | plain.str.fullmatch(NO_EVENT)


@dataclass(frozen=True)
class Notation:
    """What the cells of a table show of its decimal sign and of its dates."""

    decimal_comma: bool = False
    decimal_point: bool = False
    day_first: bool = False
    month_first: bool = False
    dotted_dates: bool = False


def notation(numbers: Iterable[pd.Series], dates: Iterable[pd.Series]) -> Notation:
    """The notation that the number cells and the date cells of a table show, each a series of strings."""
    numbers, days = list(numbers), list(dates)
    dates = [column.str.extract(f"^{SLASHES}").astype(float) for column in days]
    return Notation(
        any(column.str.fullmatch(CLEARLY_COMMA).any() for column in numbers),
        any(column.str.fullmatch(CLEARLY_POINT).any() for column in numbers),
        any((parts[0] > 12).any() for parts in dates),
        any((parts[1] > 12).any() for parts in dates),
        any(column.str.fullmatch(DOTTED_DATE).any() for column in days),
    )


def numbers(cells: pd.Series, shown: Notation, maximum: float | None = None, whole: bool = False) -> pd.Series:
    """Cells as numbers; NaN for what is none, and for 1,234 or 1.234 where nothing shows what its sign is.

    What shows it: clear decimals in the table, else that numbers above `maximum` or, in a `whole` column,
    with decimals cannot be; for a point also dates with points.
    """
    comma_or_thousand, point_or_thousand = cells.str.fullmatch(COMMA_AND_THREE), cells.str.fullmatch(POINT_AND_THREE)
    commas = _is_decimal(cells[comma_or_thousand], shown.decimal_comma, shown.decimal_point, maximum, whole)
    points = _is_decimal(cells[point_or_thousand], shown.decimal_point, shown.decimal_comma, maximum, whole)
    if points is None and shown.dotted_dates and not shown.decimal_point:
        points = False
    comma = cells.str.fullmatch(CLEARLY_COMMA)
    comma |= (comma_or_thousand & (commas is True)) | (point_or_thousand & (points is False))
    point = cells.str.fullmatch(CLEARLY_POINT)
    point |= (point_or_thousand & (points is True)) | (comma_or_thousand & (commas is False))
    plain = cells.mask(point, cells.str.replace(",", ""))
    plain = plain.mask(comma, cells.str.replace(".", "").str.replace(",", "."))
    unclear = (comma_or_thousand | point_or_thousand) & ~comma & ~point
    return pd.to_numeric(plain.where((plain != "") & ~unclear), errors="coerce").astype(float)


def _is_decimal(cells: pd.Series, shown: bool, against: bool, maximum: float | None, whole: bool) -> bool | None:
    """Whether the sign in cells like 1,234 is a decimal one; None where nothing shows it."""
    if shown != against:
        return shown
    thousands = cells.str.replace("[.,]", "", regex=True).astype(float)
    if maximum is not None and (thousands > maximum).any():
        return True
    return False if whole and (thousands % 1000 > 0).any() else None


def is_ambiguous_number(text: str) -> bool:
    """Whether a cell can be a thousand or a number with three decimals."""
    return bool(re.fullmatch(f"{COMMA_AND_THREE}|{POINT_AND_THREE}", text))


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


def spss_date(text: str) -> str:
    """The date that a number of seconds is to SPSS ("13814668800" is 2020-07-21), "" where it is none."""
    is_count = re.fullmatch(SPSS_SECONDS, text)
    return (SPSS_EPOCH + timedelta(seconds=int(text))).date().isoformat() if is_count else ""
