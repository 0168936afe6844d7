"""Invented populations: they are what their parameters say, and their interviews read back without a fault."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from saphan.collect import forms, rounds, simulate
from saphan.collect.forms.model import Form, Reading, State
from saphan.collect.rounds import HouseholdAssessment
from saphan.collect.rounds.study_reading import load_study
from saphan.core.problem import Problem
from saphan.mission.model import Mission

FRAME = "household-assessment"


@pytest.fixture(scope="session")
def assessment(mission: Mission) -> HouseholdAssessment:
    """The seed mission's needs assessment."""
    (only,) = rounds.load_assessments(mission)
    return only


@pytest.fixture(scope="session")
def population(mission: Mission, assessment: HouseholdAssessment) -> simulate.Everybody:
    """Its invented households."""
    peopled = simulate.load_population(mission, assessment)
    assert peopled is not None
    return simulate.everybody(peopled, mission.places, seed=7)


@pytest.fixture(scope="session")
def truth(population: simulate.Households) -> Mapping[str, pa.Table]:
    """What is true of all of them."""
    return population.truth()


@pytest.fixture(scope="session")
def form(mission_forms: Mapping[str, Form], assessment: HouseholdAssessment) -> Form:
    """What they are asked."""
    return mission_forms[assessment.form]


@pytest.fixture(scope="session")
def readings(
    mission: Mission, population: simulate.Everybody, form: Form, settings: simulate.Settings
) -> list[Reading]:
    """The interviews, read back."""
    reader = forms.Reader([form])
    made = simulate.Interviews(mission, population, form, settings.fieldwork, seed=7)
    return [reader.read(submission.xml) for submission in made]


def told(form: Form, reading: Reading, concept: str) -> tuple[object, State]:
    """The answer of a household to the question of a concept, and its state."""
    place = next(index for index, question in enumerate(form.root.questions) if question.concept == concept)
    return reading.tables[0].values[0][place], State(reading.tables[0].states[0][place])


def test_every_interview_reads_back_without_a_fault(readings: list[Reading]) -> None:
    assert [reading.faults for reading in readings if reading.faults] == []
    assert len({reading.instance for reading in readings}) == len(readings)


def test_drawn_households_send_a_form_unless_nobody_was_there(
    assessment: HouseholdAssessment, population: simulate.Everybody, readings: list[Reading]
) -> None:
    drawn, visits = sum(area.interviews for area in assessment.areas), population.peopled.settings.visits
    assert len(readings) == pytest.approx(drawn * (1 - visits.absent), abs=30)  # 3.7 standard deviations of 8
    refused = sum(reading.consented is False for reading in readings)
    assert refused == pytest.approx(drawn * visits.refused, abs=28)


def test_no_household_gets_both_instruments_and_all_say_who_they_are(form: Form, readings: list[Reading]) -> None:
    given: Counter[object] = Counter()
    for reading in readings:
        if not reading.consented:
            continue
        instrument, _ = told(form, reading, "instrument")
        asked = {
            name: told(form, reading, concept)[1] is not State.NOT_ASKED
            for name, concept in (("a", "food_days_cereals"), ("b", "shelter_type"))
        }
        assert asked == {"a": instrument == "a", "b": instrument == "b"}
        assert told(form, reading, "head_sex")[1] is State.ANSWERED
        size, _ = told(form, reading, "household_size")
        assert len(reading.tables[1].values) == size
        given[instrument] += 1
    assert set(given) == {"a", "b"}
    assert abs(given["a"] - given["b"]) < 60


def test_equal_seeds_give_equal_bytes_and_other_seeds_others(
    mission: Mission, population: simulate.Everybody, form: Form, settings: simulate.Settings
) -> None:
    peopled = population.peopled
    few = replace(peopled, survey=replace(peopled.survey, areas=peopled.survey.areas[:3]))
    asked = replace(population, peopled=few)

    def made(seed: int) -> list[bytes]:
        return [one.xml for one in simulate.Interviews(mission, asked, form, settings.fieldwork, seed=seed)]

    assert made(1) == made(1)
    assert made(1) != made(2)
    again = simulate.everybody(peopled, mission.places, seed=7).truth()
    assert again[FRAME].equals(population.truth()[FRAME])
    other = simulate.everybody(peopled, mission.places, seed=8).truth()
    assert not other[FRAME].equals(again[FRAME])


