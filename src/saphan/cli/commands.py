"""What each command does: open what it needs, call its verb, show the answer."""

from __future__ import annotations

from pathlib import Path

import typer

from saphan.cli import show, tree
from saphan.cli.main import database_url, keys, now
from saphan.pipeline.building import Build, built
from saphan.pipeline.building import build as build_all
from saphan.pipeline.checking import check as check_folder
from saphan.pipeline.receiving import receive
from saphan.pipeline.registering import open_register
from saphan.pipeline.simulating import simulate_round
from saphan.pipeline.starting import new as new_folder
from saphan.pipeline.tracing import why as trace
from saphan.pipeline.verifying import verify as verify_files
from saphan.pipeline.workspace import Workspace, open_workspace


def new(folder: Path) -> None:
    """`saphan new`."""
    written = new_folder(folder)
    show.out.print(f"Made {folder} with {len(written)} files. Next: read mission.toml in it, then run")
    show.out.print(f"  saphan check {folder}")


def check(folder: Path, *, as_json: bool) -> None:
    """`saphan check`; exit status 1 if anything is wrong."""
    mission, found = check_folder(folder)
    if as_json:
        show.json({"mission": mission.id if mission else None, "findings": found})
    elif found:
        show.findings(found)
        show.err.print(f"\n{len(found)} to put right in {folder}.")
    else:
        show.out.print(f"Nothing wrong in {folder}.")
    if found:
        raise typer.Exit(1)


def simulate(folder: Path, *, seed: int, to: Path | None, as_json: bool) -> None:
    """`saphan simulate`."""
    workspace = open_workspace(folder)
    with show.progress(quiet=as_json) as step:
        made = simulate_round(workspace, seed=seed, step=step, target=to)
    if as_json:
        show.json({"archive": str(made.archive), "submissions": made.submissions, "truth": str(made.truth)})
        return
    show.out.print(f"{made.submissions:,} simulated submissions in {made.archive}; the known truth is in {made.truth}.")
    show.out.print(f"Next: saphan import {folder} {made.archive}")


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
    top = [name for name in made.files if name.count("/") <= 2 and "/figures/" not in name]
    for name in top:
        show.out.print(f"  {workspace.var / name}", highlight=False)
    pages = len(made.files) - len(top)
    if pages:
        show.out.print(f"  and {pages:,} pages of figures", highlight=False)
    show.out.print(f"Next: saphan verify {workspace.products}")


def why(mission: Path, reference: str, *, as_json: bool) -> None:
    """`saphan figure why`."""
    register, snapshot = built(open_workspace(mission))
    chain = trace(register, snapshot.manifest, reference)
    if as_json:
        show.json(chain)
    else:
        show.out.print(tree.of(chain))


def verify(path: Path, *, snapshots: list[Path], as_json: bool) -> None:
    """`saphan verify`; exit status 1 if anything does not agree."""
    verdict = verify_files(path, snapshots or _beside(path))
    if as_json:
        show.json(verdict)
    else:
        show.table(
            f"Recomputed from snapshot {verdict.frame[:8]}",
            ("file", "figures", "numbers printed", "disagree"),
            [
                (file.file, f"{file.figures:,}", f"{file.prints:,}", f"{len(file.disagreements):,}")
                for file in verdict.files
            ],
            right=(1, 2, 3),
        )
        for file in verdict.files:
            for wrong in file.disagreements[:20]:
                where = f"{file.file}, {wrong.where}" if wrong.where else file.file
                show.err.print(f"{where}: {wrong.figure} ({wrong.fault})", markup=False, highlight=False)
                show.err.print(
                    f"  found     {wrong.found}\n  expected  {wrong.expected}", markup=False, highlight=False
                )
        show.out.print("Every figure agrees." if verdict.agrees else "Some figures do not agree.")
    if not verdict.agrees:
        raise typer.Exit(1)


def _beside(path: Path) -> list[Path]:
    """Folders of snapshots above a file, as they lie in `var`."""
    return [parent / "frames" for parent in path.resolve().parents if (parent / "frames").is_dir()]


def design(folder: Path, *, within: float, worlds: int, draws: int, seed: int, as_json: bool) -> None:
    """`saphan design`."""
    from saphan.pipeline.designing import design as try_designs  # noqa: PLC0415

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


def serve(folder: Path, *, host: str, port: int) -> None:
    """`saphan serve`: hands over to `python -m saphan.web`."""
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415

    workspace = open_workspace(folder)
    built(workspace)
    os.execv(
        sys.executable,
        [sys.executable, "-m", "saphan.web", str(workspace.products), "--host", host, "--port", str(port)],
    )


def doctor(folder: Path | None) -> None:
    """`saphan doctor`; exit status 1 if something is wrong."""
    from saphan.pipeline.examining import examine  # noqa: PLC0415

    answers = examine(folder, database_url=database_url(), keys=keys(), at=now())
    for answer in answers:
        mark = "[green]ok[/green]   " if answer.well else "[red]wrong[/red]"
        show.out.print(f"{mark} {answer.what}", highlight=False)
        if not answer.well:
            show.out.print(f"      {answer.remedy}", highlight=False)
    if not all(answer.well for answer in answers):
        raise typer.Exit(1)


def places_import(folder: Path, path: Path, *, write: bool, as_json: bool) -> None:
    """`saphan places import`; exit status 1 if something does not nest or match."""
    from saphan.pipeline.placing import compare_areas  # noqa: PLC0415

    report = compare_areas(folder, path, write=write)
    if as_json:
        show.json(report)
    else:
        show.out.print(f"{report.areas:,} areas read from {path.name}; {report.matching:,} are in {folder} already.")
        show.findings(report.findings)
        if write:
            show.out.print(f"Written into {folder / 'places'}.")
    if report.findings:
        raise typer.Exit(1)
