"""Studies: their mistakes in one pass, sizes that are those of the sampling library, draws that can be made again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from saphan import mission as missions
from saphan.collect.rounds.assessment_reading import read_areas
from saphan.collect.rounds.studies import STRATUM, Study, Wanted
from saphan.collect.rounds.study_drawing import draw_study, encode_record, encode_sample
from saphan.collect.rounds.study_reading import find_studies, load_study
from saphan.collect.rounds.study_sizes import size
from saphan.core.problem import Finding, Problem
from saphan.estimate.sampling import Method, Rule, Terms, design_effect, of_shares, size_for_mean, size_for_proportion
from saphan.estimate.survey.design import Lonely

SEED = Path(__file__).resolve().parents[3] / "missions" / "thailand-2023"
NAME = "migrant-perception"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the seed mission that may be broken."""
    return Path(shutil.copytree(SEED, tmp_path / "thailand-2023"))


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(missions.open(SEED), NAME)


def test_every_mistake_of_a_study_is_found_in_one_pass(folder: Path) -> None:
    path = folder / "studies" / f"{NAME}.toml"
    text = path.read_text("utf-8")
    for right, wrong in (
        ('form = "migrant_perception"', 'form = "migrant_perceptio"'),
        ('period = "2023-06-01..2023-07-15"', 'period = "June"'),
        ('allocation = "equal"', 'allocation = "neyman"'),
        ("interviews = 12", "interviews = 12\nclusters = { border = 99, coast = 1, hills = 3 }"),
        ("half_width = 0.05", "half_width = 0.05\ndifference = 0.1"),
        ("smallest = 0.45", ""),
        ("difference = 0.12", "difference = 0.72"),
        ("share = 0.4\nhalf_width = 0.08", "mean = 0.4\nhalf_width = 0.08"),
    ):
        assert right in text
        text = text.replace(right, wrong)
    path.write_text(text, "utf-8")
    frame = folder / "studies" / f"{NAME}.frame.csv"
    rows = frame.read_text("utf-8").splitlines()
    rows[2] = rows[1]
    rows[3] = "BOR-003,border,TH9999,0"
    frame.write_text("\n".join(rows), "utf-8")
    studies, found = find_studies(missions.open(folder))
    assert [one.id for one in studies] == ["digital-competency"]
    told = [str(one) for one in found]
    for words in (
        "Did you mean 'migrant_perception'?",
        "'June' is not a period",
        "shared out by one of proportional, equal, compromise",
        "either a `half_width`, or a `difference`",
        "`smallest` is the share of its smallest group",
        "Share and difference together lie outside 0 to 1",
        "A `mean` needs the `deviation`",
        "There is no place with P-code TH9999",
        "'0' is not a whole number of units",
        "BOR-001 stands here twice",
        "The frame has no stratum 'hills'",
        "99 are to be drawn",
        "Of one cluster of coast no error can be known",
        "The frame has a stratum capital",
    ):
        assert any(words in one for one in told), words


def test_a_study_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(Problem, match="Did you mean 'migrant-perception'"):
        load_study(missions.open(SEED), "migrants-perception")


def _with(study: Study, *wanted: Wanted, **design: object) -> Study:
    return replace(study, estimates=wanted, design=replace(study.design, **design))


def test_each_stratum_has_the_size_that_the_library_gives_it(study: Study) -> None:
    found = size(_with(study, Wanted(of="y", share=0.4, half_width=0.08, by=STRATUM)))
    for one in found.strata:
        terms = Terms(deff=design_effect(12, 0.05), population=one.population, response=0.85)
        needed = size_for_proportion(0.4, 0.08, terms)
        assert one.interviews - 12 < needed.complete <= one.interviews
        assert one.approach == one.clusters * 15, "12 of 0.85"


def test_clusters_are_as_few_as_the_whole_allows(study: Study) -> None:
    wanted = Wanted(of="y", mean=20.0, deviation=8.0, half_width=0.9)
    proportional = {"allocation": Rule.PROPORTIONAL}
    found = size(_with(study, wanted, **proportional))
    population = sum(one.population for one in found.strata)
    equal = size_for_mean(8.0, 0.9, Terms(deff=design_effect(12, 0.05), population=population))
    # Whole clusters cannot be shared out quite in proportion, so that weights differ by a little.
    assert equal.complete <= found.interviews <= 1.02 * equal.complete + 12
    fewer = {one.stratum: one.clusters for one in found.strata}
    fewer[max(fewer, key=lambda name: fewer[name])] -= 1
    assert not size(_with(study, wanted, clusters=fewer, **proportional)).estimates[0].enough


def test_two_groups_that_cut_across_the_clusters_are_told_apart_with_the_power_wanted(study: Study) -> None:
    wanted = Wanted(of="y", share=0.3, difference=0.12, by="sex", smallest=0.4)
    one = size(_with(study, wanted, correlation=0.0)).estimates[0]
    plain = of_shares(0.3, 0.42, ratio=1.5)
    # Strata drawn alike although unlike in size cost what their weights cost; nothing else is added.
    assert one.needed == pytest.approx(plain.size(0.12).exact.sum() * one.design_effect, abs=1)
    assert 0.8 <= one.reached < 0.85
    assert size(_with(study, wanted)).estimates[0].needed > one.needed


def test_clusters_of_unlike_size_drawn_with_one_chance_need_more(study: Study) -> None:
    wanted = Wanted(of="y", share=0.5, half_width=0.05)
    sized = size(_with(study, wanted)).interviews
    units = tuple(replace(unit, measure=1.0) for unit in study.units)
    drawn = replace(_with(study, wanted, method=Method.SIMPLE), units=units)
    assert size(drawn).interviews > 1.2 * sized


def test_a_frame_that_is_too_small_is_told(study: Study) -> None:
    with pytest.raises(Problem, match="clusters are needed, and the frame has"):
        size(_with(study, Wanted(of="y", share=0.5, half_width=0.02, by=STRATUM)))
    with pytest.raises(Problem, match="all 215 clusters of the frame are too few"):
        size(_with(study, Wanted(of="y", share=0.5, half_width=0.01)))


def test_a_draw_is_the_same_again_and_reads_as_the_sample_of_an_assessment(study: Study, folder: Path) -> None:
    clusters = size(study).clusters
    areas, record = draw_study(study, clusters)
    assert (areas, record) == draw_study(study, clusters)
    assert record.seed == 20230517
    assert b'"seed": 20230517' in encode_record(record)
    (folder / "samples" / "again.csv").write_bytes(encode_sample(areas))
    found: list[Finding] = []
    read = read_areas(missions.open(folder), "samples/again.csv", lonely=Lonely.FAIL, found=found)
    assert (read, found) == (areas, [])
    for stratum, number in clusters.items():
        mine = [one for one in areas if one.stratum == stratum]
        assert len(mine) == number
        assert all(one.clusters is None for one in mine)
    other, _ = draw_study(replace(study, design=replace(study.design, seed=1)), clusters)
    assert other != areas


def test_a_simple_draw_says_how_many_clusters_there_were(study: Study) -> None:
    areas, _ = draw_study(
        _with(study, *study.estimates, method=Method.SIMPLE), {"border": 14, "coast": 11, "capital": 9}
    )
    assert {one.stratum: (one.clusters, round(one.chance, 6)) for one in areas} == {
        "border": (70, 0.2),
        "coast": (55, 0.2),
        "capital": (90, 0.1),
    }
