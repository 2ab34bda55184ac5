"""Which column of ours a heading names: by whole words, by its unit, and by what its cells hold."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby

import pandas as pd

from adreport.reading import notation
from adreport.reading.formats.raw import RawTable
from adreport.study import dictionary
from adreport.study.dictionary import Column, folded
from adreport.study.times import DAYS_PER_MONTH, DAYS_PER_YEAR

# Columns that may come in another unit, with what makes it ours.
CONVERSIONS = {
    "duration_weeks": ("duration_days", 7),
    "duration_months": ("duration_days", DAYS_PER_MONTH),
    "duration_years": ("duration_days", DAYS_PER_YEAR),
    "onset_age_years": ("onset_age_months", 12),
    "onset_age_weeks": ("onset_age_months", 7 / DAYS_PER_MONTH),
    "onset_age_days": ("onset_age_months", 1 / DAYS_PER_MONTH),
    "delay_to_systemic_weeks": ("delay_to_systemic_months", 7 / DAYS_PER_MONTH),
    "delay_to_systemic_days": ("delay_to_systemic_months", 1 / DAYS_PER_MONTH),
    "delay_to_systemic_years": ("delay_to_systemic_months", 12),
    "age_at_start_months": ("age_at_start_years", 1 / 12),
    "age_at_data_lock_months": ("age_at_data_lock_years", 1 / 12),
    "remission_days": ("remission_months", 1 / DAYS_PER_MONTH),
    "remission_weeks": ("remission_months", 7 / DAYS_PER_MONTH),
    "remission_years": ("remission_months", 12),
    "onset_weeks": ("onset_day", 7),
    "onset_months": ("onset_day", DAYS_PER_MONTH),
    "onset_years": ("onset_day", DAYS_PER_YEAR),
    "weight_grams": ("weight_kg", 0.001),
    "weight_pounds": ("weight_kg", 0.45359237),
}
UNITS = {
    "days": "day;days;d;gün;tag;tage;tagen",
    "weeks": "week;weeks;wk;wks;w;hafta;woche;wochen",
    "months": "month;months;mo;mos;mth;mths;ay;monat;monate;monaten",
    "years": "year;years;yr;yrs;y;yıl;jahr;jahre;jahren",
    "kg": "kg;kgs;kilogram;kilograms;kilo",
    "mg/day": "mg day;mg d;mg daily;mg gün;mg tag;milligram day",
    "IU/ml": "iu ml;iu milliliter;ie ml;ku l;kiu l;kua l",  # a kilounit in a litre is a unit in a millilitre
    "PGA": "pga",
    "pounds": "lb;lbs;pound;pounds",
    "grams": "g;gr;gram;grams",
    # Units of nothing of ours: a heading that names one is another column.
    "hours": "hour;hours;hr;hrs;min;minutes;saat;stunden",
    "quarters": "quarter;quarters",
    "milligrams": "mg;µg;ug;mcg",
    "other amounts": "g day;µg day;mg kg;mg kg day;mg week;mg month;mg m2;iu l;u l;ng ml;ng l;µg l;mg l;mg dl;g l",
    "cm": "cm;mm;inch;inches",
}
LEAST_LETTERS = 4  # of a word for a slip in it to be forgiven, the other having more
LEAST_ALIKE = 0.83
EXACT, REORDERED = 1.0, 0.95
# What a heading may say besides: filling words, and which table it is in.
FILLERS = frozenset({"of", "the", "at", "in", "for", "per", "a", "an", "s"})
OF_A_TABLE = {
    "patients": frozenset({"patient", "patients", "hasta"}),
    "courses": frozenset({"course", "treatment", "therapy", "drug", "tedavi"}),
    "side_effects": frozenset({"ae", "adverse", "event", "side", "effect"}),
}

FIGURE = r"[-+<>≤≥~]?\s?\d+(?:[.,]\d+)*(?:\s?[^\W\d][^\d]{0,11})?"
DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\D.*)?|(?:19|20)\d{6}|\d{1,2}[. -]*[^\W\d]{3,10}[. ,-]*\d{2,4}"
SERIAL_DATE = notation.EXCEL_DAYS
CODE = r"-?\d{1,2}"
WORDS = r".*[^\W\d_].*"
# For each type of column what a cell of it looks like, and what it cannot be though it looks so.
LOOKS = {
    "number": (FIGURE, DATE),
    "integer": (r"\d{1,5}(?:[.,]0+)?|[^\d]{1,20}\d{1,3}", DATE),
    "date": (f"{DATE}|{SERIAL_DATE}", ""),
    "text": (WORDS, DATE),
    "list": (WORDS, DATE),
    "treatment": (f"{WORDS}|{CODE}", DATE),
    "level": (f"{WORDS}|{CODE}|[-+]", DATE),
    "ordered": (f"{WORDS}|{CODE}", DATE),
    "identifier": (r".*\w.*", r"\d+[.,]\d+"),
}
MORE_LEVELS = 5  # that a clinic may have than we


@dataclass(frozen=True)
class Heading:
    """The words of a heading, folded, and the unit that it names (one of UNITS; "" for none)."""

    words: tuple[str, ...]
    unit: str

    @property
    def joined(self) -> str:
        """The words without what stands between them."""
        return "".join(self.words)


def named_with_unit(head: str, table: str) -> str:
    """The column of ours of which a heading is the label, or the name, with its unit: "Weight (kg)"; "" for none."""
    heading = heading_of(head)
    for name, column, names in _targets(table) if heading.unit else ():
        ours = {one.joined for one in names[:2] if _unit(name, column) == heading.unit}
        if heading.joined in ours:
            return name
    return ""


def proposals(table: RawTable) -> dict[str, str]:
    """For each heading that is none of ours the column it most likely is, a column once.

    A heading must hold all words of a name, label or synonym of the column, and no others but those that tell the
    table; a unit that it names must be that of the column, or one that can be converted. Its cells must fit.
    """
    ours = dictionary.columns(table.name)
    present = {CONVERSIONS.get(head, (head,))[0] for head in table.cells}
    converted = {name for name, (base, _) in CONVERSIONS.items() if base in ours}
    theirs = [head for head in table.cells if head not in ours and head not in converted]
    alike = [
        (likeness, head, name)
        for head in theirs
        if _has_a_known_word(heading_of(head), table.name)
        for name, column, names in _targets(table.name)
        if CONVERSIONS.get(name, (name,))[0] not in present
        if (likeness := _likeness(heading_of(head), name, column, names))
        if fits(table.cells[head], column)
    ]
    proposed: dict[str, str] = {}
    taken: set[str] = set()
    for _, head, name in sorted(alike, key=lambda one: (-one[0], one[2] in CONVERSIONS)):
        base = CONVERSIONS.get(name, (name,))[0]
        if head not in proposed and base not in taken:
            proposed[head] = name
            taken.add(base)
    return {head: proposed[head] for head in theirs if head in proposed}


def question_of_unit(head: str, name: str) -> str:
    """What to ask where a heading names no unit of a column that may come in several; "" else."""
    others = [other for other, (ours, _) in CONVERSIONS.items() if ours == name]
    if not others or heading_of(head).unit:
        return ""
    table = next(table for table in dictionary.TABLES if name in dictionary.columns(table))
    unit = dictionary.columns(table)[name].unit
    return f"Is it in {unit}? If it is in {' or '.join(map(_ending, others))}, it is {' or '.join(others)}."


def fits(cells: pd.Series, column: Column) -> bool:
    """Whether cells, more than half of those that tell something, can be of a column."""
    filled = cells[(cells != "") & ~notation.not_known(cells)]
    if filled.empty:
        return True
    like, unlike = LOOKS[column.type]
    looks = filled.str.fullmatch(like) & ~filled.str.fullmatch(unlike)
    if looks.mean() <= 0.5:
        return False
    if column.levels:
        return _can_be_levels(filled, column)
    if column.type in ("number", "integer") and column.maximum is not None:
        numbers = pd.to_numeric(filled.str.replace(",", "."), errors="coerce").dropna()
        return numbers.empty or (column.minimum or 0) <= numbers.median() <= column.maximum
    return True


def _can_be_levels(filled: pd.Series, column: Column) -> bool:
    distinct = set(filled.map(folded))
    if distinct & {*map(folded, column.levels), *column.level_synonyms}:
        return True
    return len(distinct) <= len(column.levels) + MORE_LEVELS


@cache
def heading_of(head: str) -> Heading:
    """A heading taken apart; what it says in brackets of its values (0-2, m/f, 1 = yes) is left out."""
    bracket = re.fullmatch(r"(.*?\S)\s*[(\[{]\s*(.*?)\s*[)\]}]\W*", head)
    if bracket and (unit := _unit_of(_words(bracket[2]))):
        return Heading(_without_unit(_words(bracket[1]))[0], unit)
    remark = bracket and re.search(r"[\d=/|;]", bracket[2])
    return Heading(*_without_unit(_words(bracket[1] if remark else head)))


def _without_unit(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Words without the unit at their end, if others stand before it, and the unit."""
    unit = ""
    for length in (3, 2, 1):
        while len(words) > length and (found := _unit_of(words[-length:])):
            words, unit = words[:-length], unit or found
    return words, unit


