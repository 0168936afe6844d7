"""Whether a register can take requests: database, tables, keys and disk, each yes or no, and nothing else told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from saphan.core.problem import Problem
from saphan.pipeline.registering import keys_file
from saphan.pipeline.workspace import Workspace
from saphan.register import boot
from saphan.register.intake import keyfile, sealing

_LEAST_FREE = 256 * 1024**2  # bytes; below it a photograph may no longer be taken


def readiness(workspace: Workspace, *, keys: str | None) -> Mapping[str, bool]:
    """What a way in over the register that `boot.start` opened needs before requests are sent to it.

    Written for machines that ask every few seconds and for anybody who may read it: no version, path or reason.
    """
    standing = boot.standing()
    return {
        "database": standing.fault is None,
        "migrations": standing.fault is None and not standing.behind,
        "keys": _keys(workspace, keys),
        "disk": _room(workspace),
    }


def _keys(workspace: Workspace, keys: str | None) -> bool:
    try:
        _ = sealing.read_keyring(keys) if keys else keyfile.read(keys_file(workspace))
    except (Problem, OSError):
        return False
    return True


def _room(workspace: Workspace) -> bool:
    return (
        workspace.var.is_dir()
        and os.access(workspace.var, os.W_OK)
        and shutil.disk_usage(workspace.var).free >= _LEAST_FREE
    )
