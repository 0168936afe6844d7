"""A plain CSV of counts by direction: each direction is a series of its own, from the file to the figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline.plain import POINTS, Row, built, days_of, plain_mission

from saphan.pipeline.checking import check


def rows(**counts: int) -> list[Row]:
    return [
        (point, day, hour, way, count)
        for point, hours in POINTS.items()
        for day in days_of()
        for hour in hours
        for way, count in counts.items()
    ]


def test_directions_are_told_apart_and_add_up(tmp_path: Path) -> None:
    folder = plain_mission(tmp_path / "missions" / "plain")
    assert check(folder)[1] == []
    made = built(folder, rows(**{"in": 6, "out": 2, "transit": 50}))
    hours, days = sum(map(len, POINTS.values())), 91
    period = "2024-01-01..2024-03-31"
    inward, outward = (made.figures[f"flow.movements/direction={way}/{period}"] for way in ("in", "out"))
    assert inward.value == pytest.approx(6 * hours * days, rel=0.02)
    assert outward.value == pytest.approx(2 * hours * days, rel=0.02)
    assert made.figures[f"flow.movements/{period}"].value == pytest.approx(inward.value + outward.value)
    assert made.figures[f"flow.counted/{period}"].value == 8 * hours * 21
    assert made.figures[f"flow.hours/{period}"].value == hours * 21  # an hour in two directions is one hour
    left_out = len(POINTS["FOR-01"]) * 21 + len(POINTS["MIL-01"]) * 21
    assert any(f"{left_out} observation hours not used: neither in nor out" in note for note in made.facts.values())


def test_an_hour_of_one_direction_says_nothing_of_the_other(tmp_path: Path) -> None:
    """The bridge counts inwards only, and the landing lost its outward counts on half of the hours."""
    kept = [row for row in rows(**{"in": 6, "out": 2}) if row[3] == "in" or (row[0] == "MIL-01" and row[2] % 2 == 0)]
    made = built(plain_mission(tmp_path / "missions" / "plain"), kept)
    period = "2024-01-01..2024-03-31"
    assert f"flow.movements/direction=out/point=FOR-01/{period}" not in made.figures
    assert any("FOR-01/out day was never observed" in note for note in made.facts.values())
    outward = made.figures[f"flow.movements/direction=out/point=MIL-01/{period}"]
    assert outward.value == pytest.approx(2 * 24 * 91, rel=0.05)
    assert outward.extrapolated["hours"] > 0.1
    assert made.figures[f"flow.movements/direction=out/{period}"].value == pytest.approx(outward.value)
    inward = made.figures[f"flow.movements/direction=in/point=MIL-01/{period}"]
    assert inward.extrapolated["hours"] == 0


def test_counts_without_a_direction_stay_one_series(tmp_path: Path) -> None:
    folder = plain_mission(tmp_path / "missions" / "plain")
    mapping = folder / "imports" / "counts.toml"
    mapping.write_text(mapping.read_text("utf-8").replace('direction = "way"\n', ""), "utf-8")
    made = built(folder, rows(**{"in": 6}))
    movements = [name for name in made.figures if name.startswith("flow.movements")]
    assert "flow.movements/2024-01-01..2024-03-31" in movements
    assert not [name for name in movements if "direction" in name]
