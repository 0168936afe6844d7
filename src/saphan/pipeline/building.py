"""Build: from the register's answers to figures and products; what has not changed is not made again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import saphan
from saphan.collect.forms import load as load_forms
from saphan.core import digest
from saphan.pipeline import records
from saphan.pipeline.estimating import estimate
from saphan.pipeline.freezing import freeze
from saphan.pipeline.labelling import labels
from saphan.pipeline.records import Build
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.workspace import Workspace
from saphan.publish import formats, products
from saphan.publish.figures.model import Register, Release
from saphan.publish.figures.register import compare, encode
from saphan.register.intake import queries as intake

Step = Callable[[str, int, int | None], None]

DATASET = "dataset"


def build(workspace: Workspace, opened: Opened, step: Step) -> Build:
    """Freeze, estimate, figure and publish; the build before as it stands if nothing that it depends on has changed."""
    publish_forms(workspace, opened)
    made_from = digest.of_value([intake.state(), _folder(workspace.mission.folder), _program()])
    before = records.last(workspace)
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
    changed = len(compare(records.figures(workspace.figures), register)) if workspace.figures.is_file() else 0
    records.write(workspace.figures, encode(register))
    made = Build(
        made_from=made_from,
        frame=snapshot.key,
        figures=len(register.figures),
        public=sum(figure.release is Release.PUBLIC for figure in register),
        changed=changed,
        files={path.relative_to(workspace.var).as_posix(): digest.of_file(path) for path in files},
        notes=tuple(fact for name, fact in register.facts.items() if name.startswith("note ")),
    )
    records.keep(workspace, made)
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
