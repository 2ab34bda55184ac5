"""Columns and values under other names: `mapping.yml` beside the data, read and applied.

tables: {hastalar: patients}              # files or sheets
columns:
  patients: {HastaNo: patient_id, Cinsiyet: sex}
  courses: {drug: treatment, drug_other: treatment_other}
values:
  patients:
    sex: {E: male, K: female}
  courses:
    treatment: {1: cyclosporine, 88: other}  # what 88 is, treatment_other says
missing: [9, 99, UNK]                     # codes that mean, in every column, that nothing is known
events:                                   # REDCap: first, last, or the event whose value is taken
  patients: {status_at_data_lock: last}
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from adreport.reading import notation
from adreport.reading.formats.raw import RawTable, plain_title
from adreport.reading.headings import CONVERSIONS, named_with_unit
from adreport.reading.other import text_columns
from adreport.reading.settings import beside
from adreport.reading.yaml_files import read_yaml
from adreport.study import dictionary, languages
from adreport.study.dictionary import TABLES, folded
from adreport.study.faults import WARNING, DataFault, Fault, ParameterFault, also_in, nearest
from adreport.study.response import as_written

DRAFT = "`adreport map` drafts a mapping.yml for other names"


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
                _known(
                    name,
                    [*dictionary.columns(table), *CONVERSIONS, *text_columns(table)],
                    f"mapping.yml, {part} of {table}",
                )


def mapped(table: RawTable, mapping: Mapping) -> RawTable:
    """A raw table under the names of the dictionary."""
    columns = {str(theirs): ours for theirs, ours in mapping.get("columns", {}).get(table.name, {}).items()}
    for head in table.cells.columns:  # in which case or with which spaces a name is written does not matter
        plain = plain_title(" ".join(head.split()))
        ours = (
            plain
            if plain in {*dictionary.columns(table.name), *text_columns(table.name)}
            else languages.column_by_head(table.name).get(folded(head)) or named_with_unit(head, table.name)
        )
        if ours and ours not in {*table.cells, *columns.values()}:
            columns.setdefault(head, ours)
    renamed = table.cells.rename(columns=columns)
    if twice := sorted(set(renamed.columns[renamed.columns.duplicated()])):
        rule, advice = "is what two columns are read as", "Rename or remove one of the two, or correct mapping.yml."
        raise DataFault([Fault(table.file, rule, advice, table.sheet, table.head_row, name, name) for name in twice])
    heads = table.heads | {ours: theirs for theirs, ours in columns.items() if theirs in table.cells}
    named = {*table.cells, *heads}
    heads |= {
        ours: heads.get(name, name)
        for name, (ours, _) in CONVERSIONS.items()
        if name in named and ours not in named and ours in dictionary.columns(table.name)
    }
    said = mapping.get("values", {}).get(table.name, {})
    as_told = _without_missing(renamed, table.name, mapping.get("missing", []), said)
    hidden = [*_hidden_answers(replace(table, cells=renamed, heads=heads), as_told)]
    renamed, cells = as_told, _converted(as_told, table.name)
    written = {CONVERSIONS[name][0]: renamed[name] for name in CONVERSIONS if name in renamed and name not in cells}
    texts = {text: name for text, name in text_columns(table.name).items() if text not in said}
    for name in cells:
        if values := said.get(texts.get(name, name)):
            theirs = {folded(as_written(value)): as_written(code) for value, code in values.items()}
            column = dictionary.columns(table.name).get(name)
            items = column is not None and column.type == "list"
            cells = cells.assign(**{name: cells[name].map(partial(_translated, theirs=theirs, items=items))})
    noticed = (*table.noticed, *hidden)
    return replace(table, cells=_in_english(cells, table.name), heads=heads, written=written, noticed=noticed)


def _in_english(cells: pd.DataFrame, table: str) -> pd.DataFrame:
    """Cells with the labels of the template's other languages as the English ones."""
    for name in cells.columns.intersection(list(dictionary.columns(table))):
        labels = languages.labels(table, name)
        values = {value: folded(value) for value in cells[name].unique()} if labels else {}
        if theirs := {value: labels[word] for value, word in values.items() if word in labels}:
            cells = cells.assign(**{name: cells[name].replace(theirs)})
    return cells


def _hidden_answers(table: RawTable, as_told: pd.DataFrame) -> Iterator[Fault]:
    """A warning for each column of which mapping.yml calls an answer (no, or the response 0) missing."""
    for name, column in dictionary.columns(table.name).items():
        if name in as_told and column.levels:
            cells = table.cells[name]
            hidden = cells[(cells != as_told[name]) & cells.map(folded).isin(column.level_words)]
            for value, found in hidden.groupby(hidden):
                rule = f"is an answer, and is left out: mapping.yml calls it missing{also_in(found.index[1:])}"
                advice = "If it is an answer here, take it out of missing, and name the columns under values instead."
                row = int(found.index[0])
                yield Fault(table.file, rule, advice, table.sheet, row, name, str(value), WARNING)


def _without_missing(cells: pd.DataFrame, table: str, codes: Iterable, said: Mapping[str, Mapping]) -> pd.DataFrame:
    """Cells without the codes that mean, in every column but keys, that nothing is known; before units are converted.

    A code that the values of a column (`said`) give a meaning keeps it.
    """
    missing = {folded(as_written(code)) for code in codes}
    kinds = {name: column.type for name, column in dictionary.columns(table).items()}
    others = {*CONVERSIONS, *text_columns(table)}
    held = [name for name in cells if kinds.get(name, "") not in ("", "identifier") or name in others]
    for name in held if missing else ():
        gaps = missing - {folded(as_written(value)) for value in said.get(name, {})}
        if name != "course":
            cells = cells.assign(**{name: cells[name].mask(cells[name].map(folded).isin(gaps), "")})
    return cells


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
            days = numbers.round() if ours.endswith(("_day", "_days")) else numbers.round(2)
            texts = days.map(lambda value: f"{value:g}" if abs(value) < 1e5 else str(value), na_action="ignore")
            cells = cells.rename(columns={theirs: ours}).assign(**{ours: texts.where(numbers.notna(), cells[theirs])})
    return cells


def _nested(part: Mapping) -> bool:
    return all(isinstance(names, dict) for names in part.values())


def _known(word: str, words, where: str) -> None:
    if not isinstance(word, str) or word not in words:
        raise ParameterFault(f"{where}: {word} means nothing here. {nearest(str(word), list(words))}")
