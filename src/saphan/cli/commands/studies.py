"""Commands on a study: its size, its draw, its codebook, its registration, its results, its record."""

from __future__ import annotations

from pathlib import Path

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now
from saphan.collect.rounds.study_sizes import Reached
from saphan.pipeline import study_running, studying
from saphan.pipeline.protocols import Standing
from saphan.pipeline.registering import Opened, open_register
from saphan.pipeline.workspace import Workspace, open_workspace


def size(folder: Path, study: str, *, as_json: bool) -> None:
    """`saphan study size`."""
    found = studying.size(open_workspace(folder), study)
    if as_json:
        show.json(found)
        return
    show.table(
        f"Sample of {study}",
        ("stratum", "units", "clusters", "to draw", "interviews", "to approach"),
        [
            (
                one.stratum,
                f"{one.population:,}",
                one.available,
                one.clusters,
                f"{one.interviews:,}",
                f"{one.approach:,}",
            )
            for one in found.strata
        ],
        right=(1, 2, 3, 4, 5),
    )
    show.table(
        "Precision",
        ("estimate", "by", "design effect", "needed", "interviews", "reached", ""),
        [
            (
                one.wanted.of,
                one.wanted.by or "",
                f"{one.design_effect:.2f}",
                f"{one.needed:,}",
                f"{one.completed:,}",
                _reached(one),
                "" if one.enough else "too few",
            )
            for one in found.estimates
        ],
        right=(2, 3, 4),
    )


def draw(folder: Path, study: str, *, as_json: bool) -> None:
    """`saphan study draw`."""
    drawn = studying.draw(open_workspace(folder), study)
    if as_json:
        show.json({"sample": str(drawn.sample), "record": str(drawn.record), "new": drawn.new, "areas": drawn.areas})
        return
    what = "drawn into" if drawn.new else "stand as drawn before in"
    show.out.print(f"{len(drawn.areas):,} clusters {what} {drawn.sample}; the record is {drawn.record}.")
    show.out.print(f"Next: saphan study register {folder} {study}")


def codebook(folder: Path, study: str, *, as_json: bool) -> None:
    """`saphan study codebook`."""
    _files(studying.write_codebook(open_workspace(folder), study), as_json=as_json)


def register(folder: Path, study: str, *, as_json: bool) -> None:
    """`saphan study register`."""
    workspace, opened = _open(folder)
    done = studying.register(workspace, opened, study)
    standing = done.judged.standing
    if as_json:
        registration = done.judged.registration
        at = registration.at if registration else None
        show.json({"protocol": done.key, "new": done.new, "registered": at, "standing": standing})
        return
    show.out.print(f"{'Registered' if done.new else 'Registered already'}: sha256:{done.key}")
    if standing is not Standing.PRE_REGISTERED:
        show.err.print(f"There are submissions already: results are {standing}.", highlight=False)


def run(folder: Path, study: str, *, exploratory: bool, as_json: bool) -> None:
    """`saphan study run`."""
    workspace, opened = _open(folder)
    results, files = study_running.run(workspace, opened, study, exploratory=exploratory)
    if as_json:
        show.json({"standing": results.standing, "results": results, "files": [str(path) for path in files]})
        return
    show.out.print(f"{len(results.numbers):,} numbers from {results.interviews:,} interviews: {results.standing}.")
    for told in results.deviations:
        show.out.print(f"  {told}", markup=False, highlight=False)
    _files(files, as_json=False)
    show.out.print(f"Next: saphan study publish {folder} {study}")


def publish(folder: Path, study: str, *, as_json: bool) -> None:
    """`saphan study publish`."""
    workspace, opened = _open(folder)
    record, files = study_running.publish(workspace, opened, study)
    if as_json:
        show.json({"record": record, "files": [str(path) for path in files]})
        return
    show.out.print(record.citation, markup=False, highlight=False)
    _files(files, as_json=False)


def _open(folder: Path) -> tuple[Workspace, Opened]:
    workspace = open_workspace(folder, database_url())
    return workspace, open_register(workspace, at=now(), keys=keys())


def _files(files: tuple[Path, ...], *, as_json: bool) -> None:
    if as_json:
        show.json({"files": [str(path) for path in files]})
    for path in () if as_json else files:
        show.out.print(f"  {path}", highlight=False)


def _reached(one: Reached) -> str:
    if one.wanted.half_width is None:
        return f"difference found with a chance of {one.reached:.0%}"
    return f"± {100 * one.reached:.1f} points" if one.wanted.share is not None else f"± {one.reached:.3g}"
