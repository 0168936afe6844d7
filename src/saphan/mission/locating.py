"""Whether what has coordinates lies where its row says: in an area that is there, inside its outline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from saphan.core.nearest import remedy
from saphan.core.problem import Finding, finding
from saphan.mission.files import Row
from saphan.mission.geometry import lies_in
from saphan.mission.model import MonitoringPoint, Places, Site


def check_located(
    rows: Iterable[Row], located: Mapping[str, MonitoringPoint | Site], places: Places, found: list[Finding]
) -> None:
    """Add to `found` which of the points or sites lie in no known area, or outside the outline of theirs."""
    for row in rows:
        one = located.get(row["id"])
        if one is None:
            continue
        if one.pcode not in places.areas:
            nearest = remedy(one.pcode, places.areas, what="P-codes")
            found.append(finding("place.unknown", row.at("pcode"), pcode=one.pcode, nearest=nearest))
            continue
        around = innermost_outline(places, one.pcode)
        # An area that hangs under a wrong parent is a finding of its own, not one of everything in it.
        if (
            around
            and one.pcode.startswith(around)
            and not lies_in(one.longitude, one.latitude, places.outlines[around])
        ):
            facts = {"place": one.id, "longitude": one.longitude, "latitude": one.latitude, "pcode": around}
            found.append(finding("place.outside", row.at("latitude"), **facts))


def innermost_outline(places: Places, pcode: str) -> str | None:
    """The P-code of the smallest area around `pcode` (itself, its parent and so on) that has an outline."""
    inside: str | None = pcode
    while inside and inside not in places.outlines:
        area = places.areas.get(inside)
        inside = area.parent if area else None
    return inside
