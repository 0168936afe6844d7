"""Names on a map where they fit: well inside what they name, and clear of all that is drawn over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point, box, contains_xy, distance, intersects, points, union_all
from shapely.geometry.base import BaseGeometry

from saphan.publish.products.charts.marks import Anchor, Disc, Ink, Label, Line
from saphan.publish.products.charts.type import width as text_width

_APART = 2.5  # points that a name keeps from everything else
_GRID = 5.0  # points between the spots that are tried
_INSIDE = 0.85  # of its length: what of a name must lie on what it names

Over = Disc | Label | Line  # what is drawn over the land


@dataclass(frozen=True, kw_only=True)
class Place:
    """Something to name: `shape` is what is seen of it, in points."""

    name: str
    shape: BaseGeometry
    country: bool


def place_names(
    places: Iterable[Place], drawn: Sequence[Over], *, width: float, height: float, size: float
) -> list[Label]:
    """A label for each place that has room for one, clear of the marks drawn and of each other; countries larger."""
    taken = [_outline(mark) for mark in drawn]
    labels: list[Label] = []
    for place in places:
        label = _label(place, union_all(taken), width, height, size)
        if label is not None:
            labels.append(label)
            taken.append(_outline(label))
    return labels


def _label(place: Place, taken: BaseGeometry, width: float, height: float, size: float) -> Label | None:
    text = place.name.upper() if place.country else place.name
    size = size if place.country else size * 0.9
    half = text_width(text, size, bold=place.country) / 2
    if 2 * half + 2 * _APART > width:
        return None
    x, y = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(half + _APART, width - half - _APART + _GRID / 2, _GRID), np.arange(size, height - size, _GRID)
        )
    )
    inside = np.all([contains_xy(place.shape, x + half * _INSIDE * end, y) for end in (-1, 0, 1)], axis=0)
    x, y = x[inside], y[inside]
    boxes = box(x - half - _APART, y - size * 0.6 - _APART, x + half + _APART, y + size * 0.6 + _APART)
    free = ~intersects(boxes, taken)
    x, y = x[free], y[free]
    if not x.size:
        return None
    # Furthest from what is drawn and from the edge of the place, so that nobody takes it for the name of another.
    spots = points(x, y)
    clear = np.minimum(distance(spots, taken), distance(spots, place.shape.boundary))
    best = int(np.argmax(np.round(clear, 3)))
    return Label(
        at=(float(x[best]), float(y[best]) + size * 0.36),
        text=text,
        size=size,
        ink=Ink.PLACE,
        anchor=Anchor.MIDDLE,
        bold=place.country,
    )


def _outline(mark: Over) -> BaseGeometry:
    """What a mark covers."""
    match mark:
        case Disc():
            return Point(mark.centre).buffer(mark.radius)
        case Line():
            return LineString(mark.points)
        case Label():
            wide = text_width(mark.text, mark.size, bold=mark.bold)
            x, y = mark.at
            left = x - {Anchor.START: 0.0, Anchor.MIDDLE: wide / 2, Anchor.END: wide}[mark.anchor]
            return box(left, y - mark.size * 0.9, left + wide, y + mark.size * 0.3)
