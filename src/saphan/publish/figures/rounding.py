"""Controlled rounding: every figure to a place its interval supports, so that rounded parts add up to rounded totals.

An estimate keeps one or two significant digits of the half-width of its 95 per cent interval, so that no digit is finer
than the evidence and rounding adds little to the uncertainty. Which of the two is best follows the rule of the Particle
Data Group (Review of Particle Physics, section 5.3): two where the leading digits lie below 355, else one. The other is
taken where only so the parts add up. A count is printed exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from saphan.core.unit import Unit
from saphan.publish.figures.model import WHOLE, Figure, Kind, Sum

RULE = "half-width-355/1"  # part of every figure's key: change it when the rule changes
FINEST_SHARE = -1  # tenths of a percentage point
FINEST_COUNT = -2  # a count of hours may have minutes
FINEST = {Unit.SHARE: FINEST_SHARE, Unit.NUMBER: -2}  # of an estimate; people and households are whole
NODES = 500  # branch-and-bound nodes: a count, not a clock, so that every machine rounds alike
BREAK = 30.0  # what a sum that does not add up costs, in rounding errors of one unit
OTHER_PLACE = 0.5  # what it costs not to take the best place, in rounding errors of one unit
WHOLE_NUMBER = 1e-9  # a value this near to a multiple of its unit is that multiple


@dataclass(frozen=True, kw_only=True)
class Rounded:
    """Figures with `rounded` and `places` set; `broken` are sums to be printed with the note that parts do not add."""

    figures: Mapping[str, Figure]
    broken: tuple[Sum, ...]


def places(figure: Figure) -> tuple[int, ...]:
    """The powers of ten a figure may be rounded to, the best first; for shares, in percentage points.

    Never so coarse that an estimate vanishes; shares never finer than FINEST_SHARE. A counted share has a decimal if it
    is of 1,000 or more. An estimate that may have no interval keeps one significant digit.
    """
    value, low, high = (_shown(figure, number) for number in (figure.value, figure.low, figure.high))
    share = figure.unit is Unit.SHARE
    half = (high - low) / 2 if figure.low is not None and figure.high is not None else 0.0
    if figure.kind is Kind.ESTIMATE and half > 0:
        lead = math.floor(math.log10(half))
        best = (lead - 1, lead) if half / 10**lead < 3.55 else (lead, lead - 1)
        coarsest = math.floor(math.log10(abs(value))) if value else lead
        return tuple(dict.fromkeys(max(min(one, coarsest), FINEST.get(figure.unit, 0)) for one in best))
    if share and figure.kind is not Kind.CITED:
        return (FINEST_SHARE if (figure.base or figure.rests_on) >= 1000 else 0,)
    if figure.kind is Kind.ESTIMATE and figure.low is not None:
        return (FINEST.get(figure.unit, 0),)
    if figure.kind is Kind.ESTIMATE:
        return (max(math.floor(math.log10(abs(value))), FINEST.get(figure.unit, 0)) if value else 0,)
    return (next((one for one in (0, -1) if abs(_rest(value, one)) < WHOLE_NUMBER), FINEST_COUNT),)


def limits(figure: Figure) -> tuple[float, float] | None:
    """The interval as printed: at the figure's place and outwards, in its unit; None if it has none."""
    if figure.low is None or figure.high is None:
        return None
    unit = 10.0**figure.places
    low = math.floor(_shown(figure, figure.low) / unit + WHOLE_NUMBER) * unit
    high = math.ceil(_shown(figure, figure.high) / unit - WHOLE_NUMBER) * unit
    return _stored(figure, low, figure.places), _stored(figure, high, figure.places)


def round_figures(figures: Iterable[Figure], sums: Iterable[Sum]) -> Rounded:
    """Round each figure to a neighbouring multiple of its unit so that as many sums as can be add up exactly.

    Each rounded value lies less than one unit from the value. Among all ways that break the fewest sums the one with
    the least rounding error is taken (an integer programme for each group of figures joined by sums; Cox 1987).
    """
    found = {figure.name: figure for figure in figures}
    sums = tuple(sums)
    rounded: dict[str, Figure] = {}
    for names, joined in _groups(found, sums):
        options = [_options(found[name]) for name in names]
        for name, option in zip(names, _choose(names, options, joined), strict=True):
            stored = _stored(found[name], option.shown, option.places)
            rounded[name] = replace(found[name], rounded=stored, places=option.places)
    return Rounded(
        figures={name: rounded[name] for name in found},
        broken=tuple(one for one in sums if not adds_up(one, rounded)),
    )


def adds_up(one: Sum, figures: Mapping[str, Figure]) -> bool:
    """Whether the rounded parts of a sum are its rounded total, digit for digit."""
    finest = min([figures[part].places for part in one.parts] + [0])
    shown = [_shown(figures[part], figures[part].rounded or 0.0) for part in one.parts]
    total = 100.0 if one.total == WHOLE else _shown(figures[one.total], figures[one.total].rounded or 0.0)
    return abs(sum(shown) - total) < 10.0**finest / 2


def _shown(figure: Figure, number: float | None) -> float:
    """A number of a figure in the unit it is printed in: percentage points for shares."""
    return (number or 0.0) * (100.0 if figure.unit is Unit.SHARE else 1.0)


