"""Do the 95 % intervals of the survey library hold the truth? Fixed populations, drawn again and again.

    python -m benchmarks.survey_coverage            2,000 draws of each design, about ten minutes on one core
    python -m benchmarks.survey_coverage --quick    100 draws: shows that it runs, not what it covers

Every draw goes through the calls that an analyst makes: arrays for most lines, `Survey` for differences and raked
weights. Limits that cannot be given (NaN) count as missing the truth. Targets are judged on what the library does by
default; intervals that must be asked for by name stand beside it for comparison.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: the arrays are small

import argparse
import inspect
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import saphan.estimate as se
from benchmarks.survey_population import Drawn, Population, designs, population, trait_designs
from saphan.estimate.survey import linear, proportions
from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray, Labels
from saphan.estimate.survey.proportions import limits

DRAWS, QUICK = 2000, 100
PROBABILITIES = (0.25, 0.5, 0.9)
RARE, COMMON = (0.01, 0.02, 0.03, 0.04, 0.05), (0.1, 0.2, 0.3, 0.5)
SHARE_INTERVALS = tuple(map(se.ProportionInterval, ("wilson-kish", "wilson", "korn-graubard")))
QUANTILE_DEFAULT = inspect.signature(se.quantiles).parameters["interval"].default  # the signature's own


@dataclass(frozen=True, kw_only=True)
class Target:
    """Per cent of draws whose interval should hold the truth: on average over cells, and at `least` in each."""

    low: int
    high: int
    least: int = 0


GENERAL = Target(low=93, high=97)
RARE_TARGET = Target(low=94, high=98, least=89)


@dataclass(frozen=True)
class Line:
    """What an interval is of; `default` where the library draws it so unless told otherwise."""

    words: str
    default: bool = True


Limits = dict[Line, tuple[float, float]]  # of one draw


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Where the truth lay, `below` and `above` the interval, (cells, draws) each."""

    below: BoolArray
    above: BoolArray
    target: Target

    @property
    def held(self) -> IntArray:
        """(cells,) draws whose interval holds the truth."""
        return np.asarray((~(self.below | self.above)).sum(axis=1))

    @property
    def cells(self) -> FloatArray:
        """(cells,) the same as a share of draws."""
        return np.asarray(self.held / self.below.shape[1])

    @property
    def share(self) -> float:
        """The average over cells."""
        return float(self.cells.mean())

    @property
    def error(self) -> float:
        """Monte Carlo standard error of `share`; that of one miss where there was none."""
        draws = self.below.shape[1]
        variance = np.maximum(self.cells * (1.0 - self.cells), 1.0 / draws) / draws
        return float(np.sqrt(variance.sum()) / variance.size)

    @property
    def meets(self) -> bool:
        """True where the target is met as measured, in whole numbers of draws, Monte Carlo error not granted."""
        average = self.target.low * self.below.size <= 100 * self.held.sum() <= self.target.high * self.below.size
        return bool(average and (100 * self.held >= self.target.least * self.below.shape[1]).all())

    def __str__(self) -> str:
        worst = f", least {100 * self.cells.min():.1f}" if self.cells.size > 1 else ""
        figure = f"{100 * self.share:.1f} ±{100 * self.error:.1f}{worst}"
        return figure if self.meets else f"**{figure}**"


Table = dict[Line, dict[str, Coverage]]  # by line, then by design


def truths(of: Population) -> dict[Line, float]:
    """What every interval is of."""
    found = {Line("ratio"): float(of.part.sum() / of.skewed.sum())}
    for name, amount in (("even", of.even), ("skewed", of.skewed)):
        found[Line(f"total, {name}")] = float(amount.sum())
        apart = float(amount[of.women].mean() - amount[~of.women].mean())
        found |= {Line(f"{kind}, {name}"): float(amount.mean()) for kind in ("mean", "raked mean", "swept mean")}
        found |= {Line(f"{kind}, {name}"): apart for kind in ("difference", "raked difference")}
    for share in PROBABILITIES:
        value = float(np.quantile(of.skewed, share, method="inverted_cdf"))
        found |= {_quantile(share, interval): value for interval in se.QuantileInterval}
    return found


def estimated(of: Population, drawn: Drawn) -> Limits:
    """Every interval of one draw."""
    return from_arrays(of, drawn) | from_table(of, drawn)


