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
        self.selected, self.process, self.index = selected, None, Path()
        self.make, self.cancel, self.open = (
            widgets.Button(description=words, layout=full_width())
            for words in ("Make the report of this selection", "Cancel the report", "Open the report")
        )
        self.progress = widgets.IntProgress(min=0, max=1, layout=full_width())
        self.message = widgets.HTML()
        self.make.on_click(lambda _: self._start())
        self.cancel.on_click(lambda _: self.end())
        self.open.on_click(lambda _: webbrowser.open(self.index.as_uri()))
        self._show(making=False, made=False)
        self.panel = widgets.VBox([self.make, self.progress, self.cancel, self.message, self.open])
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
        self.progress.value = 0
        self._say("")
        self._show(making=True, made=False)
        words = f"The report is ready: {study.selection or 'all courses'}."
        threading.Thread(target=self._follow, args=(self.process, out / "index.html", words), daemon=True).start()

    def _follow(self, process: subprocess.Popen, index: Path, words: str) -> None:
        """Show the progress of the command, and in the end what became of it."""
        with process:  # waits for its end
            lines = list(filter(None, map(self._count, process.stdout or ())))
        made = process.returncode == 0
        self.process, self.index = None, index if made else self.index
        atexit.unregister(self.end)
        self._say(words if made else " ".join(lines))
        self._show(making=False, made=made)

    def _count(self, line: str) -> str:
        """Take the progress from a line, or give back one that says something else, save warnings."""
        if progress := PROGRESS.match(line):
            self.progress.value, self.progress.max = map(int, progress.groups())
        return "" if progress or line.startswith("Warning: ") else line.strip()

    def _say(self, words: str) -> None:
        self.message.value = str(escape(words))

    def _show(self, making: bool, made: bool) -> None:
        self.make.disabled = making
        for part, shown in ((self.progress, making), (self.cancel, making), (self.open, made)):
            part.layout.display = "" if shown else "none"


def _folder_name(study: Study) -> str:
    """The data and the filters as the name of a folder: "clinic.xlsx-treatments-CSA-MTX-age_max-6"."""
    arguments = study.rules.changed | study.selection.arguments
    words = [study.source, *(str(part) for pair in arguments.items() for part in pair)]
    return re.sub(r"[^\w.]+", "-", "-".join(words))
