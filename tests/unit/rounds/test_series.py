"""Official daily counts of a mission: what is read, and what is said of a file that is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from saphan import mission as missions
from saphan.collect import rounds
from saphan.core.problem import Problem


@pytest.fixture
def folder(tmp_path: Path, thailand: Path) -> Path:
    copy = tmp_path / "mission"
    shutil.copytree(thailand, copy)
    (copy / "series").mkdir()
    return copy


def read(folder: Path, text: str) -> dict[str, object]:
    (folder / "series" / "bridge.csv").write_text(text, "utf-8")
    mission = missions.open(folder)
    fielded = replace(rounds.load(mission)[0], known_series={"TAK-01": "bridge.csv"})
    return dict(rounds.known_series(mission, fielded))


def test_days_stand_where_they_belong_and_missing_days_are_missing(folder: Path) -> None:
    series = read(folder, "date,in,out\n2023-01-01,100,90\n2023-01-03,110,\n2022-12-31,1,1\n")["TAK-01"]
    assert series["in"][:3].tolist() == [100.0, pytest.approx(np.nan, nan_ok=True), 110.0]
    assert np.isnan(series["out"][2])
    assert len(series["in"]) == 365


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,in\n2023-01-01,1\n", "The column date is missing"),
        ("date,inward\n2023-01-01,1\n", "in, out or all"),
        ("date,in\n31/01/2023,1\n", "a date such as"),
        ("date,in\n2023-01-01,many\n", "a count, 0 or more"),
        ("date,in\n2023-01-01,-4\n", "a count, 0 or more"),
    ],
)
def test_a_wrong_file_is_said_to_be_wrong(folder: Path, text: str, message: str) -> None:
    with pytest.raises(Problem, match=message) as raised:
        read(folder, text)
    assert "series/bridge.csv" in str(raised.value)


def test_a_direction_takes_its_own_counts_then_those_of_all() -> None:
    inward, outward, whole = np.array([1.0, 2.0]), np.array([5.0, np.nan]), np.array([9.0, 9.0])
    assert rounds.daily({"in": inward, "all": whole}, "in") is inward
    assert rounds.daily({"in": inward, "all": whole}, "out") is whole
    assert rounds.daily({"in": inward}, "out") is None
    assert rounds.daily({"in": inward}, "all") is None  # half of the traffic does not stand for all of it
    both = rounds.daily({"in": inward, "out": outward}, "all")
    assert both is not None
    assert both[0] == 6.0
    assert np.isnan(both[1])
