"""Commands on what was built: why a figure is as it is, whether a file agrees, a look in the browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from saphan.cli import show, tree
from saphan.pipeline.figuring import built
from saphan.pipeline.tracing import why as trace
from saphan.pipeline.verifying import verify as verify_files
from saphan.pipeline.workspace import open_workspace


def why(mission: Path, reference: str, *, as_json: bool) -> None:
    """`saphan figure why`."""
    register, snapshot = built(open_workspace(mission))
    chain = trace(register, snapshot.manifest, reference)
    if as_json:
        show.json(chain)
    else:
        show.out.print(tree.of(chain), soft_wrap=False)


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


def serve(folder: Path, *, host: str, port: int, site: str) -> None:
    """`saphan serve`: hands over to `python -m saphan.web`."""
    workspace = open_workspace(folder)
    words = [str(workspace.products), "--host", host, "--port", str(port), "--mission", str(folder), "--site", site]
    os.execv(sys.executable, [sys.executable, "-m", "saphan.web", *words])
