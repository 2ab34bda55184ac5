"""What of a report is out of date: by fingerprints of all that it is made from, never by the times of files."""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from adreport.reading.settings import data_checksum, file_digest
from adreport.study.paths import DATA, LIBRARY, NOTEBOOKS, PARTS, PUBLISHED, ROOT, TEMPLATE

STATE = ".build"
MANIFEST = "manifest.json"
# What no notebook reads while it runs. Everything else in the library counts as read.
AROUND = (LIBRARY / "report", LIBRARY / "explorer", LIBRARY / "cli.py", TEMPLATE)


@dataclass(frozen=True)
class Fingerprints:
    """Of what a report is made from: what the run of each page's notebook depends on, what is around it, the data."""

    runs: dict[str, str]
    frame: str
    data: str = ""


def fingerprints(
    parameters: Mapping[str, Mapping[str, Any]], data: Path, joined: Sequence[str], given: str = ""
) -> Fingerprints:
    """Fingerprints of notebooks, parameters, data, library and environment.

    `joined`: the files beside the pages, which every page links to. `given`: the data as they were asked for.
    """
    checksum = data_checksum(data)
    shared = [checksum, *map(file_digest, _files(around=False)), sys.version]
    runs = {
        page: _digest([page, file_digest(NOTEBOOKS / f"{page}.ipynb"), parameters[page], shared]) for page in parameters
    }
    return Fingerprints(runs, _digest([*joined, given, *map(file_digest, _files(around=True))]), checksum)


def stale_notebooks(out: Path, wanted: Fingerprints) -> list[str]:
    """The pages whose notebook must run: `out` holds no unchanged run of it with the wanted fingerprint."""
    built = _manifest(out)
    runs, digests = built.get("runs", {}), built.get("files", {})
    return [
        page
        for page, fingerprint in wanted.runs.items()
        if runs.get(page) != fingerprint or not _unchanged(executed_notebook(out, page), out, digests)
    ]


def stale_files(out: Path, wanted: Fingerprints, joined: Sequence[str]) -> list[str]:
    """The pages and other files that must be written: all where the frame is another, else those that changed."""
    built = _manifest(out)
    pages = [f"{page}.html" for page in wanted.runs]
    files = list(dict.fromkeys([*pages, *joined, *(name for name in recorded(out) if not name.startswith(STATE))]))
    if built.get("frame") != wanted.frame:
        return files
    return [name for name in files if not _unchanged(out / name, out, built.get("files", {}))]


def record(out: Path, wanted: Fingerprints, files: Iterable[str]) -> None:
    """Record what the finished report in `out` was made from, and which files are its own."""
    _write(out, {**asdict(wanted), "files": {name: file_digest(out / name) for name in files}})


def record_unfinished(out: Path, files: Iterable[str]) -> None:
    """Record that these files are a report's own, and that none of them is up to date."""
    _write(out, {"files": dict.fromkeys(files, "")})


def recorded(out: Path) -> set[str]:
    """The files in `out` that a report recorded as its own."""
    return set(_manifest(out).get("files", {}))


def executed_notebook(out: Path, page: str) -> Path:
    """Where a report keeps the notebook that a page was made from."""
    return out / STATE / f"{page}.ipynb"


def _unchanged(file: Path, out: Path, digests: Mapping[str, str]) -> bool:
    return file_digest(file) == digests.get(file.relative_to(out).as_posix()) is not None


def _manifest(out: Path) -> dict[str, Any]:
    try:
        return json.loads((out / STATE / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}


def _write(out: Path, content: Mapping[str, Any]) -> None:
    (out / STATE / MANIFEST).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _files(around: bool) -> list[Path]:
    """The files that notebooks read while they run, or those that stand around them on pages."""
    library = [file for file in sorted(LIBRARY.rglob("*")) if file.is_file() and file.suffix != ".pyc"]
    chosen = [file for file in library if _is_around(file) == around]
    data = [*sorted(DATA.glob("*.csv")), *sorted(PUBLISHED.glob("*")), ROOT / "requirements.lock"]
    return chosen if around else [*chosen, *data]


def _is_around(file: Path) -> bool:
    return not file.is_relative_to(PARTS) and any(file.is_relative_to(place) for place in AROUND)


def _digest(content: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
