"""Runs notebooks side by side, and ends the kernels that it started for them: these, and no other process."""

import os
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
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

# Imported before there are threads: an interrupt while two of them import the same packages leaves both waiting.
from adreport.report import shell  # noqa: F401
from adreport.study.faults import Refusal
from adreport.study.paths import NOTEBOOKS

WORKERS = 3  # notebooks at once: one more than the cores of a small machine, since each waits now and then
CELL_SECONDS = 3600  # for a cell: a kernel that hangs ends
PATIENCE_SECONDS = 15  # for a cancelled run to end
# Kernels that run side by side have no cores to spare for threads of linear algebra.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}
# A kernel warns that loopback is not encrypted each time it starts; its errors come with the notebook.
QUIET = ["--IPKernelApp.log_level=CRITICAL"]

Progress = Callable[[int, int], None]


class BrokenNotebook(Refusal):
    """A cell of the notebook of `page` failed."""

    def __init__(self, page: str, message: str):
        self.page = page
        super().__init__(message)


class Kernels:
    """The kernels of one report; their connection files lie in `folder`."""

    def __init__(self, folder: Path):
        self.folder, self.managers, self.ended = folder, [], False
        self.manager_class = type("Kernel", (_Kernel,), {"kernels": self})

    def end(self) -> None:
        """Kill the kernels that are still running, with their children, and start no other."""
        self.ended = True
        for manager in self.managers:
            process = manager.provisioner and manager.provisioner.process
            if process and process.poll() is None:
                _kill(process.pid)


class _Kernel(AsyncKernelManager):
    kernels: Kernels

    async def start_kernel(self, **options: Any) -> None:
        if self.kernels.ended:
            raise RuntimeError("the report was cancelled")
        self.connection_file = str(self.kernels.folder / f"kernel-{uuid4()}.json")
        self.kernels.managers.append(self)
        await super().start_kernel(**options, env=ENVIRONMENT | os.environ)


def _kill(pid: int) -> None:
    try:
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), process]:
            one.kill()
    except psutil.NoSuchProcess:
        pass


def execute(folder: Path, parameters: Mapping[str, dict], progress: Progress) -> None:
    """Run the notebooks of these pages with their parameters; executed, they lie in `folder`.

    Raises BrokenNotebook for the first that fails; `folder` then holds it as far as it ran. No kernel outlives the
    call, however it ends. `progress` is called with how many have run, of how many.
    """
    kernels, pool, runs = Kernels(folder), ThreadPoolExecutor(WORKERS), []
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
    }
    executed = kernels.folder / notebook.name
    run = partial(papermill.execute_notebook, notebook, executed, parameters, progress_bar=False, **kernel)
    with closing(ensure_event_loop()):  # papermill's client makes this thread a loop, and would leave it open
        try:
            run()
        except RuntimeError:  # another program took the kernel's port between its choice and its use
            run()
