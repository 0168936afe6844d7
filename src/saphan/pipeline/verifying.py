"""Verify: recompute every figure of published files from their frozen snapshot, and compare digit by digit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from saphan import mission as missions
from saphan.analyse.frames.freeze import open_snapshot
from saphan.collect import rounds
from saphan.core.problem import At, problem
from saphan.pipeline.estimating import estimate
from saphan.pipeline.labelling import numbered
from saphan.publish import formats, products
from saphan.publish.figures.register import decode

_READERS = {".pdf": products.read_pdf, ".html": products.read_html, ".xlsx": products.read_xlsx}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One file that was verified: the figures it carries, the numbers printed in it, and what does not agree."""

    file: str
    figures: int
    prints: int
    disagreements: tuple[products.Disagreement, ...]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What verification found, file by file, against one snapshot."""

    frame: str
    files: tuple[Checked, ...]

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not any(file.disagreements for file in self.files)


@dataclass(kw_only=True)
class _Recomputed:
    """Registers computed again, once for each snapshot."""

    folders: Sequence[Path]
    known: dict[str, products.Judge] = field(default_factory=dict)

    def of(self, frame: str, at: At) -> products.Judge:
        if frame not in self.known:
            found = next((folder / frame for folder in self.folders if (folder / frame).is_dir()), None)
            # A snapshot given by itself, wherever it was copied to, is known by its content.
            found = found or next((folder for folder in self.folders if folder.name == frame), None)
            if found is None:
                raise problem("verify.snapshot", at, frame=frame)
            snapshot = open_snapshot(found)
            self.known[frame] = products.Judge(register=estimate(snapshot), mission=missions.open(snapshot.mission))
        return self.known[frame]


def verify(target: Path, snapshots: Sequence[Path]) -> Verdict:
    """Verify a PDF, a page, a workbook, a dataset, or every one of them in a folder.

    `snapshots` are folders that hold snapshots, or snapshots themselves; nothing else is needed. Problem if there is
    nothing to verify, the snapshot is not there, or it is not as it was frozen.
    """
    paths = list(_targets(target))
    if not paths:
        raise problem("verify.nothing", At(file=str(target)))
    recomputed = _Recomputed(folders=snapshots)
    checked = [_check(path, recomputed) for path in paths]
    return Verdict(frame=", ".join(recomputed.known), files=tuple(checked))


def _targets(target: Path) -> Iterator[Path]:
    if target.is_file():
        yield target
    elif target.is_dir():
        yield from sorted(path for path in target.glob("*") if path.suffix in _READERS)
        yield from sorted(path for name in formats.NAMES for path in target.rglob(name))


def _check(path: Path, recomputed: _Recomputed) -> Checked:
    at = At(file=str(path))
    if path.suffix == ".csv":
        dataset = formats.read_dataset(path)
        judge = recomputed.of(dataset.frame, at)
        # A dataset carries no register of its own; where it lies below the products, theirs has the last digits.
        beside = path.parent.parent / products.REGISTER
        register = judge.carried(beside.read_bytes())[0] if beside.is_file() else judge.register
        told = numbered(rounds.load_mobility(judge.mission), judge.mission)
        wrong = formats.disagreements(dataset, register, judge.mission, told)
        return Checked(file=path.name, figures=len(dataset.rows), prints=len(dataset.rows), disagreements=wrong)
    reading = _READERS.get(path.suffix, products.read_html)(path)
    carried = decode(reading.register)
    return Checked(
        file=path.name,
        figures=len(carried.figures),
        prints=len(reading.found),
        disagreements=recomputed.of(carried.frame, at).disagreements(reading),
    )
