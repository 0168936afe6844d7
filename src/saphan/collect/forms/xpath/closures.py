"""A bound expression as a Python function over raw rows: the quick way, for all but other rows' nodes.

A function takes the chain of raw rows from the root's down to the one at hand; each is a list of texts in column order,
empty where there is no answer. The root's row carries the moment of filling in as its last element.
"""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Sequence

from saphan.collect.forms.xpath import functions
from saphan.collect.forms.xpath.scope import (
    Answer,
    Bound,
    Call,
    Constant,
    Label,
    Moment,
    Negation,
    Nodes,
    Operation,
    dated,
)
from saphan.collect.forms.xpath.values import NOT_A_NUMBER, Result, days, number, text, truth

Chain = Sequence[list[str]]
Evaluate = Callable[[Chain], Result]
Decide = Callable[[Chain], bool]


class Uncovered(Exception):  # noqa: N818 - not a failure: the other way of evaluating takes over
    """The expression reaches beyond the chain of rows, or calls a function that is not known."""


FUNCTIONS = {**functions.CORE, **functions.ODK}
_ORDERED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_BY_AMOUNT = {**_ORDERED, "=": operator.eq, "!=": operator.ne}
_ARITHMETIC = {"+", "-", "*", "div", "mod"}


class _Numbers(dict[str, float]):
    """Texts as numbers, the short ones remembered: reckoning meets the same few over and over."""

    def __missing__(self, answer: str) -> float:
        found = number(answer)
        if len(answer) <= 16 and len(self) < 4_096:
            self[answer] = found
        return found


_NUMBERS = _Numbers()


def decide(bound: Bound) -> Decide:
    """The function that says whether a condition holds; Uncovered if it cannot be had this way."""
    match bound:
        case Operation(operator="and"):
            left, right = decide(bound.left), decide(bound.right)
            return lambda rows: left(rows) and right(rows)
        case Operation(operator="or"):
            left, right = decide(bound.left), decide(bound.right)
            return lambda rows: left(rows) or right(rows)
        case Operation(operator="=" | "!=" as sign, left=Answer() as answer, right=Constant(value=str() as wanted)):
            return _same_text(answer, wanted, equal=sign == "=") if not answer.dated else _compare(bound)
        case Operation(operator="=" | "!=" | "<" | "<=" | ">" | ">="):
            return _compare(bound)
        case Call(name="not", arguments=(only,)):
            inner = decide(only)
            return lambda rows: not inner(rows)
        case Answer(numeric=True):
            amount = evaluate(bound)
            return lambda rows: truth(number(amount(rows)))
        case _:
            value = evaluate(bound)
            return lambda rows: truth(value(rows))


def evaluate(bound: Bound) -> Evaluate:
    """The function that gives a value; Uncovered if it cannot be had this way."""
    match bound:
        case Constant(value):
            return lambda _: value
        case Answer(depth=depth, column=column):
            return lambda rows: rows[depth][column]
        case Moment(whole):
            return (lambda rows: _moment(rows)[:10]) if whole else _moment
        case Negation(operand):
            amount = _amount(operand, dated(operand))
            return lambda rows: -amount(rows)
        case Operation(operator="and" | "or" | "=" | "!=" | "<" | "<=" | ">" | ">="):
            return decide(bound)
        case Operation(operator="+" | "-" | "*" | "div" | "mod"):
            return _arithmetic(bound)
        case Call():
            return _call(bound)
        case Label(operand, labels):
            name, by_name = evaluate(operand), dict(labels)
            return lambda rows: by_name.get(text(name(rows)), "")
        case Nodes() | Operation():
            raise Uncovered


def _moment(rows: Chain) -> str:
    """When the form was filled in; ValueError if the submission does not say, for then nobody can know today."""
    moment = rows[0][-1]
    if not moment[:4].isdigit():
        raise ValueError("no moment")
    return moment


def _same_text(answer: Answer, wanted: str, *, equal: bool) -> Decide:
    depth, column = answer.depth, answer.column
    if depth == 0:  # a question about the whole submission: the most common condition by far
        return (lambda rows: rows[0][column] == wanted) if equal else (lambda rows: rows[0][column] != wanted)
    return (lambda rows: rows[depth][column] == wanted) if equal else (lambda rows: rows[depth][column] != wanted)


