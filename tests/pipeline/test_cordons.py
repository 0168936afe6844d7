"""Two cordons counted at a time: each has its own totals, under its own name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.pipeline.plain import POINTS, Row, built, days_of, plain_mission, round_of

from saphan.core.problem import Finding
from saphan.pipeline.checking import check

PERIOD = "2024-01-01..2024-03-31"
NORTH = round_of(name="north", cordon="north", known=3, points=["FOR-01"])
SOUTH = round_of(name="south", cordon="south", known=5, points=["MIL-01"])

SHEET = f"""
id = "sheet"
title = {{ en = "Points of the south" }}
subtitle = {{ en = "The first months" }}
summary = {{ en = "Movements." }}
[[pages]]
rows = [[{{ width = 12, blocks = ["headline"] }}]]
[blocks.headline]
kind = "headline"
[[blocks.headline.items]]
figure = "flow.movements/cordon=south/direction=in/{PERIOD}"
label = {{ en = "Movements inwards" }}
"""


def rows() -> list[Row]:
    each = {"FOR-01": 6, "MIL-01": 3}
    return [
        (point, day, hour, way, each[point])
        for point, hours in POINTS.items()
        for day in days_of()
        for hour in hours
        for way in ("in", "out")
    ]


def found(folder: Path, *rounds: str) -> Sequence[Finding]:
    return check(plain_mission(folder, *rounds))[1]


def test_each_cordon_has_its_own_totals_and_no_total_runs_over_both(tmp_path: Path) -> None:
    folder = plain_mission(tmp_path / "missions" / "plain", NORTH, SOUTH)
    assert check(folder)[1] == []
    made = built(folder, rows())
    assert {figure.cell.get("cordon") for figure in made} == {"north", "south"}
    north, south = (made.figures[f"flow.movements/cordon={one}/direction=in/{PERIOD}"] for one in ("north", "south"))
    assert north.value == pytest.approx(6 * len(POINTS["FOR-01"]) * 91, rel=0.02)
    assert south.value == pytest.approx(3 * len(POINTS["MIL-01"]) * 91, rel=0.02)
    for one in made.sums:
        cordons = {made.figures[name].cell["cordon"] for name in (one.total, *one.parts)}
        assert len(cordons) == 1
    for figure in made:
        assert all(parent in made.figures for parent in figure.parents), figure.name


def test_each_cordon_says_how_many_of_its_known_points_it_is_of(tmp_path: Path) -> None:
    made = built(plain_mission(tmp_path / "missions" / "plain", NORTH, SOUTH), rows())
    for cordon, known in (("north", 3), ("south", 5)):
        assert made.figures[f"flow.points/cordon={cordon}/{PERIOD}"].value == 1
        assert made.figures[f"flow.known_points/cordon={cordon}/{PERIOD}"].value == known
        assert f"Points of {cordon}: Totals are of 1 of the {known} known points." in made.facts.values()


def test_products_print_a_cordon_by_its_name(tmp_path: Path) -> None:
    folder = plain_mission(tmp_path / "missions" / "plain", NORTH, SOUTH)
    (folder / "products" / "sheet.toml").write_text(SHEET, "utf-8")
    assert check(folder)[1] == []
    built(folder, rows())
    products = tmp_path / "var" / "plain" / "products"
    assert "cordon,,north,Points of north" in (products / "dataset" / "codes.csv").read_text("utf-8")
    page = products / "figures" / "flow.movements" / "cordon=south" / "direction=in" / PERIOD / "index.html"
    assert "Points of south" in page.read_text("utf-8")


def test_cordons_counted_one_after_the_other_bear_no_name(tmp_path: Path) -> None:
    first = round_of(name="north", cordon="north", period="2024-01", points=["FOR-01"], weeks=[days_of()[0]])
    then = round_of(
        name="south", cordon="south", period="2024-02-01..2024-03-31", points=["FOR-01"], weeks=days_of()[7::7]
    )
    made = built(plain_mission(tmp_path / "missions" / "plain", first, then), rows())
    assert "flow.movements/direction=in/2024-01" in made.figures
    assert not [figure for figure in made if "cordon" in figure.cell]


def test_a_point_counted_by_two_rounds_at_a_time_is_found(tmp_path: Path) -> None:
    both = round_of(name="south", cordon="south", points=["MIL-01", "FOR-01"])
    (one,) = found(tmp_path / "plain", NORTH, both)
    assert one.at is not None
    assert "'north' counts FOR-01" in one.what
    assert one.at.row == f"{NORTH}{both}".splitlines().index('point = "FOR-01"', len(NORTH.splitlines())) + 1


def test_one_cordon_in_two_rounds_at_a_time_is_found(tmp_path: Path) -> None:
    again = round_of(name="again", cordon="north", points=["MIL-01"])
    (one,) = found(tmp_path / "plain", NORTH, again)
    assert "same cordon" in one.what
