"""Times a report against the plain way, papermill and nbconvert commands one after another, and against its floor.

The floor is the cells of all notebooks in one process, without kernels and pages. Run by `make bench`. Prints seconds,
those of the processors too (a busy machine adds to the others), and ratios; asserts nothing, since machines differ.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from adreport.pages import PAGE_NAMES as PAGES
from adreport.study.paths import NOTEBOOKS

BIN = Path(sys.executable).parent
TESTS = Path(__file__).resolve().parent
FLOOR = "import pages; pages.report_of()"


def seconds(*commands: list) -> tuple[float, float]:
    """How long the commands take, one after another, and how long the processors work for them."""
    start, worked = time.perf_counter(), _worked()
    for command in commands:
        subprocess.run([*map(str, command)], check=True, capture_output=True, cwd=TESTS)
    return time.perf_counter() - start, _worked() - worked


def _worked() -> float:
    """Seconds that processors have worked for processes that this one started and that have ended."""
    return sum(os.times()[2:4])


def plain(folder: Path) -> list[list]:
    """The commands of the plain way."""
    commands = []
    for page in PAGES:
        executed = folder / f"{page}.ipynb"
        commands.append([BIN / "papermill", "--cwd", NOTEBOOKS, NOTEBOOKS / f"{page}.ipynb", executed])
        commands.append([BIN / "jupyter", "nbconvert", "--to", "html", executed])
    return commands


def main() -> None:
    """Print the four times and what they come to."""
    with tempfile.TemporaryDirectory() as folder:
        report = [BIN / "adreport", "report", "--out", Path(folder) / "report"]
        one_by_one, floor = seconds(*plain(Path(folder))), seconds([sys.executable, "-c", FLOOR])
        whole, again = seconds(report), seconds(report)
    for words, (took, worked) in {
        "papermill and nbconvert, one after another": one_by_one,
        "floor: the cells alone, in one process": floor,
        "adreport report": whole,
        "adreport report again, nothing changed": again,
    }.items():
        times = f"{one_by_one[0] / took:.1f} times as fast, {took / floor[0]:.2f} of the floor"
        print(f"{words + ':':44} {took:6.2f} s ({worked:.2f} s of processors), {times}")


if __name__ == "__main__":
    main()
