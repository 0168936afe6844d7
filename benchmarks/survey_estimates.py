"""How long a whole analysis takes, and how much memory: every task in a process of its own, with its peers beside it.

    python -m benchmarks.survey_estimates                  1.3 million rows
    python -m benchmarks.survey_estimates --rows 65000000  as many as one likes; peers are left out above 2 million
    python -m benchmarks.survey_estimates --only linear

20 variables (12 of yes or no, 8 amounts) x 51 groups: means, totals, 5-level shares, two with skips, a ratio; the same
raked to sex, age and nationality; 1,000 bootstrap and 400 jackknife replicates of all of it; 3 quantiles of 8 amounts.
Times include opening the Parquet file. Peers: R `survey` (Debian's r-cran-survey) and `svy` (PyPI), where installed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

import saphan.estimate as se
from benchmarks.survey_data import BINARY, CONTINUOUS, write_survey
from saphan.estimate.survey.survey import Survey

NAMES = [*(f"b{place + 1}" for place in range(BINARY)), *(f"x{place + 1}" for place in range(CONTINUOUS))]
LINEAR = (
    *map(se.mean, NAMES),
    *map(se.total, NAMES),
    se.share("level"),
    se.mean("s1"),
    se.mean("s2"),
    se.ratio("x1", "x2"),
)
CLASSES = {"sex": [0.5, 0.5], "age": [1 / 6] * 6, "nationality": [0.55, 0.22, 0.11, 0.08, 0.04]}


def survey(path: Path) -> Survey:
    """The file as a survey."""
    return Survey(path, weight="weight", strata="stratum", clusters="unit", population="units_in_stratum")


def linear(path: Path) -> int:
    """Every linear estimate with its standard error and interval."""
    return len(list(survey(path).estimate(*LINEAR, by="domain")))


def raked(path: Path) -> int:
    """The same with weights raked to three margins."""
    of = survey(path)
    (people,) = of.estimate(se.count())
    margins = {
        column: {answer: share * people.value for answer, share in enumerate(shares)}
        for column, shares in CLASSES.items()
    }
    return len(list(of.estimate(*LINEAR, by="domain", margins=margins)))


def bootstrap(path: Path) -> int:
    """The linear estimates, and 1,000 bootstrap replicates of each."""
    rng = np.random.default_rng(1)
    return _replicated(
        path, lambda units: rng.multinomial(units - 1, np.full(units, 1 / units), 1000) * units / (units - 1)
    )


def jackknife(path: Path) -> int:
    """The linear estimates, and their jackknife leaving each of 400 units out."""
    found = survey(path).estimate(*LINEAR, by="domain")
    stage = found.groupings[0].units.stages[0]
    size = stage.size[stage.stratum].astype(float)
    factor = np.where(stage.stratum[:, None] == stage.stratum[None, :], (size / (size - 1))[:, None], 1.0)
    np.fill_diagonal(factor, 0.0)
    return sum(one.replicated(factor).size for one in found.groupings)


def _replicated(path: Path, draw: Callable[[int], np.ndarray]) -> int:
    found = survey(path).estimate(*LINEAR, by="domain")
    stage = found.groupings[0].units.stages[0]
    factor = np.empty((1000, stage.stratum.size))
    for stratum in range(stage.size.size):
        mine = np.flatnonzero(stage.stratum == stratum)
        factor[:, mine] = draw(mine.size)
    return sum(one.replicated(factor).size for one in found.groupings)


def by_rank(path: Path) -> int:
    """Three quantiles of eight amounts with intervals, overall and by domain."""
    return survey(path).quantiles([f"x{place + 1}" for place in range(CONTINUOUS)], by="domain").num_rows


TASKS: dict[str, Callable[[Path], int]] = {
    "linear": linear,
    "raked": raked,
    "bootstrap": bootstrap,
    "jackknife": jackknife,
    "quantiles": by_rank,
}


def measured(task: str, path: Path) -> tuple[int, float, float, float]:
    """Estimates made, wall and processor seconds, and megabytes at most, in a process of its own."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_work, args=(task, path, theirs))
    process.start()
    found: tuple[int, float, float, float] = ours.recv()
    process.join()
    return found


def _work(task: str, path: Path, answer: Connection) -> None:
    before, start = time.process_time(), time.perf_counter()
    count = TASKS[task](path)
    wall, processor = time.perf_counter() - start, time.process_time() - before
    answer.send((count, wall, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    """Write the data, run every task, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_300_000)
    parser.add_argument("--only", choices=list(TASKS), action="append")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.parquet"
        # Written by a process of its own: the peak of this one would be taken for that of those it starts.
        writer = get_context("spawn").Process(target=write_survey, args=(path, given.rows))
        writer.start()
        writer.join()
        print(f"{given.rows:,} rows, 40 strata, 400 primary units, {path.stat().st_size / 1e6:.0f} MB on disk")
        print(f"{'task':<12}{'numbers':>12}{'wall s':>10}{'cpu s':>10}{'peak MB':>10}")
        for task in given.only or TASKS:
            count, wall, processor, memory = measured(task, path)
            print(f"{task:<12}{count:>12,}{wall:>10.2f}{processor:>10.2f}{memory:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
