"""Receive: whatever stands at a path, into the register of a mission, each submission exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from saphan.collect import checks, forms, sources
from saphan.core.problem import Finding
from saphan.pipeline.importing import import_submissions
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.workspace import Workspace
from saphan.register.intake.model import Receipt

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Received:
    """What became of an import: the register's receipt, and the files or rows that could not be read at all."""

    receipt: Receipt
    unread: tuple[Finding, ...]


def receive(
    workspace: Workspace, opened: Opened, path: Path, *, mapping: Path | None, workers: int, step: Step
) -> Received:
    """Import a folder or zip of instance XML, or with `mapping` a CSV of counts; run again, it completes the rest."""
    publish_forms(workspace, opened)
    unread: list[Finding] = []
    columns = None
    schemas = forms.load(workspace.mission, cache=workspace.cache / "forms")
    context = checks.context(workspace.mission, schemas.values())
    if mapping is not None:
        columns = sources.load_mapping(mapping, workspace.mission, schemas)
    source = sources.open(path, received=opened.at, report=unread.append, mapping=columns)

    def progress(receipt: Receipt) -> None:
        done = receipt.stored + receipt.duplicates + len(receipt.refused)
        step("Importing", done, source.total)

    receipt = import_submissions(
        source, context=context, vault=opened.vault, by=opened.by, at=opened.at, workers=workers, progress=progress
    )
    return Received(receipt=receipt, unread=tuple(unread))
