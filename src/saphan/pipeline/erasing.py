"""Erase: a submission gone everywhere, the snapshots that hold it included; its id, hash and an audit line remain."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from saphan.analyse.frames.holding import holding
from saphan.pipeline.registering import Opened
from saphan.pipeline.workspace import Workspace
from saphan.register.intake import actions, queries


@dataclass(frozen=True, kw_only=True)
class Erased:
    """What was erased: versions of the submission in the register, and the snapshots that held it."""

    versions: int
    snapshots: tuple[Path, ...]


def erase(workspace: Workspace, opened: Opened, instance: str, *, why: str) -> Erased:
    """Erase a submission by its id; `why` is kept for good and names no person. Problem "intake.unknown".

    Figures that were published from a deleted snapshot can no longer be computed again, only from the next one.
    """
    vault = opened.vault
    versions = actions.erase(instance, why=why, vault=vault, by=opened.by, at=opened.at)
    held = holding(workspace.frames, queries.erased(vault))
    for snapshot in held:
        shutil.rmtree(snapshot)
    workspace.review.unlink(missing_ok=True)
    return Erased(versions=versions, snapshots=tuple(held))
