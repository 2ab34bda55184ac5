"""A first mapping.yml for data under other names: which table, column and level each most likely is."""

from collections.abc import Mapping
from dataclasses import replace

from adreport.reading.formats import is_title
from adreport.reading.formats.raw import RawTable
from adreport.reading.headings import proposals
from adreport.study import dictionary
from adreport.study.dictionary import TABLES, folded

LEAST_FIT = 1.5  # columns of a table that must seem ours


def draft(everything: Mapping[str, RawTable]) -> dict:
    """A mapping that fits titles, names, labels and synonyms; what is already right is left out.

    `everything`: each table of the data set by its own title.
    """
    titles = likeliest_tables(everything)
    raw = {name: replace(everything[title], name=name) for title, name in titles.items()}
    columns = {name: proposals(table) for name, table in raw.items()}
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


def _fit(table: RawTable, name: str) -> float:
    """How many columns of a table seem to be ours; one that only this table of ours has counts more."""
    columns = dictionary.columns(name)
    found = {*proposals(replace(table, name=name)).values(), *(set(table.cells.columns) & set(columns))}
    return sum(0.5 if sum(one in dictionary.columns(table) for table in TABLES) > 1 else 1.0 for one in found)


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