def _compare(bound: Operation) -> Decide:
    by_day = dated(bound.left) or dated(bound.right)
    if bound.operator in _BY_AMOUNT and (bound.operator in _ORDERED or _reckoned(bound, by_day)):
        compare = _BY_AMOUNT[bound.operator]
        low = _amount(bound.left, by_day)
        if isinstance(bound.right, Constant):
            fixed = number(bound.right.value)
            return lambda rows: compare(low(rows), fixed)
        high = _amount(bound.right, by_day)
        return lambda rows: compare(low(rows), high(rows))
    left, right = evaluate(bound.left), evaluate(bound.right)
    same = functions.same_moment if by_day else equal
    if bound.operator == "=":
        return lambda rows: same(left(rows), right(rows))
    if by_day:
        return lambda rows: not same(left(rows), right(rows))
    return lambda rows: unequal(left(rows), right(rows))


def _reckoned(bound: Operation, by_day: bool) -> bool:
    """Whether `=` surely compares numbers: one side is reckoned or written as one, and neither is a condition."""
    sides = (bound.left, bound.right)
    reckoned = [isinstance(side, Operation) and side.operator in _ARITHMETIC for side in sides]
    written = [isinstance(side, Constant) and isinstance(side.value, float) for side in sides]
    plain = [isinstance(side, Answer) for side in sides]
    return not by_day and any(reckoned + written) and all(map(any, zip(reckoned, written, plain, strict=True)))


def equal(left: Result, right: Result) -> bool:
    """XPath's `=`: as conditions if either is one, else as numbers if either is one, else as texts."""
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return number(left) == number(right)
    return text(left) == text(right)


def unequal(left: Result, right: Result) -> bool:
    """XPath's `!=`; of single values, the contrary of `=`, NaN included."""
    return not equal(left, right)


def _amount(bound: Bound, by_day: bool) -> Callable[[Chain], float]:
    if isinstance(bound, Constant):
        fixed = days(bound.value) if by_day else number(bound.value)
        return lambda _: fixed
    if isinstance(bound, Answer) and not by_day:
        depth, column = bound.depth, bound.column
        return lambda rows: _NUMBERS[rows[depth][column]]
    if isinstance(bound, Operation) and bound.operator in _ARITHMETIC and not by_day:
        return _arithmetic(bound)
    value = evaluate(bound)
    if by_day:
        return lambda rows: days(value(rows))
    return lambda rows: number(value(rows))


def _arithmetic(bound: Operation) -> Callable[[Chain], float]:
    by_day = dated(bound.left) or dated(bound.right)
    left, right = _amount(bound.left, by_day), _amount(bound.right, by_day)
    match bound.operator:
        case "+":
            return lambda rows: left(rows) + right(rows)
        case "-":
            return lambda rows: left(rows) - right(rows)
        case "*":
            return lambda rows: left(rows) * right(rows)
        case "div":
            return lambda rows: divided(left(rows), right(rows))
        case _:
            return lambda rows: remainder(left(rows), right(rows))


def divided(left: float, right: float) -> float:
    """XPath's `div`: by zero it is infinite, or NaN."""
    if right == 0:
        if left == 0 or math.isnan(left):
            return NOT_A_NUMBER
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def remainder(left: float, right: float) -> float:
    """XPath's `mod`: the remainder with the sign of the first."""
    if right == 0 or not math.isfinite(left):
        return NOT_A_NUMBER
    return math.fmod(left, right)


def _call(bound: Call) -> Evaluate:
    name, arguments = bound.name, bound.arguments
    if name == "if" and len(arguments) == 3:
        condition, then, otherwise = decide(arguments[0]), evaluate(arguments[1]), evaluate(arguments[2])
        return lambda rows: then(rows) if condition(rows) else otherwise(rows)
    if name in {"not", "boolean"} and len(arguments) == 1:
        inner = decide(arguments[0])
        return inner if name == "boolean" else (lambda rows: not inner(rows))
    function = FUNCTIONS.get(name)
    if function is None:
        raise Uncovered
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        raise Uncovered from error
    parts = [evaluate(argument) for argument in arguments]
    if len(parts) == 1:
        (only,) = parts
        return lambda rows: function(only(rows))
    if len(parts) == 2:
        first, second = parts
        return lambda rows: function(first(rows), second(rows))
    return lambda rows: function(*(part(rows) for part in parts))
