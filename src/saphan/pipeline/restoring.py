"""Restore: a backup onto an empty machine; looked through before anything is written, opened byte for byte after."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from saphan.core.problem import At, problem
from saphan.pipeline import archiving
from saphan.pipeline.archiving import Archive, KeyTable, TableOf
from saphan.pipeline.backing_up import ATTACHMENT_ROWS, MISSION, SUBMISSIONS
from saphan.pipeline.registering import ACTOR, keys_file
from saphan.pipeline.workspace import Workspace, open_workspace
from saphan.register import boot
from saphan.register.accounts import queries as accounts
from saphan.register.accounts.actions import unattended
from saphan.register.accounts.model import AuditFault, Head
from saphan.register.boot import copying
from saphan.register.intake import actions, keyfile, sealing
from saphan.register.intake import queries as intake
from saphan.register.intake.model import Keyring, Vault

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was restored: of `submissions`, `opened` hold the very bytes that were received.

    `erased_since` had their keys destroyed after the backup was made; `altered` do not open, or to other bytes.
    """

    archive: Path
    head: Head
    submissions: int
    opened: int
    erased: int
    erased_since: int
    attachments: int
    snapshots: int
    altered: tuple[str, ...]
    fault: AuditFault | None


def keys_of(target: Path, *, text: str | None, file: Path | None, passphrase: str | None) -> Keyring:
    """The mission's keys for a restore: from the environment, a file, or the backup under a passphrase.

    Problem "backup.no-keys", "key.locked", "key.lost", "key.unreadable".
    """
    if text:
        return sealing.read_keyring(text)
    if file is not None:
        return keyfile.read(file)
    locked = _root(target) / archiving.KEYS
    if passphrase and locked.is_file():
        return sealing.unlock_keyring(locked.read_bytes(), passphrase, At(file=locked.name))
    raise problem("backup.no-keys", At(file=str(target)))


def restore(
    target: Path, folder: Path, *, keyring: Keyring, database_url: str | None, at: datetime, step: Step
) -> Restored:
    """Restore the newest backup of the folder `target`, or the archive `target`, to the mission folder `folder`.

    The folder is written too where there is none. Stopped half-way and given again, it completes. Problem
    "backup.none", "backup.damaged", "backup.keys", "backup.version", "restore.occupied", "restore.other".
    """
    archive = Archive(_newest(target), keyring)
    table = archiving.read_table(_root(target), keyring)
    manifest = archive.manifest
    if table is None or table.mission != manifest.mission or table.head.sequence < manifest.head.sequence:
        raise problem("backup.damaged", At(file=archiving.TABLE), detail="it is older than the archive, or not there.")
    files = _attachments(archive, table, _root(target), step)
    for name in table.snapshots:
        _snapshot(table, _root(target), name, keyring).close()
    _fits(archive, folder)
    _folder(archive, folder)
    workspace = open_workspace(folder, database_url)
    _load(archive, table, workspace)

    vault = Vault(keyring=keyring, attachments=workspace.var / "attachments")
    vault.attachments.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(files, 1):
        if not archiving.is_attachment(vault.attachments / name):
            archiving.put(vault.attachments / name, (_root(target) / archiving.ATTACHMENTS / name).read_bytes())
        step("Restoring attachments", number, len(files))
    for name in table.snapshots:
        _put_snapshot(_snapshot(table, _root(target), name, keyring), workspace.frames / name)
    if not keys_file(workspace).is_file():
        keys_file(workspace).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keyfile.replace(keys_file(workspace), keyring)
    facts = {"archive": archive.path.name, "head": archive.manifest.head.hash}
    erased_since = actions.settle_restored(facts, vault=vault, by=unattended(ACTOR, at=at), at=at)

    looked = list(intake.wholeness(vault))
    return Restored(
        archive=archive.path,
        head=archive.manifest.head,
        submissions=archive.manifest.submissions,
        opened=sum(whole for _, whole in looked),
        erased=archive.manifest.erased,
        erased_since=erased_since,
        attachments=len(files),
        snapshots=len(table.snapshots),
        altered=tuple(instance for instance, whole in looked if not whole),
        fault=accounts.verify_audit(archive.manifest.head),
    )


def _root(target: Path) -> Path:
    return target if target.is_dir() else target.parent


