"""Reads places/sites.csv: the list of locations where people of concern live, each under an id that never changes.

Columns: id, type, pcode, latitude, longitude, listed_from, closed_on, dissemination, name:<language>.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from saphan.core.problem import Finding, finding
from saphan.mission.files import Row, read_csv
from saphan.mission.locating import check_located
from saphan.mission.model import DISTRICT, Dissemination, Places, Site, SiteType

SITES = "places/sites.csv"
COLUMNS = ("id", "type", "pcode", "latitude", "longitude", "listed_from", "closed_on", "dissemination")


def read_sites(folder: Path, places: Places, languages: Sequence[str], found: list[Finding]) -> dict[str, Site]:
    """The sites of a mission folder by id: what could be read, with findings for the rest.

    A row whose district is not known is left out too, so that every site has one.
    """
    rows = read_csv(folder, SITES, (*COLUMNS, f"name:{languages[0]}"), found)
    sites: dict[str, Site] = {}
    for row in rows:
        site = _site(row, languages, found)
        if site is None:
            continue
        if site.id in sites:
            found.append(finding("name.duplicate", row.at("id"), name=site.id))
        else:
            sites[site.id] = site
    if not places.areas:
        return {}
    check_located(rows, sites, places, found)
    for row in rows:
        site = sites.get(row["id"])
        area = places.areas.get(site.pcode) if site else None
        if area is not None and area.level < DISTRICT:
            expected = "a district or an area inside one (admin level 2 or more)"
            found.append(finding("csv.value", row.at("pcode"), value=row["pcode"], expected=expected))
    return {name: site for name, site in sites.items() if places.ancestor(site.pcode, DISTRICT) is not None}


def _site(row: Row, languages: Sequence[str], found: list[Finding]) -> Site | None:
    before = len(found)
    identifier = row.identifier("id", found)
    kind = row.word("type", SiteType, found)
    latitude = row.number_in("latitude", "a latitude from -90 to 90", -90, 90, found)
    longitude = row.number_in("longitude", "a longitude from -180 to 180", -180, 180, found)
    listed = row.day("listed_from", found)
    closed = row.day("closed_on", found) if row["closed_on"] else None
    dissemination = row.word("dissemination", Dissemination, found) if row["dissemination"] else None
    name = row.name(languages, found)
    if listed is not None and closed is not None and closed < listed:
        found.append(finding("dates.order", row.at("closed_on"), later=closed, earlier=listed))
    if len(found) > before or identifier is None or kind is None or latitude is None or longitude is None:
        return None
    if listed is None or name is None:
        return None
    return Site(
        id=identifier,
        name=name,
        type=kind,
        pcode=row["pcode"],
        latitude=latitude,
        longitude=longitude,
        listed_from=listed,
        closed_on=closed,
        dissemination=dissemination or Dissemination.RESTRICTED,
    )
