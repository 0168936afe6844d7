"""Commands on a mission's register: import submissions, build from them, look for what would go wrong."""

from __future__ import annotations

from pathlib import Path

import typer

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now, passphrase
from saphan.pipeline.building import build as build_all
from saphan.pipeline.decrypting import decrypt as decrypt_all
from saphan.pipeline.erasing import erase as erase_one
from saphan.pipeline.receiving import receive
from saphan.pipeline.records import Build
from saphan.pipeline.registering import open_register
from saphan.pipeline.workspace import Workspace, open_workspace


def import_(folder: Path, path: Path, *, mapping: Path | None, workers: int, as_json: bool) -> None:
    """`saphan import`; exit status 1 if something was refused or could not be read."""
    workspace = open_workspace(folder, database_url())
    opened = open_register(workspace, at=now(), keys=keys())
    with show.progress(quiet=as_json) as step:
        received = receive(workspace, opened, path, mapping=mapping, workers=workers, step=step)
    receipt = received.receipt
    if as_json:
        show.json({"receipt": receipt, "unread": received.unread})
    else:
        show.table(
            f"Import of {path.name}",
            ("what", "submissions"),
            [
                ("taken", f"{receipt.stored:,}"),
                ("had already", f"{receipt.duplicates:,}"),
                ("refused", f"{len(receipt.refused):,}"),
                ("not readable", f"{len(received.unread):,}"),
                ("of the taken, without consent (quarantined)", f"{receipt.quarantined:,}"),
                ("issues raised by checks", f"{receipt.issues:,}"),
            ],
            right=(1,),
        )
        for refused in receipt.refused[:20]:
            show.err.print(f"refused: {refused.source}: {refused.reason}", markup=False, highlight=False)
        show.findings(received.unread[:20])
        hidden = max(len(receipt.refused) - 20, 0) + max(len(received.unread) - 20, 0)
        if hidden:
            show.err.print(f"... and {hidden:,} more; `--json` lists them all.")
        show.out.print(f"Next: saphan build {folder}")
    if receipt.refused or received.unread:
        raise typer.Exit(1)


def decrypt(folder: Path, key: Path, *, as_json: bool) -> None:
    """`saphan decrypt`; exit status 1 if something could not be decrypted."""
    workspace = open_workspace(folder, database_url())
    opened = open_register(workspace, at=now(), keys=keys())
    with show.progress(quiet=as_json) as step:
        done = decrypt_all(workspace, opened, key, passphrase=passphrase(), step=step)
    if as_json:
        show.json(done)
    else:
        show.out.print(f"{done.decrypted:,} submissions decrypted.")
        show.findings(done.waiting[:20])
        if len(done.waiting) > 20:
            show.err.print(f"... and {len(done.waiting) - 20:,} more; `--json` lists them all.")
        show.out.print(f"Next: saphan build {folder}")
    if done.waiting:
        raise typer.Exit(1)


def erase(folder: Path, instance: str, *, why: str, as_json: bool) -> None:
    """`saphan erase`."""
    workspace = open_workspace(folder, database_url())
    opened = open_register(workspace, at=now(), keys=keys())
    erased = erase_one(workspace, opened, instance, why=why)
    if as_json:
        show.json({"versions": erased.versions, "snapshots": [path.name for path in erased.snapshots]})
        return
    show.out.print(
        f"Erased {instance}: {erased.versions} of its versions, {len(erased.snapshots)} snapshots that held it."
    )
    show.out.print(f"Next: saphan build {folder}")


def build(folder: Path, *, as_json: bool) -> None:
    """`saphan build`."""
    workspace = open_workspace(folder, database_url())
    opened = open_register(workspace, at=now(), keys=keys())
    with show.progress(quiet=as_json) as step:
        made = build_all(workspace, opened, step)
    if as_json:
        show.json(made)
    else:
        _show_build(workspace, made)


def _show_build(workspace: Workspace, made: Build) -> None:
    if not made.new:
        show.out.print(f"Nothing has changed since the last build of {workspace.mission.id}.")
    else:
        changed = f"; {made.changed:,} differ from the build before" if made.changed else ""
        show.out.print(f"{made.figures:,} figures, {made.public:,} of them public{changed}. Snapshot {made.frame[:8]}.")
        for note in made.notes:
            show.out.print(f"  note: {note}", highlight=False)
        if made.issues:
            show.out.print(
                f"  {made.issues:,} issues between submissions to review in {workspace.review}", highlight=False
            )
        if workspace.sites.is_file():
            show.out.print(f"  the numbers of each site, for internal use: {workspace.sites}", highlight=False)
    top = [name for name in made.files if name.count("/") <= 2 and "/figures/" not in name]
    for name in top:
        show.out.print(f"  {workspace.var / name}", highlight=False)
    pages = len(made.files) - len(top)
    if pages:
        show.out.print(f"  and {pages:,} pages of figures", highlight=False)
    show.out.print(f"Next: saphan verify {workspace.products}")