def _stored(figure: Figure, shown: float, places: int) -> float:
    """The inverse of `_shown`, rid of the noise of binary fractions."""
    clean = round(shown, max(0, -places))
    return round(clean / 100.0, max(0, 2 - places)) if figure.unit is Unit.SHARE else clean


def _rest(shown: float, places: int) -> float:
    """What a printed number has beyond the nearest whole unit of a place, in such units."""
    units = shown / 10.0**places
    return units - round(units)


@dataclass(frozen=True, kw_only=True)
class _Option:
    """One way to round a figure: the number as printed, its place, and the error in units of the best place."""

    shown: float
    places: int
    cost: float


def _options(figure: Figure) -> list[_Option]:
    """The multiples on either side of a value at each place it may have, the best first; one if it is a multiple."""
    exact = _shown(figure, figure.value)
    best, *_ = allowed = places(figure)
    found = []
    for place in allowed:
        unit = 10.0**place
        if figure.kind is not Kind.ESTIMATE or abs(_rest(exact, place)) < WHOLE_NUMBER:
            multiples = [round(exact / unit)]
        else:
            multiples = [math.floor(exact / unit), math.floor(exact / unit) + 1]
        found += [
            _Option(
                shown=multiple * unit,
                places=place,
                cost=abs(multiple * unit - exact) / 10.0**best + (OTHER_PLACE if place != best else 0.0),
            )
            for multiple in multiples
        ]
    return sorted(found, key=lambda option: option.cost)


def _groups(figures: Mapping[str, Figure], sums: Sequence[Sum]) -> list[tuple[list[str], list[Sum]]]:
    """Figures joined by sums, in the order they came, with those sums."""
    root = {name: name for name in figures}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for one in sums:
        first, *others = [name for name in (one.total, *one.parts) if name != WHOLE]
        for other in others:
            root[find(other)] = find(first)
    groups: dict[str, tuple[list[str], list[Sum]]] = {}
    for name in figures:
        groups.setdefault(find(name), ([], []))[0].append(name)
    for one in sums:
        groups[find(one.parts[0])][1].append(one)
    return list(groups.values())


def _choose(names: Sequence[str], options: Sequence[Sequence[_Option]], sums: Sequence[Sum]) -> list[_Option]:
    """An option for each figure of one group.

    Unknowns: for each option whether it is taken, for each sum whether it is broken, and by how much.
    """
    if not sums:
        return [choices[0] for choices in options]
    every = [option for choices in options for option in choices]
    tick = 10.0 ** min(option.places for option in every)
    ends = np.cumsum([0, *(len(choices) for choices in options)])
    taken = {name: range(ends[position], ends[position + 1]) for position, name in enumerate(names)}
    # Numbers are reckoned from each figure's first option, in ticks: small ones keep the solver exact.
    first = {name: round(choices[0].shown / tick) for name, choices in zip(names, options, strict=True)}
    moves = [round(option.shown / tick) - first[name] for name in names for option in options[names.index(name)]]
    size, lines = len(every), len(sums)
    broken, amount = size, size + lines
    entries: list[tuple[int, int, float]] = []
    least: list[float] = []
    greatest: list[float] = []

    def state(terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        entries.extend((len(least), column, factor) for column, factor in terms)
        least.append(low)
        greatest.append(high)

    for name in names:
        state([(column, 1.0) for column in taken[name]], 1.0, 1.0)
    for line, one in enumerate(sums):
        signed = [*((part, 1) for part in one.parts), *([(one.total, -1)] if one.total != WHOLE else [])]
        known = round(100.0 / tick) if one.total == WHOLE else 0
        known -= sum(sign * first[name] for name, sign in signed)
        terms = [(column, float(sign * moves[column])) for name, sign in signed for column in taken[name]]
        state([*terms, (amount + line, -1.0)], known, known)
        # The amount lies between minus and plus `room` if the sum is broken, and is nothing if it is not.
        room = sum(2 * 10.0 ** max(every[column].places for column in taken[name]) for name, _ in signed) / tick
        state([(amount + line, 1.0), (broken + line, -room)], -np.inf, 0.0)
        state([(amount + line, 1.0), (broken + line, room)], 0.0, np.inf)
    rows, columns, factors = zip(*entries, strict=True)
    answer = milp(
        np.concatenate([[option.cost for option in every], np.full(lines, BREAK), np.zeros(lines)]),
        constraints=LinearConstraint(
            coo_array((factors, (rows, columns)), shape=(len(least), size + 2 * lines)).tocsr(), least, greatest
        ),
        bounds=Bounds(
            np.concatenate([np.zeros(size + lines), np.full(lines, -np.inf)]),
            np.concatenate([np.ones(size + lines), np.full(lines, np.inf)]),
        ),
        integrality=np.ones(size + 2 * lines, dtype=np.int64),  # amounts too: they are whole ticks
        # Presolving costs more than it saves here, and HiGHS prints a line when it undoes it badly.
        options={"presolve": False, "node_limit": NODES, "mip_rel_gap": 0.005},
    )
    if answer.x is None:
        return [choices[0] for choices in options]
    return [every[max(taken[name], key=lambda column: float(answer.x[column]))] for name in names]
