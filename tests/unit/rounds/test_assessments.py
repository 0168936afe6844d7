"""Reading assessments.toml and samples: what is read, and that every mistake gives one message with file and row."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from saphan import mission
from saphan.collect import rounds
from saphan.collect.rounds.assessment_reading import COLUMNS
from saphan.core.problem import Problem
from saphan.estimate import sampling
from saphan.estimate.survey.design import Lonely, SamplingBasis
from saphan.mission import Mission
from saphan.pipeline.checking import check

SAMPLE = "samples/msna-2023.csv"
TOML = "assessments.toml"
FIRST = "TH23-002,TH23,TH2301,0.375538329,,118,10"


@pytest.fixture
def opened(thailand: Path, tmp_path: Path) -> Mission:
    """The seed mission, with a folder whose assessment may be spoilt."""
    folder = tmp_path / "spoilt"
    for name in ("forms", "samples", "plans"):
        shutil.copytree(thailand / name, folder / name)
    shutil.copy(thailand / TOML, folder)
    return replace(mission.open(thailand), folder=folder)


def spoil(opened: Mission, file: str, old: str, new: str) -> None:
    """Replace one text of a file, which must stand there once."""
    path = opened.folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_assessment_as_it_was_drawn(thailand: Path) -> None:
    (assessment,) = rounds.load_assessments(mission.open(thailand))
    assert (assessment.id, assessment.form) == ("msna-2023", "household_assessment")
    assert (assessment.basis, assessment.lonely) == (SamplingBasis.PROBABILITY, Lonely.FAIL)
    assert set(assessment.title) == {"en", "th", "my", "km"}
    strata = Counter(area.stratum for area in assessment.areas)
    assert strata == {"TH23": 12, "TH27": 20, "TH63": 26, "TH74": 24, "TH85": 16}
    assert all(area.place.startswith(area.stratum) and area.clusters is None for area in assessment.areas)


def test_the_areas_are_those_that_the_seed_draws_from_the_list(thailand: Path) -> None:
    (assessment,) = rounds.load_assessments(mission.open(thailand))
    with (thailand / "samples" / "msna-2023-frame.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    frame = pa.table({name: [row[name] for row in rows] for name in ("cluster", "stratum")})
    frame = frame.append_column("households", pa.array([int(row["households"]) for row in rows]))
    stage = sampling.Stage(
        unit="cluster",
        method=sampling.Method.PPS,
        measure="households",
        stratum=("stratum",),
        size=dict(Counter(area.stratum for area in assessment.areas)),
    )
    drawn = sampling.draw(frame, stage, seed=2023).active.to_pylist()
    assert {row["cluster"]: row["probability"] for row in drawn} == pytest.approx(
        {area.id: area.chance for area in assessment.areas}, abs=1e-9
    )


def test_a_mission_may_have_no_assessment(opened: Mission) -> None:
    (opened.folder / TOML).unlink()
    assert rounds.find_assessments(opened) == ((), [])


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column", "said"),
    [
        (SAMPLE, FIRST, FIRST.replace("0.375538329", "1.2"), 2, "chance", "above 0 and up to 1"),
        (SAMPLE, FIRST, FIRST.replace("0.375538329", "0"), 2, "chance", "above 0 and up to 1"),
        (SAMPLE, FIRST, FIRST.replace("0.375538329", "most"), 2, "chance", "above 0 and up to 1"),
        (SAMPLE, FIRST, FIRST.replace("TH2301", "TH2399"), 2, "pcode", "no place with P-code TH2399"),
        (SAMPLE, FIRST, FIRST.replace(",118,", ",0,"), 2, "households", "1 or more"),
        (SAMPLE, FIRST, FIRST.replace(",118,10", ",9,10"), 2, "interviews", "from 1 to the households"),
        (SAMPLE, FIRST, FIRST.replace(",TH23,", ",,"), 2, "stratum", "the name of a stratum"),
        (SAMPLE, FIRST, FIRST.replace(",TH23,", ",elsewhere,"), 2, "stratum", "two areas or more"),
        (SAMPLE, FIRST, FIRST.replace(",,", ",50,"), 3, "clusters", "TH23 have: 50"),
        (SAMPLE, FIRST, FIRST.replace(",,", ",few,"), 2, "clusters", "a whole number of areas"),
        (SAMPLE, "TH23-007", "TH23-002", 3, "cluster", "TH23-002 stands here twice"),
        (SAMPLE, "cluster,stratum", "area,stratum", 1, None, "column cluster is missing"),
        (TOML, '"2023-06-05..2023-07-02"', '"June"', 9, None, "not a period"),
        (TOML, '"2023-06-05..2023-07-02"', '"2023-07-02..2023-06-05"', 9, None, "not a period"),
        (TOML, '"household_assessment"', '"household_asessment"', 8, None, "no form forms/household_asessment.xlsx"),
        (TOML, '"plans/msna-2023.csv"', '"plans/msna-2024.csv"', 11, None, "no file plans/msna-2024.csv"),
        (TOML, '"samples/msna-2023.csv"', '"../msna-2023.csv"', 10, None, "sample"),
        (TOML, '"probability"', '"chance"', 12, None, "'probability'"),
        (TOML, 'my = "', 'lo = "', 15, None, "no words in my"),
    ],
)
def test_each_mistake_is_said_at_its_place(
    opened: Mission, file: str, old: str, new: str, row: int, column: str | None, said: str
) -> None:
    spoil(opened, file, old, new)
    _, found = rounds.find_assessments(opened)
    assert found
    first = found[0]
    assert (first.at.file, first.at.row, first.at.column) == (file, row, column)
    assert said in f"{first.what} {first.remedy}"


def test_more_areas_than_the_stratum_has(opened: Mission) -> None:
    path = opened.folder / SAMPLE
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows[1:]:
        row[4] = "15"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    _, found = rounds.find_assessments(opened)
    assert {finding.at.column for finding in found} == {"clusters"}
    assert len(found) == 20 + 26 + 24 + 16  # TH23 has 12


def test_a_stratum_of_one_area_is_let_be_where_the_assessment_says_how(opened: Mission) -> None:
    spoil(opened, SAMPLE, FIRST, FIRST.replace(",TH23,", ",elsewhere,"))
    spoil(opened, TOML, 'basis = "probability"', 'lonely = "adjust"')
    assessments, found = rounds.find_assessments(opened)
    assert not found
    assert assessments[0].lonely is Lonely.ADJUST


def test_everything_is_found_in_one_pass_and_loading_says_all_of_it(opened: Mission) -> None:
    spoil(opened, SAMPLE, FIRST, FIRST.replace("TH2301", "TH2399"))
    spoil(opened, SAMPLE, "TH23-007", "")
    spoil(opened, TOML, '"plans/msna-2023.csv"', '"plans/msna-2024.csv"')
    with pytest.raises(Problem) as raised:
        rounds.load_assessments(opened)
    assert {(each.at.file, each.at.row) for each in raised.value.findings} == {(SAMPLE, 2), (SAMPLE, 3), (TOML, 11)}


def test_two_assessments_of_one_name(opened: Mission) -> None:
    path = opened.folder / TOML
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    assessments, found = rounds.find_assessments(opened)
    assert len(assessments) == 1
    assert [each.code for each in found] == ["name.duplicate"]


def test_a_sample_without_rows(opened: Mission) -> None:
    (opened.folder / SAMPLE).write_text(",".join(COLUMNS), encoding="utf-8")
    _, found = rounds.find_assessments(opened)
    assert [each.code for each in found] == ["csv.value"]


def test_an_area_that_the_form_does_not_offer(thailand: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thailand"
    shutil.copytree(thailand, folder)
    path = folder / SAMPLE
    path.write_text(path.read_text(encoding="utf-8").replace("TH23-002,", "TH23-001,"), encoding="utf-8")
    _, found = check(folder)
    assert [(each.at.file, each.at.column) for each in found] == [(SAMPLE, "cluster")]
    assert "TH23-001" in found[0].what
