"""The parameters of invented populations, as a mission's populations/*.toml write them: of an assessment or a study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Annotated

import msgspec
from msgspec import Meta

from saphan.collect.forms.concepts import CONCEPTS, FormConcept
from saphan.collect.rounds.assessments import Asked, HouseholdAssessment
from saphan.collect.rounds.studies import Study
from saphan.collect.rounds.study_reading import read_fielded
from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, Problem, finding
from saphan.mission.files import read_csv, read_toml
from saphan.mission.model import Mission

FOLDER = "populations"

Share = Annotated[float, Meta(ge=0, le=1)]
Weights = Annotated[Mapping[str, Annotated[float, Meta(ge=0)]], Meta(min_length=1)]
Spread = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a population's file: unknown keys are mistakes."""


class Hardship(_Table, frozen=True, kw_only=True):
    """What nobody sees and answers lean on: a mean for each stratum, and the spread of areas and of those in them."""

    stratum: Mapping[str, float]
    area: Spread
    household: Spread  # or person, of a study


class Visits(_Table, frozen=True, kw_only=True):
    """How the interviews go; shares are of those approached."""

    absent: Share
    refused: Share
    enumerators: Count  # in each stratum
    minutes: Annotated[float, Meta(gt=0)]  # median length of an interview
    minutes_spread: Spread
    item_unknown: Share  # of answers, where the form offers "don't know"
    item_refused: Share


class Amount(_Table, frozen=True, kw_only=True):
    """Log-normal amounts, whole multiples of `step`, which a share `none` does not have: 0."""

    median: Annotated[float, Meta(gt=0)]
    spread: Spread
    none: Share = 0.0
    step: Count = 1


class Answer(_Table, frozen=True, kw_only=True):
    """How one or several questions are answered, by exactly one of `weights`, `several`, `amount` and `between`.

    `leaning` is the correlation with hardship of what lies behind the answer: those of `weights` stand in order, the
    best first. Several tables of one concept complement each other: the first whose conditions hold answers.
    """

    concepts: Annotated[tuple[str, ...], Meta(min_length=1)]
    members: bool = False  # asked of each member, not of the household
    weights: Weights | None = None  # one of these
    by_stratum: Mapping[str, Weights] = {}  # other weights in some strata
    several: Mapping[str, Share] | None = None  # each of these or not
    within: str | None = None  # those of `several` that another answer has chosen
    alone: str = "none"  # where none of `several` is; it may be one of them
    amount: Amount | None = None
    between: tuple[int, int] | None = None  # a whole number, all alike
    leaning: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    given: Mapping[str, tuple[str, ...]] = {}  # asked where these were answered so
    ranging: Mapping[str, tuple[float, float]] = {}  # asked where these numbers lie so, ends included

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that may be answered, none where the answer is a number of its own."""
        if self.several is not None:
            return tuple(dict.fromkeys([*self.several, self.alone]))
        return tuple(dict.fromkeys(chain(self.weights or (), *self.by_stratum.values())))


class Population(_Table, frozen=True, kw_only=True):
    """The whole of populations/<id>.toml, which bears the id of the assessment or study that asks it."""

    areas: Annotated[str, Meta(pattern=r"^samples/[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")] | None = (
        None  # a study has a frame
    )
    instruments: tuple[str, ...] = ()  # sets of questions, one after the other by number of the household
    hardship: Hardship
    visits: Visits
    answer: tuple[Answer, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """An area that is lived in, drawn or not; `households` are the persons there where a study asks persons."""

    stratum: str
    pcode: str
    households: int


@dataclass(frozen=True, kw_only=True)
class Peopled:
    """What is to be invented: the parameters of a population, all its areas by id, and the survey that asks it.

    `response` is the share of those approached that the survey counts on: as many more are approached, until enough
    were interviewed. Where it is 1, whoever is lost is not replaced.
    """

    settings: Population
    file: str
    survey: HouseholdAssessment
    areas: Mapping[str, Place]
    response: float = 1.0

    @property
    def kind(self) -> FormConcept:
        """The kind of form that is asked, and so the name of its frame."""
        household = self.survey.asked is Asked.HOUSEHOLD
        return FormConcept.HOUSEHOLD_ASSESSMENT if household else FormConcept.STUDY


def load_population(mission: Mission, survey: HouseholdAssessment | Study) -> Peopled | None:
    """As `find_population`; Problem with everything found wrong."""
    population, found = find_population(mission, survey)
    if found:
        raise Problem(found)
    return population


def find_populations(mission: Mission, surveys: Iterable[HouseholdAssessment | Study]) -> list[Finding]:
    """Everything found wrong in the populations of all of a mission's surveys, one that is of no survey too."""
    every = {one.id: one for one in surveys}
    found: list[Finding] = []
    for path in sorted((mission.folder / FOLDER).glob("*.toml")):
        if path.stem not in every:
            detail = f"There is no assessment and no study {path.stem!r}. {remedy(path.stem, every, what='surveys')}"
            found.append(finding("toml.value", At(file=f"{FOLDER}/{path.name}"), detail=detail))
    for one in every.values():
        found.extend(find_population(mission, one)[1])
    return found


