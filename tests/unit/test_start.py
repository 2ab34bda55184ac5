"""What the start page keeps, asks and refuses; and the two files that open it by a double click."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from adreport.start import server
from adreport.start.desk import Desk
from adreport.study.faults import ParameterFault
from adreport.study.paths import ROOT
from clinics import clinic, filled
from studies import cohort

WINDOWS, UNIX = ROOT / "start.bat", ROOT / "start.command"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "reports", lambda news: None)


def test_several_files_are_one_data_set_and_a_corrected_one_takes_their_place(desk):
    tables = {f"{name}.csv": table.to_csv(index=False).encode() for name, table in cohort().items()}
    settings = b"data_lock_date: 2022-12-31\n"
    found = desk.take({**tables, "study.yml": settings})
    assert (found.usable, found.lock) == (True, "")
    bad = tables["patients.csv"].replace(b",male,", b",mal,", 1)
    found = desk.take({**tables, "patients.csv": bad, "study.yml": settings})
    assert (found.usable, "“mal”" in found.html) == (False, True)
    assert (desk.folder / found.marked).exists()


def test_windows_line_ends_and_paths_are_read(desk):
    tables = {f"C:\\clinic\\{name}.csv": table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
              for name, table in cohort().items()}  # fmt: skip
    assert desk.take({**tables, "study.yml": b"data_lock_date: 2022-12-31\r\n"}).usable
    assert sorted(file.name for file in desk.data.iterdir() if file.suffix == ".csv") == [
        "courses.csv", "patients.csv", "side_effects.csv"]  # fmt: skip


def test_a_marked_copy_that_somebody_changed_is_left_alone(desk, tmp_path):
    data = filled(tmp_path / "clinic.xlsx", clinic(), "en", lock=None).read_bytes()
    first = desk.folder / desk.take({"clinic.xlsx": data}).marked
    first = desk.folder / first.name
    first.write_bytes(b"mine")
    again = desk.take({"clinic.xlsx": data})
    assert (first.read_bytes(), again.marked) == (b"mine", "clinic-checked-2.xlsx")


def test_a_data_lock_is_asked_for_once_and_a_wrong_one_is_refused(desk, tmp_path):
    found = desk.take({"clinic.xlsx": filled(tmp_path / "clinic.xlsx", clinic(), "en", lock=None).read_bytes()})
    assert (found.usable, found.lock) == (False, "2023-07-23")
    with pytest.raises(ParameterFault, match="is not a date"):
        desk.lock("31/12/2023")
    assert desk.lock(found.lock).usable


def test_names_can_be_given_on_the_page_and_stay(desk):
    tables = cohort()
    tables["patients"] = tables["patients"].rename(columns={"sex": "Geschlecht"})
    files = {f"{name}.csv": table.to_csv(index=False).encode() for name, table in tables.items()}
    files["study.yml"] = b"data_lock_date: 2022-12-31\n"
    found = desk.take(files)
    assert "Geschlecht: sex" in found.mapping
    assert "means nothing" in desk.map("colums: {}").html
    assert desk.map(found.mapping).usable
    assert desk.take(files).usable


@pytest.mark.parametrize("name", ["thesis.docx", "data.xls"])
def test_files_of_other_kinds_are_refused_in_words(name, desk):
    with pytest.raises(ParameterFault, match=f"{name}: only .csv"):
        desk.take({name: b""})


def test_the_server_ends_when_the_page_is_closed_but_not_before_the_report(monkeypatch):
    door = server.Door()
    now = door.last
    monkeypatch.setattr(server.time, "monotonic", lambda: now + server.CLOSED + 1)
    assert not door.left(busy=False)  # the browser may still be starting
    door.was_opened = True
    assert (door.left(busy=False), door.left(busy=True)) == (True, False)
    door.is_read = True  # a report is open in another tab
    assert not door.left(busy=False)


def test_the_windows_file_is_one_that_cmd_reads():
    content = WINDOWS.read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") > 20
    text = content.decode()
    assert set(re.findall(r"(?:goto|call) :?(\w+)", text)) == set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    assert ROOT.joinpath(".gitattributes").read_text().splitlines()[-1] == "*.bat text eol=crlf"


@pytest.mark.parametrize("text", [WINDOWS.read_text(), UNIX.read_text()], ids=["windows", "unix"])
def test_both_install_what_is_pinned_and_say_where_python_comes_from(text):
    assert "--require-hashes -r requirements.lock" in text
    assert "https://www.python.org/downloads/" in text
    assert "(3, 11)" in text


posix = pytest.mark.skipif(sys.platform == "win32", reason="a shell script")


def started(folder, path, *arguments):
    shutil.copy(UNIX, folder)
    return subprocess.run(["/bin/sh", folder / UNIX.name, *arguments], capture_output=True, text=True, check=False,
                          env={"PATH": str(path)})  # fmt: skip


def program(file, script):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@posix
def test_without_python_it_says_where_python_comes_from(tmp_path):
    (tools := tmp_path / "tools").mkdir()
    (tools / "dirname").symlink_to(shutil.which("dirname"))
    done = started(tmp_path, tools)
    assert (done.returncode, "python.org" in done.stderr) == (1, True)


@posix
def test_the_environment_is_made_once(tmp_path):
    folder = tmp_path / "our adreport"
    folder.mkdir()
    (folder / "requirements.lock").touch()
    making = 'echo "made: $*"; if [ "$2" = venv ]; then mkdir -p .venv/bin && cp python .venv/bin/; fi'
    program(tmp_path / "tools" / "python3", making)
    program(folder / "python", 'echo "own: $*"')
    path = os.pathsep.join([str(tmp_path / "tools"), "/usr/bin", "/bin"])
    first, second = (started(folder, path, "--no-browser").stdout for _ in range(2))
    assert "made: -m venv .venv" in first
    assert "--require-hashes -r requirements.lock" in first
    assert second == "own: -m adreport.cli start --no-browser\n"
