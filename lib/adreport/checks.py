"""Raw tables against the dictionary: which columns there are, and whether keys are unique and known."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from adreport import dictionary
from adreport.faults import WARNING, Fault
from adreport.mapping import DRAFT, likeliest
from adreport.readers import DELIMITED
from adreport.readers.delimited import is_guessed
from adreport.readers.raw import RawTable

KEYS = {"patients": ["patient_id"], "courses": ["patient_id", "course"]}

# What letters of DOS, Cyrillic, Greek or Japanese files become when they are read as Windows-1254: signs that no
# word of a language written in it holds, signs between two letters, and three foreign letters in a row.
LETTER = "A-Za-zÀ-ÖØ-öø-ÿĞğİıŞşŒœ"
MISREAD = re.compile(
    "(?<![\\d.])ª|[“‘‹•][¡¢¤¥¦¨©¬®¯°²³´¶·¸¹º»¼½¾™†‡‰›]"
    f"|[ŠšŸƒ˜ˆ¦¤¬¯¸¨]|(?<=[{LETTER}])[‚„]|[™†‡](?=[{LETTER}])|(?<=[{LETTER}])[“”†‰‹›•¡¢£¥§ª«®±¹º»¼½¾¿Œ](?=[{LETTER}])"
    "|[^\\W\\d_A-Za-zçğıöşüÇĞİÖŞÜ]{3}"
)


def unread_columns(table: RawTable) -> list[str]:
    """The columns that are none of the dictionary."""
    return [head for head in table.cells.columns if head not in dictionary.columns(table.name)]


def missing_columns(table: RawTable) -> Iterator[Fault]:
    """A fault for each required column that is not there, with the likeliest one that is."""
    for name, column in dictionary.columns(table.name).items():
        if column.required and name not in table.cells:
            others = unread_columns(table)
            likely = likeliest(column, others)
            hint = f"Is it {likely}?" if likely else f"There is: {', '.join(others) or 'nothing else'}."
            advice = f"{column.meaning}. {hint} {DRAFT}."
            yield Fault(table.file, f"the column {name} is missing", advice, table.sheet, table.head_row, name)


def overlooked_columns(table: RawTable) -> Iterator[Fault]:
    """A warning for each column that is not read though its name is like one that is not there."""
    for name, column in dictionary.columns(table.name).items():
        likely = "" if name in table.cells else likeliest(column, unread_columns(table))
        if likely:
            advice = f"{column.meaning}. If that is what it holds, say so in mapping.yml: {DRAFT}."
            rule = f"is not read; it may be {name}"
            yield Fault(table.file, rule, advice, table.sheet, table.head_row, likely, likely, WARNING)


def key_faults(raw: dict[str, RawTable]) -> Iterator[Fault]:
    """Duplicate keys, and rows whose patient or course does not exist."""
    for name, key in KEYS.items():
        cells = _keys(raw[name], key)
        filled = cells[(cells != "").all(axis=1)]
        for row in filled.index[filled.duplicated(key)]:
            first = filled.index[(filled == filled.loc[row]).all(axis=1)][0]
            advice = f"It stands in row {first} already; remove or renumber one of the two."
            yield Fault(raw[name].file, "occurs twice", advice, raw[name].sheet, row, *_key(filled, row))
    for child, parent in (("courses", "patients"), ("side_effects", "courses")):
        yield from _orphans(raw[child], raw[parent], KEYS[parent])


def _keys(table: RawTable, key: list[str]) -> pd.DataFrame:
    """The key columns as text, 1.0 and 01 read as the course 1."""
    cells = table.cells[key]
    if "course" in key:
        number = pd.to_numeric(cells["course"], errors="coerce")
        plain = number.map(lambda value: f"{value:g}", na_action="ignore")
        cells = cells.assign(course=plain.where(number.notna(), cells["course"]))
    return cells


def _key(cells: pd.DataFrame, row: int) -> tuple[str, str]:
    return ", ".join(cells.columns), " / ".join(cells.loc[row])


def _orphans(child: RawTable, parent: RawTable, key: list[str]) -> Iterator[Fault]:
    known = set(_keys(parent, key).itertuples(index=False, name=None))
    cells = _keys(child, key)
    by_bare = {_bare(patient): patient for patient, *_ in sorted(known, reverse=True)}
    for row, values in zip(cells.index, cells.itertuples(index=False, name=None), strict=True):
        if values not in known and all(values):
            where = parent.place if parent.place != child.place else parent.name
            advice = f"Add it to {where}, or correct it here.{_same_but_for_zeros(values[0], by_bare)}"
            yield Fault(child.file, f"is not in {where}", advice, child.sheet, int(row), *_key(cells, row))


def _same_but_for_zeros(patient: str, by_bare: dict[str, str]) -> str:
    """A hint where another spelling of the patient's number is there: 1, 1.0 and 001 are three patients."""
    close = by_bare.get(_bare(patient), patient)
    return f" There is {close}: is that the same patient?" if close != patient else ""


def _bare(identifier: str) -> str:
    return re.sub(r"\.0+$", "", identifier).lstrip("0 ").casefold().replace(" ", "").replace("-", "")


def misread_letters(data: Path, table: RawTable) -> Iterator[Fault]:
    """A warning for the first cell that shows that a text file's encoding was guessed wrongly, with how many do."""
    file = data / table.file if data.is_dir() else data
    if table.given and file.suffix.lower() in DELIMITED and is_guessed(file):
        heads = pd.DataFrame([table.cells.columns], [table.head_row], table.cells.columns)
        cells = pd.concat([heads, table.cells]).stack()
        if len(found := cells[cells.map(lambda text: bool(MISREAD.search(str(text))))]):
            (row, column), others = found.index[0], len(found) - 1
            more = f" (and {others} more in this file)" if others else ""
            rule = f"has letters that were probably misread: the file is not in UTF-8{more}"
            advice = "Open it in the program that it is from and save it as CSV UTF-8."
            yield Fault(table.file, rule, advice, "", int(row), column, found.iloc[0], WARNING)
