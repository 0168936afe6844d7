"""The default engine: DuckDB over Parquet files or Arrow tables, in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

DIALECT = "duckdb"


class DuckDB:
    """Run queries over named Parquet files or Arrow tables; `threads` and `memory` bound what it may take."""

    def __init__(self, tables: Mapping[str, Path | pa.Table], *, threads: int = 2, memory: str = "400MB") -> None:
        self._connection = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": memory})
        for name, table in tables.items():
            relation = self._connection.read_parquet(str(table)) if isinstance(table, Path) else table
            self._connection.register(name, relation)

    def run(self, sql: str) -> pa.Table:
        """The rows of a query, as Arrow; an all-null column keeps its type, and sums of whole numbers are int64."""
        found = self._connection.sql(sql).to_arrow_table()
        # DuckDB sums whole numbers in 128 bits, which Arrow holds as decimals: slow to read, and never needed here.
        kinds = [pa.int64() if pa.types.is_decimal(field.type) else field.type for field in found.schema]
        return found.cast(pa.schema(list(zip(found.schema.names, kinds, strict=True))))
