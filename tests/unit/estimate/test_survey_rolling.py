"""Sums are rolled up: whichever groupings are asked for together, each has the bits that it has alone."""

from __future__ import annotations

from itertools import combinations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from saphan.estimate.engines.whole import joined, limbs, parts, rounded
from saphan.estimate.survey.plan import count, mean, ratio, share, total
from saphan.estimate.survey.rolling import cover
from saphan.estimate.survey.survey import Survey

QUANTITIES = (
    count(),
    total("x"),
    mean("y"),
    ratio("x", "y"),
    share("c"),
    share("c", aside="k"),
    mean("x", among={"c": "k"}),
)
GROUPINGS = ("a", "b", "c", ("a", "b"), ("b", "c"), ("a", "b", "c"))


@pytest.fixture
def people() -> pa.Table:
    """4,000 rows in 40 units of 4 strata, with values of very different size, gaps in answers and in domains."""
    rng = np.random.default_rng(11)
    rows = 4_000
    unit = rng.integers(0, 40, rows)
    gap = rng.uniform(size=(4, rows)) < 0.1
    return pa.table(
        {
            "stratum": unit // 10,
            "unit": unit,
            "weight": rng.gamma(2.0, 30.0, rows) * (rng.uniform(size=rows) < 0.95),
            "x": pa.array(rng.normal(size=rows) * 10.0 ** rng.integers(-8, 9, rows), mask=gap[0]),
            "y": pa.array(np.exp(rng.normal(size=rows)), mask=gap[1]),
            "a": pa.array(rng.integers(0, 3, rows), mask=gap[2]),
            "b": pa.array(rng.choice(["p", "q", "r"], rows), mask=gap[3]),
            "c": rng.choice(["k", "l", "m"], rows),
        }
    )


def numbers(survey: Survey, by: list[str | tuple[str, ...]]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Each estimate by domain and name, to the bit."""
    return {
        (tuple(one.domain.items()), one.name, one.quantity): (
            one.value,
            one.standard_error,
            one.low,
            one.high,
            one.degrees,
            one.n,
        )
        for one in survey.estimate(*QUANTITIES, by=by)
    }


@pytest.mark.parametrize("weight", ["weight", None])
@pytest.mark.parametrize("by", [*combinations(GROUPINGS, 2), GROUPINGS, ("stratum", *GROUPINGS), ("unit", "a", "b")])
def test_a_grouping_has_the_bits_that_it_has_alone(people: pa.Table, by: tuple[str, ...], weight: str | None) -> None:
    people = people.append_column("units", pa.array(np.full(people.num_rows, 25)))
    survey = Survey(people, weight=weight, strata="stratum", clusters="unit", population="units")
    together = numbers(survey, list(by))
    alone: dict[tuple[object, ...], tuple[object, ...]] = {}
    for one in by:
        alone |= numbers(survey, [one])
    assert repr(together) == repr({key: alone[key] for key in together})
    assert set(together) == set(alone)
    whole = numbers(survey, [])
    assert repr(whole) == repr({key: together[key] for key in whole})


def test_a_coarse_grouping_is_not_added_again() -> None:
    def kinds(names: object) -> tuple[dict[str, float], float]:
        return dict.fromkeys("abcd", 1_000.0), 300.0

    assert cover([(), ("a",), ("a", "b"), ("b",)], [], kinds, 10**6) == (("a", "b"),)
    assert set(cover([("a",), ("b",), ("u", "a")], ["u"], kinds, 10**6)) == {("a",), ("b",)}
    assert cover([("u",)], ["u"], kinds, 10**6) == ((),)


def test_small_groupings_are_rolled_up_from_one() -> None:
    def kinds(names: object) -> tuple[dict[str, float], float]:
        return {"a": 2.0, "b": 3.0, "c": 4.0, "d": 2_000.0}, 300.0

    assert set(cover([("a",), ("b",), ("c",), ("d",)], [], kinds, 10**7)) == {("a", "b", "c"), ("d",)}


def test_halves_add_up_and_round_as_an_engine_rounds() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(0, 2**62, 20_000) * np.where(rng.uniform(size=20_000) < 0.5, 1, -1)
    values = [
        int(one) * 2 ** int(power) // 2**40 for one, power in zip(sizes, rng.integers(0, 70, 20_000), strict=True)
    ]
    values += [0, -1, 1, 2**32, -(2**32), 2**64, -(2**64), 2**64 - 1, -(2**64) + 1, -(2**64) - 1, 2**63, -(2**63)]
    connection = duckdb.connect()
    table = pa.table({"v": pa.array(map(str, values))})
    connection.register("v", table)
    found = connection.sql("SELECT v::HUGEINT AS v, v::HUGEINT::DOUBLE AS d FROM v").to_arrow_table()
    high, low = parts(found.column("v"))
    assert [(int(one) << 32) + int(other) for one, other in zip(high, low, strict=True)] == values
    assert np.array_equal(rounded(*joined(high, low)), found.column("d").to_numpy())
    assert np.array_equal(rounded(*limbs(found.column("v"))), found.column("d").to_numpy())
    of_many = rounded(*joined(np.array([high.sum()]), np.array([low.sum()])))
    assert of_many[0] == pytest.approx(float(sum(values)), rel=2**-52)


def test_a_missing_sum_is_nothing() -> None:
    column = pa.chunked_array([pa.array([None, 5, -7], pa.decimal128(38)), pa.array([None], pa.decimal128(38))])
    assert rounded(*joined(*parts(column))).tolist() == [0.0, 5.0, -7.0, 0.0]
