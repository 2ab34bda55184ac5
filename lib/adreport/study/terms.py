"""Free text of the data: one term however it is typed, shown as it is written most often."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pandas as pd

from adreport.study.dictionary import MANY_WORDS, TABLES, columns, folded, is_invisible

SEPARATOR = ";"
NOT_GROUPED = ("dose_unit",)  # has readings of its own
PUNCTUATION, MEANT = ("Po", "Pd"), "\"'%&#@/\\‰′″°"  # of any script; what may belong to a term
AT_THE_ENDS = " " + "".join(
    sign for sign in map(chr, range(0x10000)) if unicodedata.category(sign) in PUNCTUATION and sign not in MEANT
)
QUOTED = re.compile(
    """(["“”„«»‹›「」『』])([^"“”„«»‹›「」『』]*)["“”„«»‹›「」『』]|(['‘’‚])([^'‘’‚]*)['‘’]"""
    r"|([(（\[])([^()（）\[\]]*)[)）\]]"
)
SPACED = re.compile(r" ?([-/]) ?|(?<=\() | (?=\))")


@lru_cache(MANY_WORDS)
def key(text: str) -> str:
    """What terms that differ only in case, spaces, Unicode form and punctuation at their ends have in common."""
    return SPACED.sub(r"\1", _bare(folded(text)))


def one_spelling(texts: Iterable[str]) -> dict[str, str]:
    """Each text with the spelling that its term has most often; of spellings as common, the first."""
    numbers = Counter(texts)
    keys = {text: key(text) for text in numbers}
    spellings: dict[str, Counter[str]] = {}
    for text, number in numbers.items():
        spellings.setdefault(keys[text], Counter())[_tidied(text)] += number
    commonest = {term: counter.most_common(1)[0][0] for term, counter in spellings.items()}
    return {text: commonest[term] for text, term in keys.items()}


def unified(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables, every column of free text and of lists with one spelling a term."""
    return {name: table.assign(**_columns(name, table)) if name in TABLES else table for name, table in tables.items()}


def unified_terms(texts: pd.Series) -> pd.Series:
    """Texts with one spelling a term."""
    return texts.map(one_spelling(texts.dropna().tolist()), na_action="ignore")


def items(cell: str) -> list[str]:
    """The items of a list in a cell."""
    return [item for part in cell.split(SEPARATOR) if (item := part.strip())]


def _columns(name: str, table: pd.DataFrame) -> dict[str, pd.Series]:
    kinds = {column: described.type for column, described in columns(name).items() if column not in NOT_GROUPED}
    unify = {"text": unified_terms, "list": _unified_lists}
    return {
        column: unify[kind](table[column])
        for column, kind in kinds.items() if kind in unify and column in table and table[column].notna().any()
    }  # fmt: skip


def _unified_lists(cells: pd.Series) -> pd.Series:
    lists = cells.dropna().map(items)
    spelling = one_spelling([item for found in lists for item in found])
    joined = lists.map(lambda found: SEPARATOR.join(dict.fromkeys(spelling[item] for item in found)))
    return joined.reindex(cells.index)


def _tidied(text: str) -> str:
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    visible = "".join(letter for letter in plain if not is_invisible(letter))
    return _bare(visible) or visible


def _bare(text: str) -> str:
    """A text without punctuation at its ends, or quotation marks or brackets around the whole of it."""
    bare = text.strip(AT_THE_ENDS)
    quoted = QUOTED.fullmatch(bare)
    return quoted[quoted.lastindex].strip(AT_THE_ENDS) if quoted else bare
