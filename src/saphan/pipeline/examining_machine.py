"""The machine under the program: its Python, SQLite, compiled packages, Java and disk. Needs none of them to load."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35)  # RETURNING, and what Django asks for
LEAST_FREE = 2 * 1024**3  # bytes; a year of a mission takes a few hundred million
# Packages with compiled parts: these fail where a wheel does not fit the machine.
COMPILED = (
    "cryptography",
    "duckdb",
    "lxml.etree",
    "numpy",
    "psycopg",
    "pyarrow",
    "pyogrio",
    "pypdfium2",
    "scipy",
    "typst",
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One thing looked at: whether it is well, what was found, and what to do if it is not."""

    well: bool
    what: str
    remedy: str = ""


def well(what: str) -> Answer:
    """Nothing to do."""
    return Answer(well=True, what=what)


def wrong(what: str, remedy: str) -> Answer:
    """Something to put right."""
    return Answer(well=False, what=what, remedy=remedy)


def machine(near: Path) -> Iterator[Answer]:
    """What was found on this machine, and on the disk that holds the folder `near`."""
    python = f"Python {_dotted(sys.version_info[:3])}"
    if sys.version_info >= OLDEST_PYTHON:
        yield well(python)
    else:
        yield wrong(python, f"Install Python {_dotted(OLDEST_PYTHON)} or later, and run `make` again.")
    sqlite = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        yield well(sqlite)
    else:
        yield wrong(sqlite, f"Use a Python with SQLite {_dotted(OLDEST_SQLITE)} or later, or PostgreSQL.")
    unloadable = broken()
    if unloadable:
        why = "; ".join(f"{name} ({reason})" for name, reason in unloadable.items())
        yield wrong(f"Does not load: {why}", "Install again: pip install --require-hashes -r requirements.lock")
    else:
        yield well(f"{len(COMPILED)} compiled packages load")
    if shutil.which("java"):
        yield well("Java, for `saphan check --validate`")
    else:
        yield well("No Java: only `saphan check --validate` (ODK Validate) would need it")
    free = shutil.disk_usage(_existing(near)).free
    room = f"{free / 1024**3:,.1f} GB free on the disk"
    if free >= LEAST_FREE:
        yield well(room)
    else:
        yield wrong(room, f"Make room: below {LEAST_FREE / 1024**3:.0f} GB an import or a build may stop half-way.")


def broken() -> Mapping[str, str]:
    """The compiled packages that do not load, and why."""
    found = {}
    for name in COMPILED:
        try:
            import_module(name)
        except ImportError as error:
            found[name] = str(error)
    return found


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in numbers)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    path = path.resolve()
    return next(parent for parent in (path, *path.parents) if parent.is_dir())
