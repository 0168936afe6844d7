"""Every entry of the catalogue says what is wrong and what to do."""

from __future__ import annotations

import string

import pytest

from saphan.core.problem import CATALOGUE, At, Problem, finding, problem


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_problem_has_a_way_out(code: str) -> None:
    kind = CATALOGUE[code]
    assert kind.what
    assert kind.remedy
    assert 400 <= kind.status < 600


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_problem_can_be_said(code: str) -> None:
    kind = CATALOGUE[code]
    names = {
        name.split(".")[0].split("[")[0]
        for text in (kind.what, kind.remedy)
        for _, name, _, _ in string.Formatter().parse(text)
        if name
    }
    said = str(finding(code, At(file="mission.toml", row=3), **dict.fromkeys(names, 7)))
    assert said.startswith("mission.toml, row 3: ")
    assert not [name for name in names if f"{{{name}}}" in said]


def test_a_problem_says_where_what_and_what_to_do() -> None:
    error = problem("csv.column", At(file="places/points.csv"), column="pcode", needed="id, pcode")
    assert isinstance(error, Problem)
    assert error.status == 400
    assert str(error) == (
        "places/points.csv: The column pcode is missing. Add it to the header row; the columns needed are id, pcode."
    )
