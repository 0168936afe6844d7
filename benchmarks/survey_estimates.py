"""How long a whole analysis takes, and how much memory: every task in a process of its own, with its peers beside it.

    python -m benchmarks.survey_estimates                  1.3 million rows; peers on the first 130,000 of them or fewer
    python -m benchmarks.survey_estimates --rows 65000000  as many as one likes
    python -m benchmarks.survey_estimates --only linear --peer-rows 1300000
    python -m benchmarks.survey_estimates --no-peers
    python -m benchmarks.survey_estimates --rows 65000000 --no-peers --only linear --file /tmp/survey.parquet --times 5

With `--file` the rows are written once and taken from there the next time. With `--times` each task is run so often,
and the quickest run is shown: on a machine that others use too, the one that was hindered least.

20 variables (12 of yes or no, 8 amounts) x 51 groups: means, totals, 5-level shares, two with skips, a ratio; the same
raked to sex, age and nationality; the same with 1,000 bootstrap and with 400 jackknife replicates; 3 quantiles of 8
amounts; each with its standard error. Our times include opening the Parquet file.

Peers, where installed: R `survey` and `svy`, as `survey_peers` says. Above a peer stands what we take on its rows, and
beside it how many times that its work takes. Then how far it is from our numbers, relatively: the largest of values,
the median and the largest of standard errors. Bootstraps draw different replicates, so their standard errors differ by
chance: with 1,000 of each by about 2 per cent in the median.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

import saphan.estimate as se
from benchmarks.survey_data import BINARY, CONTINUOUS, write_survey
from benchmarks.survey_peers import (
    Conventions,
    Measured,
    Numbers,
    Peer,
    Task,
    agreement,
    apart,
    measured,
    peers,
    prepare,
)
from saphan.estimate.survey.survey import Results, Survey

NAMES = [*(f"b{place + 1}" for place in range(BINARY)), *(f"x{place + 1}" for place in range(CONTINUOUS))]
LINEAR = (
    *map(se.mean, NAMES),
    *map(se.total, NAMES),
    se.share("level"),
    se.mean("s1"),
    se.mean("s2"),
    se.ratio("x1", "x2"),
)
REPLICATES = 1_000
CLASSES = {"sex": [0.5, 0.5], "age": [1 / 6] * 6, "nationality": [0.55, 0.22, 0.11, 0.08, 0.04]}


def survey(path: Path, *, population: bool = True) -> Survey:
    """The file as a survey."""
    known = "units_in_stratum" if population else ()
    return Survey(path, weight="weight", strata="stratum", clusters="unit", population=known)


def linear(path: Path, _: Conventions) -> Numbers:
    """Every linear estimate with its standard error and interval."""
    return _numbers(survey(path).estimate(*LINEAR, by="domain"))


def raked(path: Path, conventions: Conventions) -> Numbers:
    """The same with weights raked to three margins."""
    of = survey(path)
    (people,) = of.estimate(se.count())
    margins: dict[str, dict[object, float]] = {
        column: {answer: share * people.value for answer, share in enumerate(shares)}
        for column, shares in CLASSES.items()
    }
    return _numbers(of.estimate(*LINEAR, by="domain", margins=margins, residual=conventions.residual))


def bootstrap(path: Path, conventions: Conventions) -> Numbers:
    """The linear estimates, with the standard error of 1,000 bootstrap replicates (Rao and Wu: one unit fewer)."""
    rng = np.random.default_rng(1)
    of = survey(path, population="bootstrap" not in conventions.without_population)
    return _numbers(
        of.estimate(*LINEAR, by="domain", replicates=lambda drawn: se.bootstrap(drawn, REPLICATES, rng, mse=True))
    )


def jackknife(path: Path, conventions: Conventions) -> Numbers:
    """The linear estimates, with the standard error of leaving each of 400 units out."""
    of = survey(path, population="jackknife" not in conventions.without_population)
    return _numbers(of.estimate(*LINEAR, by="domain", replicates=partial(se.jackknife, mse=True)))


def by_rank(path: Path, _: Conventions) -> Numbers:
    """Three quantiles of eight amounts with the intervals that R and `svy` have by default, overall and by domain."""
    amounts = [f"x{place + 1}" for place in range(CONTINUOUS)]
    found = survey(path).quantiles(amounts, by="domain", interval=se.QuantileInterval.MEAN)
    return {
        (row["domain"] or "", f"quantile {row['column']} {row['probability']:g}"): (row["value"], row["standard_error"])
        for row in found.to_pylist()
    }


def _numbers(found: Results) -> Numbers:
    return {
        (str(line.domain.get("domain", "")), line.name): (
            line.value,
            np.nan if line.standard_error is None else line.standard_error,
        )
        for line in found
    }


TASKS: dict[str, Task] = {
    "linear": linear,
    "raked": raked,
    "bootstrap": bootstrap,
    "jackknife": jackknife,
    "quantiles": by_rank,
}


def row(task: str, who: str, rows: int, found: Measured) -> str:
    """What one of them took."""
    return (
        f"{task:<11}{who:<11}{rows:>12,}{len(found.numbers):>11,}{found.reading:>8.2f}{found.wall:>9.2f}"
        f"{found.processor:>9.2f}{found.memory:>9.0f}"
    )


def beside(peer: Peer, task: str, folder: Path, rows: int) -> None:
    """Ours and a peer's on the same rows, printed."""
    ours = measured(TASKS[task], folder / "people.parquet", peer.conventions)
    print(row(task, "  ours", rows, ours), flush=True)
    try:
        theirs = peer.run(task, folder)
    except RuntimeError as failure:
        print(f"{task:<11}{peer.name:<11}{rows:>12,}  failed: {failure}", flush=True)
        return
    same = agreement(ours.numbers, theirs.numbers)
    alone = f"  {same.alone} of one only" if same.alone else ""
    print(
        f"{row(task, peer.name, rows, theirs)}{theirs.wall / ours.wall:>8.0f}x{same.value:>10.1e}"
        f"{same.error[0]:>10.1e}{same.error[1]:>10.1e}{alone}",
        flush=True,
    )


