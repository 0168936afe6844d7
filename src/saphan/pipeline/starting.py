"""New: a mission folder that passes `check` and says, in its own comments, what to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from saphan.core.problem import At, problem

STARTER = "starter"
_ID = b"{{id}}"


def new(folder: Path) -> list[Path]:
    """Write a starting mission folder, named after it; Problem if the folder exists and is not empty."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise problem("mission.exists", At(file=str(folder)), what=str(folder))
    written = []
    for path, template in sorted(_files(files("saphan.pipeline") / STARTER), key=lambda found: found[0]):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        content = template.read_bytes()
        if path.name == "mission.toml":
            content = content.replace(_ID, _id_of(folder).encode())
        target.write_bytes(content)
        written.append(target)
    return written


def _id_of(folder: Path) -> str:
    """A mission's id from the name of its folder: lower-case letters, digits and `-`."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "mission"


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in folder.iterdir():
        path = PurePosixPath(above, entry.name)
        if entry.is_dir():
            yield from _files(entry, str(path))
        else:
            yield path, entry
