"""A map with circles in proportion to the movements at each place, named beside it with leaders."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shapely import MultiPolygon, Polygon, box
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


def map_of(
    spots: Sequence[Spot],
    outlines: Mapping[str, Mapping[str, object]],
    *,
    view: View,
    home: str,
    number: Callable[[float], str],
    width: float,
    height: float,
    size: float,
) -> Drawing:
    """Draw outlines (P-code to GeoJSON geometry) and spots; P-codes that start with `home` are the mission's own.

    The areas that hold a spot stand out. Names stand at the left edge, each with its figure and a leader: leave
    room there in the west of the view.
    """
    scale = min(height / (view.north - view.south), width / ((view.east - view.west) * view.squeeze))
    height = (view.north - view.south) * scale
    east = view.west + width / (scale * view.squeeze)  # a wider sheet shows more of the east
    projection = _Projection(view=View(west=view.west, south=view.south, east=east, north=view.north), scale=scale)
    marks: list[Mark] = [*_land(outlines, spots, projection, home)]
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height), (0.0, 0.0))
    marks.append(Line(points=corners, ink=Ink.GRID, width=0.8))
    top = max((spot.datum.value for spot in spots), default=0.0)
    unit = height * _LARGEST / math.sqrt(top) if top else 0.0
    for spot in sorted(spots, key=lambda spot: -spot.datum.value):
        marks.append(Disc(centre=projection(*spot.at), radius=_radius(spot, unit), ink=Ink.DISC, edge=Ink.SEA))
    marks.extend(_names(spots, projection, unit, height, size))
    marks.extend(_legend(spots, projection, unit, number, width, height, size))
    return Drawing(width=width, height=height, marks=tuple(marks))


def _land(
    outlines: Mapping[str, Mapping[str, object]], spots: Sequence[Spot], projection: _Projection, home: str
) -> list[Mark]:
    view = projection.view
    window = box(view.west, view.south, view.east, view.north)
    marks: list[Mark] = []
    found: list[tuple[int, str, Ink, BaseGeometry]] = []
    for pcode, outline in sorted(outlines.items()):
        geometry = shape(dict(outline))
        if not geometry.intersects(window):
            continue
        own = pcode.startswith(home)
        holds = own and any(geometry.intersects(_point(spot)) for spot in spots)
        ink = Ink.LAND_IN_FOCUS if holds else Ink.LAND if own else Ink.LAND_BEYOND
        found.append((2 if holds else 1 if own else 0, pcode, ink, geometry))
    for _, _, ink, geometry in sorted(found, key=lambda entry: entry[:2]):
        seen = geometry.intersection(window).simplify(_DETAIL / projection.scale)
        marks.extend(
            Area(
                points=tuple(projection(*corner[:2]) for corner in part.exterior.coords),
                ink=ink,
                edge=Ink.GRID if ink is Ink.LAND_BEYOND else Ink.SHORE,
            )
            for part in _polygons(seen)
        )
    return marks


def _point(spot: Spot) -> BaseGeometry:
    return box(spot.at[0] - 1e-6, spot.at[1] - 1e-6, spot.at[0] + 1e-6, spot.at[1] + 1e-6)


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    if isinstance(geometry, Polygon):
        return [geometry] if not geometry.is_empty else []
    if isinstance(geometry, MultiPolygon):
        return list(geometry.geoms)
    return [part for part in getattr(geometry, "geoms", ()) if isinstance(part, Polygon)]


def _names(spots: Sequence[Spot], projection: _Projection, unit: float, height: float, size: float) -> list[Mark]:
    marks: list[Mark] = []
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
) -> list[Mark]:
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
    marks: list[Mark] = []
    for value in (large, large / 5):
        radius = unit * math.sqrt(value)
        y = base - 2 * radius
        end = centre - largest - 4
        marks.append(Disc(centre=(centre, base - radius), radius=radius, ink=Ink.SEA, edge=Ink.MUTED))
        marks.append(Line(points=((centre, y), (end, y)), ink=Ink.MUTED, width=0.4))
        at = (end - 2, y + size * 0.35)
        marks.append(Label(at=at, text=number(value), size=size, ink=Ink.MUTED, anchor=Anchor.END))
    return marks
