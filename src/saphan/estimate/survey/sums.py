"""One pass over the data: weighted sums by sampling unit and domain, exact and so the same whatever the order of rows.

Each term w y is scaled by a power of two to fill 62 bits, rounded half to even by a cast (an engine whose cast does not
round has a dialect that does), and added as a whole number. Whole numbers add in any order and any grouping to the same
sum, so a rerun on more threads or another engine gives the same bits, and a domain those that it would have alone; the
rounding is below 2^-61 of the largest term.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from numbers import Real

import numpy as np
import pyarrow as pa
from sqlglot import exp

from saphan.estimate.engines import Engine
from saphan.estimate.survey.design import Units, units
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.plan import Columns, Kind, Plan
from saphan.estimate.survey.query import Weight, from_table, keys, of_units, query
from saphan.estimate.survey.rolling import Returned, Sums, added, cover, read, refuse_nan
from saphan.estimate.survey.terms import Estimand, Needed, Term, named, terms

RAKED = "raked weight"  # the column that stands in for the weights drawn
BITS = 62  # of a signed 64-bit whole number, one kept for rounding


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What one pass brought back."""

    units: Units
    estimands: tuple[Estimand, ...]
    terms: tuple[Term, ...]
    largest: tuple[float, ...]  # size of a value of each term
    heaviest: float  # of the weights drawn
    groupings: tuple[Sums, ...]


def gather(
    engine: Engine, table: str, columns: Columns, plan: Plan, *, weights: tuple[exp.Query, float] | None = None
) -> Gathered:
    """Run a plan's one pass. ValueError where a column is missing, no number, or a weight is negative or missing.

    `weights` are the same rows with another column of weights, named `RAKED`, and the largest of them relative to the
    weights drawn.
    """
    bounds = _bounds(engine, table, columns, plan)
    needed = terms(plan, _answers(engine, table, plan), bounds.gaps)
    largest = tuple(bounds.largest[one.value] for one in needed.terms)
    source, weight = from_table(table), Weight(column=columns.weight, largest=bounds.weight, zeros=bounds.zeros)
    if weights is not None:
        source, weight = (
            weights[0].subquery("weighted"),
            replace(weight, column=RAKED, largest=bounds.weight * weights[1]),
        )
    scales = _scales(needed.terms, largest, weight.largest)
    exact = bool(columns.clusters)  # else the rows are the units, and nothing is added
    sets = cover(plan.by, keys(columns), partial(_kinds, engine, table, columns), bounds.rows) if exact else None
    asked = query(source, of_units(columns), weight, needed, scales, plan.domains, sets).sql(dialect=engine.dialect)
    rows = engine.sums(asked) if exact else engine.run(asked)
    drawn, unit = _drawn(rows, columns)
    own = None
    if columns.weight is None:
        own = np.stack([drawn.weights ** (2 if one.squared else 1) for one in needed.terms], axis=1)
    returned = Returned(
        rows=rows,
        keys=keys(columns),
        unit=unit,
        scales=scales,
        counted=len(needed.counted),
        own=own,
        exact=exact,
    )
    return Gathered(
        units=drawn,
        estimands=needed.estimands,
        terms=needed.terms,
        largest=largest,
        heaviest=bounds.weight,
        groupings=read(returned, plan, (plan.domains,) if sets is None else sets),
    )


def grouped_sums(
    engine: Engine, table: str, weight: Weight, gathered: Gathered, by: Sequence[str]
) -> tuple[list[tuple[object, ...]], FloatArray]:
    """The sums of a plan's terms by other columns than those of units, and with other weights: labels, and (R, C)
    sums.
    """
    distinct = tuple(dict.fromkeys(by))  # a margin may be a domain too
    scales = _scales(gathered.terms, gathered.largest, weight.largest)
    needed = Needed(terms=gathered.terms, counted=(), estimands=())
    asked = query(from_table(table), [], weight, needed, scales, distinct, [distinct])
    rows = engine.sums(asked.sql(dialect=engine.dialect))
    labels = list(zip(*(rows.column(f"d{distinct.index(name)}").to_pylist() for name in by), strict=True))
    return labels, added(rows, scales)


def _kinds(engine: Engine, table: str, columns: Columns, names: Sequence[str]) -> tuple[dict[str, float], float]:
    """How many labels some columns have, and how many units there are, roughly."""
    units_of = exp.select(*map(named, keys(columns))).distinct().from_(from_table(table)).subquery("units")
    asked: list[exp.Expr] = [exp.ApproxDistinct(this=named(name)).as_(f"k{place}") for place, name in enumerate(names)]
    asked.append(exp.select(exp.Count(this=exp.Star())).from_(units_of).subquery().as_("units"))
    row = engine.run(exp.select(*asked).from_(from_table(table)).sql(dialect=engine.dialect)).to_pylist()[0]
    return {name: float(row[f"k{place}"]) + 1 for place, name in enumerate(names)}, float(row["units"])


