"""What is made of answers: small frozen nodes that can be hashed, read aloud, and run on any engine.

A missing answer is null, and what is made of it is null unless the node says otherwise: a definition never takes
silence for no. Nodes are written with Python's own operators, `cereals * 2 + pulses * 3`; `==` stays the equality of
nodes, so that definitions can be compared, and answers are compared by `equals` and `one_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

Value = str | int | float | bool


class Expression:
    """Anything that has a value in each row."""

    def __add__(self, other: Expression | float) -> Arithmetic:
        return Arithmetic(operator=Operator.PLUS, parts=(self, _node(other)))

    def __sub__(self, other: Expression | float) -> Arithmetic:
        return Arithmetic(operator=Operator.MINUS, parts=(self, _node(other)))

    def __mul__(self, other: Expression | float) -> Arithmetic:
        return Arithmetic(operator=Operator.TIMES, parts=(self, _node(other)))

    def __truediv__(self, other: Expression | float) -> Arithmetic:
        """Null where the divisor is 0."""
        return Arithmetic(operator=Operator.OVER, parts=(self, _node(other)))

    def __lt__(self, other: Expression | float) -> Compare:
        return Compare(left=self, sign=Sign.BELOW, right=_node(other))

    def __le__(self, other: Expression | float) -> Compare:
        return Compare(left=self, sign=Sign.AT_MOST, right=_node(other))

    def __gt__(self, other: Expression | float) -> Compare:
        return Compare(left=self, sign=Sign.ABOVE, right=_node(other))

    def __ge__(self, other: Expression | float) -> Compare:
        return Compare(left=self, sign=Sign.AT_LEAST, right=_node(other))

    def __and__(self, other: Expression) -> Every:
        return Every(parts=(self, other))

    def __or__(self, other: Expression) -> Some:
        return Some(parts=(self, other))

    def __invert__(self) -> Not:
        return Not(part=self)

    def equals(self, value: Expression | Value) -> Compare:
        """Whether it is one value."""
        return Compare(left=self, sign=Sign.IS, right=_node(value))

    def one_of(self, *values: Value) -> OneOf:
        """Whether it is one of several values."""
        return OneOf(part=self, values=values)

    @property
    def known(self) -> Known:
        """Whether it has a value; never null."""
        return Known(part=self)

    def or_else(self, other: Expression | Value) -> FirstKnown:
        """Its value, or another where it has none."""
        return FirstKnown(parts=(self, _node(other)))


class Operator(StrEnum):
    """The four rules of arithmetic."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"


class Sign(StrEnum):
    """How two values are compared."""

    IS = "is"
    BELOW = "below"
    AT_MOST = "at most"
    ABOVE = "above"
    AT_LEAST = "at least"


class How(StrEnum):
    """What is made of the members of a household, or of the rows of any repeat."""

    COUNT = "count"  # of those for whom it is true
    ANY = "any"
    ALL = "all"
    SUM = "sum"
    LARGEST = "largest"
    SMALLEST = "smallest"


@dataclass(frozen=True, kw_only=True)
class Answer(Expression):
    """The answer to a question, by its concept (its column where it has none)."""

    column: str


@dataclass(frozen=True, kw_only=True)
class StateOf(Expression):
    """The number of the state of an answer: answered, empty, not asked, don't know, refused."""

    column: str


@dataclass(frozen=True, kw_only=True)
class Constant(Expression):
    """A value that is the same in every row; None is null."""

    value: Value | None


@dataclass(frozen=True, kw_only=True)
class Arithmetic(Expression):
    """A sum, difference, product or quotient of numbers, from the left; a quotient by 0 is null."""

    operator: Operator
    parts: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class Extreme(Expression):
    """The largest (or smallest) of several; null where one is null, unless they are `lenient` and left out."""

    parts: tuple[Expression, ...]
    largest: bool = True
    lenient: bool = False


@dataclass(frozen=True, kw_only=True)
class Compare(Expression):
    """Whether two values stand to each other as the sign says."""

    left: Expression
    sign: Sign
    right: Expression


