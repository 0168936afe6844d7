"""The default engine: DuckDB over Parquet files or Arrow tables, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot.dialects.duckdb  # noqa: F401  else the first query would wait for it

from saphan.estimate.engines.model import Extent, Extents, extents_by_query

DIALECT = "duckdb"
ROWS = 100_000  # of a piece, when rows are read one piece after the other


class DuckDB:
    """Run queries over named Parquet files or Arrow tables; `threads` and `memory` bound what it may take."""

    dialect = DIALECT
    ordered = True

    def __init__(self, tables: Mapping[str, Path | pa.Table], *, threads: int = 2, memory: str = "400MB") -> None:
        self._connection = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": memory})
        self._connection.execute("SET enable_progress_bar = false")  # it would fall into what the caller prints
        self._tables = dict(tables)
        for name, table in tables.items():
            relation = self._connection.read_parquet(str(table)) if isinstance(table, Path) else table
            self._connection.register(name, relation)

    def run(self, sql: str) -> pa.Table:
        """The rows of a query, as Arrow; an all-null column keeps its type, and sums of whole numbers are int64."""
        found = self.sums(sql)
        return found.cast(_plain(found.schema))

    def sums(self, sql: str) -> pa.Table:
        """The rows of a query, as Arrow; sums of whole numbers are exact, decimals of 128 bits."""
        with _told():
            return self._connection.sql(sql).to_arrow_table()

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query piece by piece, in the order in which the table has them."""
        with _told():
            for batch in self._connection.sql(sql).to_arrow_reader(ROWS):
                yield batch.cast(_plain(batch.schema))

    def stored(self, sql: str, path: Path) -> DuckDB:
        """Write the rows of a query to a Parquet file, and give an engine that knows them as `survey`."""
        with _told():
            self._connection.sql(sql).write_parquet(str(path), compression="zstd", row_group_size=ROWS)
        return DuckDB({"survey": path})

    def extents(self, table: str, columns: Sequence[str]) -> Extents:
        """What columns hold: from the statistics of a Parquet file that has them, else by a query."""
        path = self._tables.get(table)
        found = _statistics(path, columns) if isinstance(path, Path) else None
        return found if found is not None else extents_by_query(self, table, columns)


@contextmanager
def _told() -> Iterator[None]:
    """A failed conversion, in words."""
    try:
        yield
    except duckdb.ConversionException as error:
        raise ValueError(f"a value cannot be used (NaN, infinity or text in a number?): {error}") from error


def _plain(schema: pa.Schema) -> pa.Schema:
    """The types that NumPy has for decimals: whole numbers where they have no fraction.

    DuckDB sums whole numbers in 128 bits, which Arrow holds as decimals: slow to read, and never needed here.
    """
    return pa.schema((field.name, _number(field.type)) for field in schema)


def _number(kind: pa.DataType) -> pa.DataType:
    if not pa.types.is_decimal(kind):
        return kind
    return pa.int64() if kind.scale == 0 else pa.float64()


def _statistics(path: Path, columns: Sequence[str]) -> Extents | None:
    """The extents that a Parquet file states of its own columns; None if it lacks one."""
    metadata = pq.read_metadata(path)
    place = {metadata.schema.column(index).path: index for index in range(metadata.num_columns)}
    found: dict[str, Extent] = {}
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    for name in columns:
        if name not in place:
            return None
        low, high, known = None, None, 0
        for group in groups:
            stated = group.column(place[name]).statistics
            if stated is None or not stated.has_null_count:
                return None
            known += group.num_rows - stated.null_count
            if not stated.has_min_max:
                if stated.null_count < group.num_rows:
                    return None
                continue
            low = stated.min if low is None else min(low, stated.min)
            high = stated.max if high is None else max(high, stated.max)
        found[name] = Extent(low=low, high=high, known=known)
    return Extents(rows=metadata.num_rows, of=found)
