"""A frozen snapshot: the tables that figures are made from, and the manifest that says what they are.

    frames/<key>/manifest.json     what is here: tables, form versions, counts in and out, package versions
    frames/<key>/data/*.parquet    one table a form and one a repeat; pseudonyms only
    frames/<key>/mission/          the folder's files that estimates depend on: enough to compute again

Columns bear the concept of their question, or its column where it has none. `submission` is the pseudonym, `row` the
place of a repetition; beside each answer `<column>.state` holds its `State`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class FrameTable:
    """One Parquet file of a snapshot."""

    name: str  # the form's concept, or concept.repeat
    rows: int
    sha256: str
    columns: tuple[tuple[str, str], ...]  # (name, Arrow type)


@dataclass(frozen=True, kw_only=True)
class FormVersion:
    """One form version, by the hash of its XForm, and how many of its submissions are in the snapshot."""

    form: str
    version: str
    key: str
    frozen: int


@dataclass(frozen=True, kw_only=True)
class FormCounts:
    """What became of a form's submissions: `received` = `frozen` + the counts of `left_out`.

    Left out are those superseded by an edit, without consent, rejected in review, or erased.
    """

    form: str
    received: int
    frozen: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a snapshot holds; its canonical JSON, hashed, is the snapshot's key."""

    mission: str
    simulated: bool
    tables: tuple[FrameTable, ...]
    forms: tuple[FormVersion, ...]
    counts: tuple[FormCounts, ...]
    definitions: Mapping[str, str]  # file of the mission folder -> SHA-256
    packages: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """An opened snapshot."""

    folder: Path
    key: str
    manifest: Manifest

    @property
    def data(self) -> dict[str, Path]:
        """The Parquet file of each table."""
        return {table.name: self.folder / "data" / f"{table.name}.parquet" for table in self.manifest.tables}

    @property
    def mission(self) -> Path:
        """The frozen part of the mission folder."""
        return self.folder / "mission"
