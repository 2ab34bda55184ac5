"""A report of what is selected, made by a command of its own while the panel stays in use."""

import atexit
import os
import re
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import ipywidgets as widgets
from markupsafe import escape

from adreport.explorer.controls import full_width
from adreport.report.parameters import report_options
from adreport.study.model import Study
from adreport.study.paths import FOLDER_VARIABLE, REPORTS

FOLDER = REPORTS / "selections"
PROGRESS = re.compile(r"Ran (\d+) of (\d+) notebooks")


class Reporting:
    """A button that makes the report of the selection, its progress, one that cancels it and one that opens it."""

    def __init__(self, selected: Callable[[], Study | None]):
        self.selected = selected
        self.make = widgets.Button(description="Make the report of this selection", layout=full_width())
        self.cancel = widgets.Button(description="Cancel the report", layout=full_width())
        self.open = widgets.Button(description="Open the report", layout=full_width())
        self.progress = widgets.IntProgress(min=0, max=1, layout=full_width())
        self.said = widgets.HTML()
        self.index, self.process = Path(), None
        self.make.on_click(lambda _: self._start())
        self.cancel.on_click(lambda _: self.end())
        self.open.on_click(lambda _: webbrowser.open(self.index.as_uri()))
        _show(self.make)
        _hide(self.cancel, self.progress, self.open)
        self.panel = widgets.VBox([self.make, self.progress, self.cancel, self.said, self.open])
        self.panel.observe(lambda change: change["new"] or self.end(), "comm")  # a closed panel wants no report

    def end(self) -> None:
        """Cancel the report that is being made."""
        if self.process:
            self.process.terminate()

    def _start(self) -> None:
        study = self.selected()
        if study is None or not study.given:
            self._say("Nothing is selected." if study is None else "This study was not read from a file.")
            return
        out = FOLDER / _folder_name(study)
        command = [sys.executable, "-P", "-m", "adreport.cli", "report", "--out", str(out), "--progress"]
        self.process = subprocess.Popen(
            [*command, *report_options(study)], cwd=os.environ.get(FOLDER_VARIABLE), text=True, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        atexit.register(self.end)
        self.said.value, self.progress.value, self.make.disabled = "", 0, True
        _hide(self.open)
        _show(self.progress, self.cancel)
        words = f"The report is there: {study.selection or 'everything'}."
        threading.Thread(target=self._follow, args=(self.process, out / "index.html", words), daemon=True).start()

    def _follow(self, process: subprocess.Popen, index: Path, words: str) -> None:
        """Show the progress of the command, and in the end what became of it."""
        with process:  # waits for its end
            lines = list(filter(None, map(self._count, process.stdout)))
        if process.returncode == 0:
            self.index = index
            self._say(words)
            _show(self.open)
        else:
            self._say(" ".join(map(str.strip, lines)))
        self.process, self.make.disabled = None, False
        atexit.unregister(self.end)
        _hide(self.progress, self.cancel)

    def _count(self, line: str) -> str:
        """Take the progress from a line, or give back one that says something else, save warnings."""
        if told := PROGRESS.match(line):
            self.progress.value, self.progress.max = map(int, told.groups())
        return "" if told or line.startswith("Warning: ") else line

    def _say(self, words: str) -> None:
        self.said.value = str(escape(words))


def _folder_name(study: Study) -> str:
    """The data and the filters as the name of a folder: "clinic.xlsx-treatments-CSA-MTX-age_max-6"."""
    arguments = study.rules.changed | study.selection.arguments
    words = [study.source, *(str(part) for pair in arguments.items() for part in pair)]
    return re.sub(r"[^\w.]+", "-", "-".join(words))


def _show(*parts: widgets.Widget) -> None:
    for part in parts:
        part.layout.display = ""


def _hide(*parts: widgets.Widget) -> None:
    for part in parts:
        part.layout.display = "none"
