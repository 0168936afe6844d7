"""Whether a study, its form and its plan know each other: found without the register, as any check of a folder."""

from __future__ import annotations

from saphan.analyse.frames.tables import enters
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.plans.model import PlanLine
from saphan.analyse.indicators.plans.reading import read as read_plan
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form
from saphan.collect.rounds.studies import STRATUM, Study
from saphan.core.problem import At, Finding, finding
from saphan.mission.files import read_csv
from saphan.mission.model import Mission

NEEDED = ("consent", "cluster")  # what a study's form must ask: without them nobody agreed, and nobody has a weight
_NUMBERS = frozenset({"integer", "decimal", "range"})


def find_fit(mission: Mission, study: Study, form: Form, found: list[Finding]) -> tuple[PlanLine, ...]:
    """The lines of a study's plan; whether form, plan and estimates know each other is added to `found`."""
    at = At(file=f"forms/{form.id}.xlsx", sheet="settings", row=2, column="concept")
    bound = {question.concept for question in form.root.questions}
    lacked = [name for name in NEEDED if name not in bound]
    if form.concept is not None and form.concept != FormConcept.STUDY:
        found.append(finding("form.kind", at, kind=FormConcept.STUDY.value, concept=form.concept))
    elif lacked:
        at = At(file=at.file, sheet="survey", row=1, column="concept")
        found.append(finding("form.lacks", at, kind=FormConcept.STUDY.value, names=", ".join(lacked)))
    columns = columns_of(form)
    rows = read_csv(mission.folder, study.plan, (), found)
    lines = read_plan(study.plan, [(row.number, row.cells) for row in rows], NEEDS, columns, found)
    for wanted in study.estimates:
        for known in (wanted.of, wanted.by or STRATUM):
            if known not in columns and known not in NEEDS:
                detail = f"An estimate names {known!r}, which is no indicator and no concept of the form."
                found.append(finding("toml.value", At(file=study.file), detail=detail))
    return lines


def columns_of(form: Form) -> dict[str, bool]:
    """The columns that a plan may name, true for numbers: those of the form's frames, and the stratum."""
    asked = [question for table in form.tables for question in table.questions if enters(question)]
    named = {question.concept or question.column: question.type in _NUMBERS for question in asked}
    return named | {STRATUM: False}
