"""A REDCap export: one flat CSV, a row for each record, event and instance of an instrument.

Which fields are those of courses and of side effects is known by their names, labels, or the `mapping.yml` beside the
export. Where a row without a repeating instrument holds a treatment or a side effect (a repeating event, or a form
that repeats in one event only), it is read as a course or a side effect too. All other such rows are the patients.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from adreport.reading.formats import is_title
from adreport.reading.formats.delimited import Lines, delimited_lines
from adreport.reading.formats.raw import TWO_TABLES, RawTable, as_text, plain_title
from adreport.reading.formats.redcap_boxes import CHECKBOX, COMPLETE, UNKNOWN, joined_boxes, without_missing_codes
from adreport.reading.formats.redcap_events import contradictions, double_entries, numbered, one_row_each
from adreport.study.dictionary import TABLES, columns
from adreport.study.faults import DataFault, Fault

INSTRUMENT = ("redcap_repeat_instrument", "Repeat Instrument")
INSTANCE = ("redcap_repeat_instance", "Repeat Instance")
EVENT = ("redcap_event_name", "Event Name")
GROUP = ("redcap_data_access_group", "Data Access Group")  # the same in all rows of a record
DICTIONARY = "variable / field name"  # the first column of a project's data dictionary
BASE = "patients"  # rows without a repeating instrument are the patients
KEYS = {"courses": "treatment", "side_effects": "side_effect"}  # what makes a row one of these
# A field name is unique in a REDCap project, so the side effects' course has a name of its own there.
SIDE_EFFECT_COURSE = "side_effect_course"
TECHNICAL = re.compile(r"(redcap_)?survey[_ ](identifier|timestamp)|.+_timestamp", re.IGNORECASE)


@dataclass(frozen=True)
class Export:
    """An export: `flat` has every cell as a string, on the rows that a spreadsheet shows, its first column the record.

    `names`: for columns whose heading stands twice, that heading. `mapping`: what `mapping.yml` says. `lines`: those of
    the file.
    """

    file: str
    flat: pd.DataFrame
    names: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping = field(default_factory=dict)
    lines: Lines = field(default_factory=lambda: Lines([], "", True))

    @cached_property
    def instrument(self) -> pd.Series:
        """The repeating instrument of each row, "" without one."""
        return self._column(INSTRUMENT)

    @cached_property
    def event(self) -> pd.Series:
        """The event of each row, "" in a project without events."""
        return self._column(EVENT)

    @cached_property
    def instance(self) -> pd.Series:
        """The instance of each row, "" where nothing repeats."""
        return self._column(INSTANCE)

    def table_of(self, title: str) -> str:
        """The table of ours that an instrument or event of this title is, "" if none."""
        mapped = {plain_title(str(theirs)): ours for theirs, ours in self.mapping.get("tables", {}).items()}
        return mapped.get(plain_title(title)) or next((name for name in KEYS if is_title(title, name)), "")

    def ours(self, table: str) -> dict[str, str]:
        """For each column that is one of a table of ours, that one's name."""
        mapped = {str(theirs): ours for theirs, ours in self.mapping.get("columns", {}).get(table, {}).items()}
        boxes = [match["field"] for head in self.flat if (match := CHECKBOX.match(head))]
        heads = [*self.flat.columns[1:], *dict.fromkeys(boxes)]
        named = {head: mapped.get(head) or _field(table, self.names.get(head, head)) for head in heads}
        taken = set(mapped.values())
        return mapped | {head: ours for head, ours in named.items() if ours and (head in mapped or ours not in taken)}

    def rows_of(self, title: str) -> pd.Series:
        """Which rows are those of an instrument or a repeating event, or of the patients."""
        base = self.instrument == ""
        if title == BASE:
            return base
        rows = (self.instrument == title) | (base & (self.event == title))
        return rows | self.among_patients(self.table_of(title))

    def among_patients(self, table: str) -> pd.Series:
        """Which rows without a repeating instrument are courses or side effects; in their events two fields suffice."""
        base = self.instrument == ""
        ours = {head: name for head, name in self.ours(table).items() if head in self.flat} if table in KEYS else {}
        filled = self.flat[list(ours)] != ""
        keyed = base & filled[[head for head, name in ours.items() if name == KEYS[table]]].any(axis=1)
        return keyed | (base & self.event.isin(self.event[keyed]) & keyed.any() & (filled.sum(axis=1) > 1))

    def _column(self, heads: tuple[str, ...]) -> pd.Series:
        found = next((head for head in heads if head in self.flat), None)
        return pd.Series("", index=self.flat.index) if found is None else self.flat[found]