def test_the_truth_has_every_household_of_every_area_and_its_members(
    population: simulate.Everybody, truth: Mapping[str, pa.Table]
) -> None:
    areas = population.peopled.areas
    whole, members = truth[FRAME], truth[f"{FRAME}.member"]
    assert Counter(whole["cluster"].to_pylist()) == {name: one.households for name, one in areas.items()}
    assert whole["province"].equals(whole["stratum"])  # of this assessment: provinces are its strata
    assert len(members) == pc.sum(whole["household_size"]).as_py()
    heads = members.filter(pc.equal(members["relation_to_head"], "head"))
    assert heads["submission"].equals(whole["submission"])
    assert heads["age"].equals(whole["head_age"])
    assert pc.max(heads["row"]).as_py() == 0


def test_the_truth_has_every_column_that_a_frame_of_answers_has(form: Form, truth: Mapping[str, pa.Table]) -> None:
    visit = {"started_at", "ended_at", "household_number", "enumerator", "observed_date", "instrument", "consent"}
    for table, frame in zip(form.tables, truth.values(), strict=True):
        asked = {question.concept for question in table.questions if question.concept} - visit
        assert asked - set(frame.column_names) == set()


def test_answers_follow_their_weights_and_hardship(truth: Mapping[str, pa.Table]) -> None:
    whole = truth[FRAME]
    # 55 of 100 whatever the hardship; four standard deviations of 35,000 households are 0.011
    assert pc.mean(pc.equal(whole["settlement"], "urban")).as_py() == pytest.approx(0.55, abs=0.011)
    hungry = {
        province: pc.mean(
            pc.equal(whole.filter(pc.equal(whole["province"], province))["hunger_no_food"], "yes")
        ).as_py()
        for province in ("TH63", "TH74")
    }
    assert hungry["TH63"] > 1.5 * hungry["TH74"]  # the hardest and the easiest province of the population's file


def test_who_is_not_asked_has_no_answer(truth: Mapping[str, pa.Table]) -> None:
    whole, members = truth[FRAME], truth[f"{FRAME}.member"]
    asked = pc.is_valid(whole["hunger_no_food_frequency"])
    assert asked.equals(pc.equal(whole["hunger_no_food"], "yes"))
    assert pc.equal(whole["hunger_no_food_frequency.state"], State.ANSWERED).equals(asked)
    school = pc.and_(pc.greater_equal(members["age"], 5), pc.less_equal(members["age"], 17))
    assert pc.is_valid(members["attends_school"]).equals(school)
    unknown = pc.equal(whole["drinking_water_reach.state"], State.DONT_KNOW)
    assert unknown.equals(pc.is_valid(whole["drinking_water_minutes_band"]))
    assert pc.sum(unknown).as_py() == len(whole) - pc.sum(pc.is_valid(whole["drinking_water_reach"])).as_py() > 0
    for row in whole.slice(0, 500).select(["services_needed", "services_asked_for", "services_obtained"]).to_pylist():
        needed, sought, got = (set(row[name] or ()) - {"none"} for name in row)
        assert got <= sought <= needed


