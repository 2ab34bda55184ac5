"""Times a report against the plain way: papermill and nbconvert commands, one notebook after another.

Run by `make bench`. Prints seconds and the two ratios; asserts nothing, since machines differ.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from adreport.pages import PAGE_NAMES as PAGES
from adreport.study.paths import NOTEBOOKS

BIN = Path(sys.executable).parent


def seconds(*commands: list) -> float:
    """How long the commands take, one after another."""
    start = time.perf_counter()
    for command in commands:
        subprocess.run([*map(str, command)], check=True, capture_output=True)
    return time.perf_counter() - start


def plain(folder: Path) -> list[list]:
    """The commands of the plain way."""
    commands = []
    for page in PAGES:
        executed = folder / f"{page}.ipynb"
        commands.append([BIN / "papermill", "--cwd", NOTEBOOKS, NOTEBOOKS / f"{page}.ipynb", executed])
        commands.append([BIN / "jupyter", "nbconvert", "--to", "html", executed])
    return commands


def main() -> None:
    """Print the three times and what they come to."""
    with tempfile.TemporaryDirectory() as folder:
        report = [BIN / "adreport", "report", "--out", Path(folder) / "report"]
        one_by_one, whole, again = seconds(*plain(Path(folder))), seconds(report), seconds(report)
    print(f"papermill and nbconvert, one after another: {one_by_one:5.1f} s")
    print(f"adreport report:                            {whole:5.1f} s, {one_by_one / whole:.1f} times as fast")
    print(f"adreport report again, nothing changed:     {again:5.2f} s, {one_by_one / again:.0f} times as fast")


if __name__ == "__main__":
    main()
