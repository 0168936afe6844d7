"""Which snapshots hold given submissions: erasing one ends with their deletion."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from saphan.analyse.frames.model import MANIFEST


def holding(frames: Path, pseudonyms: Collection[str]) -> dict[Path, int]:
    """The snapshots below `frames` that hold any of `pseudonyms`, and how many of them each holds."""
    wanted = pa.array(sorted(pseudonyms), pa.string())
    found = {}
    for manifest in sorted(frames.glob(f"*/{MANIFEST}")):
        held: set[str] = set()
        for path in sorted((manifest.parent / "data").glob("*.parquet")):
            column = pq.read_table(path, columns=["submission"])["submission"]
            held.update(column.filter(pc.is_in(column, wanted)).to_pylist())
        if held:
            found[manifest.parent] = len(held)
    return found
