"""The data dictionary: what each column holds, in which unit, at which levels, in which order.

`data/dictionary.csv` and `data/treatments.csv` are the only places that state names, levels,
ranges and labels; everything else asks here.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache, lru_cache

from adreport.study.paths import table_rows

MANY_WORDS = 50_000  # whose plain form is remembered; a file has few that differ, and each many times
TABLES = ("patients", "courses", "side_effects")


@dataclass(frozen=True)
class Column:
    """One column of one table.

    `levels` maps code to label in the order that counts. `synonyms` and `level_synonyms` (from what a
    clinic may have written to code) serve to draft a mapping; they are never applied unasked. `groups` and `letters`
    (of discontinuation reasons) map a level to the group it belongs to and to its letter in pictures.
    """

    table: str
    name: str
    type: str
    unit: str
    levels: dict[str, str]
    minimum: float | None
    maximum: float | None
    required: bool
    label: str
    meaning: str
    synonyms: tuple[str, ...] = ()
    level_synonyms: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)

    @property
    def axis_label(self) -> str:
        """The label with its unit, as an axis or a table head shows it."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def level_words(self) -> set[str]:
        """Every code, label and synonym of a level, folded."""
        return {folded(word) for level in self.levels.items() for word in level} | {*self.level_synonyms}


@dataclass(frozen=True)
class Treatment:
    """One treatment as `data/treatments.csv` describes it."""

    code: str
    abbreviation: str
    label: str
    drug_class: str
    dose_unit: str
    synonyms: tuple[str, ...]
    dose_range: tuple[float, float] | None
    dose_source: str
    usual_range: tuple[float, float] | None
    usual_source: str
    licensed_from_years: float | None
    licence_source: str
    colour: str


@cache
def columns(table: str) -> dict[str, Column]:
    """The columns of a table by name, in the order of the dictionary."""
    return {row["column"]: _column(row) for row in table_rows("dictionary.csv") if row["table"] == table}


@cache
def derived(table: str) -> list[dict[str, str]]:
    """The columns that reading adds to a table: table, column, type, unit and meaning of each."""
    return [row for row in table_rows("derived.csv") if row["table"] == table]


@cache
def treatments() -> dict[str, Treatment]:
    """Every treatment by its code, in the order in which reports list them."""
    return {row["treatment"]: _treatment(row) for row in table_rows("treatments.csv")}


def treatment_code(text: str) -> str | None:
    """The code of a treatment given by code, abbreviation, label, synonym or trade name, in any case."""
    return _treatment_names().get(_plain(text))


def dose_unit(text: str) -> str:
    """A unit of doses as treatments.csv writes it (mg/kg/day for mg/kg/d); another as it is."""
    return _dose_units().get(_plain_unit(text), text)


def treatment_names() -> list[str]:
    """Every name by which a treatment is understood, for suggesting the nearest."""
    return list(_treatment_names())


def variable_label(variable: str) -> str:
    """The label of a column, or of a figure derived from columns, by its name in the results."""
    for table in TABLES:
        if variable in columns(table):
            return columns(table)[variable].label
    return DERIVED.get(variable, variable.replace("_", " ").capitalize())


def level_label(variable: str, level: str) -> str:
    """The label of a level: from the dictionary, or the data's own words with a capital."""
    if variable == "treatment" and level in treatments():
        return treatments()[level].label
    return levels(variable).get(level) or level[:1].upper() + level[1:]


def levels(variable: str) -> dict[str, str]:
    """The levels of a column of any table, code to label in order; {} for a column without levels."""
    return next((columns(table)[variable].levels for table in TABLES if variable in columns(table)), {})


def abbreviations(codes: Collection[str]) -> str:
    """What the abbreviations of treatments stand for: "CSA: cyclosporine; MTX: methotrexate."; "" without any."""
    words = [f"{one.abbreviation}: {one.label.lower()}" for code, one in treatments().items() if code in codes]
    return f"{'; '.join(words)}." if words else ""


def treatment_in_words(code: str) -> str:
    """A treatment's label within a sentence."""
    return treatments()[code].label[:1].lower() + treatments()[code].label[1:]


