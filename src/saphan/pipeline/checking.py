"""Check: everything wrong with a mission folder, found in one pass over all its files."""

from __future__ import annotations

from pathlib import Path

from saphan import mission as missions
from saphan.collect import checks, forms, rounds, simulate
from saphan.core.problem import Finding
from saphan.mission.model import Mission
from saphan.publish import products


def check(folder: Path, *, validate: bool = False) -> tuple[Mission | None, list[Finding]]:
    """Read every file of the folder as its part would, and gather what each part finds wrong, in the order of parts.

    With `validate`, every form is tried in ODK Validate as well, which needs Java and a few seconds.
    """
    mission, found = missions.find(folder)
    if mission is None:
        return None, found
    schemas, wrong_forms = forms.find(mission)
    found.extend(wrong_forms)
    if validate:
        for form in schemas.values():
            found.extend(forms.validate(form))
    for part in (rounds.find, checks.find, products.find):
        _, more = part(mission)
        found.extend(more)
    if (mission.folder / "world.toml").is_file():
        settings, more = simulate.find(mission)
        found.extend(more)
        if settings is not None and not wrong_forms:  # what a broken form would offer, nobody can know
            found.extend(simulate.find_codes(settings, schemas.values()))
    return mission, found
