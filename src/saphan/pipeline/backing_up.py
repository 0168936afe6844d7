"""Back up: the register of one moment, its attachments, its snapshots and the mission's folder; see ADR 0014."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from saphan import __version__
from saphan.core.problem import At, problem
from saphan.pipeline import archiving
from saphan.pipeline.archiving import KeyTable, Manifest, TableOf
from saphan.pipeline.registering import Opened
from saphan.pipeline.workspace import Workspace
from saphan.register.accounts import queries as accounts
from saphan.register.accounts.model import Head
from saphan.register.boot import copying
from saphan.register.intake import queries as intake
from saphan.register.intake import sealing

SUBMISSIONS, ATTACHMENT_ROWS, TOMBSTONES = "intake.Submission", "intake.Attachment", "intake.Erasure"
MISSION, LISTING = "mission", "submissions.csv"

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What was written: the archive, the audit line it reaches to, and how much it holds."""

    archive: Path
    head: Head
    submissions: int
    erased: int
    attachments: int
    new_attachments: int
    snapshots: int


@dataclass(kw_only=True)
class _Seen:
    """What passed by while the rows were written."""

    keys: dict[str, tuple[str, bytes]]
    listing: list[tuple[str, str, str]]
    files: list[tuple[int, str]]
    instances: dict[int, str]
    erased: int = 0


def backup(workspace: Workspace, opened: Opened, target: Path, *, passphrase: str | None, step: Step) -> BackedUp:
    """Back the mission up into the folder `target`, while others go on writing; each backup adds one archive.

    With `passphrase`, the mission's keys go along under it. Problem "backup.other" (the backups there are of another
    register, or of more than this one holds), "backup.keys", "backup.damaged", "backup.busy".
    """
    keyring = opened.vault.keyring
    for folder in (target, target / archiving.ATTACHMENTS, target / archiving.SNAPSHOTS):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with archiving.alone(target):
        known = archiving.read_table(target, keyring)
        if known is not None and (known.mission != workspace.mission.id or not accounts.holds(known.head)):
            raise problem("backup.other", At(file=str(target)), sequence=known.head.sequence)
        writer = archiving.Writer(target)
        try:
            seen = _Seen(keys={}, listing=[], files=[], instances={})
            with copying.steady():
                head, migrations = accounts.head(), copying.migrations()
                tables = tuple(_table(writer, table, seen, step) for table in copying.tables())
            writer.add(LISTING, [_listing(seen)])
            _folder(writer, workspace.mission.folder)
            new = _attachments(workspace, seen, target, step)
            snapshots = _snapshots(workspace, opened, target, known)
            # The keys first: an archive is never newer than the table that opens it.
            table = KeyTable(mission=workspace.mission.id, head=head, submissions=seen.keys, snapshots=snapshots)
            archiving.write_table(target, table, keyring)
            _forget_snapshots(target, snapshots)
            if passphrase:
                archiving.put(target / archiving.KEYS, sealing.lock_keyring(keyring, passphrase))
            made = opened.at.astimezone(UTC)
            path = target / f"{made:%Y%m%dT%H%M%SZ}-{head.sequence:010}{archiving.ENDING}"
            manifest = Manifest(
                program=__version__,
                mission=workspace.mission.id,
                made=made,
                head=head,
                migrations=tuple((app, name) for app, name in migrations),
                tables=tables,
                submissions=len(seen.listing),
                erased=seen.erased,
                snapshots=tuple(snapshots),
                files=writer.files,
            )
            writer.finish(manifest, keyring, path)
        except BaseException:
            writer.give_up()
            raise
    return BackedUp(
        archive=path,
        head=head,
        submissions=len(seen.listing),
        erased=seen.erased,
        attachments=len(seen.files),
        new_attachments=new,
        snapshots=len(snapshots),
    )


