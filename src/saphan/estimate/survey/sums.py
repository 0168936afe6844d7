"""One pass over the data: weighted sums by sampling unit and domain, exact and so the same whatever the order of rows.

Each term w y is scaled by a power of two to fill 62 bits, rounded half to even by a cast (an engine whose cast does not
round has a dialect that does), and added as a whole number. Whole numbers add in
any order to the same sum, so a rerun on more threads or another engine gives the same bits; the rounding is below
2^-61 of the largest term.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from numbers import Real

import numpy as np
import pyarrow as pa
from sqlglot import exp

from saphan.estimate.engines import Engine
from saphan.estimate.survey.design import Units, units
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.plan import Columns, Kind, Plan
from saphan.estimate.survey.terms import Estimand, Term, condition, named, terms

RAKED = "raked weight"  # the column that stands in for the weights drawn
BITS = 62  # of a signed 64-bit whole number, one kept for rounding


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Weighted sums of C terms in R combinations of unit and domain, for one grouping of a plan.

    Rows are ordered by domain and unit. `domains` are the G labels of the grouping, None for a missing one; `sums` and
    `counts` (R, C) are weighted sums and rows that have a value.
    """

    by: tuple[str, ...]
    domains: tuple[tuple[object, ...], ...]
    unit: IntArray
    domain: IntArray
    sums: FloatArray
    counts: IntArray


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
    needed, estimands = terms(plan, _answers(engine, table, plan), bounds.gaps)
    largest = tuple(bounds.largest[one.value] for one in needed)
    scales = _scales(needed, largest, bounds.weight * (1.0 if weights is None else weights[1]))
    grouped = bool(columns.clusters)
    groupings = [grouping for grouping in plan.by if grouping] or [()]
    source = from_table(table) if weights is None else weights[0].subquery("weighted")
    weight = columns.weight if weights is None else RAKED
    asked = _units(columns, grouped=grouped)
    query = _query(source, asked, weight, needed, scales, groupings, grouped=grouped, zeros=bounds.zeros)
    rows = engine.run(query.sql(dialect=engine.dialect))
    drawn, unit = _drawn(rows, columns)
    every = _scaled(rows, scales)
    if weight is None:
        own = drawn.weights[unit][:, None]
        every *= np.where([one.squared for one in needed], own**2, own)
    found = _read(rows, columns, plan, groupings, unit, every)
    return Gathered(
        units=drawn, estimands=estimands, terms=needed, largest=largest, heaviest=bounds.weight, groupings=found
    )


def grouped_sums(
    engine: Engine, source: exp.Expr, weight: tuple[str, float], gathered: Gathered, keys: Sequence[str]
) -> tuple[list[tuple[object, ...]], FloatArray]:
    """The sums of a plan's terms by other keys than units, with a column of weights and the largest of these: labels,
    and (R, C) sums.
    """
    column, heaviest = weight
    scales = _scales(gathered.terms, gathered.largest, heaviest)
    distinct = tuple(dict.fromkeys(keys))  # a margin may be a domain too
    query = _query(source, [], column, gathered.terms, scales, [distinct], grouped=True, zeros=False)
    rows = engine.run(query.sql(dialect=engine.dialect))
    labels = list(zip(*(rows.column(f"d{distinct.index(key)}").to_pylist() for key in keys), strict=True))
    return labels, _scaled(rows, scales)


def from_table(table: str) -> exp.Expr:
    """A table by name."""
    return exp.Table(this=exp.to_identifier(table, quoted=True))


def _answers(engine: Engine, table: str, plan: Plan) -> dict[str, tuple[object, ...]]:
    """The answers that occur, of columns whose shares are asked for without saying which."""
    wanted = dict.fromkeys(one.column for one in plan.quantities if one.kind is Kind.SHARE and one.answers is None)
    found: dict[str, tuple[object, ...]] = {}
    for name in wanted:
        column = exp.column(name, quoted=True)
        query = exp.select(column).distinct().from_(exp.to_identifier(table, quoted=True))
        values = [one for one in engine.run(query.sql(dialect=engine.dialect)).column(0).to_pylist() if one is not None]
        _refuse_nan(name, values)
        found[name] = tuple(sorted(values, key=lambda value: (str(type(value)), value)))
    return found


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """Largest size of each numeric column (None: of 1) and of the weights, whether some of these are 0, and which
    columns lack values somewhere.
    """

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
        return _Bounds(largest=largest, weight=1.0, zeros=False, gaps=gaps)
    lowest = extents.of[columns.weight].low
    if columns.weight in gaps or (isinstance(lowest, (Real, Decimal)) and lowest < 0):
        raise ValueError(f"column {columns.weight} has a weight that is missing or negative: weights are 0 or more")
    if not largest[columns.weight]:
        raise ValueError(f"column {columns.weight} holds nothing but 0: nobody stands for anyone")
    return _Bounds(largest=largest, weight=largest[columns.weight], zeros=lowest == 0, gaps=gaps)


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


