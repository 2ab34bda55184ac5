"""Columns and values under other names: `mapping.yml` beside the data, applied or drafted.

tables: {hastalar: patients}              # files or sheets
columns:
  patients: {HastaNo: patient_id, Cinsiyet: sex}
values:
  patients:
    sex: {E: male, K: female}
missing: [9, 99, UNK]                     # codes that mean, in every column, that nothing is known
events:                                   # REDCap: first, last, or the event whose value is taken
  patients: {status_at_data_lock: last}
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from adreport.reading import notation
from adreport.reading.formats import is_title
from adreport.reading.formats.raw import RawTable, plain_title
from adreport.reading.settings import beside
from adreport.reading.yaml_files import read_yaml
from adreport.study import dictionary
from adreport.study.dictionary import TABLES, folded
from adreport.study.faults import DataFault, Fault, ParameterFault, nearest
from adreport.study.response import as_written
from adreport.study.times import DAYS_PER_MONTH, DAYS_PER_YEAR

# Columns that may come in another unit, with what makes it ours.
CONVERSIONS = {
    "duration_weeks": ("duration_days", 7),
    "duration_months": ("duration_days", DAYS_PER_MONTH),
    "duration_years": ("duration_days", DAYS_PER_YEAR),
    "onset_age_years": ("onset_age_months", 12),
    "delay_to_systemic_years": ("delay_to_systemic_months", 12),
    "age_at_start_months": ("age_at_start_years", 1 / 12),
    "age_at_data_lock_months": ("age_at_data_lock_years", 1 / 12),
}
UNIT_WORDS = {
    "day": "days", "days": "days", "gün": "days", "week": "weeks", "weeks": "weeks", "mo": "months", "month": "months",
    "months": "months", "ay": "months", "yr": "years", "year": "years", "years": "years", "yıl": "years",
    "kg": "kg", "lb": "lb", "lbs": "lb",
}  # fmt: skip
DRAFT = "`adreport map` drafts a mapping.yml for other names"
LEAST_FIT = 1.5  # columns of a table that must seem ours
LIKELY = 0.8  # how alike a column's name must be to be proposed; below it, the user decides


def read_mapping(data: Path) -> dict:
    """What the mapping.yml beside the data says, checked; {} without one.

    Raises ParameterFault for a part, table or column of it that means nothing.
    """
    mapping = read_yaml(beside(data, "mapping.yml"))
    check_mapping(mapping)
    return mapping | {"tables": {as_written(title): name for title, name in mapping.get("tables", {}).items()}}


def check_mapping(mapping: Mapping) -> None:
    """Raise ParameterFault for a part, table or column of a mapping that means nothing."""
    for part in mapping:
        _known(part, ("tables", "columns", "values", "events", "missing"), "mapping.yml")
        if part == "missing":
            if not isinstance(mapping[part], list) or any(isinstance(code, list | dict) for code in mapping[part]):
                raise ParameterFault("mapping.yml: missing must be a list of codes, as [9, 99, UNK].")
        elif not isinstance(mapping[part], dict) or (part != "tables" and not _nested(mapping[part])):
            raise ParameterFault(f"mapping.yml: {part} must hold lines of name: name, by table.")
    for table in mapping.get("tables", {}).values():
        _known(table, TABLES, "mapping.yml, tables")
    for part in ("columns", "values", "events"):
        for table, names in mapping.get(part, {}).items():
            _known(table, TABLES, f"mapping.yml, {part}")
            for name, said in names.items():
                if part == "values" and not isinstance(said, dict):
                    raise ParameterFault(f"mapping.yml, values of {table}, {name}: must hold lines of theirs: ours.")
            for name in names.values() if part == "columns" else names:
                _known(name, [*dictionary.columns(table), *CONVERSIONS], f"mapping.yml, {part} of {table}")


def mapped(table: RawTable, mapping: Mapping) -> RawTable:
    """A raw table under the names of the dictionary."""
    columns = {str(theirs): ours for theirs, ours in mapping.get("columns", {}).get(table.name, {}).items()}
    for head in table.cells.columns:  # in which case or with which spaces a name is written does not matter
        plain = plain_title(" ".join(head.split()))
        if plain in dictionary.columns(table.name) and plain not in table.cells:
            columns.setdefault(head, plain)
    renamed = table.cells.rename(columns=columns)
    if twice := sorted(set(renamed.columns[renamed.columns.duplicated()])):
        rule, advice = "is what two columns are read as", "Rename or remove one of the two, or correct mapping.yml."
        raise DataFault([Fault(table.file, rule, advice, table.sheet, table.head_row, name, name) for name in twice])
    heads = table.heads | {ours: theirs for theirs, ours in columns.items() if theirs in table.cells}
    heads |= {CONVERSIONS[name][0]: heads.get(name, name) for name in CONVERSIONS if name in {*table.cells, *heads}}
    cells = _converted(renamed, table.name)
    written = {CONVERSIONS[name][0]: renamed[name] for name in CONVERSIONS if name in renamed and name not in cells}
    for name, values in mapping.get("values", {}).get(table.name, {}).items():
        if name in cells:
            theirs = {folded(as_written(value)): as_written(code) for value, code in values.items()}
            items = dictionary.columns(table.name)[name].type == "list"
            cells = cells.assign(**{name: cells[name].map(partial(_translated, theirs=theirs, items=items))})
    cells = _without_missing(cells, table.name, mapping.get("missing", []))
    return replace(table, cells=cells, heads=heads, written=written)


def _without_missing(cells: pd.DataFrame, table: str, codes: Iterable) -> pd.DataFrame:
    """Cells without the codes that mean, in every column but identifiers, that nothing is known."""
    missing = {folded(as_written(code)) for code in codes}
    kinds = {name: column.type for name, column in dictionary.columns(table).items()}
    held = [name for name in cells if name in kinds and kinds[name] != "identifier" and name != "course"]
    return cells.assign(**{name: cells[name].mask(cells[name].map(folded).isin(missing), "") for name in held})


def _translated(value: str, theirs: Mapping[str, str], items: bool) -> str:
    """A value by the mapping's name for it; of a list, each item."""
    parts = [part.strip() for part in value.split(";")] if items else [value]
    return ";".join(theirs.get(folded(part), part) for part in parts)


