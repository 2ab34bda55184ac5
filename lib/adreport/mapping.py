"""Columns and values under other names: `mapping.yml` beside the data, applied or drafted.

tables: {hastalar: patients}              # files or sheets
columns:
  patients: {HastaNo: patient_id, Cinsiyet: sex}
values:
  patients:
    sex: {E: male, K: female}
"""

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from adreport import dictionary
from adreport.dictionary import TABLES
from adreport.faults import ParameterFault, nearest
from adreport.readers.raw import RawTable, plain_title

LIKELY = 0.8  # how alike a column's name must be to be proposed; below it, the user decides


def check_mapping(mapping: Mapping) -> None:
    """Raise ParameterFault for a part, table or column of a mapping that means nothing."""
    for part in mapping:
        _known(part, ("tables", "columns", "values"), "mapping.yml")
    for table in mapping.get("tables", {}).values():
        _known(table, TABLES, "mapping.yml, tables")
    for part in ("columns", "values"):
        for table, names in mapping.get(part, {}).items():
            _known(table, TABLES, f"mapping.yml, {part}")
            for name in names.values() if part == "columns" else names:
                _known(name, list(dictionary.columns(table)), f"mapping.yml, {part} of {table}")


def mapped(table: RawTable, mapping: Mapping) -> RawTable:
    """A raw table under the names of the dictionary."""
    columns = {str(theirs): ours for theirs, ours in mapping.get("columns", {}).get(table.name, {}).items()}
    for head in table.cells.columns:  # in which case or with which spaces a name is written does not matter
        if plain_title(head) in dictionary.columns(table.name) and plain_title(head) not in table.cells:
            columns.setdefault(head, plain_title(head))
    cells = table.cells.rename(columns=columns)
    for name, values in mapping.get("values", {}).get(table.name, {}).items():
        if name in cells:
            theirs = {str(value): _text(code) for value, code in values.items()}
            cells = cells.assign(**{name: cells[name].map(lambda value, theirs=theirs: theirs.get(value, value))})
    return replace(table, cells=cells)


def draft(raw: Mapping[str, RawTable]) -> dict:
    """A mapping that fits names, labels and synonyms; what is already right is left out."""
    columns = {name: _columns(table) for name, table in raw.items()}
    values = {name: _values(table, columns[name]) for name, table in raw.items()}
    return {
        part: {name: found for name, found in tables.items() if found}
        for part, tables in (("columns", columns), ("values", values))
    }


def _columns(table: RawTable) -> dict[str, str]:
    """For each column under another name, the one it most likely is; each is proposed once."""
    ours = dictionary.columns(table.name)
    free = [name for name in ours if name not in table.cells]
    theirs = [head for head in table.cells.columns if head not in ours]
    likeness = {(head, name): _likeness(head, ours[name]) for head in theirs for name in free}
    found: dict[str, str] = {}
    for (head, name), likely in sorted(likeness.items(), key=lambda item: -item[1]):
        if likely >= LIKELY and head not in found and name not in found.values():
            found[head] = name
    return {head: found[head] for head in theirs if head in found}


def _values(table: RawTable, columns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """For each column with levels, the values that are synonyms of a level."""
    found = {}
    for head in table.cells.columns:
        name = columns.get(head, head)
        column = dictionary.columns(table.name).get(name)
        if column is not None and column.levels:
            words = [word for word in table.cells[head].unique() if word and word not in column.levels]
            known = {
                word: column.level_synonyms[word.casefold()]
                for word in words
                if word.casefold() in column.level_synonyms
            }
            found |= {name: known} if known else {}
    return found


def _likeness(head: str, column: dictionary.Column) -> float:
    names = (column.name, column.label, *column.synonyms)
    return max(SequenceMatcher(None, _plain(head), _plain(name)).ratio() for name in names)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _text(code) -> str:
    return {True: "yes", False: "no"}.get(code, str(code)) if isinstance(code, bool) else str(code)


def _known(word: str, words, where: str) -> None:
    if word not in words:
        raise ParameterFault(f"{where}: {word} means nothing here. {nearest(str(word), list(words))}")
