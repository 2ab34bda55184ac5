"""Filters kept by name in a file, and opened again."""

import ipywidgets as widgets
from markupsafe import escape

from adreport.explorer.controls import Controls, full_width
from adreport.explorer.selections import FILE, save, saved
from adreport.study.faults import ParameterFault


class Keeping:
    """Controls that keep the filters under a name, and set them as they were kept."""

    def __init__(self, controls: Controls, arguments):
        self.controls, self.arguments = controls, arguments
        self.name = widgets.Text(placeholder="name of this selection", description="Keep as", layout=full_width())
        self.keep = widgets.Button(description="Keep", layout=full_width())
        self.kept = widgets.Dropdown(options=_names(), description="Open", layout=full_width())
        self.said = widgets.HTML()
        self.keep.on_click(lambda _: self._save())
        self.kept.observe(lambda change: self._open(change["new"]), "value")
        title = widgets.HTML("<b>Kept selections</b>")
        self.panel = widgets.VBox([title, self.kept, widgets.HBox([self.name, self.keep]), self.said])

    def _save(self) -> None:
        try:
            save(self.name.value, self.arguments())
        except (ParameterFault, OSError) as fault:
            self._say(str(fault))
        else:
            self.kept.options = _names()
            self._say(f"Kept in {FILE}.")

    def _open(self, name: str) -> None:
        try:
            self.controls.set(saved().get(name, {}))
        except ParameterFault as fault:
            self._say(str(fault))

    def _say(self, words: str) -> None:
        self.said.value = str(escape(words))


def _names() -> list[tuple[str, str]]:
    try:
        return [("–", ""), *((name, name) for name in saved())]
    except ParameterFault:
        return [(f"{FILE} cannot be read", "")]
