"""From a clinic's files to a checked study: read, rename, check, derive."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from adreport import rules
from adreport.checks import key_faults, missing_columns, typed
from adreport.courses import is_rescue, with_lines, with_other_treatments, with_outcomes
from adreport.digests import data_checksum
from adreport.faults import ERROR, DataFault, Fault
from adreport.mapping import check_mapping, mapped
from adreport.organ_classes import with_organ_classes
from adreport.privacy import personal_data
from adreport.readers import REQUIRED_TABLES, RawTable, read_tables
from adreport.response import response_scale
from adreport.settings import beside, read_settings, read_yaml
from adreport.study import Study
from adreport.times import with_ages, with_times


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


def examine(path: Path) -> Examination:
    """Read a data set and find all its faults.

    Raises ParameterFault for a study.yml or mapping.yml that means nothing. Files that cannot be
    read at all are an examination without a study.
    """
    settings, mapping = read_settings(path), read_yaml(beside(path, "mapping.yml"))
    check_mapping(mapping)
    scale = response_scale(settings.pop("response", None))
    try:
        raw = {name: mapped(table, mapping) for name, table in read_tables(path, mapping.get("tables", {})).items()}
    except DataFault as unreadable:
        return Examination(None, unreadable.faults)
    if empty := [raw[name] for name in REQUIRED_TABLES if raw[name].cells.empty]:
        return Examination(None, [Fault(table.file, "has no rows", "Fill it in.", table.sheet) for table in empty])
    if missing := [fault for table in raw.values() for fault in missing_columns(table)]:
        return Examination(None, missing)
    tables, faults = {}, []
    for name, table in raw.items():
        tables[name], found = typed(table, scale)
        faults += [*found, *personal_data(table)]
    tables["patients"] = with_ages(tables["patients"], settings.get("data_lock_date"))
    tables["courses"] = with_times(tables["courses"], tables["patients"], settings.get("data_lock_date"))
    faults += [*key_faults(raw), *_rule_faults(tables, raw, settings)]
    faults = [_as_in_file(fault, raw) for fault in faults]
    faults.sort(key=lambda fault: (fault.severity, fault.file, fault.sheet, fault.row or 0))
    if any(fault.severity == ERROR for fault in faults):
        return Examination(None, faults)
    recorded = raw["side_effects"].given
    named = {"source": path.resolve().name, "checksum": data_checksum(path)}
    study = _study(tables, scale, faults, recorded, **named, **settings)
    return Examination(study, faults)


def _as_in_file(fault: Fault, raw: dict[str, RawTable]) -> Fault:
    """A fault with its columns named as the file names them."""
    for table in raw.values():
        here = (table.file, table.sheet) == (fault.file, fault.sheet) and fault.row in table.cells.index
        if here:
            names = [name for name in fault.column.split(", ") if name]
            if names and all(name in table.cells for name in names):
                return replace(fault, column=", ".join(table.heads.get(name, name) for name in names))
    return fault


def _rule_faults(tables: dict[str, pd.DataFrame], raw: dict[str, RawTable], settings: dict) -> list[Fault]:
    courses = tables["courses"].assign(rescue=is_rescue(tables["courses"]))
    lock = settings.get("data_lock_date")
    return rules.faults(rules.Records(tables["patients"], courses, tables["side_effects"], raw, lock))


def _study(tables: dict[str, pd.DataFrame], scale, faults: list[Fault], recorded: bool, **settings) -> Study:
    events = with_organ_classes(tables["side_effects"].reset_index(drop=True))
    events = with_other_treatments(events, tables["courses"])
    courses = tables["courses"].drop(columns=["birth_date", "age_at_data_lock_years", "start", "end"])
    courses = with_outcomes(courses.sort_values(["patient_id", "course"]), events, scale)
    rescue = is_rescue(courses)
    return Study(
        patients=tables["patients"].sort_values("patient_id", ignore_index=True),
        courses=with_lines(courses[~rescue]),
        rescue_courses=courses[rescue].reset_index(drop=True),
        side_effects=events,
        response=scale,
        warnings=tuple(faults),
        side_effects_recorded=recorded,
        **settings,
    )
