"""The parameters of an invented world, as a mission's world.toml writes them: values and names only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from saphan.collect.forms.concepts import AGE_BAND, INTENDED_STAY
from saphan.core.nearest import remedy
from saphan.core.problem import Finding, Problem, finding
from saphan.mission.files import TomlFile, read_toml
from saphan.mission.model import Mission

NAME = "world.toml"

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Weight = Annotated[float, Meta(ge=0)]
Weights = Annotated[Mapping[str, Weight], Meta(min_length=1)]  # relative weights by code
Week = Annotated[tuple[Weight, ...], Meta(min_length=7, max_length=7)]  # Monday first
Months = Annotated[tuple[Weight, ...], Meta(min_length=12, max_length=12)]
Hours = Annotated[tuple[Weight, ...], Meta(min_length=24, max_length=24)]
Hour = Annotated[int, Meta(ge=0, le=23)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of world.toml: unknown keys are mistakes."""


class Shock(_Table, frozen=True, kw_only=True):
    """Good and bad days: log-normal day effects of one spread whose logs follow an AR(1) of one correlation."""

    spread: Weight
    correlation: Annotated[float, Meta(ge=0, lt=1)]


class Night(_Table, frozen=True, kw_only=True):
    """The hours [from, to) past midnight that are night, and how crossings spread over them."""

    hours: tuple[Hour, Hour]
    weights: Annotated[tuple[Weight, ...], Meta(min_length=1)]

    @property
    def clock_hours(self) -> tuple[int, ...]:
        """The night's hours in the order they pass."""
        start, end = self.hours
        return tuple(hour % 24 for hour in range(start, end if end > start else end + 24))


class Festival(_Table, frozen=True, kw_only=True):
    """What days of one holiday kind do to each kind of traveller: factors on, before and after the day."""

    on: Mapping[str, Weight] = {}
    before: Mapping[str, Weight] = {}
    after: Mapping[str, Weight] = {}
    shoulder: Annotated[int, Meta(ge=0, le=31)] = 0  # days before and after that are touched


class Traveller(_Table, frozen=True, kw_only=True):
    """One kind of traveller: how often a party of them crosses, when, and who is in it.

    Parties of a kind with `weekly` cross again and again, towards the country and back; those of a kind with
    `direction` cross once.
    """

    direction: str | None = None  # in, out: of a kind that crosses once
    weekly: Positive | None = None  # mean crossings a week in each direction, of a kind that crosses often
    weekly_spread: Weight = 0.0  # standard deviation of its logarithm between parties
    away: Weights = msgspec.field(default_factory=lambda: {"0": 1.0})  # days until the way back
    night: Weight = 0.0  # times the point's night share
    season: Months
    weekday: Week
    hours_in: Hours
    hours_out: Hours
    party: Weights  # size of the party
    children: Share  # chance that a member after the first is a child
    children_only: Share  # chance that a party is children only
    alone: Share  # chance that a party of children only is one child
    women: Share
    ages: Weights  # age bands of adults
    child_ages: Weights  # age bands of children
    nationality: Weights
    reason: Weights
    stay: Weights | None = None  # in place of the stay that goes with the reason
    commuter: bool = False


class Closure(_Table, frozen=True, kw_only=True):
    """Days [from, to) on which a point is closed; without `to`, until the end of the world."""

    start: date
    end: date | None = None


class Point(_Table, frozen=True, kw_only=True):
    """One crossing point: how much crosses there in a year without closures, and what is its own."""

    arrivals: Weight
    departures: Weight
    often: Mapping[str, Share] = {}  # shares of arrivals by kind of traveller that crosses often; the rest cross once
    night_share: Share = 0.0
    night_weekday: Week = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    weekday: Week = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    mode: Weights
    abroad: Weights  # areas on the far side, by P-code
    inside: Weights  # areas of the mission's country, by P-code
    near: str  # the area of the country where those who come for the day stay
    closed: tuple[Closure, ...] = ()


class Refusal(_Table, frozen=True, kw_only=True):
    """How the log-odds of refusing depend on who one is: what a screener sees, and what nobody sees."""

    base: float
    sex: Mapping[str, float] = {}
    age: Mapping[str, float] = {}
    party: float = 0.0  # for each further member
    night: float = 0.0
    stay: Mapping[str, float] = {}
    trait: float = 0.0  # for one standard deviation of what nobody sees


