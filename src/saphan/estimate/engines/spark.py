"""The engine for more rows than one machine holds: Apache Spark, over Parquet, Arrow or anything that is a data frame.

Spark adds 64-bit whole numbers in 64 bits, and reads NaN as the whole number 0. Its dialect here therefore adds the
upper and the lower 32 bits apart, three times as fast as decimals, and rounds by RINT, as its own cast would cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.errors import ArithmeticException, NumberFormatException, PySparkRuntimeError
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp
from sqlglot.dialects.spark import Spark as SparkSQL
from sqlglot.generators.spark import SparkGenerator

from saphan.estimate.engines.model import Extents, extents_by_query
from saphan.estimate.engines.whole import limbs, rounded

ANSI = "spark.sql.ansi.enabled"
_SIGNED = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64()}  # Spark knows no others
BEYOND = 2.0**63  # the first number too large for a signed 64-bit whole number


def _whole(node: exp.Expr) -> bool:
    """Whether an expression is a 64-bit whole number, or that in some rows only."""
    if isinstance(node, exp.Case):
        return all(_whole(branch.args["true"]) for branch in node.args["ifs"])
    return isinstance(node, exp.Cast) and node.is_type("bigint")


class ExactSpark(SparkSQL):
    """Spark's SQL with exact sums of whole numbers, which are decimals."""

    class Generator(SparkGenerator):
        """Writes the two expressions that Spark would compute otherwise."""

        def sum_sql(self, node: exp.Sum) -> str:
            """A sum of whole numbers of any size."""
            if not _whole(node.this):
                return self.function_fallback_sql(node)
            term = self.sql(node.this)
            return f"(CAST(SUM(SHIFTRIGHT({term}, 32)) AS DECIMAL(20, 0)) * {2**32} + SUM({term} & {2**32 - 1}))"

        def cast_sql(self, node: exp.Cast, safe_prefix: str | None = None) -> str:
            """A whole number is rounded half to even, and NaN and infinity fail."""
            if node.is_type("bigint"):
                number = self.sql(node.this)
                return f"CAST(IF(ABS({number}) < {BEYOND!r}D, RINT({number}), {number}) AS BIGINT)"
            return super().cast_sql(node, safe_prefix)


class Spark:
    """Run queries over named Parquet files, Arrow tables or data frames; without any, over the session's own tables.

    ValueError where the session does not keep to ANSI SQL, and so would pass over values that it cannot use.
    """

    dialect = "exactspark"
    ordered = False

    def __init__(self, tables: Mapping[str, Path | pa.Table | DataFrame], *, session: SparkSession) -> None:
        if str(session.conf.get(ANSI)).lower() != "true":
            raise ValueError(f"the Spark session has {ANSI} = false and would hide overflow: set it to true")
        self._session = session
        frames = (_frame(table, session) for table in tables.values())
        self._frames: dict[str, Any] = {f"t{place}": frame for place, frame in enumerate(frames)}
        names = (exp.to_identifier(name, quoted=True).sql(self.dialect) for name in tables)
        # Named within the query: engines of one session may call different tables by one name.
        named = (f"{name} AS (SELECT * FROM {{{frame}}})" for name, frame in zip(names, self._frames, strict=True))
        self._with = f"WITH {', '.join(named)} " if tables else ""

    def run(self, sql: str) -> pa.Table:
        """The rows of a query, as Arrow; decimals, such as sums of whole numbers, come as doubles."""
        found = self.sums(sql)
        for place, field in enumerate(found.schema):
            if pa.types.is_decimal(field.type):
                found = found.set_column(place, field.name, _doubles(found.column(place)))
        return found

    def sums(self, sql: str) -> pa.Table:
        """The rows of a query, as Arrow; sums of whole numbers are exact, decimals of 128 bits."""
        try:
            return self._rows(sql).toArrow()
        except (ArithmeticException, NumberFormatException) as error:
            raise ValueError(f"a value cannot be used (NaN, infinity or text in a number?): {error}") from error

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query, all brought to the driver at once."""
        yield from self.run(sql).to_batches()

    def stored(self, sql: str, path: Path) -> Spark:
        """Write the rows of a query as a folder of Parquet files, and give an engine that knows them as `survey`."""
        self._rows(sql).write.parquet(str(path))
        return Spark({"survey": path}, session=self._session)

    def _rows(self, sql: str) -> DataFrame:
        text = sql.replace("{", "{{").replace("}", "}}")
        return self._session.sql(f"{self._with}({text})", **self._frames)

    def extents(self, table: str, columns: Sequence[str]) -> Extents:
        """What columns hold, by a query; NaN is larger than every number and so is seen."""
        return extents_by_query(self, table, columns)


def local_session(master: str = "local[2]", *, memory: str = "1g") -> SparkSession:
    """A session on this machine, reachable from no other. RuntimeError where Java, 17 or later, is missing."""
    settings: dict[str, bool | float | int | str | None] = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": memory,
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        ANSI: "true",
    }
    try:
        return SparkSession.builder.master(master).appName("saphan").config(map=settings).getOrCreate()
    except PySparkRuntimeError as error:
        raise RuntimeError(f"Spark did not start (is Java 17 or later installed?): {error}") from error


def _frame(table: Path | pa.Table | DataFrame, session: SparkSession) -> DataFrame:
    if isinstance(table, DataFrame):
        return table
    if isinstance(table, Path):
        return session.read.parquet(str(table))
    signed = pa.schema((field.name, _SIGNED.get(field.type, field.type)) for field in table.schema)
    return session.createDataFrame(table.cast(signed))


def _doubles(column: pa.ChunkedArray) -> pa.Array:
    """Decimals as doubles; whole ones to the bits of DuckDB's 128-bit numbers."""
    if column.type.scale:
        return column.cast(pa.float64())
    return pa.array(rounded(*limbs(column)), mask=column.combine_chunks().is_null().to_numpy(zero_copy_only=False))
