"""The words of the template in other languages, and what a filled one means: its heads, choices and titles.

`data/turkish.csv` gives the Turkish words for the English ones, which are those of the dictionary; another language is
another file and a line of LANGUAGES.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from adreport.study import dictionary
from adreport.study.dictionary import TABLES, Column, folded
from adreport.study.paths import table_rows
from adreport.study.response import SCALES

LANGUAGES = {"en": "", "tr": "turkish"}  # code of a language, and the file of data/ and its column with the words


@cache
def words(language: str) -> Mapping[str, str]:
    """The words of a language by the English ones."""
    name = LANGUAGES[language]
    return {row["english"]: row[name] for row in table_rows(f"{name}.csv")} if name else {}


def said(english: str, language: str) -> str:
    """An English word or sentence of ours in another language."""
    return words(language).get(english, english)


def head(column: Column, language: str) -> str:
    """The head of a column with its unit: "Weight (kg)"."""
    label = said(column.label, language)
    return f"{label} ({said(column.unit, language)})" if column.unit and column.type != "ordered" else label


@cache
def column_by_head(table: str) -> Mapping[str, str]:
    """The columns of a table by their heads in every language, folded."""
    columns = dictionary.columns(table).values()
    return {folded(head(column, language)): column.name for language in LANGUAGES for column in columns}


@cache
def table_by_title() -> Mapping[str, str]:
    """The tables by their titles in every language."""
    return {said(name, language): name for language in LANGUAGES for name in TABLES}


def in_every_language(english: str) -> list[str]:
    """An English word in every language, English first."""
    return [said(english, language) for language in LANGUAGES]


def english_of(choices: Iterable[str]) -> Mapping[str, str]:
    """Each of the choices by its word in every other language, folded."""
    choices = list(choices)
    return {folded(word): one for word, one in zip(words_for(choices), choices * (len(LANGUAGES) - 1), strict=True)}


def words_for(choices: Iterable[str]) -> list[str]:
    """The choices in every language but English."""
    return [said(one, language) for language in LANGUAGES if language != "en" for one in choices]


@cache
def labels(table: str, name: str) -> Mapping[str, str]:
    """The English labels of a column's levels by those of other languages, folded; of all scales for a response."""
    column = dictionary.columns(table)[name]
    levels = list(column.levels.values())
    if column.type == "ordered":
        levels += [label for scale in SCALES.values() if scale for label in scale["levels"].values()]
    return english_of(organ_classes() if name == "organ_class" else levels)


@cache
def organ_classes() -> tuple[str, ...]:
    """The organ classes of `data/organ_classes.csv`, in the order of the alphabet."""
    return tuple(sorted({row["organ_class"] for row in table_rows("organ_classes.csv")}))
