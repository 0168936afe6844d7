"""Reads places/: areas.csv, points.csv and, where there are any, outlines.geojson and sites.csv (`sites`).

| file | columns |
|---|---|
| areas.csv | pcode, level, parent, border, name:<language> |
| points.csv | id, type, pcode, latitude, longitude, opens, closes, dissemination, name:<language> |
| outlines.geojson | features with a property `pcode` and a Polygon or MultiPolygon |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import shapely

from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, finding
from saphan.mission.files import Row, read_csv, read_text
from saphan.mission.locating import check_located
from saphan.mission.model import AdminArea, Dissemination, MonitoringPoint, Places, PointType
from saphan.mission.sites import SITES, read_sites

AREAS, POINTS, OUTLINES = "places/areas.csv", "places/points.csv", "places/outlines.geojson"

Place = TypeVar("Place", AdminArea, MonitoringPoint)

_YES_NO = {"yes": True, "no": False, "": False}


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
        check_located(point_rows, points, places, found)
    if (folder / SITES).exists():
        places = replace(places, sites=read_sites(folder, places, languages, found))
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
    pcode = row.identifier("pcode", found)
    level = row.number_in("level", "an admin level from 0 to 5", 0, 5, found, whole=True)
    border = _YES_NO.get(row["border"])
    if border is None:
        found.append(finding("csv.value", row.at("border"), value=row["border"], expected="yes or no"))
    name = row.name(languages, found)
    if pcode is None or level is None or border is None or name is None:
        return None
    return AdminArea(pcode=pcode, level=int(level), name=name, parent=row["parent"] or None, border=border)


def _point(row: Row, languages: Sequence[str], found: list[Finding]) -> MonitoringPoint | None:
    identifier = row.identifier("id", found)
    latitude = row.number_in("latitude", "a latitude from -90 to 90", -90, 90, found)
    longitude = row.number_in("longitude", "a longitude from -180 to 180", -180, 180, found)
    opens = row.number_in("opens", "a whole hour from 0 to 23", 0, 23, found, whole=True)
    closes = row.number_in("closes", "a whole hour from 0 to 24", 0, 24, found, whole=True)
    kind = row.word("type", PointType, found)
    dissemination = row.word("dissemination", Dissemination, found) if row["dissemination"] else None
    name = row.name(languages, found)
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
