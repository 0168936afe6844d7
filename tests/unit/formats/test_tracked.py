"""Stocks of districts under the names of the DTM API and of HDX HAPI: public figures only, traced, verified."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.releases import make_figure

from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish.figures import Figure, Kind, Register, propose
from saphan.publish.figures.agreement import Fault
from saphan.publish.formats import Tracked, dataset, disagreements, dtm, hapi, read_dataset

MONTH = "2023-11"
ROUNDS = {MONTH: (Tracked(exercise="Border districts", number=8, provinces=frozenset({"TH63", "TH85"})),)}
WHO = {"men": 3_010.0, "women": 2_620.0, "boys": 1_400.0, "girls": 1_300.0}


def stock(value: float, rests_on: int | None = None, **cell: str) -> Figure:
    rests = round(value) if rests_on is None else rests_on
    return make_figure(value, indicator="stock.present", period=MONTH, unit=Unit.PERSON, rests_on=rests, **cell)


def sites(number: float, district: str, state: str) -> Figure:
    return make_figure(
        number, indicator="stock.sites", period=MONTH, unit=Unit.SITE, kind=Kind.COUNT, district=district, state=state
    )


@pytest.fixture
def register(mission: Mission) -> Register:
    reported = replace(
        stock(1_200.0, district="TH8501"), low=None, high=None, standard_error=None, said=(900.0, 1_500.0), grade="C",
        basis="reports",
    )  # fmt: skip
    figures = [
        stock(8_330.0, district="TH6306"),
        *(stock(value, district="TH6306", who=who) for who, value in WHO.items()),
        stock(6.0, rests_on=6, district="TH6304"),
        reported,
        stock(9_000.0, province="TH63"),
        sites(25.0, "TH8501", "known"),
        sites(23.0, "TH8501", "assessed"),
    ]
    return propose(figures, (), mission=mission, frame="ab" * 32, facts={})


@pytest.fixture
def folder(register: Register, mission: Mission, tmp_path: Path) -> Path:
    dataset(register, mission, {}, tmp_path, ("en", "th", "my"), ROUNDS)
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_dtm_file_has_a_row_for_each_public_district(folder: Path, register: Register) -> None:
    found = {row["admin2Pcode"]: row for row in rows(folder / dtm.NAME)}
    assert set(found) == {"TH6306", "TH8501"}  # the third rests on six
    row, other = found["TH6306"], found["TH8501"]
    whole = register.figures[row["figure"]]
    assert float(row["numPresentIdpInd"]) == whole.rounded
    assert row["key"] == whole.key[:8]
    male, female = (
        sum(register.figures[f"stock.present/district=TH6306/who={who}/{MONTH}"].rounded or 0 for who in pair)
        for pair in (("men", "boys"), ("women", "girls"))
    )
    assert (float(row["numberMales"]), float(row["numberFemales"])) == (male, female)
    assert (other["numberMales"], other["numberFemales"]) == ("", "")
    assert (row["operation"], row["roundNumber"], row["reportingDate"]) == ("Border districts", "8", "2023-11-30")
    assert (row["admin1Pcode"], row["admin1Name"]) == ("TH63", "Tak")
    assert [*row][-3:] == ["figure", "key", "snapshot"]


def test_the_hapi_file_warns(folder: Path) -> None:
    found = rows(folder / hapi.NAME)
    assert [(row["gender"], row["age_range"], row["min_age"], row["max_age"]) for row in found[:5]] == [
        ("all", "all", "", ""),
        ("m", "18+", "18", ""),
        ("f", "18+", "18", ""),
        ("m", "0-17", "0", "17"),
        ("f", "0-17", "0", "17"),
    ]
    (warned,) = (row for row in found if row["admin2_code"] == "TH8501")
    for part in ("23 of 25 known sites", "no interval", "reports from 900 to 1500", "grade C", "round 8"):
        assert part in warned["warning"]
    assert "no interval" not in found[0]["warning"]
    assert all(row["error"] == "" for row in found)


@pytest.mark.parametrize(("name", "column"), [(dtm.NAME, "numPresentIdpInd"), (hapi.NAME, "population")])
def test_a_number_that_was_changed_is_found(
    folder: Path, register: Register, mission: Mission, name: str, column: str
) -> None:
    path = folder / name
    read = read_dataset(path)
    assert (read.name, read.frame) == (name, "ab" * 32)
    assert disagreements(read, register, mission, ROUNDS) == ()
    first = rows(path)[0]
    path.write_text(path.read_text("utf-8").replace(f",{first[column]},", ",8888,", 1), "utf-8")
    (wrong,) = disagreements(read_dataset(path), register, mission, ROUNDS)
    assert (wrong.fault, wrong.figure) == (Fault.TEXT, first["figure"])
    assert (wrong.expected, wrong.found) == (first[column], "8888")
    renumbered = {MONTH: (replace(ROUNDS[MONTH][0], number=9),)}
    assert len(disagreements(read, register, mission, renumbered)) == len(read.rows)


def test_columns_are_in_the_dictionary(folder: Path) -> None:
    told = {row["column"]: row["meaning_en"] for row in rows(folder / "dictionary.csv")}
    assert "non-nationals" in told["dtm.csv: numPresentIdpInd"]
    assert {f"hapi.csv: {name}" for name in hapi.COLUMNS} <= told.keys()


def test_without_stocks_there_are_no_such_files(mission: Mission, tmp_path: Path) -> None:
    nothing = propose([make_figure(900.0)], (), mission=mission, frame="ab" * 32, facts={})
    dataset(nothing, mission, {}, tmp_path, ("en",))
    assert not (tmp_path / dtm.NAME).exists()
    assert not (tmp_path / hapi.NAME).exists()