def _converted(cells: pd.DataFrame, table: str) -> pd.DataFrame:
    """Cells of which a column in another unit (duration_months) has become the dictionary's (duration_days).

    What is not a number stays as it is, for the check to find.
    """
    for theirs, (ours, factor) in CONVERSIONS.items():
        if theirs in cells and ours not in cells and ours in dictionary.columns(table):
            most = (dictionary.columns(table)[ours].maximum or np.inf) / factor
            numbers = notation.numbers(cells[theirs], notation.notation([cells[theirs]], []), most) * factor
            days = numbers.round() if ours.endswith("_days") else numbers.round(2)
            texts = days.map(lambda value: f"{value:g}" if abs(value) < 1e5 else str(value), na_action="ignore")
            cells = cells.rename(columns={theirs: ours}).assign(**{ours: texts.where(numbers.notna(), cells[theirs])})
    return cells


def draft(everything: Mapping[str, RawTable]) -> dict:
    """A mapping that fits titles, names, labels and synonyms; what is already right is left out.

    `everything`: each table of the data set by its own title.
    """
    titles = likeliest_tables(everything)
    raw = {name: replace(everything[title], name=name) for title, name in titles.items()}
    columns = {name: _columns(table) for name, table in raw.items()}
    parts = {
        "tables": {title: name for title, name in titles.items() if not is_title(title, name)},
        "columns": {name: found for name, found in columns.items() if found},
        "values": {name: found for name, table in raw.items() if (found := _values(table, columns[name]))},
    }
    return {part: found for part, found in parts.items() if found}


def likeliest_tables(everything: Mapping[str, RawTable]) -> dict[str, str]:
    """For each table of ours the title that most likely is it: by its title, else by its columns; title to table."""
    found = {title: name for name in TABLES for title in everything if is_title(title, name)}
    fits = {
        (title, name): _fit(table, name)
        for title, table in everything.items()
        for name in TABLES
        if title not in found and name not in found.values()
    }
    for (title, name), fit in sorted(fits.items(), key=lambda item: -item[1]):
        if fit >= LEAST_FIT and title not in found and name not in found.values():
            found[title] = name
    return found


def likeliest(column: dictionary.Column, heads: Iterable[str]) -> str:
    """The head that most likely is this column, "" where none is."""
    likeness = {head: _likeness(head, column) for head in heads}
    best = max(likeness, key=likeness.get, default="")
    return best if best and likeness[best] >= LIKELY else ""


def _fit(table: RawTable, name: str) -> float:
    """How many columns of a table seem to be ours; one that only this table of ours has counts more."""
    columns = dictionary.columns(name)
    found = {*_columns(replace(table, name=name)).values(), *(set(table.cells.columns) & set(columns))}
    return sum(0.5 if sum(one in dictionary.columns(table) for table in TABLES) > 1 else 1.0 for one in found)


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
            if "+" not in words:  # alone, a minus is a gap
                words = [word for word in words if word != "-"]
            known = {
                word: column.level_synonyms[folded(word)] for word in words if folded(word) in column.level_synonyms
            }
            found |= {name: known} if known else {}
    return found


def _likeness(head: str, column: dictionary.Column) -> float:
    units = {UNIT_WORDS[word] for word in re.split(r"[\W_]+", head.casefold()) if word in UNIT_WORDS}
    if units and column.unit not in units:
        return 0.0  # alike in all but the unit is a trap
    names = (column.name, column.label, *column.synonyms)
    return max(SequenceMatcher(None, _plain(head), _plain(name)).ratio() for name in names)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _nested(part: Mapping) -> bool:
    return all(isinstance(names, dict) for names in part.values())


def _known(word: str, words, where: str) -> None:
    if not isinstance(word, str) or word not in words:
        raise ParameterFault(f"{where}: {word} means nothing here. {nearest(str(word), list(words))}")
