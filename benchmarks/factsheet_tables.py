"""All factsheet tables of counted movements over a synthetic 1.3 million counted groups: seconds and peak memory.

The peer in the same run is the same sums by pandas-free plain Python over the same Parquet file on a tenth of the rows,
which is how a spreadsheet or a script does it; its time is projected by the row count.
"""

from __future__ import annotations

from saphan.cli.environment import one_thread

one_thread()  # as the command line does, before NumPy is imported

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from saphan import mission as missions
from saphan.analyse.indicators.flows import Flows, compute
from saphan.analyse.indicators.observed import observe
from saphan.analyse.indicators.sample import sample
from saphan.collect import rounds
from saphan.collect.rounds.model import Round
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.flow import fit
from saphan.mission.model import Mission

FOLDER = Path(__file__).resolve().parents[1] / "missions" / "thailand-2023"


def write(folder: Path, mission: Mission, fielded: Round, groups: int, seed: int) -> dict[str, Path]:
    """Counter records of every fielded hour of a round, with `groups` groups spread over them."""
    generator = np.random.default_rng(seed)
    keys = [
        (panel.point, day.isoformat(), hour)
        for panel in fielded.panels
        for week in fielded.weeks
        for day in week.days
        if day in panel.period
        for shift in fielded.shifts
        if shift.nights_a_week is None or day == week.night
        for hour in shift.clock_hours
        if mission.places.points[panel.point].hours[0] <= hour < mission.places.points[panel.point].hours[1]
    ]
    count = len(keys)
    submission = np.array([f"{index:016x}" for index in range(count)])
    hours = pa.table(
        {
            "submission": submission,
            "row": np.zeros(count, np.int32),
            "parent": np.zeros(count, np.int32),
            "point": [key[0] for key in keys],
            "observed_date": [key[1] for key in keys],
            "observed_hour": [key[2] for key in keys],
            "minutes_observed": np.full(count, 60),
            "ended_at": [f"{key[1]}T{key[2]:02}:59:00.000+07:00" for key in keys],
        }
    )
    of = np.sort(generator.integers(0, count, groups))
    seen = pa.table(
        {
            "submission": submission[of],
            "row": np.arange(groups, dtype=np.int32),
            "parent": np.zeros(groups, np.int32),
            "direction": generator.choice(["in", "out"], groups),
            "mode": generator.choice(["foot", "boat", "motorcycle", "car", "bus", "bicycle"], groups),
            **{who: generator.poisson(0.5, groups) for who in ("men", "women", "boys", "girls")},
        }
    )
    paths = {"counter": folder / "counter.parquet", "counter.group": folder / "counter.group.parquet"}
    pq.write_table(hours, paths["counter"], compression="zstd")
    pq.write_table(seen, paths["counter.group"], compression="zstd")
    return paths


def ours(paths: dict[str, Path], mission: Mission, fielded: Round) -> int:
    """Every table, from Parquet to intervals; returns how many numbers there are."""
    engine = DuckDB(paths)
    columns = {name: frozenset(pq.read_schema(path).names) for name, path in paths.items()}
    observed = observe(engine, columns, fielded)
    sampled = sample(engine, columns, mission, fielded, observed)
    flows = Flows(mission=mission, fielded=fielded, sampled=sampled, fit=fit(sampled.sample))
    return len(compute(flows).results)


def measured(paths: dict[str, Path]) -> tuple[int, list[float], float]:
    """How many numbers, the seconds of three runs, and the peak memory in MB of this process."""
    mission = missions.open(FOLDER)
    fielded = rounds.load(mission)[0]
    times = []
    numbers = 0
    for _ in range(3):
        start = time.perf_counter()
        numbers = ours(paths, mission, fielded)
        times.append(time.perf_counter() - start)
    return numbers, times, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peer(paths: dict[str, Path], rows: int) -> None:
    """Sums by point, direction, month and mode in plain Python over the first `rows` groups: no interval, one table."""
    where = {
        row["submission"]: (row["point"], row["observed_date"][:7])
        for row in pq.read_table(paths["counter"]).to_pylist()
    }
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for row in pq.read_table(paths["counter.group"]).slice(0, rows).to_pylist():
        point, month = where[row["submission"]]
        sums[point, month, row["direction"], row["mode"]] += sum(row[who] for who in ("men", "women", "boys", "girls"))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=1_300_000)
    given = parser.parse_args()
    mission = missions.open(FOLDER)
    fielded = rounds.load(mission)[0]
    with tempfile.TemporaryDirectory() as made:
        paths = write(Path(made), mission, fielded, given.groups, seed=1)
        # In a process of its own, so that making the data does not count.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            numbers, times, peak = alone.submit(measured, paths).result()
        start = time.perf_counter()
        peer(paths, given.groups // 10)
        projected = (time.perf_counter() - start) * 10
    print(f"{given.groups:,} counted groups, {numbers} estimates with intervals")
    print(f"seconds {min(times):.2f} (median {sorted(times)[1]:.2f}); peak memory {peak:.0f} MB (target 2 s, 500 MB)")
    print(f"one table of sums without intervals in plain Python: {projected:.1f} s projected from a tenth of the rows")


if __name__ == "__main__":
    main()
