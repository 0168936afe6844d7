"""Simulate: fieldwork invented over a mission's design, written as submissions that a phone might have sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from saphan.collect import forms, rounds, simulate
from saphan.collect.forms.model import Form, Submission
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.collect.rounds.studies import Study
from saphan.collect.rounds.study_reading import load_study
from saphan.core.problem import At, problem
from saphan.mission.model import Mission
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

    The interviews of its household assessments that have a population stand in it too, after those of the round; and
    what is said, seen and counted at the sites of mobility tracking, if sites.toml says how.
    Problem if the mission is not marked as simulated: invented data never mix with real ones.
    """
    mission = _invented(workspace)
    fielded = rounds.load(mission)[0]
    settings = simulate.load(mission)
    step("Inventing a year of crossings", 0, 1)
    world = simulate.world(mission, settings, period=fielded.period, seed=seed)
    step("Inventing a year of crossings", 1, 1)
    schemas = forms.load(mission, cache=workspace.cache / "forms")
    archive = target or workspace.var / "simulated.zip"
    truth = archive.parent / "truth"
    age = fielded.screening.minimum_age if fielded.screening else 0
    simulate.save_truth(simulate.truth(world, minimum_age=age), truth)
    asked = [
        _interviews(mission, one, schemas, settings, truth, seed=seed) or () for one in rounds.load_assessments(mission)
    ]
    visited = _visits(workspace, schemas, settings, truth, seed=seed)
    made = chain(simulate.fieldwork(world, fielded, schemas, seed=seed), *asked, visited)
    return Simulated(archive=archive, submissions=_write(made, archive, step), truth=truth)


def simulate_study(workspace: Workspace, name: str, *, seed: int, step: Step, target: Path | None = None) -> Simulated:
    """Invent the population of a study and its interviews; writes `var/<mission>/simulated-<study>.zip`.

    The archive does not say when a submission was received: that is when it is imported, so that a plan registered
    before was registered before the data. Problem as `simulate_round`, and where the study was not drawn or has no
    population.
    """
    mission = _invented(workspace)
    study = load_study(mission, name)
    if not (mission.folder / study.sample).is_file():
        raise problem("study.not-drawn", At(file=study.sample), study=name)
    schemas = forms.load(mission, cache=workspace.cache / "forms")
    archive = target or workspace.var / f"simulated-{name}.zip"
    truth = archive.parent / "truth"
    step("Inventing a population", 0, 1)
    made = _interviews(mission, study, schemas, simulate.load(mission), truth, seed=seed)
    if made is None:
        raise problem("file.missing", At(file=f"{simulate.POPULATIONS}/{name}.toml"))
    step("Inventing a population", 1, 1)
    return Simulated(archive=archive, submissions=_write(made, archive, step, received=False), truth=truth / name)


def _invented(workspace: Workspace) -> Mission:
    mission = workspace.mission
    if not mission.simulated:
        raise problem("simulate.real", At(file=str(mission.folder / "mission.toml")))
    return mission


def _write(made: Iterable[Submission], archive: Path, step: Step, *, received: bool = True) -> int:
    def counted() -> Iterator[Submission]:
        for number, submission in enumerate(made, start=1):
            if number % 500 == 0:
                step("Writing submissions", number, None)
            yield submission

    archive.unlink(missing_ok=True)
    number = simulate.write(counted(), archive, received=received)
    step("Writing submissions", number, number)
    return number


def _interviews(
    mission: Mission,
    survey: HouseholdAssessment | Study,
    schemas: Mapping[str, Form],
    settings: simulate.Settings,
    truth: Path,
    *,
    seed: int,
) -> Iterable[Submission] | None:
    """The interviews of a survey, with the truth about its population saved below `truth`; None where it has none."""
    peopled = simulate.load_population(mission, survey)
    if peopled is None:
        return None
    if survey.form not in schemas:  # its file is there, under another id than it says
        file = survey.file if isinstance(survey, Study) else "assessments.toml"
        raise problem("toml.value", At(file=file), detail=f"No form has the id {survey.form!r} in its settings.")
    everybody = simulate.everybody(peopled, mission.places, seed=seed)
    made = simulate.Interviews(mission, everybody, schemas[survey.form], settings.fieldwork, seed=seed)
    simulate.save_everybody(everybody.truth(), truth / survey.id)
    return made


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
