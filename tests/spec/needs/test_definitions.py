"""Every definition gives what its worked examples say, on every engine; its questions have a concept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
import pytest

from saphan.analyse.frames.derive import Derived, select
from saphan.analyse.frames.expression import Answer, Compare, Constant, Expression, Holds, OneOf, StateOf, walk
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind
from saphan.collect.forms.concepts import CONCEPTS
from saphan.estimate.engines import Engine

HOUSEHOLDS = "households"
EngineOf = Callable[[Mapping[str, pa.Table]], Engine]


def _table(
    rows: Sequence[Mapping[str, Cell]], submission: Sequence[str], names: Sequence[str], value: Expression
) -> pa.Table:
    lists = {node.column for node in walk(value) if isinstance(node, Holds)}
    columns: dict[str, pa.Array] = {
        "submission": pa.array(submission, pa.string()),
        "row": pa.array(range(len(rows)), pa.int32()),
        "parent": pa.array([0] * len(rows), pa.int32()),
    }
    for name in names:
        cells = [row.get(name) for row in rows]
        kind = _kind(name, cells, lists=lists)
        columns[name] = pa.array(cells, kind)
    return pa.table(columns)


def _kind(name: str, cells: Sequence[Cell], *, lists: set[str]) -> pa.DataType:
    """The type that the frame gives the question: that of its concept."""
    if name.endswith(".state"):
        return pa.uint8()
    if name in lists:
        return pa.list_(pa.string())
    types = CONCEPTS[name].types
    if "integer" in types:
        return pa.int64()
    return pa.float64() if "decimal" in types else pa.string()


def made(engine_of: EngineOf, indicator: Indicator, examples: Sequence[Example]) -> list[object]:
    """What the definition makes of each example, in order."""
    number = [f"s{place:04}" for place in range(len(examples))]
    states = sorted({f"{node.column}.state" for node in walk(indicator.value) if isinstance(node, StateOf)})
    rows = [one.answers | {f"{name}.state": state for name, state in one.state.items()} for one in examples]
    tables = {HOUSEHOLDS: _table(rows, number, [*indicator.reads, *states], indicator.value)}
    for repeat, names in indicator.members.items():
        pairs = [(of, row) for of, one in zip(number, examples, strict=True) for row in one.members.get(repeat, ())]
        tables[repeat] = _table([row for _, row in pairs], [of for of, _ in pairs], names, indicator.value)
    engine = engine_of(tables)
    query = select(Derived(frame=HOUSEHOLDS, columns={"value": indicator.value}, keep=("submission",)))
    found = engine.run(query.sql(dialect=engine.dialect)).sort_by("submission")
    return found.column("value").to_pylist()


@pytest.mark.parametrize("name", NEEDS)
def test_a_definition_gives_what_its_examples_say(engine_of: EngineOf, name: str) -> None:
    indicator = NEEDS[name]
    found = made(engine_of, indicator, indicator.examples)
    for value, example in zip(found, indicator.examples, strict=True):
        assert value == (pytest.approx(example.gives) if isinstance(example.gives, float) else example.gives), example
        if indicator.kind is Kind.CLASS:
            assert value is None or value in indicator.classes
        if indicator.kind is Kind.YES_NO:
            assert value in (0, 1, None)


@pytest.mark.parametrize("name", NEEDS)
def test_every_class_has_an_example(name: str) -> None:
    indicator = NEEDS[name]
    given = {example.gives for example in indicator.examples}
    wanted = {Kind.CLASS: set(indicator.classes), Kind.YES_NO: {0, 1}, Kind.NUMBER: set()}[indicator.kind]
    assert wanted <= given


@pytest.mark.parametrize("name", NEEDS)
def test_what_a_definition_reads_has_a_concept(name: str) -> None:
    indicator = NEEDS[name]
    for concept in (*indicator.reads, *(one for names in indicator.members.values() for one in names)):
        assert concept in CONCEPTS, concept


@pytest.mark.parametrize("name", NEEDS)
def test_codes_that_a_definition_names_are_codes_of_its_concept(name: str) -> None:
    """A code misspelt in a definition would never be met."""
    for concept, code in _codes(NEEDS[name].value):
        assert not CONCEPTS[concept].codes or code in CONCEPTS[concept].codes, (concept, code)


def _codes(value: Expression) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for node in walk(value):
        match node:
            case OneOf(part=Answer(column=column), values=values):
                found += [(column, one) for one in values]
            case Compare(left=Answer(column=column), right=Constant(value=one)) if isinstance(one, str):
                found.append((column, one))
            case Holds(column=column, choice=choice):
                found.append((column, choice))
    return found
