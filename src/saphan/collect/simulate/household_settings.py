"""The parameters of an invented population of households, as a mission's households.toml writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated

import msgspec
from msgspec import Meta

from saphan.collect.forms.concepts import CONCEPTS
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, Problem, finding
from saphan.mission.files import TomlFile, read_csv, read_toml
from saphan.mission.model import Mission

NAME = "households.toml"

Share = Annotated[float, Meta(ge=0, le=1)]
Weights = Annotated[Mapping[str, Annotated[float, Meta(ge=0)]], Meta(min_length=1)]
Spread = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of households.toml: unknown keys are mistakes."""


class Hardship(_Table, frozen=True, kw_only=True):
    """What nobody sees and answers lean on: a mean for each stratum, and the spread of areas and of households."""

    stratum: Mapping[str, float]
    area: Spread
    household: Spread


class Visits(_Table, frozen=True, kw_only=True):
    """How the interviews go; shares are of the drawn households."""

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
    alone: str = "none"  # where none of `several` is
    amount: Amount | None = None
    between: tuple[int, int] | None = None  # a whole number, all alike
    leaning: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    given: Mapping[str, tuple[str, ...]] = {}  # asked where these were answered so
    ranging: Mapping[str, tuple[float, float]] = {}  # asked where these numbers lie so, ends included

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that may be answered, none where the answer is a number of its own."""
        if self.several is not None:
            return (*self.several, self.alone)
        return tuple(dict.fromkeys(chain(self.weights or (), *self.by_stratum.values())))


class Population(_Table, frozen=True, kw_only=True):
    """The whole of households.toml: for which assessment, and the list of all areas, drawn or not."""

    assessment: str
    areas: Annotated[str, Meta(pattern=r"^samples/[A-Za-z0-9][A-Za-z0-9._-]*\.csv$")]
    instruments: Annotated[tuple[str, ...], Meta(min_length=1)]  # one after the other, by number of the household
    hardship: Hardship
    visits: Visits
    answer: tuple[Answer, ...]


def load_households(
    mission: Mission, assessments: Mapping[str, HouseholdAssessment]
) -> tuple[Population | None, Mapping[str, tuple[str, int]]]:
    """As `find_households`; Problem with everything found wrong."""
    settings, areas, found = find_households(mission, assessments)
    if found:
        raise Problem(found)
    return settings, areas


def find_households(
    mission: Mission, assessments: Mapping[str, HouseholdAssessment]
) -> tuple[Population | None, Mapping[str, tuple[str, int]], list[Finding]]:
    """The parameters, the stratum and number of households of every area, and everything found wrong in them.

    Without a households.toml nothing is invented: None, and nothing wrong.
    """
    found: list[Finding] = []
    if not (mission.folder / NAME).is_file():
        return None, {}, found
    file = read_toml(mission.folder, NAME, found)
    settings = file.table(Population) if file else None
    if file is None or settings is None:
        return None, {}, found
    if settings.assessment not in assessments:
        nearest = remedy(settings.assessment, assessments, what="assessments")
        file.wrong("assessment", f"There is no assessment {settings.assessment!r}. {nearest}")
        return settings, {}, found
    for number, answer in enumerate(settings.answer):
        for detail in _mistakes(answer):
            file.wrong(f"answer[{number}]", detail)
    areas = _areas(mission, file, settings, assessments[settings.assessment], found)
    return settings, areas, found


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


def _areas(
    mission: Mission, file: TomlFile, settings: Population, assessment: HouseholdAssessment, found: list[Finding]
) -> Mapping[str, tuple[str, int]]:
    """Stratum and households of every area: as listed where it was drawn, as the list has it elsewhere."""
    areas: dict[str, tuple[str, int]] = {}
    for row in read_csv(mission.folder, settings.areas, ("cluster", "stratum", "households"), found):
        many = row.number_in("households", "a whole number of households, 1 or more", 1, 1e6, found, whole=True)
        if many is not None:
            areas[row["cluster"]] = (row["stratum"], int(many))
    for area in assessment.areas:
        if area.id not in areas:
            at = At(file=assessment.sample, column="cluster")
            found.append(finding("csv.value", at, value=area.id, expected=f"an area of {settings.areas}"))
        areas[area.id] = (area.stratum, area.households)
    for stratum in sorted({stratum for stratum, _ in areas.values()} - settings.hardship.stratum.keys()):
        file.wrong("hardship.stratum", f"The stratum {stratum} has no hardship.")
    return areas
