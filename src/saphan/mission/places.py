"""Reads places/: areas.csv, points.csv and, where there are any, outlines.geojson.

| file | columns |
|---|---|
| areas.csv | pcode, level, parent, border, name:<language> |
| points.csv | id, type, pcode, latitude, longitude, opens, closes, dissemination, name:<language> |
| outlines.geojson | features with a property `pcode` and a Polygon or MultiPolygon |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import shapely

from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, finding
from saphan.core.text import Text
from saphan.mission.files import Row, read_csv, read_text
from saphan.mission.geometry import lies_in
from saphan.mission.model import AdminArea, Dissemination, MonitoringPoint, Places, PointType

AREAS, POINTS, OUTLINES = "places/areas.csv", "places/points.csv", "places/outlines.geojson"

Place = TypeVar("Place", AdminArea, MonitoringPoint)
Word = TypeVar("Word", bound=Enum)

_YES_NO = {"yes": True, "no": False, "": False}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def read_places(folder: Path, version: str, languages: Sequence[str], found: list[Finding]) -> Places:
    """The gazetteer of a mission folder: what could be read of it, with findings for the rest."""
    name = f"name:{languages[0]}"
    area_rows = read_csv(folder, AREAS, ("pcode", "level", "parent", "border", name), found)
    areas = _collect(area_rows, lambda row: _area(row, languages, found), lambda area: area.pcode, found)
    _check_nesting(area_rows, areas, found)
    columns = ("id", "type", "pcode", "latitude", "longitude", "opens", "closes", "dissemination", name)
    point_rows = read_csv(folder, POINTS, columns, found)
    points = _collect(point_rows, lambda row: _point(row, languages, found), lambda point: point.id, found)
    outlines = _read_outlines(folder, areas, found) if (folder / OUTLINES).exists() else {}
    places = Places(version=version, areas=areas, points=points, outlines=outlines)
    if areas:
        _check_points(point_rows, places, found)
    return places


def _collect(
    rows: Iterable[Row], read: Callable[[Row], Place | None], key: Callable[[Place], str], found: list[Finding]
) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for row in rows:
        place = read(row)
        if place is None:
            continue
        if key(place) in places:
            found.append(finding("place.duplicate", row.at(), pcode=key(place)))
            continue
        places[key(place)] = place
    return places


def _area(row: Row, languages: Sequence[str], found: list[Finding]) -> AdminArea | None:
    pcode = _identifier(row, "pcode", found)
    level = row.number_in("level", "an admin level from 0 to 5", 0, 5, found, whole=True)
    border = _YES_NO.get(row["border"])
    if border is None:
        found.append(finding("csv.value", row.at("border"), value=row["border"], expected="yes or no"))
    name = _name(row, languages, found)
    if pcode is None or level is None or border is None or name is None:
        return None
    return AdminArea(pcode=pcode, level=int(level), name=name, parent=row["parent"] or None, border=border)


def _point(row: Row, languages: Sequence[str], found: list[Finding]) -> MonitoringPoint | None:
    identifier = _identifier(row, "id", found)
    latitude = row.number_in("latitude", "a latitude from -90 to 90", -90, 90, found)
    longitude = row.number_in("longitude", "a longitude from -180 to 180", -180, 180, found)
    opens = row.number_in("opens", "a whole hour from 0 to 23", 0, 23, found, whole=True)
    closes = row.number_in("closes", "a whole hour from 0 to 24", 0, 24, found, whole=True)
    kind = _word(row, "type", PointType, found)
    dissemination = _word(row, "dissemination", Dissemination, found) if row["dissemination"] else None
    name = _name(row, languages, found)
    if identifier is None or latitude is None or longitude is None or opens is None or closes is None:
        return None
    if kind is None or name is None or (row["dissemination"] and dissemination is None):
        return None
    return MonitoringPoint(
        id=identifier,
        name=name,
        type=kind,
        pcode=row["pcode"],
        latitude=latitude,
        longitude=longitude,
        hours=(int(opens), int(closes)),
        dissemination=dissemination or Dissemination.RESTRICTED,
    )


def _identifier(row: Row, column: str, found: list[Finding]) -> str | None:
    if _IDENTIFIER.fullmatch(row[column]):
        return row[column]
    expected = "letters, digits, - and _ without spaces"
    found.append(finding("csv.value", row.at(column), value=row[column], expected=expected))
    return None


def _name(row: Row, languages: Sequence[str], found: list[Finding]) -> Text | None:
    words = row.words("name", languages)
    if languages[0] in words:
        return Text(words)
    expected = "a name; a mission's first language is needed, the others fall back to it"
    found.append(finding("csv.value", row.at(f"name:{languages[0]}"), value="", expected=expected))
    return None


def _word(row: Row, column: str, kind: type[Word], found: list[Finding]) -> Word | None:
    try:
        return kind(row[column])
    except ValueError:
        expected = f"one of {', '.join(str(member.value) for member in kind)}"
        found.append(finding("csv.value", row.at(column), value=row[column], expected=expected))
        return None


def _check_nesting(rows: Iterable[Row], areas: Mapping[str, AdminArea], found: list[Finding]) -> None:
    for row in rows:
        area = areas.get(row["pcode"])
        if area is None:
            continue
        parent = areas.get(area.parent) if area.parent else None
        if area.parent and parent is None:
            nearest = remedy(area.parent, areas, what="P-codes")
            found.append(finding("place.unknown", row.at("parent"), pcode=area.parent, nearest=nearest))
        elif (parent is None) != (area.level == 0) or (
            parent is not None and (parent.level != area.level - 1 or not area.pcode.startswith(parent.pcode))
        ):
            inside = area.parent or f"any area of level {area.level - 1}"
            found.append(finding("place.nesting", row.at("parent"), pcode=area.pcode, parent=inside))


def _check_points(rows: Iterable[Row], places: Places, found: list[Finding]) -> None:
    for row in rows:
        point = places.points.get(row["id"])
        if point is None:
            continue
        if point.pcode not in places.areas:
            nearest = remedy(point.pcode, places.areas, what="P-codes")
            found.append(finding("place.unknown", row.at("pcode"), pcode=point.pcode, nearest=nearest))
            continue
        around = innermost_outline(places, point.pcode)
        # An area that hangs under a wrong parent is a finding of its own, not one of every point in it.
        if (
            around
            and point.pcode.startswith(around)
            and not lies_in(point.longitude, point.latitude, places.outlines[around])
        ):
            facts = {"point": point.id, "longitude": point.longitude, "latitude": point.latitude, "pcode": around}
            found.append(finding("place.outside", row.at("latitude"), **facts))


def innermost_outline(places: Places, pcode: str) -> str | None:
    """The P-code of the smallest area around `pcode` (itself, its parent and so on) that has an outline."""
    inside: str | None = pcode
    while inside and inside not in places.outlines:
        area = places.areas.get(inside)
        inside = area.parent if area else None
    return inside


def _read_outlines(folder: Path, areas: Mapping[str, AdminArea], found: list[Finding]) -> dict[str, Mapping[str, Any]]:
    text = read_text(folder, OUTLINES, found)
    if text is None:
        return {}
    try:
        collection = msgspec.json.decode(text, type=_Collection)
    except msgspec.DecodeError as error:
        found.append(finding("file.broken", At(file=OUTLINES), detail=f"it is not GeoJSON with P-codes: {error}."))
        return {}
    outlines: dict[str, Mapping[str, Any]] = {}
    for feature in collection.features:
        pcode = feature.properties.pcode
        if pcode not in areas:
            nearest = remedy(pcode, areas, what="P-codes")
            found.append(finding("place.unknown", At(file=OUTLINES), pcode=pcode, nearest=nearest))
        elif pcode in outlines:
            found.append(finding("place.duplicate", At(file=OUTLINES), pcode=pcode))
        elif reason := _broken(feature.geometry):
            found.append(finding("file.broken", At(file=OUTLINES), detail=f"the outline of {pcode}: {reason}."))
        else:
            outlines[pcode] = feature.geometry
    return outlines


def _broken(geometry: Mapping[str, Any]) -> str:
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return f"it is a {geometry.get('type')}, not a Polygon or MultiPolygon"
    try:
        shape = shapely.geometry.shape(dict(geometry))
    except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        return f"its coordinates cannot be read: {error}"
    return "" if shape.is_valid else str(shapely.is_valid_reason(shape))


class _Properties(msgspec.Struct):
    pcode: str


class _Feature(msgspec.Struct):
    properties: _Properties
    geometry: dict[str, Any]


class _Collection(msgspec.Struct):
    features: list[_Feature]
