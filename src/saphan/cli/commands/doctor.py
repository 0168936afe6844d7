"""A look at the machine and at a mission; apart from the other commands, since it must start where they do not."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.markup import escape

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now
from saphan.pipeline.examining import examine


def doctor(folder: Path | None, *, as_json: bool) -> None:
    """`saphan doctor`; exit status 1 if something is wrong."""
    answers = examine(folder, database_url=database_url(), keys=keys(), at=now())
    if as_json:
        show.json(answers)
    for answer in () if as_json else answers:
        mark = "[green]ok[/green]   " if answer.well else "[red]wrong[/red]"
        show.out.print(f"{mark} {escape(answer.what)}", highlight=False)
        if not answer.well:
            show.out.print(f"      {escape(answer.remedy)}", highlight=False)
    if not all(answer.well for answer in answers):
        raise typer.Exit(1)
