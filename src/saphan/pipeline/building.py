"""Build: from the register's answers to figures and products; what has not changed is not made again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

import saphan
from saphan.analyse.frames.freeze import open_snapshot
from saphan.analyse.frames.model import Snapshot
from saphan.collect.forms import load as load_forms
from saphan.core import digest
from saphan.core.problem import At, problem
from saphan.pipeline.estimating import estimate
from saphan.pipeline.freezing import freeze
from saphan.pipeline.labelling import labels
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.workspace import Workspace
from saphan.publish import formats, products
from saphan.publish.figures.model import Register, Release
from saphan.publish.figures.register import compare, decode, encode
from saphan.register.intake import queries as intake

Step = Callable[[str, int, int | None], None]

DATASET = "dataset"


@dataclass(frozen=True, kw_only=True)
class Build:
    """What a build left behind; `files` are relative to the mission's `var`, with their SHA-256.

    `made_from` is the hash of everything that a build depends on: answers, mission folder, program. `changed` counts
    the figures that differ from those of the build before.
    """

    made_from: str
    frame: str
    figures: int
    public: int
    changed: int
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()
    new: bool = True


def build(workspace: Workspace, opened: Opened, step: Step) -> Build:
    """Freeze, estimate, figure and publish; the build before as it stands if nothing that it depends on has changed."""
    publish_forms(workspace, opened)
    made_from = digest.of_value([intake.state(), _folder(workspace.mission.folder), _program()])
    before = last(workspace)
    if before is not None and before.made_from == made_from and _stands(workspace.var, before):
        return replace(before, new=False, changed=0)
    step("Freezing answers", 0, 1)
    snapshot = freeze(workspace, opened.vault)
    step("Freezing answers", 1, 1)
    step("Estimating", 0, 1)
    register = estimate(snapshot)
    step("Estimating", 1, 1)
    step("Publishing", 0, 1)
    files = publish(workspace, register, opened)
    step("Publishing", 1, 1)
    changed = len(compare(_register(workspace.figures), register)) if workspace.figures.is_file() else 0
    _write(workspace.figures, encode(register))
    made = Build(
        made_from=made_from,
        frame=snapshot.key,
        figures=len(register.figures),
        public=sum(figure.release is Release.PUBLIC for figure in register),
        changed=changed,
        files={path.relative_to(workspace.var).as_posix(): digest.of_file(path) for path in files},
        notes=tuple(fact for name, fact in register.facts.items() if name.startswith("note ")),
    )
    _write(_record(workspace), msgspec.json.format(msgspec.json.encode(made), indent=1))
    return made


def publish(workspace: Workspace, register: Register, opened: Opened) -> list[Path]:
    """Make the dataset and every product beside their place, then put them there: readers never see half of it."""
    mission = workspace.mission
    named = labels(load_forms(mission, cache=workspace.cache / "forms").values())
    workspace.var.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".publishing-", dir=workspace.var))
    try:
        dataset = formats.dataset(register, mission, named, work / DATASET, mission.languages)
        products.build(register, mission, work, labels=named, made_on=opened.at.date(), dataset=dataset)
        shutil.rmtree(workspace.products, ignore_errors=True)
        work.rename(workspace.products)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return sorted(path for path in workspace.products.rglob("*") if path.is_file())


def last(workspace: Workspace) -> Build | None:
    """What the last build left, or None if there was none."""
    path = _record(workspace)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Build)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def built(workspace: Workspace) -> tuple[Register, Snapshot]:
    """The figures of the last build and the snapshot they were made from; Problem if nothing was built."""
    if not workspace.figures.is_file():
        raise problem("build.none", At(file=str(workspace.mission.folder)))
    register = _register(workspace.figures)
    return register, open_snapshot(workspace.frames / register.frame)


def _register(path: Path) -> Register:
    return decode(path.read_bytes())


def _record(workspace: Workspace) -> Path:
    return workspace.var / "build.json"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _folder(folder: Path) -> str:
    return digest.of_files(folder, (path for path in folder.rglob("*") if path.is_file()))


def _program() -> str:
    """The hash of this program's own source: another version may estimate or print otherwise."""
    source = Path(saphan.__file__).parent
    kinds = {".py", ".po", ".typ", ".toml", ".html", ".css"}
    return digest.of_files(source, (path for path in source.rglob("*") if path.suffix in kinds))


def _stands(var: Path, before: Build) -> bool:
    """Whether every file of a build is there still, unaltered."""
    return all((var / name).is_file() and digest.of_file(var / name) == sha256 for name, sha256 in before.files.items())
