"""Weights of an assessment: who stands for whom, and what is said of those who are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from saphan.analyse.indicators.plans.weighting import kish, weigh
from saphan.collect.rounds.assessments import Area, HouseholdAssessment
from saphan.core import period as periods
from saphan.core.text import Text

PLACES = {"XA11": ("XA1", "XA11"), "XA2": ("XA2",)}


def area(name: str, stratum: str, households: int, chance: float = 0.5, clusters: int | None = None) -> Area:
    return Area(
        id=name,
        stratum=stratum,
        place="XA11" if stratum == "north" else "XA2",
        chance=chance,
        clusters=clusters,
        households=households,
        interviews=3,
    )


def assessed(*areas: Area) -> HouseholdAssessment:
    return HouseholdAssessment(
        id="needs",
        title=Text({"en": "Needs"}),
        form="household",
        period=periods.parse("2024"),
        areas=areas,
        sample="samples/needs.csv",
        plan="plans/needs.csv",
    )


def answers(cluster: Sequence[str | None], number: Sequence[int | None] | None = None) -> pa.Table:
    columns = {"submission": [f"s{place}" for place in range(len(cluster))], "cluster": pa.array(cluster, pa.string())}
    return pa.table(columns | ({} if number is None else {"household_number": pa.array(number, pa.int64())}))


def test_the_households_of_an_area_stand_for_all_that_it_lists_over_its_chance() -> None:
    of = assessed(area("a", "north", 30, 0.1), area("b", "north", 20, 0.2), area("c", "south", 8, 1.0))
    found = weigh(of, answers(["a", "a", "b", "c", "c", "c", "c"]), PLACES)
    assert found.sample.column("weight").to_pylist() == pytest.approx([150, 150, 100, 2, 2, 2, 2])
    assert found.sample.column("admin1").to_pylist() == ["XA1"] * 3 + ["XA2"] * 4
    assert found.sample.column("admin2").to_pylist() == ["XA11"] * 3 + [None] * 4
    assert {one.stratum: one.represents for one in found.strata} == pytest.approx({"north": 400, "south": 8})
    assert (found.n, found.left_out, found.notes) == (7, 0, ())


def test_an_area_without_interviews_is_stood_for_by_its_stratum() -> None:
    of = assessed(area("a", "north", 30, 0.1), area("b", "north", 20, 0.2), area("c", "south", 8), area("d", "east", 9))
    found = weigh(of, answers(["a", "a", "c"]), PLACES)
    assert found.sample.column("weight").to_pylist() == pytest.approx([200, 200, 16])  # 400 households of two areas
    said = "\n".join(found.notes)
    assert "1 area of stratum north without interviews (b)" in said
    assert "x 1.333" in said
    assert "Stratum east has no interviews" in said
    assert [(one.stratum, one.drawn, one.reached, one.made) for one in found.strata] == [
        ("north", 2, 1, 2),
        ("south", 1, 1, 1),
        ("east", 1, 0, 0),
    ]


def test_who_was_not_drawn_or_was_asked_twice_is_left_out_and_told() -> None:
    of = assessed(area("a", "north", 30), area("b", "north", 20))
    found = weigh(of, answers(["a", "a", "b", None, "z", "a", "a"], [1, 2, 1, 1, 1, 1, None]), PLACES)
    assert found.sample.column("submission").to_pylist() == ["s0", "s1", "s2", "s6"]
    assert found.left_out == 3
    assert [one.split(",")[0] for one in found.notes] == ["2 households left out", "1 interview left out"]
    assert "no area, z" in found.notes[0]


def test_more_interviews_than_households_listed_is_growth() -> None:
    found = weigh(assessed(area("a", "north", 2, 0.5), area("b", "north", 9)), answers(["a", "a", "a", "b"]), PLACES)
    assert found.sample.column("weight").to_pylist() == pytest.approx([2, 2, 2, 18])
    assert "more households interviewed than listed (a)" in found.notes[0]


def test_populations_make_two_stages_and_their_absence_one() -> None:
    one = weigh(assessed(area("a", "north", 30), area("b", "north", 20)), answers(["a", "b"]), PLACES).design
    assert (one.clusters, one.populations) == (("cluster",), ())
    known = [area("a", "north", 30, clusters=40), area("b", "north", 20, clusters=40)]
    two = weigh(assessed(*known), answers(["a", "b"]), PLACES)
    assert (two.design.clusters, two.design.populations) == (
        ("cluster", "submission"),
        ("clusters", "households_listed"),
    )
    assert two.sample.column("clusters").to_pylist() == [40, 40]


def test_nobody_of_a_drawn_area_is_an_error_that_says_where_to_look() -> None:
    with pytest.raises(ValueError, match="compare the answers to cluster"):
        weigh(assessed(area("a", "north", 30)), answers(["z"]), PLACES)


def test_unequal_weights_have_their_design_effect() -> None:
    assert kish(np.full(9, 3.0)) == pytest.approx(1.0)
    assert kish(np.array([1.0, 3.0])) == pytest.approx(2 * 10 / 16)
