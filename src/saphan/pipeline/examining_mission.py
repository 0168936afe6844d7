"""What was made from one mission: keys, register, audit chain, snapshots, products. Nothing is written or mended."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from saphan import mission as missions
from saphan.analyse.frames.holding import holding
from saphan.core.problem import Problem
from saphan.pipeline import building, records
from saphan.pipeline.examining_machine import Answer, well, wrong
from saphan.pipeline.registering import keys_file
from saphan.pipeline.workspace import Workspace
from saphan.register import boot
from saphan.register.accounts import queries as accounts
from saphan.register.intake import keyfile, sealing
from saphan.register.intake import queries as intake
from saphan.register.intake.model import Keyring, Vault


def mission(folder: Path, *, database_url: str | None, keys: str | None, at: datetime) -> Iterator[Answer]:
    """What was found of the mission in `folder`; what cannot be looked at for an earlier fault is left out."""
    opened, found = missions.find(folder)
    if found:
        yield wrong(f"Faults in {folder}: {len(found)}", f"`saphan check {folder}` names each with what to do.")
    else:
        yield well(f"The mission in {folder} opens")
    if opened is None:
        return
    workspace = Workspace(mission=opened, database_url=database_url)
    if database_url is None and not workspace.sqlite_file.is_file():
        yield well(f"No register yet: `saphan import {folder}` makes it")
        return
    keyring, answer = _keys(workspace, keys)
    yield answer
    yield from _register(workspace, keyring, at)


def _keys(workspace: Workspace, keys: str | None) -> tuple[Keyring | None, Answer]:
    path = keys_file(workspace)
    try:
        keyring = sealing.read_keyring(keys) if keys else keyfile.read(path)
    except Problem as error:
        found = error.findings[0]
        return None, wrong(f"{'SAPHAN_KEYS' if keys else path}: {found.what}", found.remedy)
    if keys:
        return keyring, well("The mission's keys come from the environment")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return keyring, wrong(
            f"The mission's keys in {path} are readable by others (mode {mode:04o})",
            f"chmod 600 {path}; if anybody may have read it, turn the key (docs/how-to/back-up-keys-and-data.md).",
        )
    return keyring, well(f"The mission's keys in {path} are readable by their owner only")


def _register(workspace: Workspace, keyring: Keyring | None, at: datetime) -> Iterator[Answer]:
    try:
        boot.start(workspace.register_url, secret_key="looking only")
    except Problem as error:
        yield wrong(error.findings[0].what, error.findings[0].remedy)
        return
    register = boot.standing()
    if register.fault is not None:
        remedy = (
            "Start the database server, or correct DATABASE_URL."
            if workspace.database_url
            else f"Restore {workspace.sqlite_file} from a backup."
        )
        yield wrong(f"The register does not answer ({register.engine}: {register.fault})", remedy)
        return
    yield well(f"The register answers ({register.engine})")
    if register.behind:
        yield wrong(
            f"The register's tables are {len(register.behind)} migrations behind this version",
            f"Back the register up, then open it with any command, such as `saphan build {workspace.mission.folder}`.",
        )
        return
    yield well("The register's tables are of this version")
    yield _audit()
    yield _retention(workspace, at)
    if keyring is not None:
        yield _snapshots(workspace, Vault(keyring=keyring, attachments=workspace.var / "attachments"))
    yield _products(workspace)


def _audit() -> Answer:
    fault = accounts.verify_audit()
    if fault is None:
        return well(f"The audit chain holds ({accounts.head().sequence:,} lines)")
    return wrong(
        f"The audit chain is broken: line {fault.sequence} is {fault.reason}",
        "Somebody changed the database past the program. Keep it as it is, and compare it with backups.",
    )


def _retention(workspace: Workspace, at: datetime) -> Answer:
    days = workspace.mission.retention_days
    old = intake.kept_from_before(at - timedelta(days=days))
    if not old:
        return well(f"No submission is kept longer than the {days:,} days agreed")
    return wrong(
        f"Submissions kept longer than the {days:,} days agreed: {old:,}",
        "Erase them (docs/how-to/correct-and-erase.md), or change retention_days if that was agreed.",
    )


def _snapshots(workspace: Workspace, vault: Vault) -> Answer:
    held = holding(workspace.frames, intake.erased(vault))
    if not held:
        return well("No snapshot holds a submission that was erased")
    named = ", ".join(f"{path} ({number:,})" for path, number in held.items())
    return wrong(
        f"Snapshots that hold erased submissions: {named}",
        f"Build again (`saphan build {workspace.mission.folder}`), then delete these folders and their copies.",
    )


def _products(workspace: Workspace) -> Answer:
    rebuild = f"`saphan build {workspace.mission.folder}`"
    if records.last(workspace) is None:
        return well(f"Nothing built yet: {rebuild}")
    if building.is_current(workspace):
        return well("The products are of the register, the folder and the program as they are now")
    return wrong(
        "The products are older than the register, the folder or the program, or were altered",
        f"{rebuild} makes them again.",
    )