def _words(text: str) -> tuple[str, ...]:
    apart = re.sub(r"(?<=[^\W\d_A-ZÇĞİÖŞÜ]{2})(?=[A-ZÇĞİÖŞÜ])", " ", text)  # HastaNo, but not IgE
    words = re.findall(r"[^\W_]+", folded(apart).replace("μ", "µ"))
    return tuple(word for word in words if word not in FILLERS) or tuple(words)


def _unit_of(words: tuple[str, ...]) -> str:
    return _units().get(" ".join(words), "")


@cache
def _units() -> dict[str, str]:
    return {folded(form): unit for unit, forms in UNITS.items() for form in forms.split(";")}


@cache
def _targets(table: str) -> tuple[tuple[str, Column, tuple[Heading, ...]], ...]:
    """What a heading can be of a table: each column, also in another unit, with its name, label and synonyms."""
    ours = dictionary.columns(table)
    converted = [(name, ours[base]) for name, (base, _) in CONVERSIONS.items() if base in ours]
    return tuple(
        (name, column, tuple(map(heading_of, (column.name, column.label, *column.synonyms))))
        for name, column in [*ours.items(), *converted]
    )


def _has_a_known_word(heading: Heading, table: str) -> bool:
    """Whether a heading can be of any column at all: a sheet can have 16,384 that cannot."""
    joined, words = _vocabulary(table)
    return heading.joined in joined or any(
        _same(word, other) for word in heading.words for other in words.get(word[:1], ())
    )


