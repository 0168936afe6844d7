"""One invented year over the seed mission, shared by the tests that look at it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from saphan import mission as missions
from saphan.collect import forms, rounds, simulate
from saphan.collect.forms.model import Form
from saphan.collect.rounds.model import Round
from saphan.mission.model import Mission


@pytest.fixture(scope="session")
def mission(thailand: Path) -> Mission:
    """The seed mission."""
    return missions.open(thailand)


@pytest.fixture(scope="session")
def mission_forms(mission: Mission) -> Mapping[str, Form]:
    """Its forms."""
    return forms.load(mission)


@pytest.fixture(scope="session")
def whole_round(mission: Mission) -> Round:
    """Its round of a year."""
    return rounds.load(mission)[0]


@pytest.fixture(scope="session")
def settings(mission: Mission) -> simulate.Settings:
    """Its invented world's parameters."""
    return simulate.load(mission)


@pytest.fixture(scope="session")
def world(mission: Mission, settings: simulate.Settings, whole_round: Round) -> simulate.World:
    """A year of it."""
    return simulate.world(mission, settings, period=whole_round.period, seed=7)


@pytest.fixture(scope="session")
def facts(world: simulate.World) -> simulate.Truth:
    """What is true in that year."""
    return simulate.truth(world)
