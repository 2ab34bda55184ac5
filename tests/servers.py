"""The commands that serve the explorer, started as a user starts them and stopped again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

START_SECONDS = 60
# A port that is free now may be taken a moment later. The server must then end, not take another one in silence.
TRIES = 3
ONE_PORT_ONLY = {"lab": "--ServerApp.port_retries=0", "app": "--Voila.port_retries=0"}


@contextmanager
def served(command: str, *options: str, folder: Path, ready: str):
    """The address of a running `adreport command`, once the path `ready` of it answers.

    Settings and workspaces that somebody's JupyterLab keeps at home play no part: its home is `folder`.
    """
    for _ in range(TRIES):
        port = _free_port()
        server = _started(command, *options, f"--port={port}", folder=folder)
        try:
            if _answers(server, f"http://localhost:{port}/{ready}"):
                yield f"http://localhost:{port}/"
                return
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)
    pytest.fail(f"adreport {command} did not start:\n{(folder / 'said.txt').read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _started(command: str, *options: str, folder: Path) -> subprocess.Popen:
    arguments = [sys.executable, "-m", "adreport.cli", command, "--", "--no-browser", ONE_PORT_ONLY[command], *options]
    home = os.environ | {"JUPYTER_CONFIG_DIR": str(folder / "settings")}
    with (folder / "said.txt").open("wb") as said:
        return subprocess.Popen(arguments, cwd=folder, env=home, start_new_session=True, stdout=said, stderr=said)


def _answers(server: subprocess.Popen, address: str) -> bool:
    """Whether the server answers before its time is up; not once it has ended."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False