@lru_cache(MANY_WORDS)
def folded(text: str) -> str:
    """Text in lower case with single spaces: one word however it is typed.

    A Turkish capital (KADIN, İYİ) is the same as its small letter, a letter with its mark apart (NFD) the same as one
    letter, a dash or an apostrophe as Word sets it the same as that of the keyboard; what cannot be seen is left out.
    """
    if not (text.isascii() and text.isprintable()) or "`" in text:
        plain = unicodedata.normalize("NFKC", text.translate(AS_TYPED)).casefold().replace("i\u0307", "i")
        text = "".join(letter for letter in plain if not is_invisible(letter))
    return " ".join(text.casefold().split())


def is_invisible(letter: str) -> bool:
    """Whether a character shows nothing: zero width, a direction, a variation selector, a filler, a control code."""
    kind = unicodedata.category(letter)
    return (
        kind == "Cf" or (kind == "Cc" and not letter.isspace()) or letter in FILLERS or "\ufe00" <= letter <= "\ufe0f"
    )


DASHES = "‐‑‒–—−"
APOSTROPHES = "’‘ʼ´`′‛"
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# The capital of ı is I; lower case of İ is i with a dot of its own.
AS_TYPED = str.maketrans("ı" + DASHES + APOSTROPHES, "i" + "-" * len(DASHES) + "'" * len(APOSTROPHES))
UNIT_WORD = re.compile(r"[^\W\d]+(?=\.?$)")
PERIODS = {
    "d": "day", "days": "day", "daily": "day", "gün": "day", "tag": "day", "w": "week", "wk": "week", "wks": "week",
    "weeks": "week", "hafta": "week", "woche": "week", "wochen": "week", "mo": "month", "months": "month",
    "ay": "month", "monat": "month", "kilogram": "kg",
}  # fmt: skip
DERIVED = {
    "effective": "Overall effectiveness",
    "significant": "Significant response",
    "duration_months": "Duration",
    "line": "Line of therapy",
}


def _column(row: dict[str, str]) -> Column:
    levels, level_synonyms = {}, {}
    for part in filter(None, row["levels"].split(";")):
        code, _, words = part.partition("=")
        levels[code], *others = words.split("|")
        level_synonyms |= dict.fromkeys(map(folded, others), code)
    return Column(
        row["table"], row["column"], row["type"], row["unit"], levels,
        _number(row["minimum"]), _number(row["maximum"]), row["required"] == "yes",
        row["label"], row["meaning"], _words(row["synonyms"]), level_synonyms,
        {level: group for group, members in _pairs(row["groups"]) for level in members.split("|")},
        dict(_pairs(row["letters"])),
    )  # fmt: skip


def _pairs(text: str) -> list[tuple[str, str]]:
    """The parts of "a=x;b=y"."""
    return [(code, words) for code, _, words in (part.partition("=") for part in _words(text))]


def _treatment(row: dict[str, str]) -> Treatment:
    return Treatment(
        row["treatment"], row["abbreviation"], row["label"], row["class"], row["dose_unit"], _words(row["synonyms"]),
        _range(row, "dose_minimum", "dose_maximum"), row["dose_source"],
        _range(row, "usual_from", "usual_to"), row["usual_source"],
        _number(row["licensed_from_years"]), row["licence_source"], row["colour"],
    )  # fmt: skip


def _range(row: dict[str, str], low: str, high: str) -> tuple[float, float] | None:
    ends = _number(row[low]), _number(row[high])
    return None if None in ends else ends


def _number(text: str) -> float | None:
    return float(text) if text else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


@cache
def _treatment_names() -> dict[str, str]:
    return {
        _plain(name): code
        for code, treatment in treatments().items()
        for name in (code, treatment.abbreviation, treatment.label, *treatment.synonyms)
    }


@cache
def _dose_units() -> dict[str, str]:
    return {_plain_unit(treatment.dose_unit): treatment.dose_unit for treatment in treatments().values()}


def _plain_unit(text: str) -> str:
    """mg/kg/wk, mg / kg / week and MG/kg/weeks alike."""
    parts = folded(text).replace(" per ", "/").replace("²", "2").replace(" ", "").split("/")
    return "/".join(UNIT_WORD.sub(lambda word: PERIODS.get(word[0], word[0]), part) for part in parts)


def _plain(text: str) -> str:
    """Lower case, with runs of spaces, hyphens and underscores read as one space."""
    return " ".join(folded(text).replace("-", " ").replace("_", " ").split())
