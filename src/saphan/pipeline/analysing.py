"""Analyse: from the register's answers to a household assessment to the numbers of its plan, as a table and a workbook.

var/<mission>/analysis/<assessment>/results.csv     tidy, one row a number
var/<mission>/analysis/<assessment>/results.xlsx    to be read: how it was made, a sheet a sector, the tidy table
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from saphan import mission as missions
from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.plans.model import Standing
from saphan.collect import rounds
from saphan.collect.forms import load as load_forms
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core.nearest import remedy
from saphan.core.problem import At, problem
from saphan.mission.model import Mission
from saphan.pipeline.assessing import assess
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
    file = plan or snapshot.mission / assessment.plan
    ran = assess(snapshot, mission, assessment, form, step, plan=file)
    told, weighed = ran.told.findings, ran.told.weighed
    target = var / "analysis" / assessment.id
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".analysing-", dir=target.parent))
    try:
        (made := work / "made").mkdir()
        head = _head(mission, assessment, form, made_on)
        reported = report(mission, assessment, form, snapshot, weighed, told, file, head=head)
        results.write(made, reported, told, NEEDS, words(mission, form), LANGUAGE)
        _put(made, target, work / "before")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Analysis(
        assessment=assessment.id,
        folder=target,
        files=(results.WORKBOOK, results.TIDY),
        snapshot=snapshot.key,
        households=weighed.n,
        lines=len(ran.lines),
        numbers=len(told),
        protected=sum(one.standing is Standing.PROTECTED for one in told),
        suppressed=sum(one.standing is Standing.SUPPRESS for one in told),
        notes=weighed.notes,
    )


def assessment_of(mission: Mission, assessment_id: str) -> HouseholdAssessment:
    """An assessment of a mission by its id; Problem if there is none."""
    known = {one.id: one for one in rounds.load_assessments(mission)}
    if assessment_id not in known:
        nearest = remedy(assessment_id, known, what="assessments")
        raise problem("assessment.unknown", At(file="assessments.toml"), name=assessment_id, nearest=nearest)
    return known[assessment_id]


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
