"""From definitions to columns: expressions compiled through sqlglot to a query over frames, in any engine's dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from sqlglot import exp

from saphan.analyse.frames.expression import (
    Answer,
    Arithmetic,
    Cases,
    Compare,
    Constant,
    Every,
    Expression,
    Extreme,
    FirstKnown,
    Holds,
    How,
    HowMany,
    Known,
    Members,
    Named,
    Not,
    OneOf,
    Operator,
    Sign,
    Some,
    StateOf,
    rolled,
)

_SIGNS: dict[Sign, type[exp.Binary]] = {
    Sign.IS: exp.EQ,
    Sign.BELOW: exp.LT,
    Sign.AT_MOST: exp.LTE,
    Sign.ABOVE: exp.GT,
    Sign.AT_LEAST: exp.GTE,
}
_OPERATORS: dict[Operator, type[exp.Binary]] = {
    Operator.PLUS: exp.Add,
    Operator.MINUS: exp.Sub,
    Operator.TIMES: exp.Mul,
    Operator.OVER: exp.Div,
}


@dataclass(frozen=True, kw_only=True)
class Derived:
    """Columns made for each row of a frame, which has a `submission`; `repeats` are the frames of repeats by name.

    `keep` are columns taken over as they are.
    """

    frame: str
    columns: Mapping[str, Expression]
    keep: Sequence[str] = ()
    repeats: Mapping[str, str] = field(default_factory=dict)


def select(derived: Derived) -> exp.Select:
    """The query that makes the columns."""
    members = tuple(dict.fromkeys(one for each in derived.columns.values() for one in rolled(each)))
    place = {one: f"m{number}" for number, one in enumerate(members)}
    source = exp.alias_(_table(derived.frame), "here", table=True)
    kept = [_column(name) for name in derived.keep]
    made = [exp.alias_(_sql(one, place), name, quoted=True) for name, one in derived.columns.items()]
    query = exp.select(*kept, *made).from_(source)
    for repeat in dict.fromkeys(one.repeat for one in members):
        mine = [one for one in members if one.repeat == repeat]
        sums = [exp.alias_(_rolled(one), place[one], quoted=True) for one in mine]
        group = (
            exp.select(exp.alias_(exp.column("submission"), "of"), *sums)
            .from_(_table(derived.repeats.get(repeat, repeat)))
            .group_by("submission")
        )
        name = f"of {repeat}"
        met = exp.EQ(
            this=exp.column("submission", table="here"),
            expression=exp.column("of", table=exp.to_identifier(name, quoted=True)),
        )
        query = query.join(group.subquery(exp.to_identifier(name, quoted=True)), on=met, join_type="left")
    return query


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _sql(node: Expression, place: Mapping[Members, str]) -> exp.Expr:
    def many(parts: Sequence[Expression]) -> list[exp.Expr]:
        return [_sql(one, place) for one in parts]

    match node:
        case Answer(column=column):
            return _column(column)
        case StateOf(column=column):
            return _column(f"{column}.state")
        case Constant(value=value):
            return exp.null() if value is None else exp.convert(value)
        case Arithmetic():
            return reduce(lambda left, right: _times(node.operator, left, right), many(node.parts))
        case Extreme():
            first, *others = many(node.parts)
            kind = exp.Greatest if node.largest else exp.Least
            extreme = kind(this=first, expressions=others, ignore_nulls=True)
            return extreme if node.lenient else _unless_missing(many(node.parts), extreme)
        case Compare():
            return exp.paren(_SIGNS[node.sign](this=_sql(node.left, place), expression=_sql(node.right, place)))
        case OneOf():
            return exp.paren(exp.In(this=_sql(node.part, place), expressions=[exp.convert(one) for one in node.values]))
        case Holds():
            return exp.ArrayContains(this=_column(node.column), expression=exp.convert(node.choice))
        case Every():
            return exp.paren(exp.and_(*many(node.parts)))
        case Some():
            return exp.paren(exp.or_(*many(node.parts)))
        case Not():
            return exp.paren(exp.Not(this=_sql(node.part, place)))
        case Known():
            return exp.paren(exp.Not(this=exp.Is(this=_sql(node.part, place), expression=exp.null())))
        case FirstKnown():
            parts = many(node.parts)
            return exp.Coalesce(this=parts[0], expressions=parts[1:])
        case HowMany():
            counted = [_one_if(part) for part in many(node.parts)]
            total = exp.paren(reduce(_plus, counted))
            return total if node.lenient else _unless_missing(many(node.parts), total)
        case Named():
            names = [exp.Case().when(_sql(part, place), exp.convert(name)) for part, name in node.parts]
            # By its plain name, as both engines leave out nulls; of nulls alone they make an empty text.
            joined = exp.Anonymous(this="concat_ws", expressions=[exp.convert("+"), *names])
            return exp.Nullif(this=joined, expression=exp.convert(""))
        case Cases():
            told = exp.Case()
            for condition, answer in node.cases:
                told = told.when(_sql(condition, place), _sql(answer, place))
            return told.else_(_sql(node.otherwise, place))
        case Members():
            made = _column(place[node])
            nobody: dict[How, exp.Expr] = {
                How.COUNT: exp.Literal.number(0),
                How.SUM: exp.Literal.number(0),
                How.ANY: exp.false(),
                How.ALL: exp.true(),
            }
            if node.how not in nobody:
                return made
            absent = exp.Is(
                this=exp.column("of", table=exp.to_identifier(f"of {node.repeat}", quoted=True)), expression=exp.null()
            )
            return exp.Case().when(absent, nobody[node.how]).else_(made)
    raise TypeError(f"{type(node).__name__} is no expression")


def _times(operator: Operator, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    if operator is Operator.OVER:
        right = exp.Nullif(this=exp.cast(right, "double"), expression=exp.Literal.number(0))
    return exp.paren(_OPERATORS[operator](this=left, expression=right))


def _unless_missing(parts: Sequence[exp.Expr], found: exp.Expr) -> exp.Expr:
    missing = exp.or_(*(exp.Is(this=part, expression=exp.null()) for part in parts))
    return exp.Case().when(missing, exp.null()).else_(found)


def _plus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Add(this=left, expression=right)


def _one_if(part: exp.Expr) -> exp.Expr:
    return exp.Case().when(part, exp.Literal.number(1)).else_(exp.Literal.number(0))


def _rolled(node: Members) -> exp.Expr:
    """What is made of the rows of one household; of rows that are not `among` the chosen nothing is."""
    of = _sql(node.of, {})
    chosen = None if node.among is None else _sql(node.among, {})
    if chosen is not None:
        of = exp.Case().when(chosen, of)
    match node.how:
        case How.COUNT:
            return exp.Coalesce(this=exp.Sum(this=_one_if(of)), expressions=[exp.Literal.number(0)])
        case How.SUM:
            return exp.Coalesce(this=exp.Sum(this=of), expressions=[exp.Literal.number(0)])
        case How.LARGEST:
            return exp.Max(this=of)
        case How.SMALLEST:
            return exp.Min(this=of)
        case How.ANY | How.ALL:
            settles = of if node.how is How.ANY else exp.Not(this=exp.paren(of))
            settled = exp.EQ(this=exp.Max(this=_one_if(settles)), expression=exp.Literal.number(1))
            missing: exp.Expr = exp.Is(this=exp.paren(_sql(node.of, {})), expression=exp.null())
            if chosen is not None:
                missing = exp.and_(chosen.copy(), missing)
            open_ = exp.EQ(this=exp.Max(this=_one_if(missing)), expression=exp.Literal.number(1))
            any_ = node.how is How.ANY
            found = exp.Case().when(settled, exp.convert(any_)).when(open_, exp.null())
            return found.else_(exp.convert(not any_))
    raise TypeError(f"{node.how} is no way of taking members together")
