"""Runs notebooks side by side, and ends the kernels that it started for them: these, and no other process."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import papermill
import psutil
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

# Imported before there are threads: an interrupt while two of them import the same packages leaves both waiting.
from adreport.report import shell  # noqa: F401
from adreport.report.kernel_server import ENVIRONMENT, KernelServer
from adreport.study.faults import Refusal
from adreport.study.paths import NOTEBOOKS

WORKERS = 3  # notebooks at once: one more than the cores of a small machine, since each waits now and then
CELL_SECONDS = 3600  # for a cell: a kernel that hangs ends
PATIENCE_SECONDS = 15  # for a cancelled run to end
LONGEST_PATH = 100  # bytes of the name of a socket: macOS takes 103, Linux 107
# A kernel warns that loopback is not encrypted each time it starts; its errors come with the notebook.
QUIET = ["--IPKernelApp.log_level=CRITICAL"]

Progress = Callable[[int, int], None]


class BrokenNotebook(Refusal):
    """A cell of the notebook of `page` failed."""

    def __init__(self, page: str, message: str):
        self.page = page
        super().__init__(message)


class Kernels:
    """The kernels of one report; their connection files lie in `folder`, their sockets in a folder that they share.

    `server` forks them; without one each is started by itself. They speak through sockets in a private folder where the
    system has such: a port could be taken by another program between its choice and its use.
    """

    def __init__(self, folder: Path, server: KernelServer | None = None):
        self.folder, self.server, self.managers, self.ended = folder, server, [], False
        self.sockets = _socket_folder() if os.name == "posix" else None
        self.manager_class = type("Kernel", (_Kernel,), {"kernels": self})

    def end(self) -> None:
        """Kill the kernels that are still running, with their children, and start no other."""
        self.ended = True
        for manager in self.managers:
            process = manager.provisioner and manager.provisioner.process
            if process and process.poll() is None:
                _kill(process.pid)

    def clear(self) -> None:
        """Delete the sockets."""
        if self.sockets:
            self.sockets.cleanup()


def _socket_folder() -> tempfile.TemporaryDirectory:
    """A folder that only its owner can enter, with a path short enough for sockets in it."""
    long = len(os.fsencode(tempfile.gettempdir())) > LONGEST_PATH - len("/adreport-12345678/1234-5")
    return tempfile.TemporaryDirectory(prefix="adreport-", dir="/tmp" if long else None)


class _Kernel(AsyncKernelManager):
    kernels: Kernels

    async def start_kernel(self, **options: Any) -> None:
        kernels = self.kernels
        if kernels.ended:
            raise RuntimeError("the report was cancelled")
        self.connection_file = str(kernels.folder / f"kernel-{uuid4()}.json")
        kernels.managers.append(self)
        if kernels.sockets:
            self.transport, self.ip = "ipc", f"{kernels.sockets.name}/{len(kernels.managers)}"
        if kernels.server:
            self.provisioner = _Forked(kernel_spec=self.kernel_spec, parent=self)
        await super().start_kernel(**options, env=ENVIRONMENT | os.environ, stderr=subprocess.DEVNULL)


class _Forked(LocalProvisioner):
    """A kernel that the server forks."""

    async def launch_kernel(self, cmd: list[str], **options: Any):
        """Have a kernel forked, with the arguments that a process of its own would be given."""
        arguments = cmd[cmd.index("-f") :]
        self.process = _Process(self.parent.kernels.server.fork(arguments, options.get("cwd")))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class _Process:
    """A kernel's process as jupyter_client looks at it; its parent, the server, takes note of its end."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._process = None

    def poll(self) -> int | None:
        """None while it runs, else 0."""
        return None if self._process and self._process.is_running() else 0

    def wait(self) -> int:
        """Wait until it has ended."""
        if self._process:
            self._process.wait()
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal; one that has ended needs none."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _kill(pid: int) -> None:
    try:
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), process]:
            one.kill()
    except psutil.NoSuchProcess:
        pass


def execute(
    folder: Path, parameters: Mapping[str, dict], progress: Progress, server: KernelServer | None = None
) -> None:
    """Run the notebooks of these pages with their parameters; executed, they lie in `folder`.

    Raises BrokenNotebook for the first that fails; `folder` then holds it as far as it ran. No kernel outlives the
    call, however it ends. `progress` is called with how many have run, of how many. `server`: what
    starts kernels; without one each starts by itself.
    """
    kernels, pool, runs = Kernels(folder, server), ThreadPoolExecutor(WORKERS), []
    try:
        runs += [pool.submit(_run, kernels, page, given) for page, given in parameters.items()]
        for done, run in enumerate(as_completed(runs)):
            progress(done, len(runs))
            run.result()
        progress(len(runs), len(runs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        patience = time.monotonic() + PATIENCE_SECONDS
        while any(run.running() for run in runs) and time.monotonic() < patience:
            kernels.end()  # a cancelled run ends when its kernel does
            time.sleep(0.1)
        kernels.clear()


def _run(kernels: Kernels, page: str, parameters: dict[str, Any]) -> None:
    notebook = NOTEBOOKS / f"{page}.ipynb"
    try:
        _papermill(kernels, notebook, parameters)
    except PapermillExecutionError as error:
        # The index counts from 0, and the executed notebook has one cell more: the injected parameters.
        cell, first_line = error.cell_index, error.source.partition("\n")[0]
        raise BrokenNotebook(
            page, f"{notebook.name}, cell {cell} ({first_line}) failed: {error.ename}: {error.evalue}"
        ) from None
    except CellTimeoutError:
        words = f"a cell of {notebook.name} did not end within {CELL_SECONDS / 60:g} minutes"
        raise BrokenNotebook(page, f"The run was stopped: {words}.") from None
    except RuntimeError as error:  # the kernel did not start, or died
        words = str(error).partition("\n")[0]
        raise BrokenNotebook(page, f"{notebook.name} could not be run ({words}). Try again.") from None


def _papermill(kernels: Kernels, notebook: Path, parameters: dict[str, Any]) -> None:
    kernel = {
        "kernel_manager_class": kernels.manager_class,
        "extra_arguments": QUIET,
        "execution_timeout": CELL_SECONDS,
        "shutdown_kernel": "immediate",  # it has nothing left to do
    }
    executed = kernels.folder / notebook.name
    run = partial(papermill.execute_notebook, notebook, executed, parameters, progress_bar=False, **kernel)
    with closing(ensure_event_loop()):  # papermill's client makes this thread a loop, and would leave it open
        try:
            run()
        except RuntimeError:
            if kernels.sockets:
                raise
            run()  # another program took the kernel's port between its choice and its use
