"""The figures of the last build, and the snapshot they were made from."""

from __future__ import annotations

from pathlib import Path

from saphan.analyse.frames.freeze import open_snapshot
from saphan.analyse.frames.model import Snapshot
from saphan.core.problem import At, problem
from saphan.pipeline.workspace import Workspace
from saphan.publish.figures.model import Register
from saphan.publish.figures.register import decode


def built(workspace: Workspace) -> tuple[Register, Snapshot]:
    """The figures of the last build and the snapshot they were made from; Problem if nothing was built."""
    if not workspace.figures.is_file():
        raise problem("build.none", At(file=str(workspace.mission.folder)))
    register = figures(workspace.figures)
    return register, open_snapshot(workspace.frames / register.frame)


def figures(path: Path) -> Register:
    """The register of figures in a file."""
    return decode(path.read_bytes())
