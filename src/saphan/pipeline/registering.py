"""The register of a mission, opened: migrated, its keys at hand, and an actor to act as."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from saphan.collect.forms import load as load_forms
from saphan.core import digest
from saphan.core.problem import At, problem
from saphan.pipeline.workspace import Workspace
from saphan.register import boot
from saphan.register.accounts.actions import unattended
from saphan.register.accounts.model import Actor
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import keyfile, sealing
from saphan.register.intake import queries as intake
from saphan.register.intake.model import Keyring, Vault

ACTOR = "cli"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A register at hand: what reads and writes content need, and the one who acts."""

    vault: Vault
    by: Actor
    at: datetime


def open_register(workspace: Workspace, *, at: datetime, keys: str | None = None) -> Opened:
    """Open the mission's register, making it if it is new; `keys` is the keyring's text where a secret store holds it.

    Without `keys` they lie in `var/<mission>/keys`, readable by their owner only, and are made with the first opening.
    """
    if workspace.database_url is None:
        workspace.var.mkdir(parents=True, exist_ok=True)
    # Nothing is signed that outlives a command: the web's sessions will bring a key of their own.
    boot.start(workspace.register_url, secret_key=secrets.token_hex(32))
    boot.migrate()
    keyring = sealing.read_keyring(keys) if keys else _keyring(workspace)
    return Opened(
        vault=Vault(keyring=keyring, attachments=workspace.var / "attachments"),
        by=unattended(ACTOR, at=at),
        at=at,
    )


def keys_file(workspace: Workspace) -> Path:
    """Where the mission's keys lie, unless a secret store hands them over."""
    return workspace.var / "keys" / "mission.key"


def publish_forms(workspace: Workspace, opened: Opened) -> None:
    """Publish every form version of the folder that is not published yet."""
    for form in load_forms(workspace.mission, cache=workspace.cache / "forms").values():
        path = workspace.mission.folder / "forms" / f"{form.id}.xlsx"
        source = digest.of_file(path) if path.is_file() else ""
        fieldwork.publish(form, source=source, by=opened.by, at=opened.at)


def _keyring(workspace: Workspace) -> Keyring:
    path = keys_file(workspace)
    if path.is_file():
        return keyfile.read(path)
    # New keys beside old content would look well and open nothing.
    if intake.holds_content():
        raise problem("key.lost", At(file=str(path)))
    return keyfile.make(path)
