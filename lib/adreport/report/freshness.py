"""Which pages of a report are out of date: by fingerprints of all they are made from, never by file times."""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adreport.reading.settings import data_checksum, file_digest
from adreport.study.paths import DATA, LIBRARY, NOTEBOOKS, PUBLISHED, ROOT

STATE = ".build"


def fingerprints(parameters: Mapping[str, Mapping[str, Any]], data: Path, joined: Sequence[str]) -> dict[str, str]:
    """For each page, a digest of its notebook, its parameters, the data, the library and its environment.

    `joined`: the files that the report has beside them, since every page links to these.
    """
    shared = [*joined, data_checksum(data), *map(file_digest, _shared_files()), sys.version]
    return {
        page: hashlib.sha256(
            json.dumps([page, file_digest(NOTEBOOKS / f"{page}.ipynb"), given, shared]).encode()
        ).hexdigest()
        for page, given in parameters.items()
    }


def stale_pages(out: Path, wanted: Mapping[str, str]) -> list[str]:
    """The pages of which `out` has no unchanged copy with the wanted fingerprint."""
    built = _manifest(out)
    return [
        page
        for page, fingerprint in wanted.items()
        if built.get(page, {}).get("fingerprint") != fingerprint
        or file_digest(out / f"{page}.html") != built[page]["html"]
        or not executed_notebook(out, page).exists()
    ]


def whole(out: Path, joined: Sequence[str]) -> bool:
    """Whether the files that join the pages are as they were written."""
    built = _manifest(out)
    return all(file_digest(out / name) == built.get(name) is not None for name in joined)


def manifest(out: Path, wanted: Mapping[str, str], joined: Sequence[str]) -> str:
    """What a finished report in `out` records of itself, as JSON."""
    pages = {
        page: {"fingerprint": print_, "html": file_digest(out / f"{page}.html")} for page, print_ in wanted.items()
    }
    return json.dumps(pages | {name: file_digest(out / name) for name in joined}, indent=1)


def executed_notebook(out: Path, page: str) -> Path:
    """Where a report keeps the notebook that a page was made from."""
    return out / STATE / f"{page}.ipynb"


def manifest_file(out: Path) -> Path:
    """Where a report records what it was made from."""
    return out / STATE / "manifest.json"


def _manifest(out: Path) -> dict[str, Any]:
    try:
        return json.loads(manifest_file(out).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}


def _shared_files() -> list[Path]:
    library = [file for file in sorted(LIBRARY.rglob("*")) if file.is_file() and file.suffix != ".pyc"]
    return [*library, *sorted(DATA.glob("*.csv")), *sorted(PUBLISHED.iterdir()), ROOT / "requirements.lock"]