def test_weighted_interviews_come_near_the_truth(
    assessment: HouseholdAssessment, truth: Mapping[str, pa.Table], form: Form, readings: list[Reading]
) -> None:
    answered = [reading for reading in readings if reading.consented]
    area = [told(form, reading, "cluster")[0] for reading in answered]
    size = np.array([told(form, reading, "household_size")[0] for reading in answered], dtype=float)
    made, by_id = Counter(area), {one.id: one for one in assessment.areas}
    weight = np.array([by_id[str(one)].households / by_id[str(one)].chance / made[one] for one in area])
    assert weight.sum() == pytest.approx(len(truth[FRAME]), rel=0.1)
    true = pc.mean(truth[FRAME]["household_size"]).as_py()
    error = float(np.std(size) / np.sqrt(size.size / 2))  # of a design effect of 2
    assert float(np.average(size, weights=weight)) == pytest.approx(true, abs=4 * error)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('areas = "samples/msna-2023-frame.csv"', "", "The key 'areas' is missing"),
        ('concepts = ["eviction_risk"]', 'concepts = ["evicton_risk"]', "no concept 'evicton_risk'"),
        ("weights = { no = 86, yes = 14 }", "weights = { no = 86, maybe = 14 }", "'maybe' is no code of eviction_risk"),
        ("weights = { no = 86, yes = 14 }", "", "exactly one of weights"),
        ("TH85 = 0.05", "TH95 = 0.05", "The stratum TH85 has no hardship"),
        ("absent = 0.07", "absent = 1.07", "absent"),
        ("absent = 0.07", "absent = 0.07\nasleep = 0.1", "asleep"),
    ],
)
def test_each_mistake_in_the_parameters_is_said(
    mission: Mission, assessment: HouseholdAssessment, tmp_path: Path, old: str, new: str, said: str
) -> None:
    name = "populations/msna-2023.toml"
    text = (mission.folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "populations").mkdir()
    (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    shutil.copytree(mission.folder / "samples", tmp_path / "samples")
    spoilt = replace(mission, folder=tmp_path)
    with pytest.raises(Problem) as raised:
        simulate.load_population(spoilt, assessment)
    assert said in raised.value.findings[0].what
    assert raised.value.findings[0].at.file == name


def test_a_population_of_nothing_is_said(mission: Mission, assessment: HouseholdAssessment, tmp_path: Path) -> None:
    shutil.copytree(mission.folder / "populations", tmp_path / "populations")
    shutil.copytree(mission.folder / "samples", tmp_path / "samples")
    (one, other) = simulate.find_populations(replace(mission, folder=tmp_path), [assessment])
    assert "no assessment and no study 'digital-competency'" in one.what
    assert other.at.file == "populations/migrant-perception.toml"


def test_a_code_that_the_form_does_not_offer(
    mission: Mission, population: simulate.Everybody, form: Form, settings: simulate.Settings
) -> None:
    lists = {name: [one for one in listed if one.name != "candle"] for name, listed in form.choices.items()}
    lacking = replace(form, choices={name: tuple(listed) for name, listed in lists.items()})
    with pytest.raises(Problem, match="candle"):
        simulate.Interviews(mission, population, lacking, settings.fieldwork, seed=1)


@pytest.mark.parametrize("study", ["migrant-perception", "digital-competency"])
def test_people_of_a_study_answer_all_that_its_form_asks(
    mission: Mission, mission_forms: Mapping[str, Form], settings: simulate.Settings, study: str
) -> None:
    opened = load_study(mission, study)
    peopled = simulate.load_population(mission, opened)
    assert peopled is not None
    people = simulate.everybody(peopled, mission.places, seed=5)
    (frame,) = people.truth().values()
    form = mission_forms[opened.form]
    visit = {"started_at", "ended_at", "household_number", "enumerator", "consent"}
    asked = {question.concept for question in form.root.questions if question.concept}
    assert asked - visit - set(frame.column_names) == set()
    assert len(frame) == sum(unit.households for unit in opened.units)
    places = mission.places.areas
    assert set(frame["province"].to_pylist()) == {pcode for pcode in places if places[pcode].level == 1} & {
        unit.place[:4] for unit in opened.units
    }

    made = list(simulate.Interviews(mission, people, form, settings.fieldwork, seed=5))
    reader = forms.Reader([form])
    readings = [reader.read(submission.xml) for submission in made]
    assert [reading.faults for reading in readings if reading.faults] == []
    answered = [reading for reading in readings if reading.consented]
    areas = Counter(told(form, reading, "cluster")[0] for reading in answered)
    wanted = {area.id: area.interviews for area in peopled.survey.areas}
    assert all(areas[area] <= number for area, number in wanted.items())
    assert (
        0.93 * sum(wanted.values()) < len(answered) < sum(wanted.values())
    )  # some areas run out of people to approach
    assert len(readings) > len(answered)
    for concept in asked - visit:
        states = Counter(told(form, reading, concept)[1] for reading in answered)
        assert states[State.ANSWERED] > 0.2 * len(answered), concept
        assert states[State.EMPTY] == 0, concept
        if concept.startswith("trusts_"):
            assert states[State.DONT_KNOW] > 0 < states[State.REFUSED], concept


def test_two_surveys_of_a_mission_share_no_chance(
    mission: Mission, mission_forms: Mapping[str, Form], settings: simulate.Settings
) -> None:
    seen: set[bytes] = set()
    for study in ("migrant-perception", "digital-competency"):
        opened = load_study(mission, study)
        peopled = simulate.load_population(mission, opened)
        assert peopled is not None
        people = simulate.everybody(peopled, mission.places, seed=5)
        made = simulate.Interviews(mission, people, mission_forms[opened.form], settings.fieldwork, seed=5)
        instances = {one.xml.partition(b"<instanceID>")[2][:41] for one in made}
        assert not seen & instances
        seen |= instances


def test_one_of_several_may_stand_alone(mission: Mission) -> None:
    peopled = simulate.load_population(mission, load_study(mission, "migrant-perception"))
    assert peopled is not None
    (frame,) = simulate.everybody(peopled, mission.places, seed=5).truth().values()
    told_of = frame["information_sources"].to_pylist()
    assert min(map(len, told_of)) == 1
    assert 0.81 < sum("friends" in one for one in told_of) / len(told_of) < 0.86  # 0.81, and who has no other source
