"""A reader who subtracts, written apart from the code under test: plain linear programmes over what is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from saphan.analyse.disclosure import WHOLE, Cell


@dataclass(frozen=True)
class Equation:
    """The test's own kind of sum."""

    total: str
    parts: tuple[str, ...]


def ranges(
    cells: Sequence[Cell], sums: Sequence[Equation], hidden: Collection[str], what: str
) -> dict[str, tuple[float, float]]:
    """The exact range of each hidden cell's `value` or `rests_on`, given all others, sums, and nothing below zero."""
    names = [cell.name for cell in cells]
    truth = {cell.name: float(getattr(cell, what)) for cell in cells}
    unknown = [name for name in names if name in hidden]
    rows, known = [], []
    for one in sums:
        row = dict.fromkeys(one.parts, 1.0)
        if one.total != WHOLE:
            row[one.total] = -1.0
        constant = (1.0 if what == "value" else sum(truth[part] for part in one.parts)) if one.total == WHOLE else 0.0
        rows.append([row.get(name, 0.0) for name in unknown])
        known.append(constant - sum(sign * truth[name] for name, sign in row.items() if name not in hidden))
    found = {}
    for position, name in enumerate(unknown):
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(unknown))
            goal[position] = sign
            answer = linprog(goal, A_eq=rows or None, b_eq=known or None, bounds=(0, None))
            ends.append(sign * answer.fun if answer.status == 0 else -sign * np.inf)
        found[name] = (ends[0], ends[1])
    return found
