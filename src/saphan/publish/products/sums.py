"""Sums that rounding could not make add up as printed: whoever sees all their parts is told so."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from saphan.publish.figures.model import WHOLE, Register, Release, Sum
from saphan.publish.figures.rounding import adds_up


def broken(register: Register) -> tuple[Sum, ...]:
    """The sums of public figures whose printed parts do not add up to their printed total."""
    shown = {figure.name for figure in register if figure.release is Release.PUBLIC} | {WHOLE}
    return tuple(
        one for one in register.sums if shown >= {one.total, *one.parts} and not adds_up(one, register.figures)
    )


def seen(sums: Iterable[Sum], printed: Collection[str]) -> bool:
    """Whether all parts of one of the sums are among the figures printed together, with their total or without."""
    return any(set(one.parts) <= set(printed) for one in sums)
