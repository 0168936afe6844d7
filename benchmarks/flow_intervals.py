"""Do the intervals of flow totals cover, and are they no wider than needed? Prints the tables; `make bench` runs it.

    python -m benchmarks.flow_intervals            all tables, 1,000 draws and more of each
    python -m benchmarks.flow_intervals --quick    the same tables from few draws, under a minute
    python -m benchmarks.flow_intervals --data counts.csv --sensor "Main Street" 2019 --holidays days.csv

A data file has the columns sensor, date, hour, count; a file of holidays the columns date, kind.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: two processes of one thread each

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path

import numpy as np

from benchmarks.designs import BLOCK_WEEK, RANDOM_WEEK, SCATTERED_DAYS, SHIFTED_BLOCK_WEEK
from benchmarks.measures import HEADER, Measured, line, measure
from benchmarks.real import COMPLETE, MELBOURNE, Year, years
from benchmarks.trials import RealTrial, Rows, WorldTrial, hidden, invented, real

BATCH = 125
PROCESSES = 2
Job = tuple[str, Callable[..., Rows], RealTrial | WorldTrial]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much is drawn."""

    real: int
    worlds: int
    draws: int
    other_worlds: int
    hidden_worlds: int


FULL = Effort(real=1000, worlds=200, draws=20, other_worlds=100, hidden_worlds=50)
QUICK = Effort(real=40, worlds=6, draws=4, other_worlds=3, hidden_worlds=3)


def real_jobs(chosen: Sequence[Year], effort: Effort) -> list[Job]:
    """Every real year under every design, and in ratio to an official count."""
    found: list[Job] = []
    for drawn, official in (
        (RANDOM_WEEK, False),
        (BLOCK_WEEK, False),
        (SHIFTED_BLOCK_WEEK, False),
        (SCATTERED_DAYS, False),
        (RANDOM_WEEK, True),
    ):
        title = f"real years, {drawn.words}" + (", in ratio to a daily official count" if official else "")
        for year in chosen:
            for seed, size in enumerate(_batches(effort.real)):
                trial = RealTrial(year=year, drawn=drawn, draws=size, seed=seed, official=official)
                found.append((title, real, trial))
    return found


def world_jobs(effort: Effort) -> list[Job]:
    """Invented worlds: the two draws of weeks in full, scattered days and the ratio on fewer worlds."""
    found: list[Job] = []
    for drawn, official, worlds in (
        (RANDOM_WEEK, False, effort.worlds),
        (BLOCK_WEEK, False, effort.other_worlds),
        (SCATTERED_DAYS, False, effort.other_worlds),
        (RANDOM_WEEK, True, effort.other_worlds),
    ):
        title = f"invented worlds, {drawn.words}" + (", in ratio to a daily official count" if official else "")
        for start in range(0, worlds, 5):
            chosen = range(start, min(start + 5, worlds))
            found.append(
                (title, invented, WorldTrial(worlds=chosen, drawn=drawn, draws=effort.draws, official=official))
            )
    title = (
        "invented worlds, refusal depends on the trait: what the share would be if those with it answered less often"
    )
    for start in range(0, effort.hidden_worlds, 5):
        chosen = range(start, min(start + 5, effort.hidden_worlds))
        found.append((title, hidden, WorldTrial(worlds=chosen, drawn=RANDOM_WEEK, draws=effort.draws)))
    return found


def run(jobs: Sequence[Job], *, processes: int = PROCESSES) -> Iterator[tuple[str, list[Measured]]]:
    """Do the jobs, and measure what they drew; each table as soon as it is complete."""
    with get_context("fork").Pool(processes) as pool:
        for title, done in groupby(pool.imap(_work, jobs), key=itemgetter(0)):
            table: Rows = {}
            for _, rows in done:
                for name, drawn in rows.items():
                    table.setdefault(name, []).extend(drawn)
            yield title, [measure(name, np.array(rows)) for name, rows in sorted(table.items())]


def report(tables: Iterable[tuple[str, list[Measured]]]) -> Iterator[str]:
    """The tables as printed; a line under those of real years says what is asked of them."""
    for title, measured in tables:
        yield f"\n{title}"
        yield HEADER
        yield from (line(one) for one in measured)
        if title.startswith("real"):
            pooled = np.mean([one.coverage for one in measured])
            error = np.sqrt(np.sum([one.coverage_error**2 for one in measured])) / len(measured)
            bias = np.mean([one.bias for one in measured])
            yield f"pooled coverage {pooled:.1f} ±{error:.1f}, mean bias {bias:.2f}; not met: {missed(measured)}"


def missed(measured: Sequence[Measured]) -> str:
    """What is asked of a table of real years and not met."""
    found = []
    for one in measured:
        if one.rmse > one.peer_rmse:
            found.append(f"{one.name}: RMSE above the plain mean's")
        if one.bias_share > 0.25:
            found.append(f"{one.name}: bias {one.bias_share:.2f} of RMSE")
        if one.coverage < 90:
            found.append(f"{one.name}: covers {one.coverage:.1f}")
        if one.half_width > 2.5:
            found.append(f"{one.name}: half-width {one.half_width:.2f} RMSE")
    pooled = float(np.mean([one.coverage for one in measured]))
    if not 93 <= pooled <= 97:
        found.append(f"pooled coverage {pooled:.1f}")
    return "; ".join(found) or "nothing"


def _work(job: Job) -> tuple[str, Rows]:
    title, act, trial = job
    return title, act(trial)


def _batches(draws: int) -> list[int]:
    return [min(BATCH, draws - start) for start in range(0, draws, BATCH)]


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path, default=MELBOURNE)
    parser.add_argument("--holidays", type=Path)
    parser.add_argument("--sensor", nargs=2, action="append", metavar=("NAME", "YEAR"))
    parser.add_argument("--draws", type=int, help="of each real year and design")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    given = parser.parse_args()
    effort = QUICK if given.quick else FULL
    if given.draws:
        effort = Effort(**{**vars(effort), "real": given.draws})
    jobs: list[Job] = []
    if given.data.exists():
        wanted = [(name, int(number)) for name, number in given.sensor] if given.sensor else list(COMPLETE)
        chosen = years(wanted, data=given.data, holidays=given.holidays)
        for year in chosen:
            print(f"{year.name}: {year.daily.sum():,.0f} counted, {year.filled} hours filled")
        jobs += real_jobs(chosen, effort)
    else:
        print(f"{given.data} is not there: no real years")
    if not given.sensor:
        jobs += world_jobs(effort)
    start = time.perf_counter()
    for text in report(run(jobs, processes=given.processes)):
        print(text, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s on {given.processes} processes")


if __name__ == "__main__":
    main()
