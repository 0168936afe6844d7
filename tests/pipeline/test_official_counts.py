"""An official daily count of one of two points, with gaps: it tells of days that nobody watched, and only there."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from tests.pipeline.plain import POINTS, Row, built, days_of, plain_mission, round_of

from saphan.pipeline.checking import check
from saphan.publish.figures.model import Register

PERIOD = "2024-01-01..2024-03-31"
DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(91)]
FAIR = set(DAYS[51:61])  # no drawn week lies in it
GAPS = {DAYS[3], DAYS[17], DAYS[70]}  # one of them counted


GENERATOR = np.random.default_rng(20240101)
OFFICIAL = dict(zip(DAYS, (1400 * np.exp(GENERATOR.normal(0, 0.2, len(DAYS)))).astype(int).tolist(), strict=True))
OFFICIAL |= {day: 3 * OFFICIAL[day] for day in FAIR}
# One traveller in ten of the official count passes the bridge inwards while it is open.
PASSED = {day: GENERATOR.poisson(number / 140, len(POINTS["FOR-01"])).tolist() for day, number in OFFICIAL.items()}
TRUTH = sum(map(sum, PASSED.values()))


def rows() -> list[Row]:
    bridge = [
        ("FOR-01", day, hour, way, PASSED[day][place] if way == "in" else 4)
        for day in days_of()
        for place, hour in enumerate(POINTS["FOR-01"])
        for way in ("in", "out")
    ]
    return bridge + [("MIL-01", day, hour, way, 3) for day in days_of() for hour in range(24) for way in ("in", "out")]


def mission(folder: Path, series: str | None) -> Path:
    """The small mission, with official counts of the bridge if any are given."""
    plain_mission(folder, round_of(official={"FOR-01": "bridge.csv"} if series is not None else None))
    if series is not None:
        (folder / "series").mkdir()
        (folder / "series" / "bridge.csv").write_text(series, "utf-8")
    return folder


def series(column: str = "in") -> str:
    empty = sorted(GAPS)[0]  # a row without a number; the other days have no row
    lines = [f"{day},{'' if day == empty else OFFICIAL[day]}" for day in DAYS if day not in GAPS or day == empty]
    return "\n".join([f"date,{column}", *lines, ""])


def inward(made: Register, point: str) -> float:
    return made.figures[f"flow.movements/direction=in/point={point}/{PERIOD}"].value


def holds(made: Register) -> bool:
    figure = made.figures[f"flow.movements/direction=in/point=FOR-01/{PERIOD}"]
    assert figure.low is not None and figure.high is not None
    return figure.low <= TRUTH <= figure.high


def test_a_point_follows_its_official_count_and_the_other_does_not(tmp_path: Path) -> None:
    folder = mission(tmp_path / "with" / "plain", series())
    assert check(folder)[1] == []
    with_it = built(folder, rows())
    without = built(mission(tmp_path / "without" / "plain", None), rows())
    # Of 200 such quarters all lay nearer with the official count: errors (RMSE) of 5 per cent against 19.
    assert abs(inward(with_it, "FOR-01") - TRUTH) < abs(inward(without, "FOR-01") - TRUTH)
    assert inward(without, "FOR-01") < 0.95 * inward(with_it, "FOR-01")  # nobody counted during the fair
    assert holds(with_it)
    assert inward(with_it, "MIL-01") == pytest.approx(3 * 24 * 91, rel=0.02)
    outward = with_it.figures[f"flow.movements/direction=out/point=FOR-01/{PERIOD}"]
    assert outward.value == pytest.approx(4 * len(POINTS["FOR-01"]) * 91, rel=0.03)
    assert (
        "1 of 4 series stand in ratio to official daily counts; 3 of their 91 days have none and take a prediction."
        in with_it.facts.values()
    )


def test_an_official_count_of_all_directions_serves_each(tmp_path: Path) -> None:
    made = built(mission(tmp_path / "plain", series("all")), rows())
    assert holds(made)
    assert any(note.startswith("2 of 4 series") for note in made.facts.values())


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("date,in\n2023-01-01,5\n", "dates.outside", "2023-01-01"),
        ("date,in\n2024-01-01,5\n2024-01-01,6\n", "name.duplicate", "2024-01-01"),
        ("date,inward\n2024-01-01,5\n", "csv.column", "in, out or all"),
    ],
)
def test_official_counts_that_tell_nothing_are_found(tmp_path: Path, text: str, code: str, says: str) -> None:
    (one,) = check(mission(tmp_path / "plain", text))[1]
    assert one.code == code
    assert one.at is not None
    assert one.at.file == "series/bridge.csv"
    assert says in one.what


def test_an_official_count_of_a_point_that_nobody_counts_is_found(tmp_path: Path) -> None:
    folder = mission(tmp_path / "plain", series())
    path = folder / "rounds.toml"
    path.write_text(path.read_text("utf-8").replace('[[round.panel]]\npoint = "FOR-01"\n', ""), "utf-8")
    (one,) = check(folder)[1]
    assert "FOR-01 is no point of this round" in one.what


def test_one_direction_beside_counts_of_all_is_found(tmp_path: Path) -> None:
    folder = mission(tmp_path / "plain", series())
    form = folder / "forms" / "hourly_count.xlsx"
    book = load_workbook(form)
    book["survey"]["D5"] = None
    book.save(form)
    (one,) = check(folder)[1]
    assert one.code == "csv.column"
    assert "counts tell no direction" in str(one)
