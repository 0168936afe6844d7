"""Open a workspace's register: its database, brought up to date, and its keys."""

from __future__ import annotations

import secrets
from pathlib import Path

from saphan.pipeline.workspace import Workspace
from saphan.register import boot
from saphan.register.intake import keyfile, queries, sealing
from saphan.register.intake.model import Keyring, Vault


def open_register(workspace: Workspace, *, keyring: str | None = None) -> Vault:
    """Connect to the workspace's register, make or update its tables, and return what opens its content.

    `keyring` is the mission's keyring as text, where the caller has it from a secret store; otherwise it lies in a file
    below `var`, made at first use. Problem "key.gone" if the register holds submissions and the file is gone, and
    "key.unreadable".
    """
    workspace.var.mkdir(parents=True, exist_ok=True)
    url = workspace.database_url or boot.sqlite_url(workspace.var / "register.sqlite")
    # Sessions and tokens are the web's, which starts Django itself with a key that lasts.
    boot.start(url, secret_key=secrets.token_urlsafe())
    boot.migrate()
    keys = sealing.read_keyring(keyring) if keyring else _kept(key_file(workspace))
    return Vault(keyring=keys, attachments=workspace.var / "attachments")


def key_file(workspace: Workspace) -> Path:
    """Where the workspace's keyring lies, unless a secret store has it."""
    return workspace.var / "keys" / "mission.keys"


def _kept(path: Path) -> Keyring:
    if path.exists() or queries.holds_content():
        return keyfile.read(path)
    return keyfile.make(path)