def _table(writer: archiving.Writer, table: copying.Table, seen: _Seen, step: Step) -> TableOf:
    number = 0

    def passing() -> Iterator[list[Any]]:
        nonlocal number
        for row in copying.rows(table):
            cells = [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
            _look(table, cells, seen)
            number += 1
            if not number % 1000:
                step(f"Writing {table.label}", number, None)
            yield cells

    writer.add(TableOf(label=table.label, fields=table.fields, rows=0).member, archiving.packed(passing()))
    return TableOf(label=table.label, fields=table.fields, rows=number)


def _look(table: copying.Table, cells: list[Any], seen: _Seen) -> None:
    """Take a submission's key out of its row; the archive holds none."""
    at = table.fields.index
    if table.label == SUBMISSIONS:
        instance, wrapped = cells[at("instance")], cells[at("wrapped_key")]
        seen.instances[cells[at("id")]] = instance
        seen.listing.append((instance, cells[at("digest")].hex(), "" if wrapped is None else "kept"))
        if wrapped is not None:
            seen.keys[instance] = (cells[at("key_id")], wrapped)
        cells[at("wrapped_key")], cells[at("key_id")] = None, ""
    elif table.label == ATTACHMENT_ROWS:
        seen.files.append((cells[at("submission_id")], cells[at("file")]))
    elif table.label == TOMBSTONES:
        seen.erased += 1


def _listing(seen: _Seen) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("submission", "sha256", "content"))
    writer.writerows(sorted(seen.listing))
    return text.getvalue().encode()


def _folder(writer: archiving.Writer, folder: Path) -> None:
    """The mission's own files; hidden ones and links stay behind."""
    for directory, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            path = Path(directory, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                writer.add(f"{MISSION}/{path.relative_to(folder).as_posix()}", [path.read_bytes()])


def _attachments(workspace: Workspace, seen: _Seen, target: Path, step: Step) -> int:
    """Copy the encrypted files that are not there yet; returns how many."""
    new, gone = 0, {}
    for number, (submission, name) in enumerate(seen.files, 1):
        kept = target / archiving.ATTACHMENTS / name
        if kept.is_file():
            continue
        partial = kept.with_name(f".{name}.partial")
        try:
            shutil.copyfile(workspace.var / "attachments" / name, partial)
        except FileNotFoundError:
            gone[seen.instances[submission]] = name
            continue
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(kept)
        new += 1
        step("Copying attachments", number, len(seen.files))
    archiving.sync(target / archiving.ATTACHMENTS)
    # Erased while the backup was under way: then their keys go along with nothing. Anything else is a loss.
    for instance in intake.erased_among(gone.keys()):
        seen.keys.pop(instance, None)
        del gone[instance]
    for instance, name in gone.items():
        raise problem("file.missing", At(file=name, instance=instance))
    return new


def _snapshots(
    workspace: Workspace, opened: Opened, target: Path, known: KeyTable | None
) -> dict[str, tuple[str, bytes]]:
    """Seal the snapshots that are not there yet; the keys of those that still stand, wrapped by the current one."""
    keyring = opened.vault.keyring
    unwrap, current = sealing.Unwrapper(keyring), sealing.key_id(keyring.current)
    keys = {}
    for folder in sorted(path for path in workspace.frames.glob("[0-9a-f]*") if path.is_dir()):
        sealed = target / archiving.SNAPSHOTS / folder.name
        if known is not None and folder.name in known.snapshots and sealed.is_file():
            wrapped_by, wrapped = known.snapshots[folder.name]
            key = unwrap(wrapped_by, folder.name, wrapped)
        else:
            key = os.urandom(32)
            archiving.put(sealed, archiving.seal_folder(folder, key))
        keys[folder.name] = (current, sealing.wrap(keyring, folder.name, key))
    return keys


def _forget_snapshots(target: Path, keys: dict[str, tuple[str, bytes]]) -> None:
    for path in (target / archiving.SNAPSHOTS).iterdir():
        if path.name not in keys:
            path.unlink()
