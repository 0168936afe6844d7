"""The query of one pass: sums of whole numbers by sampling unit and domain, in any engine's dialect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from sqlglot import exp

from saphan.estimate.survey.plan import Columns
from saphan.estimate.survey.terms import Needed, Term, condition, named


@dataclass(frozen=True, kw_only=True)
class Weight:
    """A column of weights, None where all are 1, the largest of them, and whether some are 0."""

    column: str | None
    largest: float
    zeros: bool = False


def from_table(table: str) -> exp.Expr:
    """A table by name."""
    return exp.Table(this=exp.to_identifier(table, quoted=True))


def keys(columns: Columns) -> tuple[str, ...]:
    """The columns whose labels together are those of units of the last stage."""
    return tuple(dict.fromkeys([*(name for name in columns.strata if name is not None), *columns.clusters]))


def of_units(columns: Columns) -> list[exp.Expr]:
    """The labels of strata and units, `u` and a number, and the populations that they state, `p` and `q`.

    Where the rows are the units there is one population a row; else the smallest and the largest of the unit.
    """
    asked: list[exp.Expr] = [named(name).as_(f"u{place}") for place, name in enumerate(keys(columns))]
    for place, name in enumerate(columns.populations):
        if name is not None:
            low, high = named(name), named(name)
            asked.append((exp.Min(this=low) if columns.clusters else low).as_(f"p{place}"))
            asked.append((exp.Max(this=high) if columns.clusters else high).as_(f"q{place}"))
    return asked


def query(
    source: exp.Expr,
    units: Sequence[exp.Expr],
    weight: Weight,
    needed: Needed,
    scales: Sequence[int],
    domains: Sequence[str],
    sets: Sequence[Sequence[str]] | None,
) -> exp.Select:
    """Sums `s` and counts `n` by unit and each of some `sets` of domains, `d`; without sets those of each row.

    Of several sets `g` tells for each domain whether a row is of one without it. Sums are whole numbers of 128 bits,
    those of rows doubles.
    """
    asked = [*units, *(named(name).as_(f"d{place}") for place, name in enumerate(domains))]
    for place, (term, scale) in enumerate(zip(needed.terms, scales, strict=True)):
        whole = _whole(term, weight, scale)
        added: exp.Expr = exp.Sum(this=whole) if sets is not None else _cast(whole, "DOUBLE")
        asked.append(exp.alias_(added, f"s{place}", copy=False))
    asked += [_seen(term, weight, each=sets is None).as_(f"n{place}") for place, term in enumerate(needed.counted)]
    if sets is None:
        return exp.Select(expressions=asked).from_(source)
    if len(sets) > 1:
        asked += [exp.func("GROUPING", named(name)).as_(f"g{place}") for place, name in enumerate(domains)]
    found = exp.Select(expressions=asked).from_(source)
    own = [one.this.name for one in units if one.alias.startswith("u")]
    by = [[named(name) for name in dict.fromkeys([*own, *one])] for one in sets]
    if len(sets) == 1:
        return found.group_by(*by[0])
    grouping = exp.GroupingSets(expressions=[exp.Tuple(expressions=one) for one in by])
    found.set("group", exp.Group(grouping_sets=[grouping]))
    return found


def _whole(term: Term, weight: Weight, scale: int) -> exp.Expr:
    """A term of a row as a whole number, null where the row is not added."""
    power = _cast(exp.Literal.string(repr(2.0**scale)), "DOUBLE")  # stays a double
    weights: list[exp.Expr] = []
    if weight.column is not None:
        weights = [named(weight.column) for _ in range(2 if term.squared else 1)]
    # The weight of 1 is one product for all terms of a scale, and powers of two change no digit; but none may overflow.
    first = math.isfinite(weight.largest * 2.0**scale)
    factors = [*weights[:1], power, *weights[1:]] if first else weights
    factors += [] if term.value is None else [named(term.value)]
    factors += [] if first else [power]
    product = _cast(reduce(_times, factors), "BIGINT")
    # What is null makes its product null, which no sum adds.
    rows = condition(replace(term, present=tuple(name for name in term.present if name != term.value)))
    return product if rows is None else exp.Case().when(rows, product, copy=False)


def _seen(rows: Term, weight: Weight, *, each: bool) -> exp.Expr:
    """How many rows are counted: those with a weight above 0; of each row, whether it is."""
    known = condition(rows)
    if weight.zeros and weight.column is not None:
        above = exp.GT(this=named(weight.column), expression=exp.Literal.number(0))
        known = above if known is None else exp.And(this=known, expression=above)
    one = exp.Literal.number(1)
    if each:
        return one if known is None else exp.Case().when(known, one, copy=False)
    if known is None:
        return exp.Count(this=exp.Star())
    plain = len(rows.present) == 1 and not (rows.among or rows.aside or weight.zeros)
    return exp.Count(this=named(rows.present[0]) if plain else exp.Case().when(known, one, copy=False))


def _times(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Mul(this=left, expression=right)


def _cast(value: exp.Expr, kind: str) -> exp.Cast:
    """`exp.cast` without its parser, which would take as long as the rest of a query's writing."""
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type[kind]))
