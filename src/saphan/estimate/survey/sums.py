"""One pass over the data: weighted sums by sampling unit and domain, exact and so the same whatever the order of rows.

Each term w y is scaled by a power of two to fill 62 bits, rounded half to even by a cast (an engine whose cast does not
round has a dialect that does), and added as a whole number. Whole numbers add in
any order to the same sum, so a rerun on more threads or another engine gives the same bits; the rounding is below
2^-61 of the largest term.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from numbers import Real

import numpy as np
import pyarrow as pa
from sqlglot import exp

from saphan.estimate.engines import Engine
from saphan.estimate.survey.design import Units, units
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.plan import Columns, Kind, Plan, Quantity

RAKED = "raked weight"  # the column that stands in for the weights drawn
BITS = 62  # of a signed 64-bit whole number, one kept for rounding


@dataclass(frozen=True, kw_only=True)
class Term:
    """A weighted sum: of `value` (None: of 1) over rows where the columns of `present` are known.

    `equals` keeps rows with one answer of a column, `aside` leaves answers of that column out.
    """

    value: str | None = None
    present: tuple[str, ...] = ()
    of: str | None = None
    equals: object = None
    aside: tuple[object, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Estimand:
    """A total, or a ratio of two: the numbers of its terms; of a share also that of the squared weights."""

    quantity: Quantity
    answer: object
    above: int
    below: int | None
    squares: int | None = None


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
    scales: tuple[int, ...]  # powers of two that the terms were scaled by
    groupings: tuple[Sums, ...]


def gather(
    engine: Engine, table: str, columns: Columns, plan: Plan, *, weights: tuple[exp.Query, float] | None = None
) -> Gathered:
    """Run a plan's one pass. ValueError where a column is missing, no number, or a weight is negative or missing.

    `weights` are the same rows with another column of weights, named `RAKED`, and the largest of them relative to the
    weights drawn.
    """
    bounds = _bounds(engine, table, columns, plan)
    terms, estimands = _terms(plan, _answers(engine, table, plan), bounds.gaps, columns.weight)
    most = bounds.largest[columns.weight] * (1.0 if weights is None else weights[1])
    scales = [_scale(most * (1.0 if term.value is None else bounds.largest[term.value])) for term in terms]
    grouped = bool(columns.clusters)
    groupings = [grouping for grouping in plan.by if grouping] or [()]
    source = from_table(table) if weights is None else weights[0].subquery("weighted")
    weight = columns.weight if weights is None else RAKED
    asked = _units(columns, grouped=grouped)
    query = _query(source, asked, weight, terms, scales, groupings, grouped=grouped)
    rows = engine.run(query.sql(dialect=engine.dialect))
    read = _read(rows, columns, plan, groupings, terms, scales)
    return Gathered(
        units=read[0], estimands=tuple(estimands), terms=tuple(terms), scales=tuple(scales), groupings=read[1]
    )


def grouped_sums(
    engine: Engine, source: exp.Expr, weight: str, gathered: Gathered, keys: Sequence[str]
) -> tuple[list[tuple[object, ...]], FloatArray]:
    """The sums of a plan's terms by other keys than units: their labels, and (R, C) sums."""
    distinct = tuple(dict.fromkeys(keys))  # a margin may be a domain too
    query = _query(source, [], weight, gathered.terms, gathered.scales, [distinct], grouped=True)
    rows = engine.run(query.sql(dialect=engine.dialect))
    labels = list(zip(*(rows.column(f"d{distinct.index(key)}").to_pylist() for key in keys), strict=True))
    return labels, _scaled(rows, gathered.scales)


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
        found[name] = tuple(sorted(values, key=lambda value: (str(type(value)), value)))
    return found


