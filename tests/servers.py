"""The commands that serve the explorer, started as a user starts them and stopped again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest

START_SECONDS = 60


@contextmanager
def served(command, *options, folder, ready):
    """The address of a running `adreport command`, once the path `ready` of it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "adreport.cli", command, "--", "--no-browser", f"--port={port}", *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(arguments, cwd=folder, start_new_session=True, **quiet)
    address = f"http://localhost:{port}/"
    try:
        _wait_for(address + ready)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def _wait_for(address):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"{address} did not answer")
