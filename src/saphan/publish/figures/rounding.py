"""Controlled rounding: every figure to a place its interval supports, so that rounded parts add up to rounded totals.

The place follows the rule of the Particle Data Group (Review of Particle Physics, section 5.3), held against the half-
width of the 95 per cent interval: where its leading digits lie below 355 two of them are kept, from 355 to 949 one,
above that two. Rounding then adds little to the uncertainty and no digit is finer than the evidence.
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
NODES = 500  # branch-and-bound nodes: a count, not a clock, so that every machine rounds alike
BREAK = 1000.0  # what a sum that does not add up costs, in rounding errors of one unit
WHOLE_NUMBER = 1e-9  # a value this near to a multiple of its unit is that multiple


@dataclass(frozen=True, kw_only=True)
class Rounded:
    """Figures with `rounded` and `places` set; `broken` are sums to be printed with the note that parts do not add."""

    figures: Mapping[str, Figure]
    broken: tuple[Sum, ...]


def place(figure: Figure) -> int:
    """The power of ten a figure is rounded to, in percentage points for shares.

    An estimate by its half-width, but never so coarse that it vanishes; a count exactly; a counted share to tenths of a
    percentage point if it is of 1,000 or more.
    """
    value, low, high = (_shown(figure, number) for number in (figure.value, figure.low, figure.high))
    share = figure.unit is Unit.SHARE
    half = (high - low) / 2 if low is not None and high is not None else 0.0
    if figure.kind is Kind.ESTIMATE and half > 0:
        lead = math.floor(math.log10(half))
        fitting = lead - 1 if half / 10**lead < 3.55 else lead
        coarsest = math.floor(math.log10(value)) if value else fitting
        return max(min(fitting, coarsest), FINEST_SHARE if share else 0)
    if share and figure.kind is not Kind.CITED:
        return FINEST_SHARE if (figure.base or figure.rests_on) >= 1000 else 0
    exact = (places for places in (0, -1) if abs(_ticks(value, places)[1]) < WHOLE_NUMBER)
    return next(exact, FINEST_COUNT)


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
    found = {figure.name: replace(figure, places=place(figure)) for figure in figures}
    sums = [one for one in sums if len(one.parts) > 1 or one.total != WHOLE]
    rounded: dict[str, float] = {}
    for names, joined in _groups(found, sums):
        group = [found[name] for name in names]
        rounded |= dict(zip(names, _solve(group, joined) if joined else map(_nearest, group), strict=True))
    figures_ = {
        name: replace(figure, rounded=_stored(figure, rounded[name], figure.places)) for name, figure in found.items()
    }
    return Rounded(figures=figures_, broken=tuple(one for one in sums if not adds_up(one, figures_)))


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


def _ticks(shown: float, places: int) -> tuple[int, float]:
    """A printed number as whole units of its place and the signed rest beyond the nearest of them."""
    units = shown / 10.0**places
    return round(units), units - round(units)


def _nearest(figure: Figure) -> float:
    return float(_ticks(_shown(figure, figure.value), figure.places)[0] * 10.0**figure.places)


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


def _solve(group: Sequence[Figure], sums: Sequence[Sum]) -> list[float]:
    """The rounded values of one group, as printed.

    Unknowns: for each figure whether it goes up, for each sum whether it is broken and by how much, and a constant that
    makes the objective the whole rounding error, so that a relative gap means something.
    """
    index = {figure.name: position for position, figure in enumerate(group)}
    units = np.array([10.0**figure.places for figure in group])
    exact = np.array([_shown(figure, figure.value) for figure in group]) / units
    near = np.abs(exact - np.round(exact)) < WHOLE_NUMBER * np.maximum(1.0, np.abs(exact))
    down = np.where(near, np.round(exact), np.floor(exact))
    rest = np.where(near, 0.0, exact - down)
    size, lines = len(group), len(sums)
    scale = 1.0 / units.min()
    entries: list[tuple[int, int, float]] = []
    known = np.zeros(lines)
    for line, one in enumerate(sums):
        for name, sign in [*((part, 1.0) for part in one.parts), (one.total, -1.0)]:
            if name == WHOLE:
                known[line] += 100.0 * scale
            else:
                position = index[name]
                entries.append((line, position, sign * units[position] * scale))
                known[line] -= sign * down[position] * units[position] * scale
        entries.append((line, size + lines + line, -1.0))
    furthest = np.array(
        [2 * sum(units[index[n]] * scale for n in (*one.parts, one.total) if n != WHOLE) for one in sums]
    )
    for line in range(lines):
        # By how much a sum is broken lies between minus and plus `furthest` where it is, and is nothing where it is
        # not.
        entries += [(lines + line, size + lines + line, 1.0), (lines + line, size + line, -furthest[line])]
        entries += [(2 * lines + line, size + lines + line, 1.0), (2 * lines + line, size + line, furthest[line])]
    rows, columns, numbers = zip(*entries, strict=True)
    unknowns = size + 2 * lines + 1
    answer = milp(
        np.concatenate([1.0 - 2.0 * rest, np.full(lines, BREAK), np.zeros(lines), [rest.sum()]]),
        constraints=LinearConstraint(
            coo_array((numbers, (rows, columns)), shape=(3 * lines, unknowns)).tocsr(),
            np.concatenate([known, np.full(lines, -np.inf), np.zeros(lines)]),
            np.concatenate([known, np.zeros(lines), np.full(lines, np.inf)]),
        ),
        bounds=Bounds(
            np.concatenate([np.zeros(size + lines), -furthest, [1.0]]),
            np.concatenate([np.where(rest > 0, 1.0, 0.0), np.ones(lines), furthest, [1.0]]),
        ),
        integrality=np.concatenate([np.ones(size + lines), np.zeros(lines + 1)]),
        options={"node_limit": NODES, "mip_rel_gap": 0.02},
    )
    up = np.round(answer.x[:size]) if answer.x is not None else np.round(rest)
    return [float(number) for number in (down + up) * units]
