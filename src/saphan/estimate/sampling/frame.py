"""The list that units are drawn from: what of it the draw reads, checked, and in an order that no row order changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from saphan.core import digest, nearest
from saphan.estimate.sampling.model import Stage
from saphan.estimate.sampling.selection import FloatArray


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The columns of a frame that a stage reads, sorted by the ids of the units; `ids` and `strata` as words."""

    table: pa.Table
    ids: list[tuple[str, ...]]
    strata: list[tuple[str, ...]]
    measure: FloatArray
    order: list[tuple[object, ...]]
    hash: str


def read(table: pa.Table, stage: Stage, path: Sequence[str]) -> Frame:
    """A frame from an Arrow table with a row for each unit; `path`, the columns that together name a unit.

    ValueError for a column that is missing or has gaps, an id that stands twice, a measure of size not above 0.
    """
    wanted = list(dict.fromkeys([*path, *stage.stratum, *filter(None, [stage.measure]), *stage.order_by]))
    for column in wanted:
        if column not in table.column_names:
            raise ValueError(
                f"frame of {stage.unit}: no column {column!r}. {nearest.remedy(column, table.column_names)}"
            )
        if table[column].null_count:
            gap = table[column].is_null().index(True).as_py()
            raise ValueError(
                f"frame of {stage.unit}: column {column} is empty in row {gap + 1}; fill it, or drop the row"
            )
    if not table.num_rows:
        raise ValueError(f"frame of {stage.unit}: it has no rows; list the units first")
    ids = _words(table, path)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    ids = [ids[row] for row in order]
    twice = next((one for one, other in pairwise(ids) if one == other), None)
    if twice:
        raise ValueError(f"frame of {stage.unit}: {' / '.join(twice)} stands in it twice; give each unit one row")
    table = table.select(wanted).take(order)
    rows = list(zip(*(table[column].to_pylist() for column in wanted), strict=True))
    return Frame(
        table=table,
        ids=ids,
        strata=_words(table, stage.stratum),
        measure=_measure(table, stage, ids),
        order=list(zip(*(table[column].to_pylist() for column in stage.order_by), strict=True)),
        hash=digest.of_value([wanted, rows]),
    )


def _words(table: pa.Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    values = [[str(value) for value in table[column].to_pylist()] for column in columns]
    return list(zip(*values, strict=True)) if columns else [()] * table.num_rows


def _measure(table: pa.Table, stage: Stage, ids: Sequence[tuple[str, ...]]) -> FloatArray:
    if stage.measure is None:
        return np.ones(table.num_rows)
    measure = np.array(table[stage.measure].to_pylist(), dtype=float)
    wrong = np.flatnonzero(~(np.isfinite(measure) & (measure > 0)))
    if wrong.size:
        where = f"frame of {stage.unit}: {stage.measure} of {' / '.join(ids[wrong[0]])} is {measure[wrong[0]]:g}"
        raise ValueError(f"{where}; a measure of size is positive, so set a smallest one or drop the unit")
    return measure
