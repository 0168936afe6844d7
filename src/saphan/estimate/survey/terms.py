"""The sums that a plan needs: which weighted terms are added over which rows, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

from sqlglot import exp

from saphan.estimate.survey.plan import Kind, Plan, Quantity

Answers = tuple[tuple[str, tuple[object, ...]], ...]  # columns, and some answers of each


@dataclass(frozen=True, kw_only=True)
class Term:
    """A weighted sum: of `value` (None: of 1) over rows where the columns of `present` are known, those of `among` hold
    one of their answers, and those of `aside` none of theirs. Of the weights themselves where `squared`.
    """

    value: str | None = None
    squared: bool = False
    present: tuple[str, ...] = ()
    among: Answers = ()
    aside: Answers = ()


@dataclass(frozen=True, kw_only=True)
class Estimand:
    """A total, or a ratio of two: the numbers of its terms; of a share also that of the squared weights.

    `seen` is the number of the rows that it rests on: those in the denominator where there is one.
    """

    quantity: Quantity
    answer: object
    above: int
    below: int | None
    seen: int
    squares: int | None = None


@dataclass(frozen=True, kw_only=True)
class Needed:
    """The distinct sums that a plan needs, the distinct rows that it counts, and what is made of them.

    Rows are told by terms without value.
    """

    terms: tuple[Term, ...]
    counted: tuple[Term, ...]
    estimands: tuple[Estimand, ...]


def terms(plan: Plan, answers: Mapping[str, tuple[object, ...]], gaps: frozenset[str]) -> Needed:
    """What a plan needs; a column without `gaps` is present everywhere.

    `answers` are those of columns whose shares are asked for without saying which.
    """
    found: dict[Term, int] = {}
    counted: dict[Term, int] = {}

    def number(term: Term) -> int:
        told = replace(term, present=tuple(name for name in term.present if name in gaps))
        return found.setdefault(told, len(found))

    def rows(term: Term) -> int:
        told = replace(term, value=None, present=tuple(name for name in term.present if name in gaps))
        return counted.setdefault(told, len(counted))

    estimands: list[Estimand] = []
    for one in plan.quantities:
        if one.kind is Kind.SHARE:
            aside = ((one.column, one.aside),) if one.aside else ()
            asked = Term(present=(one.column,), among=one.among, aside=aside)
            whole, squares, seen = number(asked), number(replace(asked, squared=True)), rows(asked)
            for answer in one.answers if one.answers is not None else answers[one.column]:
                if answer not in one.aside:
                    above = number(Term(among=(*one.among, (one.column, (answer,)))))
                    estimands.append(
                        Estimand(quantity=one, answer=answer, above=above, below=whole, seen=seen, squares=squares)
                    )
            continue
        both = tuple(sorted({one.column, *(() if one.over is None else (one.over,))}))
        of = Term(among=one.among) if one.kind is Kind.COUNT else Term(present=both, among=one.among)
        value = None if one.kind is Kind.COUNT else one.column
        below = None if one.kind in (Kind.COUNT, Kind.TOTAL) else number(replace(of, value=one.over))
        estimands.append(
            Estimand(quantity=one, answer=None, above=number(replace(of, value=value)), below=below, seen=rows(of))
        )
    return Needed(terms=tuple(found), counted=tuple(counted), estimands=tuple(estimands))


def condition(term: Term) -> exp.Expr | None:
    """The rows that a term adds; None where it adds all."""
    found: list[exp.Expr] = [exp.Not(this=exp.Is(this=named(name), expression=exp.Null())) for name in term.present]
    found += [_one_of(name, answers) for name, answers in term.among]
    found += [exp.Not(this=_one_of(name, answers)) for name, answers in term.aside]
    return reduce(_and, found) if found else None


def named(column: str) -> exp.Column:
    """A column by its name, whatever letters it has."""
    return exp.column(column, quoted=True)


def _and(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """`exp.and_` without its copies."""
    return exp.And(this=left, expression=right)


def _one_of(column: str, answers: tuple[object, ...]) -> exp.Expr:
    told = [exp.convert(one) for one in answers]
    if len(told) == 1:
        return exp.EQ(this=named(column), expression=told[0])
    return exp.In(this=named(column), expressions=told)
