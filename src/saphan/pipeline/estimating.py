"""Estimate and figure: from a snapshot alone to the register of figures, alike for building and for verifying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from saphan import mission as missions
from saphan.analyse.frames.model import Manifest, Snapshot
from saphan.analyse.indicators import Result, Results, compute, of_cordon, people_in_need, stocks
from saphan.analyse.indicators.model import Judged
from saphan.analyse.indicators.plans.results import results as plan_results
from saphan.collect import rounds
from saphan.collect.forms import load as load_forms
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core.problem import problem
from saphan.mission.model import Mission
from saphan.pipeline.assessing import answered, for_figures
from saphan.publish.figures.model import Figure, Kind, Register, Release, Sum
from saphan.publish.figures.register import propose

# Every one of these fields means the same in a result and in the figure made of it.
_SHARED = tuple(
    field.name for field in fields(Result) if field.name in {field.name for field in fields(Figure)} - {"judged"}
)
_RELEASES = {Judged.TOO_FEW: Release.TOO_FEW, Judged.UNRELIABLE: Release.UNRELIABLE}


def estimate(snapshot: Snapshot) -> Register:
    """Every figure of every round and exercise: disclosed, rounded and keyed. Problem if one does not hold."""
    mission = missions.open(snapshot.mission)
    found = Results(results=())
    designs = rounds.load(mission)
    for fielded in designs:
        one = compute(snapshot, mission, fielded)
        found += of_cordon(one, fielded.cordon) if fielded.beside(designs) else one
    exercises = rounds.load_mobility(mission)
    for exercise in exercises:
        found += stocks.compute(snapshot, mission, exercise)
    assessments = [one for one in rounds.load_assessments(mission) if answered(snapshot, one.form)]
    found += _assessed(snapshot, mission, assessments)
    found += people_in_need.compute(assessments, exercises, found)
    if not found.results:
        raise problem("frame.empty", what="count")
    return propose(
        (_figure(result) for result in found.results),
        (Sum(total=total.total, parts=total.parts, in_print=total.in_print) for total in found.totals),
        mission=mission,
        frame=snapshot.key,
        facts=_facts(snapshot.manifest, found.notes),
        ratios=found.ratios,
    )


def _assessed(snapshot: Snapshot, mission: Mission, assessments: Sequence[HouseholdAssessment]) -> Results:
    """The results of household assessments that have answers."""
    found = Results(results=())
    schemas = load_forms(mission, only={one.form for one in assessments}) if assessments else {}
    for assessment in assessments:
        found += plan_results(for_figures(snapshot, mission, assessment, schemas[assessment.form]))
    return found


def _figure(result: Result) -> Figure:
    shared = {name: getattr(result, name) for name in _SHARED}
    kind = Kind.COUNT if result.basis == "count" else Kind.ESTIMATE
    release = _RELEASES.get(result.judged, Release.PUBLIC)
    return Figure(name=result.name, kind=kind, judged=result.judged is not Judged.OPEN, release=release, **shared)


def _facts(manifest: Manifest, notes: Iterable[str]) -> Mapping[str, str]:
    """How the figures came about, in words: forms, submissions in and out, packages, and the limits met on the way."""
    facts = {}
    for form in manifest.counts:
        left_out = "".join(f"; {number:,} {why}" for why, number in form.left_out.items())
        facts[f"form {form.form}"] = f"{form.received:,} submissions received, {form.frozen:,} used{left_out}"
    for version in manifest.forms:
        facts[f"form {version.form} {version.version}"] = f"{version.frozen:,} submissions, XForm {version.key[:8]}"
    facts |= {f"package {name}": number for name, number in manifest.packages.items()}
    facts |= {f"note {index}": note for index, note in enumerate(notes, start=1)}
    return facts
