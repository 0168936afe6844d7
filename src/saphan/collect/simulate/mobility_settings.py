"""The parameters of invented people at the sites of mobility tracking, as a mission's sites.toml writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from saphan.collect.rounds.mobility import MobilityExercise, home
from saphan.core.nearest import remedy
from saphan.core.problem import Finding, Problem, finding
from saphan.estimate.stock import Obtained
from saphan.mission.files import TomlFile, read_toml
from saphan.mission.model import Mission

NAME = "sites.toml"

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Spread = Annotated[float, Meta(ge=0)]  # standard deviation of a logarithm
Weights = Annotated[Mapping[str, Annotated[float, Meta(ge=0)]], Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of sites.toml: unknown keys are mistakes."""


class Shock(_Table, frozen=True, kw_only=True):
    """People who come to the sites of an area in one round, besides those of every round: a share of those there."""

    round: Count
    area: str  # P-code
    arrivals: Positive


class People(_Table, frozen=True, kw_only=True):
    """Who is at a site in the first round, and how many come and leave in a month, as shares of those there."""

    median: Mapping[str, Positive]  # people at a site, by province
    spread: Spread
    nationality: Mapping[str, Weights]  # by province
    who: Weights
    alike: Positive  # the larger, the more sites are alike in who is there
    empty: Share  # of the sites: nobody is there at first
    arrivals: Share
    departures: Share
    unlike: Spread  # of both, between sites
    shock: tuple[Shock, ...] = ()


class Informants(_Table, frozen=True, kw_only=True):
    """What informants do: how many there are at a site, and how what they say differs from what is true."""

    number: Weights
    role: Weights
    obtained: Weights
    error: Mapping[str, Spread]  # an informant's own, by how the number was obtained
    over_report: Positive  # times the true number, usually
    by_district: Spread  # of the error that all informants of a district share
    by_site: Spread  # of the error that those of a site share
    drift: Spread  # of the errors of a site, from round to round
    anew: Spread  # of an informant's error, from round to round
    rounded: Share  # of informants: say a round number
    copied: Share  # of those after a site's first: repeat its number
    admitted: Share  # of copies: the form says whose number it is
    overlapping: Share  # of sites: its informants count the next site's people too
    declared: Share  # of overlaps: the form says so
    parts_error: Spread  # of the shares of nationalities and groups, as told
    groups_unknown: Share  # of informants: cannot tell men, women, boys and girls
    arrivals_unknown: Share
    refused: Share  # of interviews


class SiteVisits(_Table, frozen=True, kw_only=True):
    """How the sites are visited, observed and counted."""

    missed: Share  # of sites, in each round: not visited
    closed: Share  # of sites: cannot be entered
    closed_anew: Share  # of sites, in each round: whether they can be entered is decided again
    observed: Share  # of sites that can be entered: looked over by the enumerator
    seen: Positive  # times those present, usually
    seen_spread: Spread
    count_refused: Share
    enumerators: Count  # in each district
    minutes: Positive


class SiteWorld(_Table, frozen=True, kw_only=True):
    """The whole of sites.toml."""

    exercise: str
    people: People
    informants: Informants
    visits: SiteVisits


def load_sites(mission: Mission, exercises: Mapping[str, MobilityExercise]) -> SiteWorld | None:
    """As `find_sites`; Problem with everything found wrong."""
    settings, found = find_sites(mission, exercises)
    if found:
        raise Problem(found)
    return settings


def find_sites(mission: Mission, exercises: Mapping[str, MobilityExercise]) -> tuple[SiteWorld | None, list[Finding]]:
    """The parameters, and everything found wrong in them; None, and nothing wrong, where there is no sites.toml."""
    found: list[Finding] = []
    if not (mission.folder / NAME).is_file():
        return None, found
    file = read_toml(mission.folder, NAME, found)
    settings = file.table(SiteWorld) if file else None
    if file is None or settings is None:
        return None, found
    if settings.exercise not in exercises:
        nearest = remedy(settings.exercise, exercises, what="exercises")
        file.wrong("exercise", f"There is no exercise {settings.exercise!r}. {nearest}")
        return settings, found
    _check(mission, file, settings, exercises[settings.exercise], found)
    return settings, found


def _check(
    mission: Mission, file: TomlFile, settings: SiteWorld, exercise: MobilityExercise, found: list[Finding]
) -> None:
    provinces = {home(mission.places, site)[1] for site in exercise.sites(mission.places).values()}
    for key, held in (("median", settings.people.median), ("nationality", settings.people.nationality)):
        missing = sorted(provinces - held.keys())
        if missing:
            file.wrong(f"people.{key}", f"{key} says nothing of {', '.join(missing)}, where the exercise has sites.")
    for shock in settings.people.shock:
        if shock.area not in mission.places.areas:
            nearest = remedy(shock.area, mission.places.areas, what="P-codes")
            found.append(finding("place.unknown", file.at("people.shock"), pcode=shock.area, nearest=nearest))
    grounds = [one.value for one in Obtained if one is not Obtained.OBSERVATION]
    for code in settings.informants.obtained:
        if code not in grounds:
            file.wrong("informants.obtained", f"{code!r} is no code. {remedy(code, grounds, what='codes')}")
    missing = sorted(settings.informants.obtained.keys() - settings.informants.error.keys())
    if missing:
        file.wrong("informants.error", f"error says nothing of {', '.join(missing)}.")
    for number in settings.informants.number:
        if not number.isdecimal():
            file.wrong("informants.number", f"{number!r} is no whole number of informants.")
