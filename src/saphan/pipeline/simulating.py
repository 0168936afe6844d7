"""Simulate: an invented year over a mission's design, written as submissions that a phone might have sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from saphan.collect import forms, rounds, simulate
from saphan.collect.forms.model import Form, Submission
from saphan.core.problem import At, problem
from saphan.pipeline.workspace import Workspace

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What was written: the archive of submissions, how many, and where the known truth lies."""

    archive: Path
    submissions: int
    truth: Path


def simulate_round(workspace: Workspace, *, seed: int, step: Step, target: Path | None = None) -> Simulated:
    """Invent the world of the mission's first round and its fieldwork; writes `var/<mission>/simulated.zip`.

    The interviews of a household assessment stand in it too, after those of the round, if households.toml says how; and
    what is said, seen and counted at the sites of mobility tracking, if sites.toml does.
    Problem if the mission is not marked as simulated: invented data never mix with real ones.
    """
    mission = workspace.mission
    if not mission.simulated:
        raise problem("simulate.real", At(file=str(mission.folder / "mission.toml")))
    fielded = rounds.load(mission)[0]
    settings = simulate.load(mission)
    step("Inventing a year of crossings", 0, 1)
    world = simulate.world(mission, settings, period=fielded.period, seed=seed)
    step("Inventing a year of crossings", 1, 1)
    schemas = forms.load(mission, cache=workspace.cache / "forms")
    archive = target or workspace.var / "simulated.zip"
    archive.unlink(missing_ok=True)
    truth = archive.parent / "truth"
    age = fielded.screening.minimum_age if fielded.screening else 0
    simulate.save_truth(simulate.truth(world, minimum_age=age), truth)
    asked = _interviews(workspace, schemas, settings, truth, seed=seed)
    visited = _visits(workspace, schemas, settings, truth, seed=seed)
    made = chain(simulate.fieldwork(world, fielded, schemas, seed=seed), asked, visited)

    def counted() -> Iterator[Submission]:
        for number, submission in enumerate(made, start=1):
            if number % 500 == 0:
                step("Writing submissions", number, None)
            yield submission

    number = simulate.write(counted(), archive)
    step("Writing submissions", number, number)
    return Simulated(archive=archive, submissions=number, truth=truth)


def _interviews(
    workspace: Workspace, schemas: Mapping[str, Form], settings: simulate.Settings, truth: Path, *, seed: int
) -> Iterable[Submission]:
    """The interviews of the mission's household assessment, with the truth about all households saved beside them."""
    mission = workspace.mission
    assessments = {one.id: one for one in rounds.load_assessments(mission)}
    population, areas = simulate.load_households(mission, assessments)
    if population is None:
        return ()
    assessment = assessments[population.assessment]
    if assessment.form not in schemas:  # its file is there, under another id than it says
        at = At(file="assessments.toml")
        raise problem("toml.value", at, detail=f"No form has the id {assessment.form!r} in its settings.")
    everybody = simulate.households(population, areas, seed=seed)
    simulate.save_households(everybody.truth(), truth / assessment.id)
    form = schemas[assessment.form]
    return simulate.Interviews(mission, assessment, everybody, form, settings.fieldwork, seed=seed)


def _visits(
    workspace: Workspace, schemas: Mapping[str, Form], settings: simulate.Settings, truth: Path, *, seed: int
) -> Iterable[Submission]:
    """What is said, seen and counted at the mission's sites, with the truth about everybody there saved beside it."""
    mission = workspace.mission
    exercises = {one.id: one for one in rounds.load_mobility(mission)}
    parameters = simulate.load_sites(mission, exercises)
    if parameters is None:
        return ()
    people = simulate.site_people(mission, parameters, exercises[parameters.exercise], seed=seed)
    simulate.save_sites(people.truth(), truth / parameters.exercise)
    return simulate.SiteVisits(mission, people, schemas, settings.fieldwork, seed=seed)
