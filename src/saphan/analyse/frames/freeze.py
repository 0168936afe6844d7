"""Write a snapshot and open one: content-addressed, never changed once written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from saphan.analyse.frames.model import MANIFEST, FormCounts, FormVersion, FrameTable, Manifest, Snapshot
from saphan.core import digest
from saphan.core.problem import At, problem

FROZEN_FILES = (
    "mission.toml",
    "rounds.toml",
    "assessments.toml",
    "mobility.toml",
    "samples/*.csv",
    "plans/*",
    "studies/*",
    "framework.csv",
    "places/*",
    "words/*",
    "forms/*.xlsx",
    "series/*",
    "indicators/*.py",
)


def definitions(folder: Path) -> dict[str, Path]:
    """The files of a mission folder that estimates depend on, by their path in it."""
    found = (path for pattern in FROZEN_FILES for path in folder.glob(pattern) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in sorted(found)}


def freeze(
    frames: Path,
    tables: Mapping[str, pa.Table],
    *,
    mission: str,
    folder: Path,
    simulated: bool,
    forms: tuple[FormVersion, ...],
    counts: tuple[FormCounts, ...],
    packages: Mapping[str, str],
) -> Snapshot:
    """Write a snapshot below `frames`, or return the one of the same content; nothing half-written is ever seen."""
    frames.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".freezing-", dir=frames))
    try:
        files = definitions(folder)
        for name, path in files.items():
            target = work / "mission" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        (work / "data").mkdir()
        manifest = Manifest(
            mission=mission,
            simulated=simulated,
            tables=tuple(_write(work / "data", name, table) for name, table in sorted(tables.items())),
            forms=forms,
            counts=counts,
            definitions={name: digest.of_file(path) for name, path in files.items()},
            packages=dict(packages),
        )
        content = msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=1)
        (work / MANIFEST).write_bytes(content)
        key = digest.of_bytes(content)
        target = frames / key
        if not target.exists():
            work.rename(target)
        return Snapshot(folder=target, key=key, manifest=manifest)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(folder: Path, name: str, table: pa.Table) -> FrameTable:
    path = folder / f"{name}.parquet"
    pq.write_table(table, path, compression="zstd", store_schema=True)
    columns = tuple((field.name, str(field.type)) for field in table.schema)
    return FrameTable(name=name, rows=table.num_rows, sha256=digest.of_file(path), columns=columns)


def open_snapshot(folder: Path) -> Snapshot:
    """Open a snapshot and check it against its manifest; Problem if a file is missing or was altered."""
    path = folder / MANIFEST
    if not path.is_file():
        raise problem("frame.missing", At(file=str(folder)))
    content = path.read_bytes()
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise problem("file.broken", At(file=str(path)), detail=error) from error
    snapshot = Snapshot(folder=folder, key=digest.of_bytes(content), manifest=manifest)
    wanted = {path: table.sha256 for path, table in zip(snapshot.data.values(), manifest.tables, strict=True)}
    wanted |= {snapshot.mission / name: sha256 for name, sha256 in manifest.definitions.items()}
    for path, sha256 in wanted.items():
        if not path.is_file() or digest.of_file(path) != sha256:
            raise problem("frame.altered", At(file=str(path)))
    if folder.name != snapshot.key:
        raise problem("frame.altered", At(file=str(folder / MANIFEST)))
    return snapshot
