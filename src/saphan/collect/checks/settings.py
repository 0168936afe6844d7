"""Reads checks.toml; a mission without one has the defaults."""

from __future__ import annotations

from collections.abc import Iterable

from saphan.collect import rounds
from saphan.collect.checks.model import CATALOGUE, Context, Settings, Severity
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form
from saphan.core.nearest import remedy
from saphan.core.problem import Finding, Problem
from saphan.mission.files import read_toml
from saphan.mission.model import Mission

NAME = "checks.toml"
OFF = "off"


def load(mission: Mission) -> Settings:
    """The parameters of a mission's checks; Problem with everything found wrong in them."""
    settings, found = find(mission)
    if found:
        raise Problem(found)
    return settings


def find(mission: Mission) -> tuple[Settings, list[Finding]]:
    """The parameters as far as they could be read (else the defaults), and everything found wrong in checks.toml."""
    found: list[Finding] = []
    if not (mission.folder / NAME).is_file():
        return Settings(), found
    file = read_toml(mission.folder, NAME, found)
    settings = file.table(Settings) if file is not None else None
    if file is None or settings is None:
        return Settings(), found
    concepts = [each.value for each in FormConcept]
    for concept, (least, most) in settings.duration.items():
        if concept not in concepts:
            file.wrong(f"duration.{concept}", f"There is no form concept {concept!r}. {remedy(concept, concepts)}")
        if least > most:
            file.wrong(f"duration.{concept}", "The least comes first, then the most, in minutes.")
    severities = [*(each.value for each in Severity), OFF]
    for check, severity in settings.severity.items():
        if check not in CATALOGUE:
            file.wrong(f"severity.{check}", f"There is no check {check!r}. {remedy(check, CATALOGUE, what='checks')}")
        if severity not in severities:
            file.wrong(f"severity.{check}", f"{severity!r} is not one of {', '.join(severities)}.")
    return settings, found


def context(mission: Mission, forms: Iterable[Form] = ()) -> Context:
    """What submissions of a mission are checked against; `forms` are the versions in force.

    Problem with everything found wrong in checks.toml or rounds.toml.
    """
    return Context(
        settings=load(mission),
        points=mission.places.points,
        rounds=rounds.load(mission),
        versions={form.id: form.version for form in forms},
    )
