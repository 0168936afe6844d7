"""Commands on a mission folder: make one, check it, invent a year over it, try designs, read boundaries."""

from __future__ import annotations

from pathlib import Path

import typer

from saphan.cli import show
from saphan.pipeline.checking import check as check_folder
from saphan.pipeline.designing import design as try_designs
from saphan.pipeline.placing import compare_areas
from saphan.pipeline.simulating import simulate_round, simulate_study
from saphan.pipeline.starting import new as new_folder
from saphan.pipeline.workspace import open_workspace

SHOWN = 20  # how many of a long list are printed


def new(folder: Path) -> None:
    """`saphan new`."""
    written = new_folder(folder)
    show.out.print(f"Made {folder} with {len(written)} files. Next: read mission.toml in it, then run")
    show.out.print(f"  saphan check {folder}")


def check(folder: Path, *, validate: bool, as_json: bool) -> None:
    """`saphan check`; exit status 1 if anything is wrong."""
    mission, found = check_folder(folder, validate=validate)
    if as_json:
        show.json({"mission": mission.id if mission else None, "findings": found})
    elif found:
        show.findings(found)
        show.err.print(f"\n{len(found)} to put right in {folder}.")
    else:
        show.out.print(f"Nothing wrong in {folder}.")
    if found:
        raise typer.Exit(1)


def simulate(folder: Path, *, seed: int, study: str | None, to: Path | None, as_json: bool) -> None:
    """`saphan simulate`."""
    workspace = open_workspace(folder)
    with show.progress(quiet=as_json) as step:
        if study is None:
            made = simulate_round(workspace, seed=seed, step=step, target=to)
        else:
            made = simulate_study(workspace, study, seed=seed, step=step, target=to)
    if as_json:
        show.json({"archive": str(made.archive), "submissions": made.submissions, "truth": str(made.truth)})
        return
    show.out.print(f"{made.submissions:,} simulated submissions in {made.archive}; the known truth is in {made.truth}.")
    if study is not None:
        show.out.print("A plan is registered before its first submission is imported:")
        show.out.print(f"Next: saphan study register {folder} {study}")
    show.out.print(f"Next: saphan import {folder} {made.archive}")


def design(folder: Path, *, within: float, worlds: int, draws: int, seed: int, as_json: bool) -> None:
    """`saphan design`."""
    workspace = open_workspace(folder)
    with show.progress(quiet=as_json) as step:
        answer = try_designs(workspace.mission, within=within, worlds=worlds, draws=draws, seed=seed, step=step)
    if as_json:
        show.json(answer)
        return
    show.table(
        f"Precision of the year's total ({worlds} invented years, {draws} draws of each)",
        ("design", "days a year", "nights a year", "half-width %", "error (RMSE) %", "coverage %"),
        [
            (
                row.name,
                row.days,
                row.nights,
                f"{100 * row.half_width:.1f}",
                f"{100 * row.error:.1f}",
                f"{100 * row.coverage:.0f} ± {100 * row.coverage_error:.0f}",
            )
            for row in answer.designs
        ],
        right=(1, 2, 3, 4, 5),
    )
    show.table(
        f"Interviews for a share known to within {100 * within:g} percentage points",
        ("share", "design effect", "interviews"),
        [(f"{100 * row.share:.0f} %", f"{row.design_effect:.2f}", f"{row.interviews:,}") for row in answer.interviews],
        right=(0, 1, 2),
    )
    for sentence in answer.words:
        show.out.print(sentence)


def places_import(folder: Path, path: Path, *, write: bool, as_json: bool) -> None:
    """`saphan places import`; exit status 1 if something is wrong, or differs and was not written."""
    report = compare_areas(folder, path, write=write)
    if as_json:
        show.json(report)
    else:
        levels = ", ".join(f"{number:,} of level {level}" for level, number in report.levels.items())
        show.out.print(f"{report.areas:,} areas in {path.name} ({levels}); {report.matching:,} are alike in {folder}.")
        for change in report.changes[:SHOWN]:
            show.out.print(f"  {change}", markup=False, highlight=False)
        if len(report.changes) > SHOWN:
            show.out.print(f"  ... and {len(report.changes) - SHOWN:,} more; `--json` lists them all.")
        show.findings(report.findings)
        for file in report.written:
            show.out.print(f"Written: {file}")
        if report.written:
            show.out.print("Next: set places_version in mission.toml to the version of the download.")
        elif report.changes and not report.findings:
            show.out.print("Nothing was written; `--write` replaces the areas and outlines.")
    if report.findings or (report.changes and not report.written):
        raise typer.Exit(1)
