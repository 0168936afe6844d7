"""datapackage.json: a Frictionless Data Package, version 2 (datapackage.org, June 2024), of the files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from saphan.core import digest
from saphan.mission.model import Mission
from saphan.publish.figures.model import Register

PROFILE = "https://datapackage.org/profiles/2.0/"
_TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One file and, where it is a table, its fields; `key` names the columns that identify a row."""

    path: Path
    title: str
    fields: Sequence[Mapping[str, object]] = ()
    key: Sequence[str] = ()
    missing: Sequence[Mapping[str, str]] = ()


def write(register: Register, mission: Mission, resources: Sequence[Resource], about: Sequence[str]) -> bytes:
    """The descriptor, with hash and size of every file; equal files give equal bytes."""
    contact = mission.contact.to("en")
    package = {
        "$schema": PROFILE + "datapackage.json",
        "name": mission.id,
        "title": mission.name.to("en"),
        "description": "\n\n".join(about),
        "version": digest.short(register.frame),
        "licenses": [{"name": mission.licence}],
        "contributors": [{"title": contact, "roles": ["publisher", "contact"]}],
        "sources": [{"title": f"Snapshot {register.frame}", "version": register.frame}],
        "simulated": register.simulated,
        "resources": [_resource(resource) for resource in resources],
    }
    return msgspec.json.format(msgspec.json.encode(package), indent=2) + b"\n"


def _resource(resource: Resource) -> Mapping[str, object]:
    path = resource.path
    described: dict[str, object] = {
        "name": path.name.replace(".", "-").lower() if path.suffix != ".csv" else path.stem,
        "title": resource.title,
        "path": path.name,
        "format": path.suffix[1:],
        "mediatype": _TYPES[path.suffix],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest.of_file(path)}",
    }
    if resource.fields:
        described |= {
            "$schema": PROFILE + "dataresource.json",
            "type": "table",
            "encoding": "utf-8",
            "schema": {
                "$schema": PROFILE + "tableschema.json",
                "fields": list(resource.fields),
                "fieldsMatch": "exact",
                **({"primaryKey": list(resource.key)} if resource.key else {}),
                **({"missingValues": list(resource.missing)} if resource.missing else {}),
            },
        }
    return described
