"""Opens the country folder; reads only mission.toml, words/ and places/. Every later part reads its own files of it."""

from saphan.mission.model import (
    AdminArea,
    Disclosure,
    Dissemination,
    Holiday,
    Mission,
    MonitoringPoint,
    Places,
    PointType,
    Site,
    SiteType,
)
from saphan.mission.reading import find, open  # noqa: A004 - the verb; read as `mission.open(folder)`

__all__ = [
    "AdminArea",
    "Disclosure",
    "Dissemination",
    "Holiday",
    "Mission",
    "MonitoringPoint",
    "Places",
    "PointType",
    "Site",
    "SiteType",
    "find",
    "open",
]
