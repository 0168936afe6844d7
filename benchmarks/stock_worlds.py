"""Do the intervals of stocks hold the truth? Invented worlds of key informants, and random subsets of sites counted.

    python -m benchmarks.stock_worlds             200 worlds, 10 draws each, about five minutes on one core
    python -m benchmarks.stock_worlds --quick     16 worlds, 2 draws: shows that it runs, not what it covers

A district has 45 to 75 sites, of which ten are counted (`--size`), and two of those said to be empty. Every draw goes
through the calls that an analyst makes. The peer is the median informant: the sum over sites of the plain median of
what was said. Errors of coverage are Monte Carlo errors by world, since the draws of one world are alike.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: the arrays are small

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.stock_populations import BEHAVIOURS, Behaviour, World, following, nationalities, world
from saphan.estimate.sampling import Method, Stage, draw
from saphan.estimate.stock import (
    Area,
    Assessed,
    Count,
    Grade,
    Reconciled,
    Stock,
    apportioned,
    changes,
    draw_subset,
    reconcile,
    stocks,
)

FloatArray = npt.NDArray[np.float64]
POOLED, LEAST = (87.0, 93.0), 85.0  # per cent of intervals that should hold the truth, on average and by behaviour
Draw = Callable[[Assessed, int], dict[str, float]]


@dataclass(frozen=True)
class Row:
    """One line of one draw: what was estimated, its limits, the truth, and what the median informant says."""

    value: float
    low: float
    high: float
    truth: float
    peer: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Per cent: coverage and its Monte Carlo error, truths below and above the interval, errors relative to truth."""

    coverage: float
    error: float
    below: float
    above: float
    rmse: float
    bias: float
    peer: float
    half_width: float  # over RMSE


def by_size(of: Assessed, seed: int, size: int) -> dict[str, float]:
    """Chances of the sites drawn as the library proposes."""
    return dict(draw_subset(of, size, seed=seed).chances)


def simple(of: Assessed, seed: int, size: int) -> dict[str, float]:
    """Chances of a simple random sample of each district, the empty sites among the others."""
    there = [one for one in of.sites if one.accessible]
    table = pa.table({"site": [one.id for one in there], "district": [one.district for one in there]})
    units = draw(table, Stage(unit="site", size=size, stratum=("district",), method=Method.SIMPLE), seed=seed).units
    return dict(zip(units["site"].to_pylist(), units["probability"].to_pylist(), strict=True))


def counted(of: World, assessed: Assessed, chances: dict[str, float]) -> Assessed:
    """The same round with the drawn sites counted."""
    counts = tuple(Count(site=one, value=float(of.present[one]), chance=chance) for one, chance in chances.items())
    return Assessed(sites=assessed.sites, reconciled=assessed.reconciled, counts=counts)


def assess(of: World) -> Assessed:
    """What was said, reconciled."""
    return Assessed(sites=of.sites, reconciled=reconcile(of.sites, of.reports))


def peers(of: World) -> dict[str, float]:
    """By district, the sum over accessible sites of the plain median of what was said."""
    said: dict[str, list[float]] = defaultdict(list)
    for one in of.reports:
        said[one.site].append(one.value)
    found: dict[str, float] = defaultdict(float)
    for site in of.sites:
        if site.accessible:
            found[site.district] += median(said[site.id])
    return found


def rows(of: World, lines: Sequence[Stock], area: Area) -> Iterator[Row]:
    """The lines of accessible sites that have an interval."""
    said = peers(of)
    for line in lines:
        if line.area is area and line.accessible and line.interval is not None and line.value is not None:
            names = [line.name] if area is Area.DISTRICT else list(said)
            truth = float(sum(of.truth(name) for name in names))
            peer = sum(said[name] for name in names)
            yield Row(line.value, line.interval.low, line.interval.high, truth, peer)


def measure(worlds: Sequence[Sequence[Row]]) -> Measured:
    """Measure the rows of each world."""
    table = np.array([(one.value, one.low, one.high, one.truth, one.peer) for each in worlds for one in each])
    value, low, high, truth, peer = table.T
    each = np.array([np.mean([one.low <= one.truth <= one.high for one in rows_]) for rows_ in worlds])
    rmse = _rms(value / truth - 1)
    return Measured(
        coverage=100 * float(((low <= truth) & (truth <= high)).mean()),
        error=100 * max(float(each.std(ddof=1)) / len(each) ** 0.5, 1 / len(table)),
        below=100 * float((truth < low).mean()),
        above=100 * float((truth > high).mean()),
        rmse=rmse,
        bias=100 * float((value / truth - 1).mean()),
        peer=_rms(peer / truth - 1),
        half_width=50 * float(((high - low) / truth).mean()) / rmse,
    )


def totals(behaviour: Behaviour, worlds: int, draws: int, take: Draw) -> dict[Area, list[list[Row]]]:
    """Rows of every world, of districts and of the province."""
    found: dict[Area, list[list[Row]]] = {area: [] for area in Area}
    for number in range(worlds):
        of = _world(number, behaviour)
        plain = assess(of)
        if any(line.interval for line in stocks(plain)):
            raise AssertionError("an interval without a counted site")
        lines = [stocks(counted(of, plain, take(plain, seed))) for seed in range(draws)]
        for area in Area:
            found[area].append([row for one in lines for row in rows(of, one, area)])
    return found


