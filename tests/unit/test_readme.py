"""What README tells its readers to type and to look at is there and runs."""

import re
import shlex
import shutil
import subprocess
from pathlib import PureWindowsPath

import pytest

from adreport import cli
from adreport.report.parameters import page_parameters
from adreport.study.paths import COHORT, ROOT
from clinics import clinic, filled

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {page: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", ROOT / "docs" / "your-data.md")}


def typed(kind):
    """The lines of README's blocks of a kind, without comments."""
    blocks = re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


MAKE = typed("sh") + sorted(set(re.findall(r"`(make [^`]*?)`", "".join(PAGES.values()))))
# Those that others run: a report by tests/reports, JupyterLab and Voilà by tests/browser, tests by whoever reads this.
RUN_HERE = ("check", "template", "map")


def what_make_runs(line):
    """The commands that make would run, its environment being there."""
    line = line.replace("…", "clinic.xlsx")
    done = subprocess.run([*shlex.split(line), "--dry-run", "--old-file=.venv/ready"], cwd=ROOT, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [part for part in done.stdout.replace("\\\n", " ").splitlines() if part.strip()]


def options_of(words):
    """The options of an adreport command; a wrong one ends the process with status 2, and so the test."""
    return cli._parsed([word for word in words if word])


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("line", MAKE)
def test_make_knows_every_command(line):
    commands = what_make_runs(line)
    assert commands
    for command in map(shlex.split, commands):
        if command[0].endswith("adreport"):
            options = options_of(command[1:])
            if hasattr(options, "set"):
                page_parameters({"data": str(COHORT), **dict(map(cli._assignment, options.set))})


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_commands_about_a_workbook_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = {line for line in MAKE if line.split()[1] in RUN_HERE and "…" not in line and line != "make check"}
    for line in sorted(lines):
        (command,) = [
            made for made in what_make_runs(line) if "/adreport " in made
        ]  # not what pyproject.toml asks for anew
        if "template" not in line:
            filled(tmp_path / "clinic.xlsx", clinic(), "en")
        assert cli.main([word for word in shlex.split(command)[1:] if word]) == 0, line
        (tmp_path / "clinic.xlsx").unlink(missing_ok=True)
    assert {file.name for file in tmp_path.iterdir()} == {"klinik.xlsx", "redcap.csv"}  # and no mapping.yml


def test_commands_of_windows_are_those_of_adreport():
    lines = [shlex.split(line, posix=False) for line in typed("bat")]
    programs = [PureWindowsPath(line[0]).name for line in lines]
    assert programs == ["py", "pip", "pip", "adreport"]
    assert (ROOT / lines[1][lines[1].index("-r") + 1]).exists()
    options = options_of(lines[-1][1:])
    assert page_parameters({"data": str(COHORT), **dict(map(cli._assignment, options.set))})
    named = re.search(r"likewise (.*?)\. Conda", README, re.DOTALL)[1]
    for command in re.findall(r"`(?:adreport )?(\w+)`", named):
        assert options_of([command, *(["clinic.xlsx"] if command == "map" else [])]).run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_pictures_are_small(page):
    links = [link for link in re.findall(r"\]\(([^)#]+)", PAGES[page]) if not link.startswith("http")]
    for link in links:
        file = page.parent / link
        assert file.exists(), link
        assert file.parent.name != "pictures" or file.stat().st_size < 100_000
    assert links


def test_what_a_reader_is_told_to_double_click_is_there():
    for name in re.findall(r"`(start\.\w+)`", README):
        assert (ROOT / name).exists()
