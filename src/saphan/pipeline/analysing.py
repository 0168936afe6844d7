"""Analyse: from the register's answers to a household assessment to the numbers of its plan, as a table and a workbook.

var/<mission>/analysis/<assessment>/results.csv     tidy, one row a number
var/<mission>/analysis/<assessment>/results.xlsx    to be read: how it was made, a sheet a sector, the tidy table
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from saphan import mission as missions
from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.plans import opening, reading
from saphan.analyse.indicators.plans.disclosing import disclosed
from saphan.analyse.indicators.plans.model import Finding, PlanLine, Standing
from saphan.analyse.indicators.plans.running import run
from saphan.collect import rounds
from saphan.collect.forms import load as load_forms
from saphan.collect.forms import sheets
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core.nearest import remedy
from saphan.core.problem import At, Problem, problem
from saphan.core.problem import Finding as Wrong
from saphan.mission.files import read_csv
from saphan.mission.model import Mission
from saphan.pipeline.freezing import freeze
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.reporting import LANGUAGE, SIMULATED, report, words
from saphan.pipeline.workspace import Workspace
from saphan.publish.formats import results

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What an analysis left behind; `protected` and `suppressed` count numbers that are not shown, and `notes` say what
    has to be known of the sample.
    """

    assessment: str
    folder: Path
    files: tuple[str, ...]
    snapshot: str
    households: int
    lines: int
    numbers: int
    protected: int
    suppressed: int
    notes: tuple[str, ...]


def analyse(workspace: Workspace, opened: Opened, assessment_id: str, plan: Path | None, step: Step) -> Analysis:
    """Freeze the answers, run the plan of an assessment, or another `plan`, and write its results.

    Problem where there is no such assessment, nothing was received for it, or the plan cannot be read or run.
    """
    assessment_of(workspace.mission, assessment_id)
    publish_forms(workspace, opened)
    step("Freezing answers", 0, 1)
    snapshot, _ = freeze(workspace, opened.vault)
    step("Freezing answers", 1, 1)
    return analysed(snapshot, assessment_id, plan, workspace.var, opened.at.date(), step)


def analysed(
    snapshot: Snapshot, assessment_id: str, plan: Path | None, var: Path, made_on: date, step: Step
) -> Analysis:
    """Run the plan of an assessment on a snapshot alone, and write the results below `var`."""
    mission = missions.open(snapshot.mission)
    assessment = assessment_of(mission, assessment_id)
    form = load_forms(mission)[assessment.form]
    if not any(one.frozen for one in snapshot.manifest.counts if one.form == form.id):
        raise problem("assessment.empty", At(file=f"forms/{form.id}.xlsx"), form=form.id)
    try:
        ready = opening.opened(snapshot, assessment, form, mission.places)
    except ValueError as error:
        raise problem("assessment.sample", At(file=assessment.sample), detail=error) from error
    file = plan or snapshot.mission / assessment.plan
    lines = read_plan(file, ready.columns)
    var.mkdir(parents=True, exist_ok=True)
    target = var / "analysis" / assessment.id
    target.parent.mkdir(exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".analysing-", dir=target.parent))
    try:
        found = _run(ready, lines, work, file.name, step)
        told = disclosed(found, mission.disclosure.threshold)
        (made := work / "made").mkdir()
        reported = report(
            mission,
            assessment,
            form,
            snapshot,
            ready.weighed,
            told,
            file,
            head=_head(mission, assessment, form, made_on),
        )
        results.write(made, reported, told, NEEDS, words(mission, form), LANGUAGE)
        _put(made, target, work / "before")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Analysis(
        assessment=assessment.id,
        folder=target,
        files=(results.WORKBOOK, results.TIDY),
        snapshot=snapshot.key,
        households=ready.weighed.n,
        lines=len(lines),
        numbers=len(told),
        protected=sum(one.standing is Standing.PROTECTED for one in told),
        suppressed=sum(one.standing is Standing.SUPPRESS for one in told),
        notes=ready.weighed.notes,
    )


def assessment_of(mission: Mission, assessment_id: str) -> HouseholdAssessment:
    """An assessment of a mission by its id; Problem if there is none."""
    known = {one.id: one for one in rounds.load_assessments(mission)}
    if assessment_id not in known:
        nearest = remedy(assessment_id, known, what="assessments")
        raise problem("assessment.unknown", At(file="assessments.toml"), name=assessment_id, nearest=nearest)
    return known[assessment_id]


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


def _run(ready: opening.Opened, lines: Sequence[PlanLine], work: Path, file: str, step: Step) -> tuple[Finding, ...]:
    try:
        return run(ready.assessment, lines, NEEDS, work, lambda done, whole: step("Estimating", done, whole))
    except ValueError as error:
        # What the sample or the answers cannot carry: a stratum of one area, a test without chance, a lost column.
        raise problem("assessment.plan", At(file=file), detail=error) from error


def _put(made: Path, target: Path, before: Path) -> None:
    """Put what was made in its place in one move: readers never see half of it."""
    if target.exists():
        target.rename(before)
    made.rename(target)


def _head(mission: Mission, assessment: HouseholdAssessment, form: Form, made_on: date) -> tuple[str, ...]:
    simulated = (SIMULATED,) if mission.simulated else ()
    return (
        assessment.title.to(LANGUAGE),
        *simulated,
        mission.name.to(LANGUAGE),
        f"Fieldwork {assessment.period.label}; form {form.title.to(LANGUAGE)}; made on {made_on.isoformat()}.",
        mission.contact.to(LANGUAGE),
    )
