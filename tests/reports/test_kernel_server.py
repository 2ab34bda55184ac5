"""The process that forks kernels: alone in its memory, private in its sockets, and never left behind."""

import os
import stat
from pathlib import Path

import psutil
import pytest

from adreport.reading import examine
from adreport.report import execute
from adreport.report.kernel_server import FORKS, kernel_server
from adreport.study.paths import COHORT

forks = pytest.mark.skipif(not FORKS, reason="kernels start by themselves here")


@forks
def test_the_server_has_one_thread_when_it_forks_and_takes_its_kernels_with_it(cohort_study, tmp_path):
    with kernel_server(wanted=True) as server:
        server.hand_over(COHORT, cohort_study)
        kernel = psutil.Process(server.fork(["-f", str(tmp_path / "kernel.json")], str(tmp_path)))
        process = kernel.parent()
        assert (process.pid, process.num_threads()) == (server.process.pid, 1)
        assert process.children() == [kernel]
    assert not process.is_running()
    kernel.wait(timeout=10)
    with pytest.raises(RuntimeError, match="the process that starts kernels has ended"):
        server.fork([], None)


def test_no_server_is_started_where_no_notebook_runs():
    with kernel_server(wanted=False) as server:
        assert server is None


def test_a_study_handed_over_is_not_read_again_unless_the_data_have_changed(cohort_study, monkeypatch):
    monkeypatch.setattr(examine, "_HANDED_OVER", {})
    examine.hand_over(COHORT, cohort_study)
    assert examine.read_study(COHORT).courses is cohort_study.courses
    monkeypatch.setattr(examine, "data_checksum", lambda path: "of other data")
    assert examine.read_study(COHORT).courses is not cohort_study.courses


@pytest.mark.skipif(os.name != "posix", reason="no sockets in folders here")
@pytest.mark.parametrize("long", [False, True])
def test_sockets_lie_where_only_their_owner_looks_under_a_name_that_fits(long, tmp_path, monkeypatch):
    folder = tmp_path / ("x" * 90 if long else "x")
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    kernels = execute.Kernels(tmp_path)
    sockets = Path(kernels.sockets.name)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert len(os.fsencode(sockets / "1234-5")) <= 103
    kernels.clear()
    assert not sockets.exists()
