"""Reading rounds.toml: what is read, and that every mistake in it gives one message with file, row and remedy."""

from __future__ import annotations

import shutil
from dataclasses import replace as copy_with
from datetime import date
from pathlib import Path

import pytest

from saphan import mission
from saphan.collect import rounds
from saphan.collect.rounds import Draw
from saphan.core.problem import Problem
from saphan.mission import Mission


@pytest.fixture
def opened(thailand: Path, tmp_path: Path) -> Mission:
    """The seed mission, with a folder whose rounds.toml may be spoilt."""
    folder = tmp_path / "spoilt"
    shutil.copytree(thailand / "forms", folder / "forms")
    shutil.copy(thailand / "rounds.toml", folder)
    return copy_with(mission.open(thailand), folder=folder)


def test_the_year_as_it_was_fielded(thailand: Path) -> None:
    (fielded,) = rounds.load(mission.open(thailand))
    assert fielded.draw is Draw.RANDOM_WEEK
    assert len(fielded.weeks) == 12
    assert fielded.points[0] == "TAK-01"
    assert len(fielded.points) < fielded.cordon.known_points
    whole_year = [panel.point for panel in fielded.panels if panel.period == fielded.period]
    assert {point[:3] for point in whole_year} == {"TAK", "RAN"}
    late = [panel for panel in fielded.panels if panel.point.startswith("KAN")]
    assert {panel.period.start for panel in late} == {date(2023, 9, 1)}
    night = next(shift for shift in fielded.shifts if shift.nights_a_week)
    assert night.clock_hours == (22, 23, 0, 1, 2, 3, 4, 5)
    assert len({hour for shift in fielded.shifts for hour in shift.clock_hours}) == 24


def test_the_year_has_about_fifteen_thousand_observation_hours(thailand: Path) -> None:
    opened = mission.open(thailand)
    (fielded,) = rounds.load(opened)
    hours = 0
    for panel in fielded.panels:
        opens, closes = opened.places.points[panel.point].hours
        for week in fielded.weeks:
            for shift in fielded.shifts:
                days = [
                    day for day in week.days if day in panel.period and (not shift.nights_a_week or day == week.night)
                ]
                hours += len(days) * sum(opens <= hour < closes for hour in shift.clock_hours)
    assert 14_000 < hours < 17_000


def test_the_trial_covers_both_years() -> None:
    trial = mission.open(Path(__file__).parents[3] / "missions" / "crossing-city")
    found = rounds.load(trial)
    assert [one.period.label for one in found] == ["2015", "2016"]
    assert all(one.screening is None and len(one.weeks) == 12 for one in found)


MISTAKES: dict[str, tuple[str, str, str, int | None, str]] = {
    # what was done: (old text, new text, code, row, words in the message)
    "no shift of that name": ('"morning", "afternoon"]', '"morning", "evening"]', "shift.unknown", 46, "evening"),
    "no point of that name": ('point = "TAK-03"', 'point = "TAK-33"', "point.unknown", 56, "Did you mean 'TAK-"),
    "no form of that name": ('counter = "counter"', 'counter = "tally"', "toml.value", 19, "forms/tally.xlsx"),
    "no such kind of form": ('counter = "counter"', 'count = "counter"', "toml.value", 19, "Did you mean 'counter'?"),
    "no such design": ('draw = "random-week"', 'draw = "random"', "toml.value", 8, "'random-week'"),
    "dates out of order": ("2023-09-01..2023-12-31", "2023-12-31..2023-09-01", "dates.order", None, "comes before"),
    "panel outside the round": (
        "2023-09-01..2023-12-31",
        "2023-09-01..2024-12-31",
        "dates.outside",
        None,
        "2024-12-31",
    ),
    "not a period": ('period = "2023"', 'period = "the year 2023"', "toml.value", 7, "not a period"),
    "week outside the round": ("first = 2023-01-07", "first = 2022-01-07", "dates.outside", None, "2022-01-07"),
    "week across the month's end": ("first = 2023-01-07", "first = 2023-01-28", "round.days", None, "one month"),
    "another week than was drawn": ("first = 2023-06-07", "first = 2023-06-08", "round.draw", None, "2023-06-07..2023"),
    "another seed": ("seed = 20221215", "seed = 1", "toml.value", 9, "The seed draws"),
    "weeks out of order": (
        "first = 2023-02-02\nnight = 2023-02-08", "first = 2023-06-20\nnight = 2023-06-23",
        "dates.order", None, "2023-03-20 comes before 2023-06-20",
    ),
    "night outside its week": ("night = 2023-01-10", "night = 2023-01-20", "dates.outside", None, "2023-01-20"),
    "no night": ("night = 2023-01-10\n", "", "toml.value", None, "`night`"),
    "week without days": ("first = 2023-01-07\n", "", "toml.value", None, "`first`"),
    "week twice": ('id = "2023-02"', 'id = "2023-01"', "name.duplicate", None, "2023-01"),
    "shifts that overlap": ("hours = [14, 22]", "hours = [13, 22]", "toml.value", None, "shares hours"),
    "hour that is none": ("hours = [14, 22]", "hours = [14, 25]", "toml.value", None, "hours"),
    "more points than are known": ("known_points = 31", "known_points = 3", "toml.value", 14, "15 are counted"),
    "unknown key": ("minimum_age = 15", "minimal_age = 15\nminimum_age = 15", "toml.value", 43, "minimum_age"),
    "not TOML": ('draw = "random-week"', "draw = random-week", "toml.syntax", 8, "TOML"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gives_a_message_with_file_row_and_remedy(opened: Mission, mistake: str) -> None:
    old, new, code, row, words = MISTAKES[mistake]
    path = opened.folder / "rounds.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    _, found = rounds.find(opened)
    assert found, "the mistake was not found"
    assert found[0].code == code, [str(finding) for finding in found]
    assert found[0].at.file == "rounds.toml"
    assert found[0].at.row is not None
    assert found[0].remedy
    assert words in str(found[0])
    assert row is None or found[0].at.row == row
    assert len({finding.at.row for finding in found}) == 1, "one mistake is one place"
    with pytest.raises(Problem):
        rounds.load(opened)


def test_a_census_needs_no_weeks(opened: Mission) -> None:
    path = opened.folder / "rounds.toml"
    text = path.read_text(encoding="utf-8").replace('"random-week"', '"census"').replace("seed = 20221215\n", "")
    path.write_text(text[: text.index("[[round.week]]")], encoding="utf-8")
    (fielded,) = rounds.load(opened)
    assert [day for week in fielded.weeks for day in week.days] == list(fielded.period)


def test_no_rounds_file(opened: Mission) -> None:
    (opened.folder / "rounds.toml").unlink()
    _, found = rounds.find(opened)
    assert [finding.code for finding in found] == ["file.missing"]


WRONG_KINDS = ("0", '""', '"x"', "[]", "[1]", "{}", "true", "9999-12-31", "-1")


@pytest.mark.parametrize("value", WRONG_KINDS)
def test_a_value_of_the_wrong_kind_is_a_finding_and_never_a_crash(opened: Mission, value: str) -> None:
    path = opened.folder / "rounds.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [index for index, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert len(keys) > 50
    silent = []
    for index in keys:
        key = lines[index].partition(" = ")[0]
        path.write_text("\n".join([*lines[:index], f"{key} = {value}", *lines[index + 1 :]]), encoding="utf-8")
        _, found = rounds.find(opened)
        silent += [] if found or (key, value) == ("id", '"x"') else [(index, key)]
    assert not silent