@cache
def _vocabulary(table: str) -> tuple[frozenset[str], dict[str, list[str]]]:
    """What headings of a table are, joined, and their words by the first letter."""
    names = [name for _, _, names in _targets(table) for name in names]
    words = sorted({word for name in names for word in name.words})
    return frozenset(name.joined for name in names), {
        letter: list(same) for letter, same in groupby(words, key=lambda word: word[:1])
    }


def _unit(name: str, column: Column) -> str:
    """The unit of a column, or of its name in another unit."""
    return _ending(name) if name in CONVERSIONS else column.unit


def _ending(name: str) -> str:
    return name.rsplit("_", 1)[1]


def _likeness(heading: Heading, name: str, column: Column, names: tuple[Heading, ...]) -> float:
    if heading.unit != _unit(name, column) and (heading.unit or name in CONVERSIONS):
        return 0.0  # alike in all but the unit is a trap
    return max(_alike(heading, one, column.table, number < 2) for number, one in enumerate(names))


def _alike(heading: Heading, name: Heading, table: str, of_ours: bool) -> float:
    if heading.joined == name.joined:
        return EXACT
    rest, likeness = list(heading.words), 1.0
    for word in name.words:
        same, nearest = max(((_same(word, other), other) for other in rest), default=(0.0, ""))
        if not same:
            return 0.0
        likeness = min(likeness, same)
        rest.remove(nearest)
    more = set(rest) <= OF_A_TABLE[table] and (of_ours or len(name.words) > 1)
    return REORDERED * likeness if more or not rest else 0.0


@cache
def _same(word: str, other: str) -> float:
    """How alike two words are: 1 for the same, or for one and several; 0 for different ones."""
    if word == other or (min(len(word), len(other)) > 3 and word.rstrip("s") == other.rstrip("s")):
        return EXACT
    shorter, longer = sorted(map(len, (word, other)))
    if shorter < LEAST_LETTERS or longer == LEAST_LETTERS or word[0] != other[0]:
        return 0.0
    ratio = SequenceMatcher(None, word, other).ratio()
    return ratio if ratio >= LEAST_ALIKE else 0.0
