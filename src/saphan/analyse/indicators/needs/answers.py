"""What many definitions do with an answer before they count it."""

from __future__ import annotations

from collections.abc import Sequence

from saphan.analyse.frames.expression import Expression, Known, Some, answer, cases


def yes(column: str) -> Expression:
    """Whether the answer is yes; null where it is neither yes nor no: silence, don't know, refused."""
    return cases((answer(column).equals("yes"), True), (answer(column).equals("no"), False), otherwise=None)


def within(column: str, least: int, most: int) -> Expression:
    """The number answered, where it is possible; what lies outside is no answer."""
    number = answer(column)
    return cases(((number >= least) & (number <= most), number), otherwise=None)


def any_known(parts: Sequence[Expression]) -> Expression:
    """Whether one of several has a value: where none has, nothing was asked or said; never null."""
    return Some(parts=tuple(Known(part=part) for part in parts))


def one_or_zero(condition: Expression) -> Expression:
    """1 where a condition is true, 0 where it is false, null where it is neither."""
    return cases((condition, 1), (~condition, 0), otherwise=None)
