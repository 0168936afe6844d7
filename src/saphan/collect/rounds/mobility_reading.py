"""Reads mobility.toml and the samples it names, and finds what is wrong in them, all in one pass."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Annotated

import msgspec

from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds.mobility import SAMPLE_COLUMNS, MobilityExercise, MobilityRound
from saphan.core import period as periods
from saphan.core.nearest import remedy
from saphan.core.problem import Finding, Problem, finding, problem
from saphan.core.text import Text
from saphan.estimate.survey.design import SamplingBasis
from saphan.mission.files import TomlFile, read_csv, read_toml
from saphan.mission.model import PROVINCE, Mission

NAME = "mobility.toml"
KINDS = (FormConcept.KEY_INFORMANT, FormConcept.SITE_COUNT)
CHANCE = "a chance of being drawn, above 0 and up to 1"

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]
Sample = Annotated[str, msgspec.Meta(pattern=r"^samples/[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")]


class _RoundTable(msgspec.Struct):
    number: Annotated[int, msgspec.Meta(ge=1)]
    period: str
    counted: Sample | None = None
    basis: SamplingBasis = SamplingBasis.PROBABILITY


class _ExerciseTable(msgspec.Struct):
    id: Identifier
    title: Annotated[dict[str, str], msgspec.Meta(min_length=1)]
    forms: dict[str, str]
    seed: int
    areas: tuple[str, ...] = ()
    round: Annotated[list[dict[str, object]], msgspec.Meta(min_length=1)] = []


def load_mobility(mission: Mission) -> tuple[MobilityExercise, ...]:
    """The exercises of a mission, none if it has no mobility.toml; Problem with everything wrong."""
    exercises, found = find_mobility(mission)
    if found:
        raise Problem(found)
    return exercises


def load_exercise(mission: Mission, name: str) -> MobilityExercise:
    """One exercise by its id; Problem if there is none, or anything is wrong."""
    exercises = {one.id: one for one in load_mobility(mission)}
    if name not in exercises:
        raise problem("exercise.unknown", exercise=name, nearest=remedy(name, exercises, what="exercises"))
    return exercises[name]


def find_mobility(mission: Mission) -> tuple[tuple[MobilityExercise, ...], list[Finding]]:
    """What could be read of mobility.toml and its samples, and everything found wrong in them."""
    found: list[Finding] = []
    if not (mission.folder / NAME).is_file():
        return (), found
    file = read_toml(mission.folder, NAME, found)
    if file is None:
        return (), found
    exercises: dict[str, tuple[str, MobilityExercise]] = {}
    for path, table in file.tables(_ExerciseTable, "exercise"):
        if table.id in exercises:
            found.append(finding("name.duplicate", file.at(f"{path}.id"), name=table.id))
            continue
        exercises[table.id] = (path, _exercise(mission, file, path, table, found))
    for key in (file.raw or {}).keys() - {"exercise"}:
        file.wrong(key, f"There is no key {key!r} here; every exercise is a table [[exercise]].")
    for (_, first), (path, second) in combinations(exercises.values(), 2):
        _check_apart(mission, file, path, first, second)
    return tuple(one for _, one in exercises.values()), found


def _exercise(
    mission: Mission, file: TomlFile, path: str, table: _ExerciseTable, found: list[Finding]
) -> MobilityExercise:
    missing = [language for language in mission.languages if not table.title.get(language)]
    if missing:
        file.wrong(f"{path}.title", f"The title has no words in {', '.join(missing)}.")
    _check_forms(mission, file, f"{path}.forms", table)
    for area in table.areas:
        if area not in mission.places.areas:
            nearest = remedy(area, mission.places.areas, what="P-codes")
            found.append(finding("place.unknown", file.at(f"{path}.areas"), pcode=area, nearest=nearest))
    rounds = []
    for index, raw in enumerate(table.round):
        one = _round(mission, file, f"{path}.round[{index}]", raw, table, found)
        if one is not None:
            rounds.append((f"{path}.round[{index}]", one))
    for (_, before), (where, after) in pairwise(rounds):
        if after.number <= before.number or after.period.start < before.period.end:
            file.wrong(where, "Rounds stand in order of time and number, and no two of them share a day.")
    exercise = MobilityExercise(
        id=table.id,
        title=Text(table.title),
        forms=table.forms,
        areas=table.areas,
        rounds=tuple(one for _, one in rounds),
        seed=table.seed,
    )
    if not exercise.sites(mission.places):
        file.wrong(path, f"{table.id} has no site: list its sites in places/sites.csv.")
    return exercise


def _check_forms(mission: Mission, file: TomlFile, path: str, table: _ExerciseTable) -> None:
    known = [one.stem for one in (mission.folder / "forms").glob("*.xlsx")]
    for kind, form in table.forms.items():
        if kind not in KINDS:
            file.wrong(f"{path}.{kind}", f"{kind!r} is no kind of form here; it is one of {', '.join(KINDS)}.")
        elif form not in known:
            file.wrong(f"{path}.{kind}", f"There is no form forms/{form}.xlsx. {remedy(form, known, what='forms')}")
    if FormConcept.KEY_INFORMANT not in table.forms:
        file.wrong(path, f"An exercise needs a form of the kind {FormConcept.KEY_INFORMANT}.")


def _round(
    mission: Mission, file: TomlFile, path: str, raw: object, exercise: _ExerciseTable, found: list[Finding]
) -> MobilityRound | None:
    table = file.table(_RoundTable, path, raw)
    if table is None:
        return None
    try:
        period = periods.parse(table.period)
    except ValueError:
        said = f"{table.period!r} is not a period: write 2023, 2023-05 or 2023-05-01..2023-06-30, in order."
        file.wrong(f"{path}.period", said)
        return None
    counted = None
    if table.counted is not None:
        if FormConcept.SITE_COUNT not in exercise.forms:
            file.wrong(f"{path}.counted", f"To count sites the exercise needs a form of {FormConcept.SITE_COUNT}.")
        if (mission.folder / table.counted).is_file():
            counted = _counted(mission, table.counted, exercise, found)
        else:
            file.wrong(f"{path}.counted", f"There is no file {table.counted}; `saphan sites draw` writes it.")
    return MobilityRound(number=table.number, period=period, counted=counted, sample=table.counted, basis=table.basis)


def _counted(mission: Mission, name: str, exercise: _ExerciseTable, found: list[Finding]) -> dict[str, float]:
    """The chance of each drawn site; what is wrong in the file goes to `found`."""
    sites = MobilityExercise(
        id=exercise.id, title=Text(exercise.title), forms={}, areas=exercise.areas, rounds=(), seed=0
    ).sites(mission.places)
    drawn: dict[str, float] = {}
    for row in read_csv(mission.folder, name, SAMPLE_COLUMNS, found):
        chance = row.number_in("chance", CHANCE, 0.0, 1.0, found)
        if chance == 0:
            found.append(finding("csv.value", row.at("chance"), value=row["chance"], expected=CHANCE))
        if row["site"] not in sites:
            expected = f"a site of {exercise.id} in places/sites.csv. {remedy(row['site'], sites, what='sites')}"
            found.append(finding("csv.value", row.at("site"), value=row["site"], expected=expected.rstrip(".")))
        elif row["site"] in drawn:
            found.append(finding("name.duplicate", row.at("site"), name=row["site"]))
        elif chance:
            # Who was drawn once and is no longer listed is nobody to count, and no mistake.
            drawn[row["site"]] = chance
    return drawn


def _check_apart(
    mission: Mission, file: TomlFile, path: str, first: MobilityExercise, second: MobilityExercise
) -> None:
    """Two exercises do not assess one district at a time: their figures would have the same names."""
    districts = [
        {
            area.pcode
            for site in one.sites(mission.places).values()
            if (area := mission.places.ancestor(site.pcode, PROVINCE))
        }
        for one in (first, second)
    ]
    together = any(one.period & other.period for one in first.rounds for other in second.rounds)
    if together and districts[0] & districts[1]:
        shared = ", ".join(sorted(districts[0] & districts[1]))
        file.wrong(
            path,
            f"{first.id} and {second.id} have rounds on the same days in {shared}, and their figures would have the "
            "same names: put those sites into one exercise.",
        )
