"""The check: every rule about the rows of a data set, in one list.

Errors contradict themselves, and no report can be made; warnings are unlikely, and the report is made and shows them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from adreport.reading.checks import (
    codes,
    doubles,
    keys,
    other_units,
    plausibility,
    privacy,
    structure,
    terms,
    time,
    whole_columns,
)
from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study.courses import is_rescue
from adreport.study.faults import Fault

CELLS = "Error: a cell must hold what data/dictionary.csv says of its column: type, levels, range, if required."
SUBJECTS = (structure, keys, time, plausibility, other_units, codes, terms, doubles, whole_columns, privacy)
RULES: list[Rule] = [rule for subject in SUBJECTS for rule in subject.RULES]


def faults(
    tables: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable], data_lock_date: date | None
) -> Iterator[Fault]:
    """The faults of a data set by all rules; `tables`: as read and typed, on the rows of `raw`, with times derived."""
    rows = structure.with_no_events(tables, raw)
    rows["courses"] = tables["courses"].assign(rescue=is_rescue(tables["courses"]))
    rows = time.with_times_to_compare(rows, raw, data_lock_date)
    rows = plausibility.with_expected_values(keys.with_keys(rows, raw), raw)
    rows = other_units.with_units(rows, raw)
    rows = doubles.with_doubles(terms.with_terms(rows, raw), raw)
    rows = whole_columns.with_whole_columns(rows, raw)
    for rule in RULES:
        yield from rule.faults(rows[rule.table], raw[rule.table])


def rule_book() -> str:
    """All rules in words, one a line; the columns of a rule that is the same for several stand together."""
    columns: dict[str, dict[str, None]] = {}
    for rule in RULES:
        words = re.sub(r"\{(\w+).*?\}", lambda name: f"<{name[1].replace('_', ' ')}>", f"{rule.words}. {rule.advice}")
        columns.setdefault(f"{rule.severity.capitalize()}: {{}}: {words}", {})[f"{rule.table}.{rule.column}"] = None
    return "\n".join([CELLS, *(words.format("; ".join(names)) for words, names in columns.items())])
