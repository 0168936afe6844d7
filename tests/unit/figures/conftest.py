"""Fixtures of the figures' tests."""

from __future__ import annotations

import pytest
from tests.releases import make_mission, make_year

from saphan.mission.model import Mission
from saphan.publish.figures import Figure, Sum


@pytest.fixture
def mission() -> Mission:
    """A mission with official and unofficial points in three districts."""
    return make_mission()


@pytest.fixture
def year() -> tuple[list[Figure], list[Sum]]:
    """The figures and sums of a year."""
    return make_year()