def from_arrays(of: Population, drawn: Drawn) -> Limits:
    """What takes arrays: totals, means, ratio, quantiles, and means raked by `rake` (swept)."""
    sample, rows = drawn.sample(), drawn.rows
    amounts = np.stack([of.even[rows], of.skewed[rows]], axis=1)
    raked = se.rake(sample, [_margin("sex", of.women, rows), _margin("band", of.band, rows)]).sample
    found = (
        _limits(linear.total(sample, amounts, names=("total, even", "total, skewed")))
        | _limits(linear.mean(sample, amounts, names=("mean, even", "mean, skewed")))
        | _limits(linear.mean(raked, amounts, names=("swept mean, even", "swept mean, skewed")))
        | _limits(linear.ratio(sample, of.part[rows], of.skewed[rows], names=("ratio",)))
    )
    for interval in se.QuantileInterval:
        ranked = se.quantiles(sample, of.skewed[rows], PROBABILITIES, interval=interval)
        for share, low, high in zip(PROBABILITIES, ranked.low, ranked.high, strict=True):
            found[_quantile(share, interval)] = (float(low), float(high))
    return found


def from_table(of: Population, drawn: Drawn) -> Limits:
    """What takes a table: differences between women and men, and the same and means with raked weights."""
    rows = drawn.rows
    survey = drawn.survey(
        {"even": of.even[rows], "skewed": of.skewed[rows], "women": of.women[rows], "band": of.band[rows]}
    )
    asked = {name: se.mean(name) for name in ("even", "skewed")}
    margins = {name: dict(zip(*_counts(one), strict=True)) for name, one in (("women", of.women), ("band", of.band))}
    found: Limits = {}
    for word, known in (("", None), ("raked ", margins)):
        results = survey.estimate(*asked.values(), by="women", margins=known)
        for name, quantity in asked.items():
            apart = results.difference(quantity, {"women": True}, {"women": False}).interval()
            found[Line(f"{word}difference, {name}")] = (float(apart[0][0]), float(apart[1][0]))
        for line in results:
            if known is not None and not line.domain:
                found[Line(f"raked mean, {line.quantity.column}")] = (_number(line.low), _number(line.high))
    return found


def _margin(name: str, of: Labels, rows: IntArray) -> se.Margin:
    classes, total = _counts(of)
    return se.Margin(name=name, of=of[rows], classes=tuple(map(str, classes)), total=np.array(total))


def _counts(of: Labels) -> tuple[list[object], list[float]]:
    classes, count = np.unique(of, return_counts=True)
    return classes.tolist(), count.astype(float).tolist()


def _number(limit: float | None) -> float:
    return np.nan if limit is None else limit


