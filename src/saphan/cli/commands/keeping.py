"""Commands that keep a register: back up, restore, look at the audit chain."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now, passphrase
from saphan.core.problem import problem
from saphan.pipeline import backing_up, restoring
from saphan.pipeline.registering import open_register
from saphan.pipeline.workspace import open_workspace
from saphan.register.accounts import queries as accounts
from saphan.register.accounts.model import Head


def backup(folder: Path, target: Path, *, with_keys: bool, as_json: bool) -> None:
    """`saphan backup`."""
    under = passphrase() if with_keys else None
    if with_keys and under is None:
        raise problem("backup.passphrase")
    workspace = open_workspace(folder, database_url())
    opened = open_register(workspace, at=now(), keys=keys())
    with show.progress(quiet=as_json) as step:
        made = backing_up.backup(workspace, opened, target, passphrase=under, step=step)
    if as_json:
        show.json(made)
        return
    show.out.print(
        f"{made.submissions:,} submissions ({made.erased:,} of them erased), {made.attachments:,} attachments "
        f"({made.new_attachments:,} new here), {made.snapshots:,} snapshots.",
        highlight=False,
    )
    show.out.print(f"  {made.archive}", highlight=False)
    show.out.print(f"  audit chain to {made.head.sequence}:{made.head.hash}", highlight=False)
    if not with_keys:
        show.out.print("  without the mission's keys: keep them, apart from this; nothing opens without them")


def restore(target: Path, folder: Path, *, keys_file: Path | None, as_json: bool) -> None:
    """`saphan restore`; exit status 1 if what came back is not what was received."""
    keyring = restoring.keys_of(target, text=keys(), file=keys_file, passphrase=passphrase())
    with show.progress(quiet=as_json) as step:
        made = restoring.restore(target, folder, keyring=keyring, database_url=database_url(), at=now(), step=step)
    if as_json:
        show.json(made)
    else:
        show.table(
            f"Restored from {made.archive.name}",
            ("what", "number"),
            [
                ("submissions", f"{made.submissions:,}"),
                ("opened, the very bytes that were received", f"{made.opened:,}"),
                ("erased before the backup", f"{made.erased:,}"),
                ("erased since", f"{made.erased_since:,}"),
                ("attachments", f"{made.attachments:,}"),
                ("snapshots", f"{made.snapshots:,}"),
                ("altered", f"{len(made.altered):,}"),
            ],
            right=(1,),
        )
        for instance in made.altered[:20]:
            show.err.print(f"altered: {instance}", markup=False, highlight=False)
        fault = f"broken: line {made.fault.sequence} is {made.fault.reason}" if made.fault else "holds"
        show.out.print(f"The audit chain {fault}.", highlight=False)
        show.out.print(f"Next: saphan doctor {folder}")
    if made.altered or made.fault is not None:
        raise typer.Exit(1)


def audit_head(folder: Path, *, as_json: bool) -> None:
    """`saphan audit head`."""
    open_register(open_workspace(folder, database_url()), at=now(), keys=keys())
    head = accounts.head()
    if as_json:
        show.json(head)
    else:
        show.out.print(f"{head.sequence}:{head.hash}", highlight=False)


def audit_verify(folder: Path, *, known: str | None, as_json: bool) -> None:
    """`saphan audit verify`; exit status 1 if the chain does not hold."""
    kept = _head(known) if known is not None else None
    open_register(open_workspace(folder, database_url()), at=now(), keys=keys())
    fault = accounts.verify_audit(kept)
    head = accounts.head()
    if as_json:
        show.json({"head": head, "fault": fault})
    elif fault is None:
        show.out.print(f"The audit chain holds: {head.sequence:,} lines, to {head.hash}.", highlight=False)
    else:
        show.err.print(f"The audit chain is broken: line {fault.sequence} is {fault.reason}.", highlight=False)
    if fault is not None:
        raise typer.Exit(1)


def _head(text: str) -> Head:
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())
    if match is None:
        raise problem("audit.head", text=text)
    return Head(sequence=int(match[1]), hash=match[2])
