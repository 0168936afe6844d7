"""A study before its data: how large, who is drawn, what the form asks, and what is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.plans.model import PlanLine
from saphan.collect.forms import load as load_forms
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import Area, HouseholdAssessment
from saphan.collect.rounds.studies import Study
from saphan.collect.rounds.study_drawing import draw_study, encode_record, encode_sample
from saphan.collect.rounds.study_reading import load_study, read_fielded
from saphan.collect.rounds.study_sizes import StudySize
from saphan.collect.rounds.study_sizes import size as size_study
from saphan.core import digest
from saphan.core.problem import At, Finding, Problem, problem
from saphan.pipeline import records
from saphan.pipeline.protocols import Judged, judge, protocol
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.study_fitting import columns_of, find_fit
from saphan.pipeline.workspace import Workspace
from saphan.publish.formats import codebook
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.fieldwork import queries as registered
from saphan.register.intake import queries as intake


@dataclass(frozen=True, kw_only=True)
class OpenStudy:
    """A study with the files it names: its form, its plan's lines, and the clusters that were drawn."""

    study: Study
    form: Form
    lines: tuple[PlanLine, ...]
    fielded: HouseholdAssessment
    protocol: str

    @property
    def key(self) -> str:
        """The hash of what it says that it will do."""
        return digest.of_bytes(self.protocol.encode())


@dataclass(frozen=True, kw_only=True)
class DrawnStudy:
    """The files of a draw, and whether they are new."""

    sample: Path
    record: Path
    areas: tuple[Area, ...]
    new: bool


@dataclass(frozen=True, kw_only=True)
class RegisteredStudy:
    """The hash that is registered, whether it is new, and what results of it may be called as things stand."""

    key: str
    new: bool
    judged: Judged


def folder_of(workspace: Workspace, study: str) -> Path:
    """Where what is made of a study lies."""
    return workspace.var / "studies" / study


def size(workspace: Workspace, name: str) -> StudySize:
    """The size of a study, and what each of its estimates reaches with it."""
    return size_study(load_study(workspace.mission, name))


def draw(workspace: Workspace, name: str) -> DrawnStudy:
    """Draw the clusters of a study into the mission folder, once: a sample that differs is never written over.

    Problem "sample.drawn" where another stands there, as after households were listed in the field.
    """
    study = load_study(workspace.mission, name)
    areas, record = draw_study(study, size_study(study).clusters)
    folder = workspace.mission.folder
    contents = {folder / study.sample: encode_sample(areas), folder / study.drawn: encode_record(record)}
    new = records.write_once(folder, contents)
    sample, drawn = contents
    return DrawnStudy(sample=sample, record=drawn, areas=areas, new=new)


def open_study(workspace: Workspace, name: str) -> OpenStudy:
    """A study that was drawn, with everything it names read; Problem with all that is wrong in it."""
    mission = workspace.mission
    study = load_study(mission, name)
    if not (mission.folder / study.sample).is_file():
        raise problem("study.not-drawn", At(file=study.sample), study=name)
    form = load_forms(mission, cache=workspace.cache / "forms")[study.form]
    found: list[Finding] = []
    fielded = read_fielded(mission, study, found)
    lines = find_fit(mission, study, form, found)
    if found:
        raise Problem(found)
    registered = protocol(study, fielded.areas, lines, NEEDS, form)
    return OpenStudy(study=study, form=form, lines=lines, fielded=fielded, protocol=registered)


def write_codebook(workspace: Workspace, name: str) -> tuple[Path, ...]:
    """The codebook of a study's form, as CSV, XLSX and HTML."""
    study = load_study(workspace.mission, name)
    form = load_forms(workspace.mission, cache=workspace.cache / "forms")[study.form]
    found: list[Finding] = []
    lines = find_fit(workspace.mission, study, form, found)
    if found:
        raise Problem(found)
    made = codebook.write(form, _uses(form, lines, NEEDS), title=study.title)
    folder = folder_of(workspace, name)
    for file, content in made.items():
        records.write(folder / file, content)
    return tuple(folder / file for file in made)


def register(workspace: Workspace, opened: Opened, name: str) -> RegisteredStudy:
    """Register what a study will do, with its form published; after the first submission too, but then it is marked."""
    one = open_study(workspace, name)
    publish_forms(workspace, opened)
    new = fieldwork.register_study(name, protocol=one.protocol, by=opened.by, at=opened.at)
    return RegisteredStudy(key=one.key, new=new, judged=judge_study(one))


def judge_study(one: OpenStudy) -> Judged:
    """Where a study's protocol stands in the register."""
    return judge(one.key, registered.registrations(one.study.id), intake.first_arrival(one.form.id))


def _uses(
    form: Form, lines: tuple[PlanLine, ...], indicators: Mapping[str, Indicator]
) -> Mapping[str, tuple[str, ...]]:
    """By concept (or column): the indicators that the form can answer in full, and the plan's lines, that read it."""
    bound = columns_of(form)
    uses: dict[str, list[str]] = {}
    for name, indicator in indicators.items():
        read = {*indicator.reads, *(one for each in indicator.members.values() for one in each)}
        for concept in sorted(read) if read <= bound.keys() else ():
            uses.setdefault(concept, []).append(name)
    for line in lines:
        named = [line.of, line.over, *(one for names in line.by for one in names), *(one for one, _ in line.among)]
        for concept in dict.fromkeys(filter(None, named)):
            if concept in bound:
                uses.setdefault(concept, []).append(f"plan, row {line.row}")
    return {concept: tuple(found) for concept, found in uses.items()}
