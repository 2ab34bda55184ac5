"""The sheet `study` of a workbook: what study.yml says of other data, an item and its value a row."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from adreport.reading.formats import excel
from adreport.reading.formats.raw import as_text, plain_title
from adreport.study.description import STATED
from adreport.study.dictionary import folded
from adreport.study.faults import ParameterFault, nearest
from adreport.study.languages import english_of, in_every_language
from adreport.study.response import SCALES

TITLE = "study"
LABELS = {
    "title": "Title", "notice": "Notice", "data_lock_date": "Data lock", "response": "Response scale",
    **{name: label for name, (label, _) in STATED.items()}, "assessed": "Assessed for eligibility",
}  # fmt: skip
TITLES = tuple(map(plain_title, in_every_language(TITLE)))
EXCLUDED = re.compile(rf"(?:{'|'.join(in_every_language('Excluded'))})\s*:\s*(.*)", re.IGNORECASE)
# What is often said of an item; the template offers it, and reads it in every language.
CHOICES = {
    "response": tuple(SCALES),
    "design": ("Retrospective, one centre", "Retrospective, several centres", "Prospective, one centre",
               "Prospective, several centres"),
    "setting": ("Tertiary paediatric dermatology unit", "Tertiary dermatology unit",
                "Dermatology department of a general hospital", "Dermatologist in private practice"),
    "data_source": ("Medical records", "Registry", "Case report forms of a study"),
    "rating": ("By the treating physician, at the end of each course", "By an independent physician, from the records"),
}  # fmt: skip


def read_study_sheet(data: Path) -> dict[str, Any] | None:
    """What the sheet says, by the names of study.yml; None where there is none, or one that holds something else.

    Raises ParameterFault with every row that means nothing.
    """
    rows = excel.sheet_rows(data, TITLES) if data.suffix.lower() in (".xlsx", ".xlsm") else []
    if not any(_name(as_text(cells[0])) for cells in rows if cells):
        return None
    settings: dict[str, Any] = {}
    faults = []
    for row, item, value in _filled(rows):
        criterion, name = EXCLUDED.fullmatch(item), _name(item)
        place = f"{data.name}, sheet {TITLE}, row {row}: “{item}”"
        if criterion and not criterion[1]:
            faults.append(f"{place} names no reason. Write it behind the colon.")
        elif criterion:
            settings.setdefault("excluded", {})[criterion[1].strip()] = _number(value)
        elif not name:
            faults.append(f"{place} means nothing here. {nearest(item, list(LABELS.values()))}")
        elif name in settings:
            faults.append(f"{place} stands twice. Keep one.")
        else:
            settings[name] = _valued(name, value)
    if faults:
        raise ParameterFault("\n".join(faults))
    return settings


def is_study_sheet(title: object) -> bool:
    """Whether a sheet of this title would be the one that describes the study."""
    return plain_title(str(title)) in TITLES


def _filled(rows: Sequence[Sequence]) -> Iterator[tuple[int, str, Any]]:
    """Row, item and value of each row in which both are filled."""
    for number, cells in enumerate(rows, 1):
        item, value = (as_text(cell) for cell in [*cells, "", ""][:2])
        if item and value and folded(item) not in map(folded, in_every_language("Item")):
            yield number, item, cells[1]


def _name(item: str) -> str:
    labels = ((one, name) for name, label in LABELS.items() for one in in_every_language(label))
    names = {folded(label): name for label, name in labels} | {name: name for name in LABELS}
    return names.get(folded(item), "")


def _valued(name: str, value: Any) -> Any:
    if name == "data_lock_date":
        return value.date() if isinstance(value, datetime) else as_text(value)
    if name == "assessed":
        return _number(value)
    return english_of(CHOICES.get(name, ())).get(folded(as_text(value)), as_text(value))


def _number(value: Any) -> Any:
    return int(as_text(value)) if as_text(value).isdecimal() else as_text(value)
