"""How answers are shown: tables and progress for people, JSON for scripts, problems with where, what and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from saphan.core.problem import Finding, Problem

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Step = Callable[[str, int, int | None], None]  # what is being done, how many are done, of how many


def json(value: object) -> None:
    """Print plain data as one JSON document."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=2).decode() + "\n")


def _plain(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value).__name__)


def findings(found: Sequence[Finding]) -> None:
    """Print what is wrong, one message each."""
    for finding in found:
        where = f"[bold]{escape(str(finding.at))}[/bold]\n  " if str(finding.at) else ""
        err.print(f"{where}{escape(finding.what)}\n  [green]{escape(finding.remedy)}[/green]", highlight=False)


def problem(error: Problem) -> None:
    """Print a problem that stopped a verb."""
    findings(error.findings)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Print a small table; the columns whose index is in `right` are aligned right."""
    shown = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        shown.add_column(column, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(escape(str(cell)) for cell in row))
    out.print(shown)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Step]:
    """A bar that moves when the verb says so: `step("import", done, total)`; each new name starts a new line."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal, transient=False) as bar:
        tasks: dict[str, int] = {}

        def step(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield step
