"""The multi-sectoral needs index over six plain severities: what humind's own tests expect, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest

from saphan.analyse.frames.derive import Derived, select
from saphan.analyse.frames.expression import answer
from saphan.analyse.indicators.needs.composites import SECTORS, SIZE, Sector, composites
from saphan.analyse.indicators.needs.model import Example, Indicator
from saphan.estimate.engines import Engine

EngineOf = Callable[[Mapping[str, pa.Table]], Engine]
IMPACT, OURS = "impact-2025", "saphan"


def plain(*names: str) -> tuple[Indicator, ...]:
    """The indicators of sectors whose severity is an answer."""
    levels = [*range(1, 6), None]
    examples = {
        name: tuple(Example(answers={name: one}, gives=None if one is None else str(one)) for one in levels)
        for name in names
    }
    return composites({name: Sector(severity=answer(name), examples=examples[name]) for name in names})


WHOLE = {one.name: one for one in plain(*SECTORS)}


def made(
    engine_of: EngineOf, rows: list[tuple[int | None, ...]], sizes: list[int | None] | None = None
) -> dict[str, list[object]]:
    """Every indicator of households given by their six severities, in the framework's order, of 5 people each."""
    columns = {name: pa.array([row[place] for row in rows], pa.int64()) for place, name in enumerate(SECTORS)}
    columns[SIZE] = pa.array([5] * len(rows) if sizes is None else sizes, pa.int64())
    number = {"submission": pa.array([f"s{place:03}" for place in range(len(rows))])}
    engine = engine_of({"households": pa.table({**number, **columns})})
    wanted = {name: one.value for name, one in WHOLE.items()}
    query = select(Derived(frame="households", columns=wanted, keep=("submission",)))
    found = engine.run(query.sql(dialect=engine.dialect)).sort_by("submission")
    return {name: found.column(name).to_pylist() for name in wanted}


def test_households_of_known_severities_are_as_in_the_tests_of_humind(engine_of: EngineOf) -> None:
    found = made(engine_of, [(1, 5, 2, 3, 4, 5), (2, 4, 2, 3, 4, 5), (1,) * 6, (2,) * 6, (3,) * 6, (4,) * 6, (5,) * 6])
    for profile in (IMPACT, OURS):
        assert found[f"multi-sectoral-needs-index@{profile}"] == ["5", "5", "1", "2", "3", "4", "5"]
        assert found[f"multi-sectoral-need@{profile}"] == [1, 1, 0, 0, 1, 1, 1]
        assert found[f"multi-sectoral-severe-need@{profile}"] == [1, 1, 0, 0, 0, 1, 1]
        assert found[f"members-in-need@{profile}"] == [5, 5, 0, 0, 5, 5, 5]
    assert found[f"sectors-in-need@{IMPACT}"] == [4, 4, None, None, 6, 6, 6]
    assert found[f"sectors-in-need@{OURS}"] == [4, 4, 0, 0, 6, 6, 6]
    assert found[f"needs-profile@{IMPACT}"] == [
        "shelter+protection+health+education",
        "shelter+protection+health+education",
        None,
        None,
        *["food-security+shelter+water+protection+health+education"] * 3,
    ]


def test_impact_leaves_a_missing_sector_out_and_ours_leaves_the_household_open_unless_it_is_settled(
    engine_of: EngineOf,
) -> None:
    found = made(engine_of, [(None, 1, 1, 1, 1, 1), (None, 3, 1, 1, 1, 1), (None, 5, 1, 1, 1, 1), (None,) * 6])
    assert found[f"multi-sectoral-needs-index@{IMPACT}"] == ["1", "3", "5", None]
    assert found[f"multi-sectoral-needs-index@{OURS}"] == [None, None, "5", None]
    assert found[f"multi-sectoral-need@{IMPACT}"] == [0, 1, 1, None]
    assert found[f"multi-sectoral-need@{OURS}"] == [None, 1, 1, None]
    assert found[f"multi-sectoral-severe-need@{IMPACT}"] == [0, 0, 1, None]
    assert found[f"multi-sectoral-severe-need@{OURS}"] == [None, None, 1, None]
    assert found[f"sectors-in-need@{IMPACT}"] == [None, 1, 1, None]
    assert found[f"sectors-in-need@{OURS}"] == [None] * 4
    assert found[f"needs-profile@{IMPACT}"] == [None, "shelter", "shelter", None]


def test_every_worked_example_is_what_the_query_gives(engine_of: EngineOf) -> None:
    for name, one in WHOLE.items():
        rows = [tuple(example.answers.get(sector) for sector in SECTORS) for example in one.examples]
        sizes = [example.answers.get(SIZE) for example in one.examples]
        found = made(engine_of, rows, sizes)  # type: ignore[arg-type]
        assert found[name] == [example.gives for example in one.examples], name
        assert set(one.classes) <= {example.gives for example in one.examples}


def test_an_index_of_fewer_sectors_says_of_which_and_is_no_other_index() -> None:
    names = {one.name for one in plain("health", "water")}
    assert f"multi-sectoral-needs-index-of-water-health@{IMPACT}" in names
    assert not names & set(WHOLE)


def test_a_sector_that_the_framework_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="logistics"):
        plain("health", "logistics")
