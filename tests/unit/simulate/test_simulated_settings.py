"""world.toml: everything wrong in it is found in one pass, with its row and a remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from saphan.collect import simulate
from saphan.core.problem import Problem
from saphan.mission.model import Mission


@pytest.fixture
def altered(mission: Mission, tmp_path: Path):
    """The mission with a changed world.toml."""

    def alter(*changes: tuple[str, str]) -> Mission:
        text = (mission.folder / "world.toml").read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "world.toml").write_text(text)
        return replace(mission, folder=tmp_path)

    return alter


def test_the_seed_missions_world_is_whole(mission: Mission) -> None:
    settings, found = simulate.find(mission)
    assert found == []
    assert settings is not None and set(settings.point) == set(mission.places.points)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[point.TAK-01]", "[point.TAK-99]", "TAK-99"),
        ('near = "TH63"', 'near = "TH99"', "TH99"),
        ("MMR003 = 40", "MMR933 = 40", "MMR933"),
        ('direction = "out"', 'direction = "up"', "up"),
        ('direction = "out"', 'direction = "in"', "Exactly one kind"),
        ("weekly = 5.2", 'direction = "in"', "Exactly one kind"),
        ("weekly = 5.2", "", "needs either weekly"),
        ("weights = [5, 4,", "weights = [5,", "8 hours"),
        ("commuter = 0.42, visitor = 0.30", "commuter = 0.42, visitor = 0.90", "more than 1"),
        ("commuter = 0.42", "comuter = 0.42", "comuter"),
        ("[stay.trade]", "[stay.trading]", "no [stay] for the reason 'trade'"),
        ("under-3-months = 93", "under-3-month = 93", "under-3-month"),
        ("correlation = 0.7", "correlation = 1.7", "correlation"),
        ("enumerators = 6", "enumerator = 6", "enumerator"),
    ],
)
def test_a_mistake_is_found_and_said(altered, old: str, new: str, said: str) -> None:
    _, found = simulate.find(altered((old, new)))
    assert any(said in str(finding) for finding in found), [str(finding) for finding in found]
    assert all(finding.at.file == "world.toml" and finding.at.row for finding in found)


def test_several_mistakes_are_found_in_one_pass(altered) -> None:
    mission = altered(("[point.TAK-01]", "[point.TAK-99]"), ("MMR003 = 40", "MMR933 = 40"))
    with pytest.raises(Problem) as caught:
        simulate.load(mission)
    assert {finding.code for finding in caught.value.findings} == {"point.unknown", "place.unknown"}


def test_a_mission_without_a_world_says_so(mission: Mission, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="missing"):
        simulate.load(replace(mission, folder=tmp_path))
