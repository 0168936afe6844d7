"""Commands that give answers out of the register, to those who may have them."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now
from saphan.core.problem import problem
from saphan.pipeline.exporting import export as export_answers
from saphan.pipeline.exports.choices import Dialect, Format
from saphan.pipeline.exports.model import Options
from saphan.pipeline.registering import open_register
from saphan.pipeline.workspace import open_workspace


def export(
    folder: Path,
    form: str,
    target: Path,
    *,
    format_: Format,
    dialect: Dialect,
    labels: str | None,
    split: bool,
    mark: bool,
    label_row: bool,
    all_versions: bool,
    consented_only: bool,
    confidential: bool,
    since: str | None,
    as_json: bool,
) -> None:
    """`saphan export`."""
    workspace = open_workspace(folder, database_url())
    options = Options(
        format=format_,
        dialect=dialect,
        labels=labels,
        split=split,
        mark=mark,
        label_row=label_row,
        all_versions=all_versions,
        quarantined=not consented_only,
        confidential=confidential,
        since=_since(since, workspace.mission.timezone),
    )
    opened = open_register(workspace, at=now(), keys=keys())
    with show.progress(quiet=as_json) as step:
        made = export_answers(opened, form, target, options, told=lambda done: step("export", done, None))
    if as_json:
        show.json({"target": str(target), **vars(made)})
        return
    rows = ", ".join(f"{name} {count:,}" for name, count in made.rows.items())
    show.out.print(f"{made.submissions:,} submissions in {target} (rows: {rows}).", highlight=False)
    if made.left_out:
        show.out.print(f"  left out for their class: {', '.join(made.left_out)}", highlight=False, markup=False)
    show.out.print("  Answers of people: keep the file where only those may read it who may read them here.")


def _since(written: str | None, timezone: str) -> datetime | None:
    if written is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(written), time(), ZoneInfo(timezone))
    except ValueError:
        raise problem("export.option", detail=f"{written!r} is no date such as 2023-05-31.") from None
