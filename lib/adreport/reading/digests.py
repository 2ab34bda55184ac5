"""Digests that tell whether files are the same."""

import hashlib
from pathlib import Path


def file_digest(file: Path) -> str | None:
    """SHA-256 of a file's bytes; None where there is no file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def data_checksum(data: Path) -> str:
    """SHA-256 over the names and bytes of the data files and of the settings beside them."""
    folder = data.parent.glob("*.yml") if data.is_file() else data.glob("*")
    files = sorted({file for file in [*folder, data] if file.is_file()})
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file_digest(file)}\0".encode())
    return digest.hexdigest()
