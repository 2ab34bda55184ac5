"""What all tests share."""

import subprocess
import sys

import pytest
from hypothesis import settings

# Speed is measured by `make bench`; a busy machine must not fail a property.
settings.register_profile("adreport", deadline=None)
settings.load_profile("adreport")


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """The report of the published cohort, made by the command as a user makes it."""
    out = tmp_path_factory.mktemp("report")
    subprocess.run([sys.executable, "-m", "adreport.cli", "report", "--out", str(out)], check=True)
    return out
