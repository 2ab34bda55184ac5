"""How a clinic writes numbers and dates: decimal point or comma, thousands apart or not, day or month first.

One cell often cannot tell (1,234 or 03/04/2020); the other cells of its table can.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import pandas as pd

from adreport.reading.formats.raw import EXCEL_EPOCH
from adreport.study.dictionary import folded, is_invisible
from adreport.study.terms import key

# What R, Python, SQL, SAS, Excel and people write for a gap.
NOT_KNOWN = frozenset({
    "na", "n/a", "n.a.", "#n/a", "nan", "null", ".", "?", "-", "unknown", "not known", "not available",
    "bilinmiyor", "k.a.", "k. a.", "unbekannt", "--", "n.d.", "unk",
})  # fmt: skip
NOT_KNOWN_IN_WORDS = re.compile(
    r"(?:is |was )?not (?:known|recorded|reported|documented|assessed|asked|available|stated|tested|measured)"
    r"|(?:no|without) (?:data|information|record)|unknown|missing|unclear|keine angaben?|unklar|fehlt"
    r"|nicht (?:bekannt|erhoben|erfasst|dokumentiert)|(?:bilgi|kayit|veri) yok|belirtilmemiş|bilinmiyor"
)
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

WITH_EXPONENT = r"[+-]?\d+[.,]?\d*e[+-]?\d+"

YEAR = r"(?:18|19|20|21)\d\d"
DAY_OR_MONTH = rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2({YEAR})"  # which of the first two is the day depends
YEAR_FIRST = rf"({YEAR})([-/. ]?)(\d{{1,2}})\2(\d{{1,2}})"
WITH_NAMED_MONTH = re.compile(r"[\w ,./-]+")
MONTHS = (  # English, Turkish, German; the first three letters are enough
    "january ocak januar janner", "february subat februar", "march mart marz mrz", "april nisan", "may mayis mai",
    "june haziran juni", "july temmuz juli", "august agustos", "september eylul", "october ekim oktober",
    "november kasim", "december aralik dezember",
)  # fmt: skip
TIME_OF_DAY = (
    r"[ T,]+(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?)(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?))?$"
)
MIDNIGHT = r"0?0:00(:00([.,]0+)?)?|12:00(:00)? ?[Aa]\.?[Mm]\.?"
EXCEL_DAYS = r"([1-5]\d{4})(?:\.\d+)?"  # days since 1899-12-30, from 1927 to 2064
SIGNS = str.maketrans("．，－＋／：−\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", ".,-+/:-   ")
SPSS_SECONDS = r"1[1-4]\d{9}"  # seconds since 1582-10-14, from 1931 to 2058
SPSS_EPOCH = datetime(1582, 10, 14)


def once_each(read: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
    """A function of a column of cells, of which each follows from what it holds alone, that looks at each value once.

    A column of ten thousand cells has some dozen values.
    """

    @wraps(read)
    def of_cells(cells: pd.Series, *others: Any) -> pd.Series:
        places, values = pd.factorize(cells)
        if len(values) == len(cells) or (places < 0).any():
            return read(cells, *others)
        return read(pd.Series(values, dtype=cells.dtype), *others).take(places).set_axis(cells.index).rename(cells.name)

    return of_cells


def plain(cells: pd.Series) -> pd.Series:
    """Cells without signs that cannot be seen, and with the digits of any script as 0 to 9."""
    odd = {text: _plain(text) for text in cells.unique() if not text.isascii()}
    return cells.map(lambda text: odd.get(text, text)) if odd else cells


def _plain(text: str) -> str:
    seen = (letter for letter in text.translate(SIGNS) if not is_invisible(letter))
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in seen).strip()


def not_known(cells: pd.Series) -> pd.Series:
    """Which cells hold a word for a value that is not known."""
    unknown = {
        text: folded(text) in NOT_KNOWN or bool(NOT_KNOWN_IN_WORDS.fullmatch(key(text))) for text in cells.unique()
    }
    return cells.map(unknown).astype(bool)


def says_none(cells: pd.Series) -> pd.Series:
    """Which cells hold a word for none."""
    return cells.map(key).isin(NONE)


@once_each
def says_no_event(cells: pd.Series) -> pd.Series:
    """Which cells of side effects or diseases say in words, or with a dash, that there was none."""
    plain = cells.map(key).str.replace("-", " ").str.split().str.join(" ")
    return cells.map(folded).eq("-") | plain.isin(NONE) | plain.str.fullmatch(NO_EVENT)


@dataclass(frozen=True)
class Notation:
    """What the cells of a table show of its decimal sign and of its dates.

    `from_numbers`: whether the file (Excel, SPSS) has numbers, so that only text can hold a sign for thousands.
    """

    decimal_comma: bool = False
    decimal_point: bool = False
    day_first: bool = False
    month_first: bool = False
    dotted_dates: bool = False
    dotted_day_first: bool = False
    dotted_month_first: bool = False
    from_numbers: bool = False


def notation(numbers: Iterable[pd.Series], dates: Iterable[pd.Series]) -> Notation:
    """The notation that the number cells and the date cells of a table show, each a series of strings."""
    numbers, dates = ([column.drop_duplicates() for column in columns] for columns in (numbers, dates))
    shown = pd.concat([pd.Series("", dtype=str), *map(days_of, dates)])
    parts = shown.str.extract(f"^{DAY_OR_MONTH}$")
    dotted, day_first, month_first = parts[1].eq("."), parts[0].astype(float) > 12, parts[2].astype(float) > 12
    return Notation(
        any(column.str.fullmatch(CLEARLY_COMMA).any() for column in numbers),
        any(column.str.fullmatch(CLEARLY_POINT).any() for column in numbers),
        (day_first & ~dotted).any(),
        (month_first & ~dotted).any(),
        (dotted & ~month_first).any(),
        (dotted & day_first).any(),
        (dotted & month_first).any(),
    )


def numbers(cells: pd.Series, shown: Notation, maximum: float | None = None, whole: bool = False) -> pd.Series:
    """Cells as numbers; NaN for what is none, and for 1,234 or 1.234 where nothing shows what its sign is.

    What shows it: clear decimals in the table, else that numbers above `maximum` or, in a `whole` column,
    with decimals cannot be; for a point also dates with points.
    """
    read, doubtful = (once_each(part)(cells, shown, maximum, whole) for part in (_as_decimals, _doubtful))
    return read.mask(_nearer_as_thousands(read, cells, doubtful, maximum)) if doubtful.any() else read


def _doubtful(cells: pd.Series, shown: Notation, *_: object) -> pd.Series:
    """Which cells could be thousands after all; a number is 2.9 in a file, 2.900 is text."""
    either = cells.str.fullmatch(COMMA_AND_THREE) | cells.str.fullmatch(POINT_AND_THREE)
    return either & (cells.str.endswith("0") | (not shown.from_numbers))


def _as_decimals(cells: pd.Series, shown: Notation, maximum: float | None, whole: bool) -> pd.Series:
    comma_or_thousand, point_or_thousand = cells.str.fullmatch(COMMA_AND_THREE), cells.str.fullmatch(POINT_AND_THREE)
    commas = _is_decimal(cells[comma_or_thousand], shown.decimal_comma, shown.decimal_point, maximum, whole)
    points = _is_decimal(cells[point_or_thousand], shown.decimal_point, shown.decimal_comma, maximum, whole)
    if points is None and shown.dotted_dates and not shown.decimal_point:
        points = False
    exponent = cells.str.fullmatch(WITH_EXPONENT, case=False)
    comma = cells.str.fullmatch(CLEARLY_COMMA) | (exponent & cells.str.contains(","))
    comma |= (comma_or_thousand & (commas is True)) | (point_or_thousand & (points is False))
    point = cells.str.fullmatch(CLEARLY_POINT)
    point |= (point_or_thousand & (points is True)) | (comma_or_thousand & (commas is False))
    plain = cells.mask(point, cells.str.replace(",", ""))
    plain = plain.mask(comma, cells.str.replace(".", "").str.replace(",", "."))
    either = comma_or_thousand | point_or_thousand
    return pd.to_numeric(plain.where((plain != "") & ~(either & ~comma & ~point)), errors="coerce").astype(float)


def _nearer_as_thousands(values: pd.Series, cells: pd.Series, either: pd.Series, maximum: float | None) -> pd.Series:
    """Which of `either`, cells like 2.900 read as decimals, would be nearer to the other values as thousands."""
    as_thousand = cells.where(either, "").str.replace("[.,]", "", regex=True)
    as_thousand = pd.to_numeric(as_thousand, errors="coerce").astype(float)
    if cells.str.fullmatch(r"(?:0|\d{4,})[.,]\d{3}").any():  # three decimals are the habit of this column
        return pd.Series(False, cells.index)
    middle = values[~either & (values > 0)].median()
    decimal = either & (values.abs() < as_thousand.abs()) & (as_thousand <= (maximum or float("inf")))
    return decimal & (as_thousand.abs() * values.abs() < middle**2)


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


def days_of(cells: pd.Series) -> pd.Series:
    """Cells of dates without the time of day, whose zone changes no day: the day is that of the place."""
    return cells.str.replace(TIME_OF_DAY, "", regex=True)


@once_each
def has_time(cells: pd.Series) -> pd.Series:
    """Which cells of dates have a time of day other than midnight."""
    times = cells.str.extract(TIME_OF_DAY)[0]
    return times.notna() & ~times.fillna("").str.fullmatch(MIDNIGHT)


@once_each
def dates(cells: pd.Series, shown: Notation) -> pd.Series:
    """Cells as dates, with or without a time of day; NaT for what is none.

    Where only numbers stand, days come first unless the table shows that its months do (of dates with points, those
    with points); where it shows both, a date that can be read both ways is none.
    """
    days = days_of(cells)
    parts = days.str.extract(f"^{DAY_OR_MONTH}$")
    dotted, day_is_first, month_is_first = parts[1].eq("."), parts[0].astype(float) > 12, parts[2].astype(float) > 12
    days_first = dotted.map({True: shown.dotted_day_first, False: shown.day_first})
    months_first = dotted.map({True: shown.dotted_month_first, False: shown.month_first})
    swapped = month_is_first | (months_first & ~day_is_first)
    day, month = parts[0].mask(swapped, parts[2]), parts[2].mask(swapped, parts[0])
    written = (parts[3] + "-" + month + "-" + day).mask(two_ways(days) & days_first & months_first)
    iso = days.str.extract(f"^{YEAR_FIRST}$")
    whole = iso[1].ne("") | days.str.len().eq(8)  # 20210605, and no shorter number
    written = written.fillna((iso[0] + "-" + iso[2] + "-" + iso[3]).where(whole))
    written = written.fillna(days[written.isna()].map(_with_named_month))
    return pd.to_datetime(written, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")


def _with_named_month(text: str) -> str | None:
    """A date with the name of its month ("05-Jul-2021", "5 Temmuz 2021") as 2021-7-05; None where it is none."""
    if not WITH_NAMED_MONTH.fullmatch(text):
        return None
    parts = [part for part in re.findall(r"\d+|[^\W\d_]+", folded(text)) if part not in ("st", "nd", "rd", "th", "of")]
    word, day, year = sorted(parts, key=lambda part: (part.isdecimal(), len(part))) if len(parts) == 3 else ("", "", "")
    if len(word) < 3 or word.isdecimal() or len(day) > 2 or not re.fullmatch(YEAR, year):
        return None
    bare = unicodedata.normalize("NFKD", word.replace("ı", "i")).encode("ascii", "ignore").decode()
    months = [number for number, names in enumerate(MONTHS, 1) if any(name.startswith(bare) for name in names.split())]
    return f"{year}-{months[0]}-{day}" if len(months) == 1 else None


@once_each
def two_ways(cells: pd.Series) -> pd.Series:
    """Which cells are dates in numbers whose day and month could change places."""
    parts = days_of(cells).str.extract(f"^{DAY_OR_MONTH}$")[[0, 2]].astype(float)
    return (parts.max(axis=1) <= 12) & (parts[0] != parts[2])


def excel_date(text: str, since: pd.Timestamp = EXCEL_EPOCH) -> str:
    """The date that a number is to Excel ("44562" is 2022-01-01), "" where it is none.

    `since`: day 0 of the workbook, 1904-01-01 in some.
    """
    count = re.fullmatch(EXCEL_DAYS, text)
    return (since + pd.Timedelta(days=int(count[1]))).date().isoformat() if count else ""


def as_count(day: str, since: pd.Timestamp = EXCEL_EPOCH) -> int | None:
    """The number that Excel shows as a date where a cell has a date format; None for what is no date."""
    return (pd.Timestamp(day) - since).days if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else None


def spss_date(text: str) -> str:
    """The date that a number of seconds is to SPSS ("13814668800" is 2020-07-21), "" where it is none."""
    is_count = re.fullmatch(SPSS_SECONDS, text)
    return (SPSS_EPOCH + timedelta(seconds=int(text))).date().isoformat() if is_count else ""
