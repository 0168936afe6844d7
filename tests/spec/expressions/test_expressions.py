"""The SQL made of an expression is worth what its docstrings say, in every row, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.spec.expressions.trees import HOUSEHOLD, HOUSEHOLDS, MEMBER, REPEAT, Cell, Leaves, Row, trees, worth

from saphan.analyse.frames.derive import Derived, select
from saphan.analyse.frames.expression import Expression
from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FRAME = "households"
Families = Sequence[tuple[Row, Sequence[Row]]]


def _table(leaves: Leaves, of: Sequence[str], rows: Sequence[Row]) -> pa.Table:
    kinds = {
        **dict.fromkeys(leaves.numbers, pa.int64()),
        **dict.fromkeys(leaves.divisors, pa.float64()),
        **dict.fromkeys(leaves.texts, pa.string()),
        **{f"{name}.state": pa.uint8() for name in leaves.texts},
        **dict.fromkeys(leaves.lists, pa.list_(pa.string())),
    }
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()}
    return pa.table({"submission": pa.array(of, pa.string()), **columns})


def _agree(
    engine_of: Callable[[Mapping[str, pa.Table]], Engine], families: Families, made: Sequence[Expression]
) -> None:
    number = [f"s{place}" for place in range(len(families))]
    members = [(of, row) for of, (_, own) in zip(number, families, strict=True) for row in own]
    tables = {
        FRAME: _table(HOUSEHOLD, number, [row for row, _ in families]),
        REPEAT: _table(MEMBER, [of for of, _ in members], [row for _, row in members]),
    }
    engine = engine_of(tables)
    columns = {f"e{place}": one for place, one in enumerate(made)}
    query = select(Derived(frame=FRAME, columns=columns, keep=("submission",))).sql(dialect=engine.dialect)
    found = engine.run(query).sort_by("submission")
    for name, one in columns.items():
        expected = [_plain(worth(one, row, own)) for row, own in families]
        assert [_plain(cell) for cell in found.column(name).to_pylist()] == expected, one


def _plain(cell: Cell) -> tuple[str, Cell] | None:
    """A number is a number whatever its type, and no truth."""
    if cell is None or isinstance(cell, str | bool):
        return None if cell is None else (type(cell).__name__, cell)
    return ("number", float(cell))


@settings(max_examples=400)
@given(families=HOUSEHOLDS, made=st.lists(trees(2), min_size=1, max_size=4))
def test_duckdb_gives_what_the_docstrings_say(families: Families, made: Sequence[Expression]) -> None:
    _agree(DuckDB, families, made)


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(families=HOUSEHOLDS, made=st.lists(trees(2), min_size=8, max_size=12))
def test_spark_gives_what_the_docstrings_say(
    spark: SparkSession, families: Families, made: Sequence[Expression]
) -> None:
    from saphan.estimate.engines.spark import Spark

    _agree(lambda tables: Spark(tables, session=spark), families, made)
