"""Parquet, one file a table: codes as text, numbers as numbers, labels in the columns' metadata."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from saphan.pipeline.exports.archive import Member
from saphan.pipeline.exports.model import Kind, Row, Sheet

_GROUP = 10_000
_TYPES = {Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.DECIMAL: pa.float64(), Kind.FLAG: pa.int8()}


class Writer:
    """One table as Parquet, a row group at a time."""

    def __init__(self, sheet: Sheet, member: Member) -> None:
        self._schema = pa.schema(
            [
                pa.field(column.name, _TYPES[column.kind], metadata={"label": column.label} if column.label else None)
                for column in sheet.columns
            ]
        )
        self._text = [column.kind is Kind.TEXT for column in sheet.columns]
        self._rows: list[Row] = []
        self._writer = pq.ParquetWriter(member, self._schema, compression="zstd")

    def write(self, row: Row) -> None:
        """Add one row."""
        self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            columns = list(zip(*self._rows, strict=True))
            arrays = [_array(list(cells), field.type) for cells, field in zip(columns, self._schema, strict=True)]
            self._writer.write_table(pa.table(arrays, schema=self._schema))
            self._rows.clear()


def _array(cells: list[object], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(cells, kind)
    except UnicodeEncodeError:  # half of a pair of code units, which UTF-8 does not have
        clean = [each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in cells]
        return pa.array(clean, kind)