def find_population(mission: Mission, survey: HouseholdAssessment | Study) -> tuple[Peopled | None, list[Finding]]:
    """The population that a survey asks, and everything found wrong in it; without a file nothing is invented: None."""
    found: list[Finding] = []
    name = f"{FOLDER}/{survey.id}.toml"
    if not (mission.folder / name).is_file():
        return None, found
    file = read_toml(mission.folder, name, found)
    settings = file.table(Population) if file else None
    if file is None or settings is None:
        return None, found
    for number, answer in enumerate(settings.answer):
        for detail in _mistakes(answer):
            file.wrong(f"answer[{number}]", detail)
    frame = survey.frame if isinstance(survey, Study) else settings.areas
    if frame is None:
        file.wrong("areas", "The key 'areas' is missing: the file of samples/ with every area of every stratum.")
        return None, found
    if settings.areas not in (None, frame):
        file.wrong("areas", f"The areas of a study are those of its frame, {frame}.")
    areas = _listed(mission, frame, found)
    fielded = read_fielded(mission, survey, found) if isinstance(survey, Study) else survey
    for area in fielded.areas:
        if area.id not in areas:
            at = At(file=fielded.sample, column="cluster")
            found.append(finding("csv.value", at, value=area.id, expected=f"an area of {frame}"))
        areas[area.id] = Place(stratum=area.stratum, pcode=area.place, households=area.households)
    for stratum in sorted({one.stratum for one in areas.values()} - settings.hardship.stratum.keys()):
        file.wrong("hardship.stratum", f"The stratum {stratum} has no hardship.")
    response = survey.design.response if isinstance(survey, Study) else 1.0
    return Peopled(settings=settings, file=name, survey=fielded, areas=areas, response=response), found


def _mistakes(answer: Answer) -> Iterator[str]:
    ways = [answer.weights, answer.several, answer.amount, answer.between]
    if sum(way is not None for way in ways) != 1:
        yield "An answer has exactly one of weights, several, amount and between."
    for name in (*answer.concepts, *answer.given, *answer.ranging, *filter(None, [answer.within])):
        if name not in CONCEPTS:
            yield f"There is no concept {name!r}. {remedy(name, CONCEPTS, what='concepts')}"
    for name in answer.concepts:
        known = CONCEPTS[name].codes if name in CONCEPTS else ()
        for code in answer.codes if known else ():
            if code not in known:
                yield f"{code!r} is no code of {name}. {remedy(code, known, what='codes')}"


def _listed(mission: Mission, file: str, found: list[Finding]) -> dict[str, Place]:
    """Every area of a list, with as many households as the list has there."""
    areas: dict[str, Place] = {}
    for row in read_csv(mission.folder, file, ("cluster", "stratum", "pcode", "households"), found):
        if row["pcode"] not in mission.places.areas:
            nearest = remedy(row["pcode"], mission.places.areas)
            found.append(finding("place.unknown", row.at("pcode"), pcode=row["pcode"], nearest=nearest))
        many = row.number_in("households", "a whole number of households, 1 or more", 1, 1e6, found, whole=True)
        if many is not None:
            areas[row["cluster"]] = Place(stratum=row["stratum"], pcode=row["pcode"], households=int(many))
    return areas
