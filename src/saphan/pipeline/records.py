"""What the last build left: its figures, its snapshot, its files; read without the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from saphan.core.problem import At, problem
from saphan.pipeline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Build:
    """What a build left behind; `files` are relative to the mission's `var`, with their SHA-256.

    `made_from` is the hash of everything that a build depends on: answers, mission folder, program. `changed` counts
    the figures that differ from those of the build before.
    """

    made_from: str
    frame: str
    figures: int
    public: int
    changed: int
    issues: int  # raised between submissions, listed in `review.csv`
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()
    new: bool = True


def keep(workspace: Workspace, made: Build) -> None:
    """Record a build as the last one."""
    write(_record(workspace), msgspec.json.format(msgspec.json.encode(made), indent=1))


def last(workspace: Workspace) -> Build | None:
    """What the last build left, or None if there was none."""
    path = _record(workspace)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Build)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _record(workspace: Workspace) -> Path:
    return workspace.var / "build.json"


def write(path: Path, content: bytes) -> None:
    """Write a file beside its place, then put it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def write_once(folder: Path, contents: Mapping[Path, bytes]) -> bool:
    """Write the files of a draw that are not there yet; whether any was new.

    Problem "sample.drawn", and nothing is written, where one of them stands in `folder` with other content: what people
    have begun to visit is never drawn over.
    """
    standing = {path for path in contents if path.is_file()}
    for path in standing:
        if path.read_bytes() != contents[path]:
            raise problem("sample.drawn", At(file=path.relative_to(folder).as_posix()))
    for path, content in contents.items():
        if path not in standing:
            write(path, content)
    return len(standing) < len(contents)