@dataclass(frozen=True, kw_only=True)
class OneOf(Expression):
    """Whether a value is one of several."""

    part: Expression
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Holds(Expression):
    """Whether a choice was among those chosen, where several could be."""

    column: str
    choice: str


@dataclass(frozen=True, kw_only=True)
class Every(Expression):
    """Whether all are true: false as soon as one is false, null where one is null and none is false."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class Some(Expression):
    """Whether one is true: true as soon as one is, null where one is null and none is true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class Not(Expression):
    """Whether it is false."""

    part: Expression


@dataclass(frozen=True, kw_only=True)
class Known(Expression):
    """Whether it has a value."""

    part: Expression


@dataclass(frozen=True, kw_only=True)
class FirstKnown(Expression):
    """The first that has a value."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class HowMany(Expression):
    """How many are true; null where one is null, unless they are `lenient` and null counts as not true."""

    parts: tuple[Expression, ...]
    lenient: bool = False


@dataclass(frozen=True, kw_only=True)
class Named(Expression):
    """The names of those that are true, in order, joined by a plus; null where none is: null counts as not true."""

    parts: tuple[tuple[Expression, str], ...]


@dataclass(frozen=True, kw_only=True)
class Cases(Expression):
    """The value of the first condition that is true, or else another; a condition that is null is not true."""

    cases: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression


@dataclass(frozen=True, kw_only=True)
class Members(Expression):
    """Something of the rows of a repeat that belong to this row, such as a household's members, of those `among` them.

    Without rows a count and a sum are 0, `any` is false, `all` is true, and an extreme is null. Where a member's value
    is null, `any` and `all` are null unless another settles it; the others leave it out.
    A member of whom `among` is null is not among them.
    """

    repeat: str
    how: How
    of: Expression
    among: Expression | None = None


def answer(column: str) -> Answer:
    """The answer to a question, by its concept."""
    return Answer(column=column)


def constant(value: Value | None) -> Constant:
    """A value that is the same in every row."""
    return Constant(value=value)


def plus(parts: Sequence[Expression]) -> Arithmetic:
    """The sum of several."""
    return Arithmetic(operator=Operator.PLUS, parts=tuple(parts))


def worst(*parts: Expression, lenient: bool = False) -> Extreme:
    """The largest of several: of severities, the worst."""
    return Extreme(parts=parts, lenient=lenient)


def cases(*pairs: tuple[Expression, Expression | Value | None], otherwise: Expression | Value | None) -> Cases:
    """The value of the first condition that is true, or else another."""
    return Cases(cases=tuple((one, _node(value)) for one, value in pairs), otherwise=_node(otherwise))


def bands(part: Expression, *edges: tuple[float, Value], above: Value) -> Cases:
    """The class of a number: the first whose upper edge it does not pass, or `above` all; null where it is null."""
    classes = ((part <= edge, constant(name)) for edge, name in edges)
    return Cases(cases=(*classes, (part.known, constant(above))), otherwise=constant(None))


def columns(expression: Expression) -> frozenset[str]:
    """The answers that an expression reads in its own rows, those of members left out."""
    return frozenset(
        node.column for node in walk(expression, members=False) if isinstance(node, Answer | StateOf | Holds)
    )


def rolled(expression: Expression) -> tuple[Members, ...]:
    """What an expression makes of members, each once."""
    return tuple(dict.fromkeys(node for node in walk(expression, members=False) if isinstance(node, Members)))


def walk(expression: Expression, *, members: bool = True) -> Iterator[Expression]:
    """An expression and all that it is made of, each object once; without `members` not what is inside those."""
    seen: set[int] = set()
    ahead: list[object] = [expression]
    while ahead:
        held = ahead.pop()
        if isinstance(held, tuple):
            ahead.extend(reversed(held))
        elif isinstance(held, Expression) and id(held) not in seen:
            seen.add(id(held))
            yield held
            if members or not isinstance(held, Members):
                ahead.extend(getattr(held, field.name) for field in reversed(fields(held)))  # type: ignore[arg-type]


def _node(value: Expression | Value | None) -> Expression:
    return value if isinstance(value, Expression) else Constant(value=value)
