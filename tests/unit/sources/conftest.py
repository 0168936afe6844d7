"""Missions, forms and reports for reading sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from saphan import mission as missions
from saphan.collect import forms
from saphan.collect.forms.model import Form
from saphan.mission.model import Mission


@pytest.fixture(scope="session")
def city() -> Mission:
    """The mission of the real hourly counts."""
    return missions.open(Path(__file__).resolve().parents[3] / "missions" / "crossing-city")


@pytest.fixture(scope="session")
def city_forms(city: Mission) -> Mapping[str, Form]:
    """Its forms."""
    return forms.load(city)