def _terms(
    plan: Plan, answers: Mapping[str, tuple[object, ...]], gaps: frozenset[str], weight: str
) -> tuple[list[Term], list[Estimand]]:
    """The distinct sums that a plan needs, and what is made of them; a column without `gaps` is present everywhere."""
    terms: dict[Term, int] = {}

    def number(term: Term) -> int:
        told = replace(term, present=tuple(name for name in term.present if name in gaps))
        return terms.setdefault(told, len(terms))

    estimands: list[Estimand] = []
    for one in plan.quantities:
        if one.kind is Kind.SHARE:
            asked = Term(present=(one.column,), of=one.column if one.aside else None, aside=one.aside)
            below, squares = number(asked), number(replace(asked, value=weight))
            for answer in one.answers if one.answers is not None else answers[one.column]:
                if answer in one.aside:
                    continue
                above = number(Term(of=one.column, equals=answer))
                estimands.append(Estimand(quantity=one, answer=answer, above=above, below=below, squares=squares))
            continue
        if one.kind is Kind.COUNT:
            estimands.append(Estimand(quantity=one, answer=None, above=number(Term()), below=None))
            continue
        both = (one.column,) if one.over is None else tuple(sorted({one.column, one.over}))
        above = number(Term(value=one.column, present=both))
        over = None if one.kind is Kind.TOTAL else number(Term(value=one.over, present=both))
        estimands.append(Estimand(quantity=one, answer=None, above=above, below=over))
    return list(terms), estimands


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """Largest size of each numeric column, and which columns lack values somewhere."""

    largest: Mapping[str, float]
    gaps: frozenset[str]


def _bounds(engine: Engine, table: str, columns: Columns, plan: Plan) -> _Bounds:
    summed = tuple(one for one in plan.quantities if one.kind is not Kind.SHARE)
    numbers = list(dict.fromkeys([columns.weight, *Plan(quantities=summed).columns]))
    present = list(dict.fromkeys([*numbers, *plan.columns]))
    extents = engine.extents(table, present)
    if not extents.rows:
        raise ValueError(f"{table} has no rows: there is nothing to estimate from")
    largest = {}
    for name in numbers:
        sides = [side for side in (extents.of[name].low, extents.of[name].high) if side is not None]
        numeric = [float(side) for side in sides if isinstance(side, (Real, Decimal))]
        if len(numeric) < len(sides):
            raise ValueError(f"column {name} holds text or dates: ask for its shares, or give it as numbers")
        largest[name] = max(map(abs, numeric), default=0.0)
        if not math.isfinite(largest[name]):
            raise ValueError(f"column {name} holds NaN or infinity: leave missing values empty (null)")
    gaps = frozenset(name for name in present if extents.of[name].known < extents.rows)
    lowest = extents.of[columns.weight].low
    if columns.weight in gaps or (isinstance(lowest, (Real, Decimal)) and lowest < 0):
        raise ValueError(f"column {columns.weight} has a weight that is missing or negative: weights are 0 or more")
    return _Bounds(largest=largest, gaps=gaps)


def _scale(largest: float) -> int:
    """The power of two that fills a whole number with the largest term."""
    return BITS - math.frexp(largest)[1] if largest > 0 else 0


def _units(columns: Columns, *, grouped: bool) -> list[exp.Expr]:
    """The labels of strata and units, and the populations that they state."""
    asked: list[exp.Expr] = [_column(name).as_(f"u{place}") for place, name in enumerate(_keys(columns))]
    for place, name in enumerate(columns.populations):
        if name is not None:
            population = _column(name)
            asked.append((exp.Min(this=population) if grouped else population).as_(f"p{place}"))
            asked.append((exp.Max(this=population.copy()) if grouped else population.copy()).as_(f"q{place}"))
    return asked


def _keys(columns: Columns) -> list[str]:
    return list(dict.fromkeys([*(name for name in columns.strata if name is not None), *columns.clusters]))


def _query(
    source: exp.Expr,
    of_units: Sequence[exp.Expr],
    weighted: str,
    terms: Sequence[Term],
    scales: Sequence[int],
    groupings: Sequence[tuple[str, ...]],
    *,
    grouped: bool,
) -> exp.Select:
    """Sums by unit and domain; where rows are the units, the rows themselves."""
    units_of = [one.this for one in of_units if one.alias.startswith("u")]
    domains = list(dict.fromkeys(name for grouping in groupings for name in grouping))
    asked = [*of_units, *(_column(name).as_(f"d{place}") for place, name in enumerate(domains))]
    for place, (term, scale) in enumerate(zip(terms, scales, strict=True)):
        factors = [_column(weighted), *([] if term.value is None else [_column(term.value)]), _number(2.0**scale)]
        whole = _cast(reduce(lambda left, right: exp.Mul(this=left, expression=right), factors), "BIGINT")
        condition = _condition(term)
        kept: exp.Expr = whole if condition is None else exp.Case().when(condition, whole, copy=False)
        seen: exp.Expr = exp.Literal.number(1) if condition is None else exp.Case().when(condition, exp.Literal.number(1))
        if grouped:
            kept, seen = exp.Sum(this=kept), exp.Count(this=exp.Star() if condition is None else seen)
        asked.append(exp.alias_(_cast(kept, "DOUBLE"), f"s{place}", copy=False))
        asked.append(exp.alias_(seen, f"n{place}", copy=False))
    if grouped and len(groupings) > 1:
        asked += [exp.func("GROUPING", _column(name)).as_(f"g{place}") for place, name in enumerate(domains)]
    query = exp.Select(expressions=asked).from_(source)
    if not grouped:
        return query
    if len(groupings) == 1:
        return query.group_by(*(one.copy() for one in units_of), *(_column(name) for name in groupings[0]))
    sets = [exp.Tuple(expressions=[*(one.copy() for one in units_of), *map(_column, names)]) for names in groupings]
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return query


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _number(value: float) -> exp.Expr:
    """A literal that stays a double: exact powers of two are written out in full."""
    return _cast(exp.Literal.string(repr(value)), "DOUBLE")


