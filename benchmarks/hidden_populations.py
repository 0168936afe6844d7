"""Do the intervals of hidden populations cover? Invented populations of known size, listed with known dependence.

    python -m benchmarks.hidden_populations             60 draws of each, five minutes on two busy cores
    python -m benchmarks.hidden_populations --draws 500 --samples 500

The lower bound is held against the truth as an estimate is, so that bias says how far below it lies; then Chao's plain
form, which is a bound only of many equal occasions; then several lists, with the model chosen stepwise.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: two processes of one thread each

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from benchmarks.measures import HEADER, Measured, line, measure
from saphan.estimate.hidden import Lists, RefusedError, chao, lower_bound, multiple_systems

PROCESSES = 2
Limits = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A population and its lists: the chance of each list to hold a person, and how far chances depend on each other.

    `dependence` is the log odds ratio of the second list given the first; `uneven`, the standard deviation of the log
    odds of a person, the same on all lists.
    """

    words: str
    people: int
    reach: tuple[float, ...]
    dependence: float = 0.0
    uneven: float = 0.0


TRIALS = (
    Trial(words="3 lists, independent", people=1000, reach=(0.3, 0.25, 0.2)),
    Trial(words="3 lists, two go together", people=1000, reach=(0.3, 0.25, 0.2), dependence=1.5),
    Trial(words="3 lists, two avoid each other", people=1000, reach=(0.3, 0.25, 0.2), dependence=-1.5),
    Trial(words="5 small lists, independent", people=3000, reach=(0.1, 0.08, 0.06, 0.05, 0.02)),
    Trial(words="5 small lists, two go together", people=3000, reach=(0.1, 0.08, 0.06, 0.05, 0.02), dependence=2.0),
    Trial(words="5 small lists, some easily listed", people=3000, reach=(0.1, 0.08, 0.06, 0.05, 0.02), uneven=1.0),
)


def listed(trial: Trial, rng: np.random.Generator) -> Lists:
    """One listing of the population."""
    reach = np.array(trial.reach)
    odds = np.log(reach / (1 - reach)) + trial.uneven * rng.standard_normal((trial.people, 1))
    chance = rng.random(odds.shape)
    on = chance < 1 / (1 + np.exp(-odds))
    on[:, 1] = chance[:, 1] < 1 / (1 + np.exp(-odds[:, 1] - trial.dependence * on[:, 0]))
    return Lists.of_persons(on[on.any(axis=1)].astype(int))


def estimators(samples: int, seed: int) -> dict[str, Callable[[Lists], Limits]]:
    """What is compared, by name: value and limits from lists."""

    def bound(lists: Lists) -> Limits:
        found = lower_bound(lists)
        return found.value, found.low, found.high

    def plain(lists: Lists) -> Limits:
        return chao(lists.n, float(lists.frequencies[0]), float(lists.frequencies[1]))

    def several(lists: Lists) -> Limits:
        found = multiple_systems(lists, seed=seed, samples=samples)
        return found.value, found.low, min(found.high, 100 * found.value)

    return {"the fewest there can be": bound, "Chao's plain form": plain, "several lists, stepwise": several}


def drawn(trial: Trial, samples: int, seed: int) -> dict[str, tuple[float, ...]]:
    """One listing, as `measure` reads it; an estimator that refuses is left out."""
    lists = listed(trial, np.random.default_rng([seed, 7]))
    rows = {}
    for name, estimator in estimators(samples, seed).items():
        try:
            value, low, high = estimator(lists)
        except RefusedError:
            continue
        rows[name] = (value, low, high, (high - low) / 3.92, float(trial.people), float("nan"))
    return rows


def measured(trial: Trial, *, draws: int, samples: int, processes: int = 1) -> dict[str, Measured]:
    """Every estimator over many listings of one population."""
    one = partial(drawn, trial, samples)
    if processes == 1:
        found = [one(seed) for seed in range(draws)]
    else:
        with get_context("fork").Pool(processes) as pool:
            found = pool.map(one, range(draws), chunksize=4)
    names = dict.fromkeys(name for rows in found for name in rows)
    return {name: measure(name, np.array([rows[name] for rows in found if name in rows])) for name in names}


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--samples", type=int, default=100, help="of the bootstrap")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    given = parser.parse_args()
    start = time.perf_counter()
    for trial in TRIALS:
        print(f"\n{trial.words}: {trial.people:,} people, reach {', '.join(f'{one:g}' for one in trial.reach)}")
        print(HEADER)
        for found in measured(trial, draws=given.draws, samples=given.samples, processes=given.processes).values():
            print(line(found), flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s on {given.processes} processes")


if __name__ == "__main__":
    main()
