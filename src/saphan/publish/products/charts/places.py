"""A map with circles in proportion to the movements at each place, named beside it with leaders."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import MultiPolygon, Polygon, box, transform, union_all
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.marks import (
    Anchor,
    Area,
    Disc,
    Drawing,
    Ink,
    Label,
    Line,
    Mark,
    Point,
    number_label,
)
from saphan.publish.products.charts.placenames import Over, Place, place_names
from saphan.publish.products.charts.scale import step
from saphan.publish.products.charts.spread import spread
from saphan.publish.products.charts.type import width as text_width

_DETAIL = 0.35  # points: outlines are simplified to what print can show
_LARGEST = 0.075  # radius of the largest circle, as a share of the map's height
_INSET = 6.0  # points between the frame and what stands at it


@dataclass(frozen=True, kw_only=True)
class View:
    """The rectangle of the world that is shown, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def squeeze(self) -> float:
        """A degree of longitude as a share of one of latitude, in the middle of the view."""
        return math.cos(math.radians((self.south + self.north) / 2))


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place with its movements; `at` is longitude, latitude."""

    at: tuple[float, float]
    datum: Datum


@dataclass(frozen=True, kw_only=True)
class _Projection:
    """Equirectangular, true along the middle latitude of the view: over a few degrees shapes keep."""

    view: View
    scale: float  # points for one degree of latitude

    def __call__(self, longitude: float, latitude: float) -> Point:
        x = (longitude - self.view.west) * self.scale * self.view.squeeze
        return x, (self.view.north - latitude) * self.scale

    def all(self, places: np.ndarray) -> np.ndarray:
        """Many places at once: rows of longitude, latitude."""
        return np.array([self(longitude, latitude) for longitude, latitude in places])


@dataclass(frozen=True, kw_only=True)
class _Land:
    """What is seen of an area, in points, and its ink."""

    pcode: str
    ink: Ink
    seen: BaseGeometry


def map_of(
    spots: Sequence[Spot],
    outlines: Mapping[str, Mapping[str, object]],
    *,
    view: View,
    home: str,
    areas: Mapping[str, str],
    countries: Mapping[str, str],
    number: Callable[[float], str],
    width: float,
    height: float,
    size: float,
) -> Drawing:
    """Draw outlines (P-code to GeoJSON geometry) and spots; P-codes that start with `home` are the mission's own.

    The areas that hold a spot stand out. Names of spots stand at the left edge, each with its figure and a leader:
    leave room there in the west of the view. Areas that stand out, and countries, bear their names (P-code to words)
    where there is room.
    """
    scale = min(height / (view.north - view.south), width / ((view.east - view.west) * view.squeeze))
    east = view.west + width / (scale * view.squeeze)  # a wider sheet shows more of the east
    beyond = (height / scale - (view.north - view.south)) / 2  # a taller one more of the north and the south
    seen = View(west=view.west, south=view.south - beyond, east=east, north=view.north + beyond)
    projection = _Projection(view=seen, scale=scale)
    lands = _lands(outlines, spots, projection, home)
    marks: list[Mark] = [mark for land in lands for mark in _land(land)]
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height), (0.0, 0.0))
    marks.append(Line(points=corners, ink=Ink.GRID, width=0.8))
    top = max((spot.datum.value for spot in spots), default=0.0)
    unit = height * _LARGEST / math.sqrt(top) if top else 0.0
    upper: list[Over] = [
        *(
            Disc(centre=projection(*spot.at), radius=_radius(spot, unit), ink=Ink.DISC, edge=Ink.SEA)
            for spot in sorted(spots, key=lambda spot: -spot.datum.value)
        ),
        *_names(spots, projection, unit, height, size),
        *_legend(spots, projection, unit, number, width, height, size),
    ]
    marks.extend(place_names(_named(lands, areas, countries), upper, width=width, height=height, size=size))
    return Drawing(width=width, height=height, marks=(*marks, *upper))


def _named(lands: Sequence[_Land], areas: Mapping[str, str], countries: Mapping[str, str]) -> Iterator[Place]:
    """What bears a name: areas that stand out, then countries by what is seen of them beside those."""
    for land in lands:
        if land.ink is Ink.LAND_IN_FOCUS and land.pcode in areas:
            yield Place(name=areas[land.pcode], shape=land.seen, country=False)
    for code, name in countries.items():
        own = [land.seen for land in lands if land.pcode.startswith(code) and land.ink is not Ink.LAND_IN_FOCUS]
        if own:
            yield Place(name=name, shape=union_all(own), country=True)


def _lands(
    outlines: Mapping[str, Mapping[str, object]], spots: Sequence[Spot], projection: _Projection, home: str
) -> list[_Land]:
    """What is seen of each outline, in points, those that hold a spot last."""
    view = projection.view
    window = box(view.west, view.south, view.east, view.north)
    found: list[_Land] = []
    for pcode, outline in sorted(outlines.items()):
        geometry = shape(dict(outline))
        if not geometry.intersects(window):
            continue
        own = pcode.startswith(home)
        holds = own and any(geometry.intersects(_point(spot)) for spot in spots)
        ink = Ink.LAND_IN_FOCUS if holds else Ink.LAND if own else Ink.LAND_BEYOND
        seen = geometry.intersection(window).simplify(_DETAIL / projection.scale)
        found.append(_Land(pcode=pcode, ink=ink, seen=transform(seen, projection.all)))
    order = (Ink.LAND_BEYOND, Ink.LAND, Ink.LAND_IN_FOCUS)
    return sorted(found, key=lambda land: (order.index(land.ink), land.pcode))


def _land(land: _Land) -> Iterator[Mark]:
    edge = Ink.GRID if land.ink is Ink.LAND_BEYOND else Ink.SHORE
    for part in _polygons(land.seen):
        yield Area(points=tuple((x, y) for x, y, *_ in part.exterior.coords), ink=land.ink, edge=edge)


def _point(spot: Spot) -> BaseGeometry:
    return box(spot.at[0] - 1e-6, spot.at[1] - 1e-6, spot.at[0] + 1e-6, spot.at[1] + 1e-6)


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    if isinstance(geometry, Polygon):
        return [geometry] if not geometry.is_empty else []
    if isinstance(geometry, MultiPolygon):
        return list(geometry.geoms)
    return [part for part in getattr(geometry, "geoms", ()) if isinstance(part, Polygon)]


def _names(spots: Sequence[Spot], projection: _Projection, unit: float, height: float, size: float) -> list[Over]:
    marks: list[Over] = []
    ordered = sorted(spots, key=lambda spot: -spot.at[1])
    block = size * 3.2
    wanted = [projection(*spot.at)[1] - size * 1.5 for spot in ordered]
    placed = spread(wanted, block, low=size * 0.4, high=height - block)
    for spot, top in zip(ordered, placed, strict=True):
        x, y = projection(*spot.at)
        radius = _radius(spot, unit)
        reach = max(text_width(spot.datum.label, size), text_width(spot.datum.printed.text, size, bold=True))
        elbow = (_INSET + reach + 3.0, top + size * 1.5)
        away = math.hypot(x - elbow[0], y - elbow[1]) or 1.0
        edge = (x - (x - elbow[0]) / away * radius, y - (y - elbow[1]) / away * radius)
        marks.append(Line(points=(elbow, edge), ink=Ink.MUTED, width=0.5))
        marks.append(Label(at=(_INSET, top + size), text=spot.datum.label, size=size))
        marks.append(number_label((_INSET, top + size * 2.4), spot.datum.printed, size, bold=True))
    return marks


def _radius(spot: Spot, unit: float) -> float:
    return max(1.6, unit * math.sqrt(spot.datum.value))


def _legend(
    spots: Sequence[Spot],
    projection: _Projection,
    unit: float,
    number: Callable[[float], str],
    width: float,
    height: float,
    size: float,
) -> list[Over]:
    """Two round sizes, nested, at the right edge where the spots are furthest."""
    top = max((spot.datum.value for spot in spots), default=0.0)
    if not top:
        return []
    large = step(top, 2)
    largest = unit * math.sqrt(large)
    centre = width - largest - _INSET
    bases = [largest * 2 + size + (height - largest * 2 - size * 2) * share / 8 for share in range(9)]

    def clearance(base: float) -> float:
        middle = (centre - size * 2, base - largest)
        return min(math.dist(middle, projection(*spot.at)) - _radius(spot, unit) for spot in spots)

    base = max(bases, key=clearance)
    marks: list[Over] = []
    for value in (large, large / 5):
        radius = unit * math.sqrt(value)
        y = base - 2 * radius
        end = centre - largest - 4
        marks.append(Disc(centre=(centre, base - radius), radius=radius, ink=Ink.SEA, edge=Ink.MUTED))
        marks.append(Line(points=((centre, y), (end, y)), ink=Ink.MUTED, width=0.4))
        at = (end - 2, y + size * 0.35)
        marks.append(Label(at=at, text=number(value), size=size, ink=Ink.MUTED, anchor=Anchor.END))
    return marks
