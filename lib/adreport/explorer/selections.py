"""Filters kept by name in a file, so that a view of the explorer can be opened again."""

from pathlib import Path
from typing import Any

import yaml

from adreport.reading.settings import read_yaml
from adreport.study.faults import ParameterFault
from adreport.study.filters import FILTERS

FILE = Path("selections.yml")  # beside the notebook; it holds filters and no data


def saved(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """The filters kept in the file, by name; raises ParameterFault where it holds something else."""
    found = read_yaml(file)
    for name, filters in found.items():
        if not isinstance(filters, dict) or set(filters) - {one.name for one in FILTERS}:
            raise ParameterFault(f"{file.name}: {name} must hold filters: {', '.join(one.name for one in FILTERS)}.")
    return found


def save(name: str, filters: dict[str, Any], file: Path = FILE) -> None:
    """Keep filters under a name, in place of those that had it."""
    if not name.strip():
        raise ParameterFault("Give the selection a name.")
    everything = saved(file) | {name.strip(): filters}
    file.write_text(yaml.safe_dump(everything, allow_unicode=True, sort_keys=False), encoding="utf-8", newline="\n")
