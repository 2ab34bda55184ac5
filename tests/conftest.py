"""What all tests share."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import studies

# Speed is measured by `make bench`; a busy machine must not fail a property.
settings.register_profile("adreport", deadline=None)
settings.load_profile("adreport")

BUILD_SECONDS = 300


@pytest.fixture(scope="session")
def cohort_study():
    """The reconstructed cohort. Nobody changes it: a test that needs another study makes a copy with `replace`."""
    return studies.read_cohort()


@pytest.fixture(scope="session")
def report(tmp_path_factory, worker_id):
    """The report of the published cohort, made by the command as a user makes it, once for all test workers.

    Tests only read it. One that changes a report asks for `report_copy`.
    """
    base = tmp_path_factory.getbasetemp()
    return _made_once((base if worker_id == "master" else base.parent) / "report", _report)


@pytest.fixture
def report_copy(report, tmp_path):
    """A copy of the report that a test may change."""
    return Path(shutil.copytree(report, tmp_path / "report"))


def _report(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "adreport.cli", "report", "--out", str(folder)], check=True)


def _made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills: by the test worker that asks first, while the others wait for it."""
    turn, done = folder.with_name(f"{folder.name}.turn"), folder.with_name(f"{folder.name}.done")
    try:
        turn.mkdir()
    except FileExistsError:
        end = time.monotonic() + BUILD_SECONDS
        while not done.exists():
            assert time.monotonic() < end, f"another test worker did not finish {folder.name}"
            time.sleep(0.1)
    else:
        try:
            make(folder)
        finally:
            done.touch()
    assert folder.is_dir(), f"{folder.name} could not be made; the test worker that tried says why"
    return folder
