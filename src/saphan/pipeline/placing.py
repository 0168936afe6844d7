"""Places: a download of administrative boundaries held against a mission's areas, and written over them if asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from saphan import mission as missions
from saphan.core.problem import Finding, Problem
from saphan.mission.import_areas import Change, compare, read_areas, write_areas
from saphan.mission.places import AREAS, OUTLINES

SIMPLIFY = 0.001  # degrees: some hundred metres, less than the width of a line on a map of a country


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a download holds and how it differs from the mission's areas, in the countries and levels it covers.

    `levels` are areas by admin level, `matching` those that the mission has alike. `findings` are what is wrong in the
    download or, once it is `written`, what no longer fits it in the folder.
    """

    areas: int
    levels: Mapping[int, int]
    matching: int
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    written: tuple[str, ...] = ()


def compare_areas(folder: Path, path: Path, *, write: bool) -> Report:
    """Hold the COD-AB download at `path` (a file or a folder of them) against the mission in `folder`.

    With `write`, areas and outlines of the countries it covers are replaced, if nothing is wrong with it. Problem if
    mission.toml cannot be used, or writing would lose rows of the folder that cannot be read.
    """
    mission, found = missions.find(folder)
    if mission is None:
        raise Problem(found)
    imported = read_areas([path])
    changes = compare(imported, mission.places)
    differing = {change.pcode for change in changes}
    findings: tuple[Finding, ...] = imported.findings
    written: tuple[str, ...] = ()
    if write and not findings:
        lost = [each for each in found if each.at.file in (AREAS, OUTLINES) and each.code != "file.missing"]
        if lost:
            raise Problem(lost)
        made = write_areas(imported, folder / "places", present=mission.places, simplify=SIMPLIFY)
        written = tuple(str(file) for file in made)
        findings = tuple(missions.find(folder)[1])
    return Report(
        areas=len(imported.areas),
        levels=imported.levels,
        matching=len(imported.areas.keys() - differing),
        changes=changes,
        findings=findings,
        written=written,
    )
