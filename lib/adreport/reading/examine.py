"""From a clinic's files to a checked study: read, rename, check, derive."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from adreport.reading import checks
from adreport.reading.checks.cases import filled_down, without_odd_rows
from adreport.reading.checks.misplaced import by_cause, turned
from adreport.reading.checks.structure import (
    assumed_encodings,
    missing_columns,
    other_table,
    overlooked_columns,
    says_no_event,
    wide,
)
from adreport.reading.checks.unread import (
    cells_not_read,
    cells_read_otherwise,
    columns_not_read,
    doubled_columns,
    files_without_an_end,
    tables_not_read,
)
from adreport.reading.drafting import likeliest_tables
from adreport.reading.formats import (
    REQUIRED_TABLES,
    RawTable,
    read_everything,
    read_tables,
    unread_titles,
    unreadable_files,
)
from adreport.reading.mapping import mapped, read_mapping
from adreport.reading.other import with_texts
from adreport.reading.settings import data_checksum, read_settings
from adreport.reading.study_sheet import TITLE, TITLES, is_study_sheet, read_study_sheet
from adreport.reading.values import typed
from adreport.study.courses import is_rescue, with_outcomes
from adreport.study.description import DESCRIBED, Description
from adreport.study.dictionary import columns
from adreport.study.eras import Rules, joined, with_lines
from adreport.study.faults import ERROR, WARNING, DataFault, Fault
from adreport.study.model import Study
from adreport.study.paths import COHORT, DATA_VARIABLE, ROOT, located
from adreport.study.response import response_scale
from adreport.study.side_effects import with_organ_classes, with_other_treatments
from adreport.study.terms import unified
from adreport.study.times import DAYS_PER_YEAR, with_ages, with_onset_days, with_times

FEW = 3
_HANDED_OVER: dict[Path, Study] = {}


@dataclass(frozen=True)
class Examination:
    """What an examination of a data set found; `study` is None where errors keep one from being made."""

    study: Study | None
    faults: list[Fault]

    @property
    def errors(self) -> list[Fault]:
        """The faults that keep a report from being made."""
        return [fault for fault in self.faults if fault.severity == ERROR]

    @property
    def warnings(self) -> list[Fault]:
        """The faults that a report is made in spite of."""
        return [fault for fault in self.faults if fault.severity != ERROR]


def read_study(path: str | Path | None = None) -> Study:
    """Read and check a data set; raises DataFault with every error found.

    `path`: a folder or a file of a kind that `adreport.reading.formats` knows; without one, what `adreport lab`
    or `adreport app` was started for, else the published cohort. A relative path starts where one of these was started,
    else in the working folder. A `study.yml` beside the data
    may give `title`, `notice`, `data_lock_date`, `response` (a scale), `provenance` (which columns are
    published, constrained, synthetic) and `reproduces: published`; a `mapping.yml` other names.
    """
    given = path or os.environ.get(DATA_VARIABLE) or COHORT
    path = located(given)
    return replace(_read(path), given=COHORT.relative_to(ROOT).as_posix() if path == COHORT else str(given))


def hand_over(path: Path, study: Study) -> None:
    """Have `read_study` return this study of the data at an absolute path, while they are the same, without reading."""
    _HANDED_OVER[path] = study


def _read(path: Path) -> Study:
    if (study := _HANDED_OVER.get(path)) and study.checksum == data_checksum(path):
        return study
    examination = examine(path)
    if examination.study is None:
        raise DataFault(examination.errors)
    return examination.study


def examine(path: Path) -> Examination:
    """Read a data set and find all its faults.

    Raises ParameterFault for a study.yml or mapping.yml that means nothing. Files that cannot be
    read at all are an examination without a study.
    """
    mapping = read_mapping(path)
    names = mapping.get("tables", {})
    sheet = None if any(map(is_study_sheet, names)) else read_study_sheet(path)
    settings = read_settings(path, sheet or {})
    scale = response_scale(settings.pop("response", None))
    description = Description(**{name: settings.pop(name) for name in DESCRIBED if name in settings})
    try:
        raw = {name: mapped(table, mapping) for name, table in read_tables(path, mapping).items()}
        told = mapping if sheet is None else {**mapping, "tables": {**names, **dict.fromkeys(TITLES, TITLE)}}
        faults = list(overlooked_tables(path, raw["side_effects"].given, told))
    except DataFault as unreadable:
        return Examination(None, [*unreadable.faults, *wide_tables(path, mapping)])
    if unusable := _unusable(raw):
        return Examination(None, unusable)
    faults += _no_events_at_all(raw["side_effects"])
    faults += [*assumed_encodings(raw.values()), *files_without_an_end(raw.values())]
    for name in raw:
        for tidied in (without_odd_rows, filled_down, with_texts):
            raw[name], found = tidied(raw[name])
            faults += found
        faults += _unread(raw[name])
    read = raw | {"side_effects": replace(events := raw["side_effects"], cells=events.cells[~says_no_event(events)])}
    tables = {}
    for name, table in read.items():
        tables[name], found = typed(table, scale, read.values())
        faults += [*overlooked_columns(table), *found]
    lock = settings.get("data_lock_date")
    tables["patients"] = with_ages(tables["patients"], lock)
    tables["courses"] = with_times(tables["courses"], tables["patients"], lock)
    tables["side_effects"] = with_onset_days(tables["side_effects"], tables["courses"])
    faults += checks.faults(tables, raw, lock)
    faults += _patients_not_counted(description, len(tables["patients"]))
    faults = list(dict.fromkeys(_as_in_file(fault, raw) for fault in by_cause(_causes(faults, raw), raw)))
    faults.sort(key=lambda fault: (fault.severity, fault.file, fault.sheet, fault.row or 0))
    if any(fault.severity == ERROR for fault in faults):
        return Examination(None, faults)
    recorded = raw["side_effects"].given
    named = {"source": path.resolve().name, "checksum": data_checksum(path)}
    study = _study(unified(tables), scale, faults, recorded, description=description, **named, **settings)
    return Examination(study, faults)


def wide_tables(path: Path, mapping: Mapping) -> Iterator[Fault]:
    """A fault for each file or sheet with several courses in a row, where a table is missing."""
    try:
        everything = read_everything(path, mapping)
    except (DataFault, OSError):
        return
    for table in everything.values():
        yield from wide(table)


def overlooked_tables(path: Path, has_side_effects: bool, mapping: Mapping) -> Iterator[Fault]:
    """A warning for what is not read: where there are no side effects, for each table that may hold them."""
    titles = unread_titles(path, mapping)
    if not has_side_effects:
        for file, advice in unreadable_files(path, "side_effects").items():
            titles.pop(file, None)
            rule = "is not read; it may hold the side effects"
            yield Fault(file, rule, f"If it does, {advice}.", severity=WARNING)
        for title, name in likeliest_tables(read_everything(path, mapping)).items():
            if name == "side_effects":
                titles = {other: like for other, like in titles.items() if title not in (other, Path(other).stem)}
                advice = "If it does, say so in mapping.yml: `adreport map` drafts one."
                rule = f"{title} is not read; it may hold the side effects"
                yield Fault(path.name, rule, advice, severity=WARNING)
    yield from tables_not_read(path, titles)


def _no_events_at_all(table: RawTable) -> Iterator[Fault]:
    """A warning for a table of side effects without rows: it says that there were none."""
    if table.given and table.cells.empty:
        advice = "If side effects were not recorded, take the table out; if there were none, that is right."
        yield Fault(table.file, "has no rows: no patient had a side effect", advice, table.sheet, severity=WARNING)


def _patients_not_counted(description: Description, patients: int) -> Iterator[Fault]:
    """A warning where those assessed and not excluded are not as many as the data hold."""
    if description.left not in (None, patients):
        excluded = sum(description.excluded.values())
        rule = f"assessed {description.assessed} less {excluded} excluded leaves {description.left} patients"
        advice = f"The data hold {patients}: correct assessed or excluded, or the data."
        yield Fault("study", rule, advice, severity=WARNING)


def _unusable(raw: Mapping[str, RawTable]) -> list[Fault]:
    """What keeps the cells from being looked at: of turned tables, damage, tables without rows, exchanged tables and
    missing columns the first kind that there is.
    """
    if over := [fault for table in raw.values() for fault in turned(table)]:
        return over
    if damaged := [fault for table in raw.values() for fault in _damages(table)]:
        return list(dict.fromkeys(damaged))
    if empty := [raw[name] for name in REQUIRED_TABLES if raw[name].cells.empty]:
        return [Fault(table.file, "has no rows", "Fill it in.", table.sheet) for table in empty]
    if exchanged := [fault for table in raw.values() for fault in other_table(table)]:
        return exchanged
    return [fault for table in raw.values() for fault in missing_columns(table)]


def _damages(table: RawTable) -> Iterator[Fault]:
    """What keeps a table from being read as it is meant."""
    yield from (fault for fault in table.noticed if fault.severity == ERROR)
    yield from doubled_columns(table)


def _unread(table: RawTable) -> Iterator[Fault]:
    """What a table holds that is not read, or is read otherwise than it looks."""
    yield from table.noticed
    for findings in (columns_not_read, cells_not_read, cells_read_otherwise):
        yield from findings(table)


def _causes(faults: list[Fault], raw: Mapping[str, RawTable]) -> list[Fault]:
    """The faults with those of a row that has moved, by a cell too few or too many, as the one that says so."""
    few = [table for table in raw.values() if len(table.uneven) <= FEW]  # many are the habit of a program
    uneven = {(table.file, row) for table in few for row in table.uneven}
    moved = [fault for fault in faults if (fault.file, fault.row) in uneven]
    files = {fault.file for fault in moved if fault.column and fault.severity == ERROR}
    causes = [fault for fault in moved if not fault.column and fault.file in files]
    effects = {fault for fault in moved if fault.column and fault.file in files}
    rest = [fault for fault in faults if fault not in {*causes, *effects}]
    return [*(replace(fault, severity=ERROR) for fault in causes), *rest]


def _as_in_file(fault: Fault, raw: dict[str, RawTable]) -> Fault:
    """A fault with its columns named as the file names them."""
    for table in raw.values():
        here = (table.file, table.sheet) == (fault.file, fault.sheet) and fault.row in table.cells.index
        if here:
            names = [name for name in fault.column.split(", ") if name]
            if fault.column in table.written:
                fault = _as_written(fault, table)
            if names and all(name in table.cells for name in names):
                theirs = [table.heads.get(name, name) for name in names]
                row = table.rows[theirs[0]][fault.row] if theirs[0] in table.rows else fault.row
                return replace(fault, column=", ".join(theirs), row=int(row))
    return fault


def _as_written(fault: Fault, table: RawTable) -> Fault:
    """A fault in a column that was converted, with the value of the file and what it became."""
    unit = columns(table.name)[fault.column].unit
    rule = f"(that is {fault.value} {unit}) {fault.rule}" if fault.value else fault.rule
    return replace(fault, value=table.written[fault.column][fault.row], rule=rule)


def _study(tables: dict[str, pd.DataFrame], scale, faults: list[Fault], recorded: bool, **settings) -> Study:
    events = tables["side_effects"].drop(columns=["course_start", "dated_onset"])
    events = with_organ_classes(events.reset_index(drop=True))
    events = with_other_treatments(events, tables["courses"])
    courses = tables["courses"].assign(start_days=(tables["courses"]["start"] * DAYS_PER_YEAR).round())
    courses = courses.drop(columns=["birth_date", "age_at_data_lock_years", "start", "end"])
    courses = with_outcomes(courses.sort_values(["patient_id", "course"]), events, scale)
    courses, _ = joined(courses, events, Rules.join_gap_days)
    rescue = is_rescue(courses)
    return Study(
        patients=tables["patients"].sort_values("patient_id", ignore_index=True),
        courses=with_lines(courses[~rescue]),
        rescue_courses=courses[rescue].sort_values(["patient_id", "course"], ignore_index=True),
        side_effects=events,
        response=scale,
        warnings=tuple(faults),
        side_effects_recorded=recorded,
        **settings,
    )
