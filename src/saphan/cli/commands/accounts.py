"""Commands on those who may use a register: users with roles, and app users, which are phones."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import segno
import typer

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now
from saphan.pipeline import phones
from saphan.pipeline.registering import Opened, open_register
from saphan.pipeline.workspace import Workspace, open_workspace
from saphan.register.accounts import actions, queries


def add_user(folder: Path, name: str, *, roles: list[str], as_json: bool) -> None:
    """`saphan user add`; the password is asked for, or taken from the first line of standard input."""
    _, opened = _open(folder)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    actions.add_user(name, roles=tuple(roles), password=password, by=opened.by, at=opened.at)
    if as_json:
        show.json({"name": name, "roles": sorted(roles)})
    else:
        show.out.print(f"Added the user {name}: {', '.join(sorted(roles))}.", markup=False, highlight=False)


def list_users(folder: Path, *, as_json: bool) -> None:
    """`saphan user list`."""
    _open(folder)
    users = queries.users()
    if as_json:
        show.json(users)
        return
    rows = [(user.name, ", ".join(user.roles), "" if user.active else "revoked") for user in users]
    show.table("Users", ("name", "roles", ""), rows)


def revoke_user(folder: Path, name: str) -> None:
    """`saphan user revoke`."""
    _, opened = _open(folder)
    actions.revoke_user(name, by=opened.by, at=opened.at)
    show.out.print(f"Revoked the user {name}, with all sessions.", markup=False, highlight=False)


def add_app_user(folder: Path, name: str, *, server: str, practice: bool, qr: Path | None, as_json: bool) -> None:
    """`saphan app-user add`; the token is shown here and never again."""
    workspace, opened = _open(folder)
    mission = workspace.mission
    called = mission.name.to(mission.languages[0])
    phones.server_url(server, "")  # before anything is written
    token = actions.add_app_user(name, practice=practice, by=opened.by, at=opened.at)
    told = phones.settings(server, token, name=f"{called} (practice)" if practice else called)
    if qr is not None:
        _write(qr, told)
    if as_json:
        show.json({"name": name, "practice": practice, "token": token, "settings": told})
        return
    show.json(told)
    if qr is None:
        segno.make(phones.qr_text(told), error="l").terminal(out=sys.stdout, compact=True)
        show.out.print("Scan this with the phone: Collect > Add project. It is not shown again.", highlight=False)
    else:
        show.out.print(f"The QR code is in {qr}. Delete it once the phone has it.", markup=False, highlight=False)
    if server.startswith("http:"):
        show.err.print(
            "Over http: everybody between the phone and the server can read what is sent. Use it to try only."
        )


def list_app_users(folder: Path, *, as_json: bool) -> None:
    """`saphan app-user list`."""
    _open(folder)
    found = queries.app_users()
    if as_json:
        show.json(found)
        return
    show.table(
        "App users",
        ("name", "", "added", "by", "revoked"),
        [
            (
                each.name,
                "practice" if each.practice else "",
                f"{each.added:%Y-%m-%d %H:%M}",
                each.by,
                f"{each.revoked:%Y-%m-%d %H:%M}" if each.revoked else "",
            )
            for each in found
        ],
    )


def revoke_app_user(folder: Path, name: str) -> None:
    """`saphan app-user revoke`."""
    _, opened = _open(folder)
    actions.revoke_app_user(name, by=opened.by, at=opened.at)
    show.out.print(f"Revoked the app user {name}: its token opens nothing from now on.", markup=False, highlight=False)


def _open(folder: Path) -> tuple[Workspace, Opened]:
    workspace = open_workspace(folder, database_url())
    return workspace, open_register(workspace, at=now(), keys=keys())


def _write(path: Path, told: Mapping[str, Mapping[str, object]]) -> None:
    """The QR code as PNG, readable by its owner only: whoever has it can send as this phone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        segno.make(phones.qr_text(told), error="l").save(file, kind="png", scale=6)
