"""Filters that are kept in a file under a name, so that a view of the explorer can be opened again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import yaml
from markupsafe import escape

from adreport.explorer.controls import Controls, full_width
from adreport.reading.yaml_files import read_yaml
from adreport.study.faults import ParameterFault
from adreport.study.filters import FILTERS

FILE = Path("selections.yml")  # beside the notebook; it holds filters and no data


def saved(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """The filters kept in the file, by name; raises ParameterFault where it holds something else."""
    kept, names = read_yaml(file), [one.name for one in FILTERS]
    for name, filters in kept.items():
        if not isinstance(filters, dict) or set(filters) - set(names):
            raise ParameterFault(f"{file.name}: {name} must hold filters: {', '.join(names)}.")
    return kept


def save(name: str, filters: dict[str, Any], file: Path = FILE) -> None:
    """Keep filters under a name, in place of those that had it."""
    if not name.strip():
        raise ParameterFault("Give the selection a name.")
    everything = saved(file) | {name.strip(): filters}
    file.write_text(yaml.safe_dump(everything, allow_unicode=True, sort_keys=False), encoding="utf-8", newline="\n")


class Selections:
    """Keeps the filters under a name, and sets the controls to those that were kept."""

    def __init__(self, controls: Controls, arguments: Callable[[], dict[str, Any]]):
        self.controls, self.arguments = controls, arguments
        self.name = widgets.Text(placeholder="name of this selection", description="Save as", layout=full_width())
        self.keep = widgets.Button(description="Save", layout=full_width())
        self.kept = widgets.Dropdown(options=_names(), description="Open", layout=full_width())
        self.message = widgets.HTML()
        self.keep.on_click(lambda _: self._try(self._save))
        self.kept.observe(lambda change: self._try(lambda: self._open(change["new"])), "value")
        title = widgets.HTML("<b>Saved selections</b>")
        self.panel = widgets.VBox([title, self.kept, widgets.HBox([self.name, self.keep]), self.message])

    def _save(self) -> str:
        save(self.name.value, self.arguments())
        self.kept.options = _names()
        return f"Saved in {FILE}."

    def _open(self, name: str) -> str:
        if name:
            self.controls.set(saved()[name])
        return ""

    def _try(self, act: Callable[[], str]) -> None:
        """Do something, and say what was done or why it cannot be."""
        try:
            message = act()
        except (ParameterFault, OSError) as fault:
            message = str(fault)
        self.message.value = str(escape(message))


def _names() -> list[tuple[str, str]]:
    try:
        return [("–", ""), *((name, name) for name in saved())]
    except ParameterFault:
        return [(f"{FILE} cannot be read", "")]
