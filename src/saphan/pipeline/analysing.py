"""Analyse: from the register's answers to a household assessment to the numbers of its plan, as a table and a workbook.

var/<mission>/analysis/<assessment>/results.csv     tidy, one row a number
var/<mission>/analysis/<assessment>/results.xlsx    to be read: how it was made, a sheet a sector, the tidy table
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from saphan import mission as missions
from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators.needs.catalogue import NEEDS, SECTORS
from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.plans.model import Finding, Standing
from saphan.analyse.indicators.plans.weighting import Weighed
from saphan.collect import rounds
from saphan.collect.forms import load as load_forms
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core import digest
from saphan.core.nearest import remedy
from saphan.core.problem import At, problem
from saphan.mission.model import Mission
from saphan.pipeline.assessing import assess
from saphan.pipeline.freezing import freeze
from saphan.pipeline.labelling import labels
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.workspace import Workspace
from saphan.publish.formats import results
from saphan.publish.formats.results import Study
from saphan.publish.formats.table import Labels

Step = Callable[[str, int, int | None], None]
LANGUAGE = "en"  # of the workbook: what explains the numbers is written in it
_BASIS = {
    True: "Intervals and tests follow from how areas and households were drawn.",
    False: "The sample was not drawn by chance: values are indicative, without errors, intervals or tests.",
}


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
        study = _study(mission, assessment, snapshot, form, weighed, file, told, made_on)
        results.write(made, study, told, NEEDS, _labels(mission, form), LANGUAGE)
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


def _labels(mission: Mission, form: Form) -> Labels:
    """The words of answers, and of the areas that groups may be made of."""
    named = {(f"admin{area.level}", pcode): area.name for pcode, area in mission.places.areas.items()}
    provinces = {("province", pcode): area.name for pcode, area in mission.places.areas.items() if area.level == 1}
    return named | provinces | dict(labels([form], (), ()))


def _study(
    mission: Mission,
    assessment: HouseholdAssessment,
    snapshot: Snapshot,
    form: Form,
    weighed: Weighed,
    plan: Path,
    told: Sequence[Finding],
    made_on: date,
) -> Study:
    asked = {
        question.concept or question.column: question.label.to(LANGUAGE)
        for table in form.tables
        for question in table.questions
        if question.label.to(LANGUAGE)
    }
    titles = asked | {name: one.title for name, one in NEEDS.items()}
    several = frozenset(
        question.concept or question.column
        for table in form.tables
        for question in table.questions
        if question.type == "select_multiple"
    )
    about = (
        _head(mission, assessment, form, made_on),
        _sampled(assessment, weighed),
        ("What has to be known of the sample", *(weighed.notes or ("Nothing was left out.",))),
        _shown(mission, told),
        _definitions(told),
        (
            "Where the numbers come from",
            f"Snapshot {snapshot.key}",
            f"Plan {plan.name}, SHA-256 {digest.of_file(plan)}",
        ),
    )
    return Study(
        title=assessment.title.to(LANGUAGE),
        about=about,
        basis=assessment.basis.value,
        snapshot=snapshot.key,
        titles=titles,
        several=several,
        sectors={one.name: sector for sector, every in SECTORS.items() for one in every},
    )


def _head(mission: Mission, assessment: HouseholdAssessment, form: Form, made_on: date) -> tuple[str, ...]:
    simulated = ("All answers are simulated: no household was asked.",) if mission.simulated else ()
    return (
        assessment.title.to(LANGUAGE),
        *simulated,
        mission.name.to(LANGUAGE),
        f"Fieldwork {assessment.period.label}; form {form.title.to(LANGUAGE)}; made on {made_on.isoformat()}.",
        mission.contact.to(LANGUAGE),
    )


def _sampled(assessment: HouseholdAssessment, weighed: Weighed) -> tuple[str, ...]:
    asked, made = (sum(getattr(one, name) for one in weighed.strata) for name in ("asked", "made"))
    strata = (
        f"Stratum {one.stratum}: {one.reached:,} of {one.drawn:,} areas reached; {one.made:,} of {one.asked:,} "
        f"interviews made; stands for {one.represents:,.0f} households."
        for one in weighed.strata
    )
    stages = (
        "Areas and households were drawn without replacement, and variances allow for how many there are of each."
        if weighed.design.populations
        else "Variances are those between the areas of a stratum, taken as drawn with replacement."
    )
    return (
        "The sample",
        f"Sampling basis: {assessment.basis}. {_BASIS[assessment.basis.by_chance]}",
        "Areas were drawn within strata, households within areas. A household's weight is one over the chance of its "
        "area, times households listed, over households interviewed there.",
        stages,
        f"{weighed.n:,} households are analysed; {made:,} of {asked:,} interviews were made. The weights alone widen "
        f"variances {weighed.effect:.2f} times (Kish).",
        *strata,
    )


def _shown(mission: Mission, told: Sequence[Finding]) -> tuple[str, ...]:
    protected, suppressed, review = (
        sum(one.standing is standing for one in told)
        for standing in (Standing.PROTECTED, Standing.SUPPRESS, Standing.REVIEW)
    )
    return (
        "What is shown",
        "n is the number of respondents that a number rests on: those in its denominator. It differs between "
        "indicators, since not everybody is asked every question.",
        "A missing answer is never taken for no: who did not answer is in no denominator.",
        f"Nothing is shown on fewer than {mission.disclosure.threshold} respondents, nor what would tell it by "
        f"subtraction: {protected:,} numbers.",
        "Shares with too few respondents or too wide an interval are not shown in the tables (presentation standard of "
        f"the National Center for Health Statistics, 2017): {suppressed:,} numbers. A statistician should look at "
        f"{review:,} others first. The results sheet has both with their standing.",
        "Intervals hold at 95 per cent unless the plan says otherwise. They allow for the sample, not for answers that "
        "are wrong, nor for who is in no list of households.",
        "A total of a question that only a part of the households is asked is a total of that part.",
        "Many groups compared bring some small p by chance alone: tests are not corrected for their number.",
    )


def _definitions(told: Sequence[Finding]) -> tuple[str, ...]:
    used = dict.fromkeys(one.line.of for one in told if one.line.of in NEEDS)
    return ("Definitions", *map(_definition, (NEEDS[name] for name in used)))


def _definition(one: Indicator) -> str:
    recall = f" Recall: {one.recall}." if one.recall else ""
    return f"{one.name}: {one.title}.{recall} Source: {one.source}"
