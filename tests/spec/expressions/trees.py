"""Small expression trees at random, rows for them to read, and what their docstrings say they are worth in Python.

Numbers stay small and are divided by powers of two only, so every engine's arithmetic is exact and answers can be
compared as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

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

REPEAT = "member"
Cell = int | float | str | bool | Sequence[str] | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class Leaves:
    """The columns that a tree may read, by what they hold; `rolls` where it may read members too."""

    numbers: tuple[str, ...]
    divisors: tuple[str, ...]
    texts: tuple[str, ...]
    lists: tuple[str, ...]
    rolls: bool


# Names that the compiled query gives to columns of its own must not be mistaken for a form's.
HOUSEHOLD = Leaves(
    numbers=("meals", "m0", "of"), divisors=("shares",), texts=("source",), lists=("issues",), rolls=True
)
MEMBER = Leaves(numbers=("age", "m1"), divisors=("parts",), texts=("sex",), lists=("needs",), rolls=False)
CHOICES = ("a", "b", "c")


def rows(leaves: Leaves) -> st.SearchStrategy[Row]:
    """One row, any answer of which may be missing."""
    cells: dict[str, st.SearchStrategy[Cell]] = {
        **{name: st.none() | st.integers(-4, 9) for name in leaves.numbers},
        **{name: st.none() | st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0, 4.0]) for name in leaves.divisors},
        **{name: st.none() | st.sampled_from(CHOICES) for name in leaves.texts},
        **{f"{name}.state": st.integers(1, 5) for name in leaves.texts},
        **{name: st.none() | st.lists(st.sampled_from(CHOICES), unique=True) for name in leaves.lists},
    }
    return st.fixed_dictionaries(cells)


HOUSEHOLDS = st.lists(st.tuples(rows(HOUSEHOLD), st.lists(rows(MEMBER), max_size=4)), min_size=1, max_size=8)


def numbers(leaves: Leaves, depth: int) -> st.SearchStrategy[Expression]:
    """A tree worth a number."""
    leaf = st.one_of(
        st.sampled_from(leaves.numbers).map(lambda name: Answer(column=name)),
        st.sampled_from(leaves.texts).map(lambda name: StateOf(column=name)),
        st.sampled_from([None, -3, 0, 1, 2.5, 7]).map(lambda value: Constant(value=value)),
    )
    if not depth:
        return leaf
    inner, truth = numbers(leaves, depth - 1), truths(leaves, depth - 1)
    few = st.lists(inner, min_size=1, max_size=3).map(tuple)
    divisor = st.sampled_from(leaves.divisors).map(lambda name: Answer(column=name))
    made = [
        leaf,
        st.builds(Arithmetic, operator=st.sampled_from([Operator.PLUS, Operator.MINUS, Operator.TIMES]), parts=few),
        st.builds(Arithmetic, operator=st.just(Operator.OVER), parts=st.tuples(inner, divisor)),
        st.builds(Extreme, parts=few, largest=st.booleans(), lenient=st.booleans()),
        st.builds(FirstKnown, parts=few),
        st.builds(HowMany, parts=st.lists(truth, min_size=1, max_size=3).map(tuple), lenient=st.booleans()),
        st.builds(Cases, cases=st.lists(st.tuples(truth, inner), min_size=1, max_size=2).map(tuple), otherwise=inner),
    ]
    if leaves.rolls:
        made += [
            _rolled((How.COUNT,), truths(MEMBER, depth - 1), depth),
            _rolled((How.SUM, How.LARGEST, How.SMALLEST), numbers(MEMBER, depth - 1), depth),
        ]
    return st.one_of(made)


def truths(leaves: Leaves, depth: int) -> st.SearchStrategy[Expression]:
    """A tree worth yes or no."""
    text = st.sampled_from(leaves.texts).map(lambda name: Answer(column=name))
    choice = st.sampled_from(CHOICES)
    leaf = st.one_of(
        st.builds(Compare, left=text, sign=st.just(Sign.IS), right=choice.map(lambda one: Constant(value=one))),
        st.builds(OneOf, part=text, values=st.lists(choice, max_size=2).map(tuple)),
        st.builds(Holds, column=st.sampled_from(leaves.lists), choice=choice),
        st.sampled_from([True, False]).map(lambda value: Constant(value=value)),
        st.just(Constant(value=True).equals(Constant(value=None))),  # a bare null is no truth to Spark
    )
    if not depth:
        return leaf
    inner, number = truths(leaves, depth - 1), numbers(leaves, depth - 1)
    few = st.lists(inner, max_size=3).map(tuple)
    made = [
        leaf,
        st.builds(Compare, left=number, sign=st.sampled_from(Sign), right=number),
        st.builds(OneOf, part=number, values=st.lists(st.integers(-1, 3), max_size=3).map(tuple)),
        st.builds(Every, parts=few),
        st.builds(Some, parts=few),
        st.builds(Not, part=inner),
        st.builds(Known, part=st.one_of(inner, number, texts(leaves, depth - 1))),
        st.builds(FirstKnown, parts=st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.builds(Cases, cases=st.lists(st.tuples(inner, inner), min_size=1, max_size=2).map(tuple), otherwise=inner),
    ]
    if leaves.rolls:
        made.append(_rolled((How.ANY, How.ALL), truths(MEMBER, depth - 1), depth))
    return st.one_of(made)


def texts(leaves: Leaves, depth: int) -> st.SearchStrategy[Expression]:
    """A tree worth the name of a class."""
    leaf = st.one_of(
        st.sampled_from(leaves.texts).map(lambda name: Answer(column=name)),
        st.sampled_from([None, *CHOICES]).map(lambda value: Constant(value=value)),
    )
    if not depth:
        return leaf
    inner, truth = texts(leaves, depth - 1), truths(leaves, depth - 1)
    return st.one_of(
        st.builds(Cases, cases=st.lists(st.tuples(truth, inner), min_size=1, max_size=3).map(tuple), otherwise=inner),
        st.builds(FirstKnown, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Named, parts=st.lists(st.tuples(truth, st.sampled_from(CHOICES)), min_size=1, max_size=3).map(tuple)),
    )


def trees(depth: int) -> st.SearchStrategy[Expression]:
    """Any tree over households and their members."""
    return st.one_of(numbers(HOUSEHOLD, depth), truths(HOUSEHOLD, depth), texts(HOUSEHOLD, depth))


def _rolled(hows: tuple[How, ...], of: st.SearchStrategy[Expression], depth: int) -> st.SearchStrategy[Expression]:
    among = st.none() | truths(MEMBER, depth - 1)
    return st.builds(Members, repeat=st.just(REPEAT), how=st.sampled_from(hows), of=of, among=among)


def worth(node: Expression, row: Row, members: Sequence[Row] = ()) -> Cell:
    """What a tree is worth in one row, after its docstrings."""

    def each(parts: Sequence[Expression]) -> list[Cell]:
        return [worth(part, row, members) for part in parts]

    match node:
        case Answer(column=column):
            return row[column]
        case StateOf(column=column):
            return row[f"{column}.state"]
        case Constant(value=value):
            return value
        case Arithmetic(operator=operator, parts=parts):
            first, *others = each(parts)
            for other in others:
                first = _calculated(operator, first, other)
            return first
        case Extreme(parts=parts, largest=largest, lenient=lenient):
            found = each(parts)
            known = [one for one in found if one is not None]
            if not known or (len(known) < len(found) and not lenient):
                return None
            return max(known) if largest else min(known)
        case Compare(left=left, sign=sign, right=right):
            return _compared(sign, *each((left, right)))
        case OneOf(part=part, values=values):
            (found_,) = each((part,))
            return None if found_ is None else found_ in values
        case Holds(column=column, choice=choice):
            chosen = row[column]
            return None if chosen is None else choice in chosen
        case Every(parts=parts):
            return _settled(each(parts), by=False)
        case Some(parts=parts):
            return _settled(each(parts), by=True)
        case Not(part=part):
            (found_,) = each((part,))
            return None if found_ is None else not found_
        case Known(part=part):
            return each((part,)) != [None]
        case FirstKnown(parts=parts):
            return next((one for one in each(parts) if one is not None), None)
        case HowMany(parts=parts, lenient=lenient):
            found = each(parts)
            return None if None in found and not lenient else sum(one is True for one in found)
        case Named(parts=parts_):
            return "+".join(name for part, name in parts_ if worth(part, row, members) is True) or None
        case Cases(cases=cases, otherwise=otherwise):
            for condition, value in cases:
                if worth(condition, row, members) is True:
                    return worth(value, row, members)
            return worth(otherwise, row, members)
        case Members(how=how, of=of, among=among):
            chosen_ = [one for one in members if among is None or worth(among, one) is True]
            return _taken_together(how, [worth(of, one) for one in chosen_])
    raise TypeError(node)


def _calculated(operator: Operator, left: Cell, right: Cell) -> Cell:
    if left is None or right is None or (operator is Operator.OVER and right == 0):
        return None
    match operator:
        case Operator.PLUS:
            return left + right
        case Operator.MINUS:
            return left - right
        case Operator.TIMES:
            return left * right
        case Operator.OVER:
            return left / right


def _compared(sign: Sign, left: Cell, right: Cell) -> Cell:
    if left is None or right is None:
        return None
    match sign:
        case Sign.IS:
            return left == right
        case Sign.BELOW:
            return left < right
        case Sign.AT_MOST:
            return left <= right
        case Sign.ABOVE:
            return left > right
        case Sign.AT_LEAST:
            return left >= right


def _settled(found: Sequence[Cell], *, by: bool) -> Cell:
    """One that is `by` settles it; failing that one that is missing leaves it open."""
    if by in [one for one in found if one is not None]:
        return by
    return None if None in found else not by


def _taken_together(how: How, found: Sequence[Cell]) -> Cell:
    known = [one for one in found if one is not None]
    match how:
        case How.COUNT:
            return sum(one is True for one in known)
        case How.SUM:
            return sum(known)
        case How.LARGEST:
            return max(known, default=None)
        case How.SMALLEST:
            return min(known, default=None)
        case How.ANY:
            return _settled(found, by=True)
        case How.ALL:
            return _settled(found, by=False)
