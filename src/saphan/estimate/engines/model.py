"""What an engine can do, and what it says of a table before anything is summed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from sqlglot import exp


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The smallest and largest value of a column, None if it has none, and how many rows have a value."""

    low: object
    high: object
    known: int


@dataclass(frozen=True, kw_only=True)
class Extents:
    """The rows of a table and the extents of some of its columns."""

    rows: int
    of: Mapping[str, Extent]


class Engine(Protocol):
    """Runs SQL of one sqlglot dialect over tables that it knows by name."""

    @property
    def dialect(self) -> str:
        """The name of its dialect, as sqlglot has it."""

    @property
    def ordered(self) -> bool:
        """Whether every query that reads all rows of a table gives them in one and the same order."""

    def run(self, sql: str) -> pa.Table:
        """The rows of a query, as Arrow. ValueError where a value cannot be used as the query wants, such as NaN."""

    def sums(self, sql: str) -> pa.Table:
        """The same with sums of whole numbers exact, as decimals of 128 bits without fraction."""

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query piece by piece, for what needs them in memory."""

    def stored(self, sql: str, path: Path) -> Engine:
        """Write the rows of a query to `path` as Parquet, and give an engine that knows them as `survey`."""

    def extents(self, table: str, columns: Sequence[str]) -> Extents:
        """How many rows a table has and what its columns hold."""


def extents_by_query(engine: Engine, table: str, columns: Sequence[str]) -> Extents:
    """The extents of columns, by a query over all rows."""
    asked: list[exp.Expr] = [exp.Count(this=exp.Star()).as_("n")]
    for place, name in enumerate(columns):
        column = exp.column(name, quoted=True)
        asked += [exp.Min(this=column).as_(f"low{place}"), exp.Max(this=column.copy()).as_(f"high{place}")]
        asked.append(exp.Count(this=column.copy()).as_(f"known{place}"))
    query = exp.select(*asked).from_(exp.to_identifier(table, quoted=True))
    row = engine.run(query.sql(dialect=engine.dialect)).to_pylist()[0]
    of = {
        name: Extent(low=row[f"low{place}"], high=row[f"high{place}"], known=int(row[f"known{place}"]))
        for place, name in enumerate(columns)
    }
    return Extents(rows=int(row["n"]), of=of)
