"""Commands that a message suggests can be typed as they stand."""

import shlex
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from adreport.study.commands import line, shown

NAMES = ["clinic.xlsx", "Our clinic.xlsx", "a&b.xlsx", "Müller (2).xlsx", r"C:\Users\Ayşe Yılmaz\clinic.xlsx"]


@pytest.mark.parametrize("name", NAMES)
def test_a_posix_shell_reads_a_line_back(name):
    assert shlex.split(line("adreport", "check", name, windows=False)) == ["adreport", "check", name]


@pytest.mark.parametrize("name", NAMES)
def test_cmd_gets_quotation_marks_where_it_needs_them(name):
    words = line("adreport", PureWindowsPath(name), windows=True)
    assert words == f'adreport "{name}"' if set(name) & set(" &()") else f"adreport {name}"
    assert "'" not in words  # cmd takes an apostrophe for a letter


def test_a_program_below_the_folder_is_shown_from_there():
    folder = PureWindowsPath(r"C:\adreport")
    assert shown(folder / ".venv" / "Scripts" / "adreport", folder) == r".venv\Scripts\adreport"
    assert shown(PurePosixPath("/opt/bin/adreport"), PurePosixPath("/home")) == "/opt/bin/adreport"
