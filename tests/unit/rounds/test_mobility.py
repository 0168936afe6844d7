"""Reading mobility.toml and its samples: what is read, and that every mistake gives one message with file and row."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from saphan import mission
from saphan.collect import rounds
from saphan.collect.rounds.mobility import home
from saphan.core.problem import Problem
from saphan.estimate.survey.design import SamplingBasis
from saphan.mission import Mission
from saphan.pipeline.checking import check

TOML, SAMPLE = "mobility.toml", "samples/border-districts-1.csv"
SECOND = """
[[exercise]]
id = "second"
seed = 1
areas = ["TH63"]
title = { en = "a", th = "a", my = "a" }
forms = { key-informant = "key_informant" }
round = [{ number = 1, period = "2023-02" }]
"""


@pytest.fixture
def opened(thailand: Path, tmp_path: Path) -> Mission:
    """The seed mission, with a folder whose exercise may be spoilt."""
    folder = tmp_path / "spoilt"
    for name in ("forms", "samples"):
        shutil.copytree(thailand / name, folder / name)
    shutil.copy(thailand / TOML, folder)
    return replace(mission.open(thailand), folder=folder)


def spoil(opened: Mission, file: str, old: str, new: str) -> None:
    """Replace the first of a text that stands in a file."""
    path = opened.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_exercise_as_it_is_written(thailand: Path) -> None:
    opened = mission.open(thailand)
    (exercise,) = rounds.load_mobility(opened)
    assert [one.number for one in exercise.rounds] == list(range(1, 9))
    assert {one.basis for one in exercise.rounds} == {SamplingBasis.PROBABILITY}
    first, second, fifth = (exercise.rounds[at].counted or {} for at in (0, 1, 4))
    assert set(fifth) < set(first)  # those that closed in between are gone
    assert all(first[site] == chance for site, chance in fifth.items())
    assert {home(opened.places, opened.places.sites[site])[1] for site in second} == {"TH23", "TH27", "TH63"}
    late = [
        site
        for site in exercise.sites(opened.places)
        if site not in exercise.sites(opened.places, exercise.rounds[0].period)
    ]
    assert late
    assert not set(late) & set(first)


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "said"),
    [
        (TOML, "number = 2", "number = 1", 27, "order of time"),
        (TOML, 'period = "2023-02"', 'period = "2023-01"', 27, "no two of them share a day"),
        (TOML, 'period = "2023-02"', 'period = "February"', 29, "'February' is not a period"),
        (TOML, 'areas = ["TH23"', 'areas = ["TH99"', 10, "TH99"),
        (TOML, 'site-count = "site_count"', 'site-count = "site_cuont"', 20, "'site_count'"),
        (TOML, 'key-informant = "key_informant"\n', "", 18, "needs a form of the kind key-informant"),
        (TOML, 'site-count = "site_count"', 'count = "site_count"', 20, "no kind of form"),
        (TOML, "seed = 20221219\n", "", 7, "'seed'"),
        (TOML, "border-districts-1.csv", "border-districts-9.csv", 25, "`saphan sites draw` writes it"),
        (TOML, "[[exercise]]", "[[exercises]]", None, "'exercises'"),
        (SAMPLE, "TH2301-S0", "TH2301-X0", 2, "is not a site of border-districts"),
        (SAMPLE, ",1.0", ",1.5", None, "above 0 and up to 1"),
        (SAMPLE, ",1.0", ",0", None, "above 0 and up to 1"),
        (SAMPLE, "site,chance", "site,probability", 1, "chance is missing"),
    ],
)
def test_a_mistake_gives_its_place(opened: Mission, file: str, old: str, new: str, row: int | None, said: str) -> None:
    spoil(opened, file, old, new)
    _, found = rounds.find_mobility(opened)
    mine = [one for one in found if said in f"{one.what} {one.remedy}"]
    assert mine, [str(one) for one in found]
    assert mine[0].at.file == file
    assert row is None or mine[0].at.row == row


def test_two_exercises_do_not_share_a_province_on_one_day(opened: Mission) -> None:
    path = opened.folder / TOML
    path.write_text(path.read_text("utf-8") + SECOND, "utf-8")
    _, found = rounds.find_mobility(opened)
    assert [one.code for one in found] == ["toml.value"]
    assert "TH63" in found[0].what
    path.write_text(path.read_text("utf-8").replace('period = "2023-02" }]', 'period = "2024-02" }]'), "utf-8")
    assert [one.id for one in rounds.load_mobility(opened)] == ["border-districts", "second"]


def test_an_exercise_that_is_not_there(opened: Mission) -> None:
    with pytest.raises(Problem, match="border-districts"):
        rounds.load_exercise(opened, "border-district")


def test_a_site_that_the_form_does_not_offer_is_found(thailand: Path, tmp_path: Path) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(thailand, folder)
    sites = folder / "places" / "sites.csv"
    sites.write_text(sites.read_text("utf-8").replace("TH2301-S02,", "TH2301-S99,"), "utf-8")
    _, found = check(folder)
    said = [str(one) for one in found]
    assert any("forms/key_informant.xlsx" in one and "TH2301-S99" in one for one in said)
    assert any("forms/site_count.xlsx" in one and "TH2301-S99" in one for one in said)
