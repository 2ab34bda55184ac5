"""Commands to type, as the shell of a machine takes them."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path, PurePath

PLAIN = re.compile(r"[\w.:\\/=@,+~-]+")  # what cmd and PowerShell take without quotation marks


def command(*words: object, windows: bool = os.name == "nt") -> str:
    """`adreport` with these words, found and quoted as the shell of this machine needs it."""
    program = "adreport" if shutil.which("adreport") else shown(Path(sys.executable).with_name("adreport"), Path.cwd())
    return line(program, *words, windows=windows)


def line(*words: object, windows: bool) -> str:
    """Words as one line of a shell: of Windows (cmd, PowerShell), else of a POSIX system.

    >>> line("adreport", "check", "Our clinic.xlsx", windows=True)
    'adreport check "Our clinic.xlsx"'
    """
    quoted = _for_windows if windows else shlex.quote
    return " ".join(quoted(str(word)) for word in words)


def shown(path: PurePath, folder: PurePath) -> str:
    """A path as it is shorter: from this folder, or whole."""
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _for_windows(word: str) -> str:
    return word if PLAIN.fullmatch(word) else '"' + word.replace('"', "") + '"'  # no name of a file holds a "