def _cast(value: exp.Expr, kind: str) -> exp.Cast:
    """`exp.cast` without its parser, which would take as long as the rest of a query's writing."""
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type[kind]))


def _condition(term: Term) -> exp.Expr | None:
    """The rows that a term adds; None where it adds all."""
    found: list[exp.Expr] = [exp.Not(this=exp.Is(this=_column(name), expression=exp.Null())) for name in term.present]
    if term.of is not None and term.equals is not None:
        found.append(exp.EQ(this=_column(term.of), expression=exp.convert(term.equals)))
    if term.of is not None and term.aside:
        aside = exp.In(this=_column(term.of), expressions=[exp.convert(one) for one in term.aside])
        found.append(exp.Not(this=aside))
    return exp.and_(*found) if found else None


def _read(
    rows: pa.Table,
    columns: Columns,
    plan: Plan,
    groupings: Sequence[tuple[str, ...]],
    terms: Sequence[Term],
    scales: Sequence[int],
) -> tuple[Units, tuple[Sums, ...]]:
    of_unit = {name: _labels(rows, f"u{place}") for place, name in enumerate(_keys(columns))}
    populations: list[FloatArray | None] = []
    for place, name in enumerate(columns.populations):
        if name is None:
            populations.append(None)
            continue
        low, high = (rows.column(f"{side}{place}").to_numpy().astype(float) for side in "pq")
        if not np.array_equal(low, high):
            raise ValueError(f"column {name} differs within a sampling unit: the population is one number of a stratum")
        populations.append(low)
    drawn, unit = units(
        [None if name is None else of_unit[name] for name in columns.strata],
        [of_unit[name] for name in columns.clusters] or [np.arange(rows.num_rows)],
        populations,
        lonely=columns.lonely,
    )
    every = _scaled(rows, scales)
    counts = np.empty(every.shape, dtype=np.int64)
    for place in range(len(terms)):
        counts[:, place] = np.nan_to_num(rows.column(f"n{place}").to_numpy())
    domains = list(dict.fromkeys(name for grouping in groupings for name in grouping))
    found: dict[tuple[str, ...], Sums] = {}
    for grouping in groupings:
        mine = np.ones(rows.num_rows, dtype=bool)
        if len(groupings) > 1 and columns.clusters:
            for place, name in enumerate(domains):
                mine &= rows.column(f"g{place}").to_numpy() == (0 if name in grouping else 1)
        chosen = np.flatnonzero(mine)
        labels, code = _numbered([rows.column(f"d{domains.index(name)}") for name in grouping], chosen)
        found[grouping] = _ordered(grouping, labels, unit[chosen], code, every[chosen], counts[chosen])
    if () in plan.by and () not in found:
        first = found[groupings[0]]
        found[()] = _ordered((), ((),), first.unit, np.zeros_like(first.domain), first.sums, first.counts)
    return drawn, tuple(found[by] for by in plan.by)


def _scaled(rows: pa.Table, scales: Sequence[int]) -> FloatArray:
    """(R, C) the sums in the units of their terms."""
    found = np.empty((rows.num_rows, len(scales)))
    for place, scale in enumerate(scales):
        found[:, place] = np.nan_to_num(rows.column(f"s{place}").to_numpy()) * 2.0**-scale
    return found


def _labels(rows: pa.Table, name: str) -> np.ndarray:
    column = rows.column(name)
    if column.null_count:
        raise ValueError(
            f"{column.null_count} sampling units lack their stratum or cluster: complete the design columns"
        )
    return np.asarray(column.to_numpy())


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
