"""Build: from the register's answers to figures and products; what has not changed is not made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import saphan
from saphan.core import digest
from saphan.pipeline import records
from saphan.pipeline.records import Build
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.workspace import Workspace
from saphan.register.intake import queries as intake

Step = Callable[[str, int, int | None], None]


def build(workspace: Workspace, opened: Opened, step: Step) -> Build:
    """Freeze, estimate, figure and publish; the build before as it stands if nothing that it depends on has changed."""
    publish_forms(workspace, opened)
    made_from = _made_from(workspace)
    before = _standing(workspace, made_from)
    if before is not None:
        return replace(before, new=False, changed=0)
    # Imported here since it brings the statistics, and a build with nothing changed is to answer at once.
    from saphan.pipeline.making import make  # noqa: PLC0415

    made = make(workspace, opened, made_from, step)
    records.keep(workspace, made)
    return made


def is_current(workspace: Workspace) -> bool:
    """Whether a build now would give what the last one gave; asks the register, which must be open."""
    return _standing(workspace, _made_from(workspace)) is not None


def _made_from(workspace: Workspace) -> str:
    return digest.of_value([intake.state(), _folder(workspace.mission.folder), _program()])


def _standing(workspace: Workspace, made_from: str) -> Build | None:
    """The last build, if it was made from the same and all its files are there still."""
    before = records.last(workspace)
    return before if before and before.made_from == made_from and _stands(workspace.var, before) else None


def _folder(folder: Path) -> str:
    return digest.of_files(folder, (path for path in folder.rglob("*") if path.is_file()))


def _program() -> str:
    """The hash of this program's own source: another version may estimate or print otherwise."""
    source = Path(saphan.__file__).parent
    kinds = {".py", ".po", ".typ", ".toml", ".html", ".css"}
    return digest.of_files(source, (path for path in source.rglob("*") if path.suffix in kinds))


def _stands(var: Path, before: Build) -> bool:
    """Whether every file of a build is there still, unaltered."""
    return all((var / name).is_file() and digest.of_file(var / name) == sha256 for name, sha256 in before.files.items())