def main() -> None:
    """Write the data, run every task, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_300_000)
    parser.add_argument("--only", choices=list(TASKS), action="append")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--peer-rows", type=int, default=130_000, help="the first so many, or a part where it says so")
    parser.add_argument("--svy-python", default=sys.executable, help="a Python that has svy")
    parser.add_argument("--file", type=Path, help="where the rows are kept for another run")
    parser.add_argument("--times", type=int, default=1, help="runs of each of our tasks, of which the quickest is told")
    given = parser.parse_args()
    present = []
    for peer in peers(given.svy_python) if given.peers else ():
        version = peer.found()
        if version is not None:
            present.append(peer)
        print(f"{peer.name} {version or f'is not here: {peer.install}'}")
    with tempfile.TemporaryDirectory() as work:
        path = given.file or Path(work) / "survey.parquet"
        if not path.exists():
            # Written by a process of its own: the peak of this one would be taken for that of those it starts.
            apart(write_survey, path, given.rows)
        if pq.read_metadata(path).num_rows != given.rows:
            parser.error(f"{path} does not hold {given.rows:,} rows: name another file, or remove it")
        print(f"{given.rows:,} rows, 40 strata, 400 primary units, {path.stat().st_size / 1e6:.0f} MB on disk")
        print(
            f"{'task':<11}{'by':<11}{'rows':>12}{'estimates':>11}{'read s':>8}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}"
            f"{'x ours':>9}{'value':>10}{'s.e. med':>10}{'s.e. max':>10}"
        )
        for task in given.only or TASKS:
            runs = [measured(TASKS[task], path, Conventions()) for _ in range(given.times)]
            print(row(task, "ours", given.rows, min(runs, key=lambda found: found.wall)), flush=True)
            for peer in present:
                rows = min(round(given.peer_rows * peer.part.get(task, 1.0)), given.rows)
                folder = Path(work) / str(rows)
                if not folder.exists():
                    apart(prepare, path, rows, CLASSES, folder)
                beside(peer, task, folder, rows)


if __name__ == "__main__":
    main()
