"""Invented people at sites: a known truth that evolves, and informants who err as they are told to."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from saphan.collect import forms, rounds, simulate
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form, Submission
from saphan.collect.rounds import MobilityExercise
from saphan.core.problem import Problem
from saphan.mission.model import Mission


@pytest.fixture(scope="module")
def exercise(mission: Mission) -> MobilityExercise:
    """The seed's exercise."""
    return rounds.load_exercise(mission, "border-districts")


@pytest.fixture(scope="module")
def people(mission: Mission, exercise: MobilityExercise) -> simulate.SitePeople:
    """Its invented people."""
    settings = simulate.load_sites(mission, {exercise.id: exercise})
    assert settings is not None
    return simulate.site_people(mission, settings, exercise, seed=7)


def visits(
    mission: Mission, people: simulate.SitePeople, mission_forms: Mapping[str, Form], settings: simulate.Settings
) -> list[Submission]:
    return [*simulate.SiteVisits(mission, people, mission_forms, settings.fieldwork, seed=7)]


@pytest.fixture(scope="module")
def sent(
    mission: Mission, people: simulate.SitePeople, mission_forms: Mapping[str, Form], settings: simulate.Settings
) -> list[Submission]:
    """All submissions of the seed's rounds."""
    return visits(mission, people, mission_forms, settings)


def test_stocks_evolve_and_one_shock_is_seen(people: simulate.SitePeople) -> None:
    present, came = people.present.sum(axis=(2, 3)), people.arrived.sum(axis=(2, 3))
    assert (present[1:] >= came[1:]).all()
    assert (people.present >= people.arrived).all()
    struck = np.array([site.pcode in ("TH6304", "TH6306") for site in people.sites])
    usual, shock = (came[4][side].sum() / present[3][side].sum() for side in (~struck, struck))
    assert shock > 3 * usual
    # Those who left are no fewer than the parameters make it, and nobody leaves twice.
    left = present[:-1] + came[1:] - present[1:]
    assert (left >= 0).all()


def test_the_truth_is_all_there_is(people: simulate.SitePeople) -> None:
    truth = people.truth()
    districts, sites = truth["districts"].to_pylist(), truth["sites"].to_pylist()
    assert sum(row["present"] for row in districts) == sum(row["present"] for row in sites)
    assert sum(row["present"] for row in sites) == people.present[people.listed].sum()
    of_first = [row for row in districts if row["round"] == 1 and row["province"] == "TH27"]
    by = Counter[str]()
    for row in of_first:
        by[row["nationality"]] += row["present"]
    assert by["khm"] > 0.85 * sum(by.values())


def test_the_same_seed_gives_the_same_bytes_and_every_form_reads_well(
    mission: Mission,
    people: simulate.SitePeople,
    mission_forms: Mapping[str, Form],
    settings: simulate.Settings,
    sent: list[Submission],
) -> None:
    again = simulate.SiteVisits(mission, people, mission_forms, settings.fieldwork, seed=7)
    assert [one.xml for one in islice(again, 500)] == [one.xml for one in sent[:500]]
    reader = forms.Reader([mission_forms["key_informant"], mission_forms["site_count"]])
    seen: Counter[tuple[str, bool | None]] = Counter()
    for one in sent[:2000]:
        reading = reader.read(one.xml)
        assert not reading.faults, reading.faults
        seen[reading.form, reading.consented] += 1
    assert seen["key_informant", True] > seen["key_informant", None] > 0 < seen["key_informant", False]
    assert {consented for form, consented in seen if form == "site_count"} == {None}
    assert len(sent) < 12_000


def test_what_informants_say_does_not_depend_on_who_is_counted(
    mission: Mission,
    people: simulate.SitePeople,
    mission_forms: Mapping[str, Form],
    settings: simulate.Settings,
    sent: list[Submission],
) -> None:
    uncounted = replace(
        people,
        exercise=replace(people.exercise, rounds=tuple(replace(one, counted=None) for one in people.exercise.rounds)),
    )
    without = visits(mission, uncounted, mission_forms, settings)

    def said(all_sent: list[Submission]) -> dict[bytes, list[bytes]]:
        """What every informant said, by the submission's id."""
        asked = [one.xml for one in all_sent if b'id="key_informant"' in one.xml]
        numbers = rb"<(?:persons_present|informant|men|arrivals|persons_of_nationality|number_from)>[^<]*"
        return {re.findall(rb"uuid:[0-9a-f-]+", xml)[0]: re.findall(numbers, xml) for xml in asked}

    counts = sum(b'id="site_count"' in one.xml for one in sent)
    assert counts > 1_000
    assert len(without) == len(sent) - counts
    assert said(without) == said(sent)


def test_a_form_that_does_not_offer_a_nationality_is_refused(
    mission: Mission, people: simulate.SitePeople, mission_forms: Mapping[str, Form], settings: simulate.Settings
) -> None:
    elsewhere = replace(people, nationalities=("prk", *people.nationalities[1:]))
    with pytest.raises(Problem, match="prk"):
        simulate.SiteVisits(mission, elsewhere, mission_forms, settings.fieldwork, seed=7)
    swapped = replace(people, exercise=replace(people.exercise, forms={FormConcept.KEY_INFORMANT: "site_count"}))
    with pytest.raises(Problem, match="no key-informant form"):
        simulate.SiteVisits(mission, swapped, mission_forms, settings.fieldwork, seed=7)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('exercise = "border-districts"', 'exercise = "border"', "border-districts"),
        ("TH85 = 120\n", "", "median says nothing of TH85"),
        ("TH85 = { mmr = 99, lao = 1 }\n", "", "nationality says nothing of TH85"),
        ('area = "TH6306"', 'area = "TH0000"', "TH0000"),
        ("register = 10, list", "registre = 10, list", "registre"),
        ("missed = 0.02", "mist = 0.02", "mist"),
        ("{ 1 = 25,", "{ some = 25,", "no whole number"),
    ],
)
def test_a_mistake_in_the_parameters_is_found(
    mission: Mission, exercise: MobilityExercise, tmp_path: Path, old: str, new: str, said: str
) -> None:
    shutil.copy(mission.folder / "sites.toml", tmp_path)
    text = (tmp_path / "sites.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "sites.toml").write_text(text.replace(old, new, 1), "utf-8")
    _, found = simulate.find_sites(replace(mission, folder=tmp_path), {exercise.id: exercise})
    assert any(said in str(one) for one in found), [str(one) for one in found]
