"""The invented year: repeatable, within its parameters, and its truth adds up."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pyarrow.compute as pc
import pytest

from saphan.collect import simulate
from saphan.collect.rounds.model import Round
from saphan.collect.simulate import days
from saphan.collect.simulate.settings import Shock
from saphan.mission.model import Mission


def test_the_same_seed_gives_the_same_world(
    mission: Mission, settings: simulate.Settings, whole_round: Round, world: simulate.World
) -> None:
    again = simulate.world(mission, settings, period=whole_round.period, seed=7)
    other = simulate.world(mission, settings, period=whole_round.period, seed=8)
    assert again.key == world.key != other.key
    for field in fields(world.crossings):
        assert np.array_equal(getattr(world.crossings, field.name), getattr(again.crossings, field.name))
    assert len(world.crossings.party) != len(other.crossings.party)


def test_changed_parameters_are_another_world(
    mission: Mission, settings: simulate.Settings, whole_round: Round, world: simulate.World
) -> None:
    calmer = msgspec.structs.replace(settings, shared=Shock(spread=0.0, correlation=0.0))
    assert simulate.world(mission, calmer, period=whole_round.period, seed=7).key != world.key


def test_magnitudes_are_those_of_a_year_on_this_border(facts: simulate.Truth) -> None:
    arrivals = facts.total(direction="in")
    assert 1_250_000 < arrivals < 1_450_000
    assert 0.85 < facts.total(direction="out") / arrivals < 1.05
    assert facts.total(direction="in", nationality="mmr") > 0.9 * arrivals
    longer = ("1-2-years", "2-5-years", "over-5-years")
    share = facts.total("profiles", direction="in", concept="intended_stay", code=longer) / arrivals
    assert 0.14 < share < 0.20


def test_levels_are_those_asked_for_where_a_point_stays_open(world: simulate.World, facts: simulate.Truth) -> None:
    for point, own in world.settings.point.items():
        if not own.closed:
            assert facts.total(point=point, direction="in") == pytest.approx(own.arrivals, rel=0.12)


def test_nobody_crosses_where_and_when_it_is_closed(mission: Mission, world: simulate.World) -> None:
    crossings = world.crossings
    inside = crossings.day >= 0
    assert world.open[crossings.point[inside], crossings.day[inside]].all()
    assert not world.open.all()
    for index, point in enumerate(world.codes.point):
        start, end = mission.places.points[point].hours
        allowed = {hour % 24 for hour in range(start, end if end > start else end + 24)}
        assert set(np.unique(crossings.hour[crossings.point == index]).tolist()) <= allowed


def test_a_closed_point_has_no_movements_after_its_last_day(facts: simulate.Truth) -> None:
    hours = facts.tables["hours"]
    closed = hours.filter(
        pc.and_(pc.equal(hours["point"], "TAK-08"), pc.greater_equal(hours["date"], date(2023, 9, 18)))
    )
    before = hours.filter(pc.and_(pc.equal(hours["point"], "TAK-08"), pc.less(hours["date"], date(2023, 9, 18))))
    assert len(closed) == 0 < len(before)


def test_every_way_of_cutting_the_year_adds_up_to_the_same_total(facts: simulate.Truth) -> None:
    everything = facts.total()
    assert everything == facts.total("hours")
    profiles = facts.tables["profiles"]
    for concept in set(profiles["concept"].to_pylist()):
        assert facts.total("profiles", concept=concept) == everything
    old_enough = [facts.total(age_band=band) for band in ("15-17", "18-29", "30-44", "45-59", "60-plus")]
    assert facts.total("profiles", "of_age", concept="commuter") == sum(old_enough)
    nationality = {code: facts.total(nationality=code) for code in ("mmr", "tha")}
    assert nationality == {code: facts.total("profiles", concept="nationality", code=code) for code in nationality}


def test_people_are_fewer_than_their_movements_and_more_than_none(world: simulate.World, facts: simulate.Truth) -> None:
    persons, movements = (
        facts.total("persons", month="2023-03", direction="in"),
        facts.total("profiles", "of_age", month="2023-03", direction="in", concept="commuter"),
    )
    assert 0.3 * movements < persons < 0.9 * movements
    # By hand, for one point and month: members of the minimum age in the distinct parties that came in.
    crossings, point = world.crossings, world.codes.point.index("RAN-01")
    march = (crossings.day >= 59) & (crossings.day < 90) & (crossings.point == point) & (crossings.direction == 0)
    of, expected = world.parties, 0
    for party in set(crossings.party[march].tolist()):
        expected += int((of.age[of.first[party] : of.first[party] + of.size[party]] >= 15).sum())
    assert facts.total("persons", point="RAN-01", month="2023-03", direction="in") == expected


def test_nights_have_their_share(world: simulate.World, facts: simulate.Truth) -> None:
    hours = facts.tables["hours"].to_pydict()
    night = set(world.settings.night.clock_hours)

    def share(point: str) -> float:
        rows = [(h, m) for p, h, m in zip(hours["point"], hours["hour"], hours["movements"], strict=True) if p == point]
        return sum(m for h, m in rows if h in night) / sum(m for _, m in rows)

    assert 0.10 < share("TAK-07") < 0.36
    assert share("TAK-05") < share("TAK-04") < share("TAK-07")
    assert share("TAK-01") == 0


def test_the_truth_is_labelled_and_comes_back_as_it_was_saved(facts: simulate.Truth, tmp_path: Path) -> None:
    simulate.save_truth(facts, tmp_path / "truth")
    again = simulate.load_truth(tmp_path / "truth")
    assert again.mark == facts.mark == "simulated:thailand-2023:7"
    for name, table in facts.tables.items():
        assert again.tables[name].equals(table)
        assert again.tables[name].schema.metadata[b"simulated"] == b"true"
    assert json.loads((tmp_path / "truth" / "truth.json").read_text())["simulated"] is True


def test_shocks_have_mean_one_and_the_correlation_asked_for() -> None:
    effects = days.shocks(np.random.default_rng(1), Shock(spread=0.2, correlation=0.7), 300, 400)
    assert effects.mean() == pytest.approx(1.0, abs=0.01)
    logs = np.log(effects)
    assert logs.std() == pytest.approx(0.2, abs=0.005)
    assert np.corrcoef(logs[:, :-1].ravel(), logs[:, 1:].ravel())[0, 1] == pytest.approx(0.7, abs=0.01)


def test_festivals_touch_their_days_and_shoulders(mission: Mission, settings: simulate.Settings) -> None:
    new_year = sorted(holiday.day for holiday in mission.holidays if holiday.kind == "thai-new-year")
    dates = [new_year[0] + timedelta(days=offset) for offset in range(-10, 20)]
    with_it = days.expected(settings, "departure", dates, mission.holidays)
    without = days.expected(settings, "departure", dates, ())
    factor = dict(zip(dates, with_it / without, strict=True))
    festival = settings.festival["thai-new-year"]
    assert factor[new_year[0]] == pytest.approx(festival.on["departure"])
    assert factor[new_year[0] - timedelta(days=festival.shoulder)] == pytest.approx(festival.before["departure"])
    assert factor[new_year[-1] + timedelta(days=1)] == pytest.approx(festival.after["departure"])
    assert factor[new_year[0] - timedelta(days=festival.shoulder + 1)] == pytest.approx(1.0)
