"""The folder of a report: nothing in it is touched that no report made, and a new report takes its place at once."""

import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adreport.report import freshness
from adreport.study.faults import ParameterFault

EXPLORER = "explore.html"  # the only page with a row for each course; a report may do without it
SHAREABLE = "shareable"  # the folder of what may leave the house
FAILED = "failed"
KINDS = (".ipynb", ".html", ".csv", ".docx", ".xlsx", ".svg")
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def building(out: Path, files: Sequence[str]) -> Iterator[Path]:
    """A folder on the disk of the report in `out` to build `files` in; it is gone afterwards, whatever happens.

    Until then nobody else can build a report in `out`; the lock ends with the process that holds it. Raises
    ParameterFault where another one is being built, where `out` holds a file of one of these names that no report
    recorded as its own, and where something cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
        state = _private(out / freshness.STATE)
        with FileLock(state / "lock", timeout=0, mode=0o600):
            _refuse_others(out, files)
            aside = state / "new"
            shutil.rmtree(aside, ignore_errors=True)  # of a build that was killed
            aside.mkdir()
            try:
                yield aside
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except Timeout:
        raise ParameterFault(f"Another report is being made in {out}. Wait for it, or choose another folder.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ParameterFault(f"No report can be written to {out}: {reason}. A report there is as it was.") from None


def replace(aside: Path, out: Path, wanted: freshness.Fingerprints, names: Sequence[str]) -> None:
    """Put the files that lie in `aside` in place of those in `out`, of which only these and `names` stay.

    No interrupt divides it. The manifest goes last, so that a machine that stops leaves the report out of date.
    Raises ParameterFault where a file would take the place of one that no report recorded as its own.
    """
    files = {_name(file.relative_to(aside)): file for file in sorted(aside.rglob("*")) if file.suffix in KINDS}
    _refuse_others(out, list(files))
    outdated = freshness.recorded(out) - {*files, *names}
    with _uninterrupted():
        freshness.record_unfinished(out, {*files, *names} | outdated)
        for name, file in files.items():
            (out / name).parent.mkdir(exist_ok=True)
            file.replace(out / name)
        for name in outdated:
            (out / name).unlink(missing_ok=True)
        shutil.rmtree(out / freshness.STATE / FAILED, ignore_errors=True)
        freshness.record(out, wanted, {*files, *names})


def keep_failed(notebook: Path, out: Path) -> str:
    """Keep a broken notebook as far as it ran, and say where."""
    if not notebook.exists():
        return ""
    folder = out / freshness.STATE / FAILED
    folder.mkdir(exist_ok=True)
    shutil.copy2(notebook, folder / notebook.name)
    return f"; the notebook as far as it ran is {folder / notebook.name}"


def _name(file: Path) -> str:
    """The name under which a report keeps a file of its building."""
    return f"{freshness.STATE}/{file.name}" if file.suffix == ".ipynb" else file.as_posix()


def _private(folder: Path) -> Path:
    """A folder that only its owner can read: executed notebooks hold patients."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _refuse_others(out: Path, files: Sequence[str]) -> None:
    recorded = freshness.recorded(out)
    foreign = [name for name in files if (out / name).exists() and name not in recorded]
    if foreign:
        raise ParameterFault(
            f"{out} holds {', '.join(foreign)}, which no report of adreport recorded as its own. Nothing was changed. "
            "Choose another folder, or move them away."
        )


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """A few moves of files, during which an interrupt comes too late."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