def titles(path: Path, mapping: Mapping) -> list[str]:
    """The repeating instruments of an export, and "patients"; raises DataFault when it is not such an export.

    A repeating event is one where the mapping says so, or nothing else holds the courses.
    """
    export = _export(path, mapping)
    base = export.instrument == ""
    present = [BASE] * int(base.any()) + list(dict.fromkeys(export.instrument[~base]))
    present += [event for event in dict.fromkeys(export.event[base]) if export.table_of(event)]
    present += [
        name for name in KEYS if name not in map(export.table_of, present) and export.among_patients(name).any()
    ]
    if "courses" not in map(export.table_of, present):
        present += dict.fromkeys(export.event[base & (export.instance != "") & (export.event != "")])
    return present


def read_several(path: Path, wanted: Mapping[str, str], mapping: Mapping) -> dict[str, RawTable]:
    """The tables of the wanted instruments of a flat export, raw or labelled."""
    export = _export(path, mapping)
    tables = {name: _table(export, title, name) for title, name in wanted.items()}
    noticed = (*double_entries(export.file, export.flat.iloc[:, 0]), *_unread_instruments(export, wanted))
    for name in list(tables)[:1]:
        tables[name] = replace(tables[name], noticed=(*noticed, *tables[name].noticed))
    return tables


def within(folder: Path) -> Path | None:
    """The REDCap export that a folder holds beside nothing but data dictionaries; None where there is no such file."""
    heads = {file: _heads(file) for file in _csv_files(folder)}
    others = [file for file, found in heads.items() if DICTIONARY not in found]
    markers = {head.casefold() for head in (*INSTRUMENT, *EVENT)}
    return others[0] if len(others) == 1 and markers & set(heads[others[0]]) else None


def dictionaries(folder: Path) -> list[Path]:
    """The data dictionaries of REDCap projects in a folder."""
    return [file for file in _csv_files(folder) if DICTIONARY in _heads(file)]


def _csv_files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.glob("*.csv")) if file.is_file() and not file.name.startswith((".", "~$"))]