def changed(behaviour: Behaviour, worlds: int, draws: int, take: Draw, *, again: bool) -> list[list[Row]]:
    """Changes of districts from one round to the next, the same sites counted `again` or others drawn; over the truth
    of the earlier round, as 1 + change.
    """
    found = []
    for number in range(worlds):
        first = _world(number, behaviour)
        second = following(np.random.default_rng([number, 9]), first)
        one, two = assess(first), assess(second)
        mine = []
        for seed in range(draws):
            chances = take(one, seed)
            later = chances if again else take(two, seed + 1000)
            for line in changes(counted(first, one, chances), counted(second, two, later)):
                if line.area is Area.DISTRICT and line.interval is not None:
                    base, now = float(first.truth(line.name)), float(second.truth(line.name))
                    limits = (line.value, line.interval.low, line.interval.high)
                    mine.append(Row(*(1 + each / base for each in limits), now / base, np.nan))
        found.append(mine)
    return found


def parts(behaviour: Behaviour, worlds: int, draws: int, take: Draw) -> list[list[Row]]:
    """Two nationalities of every district, brought to its whole; chances by what is said of all."""
    found = []
    for number in range(worlds):
        of = _world(number, behaviour)
        both = nationalities(np.random.default_rng([number, 8]), of)
        plain, mine = assess(of), [assess(one) for one in both]
        rows_: list[Row] = []
        for seed in range(draws):
            chances = take(plain, seed)
            cut = [stocks(counted(one, said, chances)) for one, said in zip(both, mine, strict=True)]
            for whole, *of_each in zip(stocks(counted(of, plain, chances)), *cut, strict=True):
                for one, line_ in zip(both, apportioned(whole, of_each), strict=True):
                    rows_ += rows(one, [line_], Area.DISTRICT)
        found.append(rows_)
    return found


def grades(behaviours: Sequence[Behaviour], worlds: int) -> dict[Grade, list[float]]:
    """Errors of reconciled numbers of sites by grade: the absolute logarithm, half a person added to both."""
    found: dict[Grade, list[float]] = {grade: [] for grade in Grade}
    for behaviour in behaviours:
        for number in range(worlds):
            of = _world(number, behaviour)
            for one in assess(of).reconciled:
                found[one.grade].append(_off(one, of))
    return found


def line(words: str, one: Measured, *, judged: bool = True) -> str:
    """One line of a table; a figure that misses its target stands between stars."""
    covers = f"{one.coverage:5.1f} ±{one.error:3.1f}"
    covers = f"*{covers}*" if judged and one.coverage < LEAST else f" {covers} "
    peer = "     -" if np.isnan(one.peer) else f"{one.peer:6.1f}"
    better = "" if np.isnan(one.peer) else f"{one.rmse / one.peer:6.2f}"
    better = f"*{better}*" if judged and one.rmse >= one.peer else f" {better} "
    return (
        f"{words[:44]:44s} {covers:13s} {one.below:5.1f} {one.above:5.1f} {one.rmse:6.1f} {one.bias:6.1f} {peer} "
        f"{better:8s} {one.half_width:5.2f}"
    )


HEADER = (
    f"{'':44s} {' covers %':13s} {'below':>5s} {'above':>5s} {'RMSE %':>6s} {'bias %':>6s} {'median':>6s} "
    f"{' ratio':8s} half/RMSE"
)


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=25, help="of each behaviour")
    parser.add_argument("--draws", type=int, default=10, help="of each world")
    parser.add_argument("--size", type=int, default=10, help="sites counted in each district")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    worlds, draws = (2, 2) if given.quick else (given.worlds, given.draws)
    start = time.perf_counter()
    for words, take in (("larger sites more likely, as `draw_subset`", by_size), ("simple random samples", simple)):
        print(f"\n{given.size} sites of each district counted: {words}\n\n{HEADER}")
        chosen = partial(take, size=given.size)
        pooled: dict[Area, list[list[Row]]] = {area: [] for area in Area}
        for behaviour in BEHAVIOURS:
            found = totals(behaviour, worlds, draws, chosen)
            name = behaviour.words + ("" if behaviour.assumed else " (not assumed)")
            print(line(name, measure(found[Area.DISTRICT])), flush=True)
            for area in Area:
                pooled[area] += found[area]
        whole = measure(pooled[Area.DISTRICT])
        verdict = "" if POOLED[0] <= whole.coverage <= POOLED[1] else f" not within {POOLED[0]:g} to {POOLED[1]:g}"
        print(line(f"all{verdict}", whole))
        print(line("provinces, all", measure(pooled[Area.PROVINCE]), judged=False))
    print(f"\nChange between two rounds, districts, a quarter of the draws\n\n{HEADER}")
    for words, again in (("the same sites counted again", True), ("sites drawn anew", False)):
        chosen = partial(by_size, size=given.size)
        some = max(draws // 4, 1)
        found = [one for each in BEHAVIOURS for one in changed(each, worlds, some, chosen, again=again)]
        print(line(words, measure(found), judged=False), flush=True)
    chosen = partial(by_size, size=given.size)
    found = [one for each in BEHAVIOURS for one in parts(each, worlds, max(draws // 4, 1), chosen)]
    print(f"\nTwo nationalities, districts, brought to the whole\n\n{HEADER}")
    print(line("all", measure(found), judged=False), flush=True)
    print("\nMedian error of a site's number by grade, before any count (all behaviours)")
    for grade, errors in grades(BEHAVIOURS, worlds).items():
        print(f"  {grade}: a factor of {np.exp(np.median(errors)):.2f} ({len(errors):,} sites)")
    print(f"\n{time.perf_counter() - start:.0f} s")


def _world(number: int, behaviour: Behaviour) -> World:
    return world(np.random.default_rng([number, BEHAVIOURS.index(behaviour)]), behaviour)


def _rms(relative: FloatArray) -> float:
    return 100 * float(np.sqrt((relative**2).mean()))


def _off(one: Reconciled, of: World) -> float:
    return float(abs(np.log((one.value + 0.5) / (of.present[one.site] + 0.5))))


if __name__ == "__main__":
    main()
