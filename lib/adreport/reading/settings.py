"""What is said of the study, in `study.yml` beside the data or on a sheet `study`; and the checksum of all of it."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from adreport.reading.study_sheet import TITLE, read_study_sheet
from adreport.reading.yaml_files import read_yaml, shown
from adreport.study.description import STATED
from adreport.study.dictionary import TABLES, columns
from adreport.study.faults import ParameterFault, nearest

KINDS = ("published", "constrained", "synthetic")
TYPES = {
    "title": (str, "words"),
    "notice": (str, "words"),
    "data_lock_date": (date, "a date as 2022-12-31"),
    "reproduces": (str, "the word published"),
    "provenance": (dict, "lists of table.column under published, constrained and synthetic"),
    "response": (dict | str, "levels, effective and significant, or the name of a scale"),
    **dict.fromkeys(STATED, (str, "words")),
    "assessed": (int, "a number of patients"),
    "excluded": (dict, "lines of criterion: number of patients"),
    "sharing": (dict, "threshold and rounding of a shareable report"),
}


def beside(data: Path, name: str) -> Path:
    """Where a file beside the data is: in the folder, or next to the one file that holds them."""
    return data / name if data.is_dir() else data.parent / name


def read_settings(data: Path, sheet: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What study.yml and the sheet `study` (None: yet to be read) set, checked; {} without either.

    Raises ParameterFault for what means nothing, and for what the two say differently.
    """
    file = read_yaml(beside(data, "study.yml"))
    sheet = read_study_sheet(data) or {} if sheet is None else sheet
    _check(file, "study.yml")
    _check(sheet, f"{data.name}, sheet {TITLE}")
    if differing := [name for name in file if name in sheet and file[name] != sheet[name]]:
        names = " and ".join(differing)
        raise ParameterFault(f"study.yml and the sheet {TITLE} give another {names} each. Take it out of one of them.")
    return {**sheet, **file}


def write_data_lock(data: Path, lock: date) -> Path | None:
    """Write the data lock into the study.yml beside the data, and return that file; None where it says so already.

    Raises ParameterFault where study.yml or the sheet `study` gives another date, or the file cannot be written.
    """
    file = beside(data, "study.yml")
    given = read_settings(data).get("data_lock_date")
    if given == lock or not data.exists():
        return None
    if given:
        raise ParameterFault(
            f"The data lock is given already, as {given}. Correct it in study.yml or on the sheet study."
        )
    _check({"data_lock_date": lock}, "--data-lock")
    try:
        text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
        line = f"data_lock_date: {lock}  # the day to which the data are complete\n"
        file.write_text(f"{text.rstrip()}\n{line}".lstrip(), encoding="utf-8")
    except OSError as error:
        raise ParameterFault(f"{file} cannot be written: {error.strerror}. Give data_lock_date in it.") from None
    return file


def _check(settings: Mapping[str, Any], place: str) -> None:
    for key, value in settings.items():
        if key not in TYPES:
            raise ParameterFault(f"{place}: {key} means nothing here. {nearest(str(key), list(TYPES))}")
        kind, words = TYPES[key]
        if not isinstance(value, kind):
            raise ParameterFault(f"{place}: {key} must be {words}, not {shown(value)}.")
    if (lock := settings.get("data_lock_date")) and lock > date.today():
        raise ParameterFault(f"{place}: data_lock_date {lock} is after today. Correct it.")
    if settings.get("reproduces", "published") != "published":
        raise ParameterFault(f"{place}: reproduces can only be published, or be left out.")
    numbers = {"assessed": settings.get("assessed", 0), **settings.get("excluded", {})}
    for name, number in numbers.items():
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise ParameterFault(f"{place}: {name} must be a number of patients, not {shown(number)}.")
    _check_provenance(settings.get("provenance", {}))


def file_digest(file: Path) -> str | None:
    """SHA-256 of a file's bytes; None where there is no file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def data_checksum(data: Path) -> str:
    """SHA-256 over the names and bytes of the data files and of the settings beside them."""
    folder = data.parent.glob("*.yml") if data.is_file() else data.glob("*")
    files = sorted({file for file in [*folder, data] if file.is_file()})
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file_digest(file)}\0".encode())
    return digest.hexdigest()


def _check_provenance(provenance: Mapping) -> None:
    """Raise ParameterFault for a column that is not one: it would stand unmarked on the pages."""
    known = {f"{table}.{name}" for table in TABLES for name in columns(table)} | {"study.data_lock_date"}
    for kind, names in provenance.items():
        if kind not in KINDS:
            raise ParameterFault(f"study.yml: provenance, {kind} means nothing here. {nearest(str(kind), KINDS)}")
        for name in names if isinstance(names, list) else [names]:
            if not isinstance(name, str) or name not in known:
                words = name if isinstance(name, str) else shown(name)
                raise ParameterFault(f"study.yml: provenance, {kind}: {words} is not a table.column.")
        if not isinstance(names, list):
            raise ParameterFault(f"study.yml: provenance, {kind} must be a list.")
