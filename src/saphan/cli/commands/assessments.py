"""Commands on household assessments: run a plan, look up what a plan may name."""

from __future__ import annotations

from pathlib import Path

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now
from saphan.pipeline import indicating
from saphan.pipeline.registering import open_register
from saphan.pipeline.workspace import open_workspace


def analyse(folder: Path, assessment: str, *, plan: Path | None, as_json: bool) -> None:
    """`saphan analyse`."""
    # Imported here since it brings the statistics, which a listing of indicators does not need.
    from saphan.pipeline import analysing  # noqa: PLC0415

    workspace = open_workspace(folder, database_url())
    analysing.assessment_of(workspace.mission, assessment)
    opened = open_register(workspace, at=now(), keys=keys())
    with show.progress(quiet=as_json) as step:
        made = analysing.analyse(workspace, opened, assessment, plan, step)
    if as_json:
        show.json(made)
        return
    show.out.print(
        f"{made.numbers:,} numbers of {made.lines:,} lines, from {made.households:,} households. "
        f"Snapshot {made.snapshot[:8]}."
    )
    if made.protected or made.suppressed:
        show.out.print(
            f"  not shown: {made.protected:,} that too few respondents protect, {made.suppressed:,} too imprecise",
            highlight=False,
        )
    for note in made.notes:
        show.out.print(f"  note: {note}", markup=False, highlight=False)
    for file in made.files:
        show.out.print(f"  {made.folder / file}", markup=False, highlight=False)


def indicators(*, sector: str | None, describe: str | None, as_json: bool) -> None:
    """`saphan indicators`."""
    if describe is not None:
        described = indicating.described(describe)
        if as_json:
            show.json(described)
            return
        show.out.print(f"{described.name}: {described.title}", markup=False, highlight=False)
        for what, told in described.facts:
            show.out.print(f"  {what}: {told}", markup=False, highlight=False)
        show.out.print(f"\n{described.words}", markup=False, highlight=False)
        return
    found = indicating.listed(sector)
    if as_json:
        show.json(found)
        return
    for one in found:
        show.out.print(f"{one.name}  {one.title}", markup=False, highlight=False)
        recall = f", {one.recall}" if one.recall else ""
        told = f"{one.sector}, of a {one.subject}{recall}; reads {', '.join(one.reads)}"
        show.out.print(f"    {told}", markup=False, highlight=False)
    show.out.print("Next: saphan indicators --describe NAME")
