"""Check: everything wrong with a mission folder, found in one pass over all its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from saphan import mission as missions
from saphan.analyse.indicators.needed import lacking
from saphan.collect import checks, forms, rounds, simulate
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.collect.rounds.mobility import MobilityExercise
from saphan.collect.rounds.model import Round
from saphan.collect.rounds.study_reading import find_studies
from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, finding
from saphan.mission.files import read_csv
from saphan.mission.model import Mission
from saphan.mission.places import AREAS, POINTS
from saphan.mission.sites import SITES
from saphan.pipeline.study_fitting import find_fit
from saphan.publish import products


def check(folder: Path, *, validate: bool = False) -> tuple[Mission | None, list[Finding]]:
    """Read every file of the folder as its part would, and gather what each part finds wrong, in the order of parts.

    With `validate`, every form is tried in ODK Validate as well, which needs Java and a few seconds.
    """
    mission, found = missions.find(folder)
    if mission is None:
        return None, found
    schemas, wrong_forms = forms.find(mission)
    found.extend(wrong_forms)
    if validate:
        for form in schemas.values():
            found.extend(forms.validate(form))
    designs, more = rounds.find(mission)
    found.extend(more)
    # A concept that is misspelt is one mistake, not also a concept that is lacking.
    misspelt = {each.at.file for each in wrong_forms if each.code == "form.concept"}
    unfit = [each for each in _unfit(designs, schemas) if each.at.file not in misspelt]
    found.extend(unfit)
    readable = not (more or unfit or wrong_forms)
    if not more:
        found.extend(_untold(mission, designs, schemas))
    assessments, more = rounds.find_assessments(mission)
    found.extend(more)
    found.extend(each for each in _unasked(assessments, schemas) if each.at.file not in misspelt)
    exercises, lacking_rounds = rounds.find_mobility(mission)
    found.extend(lacking_rounds)
    found.extend(each for each in _untracked(mission, exercises, schemas) if each.at.file not in misspelt)
    if not lacking_rounds:
        found.extend(_unstocked(assessments, exercises))
        found.extend(simulate.find_sites(mission, {one.id: one for one in exercises})[1])
    studies, wrong = find_studies(mission)
    if not more and not wrong:  # of a survey or sample that could not be read nothing more is known
        found.extend(simulate.find_populations(mission, [*assessments, *studies]))
    found.extend(wrong)
    for study in studies:
        if study.form in schemas and f"forms/{study.form}.xlsx" not in misspelt:
            find_fit(mission, study, schemas[study.form], found)
    for part in (checks.find, products.find):
        _, more = part(mission)
        found.extend(more)
    if (mission.folder / "world.toml").is_file():
        settings, more = simulate.find(mission)
        found.extend(more)
        fielded = {form for design in designs for form in design.forms.values()}
        # What a broken, missing or mistaken form would offer, nobody can know.
        if settings is not None and readable and fielded <= schemas.keys():
            found.extend(simulate.find_codes(settings, [schemas[form] for form in sorted(fielded)]))
    return mission, _without_echoes(mission, found)


def _unfit(designs: Iterable[Round], schemas: Mapping[str, Form]) -> Iterator[Finding]:
    """Forms that a round takes for what they are not, or that lack what the figures need of their kind."""
    surveyed = {form for design in designs if design.screening is not None for form in design.forms.values()}
    fielded = {(kind, form) for design in designs for kind, form in design.forms.items() if form in schemas}
    for kind, form in sorted(fielded):
        at = At(file=f"forms/{form}.xlsx", sheet="survey", row=1, column="concept")
        concept = schemas[form].concept
        if concept is not None and concept != kind:
            yield finding("form.kind", replace(at, sheet="settings", row=2), kind=kind, concept=concept)
        elif lacked := lacking(schemas[form], surveyed=form in surveyed):
            yield finding("form.lacks", at, kind=kind, names=", ".join(lacked))


def _unasked(assessments: Iterable[HouseholdAssessment], schemas: Mapping[str, Form]) -> Iterator[Finding]:
    """Forms of assessments that are of another kind or do not ask what weights rest on, and areas they do not offer."""
    for assessment in assessments:
        form = schemas.get(assessment.form)
        if form is None:
            continue
        kind = FormConcept.HOUSEHOLD_ASSESSMENT
        at = At(file=f"forms/{form.id}.xlsx", sheet="survey", row=1, column="concept")
        bound = {question.concept: question for question in form.root.questions}
        lacked = [name for name in ("consent", "cluster") if name not in bound]
        if form.concept is not None and form.concept != kind:
            detail = f"{assessment.id}: forms/{form.id}.xlsx is a {form.concept} form, and no {kind} form."
            yield finding("toml.value", At(file="assessments.toml"), detail=detail)
        elif lacked:
            yield finding("form.lacks", at, kind=kind, names=", ".join(lacked))
        elif offered := {choice.name for choice in form.choices.get(bound["cluster"].choices or "", ())}:
            for area in assessment.areas:
                if area.id not in offered:
                    expected = f"a choice of the question {bound['cluster'].column} in forms/{form.id}.xlsx"
                    where = At(file=assessment.sample, column="cluster")
                    yield finding("csv.value", where, value=area.id, expected=expected)


def _untracked(
    mission: Mission, exercises: Iterable[MobilityExercise], schemas: Mapping[str, Form]
) -> Iterator[Finding]:
    """Forms of mobility tracking that are of another kind, lack what is needed, or do not offer the sites as listed."""
    for exercise in exercises:
        for kind, name in exercise.forms.items():
            form = schemas.get(name)
            if form is None:
                continue
            at = At(file=f"forms/{name}.xlsx", sheet="survey", row=1, column="concept")
            if form.concept is not None and form.concept != kind:
                yield finding("form.kind", replace(at, sheet="settings", row=2), kind=kind, concept=form.concept)
            elif lacked := lacking(form):
                yield finding("form.lacks", at, kind=kind, names=", ".join(lacked))
            else:
                yield from _unoffered(mission, exercise, form)


def _unoffered(mission: Mission, exercise: MobilityExercise, form: Form) -> Iterator[Finding]:
    """Sites of an exercise that its form does not offer, where it has a list of them."""
    site = next(question for question in form.root.questions if question.concept == "site")
    offered = {choice.name for choice in form.choices.get(site.choices or "", ())}
    if site.choices is not None:
        missing = sorted(exercise.sites(mission.places).keys() - offered)
        for name in missing:
            at = At(file=f"forms/{form.id}.xlsx", sheet="choices")
            expected = f"a choice of {site.column}, though it is a site of {exercise.id} in {SITES}"
            yield finding("csv.value", at, value=name, expected=expected)


def _unstocked(assessments: Iterable[HouseholdAssessment], exercises: Iterable[MobilityExercise]) -> Iterator[Finding]:
    """Rounds of mobility tracking that an assessment's people in need are to be taken from, and there are none."""
    known = [f"{one.id}, round {each.number}" for one in exercises for each in one.rounds]
    for assessment in assessments:
        wanted = assessment.stock and f"{assessment.stock.exercise}, round {assessment.stock.round}"
        if wanted and wanted not in known:
            detail = f"{assessment.id}: there is no {wanted} in mobility.toml. {remedy(wanted, known, what='rounds')}"
            yield finding("toml.value", At(file="assessments.toml", column="stock"), detail=detail)