def general(draws: int, design: str | None = None) -> Table:
    """Means, totals, ratios, differences and quantiles under every design; what takes arrays, under one `design`."""
    of = population()
    every = truths(of)
    table: Table = {}
    for number, (words, draw) in enumerate(designs(of).items()):
        if design not in (None, words):
            continue
        rng = np.random.default_rng([2, number])
        intervals = estimated if design is None else from_arrays
        found = [intervals(of, draw(rng)) for _ in range(draws)]
        for line, truth in every.items():
            if line in found[0]:
                table.setdefault(line, {})[words] = coverage([[one[line] for one in found]], [truth], GENERAL)
    return table


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Draws of one true share: limits by interval, values (draws,), and which of these are `printed` (draws,)."""

    truth: float
    limits: dict[Line, list[tuple[float, float]]]
    value: FloatArray
    printed: BoolArray

    def __str__(self) -> str:
        """Whether the default holds the truth, in all draws and in those that are printed."""
        low, high = np.array(next(found for line, found in self.limits.items() if line.default)).T
        held = (low <= self.truth) & (self.truth <= high)
        printed = f"{100 * held[self.printed].mean():.1f}" if self.printed.any() else "none"
        return f"{100 * held.mean():.1f}; {100 * self.printed.mean():.1f}, {printed}"


def shares(draws: int, people: int = 50) -> dict[str, list[Shares]]:
    """By design, for each true share: what is found among `people`."""
    found: dict[str, list[Shares]] = {}
    for share in (*RARE, *COMMON):
        for number, (words, (trait, draw)) in enumerate(trait_designs(share, people).items()):
            rng = np.random.default_rng([4, number, round(1000 * share)])
            found.setdefault(words, []).append(share_draws(trait, (draw(rng) for _ in range(draws))))
    return found


def share_draws(trait: FloatArray, draws: Iterable[Drawn]) -> Shares:
    """Estimates of the share that has a `trait` (N,)."""
    found = [se.proportion(drawn.sample(), trait[drawn.rows]) for drawn in draws]
    return Shares(
        truth=float(trait.mean()),
        limits={_share(interval): [limits(one.evidence, interval) for one in found] for interval in SHARE_INTERVALS},
        value=np.array([one.value for one in found]),
        printed=np.array([one.reliability.verdict is not se.Verdict.SUPPRESS for one in found]),
    )


def rare(found: dict[str, list[Shares]]) -> Table:
    """The rare shares together: average and least."""
    return {
        line: {
            words: coverage([one.limits[line] for one in cells], [one.truth for one in cells], RARE_TARGET)
            for words, cells in ((words, every[: len(RARE)]) for words, every in found.items())
        }
        for line in map(_share, SHARE_INTERVALS)
    }


def coverage(cells: Sequence[Sequence[tuple[float, float]]], truth: Sequence[float], target: Target) -> Coverage:
    """Of limits by cell and draw, and the truth of each cell."""
    low, high = np.moveaxis(np.array(cells), 2, 0)
    true = np.array(truth)[:, None]
    return Coverage(below=~(low <= true), above=~(true <= high), target=target)


def _limits(found: se.Estimates) -> Limits:
    return {
        Line(name): (float(low), float(high)) for name, low, high in zip(found.names, *found.interval(), strict=True)
    }


def _quantile(share: float, interval: se.QuantileInterval) -> Line:
    return Line(f"quantile {share:g}, {interval}", interval is QUANTILE_DEFAULT)


def _share(interval: se.ProportionInterval) -> Line:
    return Line(f"share, {interval}", interval is proportions.DEFAULT)


def report(table: Table) -> Iterator[str]:
    """Defaults in Markdown, misses in bold; each miss, and on which side the truth lay; the others for comparison."""
    for words, default in (("library default", True), ("for comparison, not a default", False)):
        rows = {line.words: row for line, row in table.items() if line.default is default}
        yield from grid(words, {line: {one: str(cell) for one, cell in row.items()} for line, row in rows.items()})
        missed = [(line, one, cell) for line, row in rows.items() for one, cell in row.items() if not cell.meets]
        yield f"\n{len(missed)} of {sum(map(len, rows.values()))} miss" + (":" if missed and default else "") + "\n"
        for line, one, cell in missed if default else ():
            sides = f"truth below in {100 * cell.below.mean():.1f}, above in {100 * cell.above.mean():.1f}"
            yield f"- {line}; {one}: {100 * cell.share:.2f} ±{100 * cell.error:.2f}; {sides}"
        yield ""


def grid(title: str, rows: dict[str, dict[str, str]]) -> Iterator[str]:
    """Rows by name and cells by column, as a Markdown table."""
    columns = list(next(iter(rows.values())))
    width = max(map(len, (title, *rows)))
    yield f"| {title:{width}} | {' | '.join(f'{one:>22}' for one in columns)} |"
    yield f"|{'-' * (width + 2)}|{'|'.join(['-' * 23 + ':'] * len(columns))}|"
    for line, row in rows.items():
        yield f"| {line:{width}} | {' | '.join(f'{row[one]:>22}' for one in columns)} |"


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} draws")
    parser.add_argument("--design", choices=designs(population()), help="what takes arrays, under this alone")
    given = parser.parse_args()
    draws = QUICK if given.quick else given.draws
    start = time.perf_counter()
    print(f"95 % intervals that hold the truth, %, ± Monte Carlo error; {draws} draws\n")
    print(f"Target {GENERAL.low} to {GENERAL.high}; misses are bold\n", flush=True)
    print("\n".join(report(general(draws, given.design))), flush=True)
    if given.design is None:
        print_shares(shares(draws))
    print(f"\n{time.perf_counter() - start:.0f} s")


def print_shares(found: dict[str, list[Shares]]) -> None:
    """The rare together, then each share by itself with what the presentation standard lets through."""
    target = RARE_TARGET
    print(f"\nShares of 1 to 5 % of 50: average, target {target.low} to {target.high}; none under {target.least}\n")
    print("\n".join(report(rare(found))))
    print("\nBy true share, the default: covers; of all draws printed, and these cover\n")
    by_share = {
        f"{truth:g}": {words: str(cells[place]) for words, cells in found.items()}
        for place, truth in enumerate((*RARE, *COMMON))
    }
    print("\n".join(grid("true share", by_share)))
    told = np.concatenate([one.value[one.printed] for cells in found.values() for one in cells[: len(RARE)]])
    print(f"\nOf those printed at 1 to 5 %, {np.mean(told == 0):.2%} have a value of 0.")


if __name__ == "__main__":
    main()
