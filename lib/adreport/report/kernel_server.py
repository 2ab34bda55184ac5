"""A process that has imported what notebooks need, and forks a kernel for each of them.

It is a process of its own because forking is safe from a single thread only, and the one that runs notebooks has many.
Unlike multiprocessing's it belongs to one report, not to the interpreter, and does not run the caller's script again.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import NoReturn

# Elsewhere system libraries may have started threads, which a fork doesn't survive, or there is no fork (Windows).
FORKS = sys.platform == "linux"
# Kernels that run side by side have no cores to spare for threads of linear algebra.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}
IMPORTED = ("ipykernel.kernelapp", "ipykernel.ipkernel", "matplotlib.backends.backend_svg", "seaborn", "scipy.stats")


class KernelServer:
    """The server as its caller sees it."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=ENVIRONMENT | os.environ, start_new_session=True,
        )  # fmt: skip
        self.turn = Lock()

    def hand_over(self, path: Path, study) -> None:
        """Give kernels the study that was read at a path, so that none of them reads and checks the same data again."""
        self._send((path, study))

    def fork(self, arguments: Sequence[str], folder: str | None) -> int:
        """Start a kernel with these arguments in a folder, and return its process.

        Raises RuntimeError where the server has ended.
        """
        with self.turn:
            self._send((arguments, folder or str(Path.cwd())))
            answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that starts kernels has ended")
        return int(answer)

    def end(self) -> None:
        """Kill the server and its kernels."""
        import psutil

        try:
            server = psutil.Process(self.process.pid)
            server.suspend()  # lest it forks another one meanwhile
            for one in [*server.children(recursive=True), server]:
                one.kill()
        except psutil.NoSuchProcess:
            pass
        self.process.wait()

    def _send(self, what: object) -> None:
        try:
            pickle.dump(what, self.process.stdin)
            self.process.stdin.flush()
        except (OSError, ValueError):
            raise RuntimeError("the process that starts kernels has ended") from None


@contextmanager
def kernel_server(wanted: bool) -> Iterator[KernelServer | None]:
    """A server while it is needed; None where none is wanted or possible: kernels then start by themselves."""
    if not (wanted and FORKS):
        yield None
        return
    server = KernelServer()
    try:
        yield server
    finally:
        server.end()
        for pipe in (server.process.stdin, server.process.stdout):
            with suppress(OSError):  # what was not sent
                pipe.close()


def main() -> None:
    """Import, take the study, and fork a kernel for every request until whoever started this process is gone."""
    from adreport.pages import PAGES
    from adreport.reading.examine import hand_over

    for name in (*IMPORTED, *(f"adreport.pages.{page.package}" for page in PAGES)):
        import_module(name)
    requests = sys.stdin.buffer
    signal.signal(signal.SIGCHLD, _take_note)
    try:
        hand_over(*pickle.load(requests))
        gc.collect()
        gc.freeze()  # what kernels share is not looked through, and so not copied, by each of them
        while True:
            arguments, folder = pickle.load(requests)
            if not (kernel := os.fork()):
                _become_kernel(arguments, folder)
            os.write(sys.stdout.fileno(), f"{kernel}\n".encode())
    except (EOFError, pickle.UnpicklingError):
        os._exit(0)


def _take_note(*_: object) -> None:
    """Let kernels that have ended be gone, and their time be counted as the server's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(arguments: Sequence[str], folder: str) -> NoReturn:
    """What `python -m ipykernel_launcher` does; its input and output are nobody's, as its cells' come by messages."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.chdir(folder)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())  # a kernel ends with the server
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nobody = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nobody, stream)
    try:
        IPKernelApp.launch_instance(list(arguments))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