def _units(columns: Columns, *, grouped: bool) -> list[exp.Expr]:
    """The labels of strata and units, and the populations that they state."""
    asked: list[exp.Expr] = [named(name).as_(f"u{place}") for place, name in enumerate(_keys(columns))]
    for place, name in enumerate(columns.populations):
        if name is not None:
            population = named(name)
            asked.append((exp.Min(this=population) if grouped else population).as_(f"p{place}"))
            asked.append((exp.Max(this=population.copy()) if grouped else population.copy()).as_(f"q{place}"))
    return asked


def _keys(columns: Columns) -> list[str]:
    return list(dict.fromkeys([*(name for name in columns.strata if name is not None), *columns.clusters]))


def _query(
    source: exp.Expr,
    of_units: Sequence[exp.Expr],
    weight: str | None,
    needed: Sequence[Term],
    scales: Sequence[int],
    groupings: Sequence[tuple[str, ...]],
    *,
    grouped: bool,
    zeros: bool,
) -> exp.Select:
    """Sums by unit and domain; where rows are the units, the rows themselves."""
    units_of = [one.this for one in of_units if one.alias.startswith("u")]
    domains = list(dict.fromkeys(name for grouping in groupings for name in grouping))
    asked = [*of_units, *(named(name).as_(f"d{place}") for place, name in enumerate(domains))]
    weighs = exp.GT(this=named(weight), expression=exp.Literal.number(0)) if zeros and weight is not None else None
    for place, (term, scale) in enumerate(zip(needed, scales, strict=True)):
        factors = [one for one in (weight, weight if term.squared else None, term.value) if one is not None]
        whole = _cast(reduce(_times, [*map(named, factors), _power(scale)]), "BIGINT")
        rows = condition(term)
        kept: exp.Expr = whole if rows is None else exp.Case().when(rows, whole, copy=False)
        known = rows if weighs is None else weighs.copy() if rows is None else exp.and_(rows, weighs)
        seen: exp.Expr = exp.Literal.number(1) if known is None else exp.Case().when(known, exp.Literal.number(1))
        if grouped:
            kept, seen = exp.Sum(this=kept), exp.Count(this=exp.Star() if known is None else seen)
        asked.append(exp.alias_(_cast(kept, "DOUBLE"), f"s{place}", copy=False))
        asked.append(exp.alias_(seen, f"n{place}", copy=False))
    if grouped and len(groupings) > 1:
        asked += [exp.func("GROUPING", named(name)).as_(f"g{place}") for place, name in enumerate(domains)]
    query = exp.Select(expressions=asked).from_(source)
    if not grouped:
        return query
    if len(groupings) == 1:
        return query.group_by(*(one.copy() for one in units_of), *(named(name) for name in groupings[0]))
    keys = [one.name for one in units_of]
    # A domain that is also a column of the design stands in every set; sets that then are equal are one.
    distinct = dict.fromkeys(tuple(sorted({*keys, *grouping})) for grouping in groupings)
    sets = [exp.Tuple(expressions=list(map(named, names))) for names in distinct]
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return query


def _times(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Mul(this=left, expression=right)


def _power(scale: int) -> exp.Expr:
    """A power of two as a literal that stays a double."""
    return _cast(exp.Literal.string(repr(2.0**scale)), "DOUBLE")


def _cast(value: exp.Expr, kind: str) -> exp.Cast:
    """`exp.cast` without its parser, which would take as long as the rest of a query's writing."""
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type[kind]))


def _drawn(rows: pa.Table, columns: Columns) -> tuple[Units, IntArray]:
    """The units of the design, and the unit of each row."""
    of_unit = {name: _labels(rows, f"u{place}", name) for place, name in enumerate(_keys(columns))}
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


