"""Whether a point lies in an area's outline."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

# Outlines are drawn for small maps: a border that follows a river is off by a few kilometres, and border crossings
# lie on that river. A mistyped or swapped coordinate is off by far more.
TOLERANCE_DEGREES = 0.05


def lies_in(longitude: float, latitude: float, outline: Mapping[str, object]) -> bool:
    """Whether a point lies in a GeoJSON geometry, or within `TOLERANCE_DEGREES` of it."""
    shape = shapely.geometry.shape(dict(outline))
    return bool(shape.distance(shapely.Point(longitude, latitude)) <= TOLERANCE_DEGREES)
