"""Assess: run the plan of a household assessment on a snapshot alone, for its workbook and for the figures alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.plans import opening, reading
from saphan.analyse.indicators.plans.disclosing import disclosed
from saphan.analyse.indicators.plans.model import LEVEL, Finding, PlanLine
from saphan.analyse.indicators.plans.results import Told
from saphan.analyse.indicators.plans.running import run
from saphan.collect.forms import sheets
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core.problem import At, Problem, problem
from saphan.core.problem import Finding as Wrong
from saphan.mission.files import read_csv
from saphan.mission.model import Mission

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A plan that was run: its lines, and what was found, disclosed, with the assessment and sample it rests on."""

    told: Told
    lines: tuple[PlanLine, ...]


def answered(snapshot: Snapshot, form: str) -> bool:
    """Whether a form has answers in a snapshot."""
    return any(one.frozen for one in snapshot.manifest.counts if one.form == form)


def assess(
    snapshot: Snapshot,
    mission: Mission,
    assessment: HouseholdAssessment,
    form: Form,
    step: Step,
    *,
    plan: Path | None = None,
    level: float | None = None,
) -> Ran:
    """Run the plan of an assessment, or another `plan`, at its own levels or at one `level`.

    Problem where nothing was received for it, its sample does not fit its answers, or the plan cannot be read or run.
    """
    if not answered(snapshot, form.id):
        raise problem("assessment.empty", At(file=f"forms/{form.id}.xlsx"), form=form.id)
    try:
        ready = opening.opened(snapshot, assessment, form, mission.places)
    except ValueError as error:
        raise problem("assessment.sample", At(file=assessment.sample), detail=error) from error
    file = plan or snapshot.mission / assessment.plan
    lines = read_plan(file, ready.columns)
    if level is not None:
        lines = tuple(replace(one, level=level) for one in lines)
    with tempfile.TemporaryDirectory(prefix="saphan-") as work:
        found = _run(ready, lines, Path(work), file.name, step)
    told = disclosed(found, mission.disclosure.threshold)
    return Ran(told=Told(assessment=assessment, form=form, weighed=ready.weighed, findings=told), lines=lines)


def for_figures(snapshot: Snapshot, mission: Mission, assessment: HouseholdAssessment, form: Form) -> Told:
    """The findings that figures are made of: those of the assessment's own plan, every interval of one level."""
    return assess(snapshot, mission, assessment, form, _silent, level=LEVEL).told


def read_plan(file: Path, columns: Mapping[str, bool]) -> tuple[PlanLine, ...]:
    """The lines of a plan, from CSV or the first sheet of an XLSX; Problem with everything wrong in it."""
    found: list[Wrong] = []
    rows: list[tuple[int, Mapping[str, str]]] = []
    if file.suffix.lower() == ".xlsx":
        if not file.is_file():
            raise problem("file.missing", At(file=str(file)))
        first = next(iter(sheets.read(file.read_bytes(), file.name).values()), None)
        rows = [] if first is None else [(row.number, row.cells) for row in first.rows]
    else:
        rows = [(row.number, row.cells) for row in read_csv(file.parent, file.name, (), found)]
    lines = () if found else reading.read(file.name, rows, NEEDS, columns, found)
    if found:
        raise Problem(found)
    return lines


def _run(ready: opening.Opened, lines: tuple[PlanLine, ...], work: Path, file: str, step: Step) -> tuple[Finding, ...]:
    try:
        return run(ready.assessment, lines, NEEDS, work, lambda done, whole: step("Estimating", done, whole))
    except ValueError as error:
        # What the sample or the answers cannot carry: a stratum of one area, a test without chance, a lost column.
        raise problem("assessment.plan", At(file=file), detail=error) from error


def _silent(_: str, _done: int, _whole: int | None) -> None:
    """Says nothing of how far it is."""
