"""Sums that a reader of the figures can see, whether or not anybody declared them.

A figure with one more condition than another is a part of it: disclosure control must know what a reader can subtract,
so families of parts are looked for in the figures themselves. Where listed parts fall short of their total, what is
left beside them is a number too, though nobody prints it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from saphan.analyse.disclosure import WHOLE, Cell, Standing
from saphan.core.period import Period, parse
from saphan.core.unit import Unit
from saphan.publish.figures.model import Figure, Sum

ANSWER = "answer"  # the key of a share's cell that parts a whole; shares of different wholes do not add
MONTH = len("2023-05")
Conditions = frozenset[tuple[str, str]]
TOLERANCE = 1e-9  # relative: parts that miss their total by less are the whole of it


def find(figures: Mapping[str, Figure], declared: Iterable[Sum]) -> tuple[tuple[Sum, ...], tuple[Cell, ...]]:
    """All sums that hold among the figures, the declared ones first, and the unlisted cells that complete some of them.

    Families are the parts of a total by one further key of the cell, or by months. Parts that exceed their total
    (answers of which several can be given, means) are no sum.
    """
    sums: list[Sum] = []
    rests: list[Cell] = []
    declared = list(declared)
    known = {(one.total, frozenset(one.parts)) for one in declared}
    for one in (*declared, *_changes(figures)):
        for each, sizes in _unsigned(one, figures):
            sums.append(each)
            rests += sizes
    for total, parts in _families([one for one in figures.values() if one.unit is not Unit.CHANGE]):
        if (total, frozenset(parts)) in known:
            continue
        rest = _rest(total, [figures[part] for part in parts], figures.get(total))
        if rest is None:
            continue
        if rest.value == 0 and rest.rests_on == 0:
            sums.append(Sum(total=total, parts=parts))
        else:
            rests.append(rest)
            sums.append(Sum(total=total, parts=(*parts, rest.name)))
    return tuple(sums), tuple(rests)


def _changes(figures: Mapping[str, Figure]) -> Iterator[Sum]:
    """What a reader adds to one round to have the next: a change whose panel is all that both rounds are of."""
    for one in figures.values():
        if one.unit is Unit.CHANGE and len(one.parents) == 2 and figures.keys() >= set(one.parents):
            before, after = one.parents
            if gap(figures[after].value, [figures[before].value, one.value]) == 0.0:
                yield Sum(total=after, parts=(before, one.name))


def _unsigned(one: Sum, figures: Mapping[str, Figure]) -> Iterator[tuple[Sum, tuple[Cell, ...]]]:
    """A sum as sums of sizes alone: what is below zero goes to the other side.

    Where either side then holds several, both are parts of a total that nobody lists.
    """
    signed = {part: figures[part].value for part in one.parts}
    if all(value >= 0 for value in signed.values()) and (one.total == WHOLE or figures[one.total].value >= 0):
        yield one, ()
        return
    signed[one.total] = -figures[one.total].value
    sides = [tuple(name for name, value in signed.items() if (value > 0) is side and value) for side in (True, False)]
    nothing = tuple(name for name, value in signed.items() if value == 0)
    if not all(sides):
        return  # everything is zero
    for these, others in (sides, sides[::-1]):
        if len(these) == 1:
            yield Sum(total=these[0], parts=(*others, *nothing)), ()
            return
    size = math.fsum(signed[name] for name in sides[0])
    count = max(sum(figures[name].rests_on for name in side) for side in sides)
    total = Cell(name=f"(size) {one.total}", rests_on=count, value=size, standing=Standing.UNLISTED)
    yield Sum(total=total.name, parts=(*sides[0], *nothing)), (total,)
    yield Sum(total=total.name, parts=sides[1]), ()


def gap(total: float, parts: Sequence[float]) -> float:
    """How far parts fall short of (or, below zero, exceed) their total; exactly 0 within TOLERANCE."""
    missing = total - sum(parts)
    return 0.0 if abs(missing) <= TOLERANCE * max(abs(total), sum(map(abs, parts))) else missing


def _rest(total: str, parts: Sequence[Figure], whole: Figure | None) -> Cell | None:
    """What a total leaves beside its parts (nothing: value and contributors 0), or None if they are not its parts."""
    value = gap(whole.value if whole else 1.0, [part.value for part in parts])
    count = (_base(parts) if whole is None else whole.rests_on) - sum(part.rests_on for part in parts)
    if value < 0 or (value > 0 and count < 0):
        return None
    name = f"(rest) {total} without {', '.join(part.name for part in parts)}"
    return Cell(name=name, rests_on=count if value else 0, value=value, standing=Standing.UNLISTED)


def _base(shares: Sequence[Figure]) -> int:
    """How many a family of shares is of; -1 if it does not say."""
    bases = {share.base for share in shares}
    base = bases.pop() if len(bases) == 1 else None
    return -1 if base is None else base


def _families(figures: Sequence[Figure]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Totals with their parts by one more key or by months; the shares of one question's answers under `WHOLE`."""
    named = {(one.indicator, one.unit, one.period, frozenset(one.cell.items())): one.name for one in figures}
    by_key: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_month: dict[tuple[str, str, Conditions], list[Figure]] = defaultdict(list)
    shares: dict[tuple[str, str, Conditions], list[str]] = defaultdict(list)
    for one in figures:
        conditions = frozenset(one.cell.items())
        if one.unit is Unit.SHARE:
            if ANSWER in one.cell:
                shares[one.indicator, one.period, conditions - {(ANSWER, one.cell[ANSWER])}].append(one.name)
            continue
        for key, code in one.cell.items():
            total = named.get((one.indicator, one.unit, one.period, conditions - {(key, code)}))
            if total is not None:
                by_key[total, key].append(one.name)
        if len(one.period) == MONTH:
            by_month[one.indicator, one.unit, conditions].append(one)
    yield from ((total, tuple(parts)) for (total, _), parts in by_key.items())
    yield from ((WHOLE, tuple(parts)) for parts in shares.values())
    for one in figures:
        months = by_month.get((one.indicator, one.unit, frozenset(one.cell.items())), [])
        if len(one.period) != MONTH and months:
            whole = parse(one.period)
            inside = tuple(month.name for month in months if _within(parse(month.period), whole))
            if inside:
                yield one.name, inside


def _within(part: Period, whole: Period) -> bool:
    return whole.start <= part.start and part.end <= whole.end
