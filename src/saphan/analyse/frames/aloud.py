"""Expressions read aloud in plain English, for those who must check a definition and read no code.

A part that is used more than once is read once, under a number; without that, a definition made of definitions would
fill pages with repetition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    Value,
)
from saphan.analyse.frames.staging import staged

_OPERATORS = {Operator.PLUS: "plus", Operator.MINUS: "minus", Operator.TIMES: "times", Operator.OVER: "divided by"}
_SIGNS = {
    Sign.IS: ("is", "is not"),
    Sign.BELOW: ("is below", "is not below"),
    Sign.AT_MOST: ("is at most", "is not at most"),
    Sign.ABOVE: ("is above", "is not above"),
    Sign.AT_LEAST: ("is at least", "is not at least"),
}
_SHORT = 60  # characters; what is as short as this is said again rather than numbered
_ONE_THING = (Answer, StateOf, Constant)
_PLAIN_CONDITIONS = (Compare, Holds, Known)


def words(expression: Expression) -> str:
    """An expression in words; below it, a line each, what its numbers stand for, every one after those it is made of.

    Parts that could be mistaken for parts of others stand in brackets.
    """
    reader = _Reader()
    said = reader.sentence(expression)
    return "\n".join([said, *(f"[{number}] is {part}" for part, number in reader.numbers.items())])


class _Reader:
    """Reads one expression, and keeps what it numbered on the way."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def sentence(self, expression: Expression) -> str:
        """One expression, with numbers for what it uses more than once and for what is made of members."""
        cut = staged({"": expression})
        parts: dict[str, str] = {}
        said = _Sentence(parts)
        for name, member in cut.members.items():
            among = None if member.among is None else self.sentence(member.among)
            parts[name] = self._numbered(_of_members(member, self.sentence(member.of), among))
        for stage in cut.stages:
            for name, part in stage.items():
                parts[name] = self._numbered(said.words(part))
        return said.words(cut.columns[""])

    def _numbered(self, said: str) -> str:
        if len(said) <= _SHORT:
            return f"({said})"
        return f"[{self.numbers.setdefault(said, len(self.numbers) + 1)}]"


class _Sentence:
    """Nodes in words; `parts` are the words for what was cut out."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self._parts = parts

    def words(self, node: Expression) -> str:
        """A node by itself."""
        match node:
            case Answer(column=column):
                return self._parts.get(column, _name(column))
            case StateOf(column=column):
                return f"the state of {_name(column)}"
            case Constant(value=value):
                return _value(value)
            case Arithmetic(operator=operator, parts=parts):
                return f" {_OPERATORS[operator]} ".join(self._inners(parts))
            case Extreme(parts=parts, largest=largest, lenient=lenient):
                what = "the largest" if largest else "the smallest"
                return f"{what} {'known ' if lenient else ''}of {_list(self._inners(parts), 'and')}"
            case HowMany(parts=parts, lenient=lenient):
                return f"how many are {'known to be ' if lenient else ''}true of: {'; '.join(map(self._if, parts))}"
            case Named(parts=named):
                return f"the names joined of: {'; '.join(f'{_value(name)} if {self._if(one)}' for one, name in named)}"
            case FirstKnown(parts=parts):
                return ", or where it is missing ".join(self._inners(parts))
            case Cases(cases=pairs, otherwise=otherwise):
                told = [f"{self._inner(value)} if {self._if(condition)}" for condition, value in pairs]
                return f"{'; else '.join(told)}; otherwise {self._inner(otherwise)}"
        return self._condition(node, denied=False)

    def _condition(self, node: Expression, *, denied: bool) -> str:
        """What is true or false, or `denied`."""
        match node:
            case Compare(left=left, sign=sign, right=right):
                return f"{self._inner(left)} {_SIGNS[sign][denied]} {self._inner(right)}"
            case OneOf(part=part, values=values):
                among = _list(list(map(_value, values)), "or") if values else "one of none"
                return f"{self._inner(part)} {_SIGNS[Sign.IS][denied]} {among}"
            case Holds(column=column, choice=choice):
                return f"{_name(column)} {'do not include' if denied else 'include'} {_value(choice)}"
            case Known(part=part):
                return f"{self._inner(part)} is {'missing' if denied else 'known'}"
            case Not(part=part):
                return self._inner(part) if denied else self._condition(part, denied=True)
            case Every(parts=parts) if not denied:
                return " and ".join(map(self._clause, parts)) or "always"
            case Some(parts=parts) if not denied:
                return " or ".join(map(self._clause, parts)) or "never"
        if denied:
            return f"it is not so that {self._inner(node)}"
        raise TypeError(f"{type(node).__name__} has no words")

    def _if(self, node: Expression) -> str:
        return self._inner(node) if isinstance(node, Cases | FirstKnown) else self.words(node)

    def _clause(self, node: Expression) -> str:
        return self.words(node) if isinstance(node, _PLAIN_CONDITIONS) else self._inner(node)

    def _inner(self, node: Expression) -> str:
        """A part in the words of another: in brackets unless it is one thing by itself."""
        return self.words(node) if isinstance(node, _ONE_THING) else f"({self.words(node)})"

    def _inners(self, parts: Sequence[Expression]) -> list[str]:
        return [self._inner(one) for one in parts]


def _of_members(node: Members, of: str, among: str | None) -> str:
    who = f"{_name(node.repeat)} rows" if among is None else f"{_name(node.repeat)} rows where {among}"
    match node.how:
        case How.COUNT:
            return f"the number of the {who} of which it is true that {of}"
        case How.ANY:
            return f"whether for any of the {who}, {of}"
        case How.ALL:
            return f"whether for all of the {who}, {of}"
        case How.SUM:
            return f"the sum over the {who} of {of}"
        case How.LARGEST | How.SMALLEST:
            return f"the {node.how.value} over the {who} of {of}"


def _name(column: str) -> str:
    return column.replace("_", " ")


def _value(value: Value | None) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else f"{value:g}"


def _list(said: Sequence[str], last: str) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {last} {said[-1]}"
