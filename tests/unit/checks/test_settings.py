"""checks.toml, and what is wrong in one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import saphan.mission
from saphan.collect import checks
from saphan.core.problem import Problem
from saphan.mission.model import Mission


@pytest.fixture
def mission(thailand: Path, tmp_path: Path) -> Mission:
    return dataclasses.replace(saphan.mission.open(thailand), folder=tmp_path)


def test_a_mission_without_the_file_has_the_defaults(mission: Mission) -> None:
    assert checks.load(mission) == checks.Settings()


def test_a_key_left_out_has_its_default(mission: Mission) -> None:
    (mission.folder / "checks.toml").write_text("far_metres = 50\n[severity]\nfuture = 'off'\n", encoding="utf-8")
    settings = checks.load(mission)
    assert settings.far_metres == 50
    assert settings.severity == {"future": "off"}
    assert settings.largest_group == checks.Settings().largest_group


def test_every_mistake_is_found_in_one_pass_with_its_row(mission: Mission) -> None:
    (mission.folder / "checks.toml").write_text(
        "far_meters = 50\nsame_rows = 0\n[duration]\ncountr = [1, 2]\ncounter = [9, 2]\n"
        "[severity]\nfutur = 'off'\nfuture = 'fatal'\n",
        encoding="utf-8",
    )
    _, found = checks.find(mission)
    said = [str(each) for each in found]
    assert any("far_meters" in each and "row 1" in each and "far_metres" in each for each in said)
    assert any("same_rows" in each and "row 2" in each for each in said)
    (mission.folder / "checks.toml").write_text(
        "[duration]\ncountr = [1, 2]\ncounter = [9, 2]\n[severity]\nfutur = 'off'\nfuture = 'fatal'\n", encoding="utf-8"
    )
    with pytest.raises(Problem) as wrong:
        checks.load(mission)
    said = [str(each) for each in wrong.value.findings]
    assert len(said) == 4
    assert "row 2" in said[0] and "Did you mean 'counter'?" in said[0]
    assert "row 3" in said[1]
    assert "row 5" in said[2] and "Did you mean 'future'?" in said[2]
    assert "row 6" in said[3] and "notice, warning, serious, off" in said[3]


def test_the_seed_mission_s_file_is_without_fault(thailand: Path) -> None:
    mission = saphan.mission.open(thailand)
    assert checks.find(mission)[1] == []
    assert checks.context(mission).rounds
