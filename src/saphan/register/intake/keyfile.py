"""The mission's keyring in a file that only its owner may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from saphan.core.problem import At, problem
from saphan.register.intake import sealing
from saphan.register.intake.model import Keyring


def read(path: Path) -> Keyring:
    """The keyring kept at `path`; Problem "key.lost" if it is not there, "key.unreadable"."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise problem("key.lost", At(file=str(path))) from None
    except ValueError:
        raise problem("key.unreadable", At(file=path.name)) from None
    return sealing.read_keyring(text, At(file=path.name))


def make(path: Path) -> Keyring:
    """A fresh keyring, kept at `path`; if another process makes one there first, that one."""
    keyring = sealing.new_keyring()
    partial = _partial(path, keyring)
    try:
        # A link, unlike a rename, never replaces what is there: two first uses at once end with one keyring.
        os.link(partial, path)
    except FileExistsError:
        return read(path)
    finally:
        partial.unlink()
    return keyring


def replace(path: Path, keyring: Keyring) -> None:
    """Keep another keyring at `path`, whole or not at all."""
    _partial(path, keyring).replace(path)


def _partial(path: Path, keyring: Keyring) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # readable by its owner only
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(sealing.write_keyring(keyring) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Path(partial)
