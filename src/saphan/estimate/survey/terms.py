"""The sums that a plan needs: which weighted terms are added over which rows, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    """A total, or a ratio of two: the numbers of its terms; of a share also that of the squared weights."""

    quantity: Quantity
    answer: object
    above: int
    below: int | None
    squares: int | None = None


def terms(
    plan: Plan, answers: Mapping[str, tuple[object, ...]], gaps: frozenset[str]
) -> tuple[tuple[Term, ...], tuple[Estimand, ...]]:
    """The distinct sums that a plan needs, and what is made of them; a column without `gaps` is present everywhere.

    `answers` are those of columns whose shares are asked for without saying which.
    """
    found: dict[Term, int] = {}

    def number(term: Term) -> int:
        told = replace(term, present=tuple(name for name in term.present if name in gaps))
        return found.setdefault(told, len(found))

    estimands: list[Estimand] = []
    for one in plan.quantities:
        if one.kind is Kind.SHARE:
            aside = ((one.column, one.aside),) if one.aside else ()
            asked = Term(present=(one.column,), among=one.among, aside=aside)
            below, squares = number(asked), number(replace(asked, squared=True))
            for answer in one.answers if one.answers is not None else answers[one.column]:
                if answer not in one.aside:
                    above = number(Term(among=(*one.among, (one.column, (answer,)))))
                    estimands.append(Estimand(quantity=one, answer=answer, above=above, below=below, squares=squares))
            continue
        if one.kind is Kind.COUNT:
            above = number(Term(among=one.among))
            estimands.append(Estimand(quantity=one, answer=None, above=above, below=None))
            continue
        both = (one.column,) if one.over is None else tuple(sorted({one.column, one.over}))
        above = number(Term(value=one.column, present=both, among=one.among))
        over = None if one.kind is Kind.TOTAL else number(Term(value=one.over, present=both, among=one.among))
        estimands.append(Estimand(quantity=one, answer=None, above=above, below=over))
    return tuple(found), tuple(estimands)


def condition(term: Term) -> exp.Expr | None:
    """The rows that a term adds; None where it adds all."""
    found: list[exp.Expr] = [exp.Not(this=exp.Is(this=named(name), expression=exp.Null())) for name in term.present]
    found += [_one_of(name, answers) for name, answers in term.among]
    found += [exp.Not(this=_one_of(name, answers)) for name, answers in term.aside]
    return exp.and_(*found) if found else None


def named(column: str) -> exp.Column:
    """A column by its name, whatever letters it has."""
    return exp.column(column, quoted=True)


def _one_of(column: str, answers: tuple[object, ...]) -> exp.Expr:
    told = [exp.convert(one) for one in answers]
    if len(told) == 1:
        return exp.EQ(this=named(column), expression=told[0])
    return exp.In(this=named(column), expressions=told)