def _newest(target: Path) -> Path:
    if target.is_file():
        return target
    found = sorted(target.glob(f"[0-9]*{archiving.ENDING}"))
    if not found:
        raise problem("backup.none", At(file=str(target)))
    return found[-1]


def _attachments(archive: Archive, table: KeyTable, root: Path, step: Step) -> list[str]:
    """The encrypted files to restore, each seen to be whole: those of submissions whose keys are there."""
    tables = {of.label: of for of in archive.manifest.tables}
    submissions = tables[SUBMISSIONS]
    id_, instance = submissions.fields.index("id"), submissions.fields.index("instance")
    kept = {row[id_] for row in archive.rows(submissions) if row[instance] in table.submissions}
    of = tables[ATTACHMENT_ROWS]
    submission, file = of.fields.index("submission_id"), of.fields.index("file")
    names = [row[file] for row in archive.rows(of) if row[submission] in kept]
    for number, name in enumerate(names, 1):
        if not archiving.is_attachment(root / archiving.ATTACHMENTS / name):
            detail = f"the attachment {name} is missing, or was altered."
            raise problem("backup.damaged", At(file=str(root)), detail=detail)
        step("Looking through attachments", number, len(names))
    return names


def _snapshot(table: KeyTable, root: Path, name: str, keyring: Keyring) -> Any:
    wrapped_by, wrapped = table.snapshots[name]
    path = root / archiving.SNAPSHOTS / name
    if not path.is_file():
        raise problem("backup.damaged", At(file=str(root)), detail=f"the snapshot {name} is missing.")
    return archiving.open_folder(path.read_bytes(), sealing.Unwrapper(keyring)(wrapped_by, name, wrapped), name)


def _put_snapshot(sealed: Any, folder: Path) -> None:
    if folder.is_dir():
        return
    beside = folder.with_name(f".{folder.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    with sealed:
        sealed.extractall(beside)
    beside.replace(folder)


def _fits(archive: Archive, folder: Path) -> None:
    """Problem "restore.other" unless the archive may be restored to the folder, "backup.version" if not by us."""
    mission = archive.manifest.mission
    unknown = copying.unknown(archive.manifest.migrations)
    if unknown:
        raise problem("backup.version", At(file=archive.path.name), detail=", ".join(unknown))
    if (folder / "mission.toml").is_file():
        if open_workspace(folder).mission.id != mission:
            raise problem("restore.other", At(file=str(folder)), mission=mission)
    elif folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise problem("restore.other", At(file=str(folder)), mission=mission)


def _folder(archive: Archive, folder: Path) -> None:
    """Write the mission's folder where there is none."""
    if (folder / "mission.toml").is_file():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    for member in archive.below(MISSION):
        path = beside / member.removeprefix(f"{MISSION}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, path.open("wb") as into:
            shutil.copyfileobj(source, into)
    beside.replace(folder)  # onto an empty folder, or none


def _load(archive: Archive, table: KeyTable, workspace: Workspace) -> None:
    """Write the rows into the register, which is empty, or holds just these from an attempt that was stopped."""
    if workspace.database_url is None:
        workspace.var.mkdir(parents=True, exist_ok=True)
    boot.start(workspace.register_url, secret_key=secrets.token_hex(32))
    manifest = archive.manifest
    there = accounts.held()
    if there == manifest.head and there.sequence:
        return
    known = [list(migration) for migration in manifest.migrations]
    if there is not None and (there.sequence or copying.migrations() != known):
        raise problem("restore.occupied", At(file=str(workspace.database_url or workspace.var)))
    copying.load(
        known,
        {
            copying.Table(label=of.label, fields=of.fields): _with_keys(of, archive.rows(of), table)
            for of in manifest.tables
        },
    )


def _with_keys(of: TableOf, rows: Iterator[list[Any]], table: KeyTable) -> Iterator[list[Any]]:
    """The rows of a table; a submission's gets back its key if that was not destroyed since."""
    if of.label != SUBMISSIONS:
        yield from rows
        return
    instance, by, wrapped = (of.fields.index(name) for name in ("instance", "key_id", "wrapped_key"))
    for row in rows:
        row[by], row[wrapped] = table.submissions.get(row[instance], ("", None))
        yield row
