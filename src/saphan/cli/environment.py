"""What a command takes from around it: the environment and the clock, read here and nowhere below."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def one_thread() -> None:
    """Let NumPy's linear algebra use one thread: its matrices here are small, and threads on them wait for each other.

    Call before NumPy is imported. It also keeps sums in one order, so that a figure has the same bits on every machine.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def database_url() -> str | None:
    """Where the register is, if the environment says so; otherwise SQLite below `var`."""
    return os.environ.get("DATABASE_URL") or None


def keys() -> str | None:
    """The mission's keyring, where a secret store hands it over in the environment."""
    return os.environ.get("SAPHAN_KEYS") or None


def passphrase() -> str | None:
    """What opens a private key, or the keys in a backup, where a secret store hands it over in the environment."""
    return os.environ.get("SAPHAN_PASSPHRASE") or None


def now() -> datetime:
    """The moment a command was given."""
    return datetime.now(tz=UTC)
