"""Digests that tell whether files are the same."""

import hashlib
from pathlib import Path


def file_digest(file: Path) -> str | None:
    """SHA-256 of a file's bytes; None where there is no file."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def data_checksum(data: Path) -> str:
    """SHA-256 over the names and bytes of the data files, so that two reports can be told apart."""
    files = [data] if data.is_file() else sorted(file for file in data.glob("*") if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file_digest(file)}\0".encode())
    return digest.hexdigest()
