"""The tasks of `survey_estimates` by other packages, on the first rows of the same file, and how far the numbers agree.

R `survey`: `apt-get install r-cran-survey r-cran-data.table`, or `install.packages(c("survey", "data.table"))`.
`svy`: `uv venv /tmp/svy && VIRTUAL_ENV=/tmp/svy uv pip install svy`, then `--svy-python /tmp/svy/bin/python`; a Python
of its own, for what it needs is not what we need.

A peer reads what it reads best (R a CSV, `svy` Parquet), and its reading is not held against it: what is compared is
its work alone with ours and the reading. On few rows our fixed costs weigh most: on more, the ratio grows.
"""

from __future__ import annotations

import csv
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet as pq

from saphan.estimate.survey.calibration import Residual

Numbers = Mapping[tuple[str, str], tuple[float, float]]  # value and standard error by domain, "" for all, and name
Shares = Mapping[str, list[float]]  # of the answers of columns that weights are raked to
HERE = Path(__file__).parent
# The peak of a process counts that of the one that started it: a small one in between keeps ours out of it.
LAUNCHER = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
print(done.stdout.splitlines()[-1] if done.stdout else "", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """What packages do differently, and ours either way: the residual of raking, and the tasks whose errors leave out
    how large the population is.
    """

    residual: Residual = Residual.REGRESSION
    without_population: frozenset[str] = frozenset()


Task = Callable[[Path, Conventions], Numbers]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a task gave and took: seconds of reading (0 where it is part of the work), work and processor; megabytes."""

    numbers: Numbers
    reading: float
    wall: float
    processor: float
    memory: float


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A package, how to run it, and the part of the rows given to peers that it can finish of a task, if not all."""

    name: str
    program: str
    script: Path
    reads: str
    version: tuple[str, ...]
    install: str
    conventions: Conventions
    part: Mapping[str, float]

    def found(self) -> str | None:
        """Its version; None where it is not installed."""
        if shutil.which(self.program) is None:
            return None
        asked = subprocess.run([self.program, *self.version], capture_output=True, text=True, check=False)
        return asked.stdout.strip() if asked.returncode == 0 else None

    def run(self, task: str, folder: Path) -> Measured:
        """One task on the rows in `folder`, in another process. RuntimeError with its last words where it fails."""
        out = folder / f"{self.name.replace(' ', '-')}-{task}.csv"
        given = [self.program, self.script, task, folder / self.reads, folder / "margins.csv", out]
        done = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, *map(str, given)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(" ".join(done.stderr.split())[-200:])
        reading, wall, processor, kilobytes = map(float, done.stdout.split())
        return Measured(numbers=_written(out), reading=reading, wall=wall, processor=processor, memory=kilobytes / 1024)


def peers(svy_python: str) -> tuple[Peer, ...]:
    """Those with a name."""
    return (
        Peer(
            name="R survey",
            program="Rscript",
            script=HERE / "survey_peers.R",
            reads="people.csv",
            version=("-e", 'cat(as.character(packageVersion("survey")))'),
            install="apt-get install r-cran-survey r-cran-data.table",
            conventions=Conventions(residual=Residual.SWEEP, without_population=frozenset({"bootstrap"})),
            # Raked, R keeps every row in every domain; replicates cost it by their number more than by rows.
            part={"raked": 1 / 32, "bootstrap": 1 / 32, "jackknife": 1 / 10},
        ),
        Peer(
            name="svy",
            program=svy_python,
            script=HERE / "survey_peers_svy.py",
            reads="people.parquet",
            version=("-c", "from importlib.metadata import version; print(version('svy'))"),
            install="uv venv /tmp/svy && VIRTUAL_ENV=/tmp/svy uv pip install svy, and --svy-python /tmp/svy/bin/python",
            conventions=Conventions(residual=Residual.SWEEP, without_population=frozenset({"bootstrap", "jackknife"})),
            part={"raked": 1 / 4, "bootstrap": 1 / 10, "jackknife": 1 / 10},
        ),
    )


def apart(target: Callable[..., object], *given: object) -> None:
    """Run a function in a process of its own, and wait."""
    process = get_context("spawn").Process(target=target, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{target.__name__} failed")


def prepare(path: Path, rows: int, shares: Shares, folder: Path) -> None:
    """The first rows of a Parquet file in `folder`, as Parquet and CSV, and the totals that weights are raked to."""
    folder.mkdir()
    people = pyarrow.dataset.dataset(path).head(rows)
    pq.write_table(people, folder / "people.parquet", compression="zstd")
    pyarrow.csv.write_csv(people, folder / "people.csv")
    whole = pc.sum(people.column("weight")).as_py()
    margins = [
        {"column": column, "answer": answer, "total": share * whole}
        for column, of in shares.items()
        for answer, share in enumerate(of)
    ]
    pyarrow.csv.write_csv(pa.Table.from_pylist(margins), folder / "margins.csv")


def measured(task: Task, path: Path, conventions: Conventions) -> Measured:
    """One of our tasks, in a process of its own. RuntimeError where it fails."""
    ours, theirs = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_work, args=(task, path, conventions, theirs))
    process.start()
    theirs.close()
    try:
        found: Measured = ours.recv()
    except EOFError:
        raise RuntimeError(f"{task.__name__} failed") from None
    process.join()
    return found


def _work(task: Task, path: Path, conventions: Conventions, answer: Connection) -> None:
    before, start = time.process_time(), time.perf_counter()
    numbers = task(path, conventions)
    wall, processor = time.perf_counter() - start, time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer.send(Measured(numbers=numbers, reading=0.0, wall=wall, processor=processor, memory=memory))


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two packages agree on the same numbers: relative differences, and what only one of them has.

    `error` is of standard errors, its median and its largest. `alone` are numbers that the other lacks or has no
    figure for.
    """

    value: float
    error: tuple[float, float]
    alone: int


def agreement(ours: Numbers, theirs: Numbers) -> Agreement:
    """Compare by domain and name."""
    both = [key for key in ours if key in theirs]
    mine = np.array([ours[key] for key in both]).reshape(-1, 2)
    other = np.array([theirs[key] for key in both]).reshape(-1, 2)
    told = np.isfinite(mine) & np.isfinite(other)
    unlike = int((np.isfinite(mine) != np.isfinite(other)).any(axis=1).sum())
    scale = np.maximum(np.abs(mine), np.abs(other))
    # Standard errors that are 0 but for rounding have no relative distance: the value gives the scale.
    scale[:, 1] = np.maximum(scale[:, 1], 1e-12 * scale[:, 0])
    distance = np.divide(np.abs(mine - other), scale, out=np.zeros_like(scale), where=told & (scale > 0))
    value, error = distance[told[:, 0], 0], distance[told[:, 1], 1]
    return Agreement(
        value=float(value.max(initial=0.0)),
        error=(float(np.median(error)) if error.size else 0.0, float(error.max(initial=0.0))),
        alone=len(ours) + len(theirs) - 2 * len(both) + unlike,
    )


def _written(path: Path) -> Numbers:
    """What a peer wrote; NaN where it has no figure."""
    with path.open(newline="") as file:
        return {
            (row["domain"].strip(), row["name"]): (_number(row["value"]), _number(row["standard_error"]))
            for row in csv.DictReader(file)
        }


def _number(told: str) -> float:
    return float("nan") if told.strip() in {"", "NA"} else float(told)