def _read(
    rows: pa.Table,
    columns: Columns,
    plan: Plan,
    groupings: Sequence[tuple[str, ...]],
    unit: IntArray,
    every: FloatArray,
) -> tuple[Sums, ...]:
    counts = np.empty(every.shape, dtype=np.int64)
    for place in range(every.shape[1]):
        counts[:, place] = np.nan_to_num(rows.column(f"n{place}").to_numpy())
    domains = list(dict.fromkeys(name for grouping in groupings for name in grouping))
    found: dict[tuple[str, ...], Sums] = {}
    for grouping in groupings:
        mine = np.ones(rows.num_rows, dtype=bool)
        if len(groupings) > 1 and columns.clusters:
            kept = {*grouping, *_keys(columns)}
            for place, name in enumerate(domains):
                mine &= rows.column(f"g{place}").to_numpy() == (0 if name in kept else 1)
        chosen = np.flatnonzero(mine)
        labels, code = _numbered([rows.column(f"d{domains.index(name)}") for name in grouping], chosen)
        for label in labels:
            _refuse_nan(" x ".join(grouping), label)
        found[grouping] = _ordered(grouping, labels, unit[chosen], code, every[chosen], counts[chosen])
    if () in plan.by and () not in found:
        first = found[groupings[0]]
        found[()] = _ordered((), ((),), first.unit, np.zeros_like(first.domain), first.sums, first.counts)
    return tuple(found[by] for by in plan.by)


def _scaled(rows: pa.Table, scales: Sequence[int]) -> FloatArray:
    """(R, C) the sums in the units of their terms."""
    found = np.empty((rows.num_rows, len(scales)))
    for place, scale in enumerate(scales):
        found[:, place] = np.nan_to_num(rows.column(f"s{place}").to_numpy()) * 2.0**-scale
    return found


def _labels(rows: pa.Table, place: str, name: str) -> np.ndarray:
    column = rows.column(place)
    if column.null_count:
        raise ValueError(
            f"{column.null_count} sampling units lack their {name}: complete the columns of strata and clusters"
        )
    labels = np.asarray(column.to_numpy())
    _refuse_nan(name, labels.tolist() if labels.dtype.kind == "f" else ())
    return labels


def _refuse_nan(name: str, values: Iterable[object]) -> None:
    """NaN is no label and no answer: who means missing leaves the cell empty."""
    if any(value != value for value in values):
        raise ValueError(f"column {name} holds NaN: leave missing values empty (null)")


def _numbered(columns: Sequence[pa.ChunkedArray], chosen: IntArray) -> tuple[tuple[tuple[object, ...], ...], IntArray]:
    """The labels that occur together, in order, and which of them each chosen row has."""
    if not columns:
        return ((),), np.zeros(chosen.size, dtype=np.int64)
    code = np.zeros(chosen.size, dtype=np.int64)
    values: list[list[object]] = []
    for column in columns:
        encoded = column.take(pa.array(chosen)).combine_chunks().dictionary_encode(null_encoding="encode")
        kinds = encoded.dictionary.to_pylist()
        order = sorted(
            range(len(kinds)), key=lambda place: (kinds[place] is None, str(type(kinds[place])), kinds[place] or 0)
        )
        rank = np.empty(len(kinds), dtype=np.int64)
        rank[order] = np.arange(len(kinds))
        code = code * len(kinds) + rank[encoded.indices.to_numpy()]
        values.append([kinds[place] for place in order])
    present, number = np.unique(code, return_inverse=True)
    labels = []
    for one in present.tolist():
        label: list[object] = []
        for kinds in reversed(values):
            one, place = divmod(one, len(kinds))
            label.append(kinds[place])
        labels.append(tuple(reversed(label)))
    return tuple(labels), number


def _ordered(
    by: tuple[str, ...],
    labels: tuple[tuple[object, ...], ...],
    unit: IntArray,
    domain: IntArray,
    sums: FloatArray,
    counts: IntArray,
) -> Sums:
    """One row for each domain and unit, in order; rows that agree are added."""
    width = int(unit.max(initial=0)) + 1
    key = domain * width + unit
    order = np.argsort(key, kind="stable")
    present, start = np.unique(key[order], return_index=True)
    return Sums(
        by=by,
        domains=labels,
        unit=present % width,
        domain=present // width,
        sums=np.add.reduceat(sums[order], start, axis=0),
        counts=np.add.reduceat(counts[order], start, axis=0),
    )
