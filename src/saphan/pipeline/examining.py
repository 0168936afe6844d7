"""Doctor: a look at the machine and at one mission's register, snapshots and products, for what would go wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from saphan.pipeline.examining_machine import Answer, broken, machine


def examine(folder: Path | None, *, database_url: str | None, keys: str | None, at: datetime) -> tuple[Answer, ...]:
    """Look at this machine and, given a mission folder, at what was made from it; nothing is written or mended."""
    found = list(machine(folder or Path()))
    if folder is not None and not broken():
        # Imported here since it needs the compiled packages, which have just been found to load.
        from saphan.pipeline.examining_mission import mission  # noqa: PLC0415

        found += mission(folder, database_url=database_url, keys=keys, at=at)
    return tuple(found)
