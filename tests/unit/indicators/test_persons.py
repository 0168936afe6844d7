"""Persons per month of an invented year, from counters, screeners and interviews, against those that crossed.

Bounds are loose, for few draws: `python -m benchmarks.persons` prints the table in full.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.measures import measure
from benchmarks.persons import (
    ALONE,
    AS_IS,
    ASKED,
    DIRECTION,
    ELSEWHERE,
    HOURS,
    ROUNDED,
    Rows,
    frames,
    persons,
    surveyed,
    year,
)

from saphan import mission as missions
from saphan.analyse.indicators import profiles
from saphan.analyse.indicators.flows import Flows
from saphan.analyse.indicators.weighting import Weighted
from saphan.collect import rounds, simulate
from saphan.collect.rounds.model import Round
from saphan.core.unit import Unit
from saphan.estimate.flow import Basis
from saphan.mission.model import Mission


@pytest.fixture(scope="module")
def mission(thailand) -> Mission:
    return missions.open(thailand)


@pytest.fixture(scope="module")
def fielded(mission: Mission) -> Round:
    return rounds.load(mission)[0]


@pytest.fixture(scope="module")
def world(mission: Mission, fielded: Round) -> simulate.World:
    return simulate.world(mission, simulate.load(mission), period=fielded.period, seed=3)


@pytest.fixture(scope="module")
def work(mission: Mission, fielded: Round, world: simulate.World) -> tuple[Flows, Weighted]:
    return surveyed(mission, fielded, frames(world, fielded, 3))


@pytest.fixture(scope="module")
def drawn() -> Rows:
    found: Rows = {}
    for seed in range(101, 105):
        for name, rows in year(seed).items():
            found.setdefault(name, []).extend(rows)
    return found


def test_the_truth_held_against_is_that_of_the_world(fielded: Round, world: simulate.World) -> None:
    assert fielded.screening is not None
    facts = simulate.truth(world, minimum_age=fielded.screening.minimum_age)
    for month, number in persons(world, fielded, range(HOURS)).items():
        # Points that join the round later are not in it yet.
        points = [panel.point for panel in fielded.panels if panel.period.start.isoformat()[:7] <= month]
        assert number == pytest.approx(facts.total("persons", month=month, direction=DIRECTION, point=points))


@pytest.mark.parametrize("name", [AS_IS, ASKED, ROUNDED, ELSEWHERE, ALONE])
def test_intervals_of_persons_cover_in_invented_years(drawn: Rows, name: str) -> None:
    found = measure(name, np.array(drawn[name]))
    assert found.draws == 48
    assert found.coverage >= 80
    assert abs(found.bias) < 7
    assert found.half_width < 3.5


def test_a_year_of_months_rests_on_the_draw(work: tuple[Flows, Weighted]) -> None:
    found = profiles.compute(*work)
    assert [one.period for one in found.results] == [f"2023-{month:02}" for month in range(1, 13)]
    assert {(one.unit, one.basis) for one in found.results} == {(Unit.PERSON, Basis.DESIGN)}
    assert not any("Persons" in note for note in found.notes)


def test_a_month_alone_says_that_it_rests_on_what_is_assumed(work: tuple[Flows, Weighted]) -> None:
    flows, weighted = work
    only = np.where(weighted.interviews.month == 4, weighted.interviews.crossings, np.nan)
    found = profiles.compute(flows, replace(weighted, interviews=replace(weighted.interviews, crossings=only)))
    assert [(one.period, one.basis) for one in found.results] == [("2023-05", Basis.MODEL)]
    assert any(note.startswith("Persons: 1 months") for note in found.notes)
