"""A report of what is selected, made aside from the main one while the panel stays in use."""

import re
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets
from markupsafe import escape

from adreport.explorer.controls import full_width
from adreport.study.faults import Refusal
from adreport.study.model import Study
from adreport.study.paths import REPORTS

FOLDER = REPORTS / "selections"


class Reporting:
    """A button that makes the report of the selection, its progress, and one that opens it."""

    def __init__(self, selected: Callable[[], Study | None]):
        self.selected = selected
        self.make = widgets.Button(description="Make the report of this selection", layout=full_width())
        self.open = widgets.Button(description="Open the report", layout=full_width())
        self.progress = widgets.IntProgress(min=0, max=1, layout=full_width())
        self.said = widgets.HTML()
        self.index: Path | None = None
        self.make.on_click(lambda _: self._start())
        self.open.on_click(lambda _: webbrowser.open(self.index.as_uri()))
        _hide(self.open, self.progress)
        self.panel = widgets.VBox([self.make, self.progress, self.said, self.open])

    def _start(self) -> None:
        study = self.selected()
        if study is None or study.path is None:
            self._say("Nothing is selected." if study is None else "This study was not read from a file.")
            return
        self.make.disabled = True
        self.progress.value, self.progress.layout.display = 0, ""
        _hide(self.open)
        threading.Thread(target=self._render, args=(study,), daemon=True).start()

    def _render(self, study: Study) -> None:
        from adreport.report.run import render

        out = FOLDER / _folder_name(study.selection.arguments)
        try:
            render(study.path, out, progress=self._count, **study.selection.arguments)
        except Refusal as refusal:
            self._say(str(refusal))
        else:
            self.index, self.open.layout.display = out / "index.html", ""
            self._say(f"The report is there: {study.selection or 'everything'}.")
        finally:
            self.make.disabled = False
            _hide(self.progress)

    def _count(self, done: int, pages: int) -> None:
        self.progress.max, self.progress.value = pages, done

    def _say(self, words: str) -> None:
        self.said.value = str(escape(words))


def _folder_name(arguments: dict[str, object]) -> str:
    """The filters as the name of a folder: "treatments-CSA-MTX-age_max-6"."""
    words = [str(part) for pair in arguments.items() for part in pair]
    return re.sub(r"[^\w.]+", "-", "-".join(words)) or "everything"


def _hide(*parts: widgets.Widget) -> None:
    for part in parts:
        part.layout.display = "none"