def _untold(mission: Mission, designs: Iterable[Round], schemas: Mapping[str, Form]) -> Iterator[Finding]:
    """Official counts of one direction alone beside counts that do not tell directions apart."""
    for design in designs:
        form = schemas.get(design.forms.get(FormConcept.HOURLY_COUNT, ""))
        if form is None or any(question.concept == "direction" for question in form.root.questions):
            continue
        for point, series in rounds.known_series(mission, design).items():
            if rounds.daily(series, rounds.ALL) is None:
                at = At(file=f"series/{design.known_series[point]}", row=1)
                yield finding("csv.column", at, column=rounds.ALL, needed="date and all: counts tell no direction")


def _without_echoes(mission: Mission, found: list[Finding]) -> list[Finding]:
    """The findings without those that only repeat another: a place is not unknown whose own row is what is wrong."""
    for file, column, code, fact, known in (
        (AREAS, "pcode", "place.unknown", "pcode", mission.places.areas),
        (POINTS, "id", "point.unknown", "point", mission.places.points),
    ):
        unread: list[Finding] = []
        rows = read_csv(mission.folder, file, (column,), unread)
        left_out = {row[column] for row in rows if row[column] not in known}
        echoes = {finding(code, None, **{fact: name, "nearest": ""}).what for name in left_out}
        found = [each for each in found if each.code != code or not (unread or each.what in echoes)]
    return found
