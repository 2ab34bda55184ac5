"""What the start page works on: a copy of the chosen files in a folder of its own, what was found in it, its report."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from adreport.reading.checks.time import NO_LOCK
from adreport.reading.draft_file import proposed
from adreport.reading.examine import Examination, examine
from adreport.reading.findings import as_written, findings_html, summary, write_page
from adreport.reading.formats import FORMATS
from adreport.reading.marked import write_marked
from adreport.reading.settings import beside, write_data_lock
from adreport.study.faults import Fault, ParameterFault

REPORT = (sys.executable, "-P", "-m", "adreport.cli", "report")
SETTINGS = ("study.yml", "mapping.yml")
PROGRESS = re.compile(r"Ran (\d+) of (\d+) notebooks")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Found:
    """What a check found, for the page: words and HTML; whether a report can be made; what is asked.

    `lock`: the date that is proposed as data lock, "" where none is asked for. `mapping`: mapping.yml as it is, or as
    it would be drafted. `marked`: the marked copy, "" where there is none.
    """

    name: str
    summary: str
    html: str
    usable: bool
    lock: str
    mapping: str
    marked: str
    folder: str


class Desk:
    """One data set at a time, below `base`; `tell` is called, from a thread, with what becomes of its report."""

    def __init__(self, base: Path, tell: Callable[[dict], None]):
        self.base, self.tell = base.resolve(), tell
        self.folder, self.data = self.base, Path()
        self.process: subprocess.Popen | None = None

    def take(self, files: Mapping[str, bytes]) -> Found:
        """Keep copies of files in a folder named after the first, and check them.

        A mapping.yml of that folder stays; other files of an earlier data set go. Raises ParameterFault for files of
        kinds that are not read, and while a report is being made.
        """
        if self.process:
            raise ParameterFault("A report is being made. Cancel it first, or wait for it.")
        names = {_plain(name): content for name, content in files.items()}
        tables = [name for name in names if Path(name).suffix.lower() in FORMATS]
        if others := [name for name in names if name not in (*tables, *SETTINGS)]:
            raise ParameterFault(f"{', '.join(others)}: only {', '.join(FORMATS)}, study.yml and mapping.yml are read.")
        if not tables:
            raise ParameterFault("Choose the workbook, or the files, with the patients and courses.")
        self.folder = self.base / Path(tables[0]).stem
        kept = self.folder / "data"
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.iterdir():
            if old.is_file() and old.name != "mapping.yml":
                old.unlink()
        for name, content in names.items():
            (kept / name).write_bytes(content)
        self.data = kept / tables[0] if len(tables) == 1 else kept
        return self.check()

    def check(self) -> Found:
        """Check the data, and write the findings beside them: as a page, and in a marked copy."""
        try:
            examination = examine(self.data)
        except ParameterFault as fault:  # study.yml or mapping.yml
            name = fault.args[0].partition(":")[0]
            examination = Examination(None, [Fault(name, fault.args[0].removeprefix(f"{name}: "), "")])
        faults = examination.faults
        marked = self._write(faults) if faults else ""
        asked = next((fault.advice for fault in faults if fault.rule.startswith(NO_LOCK)), "")
        mapping = beside(self.data, "mapping.yml")
        text = mapping.read_text(encoding="utf-8-sig") if mapping.exists() else proposed(self.data, faults)
        return Found(
            self.data.name if self.data.is_file() else self.folder.name, summary(faults), findings_html(faults),
            examination.study is not None, (DATE.search(asked) or [""])[0], text, marked, str(self.folder),
        )  # fmt: skip

    def lock(self, day: str) -> Found:
        """Give the data lock, and check again; raises ParameterFault for what is no date."""
        try:
            write_data_lock(self.data, date.fromisoformat(day))
        except ValueError:
            raise ParameterFault(f"“{day}” is not a date. Write it as 2022-12-31.") from None
        return self.check()

    def map(self, text: str) -> Found:
        """Give the names of the data, as mapping.yml, and check again."""
        beside(self.data, "mapping.yml").write_text(text, encoding="utf-8", newline="\n")
        return self.check()

    def report(self) -> None:
        """Begin the report, unless one is being made; it is told how far it is and what became of it."""
        if self.process is None:
            out = self.folder / "report"
            self.process = subprocess.Popen(
                [*REPORT, "--data", str(self.data), "--out", str(out), "--progress"], text=True, encoding="utf-8",
                env=os.environ | {"PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            threading.Thread(target=self._follow, args=(self.process, out / "index.html"), daemon=True).start()

    def end(self) -> None:
        """Cancel the report that is being made."""
        if self.process:
            self.process.terminate()

    def _follow(self, process: subprocess.Popen, index: Path) -> None:
        said = []
        with process:
            for line in process.stdout or ():
                if progress := PROGRESS.match(line):
                    self.tell({"done": int(progress[1]), "of": int(progress[2])})
                elif not line.startswith("Warning: "):
                    said.append(line.strip())
        self.process = None
        self.tell({"made": str(index)} if process.returncode == 0 else {"refused": " ".join(said)})

    def _write(self, faults: list[Fault]) -> str:
        """Write page and marked copy, and return the name of the copy; one that somebody changed is left alone."""
        stem = self.data.stem if self.data.is_file() else self.folder.name
        names = (f"{stem}-checked{number}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
        files = ((self.folder / f"{name}.xlsx", self.folder / f"{name}.html") for name in names)
        marked, page = next(both for both in files if all(not file.exists() or as_written(file) for file in both))
        try:
            write_marked(faults, self.data, marked)
        except ParameterFault:  # nothing that could be marked
            marked = None
        except OSError as error:
            raise ParameterFault(f"{marked} cannot be written: {error.strerror}. Is it open in Excel?") from None
        write_page(faults, self.data, page, marked)
        return marked.name if marked else ""


def as_json(found: Found) -> dict:
    """What was found, as the page reads it."""
    return asdict(found)


def _plain(name: str) -> str:
    """The name of a file without its folders, and without what a system may not take."""
    return NOT_IN_A_NAME.sub("-", re.split(r"[\\/]", name)[-1]).strip("-. ") or "data"
