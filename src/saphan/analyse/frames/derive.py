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
)
from saphan.analyse.frames.staging import staged

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
    """The query that makes the columns; what several share is made once, in stages."""
    cut = staged(derived.columns)
    source: exp.Expr = exp.alias_(_table(derived.frame), "here", table=True)
    if cut.members:
        source = _with_members(source, cut.members, derived.repeats).subquery("here", copy=False)
    # Nodes are made for their one place, so nothing here needs sqlglot's copies: of long definitions they take longest.
    for stage in cut.stages:
        made = [_as(_sql(one), name) for name, one in stage.items()]
        source = exp.Select(expressions=[exp.Star(), *made]).from_(source, copy=False).subquery("here", copy=False)
    asked = [*map(_column, derived.keep), *(_as(_sql(one), name) for name, one in cut.columns.items())]
    return exp.Select(expressions=asked).from_(source, copy=False)


def _with_members(source: exp.Expr, members: Mapping[str, Members], repeats: Mapping[str, str]) -> exp.Select:
    """The rows of a frame with what is made of the rows of repeats that belong to each."""
    made = [_as(_member(name, one), name) for name, one in members.items()]
    every = exp.Column(this=exp.Star(), table=exp.to_identifier("here"))
    query = exp.Select(expressions=[every, *made]).from_(source, copy=False)
    for repeat in dict.fromkeys(one.repeat for one in members.values()):
        sums = [_as(_rolled(one), name) for name, one in members.items() if one.repeat == repeat]
        group = (
            exp.Select(expressions=[exp.alias_(exp.column("submission"), "of"), *sums])
            .from_(_table(repeats.get(repeat, repeat)), copy=False)
            .group_by("submission", copy=False)
        )
        met = exp.EQ(this=exp.column("submission", table="here"), expression=_of(repeat, "of"))
        query = query.join(group.subquery(_alias(repeat), copy=False), on=met, join_type="left", copy=False)
    return query


def _member(name: str, node: Members) -> exp.Expr:
    """What was made of the rows of a repeat, or what nobody makes."""
    nobody: dict[How, exp.Expr] = {
        How.COUNT: exp.Literal.number(0),
        How.SUM: exp.Literal.number(0),
        How.ANY: exp.false(),
        How.ALL: exp.true(),
    }
    if node.how not in nobody:
        return _of(node.repeat, name)
    absent = exp.Is(this=_of(node.repeat, "of"), expression=exp.null())
    return exp.Case().when(absent, nobody[node.how]).else_(_of(node.repeat, name))


def _alias(repeat: str) -> exp.Identifier:
    return exp.to_identifier(f"of {repeat}", quoted=True)


def _of(repeat: str, column: str) -> exp.Column:
    return exp.column(exp.to_identifier(column, quoted=True), table=_alias(repeat))


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _as(node: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(node, name, quoted=True, copy=False)


def _in(node: exp.Expr) -> exp.Paren:
    return exp.paren(node, copy=False)


def _sql(node: Expression) -> exp.Expr:
    def many(parts: Sequence[Expression]) -> list[exp.Expr]:
        return [_sql(one) for one in parts]

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
            if not others:
                return first  # Spark has no greatest of one
            kind = exp.Greatest if node.largest else exp.Least
            extreme = kind(this=first, expressions=others, ignore_nulls=True)
            return extreme if node.lenient else _unless_missing(many(node.parts), extreme)
        case Compare():
            return _in(_SIGNS[node.sign](this=_sql(node.left), expression=_sql(node.right)))
        case OneOf():
            if not node.values:
                return exp.Case().when(_missing(_sql(node.part)), exp.null()).else_(exp.false())
            return _in(exp.In(this=_sql(node.part), expressions=[exp.convert(one) for one in node.values]))
        case Holds():
            return exp.ArrayContains(this=_column(node.column), expression=exp.convert(node.choice))
        case Every():
            return _in(exp.and_(*many(node.parts), copy=False)) if node.parts else exp.true()
        case Some():
            return _in(exp.or_(*many(node.parts), copy=False)) if node.parts else exp.false()
        case Not():
            return _in(exp.Not(this=_sql(node.part)))
        case Known():
            return _in(exp.Not(this=exp.Is(this=_sql(node.part), expression=exp.null())))
        case FirstKnown():
            parts = many(node.parts)
            return exp.Coalesce(this=parts[0], expressions=parts[1:])
        case HowMany():
            counted = [_one_if(part) for part in many(node.parts)]
            total = _in(reduce(_plus, counted))
            return total if node.lenient else _unless_missing(many(node.parts), total)
        case Named():
            names = [exp.Case().when(_sql(part), exp.convert(name), copy=False) for part, name in node.parts]
            # By its plain name, as both engines leave out nulls; of nulls alone they make an empty text.
            joined = exp.Anonymous(this="concat_ws", expressions=[exp.convert("+"), *names])
            return exp.Nullif(this=joined, expression=exp.convert(""))
        case Cases():
            told = exp.Case()
            for condition, answer in node.cases:
                told = told.when(_sql(condition), _sql(answer), copy=False)
            return told.else_(_sql(node.otherwise), copy=False)
    raise TypeError(f"{type(node).__name__} is no expression")


def _times(operator: Operator, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    if operator is Operator.OVER:
        right = exp.Nullif(this=exp.cast(right, "double", copy=False), expression=exp.Literal.number(0))
    return _in(_OPERATORS[operator](this=left, expression=right))


def _unless_missing(parts: Sequence[exp.Expr], found: exp.Expr) -> exp.Expr:
    missing = exp.or_(*map(_missing, parts), copy=False)
    return exp.Case().when(missing, exp.null(), copy=False).else_(found, copy=False)


def _missing(part: exp.Expr) -> exp.Is:
    return exp.Is(this=part, expression=exp.null())


def _plus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Add(this=left, expression=right)


def _one_if(part: exp.Expr) -> exp.Expr:
    return exp.Case().when(part, exp.Literal.number(1), copy=False).else_(exp.Literal.number(0), copy=False)


def _rolled(node: Members) -> exp.Expr:
    """What is made of the rows of one household; of rows that are not `among` the chosen nothing is."""
    of = _sql(node.of)
    chosen = None if node.among is None else _sql(node.among)
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
            settles = of if node.how is How.ANY else exp.Not(this=_in(of))
            settled = exp.EQ(this=exp.Max(this=_one_if(settles)), expression=exp.Literal.number(1))
            missing: exp.Expr = exp.Is(this=_in(_sql(node.of)), expression=exp.null())
            if chosen is not None:
                missing = exp.and_(chosen.copy(), missing)
            open_ = exp.EQ(this=exp.Max(this=_one_if(missing)), expression=exp.Literal.number(1))
            any_ = node.how is How.ANY
            found = exp.Case().when(settled, exp.convert(any_)).when(open_, exp.null())
            return found.else_(exp.convert(not any_))
    raise TypeError(f"{node.how} is no way of taking members together")
