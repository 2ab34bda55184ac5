"""Numbers as a reader sees them: the only place that rounds."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from adreport.stats.tests import FEWEST, SIGNIFICANT

FIGURE_SPACE = "\u2007"
NOTHING = "–"
NOT_RECORDED = "?"
NONE = "none"  # in words; in numbers it is 0
SIGNS = {NOTHING: "not estimable, or does not apply", NOT_RECORDED: "not recorded"}
MINUS = "−"
MOST_DECIMALS = 9
NOISE = 1e-9  # of arithmetic


def rounded(value: float, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """A number rounded half up, as SPSS prints it; the value is taken at 12 significant digits.

    Twelve digits keep 9.25 from turning into 9.249999999999998 on its way through a division.
    """
    return Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-decimals), rounding=rounding)


def truncated(value: float, decimals: int) -> Decimal:
    """A number cut off after its decimals."""
    return rounded(value, decimals, ROUND_DOWN)


def number(value: float, decimals: int = 1) -> str:
    """A number with fixed decimals; a dash where there is none."""
    return NOTHING if math.isnan(value) else f"{rounded(value, decimals):,}"


def recorded(value: float, decimals: int = 1) -> str:
    """A number of the data; its own sign where it was not recorded."""
    return NOT_RECORDED if math.isnan(value) else number(value, decimals)


def legend(cells: Iterable[str], footnotes: Iterable[str]) -> list[str]:
    """What the signs among cells mean, as a footnote, unless the footnotes say it already."""
    shown, said = {cell.strip(FIGURE_SPACE) for cell in cells}, " ".join(footnotes)
    meanings = [f"{sign}: {meaning}" for sign, meaning in SIGNS.items() if sign in shown and f"{sign}: " not in said]
    return [f"{'; '.join(meanings)}."] if meanings else []


def whole(value: float) -> str:
    """A count."""
    return number(value, 0)


def percent(proportion: float, decimals: int = 1) -> str:
    """A proportion in percent, without the sign; 0 and 100 are none and all: 1 of 300 is <1, 299 of 300 >99."""
    if math.isnan(proportion):
        return NOTHING
    shown, least = rounded(100 * proportion, decimals), Decimal(1).scaleb(-decimals)
    if shown == 0 and proportion > NOISE:
        return f"<{least}"
    return f">{100 - least}" if shown == 100 and proportion < 1 - NOISE else str(shown)


def p_value(p: float) -> str:
    """A p-value with two decimals from 0.1, with three below, never as zero or one; more where it would read as 0.05.

    A sentence says "differ" of 0.0498, and 0.050 beside it would contradict it.
    """
    if math.isnan(p):
        return NOTHING
    if p < 0.001:
        return "<0.001"
    if p > 0.99:
        return ">0.99"
    digits = range(2 if p >= 0.1 else 3, MOST_DECIMALS)
    limit = Decimal(str(SIGNIFICANT))
    return str(next((shown for d in digits if (shown := rounded(p, d)) != limit), rounded(p, 3)))


def p_as_printed(p: float) -> str:
    """A p-value with the three decimals of the published tables, to be set beside them."""
    return NOTHING if math.isnan(p) else "<0.001" if p < 0.0005 else str(rounded(p, 3))


def p_phrase(p: float) -> str:
    """A p-value with its letter: p = 0.023, p < 0.001."""
    shown = p_value(p)
    sign, digits = (shown[0], shown[1:]) if shown[0] in "<>" else ("=", shown)
    return f"p {sign} {digits}"


def n_percent(n: float, total: float, fewest: int = FEWEST) -> str:
    """A count with its share: 23 (92.0); of fewer than `fewest` both counts alone: 3/4."""
    if not total:
        return whole(n)
    return f"{whole(n)} ({percent(n / total)})" if total >= fewest else f"{whole(n)}/{whole(total)}"


def interval(low: float, high: float, as_percent: bool = True, decimals: int = 1) -> str:
    """Two limits with an en dash between them."""
    show = _limit if as_percent else number
    return f"{show(low, decimals)}–{show(high, decimals)}" if not math.isnan(low) else NOTHING


def _limit(proportion: float, decimals: int) -> str:
    return number(100 * proportion, decimals)


def signed(value: float, decimals: int = 1) -> str:
    """A number that may be negative, with a true minus sign."""
    return number(value, decimals).replace("-", MINUS)


def points(difference: float) -> str:
    """A difference of two proportions in percentage points, without their name."""
    return signed(100 * difference)


def ratio(value: float) -> str:
    """A ratio: two decimals below 10, none from 100, three below 0.1, and a sign for infinity."""
    if math.isinf(value):
        return "∞"
    if 0 < value < 0.1:
        return number(value, 3)
    return number(value, 2 if value < 10 else 1 if value < 100 else 0)


def span(low: float, high: float, show: Callable[[float], str]) -> str:
    """Two limits that may be negative or infinite: "−3.1 to 8.0"."""
    return NOTHING if math.isnan(low) else f"{show(low)} to {show(high)}"


def listing(words: Iterable[str]) -> str:
    """Words as prose lists them: "a", "a and b", "a, b and c"."""
    words = list(words)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def counted(n: float, noun: str, plural: str = "") -> str:
    """A count with its noun in the right number: 1 course, 2 courses."""
    return f"{whole(n)} {noun if n == 1 else plural or noun + 's'}"


def agreeing(n: float, singular: str, plural: str) -> str:
    """The verb that goes with a count: 1 course was, 2 courses were."""
    return singular if n == 1 else plural


def share_in_words(n: float, total: float, noun: str, decimals: int = 1) -> str:
    """A count of a total, within a sentence, with its percentage where that is not small: 14 of 30 patients (46.7%)."""
    return f"{whole(n)} of {counted(total, noun)}{in_percent(n, total, decimals)}"


def in_percent(n: float, total: float, decimals: int = 1) -> str:
    """What follows a count of a total within a sentence: its percentage in brackets, "" of a small total."""
    return f" ({percent(n / total, decimals)}%)" if total >= FEWEST else ""


def aligned(texts: Sequence[str]) -> list[str]:
    """Texts of one column padded with figure spaces so that their numbers stand below each other.

    The first number is padded on its left; a number in brackets before the bracket; any other (the
    upper limit of an interval, a total) on its right. With tabular numerals, right alignment and
    equal decimals this aligns composite cells such as 3 (50.0), 2/12 and 8.9–53.2.
    """
    if not any(text[:1].isdigit() or text[:1] == "<" for text in texts):
        return list(texts)
    pieces = _longest([re.split(r"(\d[\d,]*(?:\.\d+)?)", text) for text in texts])
    widths = [max(map(len, column)) for column in zip(*pieces, strict=True)]
    return ["".join(_padded(row, widths)) for row in pieces]


def _longest(pieces: list[list[str]]) -> list[list[str]]:
    most = max(map(len, pieces), default=0)
    return [piece + [""] * (most - len(piece)) for piece in pieces]


def _padded(pieces: list[str], widths: list[int]) -> Iterator[str]:
    for position in range(0, len(pieces) - 1, 2):
        words, digits = pieces[position : position + 2]
        padding = FIGURE_SPACE * (widths[position + 1] - len(digits))
        if position == 0 or "(" in words:
            yield padding + words + digits
        else:
            yield words + digits + padding
    yield pieces[-1] if pieces else ""