def _heads(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", errors="replace") as opened:
        return [head.strip(' "\n').casefold() for head in re.split("[,;\t|]", opened.readline(100_000))]


def _export(path: Path, mapping: Mapping) -> Export:
    lines = delimited_lines(path)
    heads, *rows = lines.rows
    heads = [as_text(head) for head in heads]
    if not {*INSTRUMENT, *EVENT} & set(heads):
        rule = "holds one table, and is not a REDCap export with repeating instruments"
        raise DataFault([Fault(path.name, rule, TWO_TABLES)])
    times = Counter(heads)
    unique = [head if times[head] == 1 else f"{head} (column {place})" for place, head in enumerate(heads, 1)]
    flat = pd.DataFrame([row[: len(heads)] for row in rows], columns=unique, dtype=str).fillna("").map(as_text)
    flat.index += 2
    flat = without_missing_codes(flat[(flat != "").any(axis=1)], mapping)
    return Export(path.name, flat, dict(zip(unique, heads, strict=True)), mapping, lines)


def _table(export: Export, title: str, name: str) -> RawTable:
    """The rows of one instrument, with our columns by our names and other filled ones by theirs."""
    rows, noticed = _fields(export, title, name)
    gathered: dict[str, pd.Series] = {}
    if title == BASE:
        chosen = export.mapping.get("events", {}).get(name, {})
        ours = export.ours(name)
        noticed += (errors := contradictions(export.file, rows, ours, export.event, export.instance))
        rows, gathered, differing = one_row_each(export.file, rows, ours, export.event, chosen)
        noticed += [fault for fault in differing if fault.column not in {error.column for error in errors}]
    mapped = set(map(str, export.mapping.get("columns", {}).get(name, {})))
    named = {head: _field(name, head) for head in rows.columns[1:] if head not in mapped}
    named = {head: ours for head, ours in named.items() if ours} | {rows.columns[0]: "patient_id"}
    heads = {ours: head for head, ours in named.items()}
    cells = rows.rename(columns=named)
    if name == "courses" and "course" not in {*cells, *export.ours(name).values()}:
        starts = next(
            (rows[head] for head, ours in export.ours(name).items() if ours == "start_date" and head in rows), None
        )
        numbers, renumbered = numbered(export.file, rows.iloc[:, 0], export.event, export.instance, starts)
        cells, heads = cells.assign(course=numbers), heads | {"course": INSTANCE[INSTANCE[1] in export.flat]}
        noticed += renumbered
    return export.lines.of(RawTable(name, export.file, cells, heads=heads, rows=gathered, noticed=tuple(noticed)))


def _fields(export: Export, title: str, name: str) -> tuple[pd.DataFrame, list[Fault]]:
    """The rows of one instrument without the fields of the others, each field one column; and what is to be said.

    The flat file has the columns of the other instruments too, empty. Of two columns with one label (Start date) the
    filled one is read; two that are filled cannot be told apart.
    """
    rows = export.flat[export.rows_of(title)]
    rows, noticed = joined_boxes(export.file, rows, export.ours(name), export.mapping.get("values", {}).get(name, {}))
    filled = {head for head in rows if not rows[head].isin(["", UNKNOWN]).all()}
    names = {head: export.names.get(head, head) for head in rows}
    times = Counter(names[head] for head in filled)
    ours = export.ours(name)
    elsewhere = _read_elsewhere(export, name, rows)
    mapped = map(str, export.mapping.get("columns", {}).get(name, {}))
    kept, mapped = {rows.columns[0]}, set(mapped)
    for head in rows.columns[1:]:
        label = names[head]
        doubled = times[label] > 1 and head in filled and head not in mapped
        if doubled and head in ours and label not in {fault.column for fault in noticed}:
            rule = f"stands {times[label]} times as a column name, and {times[label]} of these columns are filled"
            noticed.append(Fault(export.file, rule, "Rename or remove all but one.", row=1, column=label, value=label))
        technical = (
            label in (*INSTRUMENT, *INSTANCE, *EVENT, *(GROUP if title != BASE else ()))
            or COMPLETE.fullmatch(label)
            or TECHNICAL.fullmatch(label)
        )
        needed = head in filled or (head in ours and label == head)
        if needed and (head in ours or not technical) and (head in ours or head not in elsewhere):
            kept.add(head)
    rows = rows[[head for head in rows if head in kept]]
    alone = {head: names[head] for head in rows if times[names[head]] <= 1}
    return rows.rename(columns=alone), noticed


def _read_elsewhere(export: Export, name: str, rows: pd.DataFrame) -> set[str]:
    """The columns that another table is read from the same rows, which have no repeating instrument."""
    base = rows[export.instrument[rows.index] == ""]
    read = {table for table in KEYS if export.among_patients(table).any()} | {BASE}
    if name not in read:
        return set()
    others = {head for table in read - {name} for head in export.ours(table) if head in rows}
    return {head for head in others if rows[head].drop(index=base.index).eq("").all()}


def _unread_instruments(export: Export, wanted: Mapping[str, str]) -> Iterator[Fault]:
    """An error for each row of an instrument that is not read but holds what only courses or side effects hold."""
    unread = ~export.instrument.isin(["", *wanted])
    for table in set(wanted.values()) & set(KEYS):
        for head, ours in export.ours(table).items():
            if ours == KEYS[table] and head in export.flat:
                for row, value in export.flat[head][unread & (export.flat[head] != "")].items():
                    rule = f"is in the instrument {export.instrument[row]}, which is not read as {table}"
                    advice = "Correct the name of the instrument, or give it in mapping.yml under tables."
                    yield Fault(export.file, rule, advice, row=row, column=head, value=value)


def _field(table: str, head: str) -> str:
    """The column of this table that a heading of the export stands for, "" if of none."""
    if table not in TABLES:
        return ""
    names = {column.name.casefold(): column.name for column in columns(table).values()}
    labels = {column.label.casefold(): column.name for column in columns(table).values()}
    if table == "side_effects":
        names, labels = names | {SIDE_EFFECT_COURSE: "course"}, labels | {"course of the side effect": "course"}
        del names["course"], labels["course"]
    return names.get(head.casefold()) or labels.get(head.casefold(), "")
