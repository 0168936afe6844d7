"""Make everything that a build makes: snapshot, figures, dataset, products; the heavy half of `building`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from saphan.collect import rounds
from saphan.collect.forms import load as load_forms
from saphan.core import digest
from saphan.pipeline import figuring, records, review, site_listing
from saphan.pipeline.estimating import estimate
from saphan.pipeline.freezing import freeze
from saphan.pipeline.labelling import labels, numbered
from saphan.pipeline.records import Build
from saphan.pipeline.registering import Opened
from saphan.pipeline.workspace import Workspace
from saphan.publish import formats, products
from saphan.publish.figures.model import Register, Release
from saphan.publish.figures.register import compare, encode

Step = Callable[[str, int, int | None], None]

DATASET = "dataset"


def make(workspace: Workspace, opened: Opened, made_from: str, step: Step) -> Build:
    """Freeze, estimate, figure and publish, whatever was there before."""
    step("Freezing answers", 0, 1)
    snapshot, issues = freeze(workspace, opened.vault)
    records.write(workspace.review, review.encode(issues))
    listing = site_listing.encode(snapshot)
    if listing is not None:
        records.write(workspace.sites, listing)
    step("Freezing answers", 1, 1)
    step("Estimating", 0, 1)
    register = estimate(snapshot)
    step("Estimating", 1, 1)
    step("Publishing", 0, 1)
    files = _publish(workspace, register, opened)
    step("Publishing", 1, 1)
    waiting = products.waiting(register, workspace.mission)
    changed = len(compare(figuring.figures(workspace.figures), register)) if workspace.figures.is_file() else 0
    records.write(workspace.figures, encode(register))
    return Build(
        made_from=made_from,
        frame=snapshot.key,
        figures=len(register.figures),
        public=sum(figure.release is Release.PUBLIC for figure in register),
        changed=changed,
        issues=len(issues),
        files={path.relative_to(workspace.var).as_posix(): digest.of_file(path) for path in files},
        notes=(
            *(fact for name, fact in register.facts.items() if name.startswith("note ")),
            *(f"The product {name} is not made: nothing of its round is there yet." for name in waiting),
        ),
    )


def _publish(workspace: Workspace, register: Register, opened: Opened) -> list[Path]:
    """Make the dataset and every product beside their place, then put them there: readers never see half of it."""
    mission = workspace.mission
    schemas = tuple(load_forms(mission, cache=workspace.cache / "forms").values())
    named = labels(schemas, rounds.load(mission), rounds.load_assessments(mission))
    workspace.var.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".publishing-", dir=workspace.var))
    before = work.with_name(f"{work.name}-before")
    try:
        told = numbered(rounds.load_mobility(mission), mission)
        dataset = formats.dataset(register, mission, named, work / DATASET, mission.languages, told)
        products.build(register, mission, work, labels=named, made_on=opened.at.date(), dataset=dataset)
        if workspace.products.exists():
            workspace.products.rename(before)
        work.rename(workspace.products)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
    return sorted(path for path in workspace.products.rglob("*") if path.is_file())
