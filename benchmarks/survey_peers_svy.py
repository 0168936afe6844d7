"""The tasks of survey_estimates.py by `svy` (PyPI), as its users would write them; run by a Python that has svy.

python survey_peers_svy.py TASK PEOPLE.parquet MARGINS.csv FOUND.csv

Reads the people and what weights are raked to (column, answer, total). Writes one row for each estimate: domain (empty
for everybody), name, value, standard_error. Prints seconds of reading, of the work, and of the processor at work.
"""

from __future__ import annotations

import csv
import re
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import polars as pl
import svy

Row = tuple[object, str, float, float]
BY = (None, "domain")
AT_ESTIMATE = {"method": "replication", "variance_center": "estimate"}


def rows(found: Iterable[svy.Estimate], names: Iterable[str]) -> Iterator[Row]:
    """One row for each line of each estimate; of a share, the name ends in its answer."""
    for estimate, name in zip(found, names, strict=True):
        for one in estimate.estimates:
            answer = "" if one.y_level is None else one.y_level
            yield ("" if one.by_level is None else one.by_level[0]), f"{name}{answer}", one.est, one.se


def linear(sample: svy.Sample, *, together: bool = True, **how: str) -> Iterator[Row]:
    """Every linear estimate, of everybody and by domain; the 20 variables in one call, or one after the other."""
    answered = [name for name in sample.data.columns if re.fullmatch("[bx][0-9]+", name)]
    skipped = ["s1", "s2"]
    of = sample.estimation
    for by in BY:
        for kind, estimate in (("mean", of.mean), ("total", of.total)):
            asked = [estimate(answered, by=by, **how)] if together else [[estimate(one, by=by)] for one in answered]
            yield from rows(chain.from_iterable(asked), [f"{kind} {name}" for name in answered])
        yield from rows([of.prop("level", by=by, **how)], ["share level="])
        # Together, those who skipped one question would be left out of the other.
        yield from rows(
            [of.mean(name, by=by, drop_nulls=True, **how) for name in skipped], [f"mean {name}" for name in skipped]
        )
        yield from rows([of.ratio("x1", "x2", by=by, **how)], ["ratio x1/x2"])


def quantiles(sample: svy.Sample) -> Iterator[Row]:
    """Three quantiles of every amount, of everybody and by domain."""
    amounts = [name for name in sample.data.columns if re.fullmatch("x[0-9]+", name)]
    probabilities = (0.25, 0.5, 0.75)
    names = [f"quantile {name} {probability:g}" for name in amounts for probability in probabilities]
    for by in BY:
        yield from rows(sample.estimation.quantile(amounts, p=probabilities, by=by), names)


def raked(sample: svy.Sample, margins: str) -> svy.Sample:
    """The sample with its weights raked."""
    controls: dict[str, dict[object, float]] = {}
    with Path(margins).open(newline="") as file:
        for row in csv.DictReader(file):
            controls.setdefault(row["column"], {})[int(row["answer"])] = float(row["total"])
    return sample.weighting.rake(controls=controls, tol=1e-12, max_iter=1000)


def made(task: str, people: pl.DataFrame, margins: str) -> list[Row]:
    """The estimates of one task."""
    sample = svy.Sample(people, svy.Design(stratum="stratum", psu="unit", wgt="weight", pop_size="units_in_stratum"))
    match task:
        case "linear":
            return list(linear(sample))
        case "raked":
            # Asked of everybody in one call, svy 0.35.0 takes raked weights as fixed: the standard errors of our totals
            # come out up to 1.7 times those that the same call gives for one variable, which are R's and ours.
            return list(linear(raked(sample, margins), together=False))
        case "bootstrap":
            return list(linear(sample.weighting.create_bs_wgts(1000, rstate=1), **AT_ESTIMATE))
        case "jackknife":
            return list(linear(sample.weighting.create_jk_wgts(), **AT_ESTIMATE))
        case "quantiles":
            return list(quantiles(sample))
    raise ValueError(f"no task {task}")


def main() -> None:
    """Read, work, write, and say how long it took."""
    task, people, margins, out = sys.argv[1:]
    start = time.perf_counter()
    table = pl.read_parquet(people)
    ready, before = time.perf_counter(), time.process_time()
    found = made(task, table, margins)
    done, after = time.perf_counter(), time.process_time()
    with Path(out).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("domain", "name", "value", "standard_error"))
        writer.writerows(found)
    print(ready - start, done - ready, after - before)


if __name__ == "__main__":
    main()
