"""Opens a country folder: mission.toml, places/ and words/; each later part reads its own files of it."""

from __future__ import annotations

import zoneinfo
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec

from saphan.core.problem import At, Finding, Problem, finding
from saphan.core.text import Text
from saphan.mission.files import TomlFile, read_toml, read_words
from saphan.mission.model import Disclosure, Holiday, Mission
from saphan.mission.places import read_places

NAME = "mission.toml"

Words = Annotated[dict[str, str], msgspec.Meta(min_length=1)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]  # it becomes a folder's name


class _DisclosureTable(msgspec.Struct, forbid_unknown_fields=True):
    threshold: Annotated[int, msgspec.Meta(ge=3)] = 10


class _HolidayTable(msgspec.Struct):
    day: date
    kind: Identifier
    name: Words


class _MissionTable(msgspec.Struct):
    id: Identifier
    name: Words
    languages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    timezone: str
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    simulated: bool
    licence: str
    contact: Words
    retention_days: Annotated[int, msgspec.Meta(ge=1)]
    places_version: str
    disclosure: _DisclosureTable = msgspec.field(default_factory=_DisclosureTable)
    holiday: list[Any] = msgspec.field(default_factory=list)


def open(folder: Path) -> Mission:  # noqa: A001 - the verb; read as `mission.open(folder)`
    """The mission in `folder`; Problem with everything found wrong in mission.toml, places/ and words/."""
    mission, found = find(folder)
    if found or mission is None:
        raise Problem(found)
    return mission


def find(folder: Path) -> tuple[Mission | None, list[Finding]]:
    """What could be read of the mission in `folder`, and everything found wrong in one pass.

    The mission is None only if mission.toml itself cannot be used; otherwise the wrong rows are left out of it, so that
    later parts can look through their own files in the same pass.
    """
    found: list[Finding] = []
    if not (folder / NAME).is_file():
        return None, [finding("mission.missing", At(file=str(folder)))]
    file = read_toml(folder, NAME, found)
    table = file.table(_MissionTable) if file else None
    if file is None or table is None:
        return None, found
    languages = table.languages
    for path, words in (("name", table.name), ("contact", table.contact)):
        _check_words(file, path, words, languages)
    if table.timezone not in zoneinfo.available_timezones():
        file.wrong("timezone", f"{table.timezone!r} is not an IANA time zone such as 'Africa/Nairobi'.")
    mission = Mission(
        folder=folder,
        id=table.id,
        name=Text(table.name),
        languages=languages,
        timezone=table.timezone,
        country=table.country,
        currency=table.currency,
        simulated=table.simulated,
        disclosure=Disclosure(threshold=table.disclosure.threshold),
        holidays=_holidays(file, languages, found),
        contact=Text(table.contact),
        licence=table.licence,
        retention_days=table.retention_days,
        places=read_places(folder, table.places_version, languages, found),
        words={language: read_words(folder, f"words/{language}.po", found) for language in languages},
    )
    return mission, found


def _holidays(file: TomlFile, languages: tuple[str, ...], found: list[Finding]) -> tuple[Holiday, ...]:
    holidays: dict[date, Holiday] = {}
    for path, entry in file.tables(_HolidayTable, "holiday"):
        _check_words(file, f"{path}.name", entry.name, languages)
        if entry.day in holidays:
            found.append(finding("name.duplicate", file.at(f"{path}.day"), name=entry.day))
            continue
        holidays[entry.day] = Holiday(day=entry.day, kind=entry.kind, name=Text(entry.name))
    return tuple(holidays[day] for day in sorted(holidays))


def _check_words(file: TomlFile, path: str, words: dict[str, str], languages: tuple[str, ...]) -> None:
    missing = [language for language in languages if not words.get(language)]
    if missing:
        file.wrong(path, f"{path} has no words in {', '.join(missing)}.")