def _answers(engine: Engine, table: str, plan: Plan) -> dict[str, tuple[object, ...]]:
    """The answers that occur, of columns whose shares are asked for without saying which."""
    wanted = dict.fromkeys(one.column for one in plan.quantities if one.kind is Kind.SHARE and one.answers is None)
    found: dict[str, tuple[object, ...]] = {}
    for name in wanted:
        column = exp.column(name, quoted=True)
        query = exp.select(column).distinct().from_(exp.to_identifier(table, quoted=True))
        values = [one for one in engine.run(query.sql(dialect=engine.dialect)).column(0).to_pylist() if one is not None]
        refuse_nan(name, values)
        found[name] = tuple(sorted(values, key=lambda value: (str(type(value)), value)))
    return found


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """How many rows there are, the largest size of each numeric column (None: of 1) and of the weights, whether some of
    these are 0, and which columns lack values somewhere.
    """

    rows: int
    largest: Mapping[str | None, float]
    weight: float
    zeros: bool
    gaps: frozenset[str]


def _bounds(engine: Engine, table: str, columns: Columns, plan: Plan) -> _Bounds:
    summed = tuple(one for one in plan.quantities if one.kind is not Kind.SHARE)
    weight = [] if columns.weight is None else [columns.weight]
    numbers = list(dict.fromkeys([*weight, *Plan(quantities=summed).measured]))
    present = list(dict.fromkeys([*numbers, *plan.measured]))
    extents = engine.extents(table, present)
    if not extents.rows:
        raise ValueError(f"{table} has no rows: there is nothing to estimate from")
    largest: dict[str | None, float] = {None: 1.0}
    for name in numbers:
        sides = [side for side in (extents.of[name].low, extents.of[name].high) if side is not None]
        numeric = [float(side) for side in sides if isinstance(side, (Real, Decimal))]
        if any(isinstance(side, bool) for side in sides):
            raise ValueError(f"column {name} holds true and false: ask for its shares, or give it as 1 and 0")
        if len(numeric) < len(sides):
            raise ValueError(f"column {name} holds text or dates: ask for its shares, or give it as numbers")
        largest[name] = max(map(abs, numeric), default=0.0)
        if not math.isfinite(largest[name]):
            raise ValueError(f"column {name} holds NaN or infinity: leave missing values empty (null)")
    gaps = frozenset(name for name in present if extents.of[name].known < extents.rows)
    if columns.weight is None:
        return _Bounds(rows=extents.rows, largest=largest, weight=1.0, zeros=False, gaps=gaps)
    lowest = extents.of[columns.weight].low
    if columns.weight in gaps or (isinstance(lowest, (Real, Decimal)) and lowest < 0):
        raise ValueError(f"column {columns.weight} has a weight that is missing or negative: weights are 0 or more")
    if not largest[columns.weight]:
        raise ValueError(f"column {columns.weight} holds nothing but 0: nobody stands for anyone")
    return _Bounds(rows=extents.rows, largest=largest, weight=largest[columns.weight], zeros=lowest == 0, gaps=gaps)


def _scales(needed: Sequence[Term], largest: Sequence[float], heaviest: float) -> list[int]:
    """The power of two of each term that fills a whole number, from its `largest` value and the heaviest weight."""
    return [
        _scale(heaviest * (heaviest if term.squared else value)) for term, value in zip(needed, largest, strict=True)
    ]


def _scale(largest: float) -> int:
    """The power of two that fills a whole number with the largest term. ValueError where no double holds it."""
    found = BITS - math.frexp(largest)[1] if largest > 0 else 0
    if not math.isfinite(largest) or found >= sys.float_info.max_exp:
        raise ValueError(
            f"weights times values of up to {largest:g} are beyond the numbers that can be added: take another unit"
        )
    return found


def _drawn(rows: pa.Table, columns: Columns) -> tuple[Units, IntArray]:
    """The units of the design, and the unit of each row."""
    of_unit = {name: _labels(rows, f"u{place}", name) for place, name in enumerate(keys(columns))}
    populations: list[FloatArray | None] = []
    for place, name in enumerate(columns.populations):
        if name is None:
            populations.append(None)
            continue
        low, high = (rows.column(f"{side}{place}").to_numpy().astype(float) for side in "pq")
        if not np.array_equal(low, high):
            raise ValueError(f"column {name} differs within a sampling unit: the population is one number of a stratum")
        populations.append(low)
    return units(
        [None if name is None else of_unit[name] for name in columns.strata],
        [of_unit[name] for name in columns.clusters] or [np.arange(rows.num_rows)],
        populations,
        lonely=columns.lonely,
    )


def _labels(rows: pa.Table, place: str, name: str) -> np.ndarray:
    column = rows.column(place)
    if column.null_count:
        raise ValueError(
            f"{column.null_count} sampling units lack their {name}: complete the columns of strata and clusters"
        )
    labels = np.asarray(column.to_numpy())
    refuse_nan(name, labels.tolist() if labels.dtype.kind == "f" else ())
    return labels