class Fieldwork(_Table, frozen=True, kw_only=True):
    """How the work in the field goes, and goes wrong."""

    enumerators: Annotated[int, Meta(ge=1)]  # at each point
    interviewers: Annotated[int, Meta(ge=1)]  # in each shift
    minutes: Positive  # median length of an interview
    minutes_spread: Weight
    not_stopped: Mapping[str, Share]  # by mode; "other" for all modes not named
    language: Mapping[str, Share]  # no common language, by nationality; "other" for all not named
    prevented: Share
    refusal: Refusal
    consent_refused: Share  # of interviews that begin
    item_unknown: Share  # of answers, where the form offers "don't know"
    item_refused: Share
    age_misjudged: Share  # seen in the age band beside their own
    missing_night: Share
    missing_day: Share
    missing_shift: Share
    missing_hour: Share
    partial_hour: Share
    sync_minutes: Positive  # median wait until a submission is sent
    late: Share  # of phone days without a connection
    late_days: Positive  # mean wait on those
    sent_twice: Share
    retyped: Share  # hours entered again as another submission
    errors: Mapping[str, Share]  # by kind of typing error, of counter submissions (or interviews)
    answers: Mapping[str, Weights] = {}  # of what facts do not give: by concept or column
    texts: tuple[str, ...] = ()  # what is written in free text


class Settings(_Table, frozen=True, kw_only=True):
    """The whole of world.toml."""

    title: Annotated[Mapping[str, str], Meta(min_length=1)]
    shared: Shock  # felt at all points
    own: Shock  # felt at one
    night: Night
    festival: Mapping[str, Festival] = {}  # by kind of holiday
    traveller: Annotated[Mapping[str, Traveller], Meta(min_length=1)]
    stay: Mapping[str, Weights]  # codes of intended stay by reason
    sector: Weights  # sectors of those whose reason is work
    work_reasons: tuple[str, ...]
    needs: Weights
    undocumented: Mapping[str, float] = {}  # how the unseen trait leans with the intended stay
    point: Annotated[Mapping[str, Point], Meta(min_length=1)]
    fieldwork: Fieldwork


def load(mission: Mission) -> Settings:
    """The parameters in `world.toml` of a mission; Problem with everything found wrong in it."""
    settings, found = find(mission)
    if settings is None or found:
        raise Problem(found)
    return settings


def find(mission: Mission) -> tuple[Settings | None, list[Finding]]:
    """What could be read of a mission's world.toml, and everything found wrong in it, in one pass."""
    found: list[Finding] = []
    file = read_toml(mission.folder, NAME, found)
    settings = file.table(Settings) if file else None
    if file is not None and settings is not None:
        _check_kinds(file, settings)
        _check_codes(file, settings)
        _check_places(file, settings, mission, found)
    return settings, found


def _check_kinds(file: TomlFile, settings: Settings) -> None:
    for kind, traveller in settings.traveller.items():
        if (traveller.weekly is None) == (traveller.direction is None):
            file.wrong(f"traveller.{kind}", f"{kind} needs either weekly (crosses often) or direction (crosses once).")
        if traveller.direction not in (None, "in", "out"):
            file.wrong(f"traveller.{kind}.direction", f"{traveller.direction!r} is not 'in' or 'out'.")
    for direction in ("in", "out"):
        if sum(traveller.direction == direction for traveller in settings.traveller.values()) != 1:
            file.wrong("traveller", f"Exactly one kind of traveller must cross once in direction {direction!r}.")
    for point, own in settings.point.items():
        for kind in own.often:
            if kind not in settings.traveller or settings.traveller[kind].weekly is None:
                file.wrong(f"point.{point}.often", f"{kind!r} is no kind of traveller that crosses often.")
        if sum(own.often.values()) > 1:
            file.wrong(f"point.{point}.often", "The shares of those who cross often add up to more than 1.")
    if len(settings.night.weights) != len(settings.night.clock_hours):
        file.wrong("night.weights", f"The night has {len(settings.night.clock_hours)} hours; give a weight for each.")


def _check_codes(file: TomlFile, settings: Settings) -> None:
    def known(path: str, codes: Mapping[str, object], names: tuple[str, ...]) -> None:
        for code in codes:
            if code not in names:
                file.wrong(path, f"{code!r} is not one of the codes. {remedy(code, names, what='codes')}")

    for reason, stay in settings.stay.items():
        known(f"stay.{reason}", stay, INTENDED_STAY)
    for kind, traveller in settings.traveller.items():
        known(f"traveller.{kind}.ages", traveller.ages, AGE_BAND)
        known(f"traveller.{kind}.child_ages", traveller.child_ages, AGE_BAND)
        known(f"traveller.{kind}.stay", traveller.stay or {}, INTENDED_STAY)
        for reason in traveller.reason:
            if traveller.stay is None and reason not in settings.stay:
                file.wrong(f"traveller.{kind}.reason", f"There is no [stay] for the reason {reason!r}.")


def _check_places(file: TomlFile, settings: Settings, mission: Mission, found: list[Finding]) -> None:
    areas, points = mission.places.areas, mission.places.points
    for point, own in settings.point.items():
        if point not in points:
            at = file.at(f"point.{point}")
            found.append(finding("point.unknown", at, point=point, nearest=remedy(point, points, what="points")))
        for key, codes in (("abroad", own.abroad), ("inside", own.inside), ("near", {own.near: 1})):
            for pcode in codes:
                if pcode not in areas:
                    at = file.at(f"point.{point}.{key}")
                    found.append(finding("place.unknown", at, pcode=pcode, nearest=remedy(pcode, areas)))
