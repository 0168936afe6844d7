"""What a country folder says of itself: its name, languages, calendar, thresholds, places and points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from saphan.core.period import Period
from saphan.core.text import Text


class Dissemination(StrEnum):
    """How far a question, a point or a figure may travel; decided before collection, restricted by default."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"


PROVINCE, DISTRICT = 1, 2  # admin levels


class PointType(StrEnum):
    """The kinds of flow monitoring points (DTM Methodological Framework, second edition, 2022)."""

    OFFICIAL_BORDER = "official-border"
    UNOFFICIAL_BORDER = "unofficial-border"
    AIRPORT = "airport"
    BOAT_LANDING = "boat-landing"
    TRANSPORT_HUB = "transport-hub"
    CONGREGATION_AREA = "congregation-area"
    CENTRE = "centre"


class SiteType(StrEnum):
    """The kinds of locations where people of concern live."""

    VILLAGE = "village"
    URBAN_COMMUNITY = "urban-community"
    TEMPORARY_SHELTER = "temporary-shelter"
    WORKPLACE_HOUSING = "workplace-housing"
    FARM = "farm"
    FISHING_PORT = "fishing-port"
    INFORMAL_SETTLEMENT = "informal-settlement"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class AdminArea:
    """One administrative area: `pcode` starts with the P-code of the area it lies in (`parent`)."""

    pcode: str
    level: int
    name: Text
    parent: str | None
    border: bool = False


@dataclass(frozen=True, kw_only=True)
class MonitoringPoint:
    """A place where flows are counted; `hours` are the opening hours [from, to), to <= from meaning past midnight."""

    id: str
    name: Text
    type: PointType
    pcode: str  # the district it lies in
    latitude: float
    longitude: float
    hours: tuple[int, int]
    dissemination: Dissemination = Dissemination.RESTRICTED

    @property
    def official(self) -> bool:
        """Whether the point may be named outside; all others appear only as their district."""
        return self.dissemination is Dissemination.PUBLIC


@dataclass(frozen=True, kw_only=True)
class Site:
    """A location where people of concern live; its id stays the same from round to round.

    It belongs to the list on the days [listed_from, closed_on), for good where it was never closed.
    """

    id: str
    name: Text
    type: SiteType
    pcode: str  # the district it lies in, or an area inside one
    latitude: float
    longitude: float
    listed_from: date
    closed_on: date | None = None
    dissemination: Dissemination = Dissemination.RESTRICTED

    def listed(self, period: Period) -> bool:
        """Whether it belongs to the list on any day of a period."""
        return self.listed_from < period.end and (self.closed_on is None or self.closed_on > period.start)


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day on which people cross otherwise; `kind` groups days that are alike (new year, Thingyan, harvest market)."""

    day: date
    kind: str
    name: Text


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """The mission's disclosure rule: no public cell rests on fewer than `threshold` persons, groups or interviews."""

    threshold: int = 10


@dataclass(frozen=True, kw_only=True)
class Places:
    """The gazetteer: areas by P-code, points and sites by id, and outlines of areas by P-code (GeoJSON geometry)."""

    version: str
    areas: Mapping[str, AdminArea]
    points: Mapping[str, MonitoringPoint]
    outlines: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)

    def ancestor(self, pcode: str, level: int) -> AdminArea | None:
        """The area at `level` that `pcode` lies in (itself if it is of that level), or None."""
        area = self.areas.get(pcode)
        while area is not None and area.level > level:
            area = self.areas.get(area.parent) if area.parent else None
        return area if area is not None and area.level == level else None

    def at_level(self, level: int, within: str = "") -> tuple[AdminArea, ...]:
        """The areas of one level, in P-code order, all of them or those whose P-code starts with `within`."""
        return tuple(
            area for pcode, area in sorted(self.areas.items()) if area.level == level and pcode.startswith(within)
        )


@dataclass(frozen=True, kw_only=True)
class Mission:
    """An opened country folder. Each later part reads its own files of it (`forms.load(mission)` and so on)."""

    folder: Path
    id: str
    name: Text
    languages: tuple[str, ...]
    timezone: str
    country: str  # ISO 3166-1 alpha-2, the start of its own P-codes
    currency: str
    simulated: bool  # whether its data are invented: printed on everything made from it
    disclosure: Disclosure
    holidays: tuple[Holiday, ...]
    contact: Text
    licence: str
    retention_days: int
    places: Places
    words: Mapping[str, Mapping[str, str]]  # language -> message id -> words, from words/<lang>.po

    @property
    def var(self) -> Path:
        """Where what is made lies: `var/<mission>`, beside the folder `missions` it stands in or else beside itself."""
        parent = self.folder.resolve().parent
        return (parent.parent if parent.name == "missions" else parent) / "var" / self.id

    def say(self, message: str, language: str) -> str:
        """The mission's own words for a message id, in `language`, or the id itself."""
        return self.words.get(language, {}).get(message) or message
