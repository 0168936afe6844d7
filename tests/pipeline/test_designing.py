"""How many interviews a design needs: the shares to be known are of those whom the round asks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.pipeline.plain import quiet

from saphan import mission as missions
from saphan.collect import rounds, simulate
from saphan.pipeline.designing import design

SEED_MISSION = Path(__file__).parents[2] / "missions" / "thailand-2023"


def test_shares_are_of_those_of_the_round_s_minimum_age(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SEED_MISSION, tmp_path / "mission"))
    path = folder / "rounds.toml"
    path.write_text(path.read_text("utf-8").replace("minimum_age = 15", "minimum_age = 40"), "utf-8")
    mission = missions.open(folder)
    found = design(mission, within=0.05, worlds=2, draws=1, seed=3, step=quiet).interviews

    fielded = rounds.load(mission)[0]
    world = simulate.world(mission, simulate.load(mission), period=fielded.period, seed=3)
    truth = simulate.truth(world, minimum_age=40)
    asked = {"measure": "of_age", "direction": "in", "point": fielded.points}
    assert found
    for one in found:
        whole = truth.total("profiles", **asked, concept=one.question)
        part = truth.total("profiles", **asked, concept=one.question, code=one.answer)
        assert one.share == pytest.approx(part / whole)
