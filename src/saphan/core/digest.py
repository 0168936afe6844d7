"""Content hashes: the keys by which everything made is named, so that equal content has an equal name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

_CANONICAL = msgspec.json.Encoder(order="sorted")


def of_bytes(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def of_value(value: object) -> str:
    """SHA-256 of a value in canonical JSON (sorted keys); plain data, dataclasses or msgspec structures."""
    return of_bytes(_CANONICAL.encode(value))


def of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces; OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_files(root: Path, paths: Iterable[Path]) -> str:
    """SHA-256 over the names (relative to root) and contents of files, in any order given."""
    return of_value(sorted((path.relative_to(root).as_posix(), of_file(path)) for path in paths))


def short(key: str) -> str:
    """The first eight characters of a key, as printed after a figure's name."""
    return key[:8]
