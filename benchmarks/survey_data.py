"""A survey large enough to be slow: rows in primary units in strata, generated in slices so that memory stays flat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

STRATA, UNITS, DOMAINS = 40, 400, 50
BINARY, CONTINUOUS = 12, 8
SLICE = 1_000_000


def write_survey(path: Path, rows: int, *, seed: int = 2023) -> Path:
    """A Parquet file of `rows` people: 40 strata, 400 primary units with their population, 50 domains, 12 questions of
    yes or no and 8 skewed amounts that differ between units, a factor of 5 levels, two questions with skips, sex, age
    and nationality.
    """
    rng = np.random.default_rng(seed)
    effect = rng.normal(0.0, 0.35, (UNITS, BINARY + CONTINUOUS))
    with pq.ParquetWriter(path, _slice(rng, 1, effect).schema, compression="zstd") as out:
        for start in range(0, rows, SLICE):
            out.write_table(_slice(rng, min(SLICE, rows - start), effect), row_group_size=122_880)
    return path


def _slice(rng: np.random.Generator, rows: int, effect: np.ndarray) -> pa.Table:
    unit = rng.integers(0, UNITS, rows)
    columns: dict[str, np.ndarray] = {
        "stratum": (unit // (UNITS // STRATA)).astype(np.int32),
        "unit": unit.astype(np.int32),
        "units_in_stratum": np.full(rows, 60, dtype=np.int32),
        "weight": np.round(rng.gamma(4.0, 25.0, rows) + 1.0, 3),
        "domain": rng.integers(0, DOMAINS, rows).astype(np.int32),
        "sex": rng.integers(0, 2, rows).astype(np.int32),
        "age": rng.integers(0, 6, rows).astype(np.int32),
        "nationality": rng.choice(5, rows, p=[0.6, 0.2, 0.1, 0.07, 0.03]).astype(np.int32),
        "level": rng.integers(0, 5, rows).astype(np.int32),
    }
    for place in range(BINARY):
        chance = 1.0 / (1.0 + np.exp(1.5 - 0.25 * place - effect[unit, place]))
        columns[f"b{place + 1}"] = (rng.uniform(size=rows) < chance).astype(float)
    for place in range(CONTINUOUS):
        columns[f"x{place + 1}"] = np.round(np.exp(rng.normal(3.0 + effect[unit, BINARY + place], 0.8)), 2)
    table = pa.table(columns)
    for name, of, share in (("s1", "b1", 0.3), ("s2", "x1", 0.15)):
        skipped = rng.uniform(size=rows) < share
        table = table.append_column(name, pa.array(columns[of], mask=skipped))
    return table
