"""Which further cells to hide, so that the hidden ones protect each other: a mixed-integer programme, or greedily.

Both work on demands: "there must be two worlds with the same published numbers in which this cell differs by so much".
Complementary cell suppression as of Fischetti and Salazar-Gonzalez (2001), with sliding protection levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, coo_array, csr_array, hstack, vstack

from saphan.analyse.disclosure.system import BoolArray, FloatArray, Release, System

MOVES = 1e-6  # relative to the demand: a lesser move is the solver's noise
NODES = (
    2000  # branch-and-bound nodes before greedy takes over: a count, not a clock, so that every machine decides alike
)
ROOM = 2.0  # how far a cell may move in the mixed-integer programme, in units of the demand: little keeps it tight
GAP = 0.01  # a pattern this near to the cheapest is good enough


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Cell `cell` of `system` must be able to move by `need`."""

    system: System
    cell: int
    need: float


def extend(release: Release, hidden: BoolArray, demand: Demand, moving: Sequence[int]) -> BoolArray | None:
    """Hide what the cheapest move to meet one demand touches; None if no hiding among `moving` can meet it.

    The linear relaxation: each cell costs in proportion to how far it moves, hidden ones nothing.
    """
    columns = np.asarray(moving)
    system = demand.system
    truth = system.truth[columns]
    free = hidden[columns] | release.sealed[columns]
    # A little weight on what is hidden already keeps the move short.
    cost = np.where(free, 1e-4, [release.cells[column].cost for column in columns]) / demand.need
    size = len(columns)
    equations = _equations(system, columns)
    target = np.zeros(size)
    target[np.flatnonzero(columns == demand.cell)] = 1.0
    # Unknowns, all non-negative: up and down of the higher world, up and down of the lower.
    rows = [hstack([equations, -equations, csr_array(equations.shape), csr_array(equations.shape)])]
    rows.append(hstack([csr_array(equations.shape), csr_array(equations.shape), equations, -equations]))
    lines = 2 * equations.shape[0]
    rows.append(csr_array(np.concatenate([target, -target, -target, target])[np.newaxis]))
    limits = np.concatenate([np.full(size, np.inf), truth, np.full(size, np.inf), truth])
    answer = milp(
        np.tile(cost, 4),
        constraints=LinearConstraint(
            vstack(rows).tocsr(), np.append(np.zeros(lines), demand.need), np.append(np.zeros(lines), np.inf)
        ),
        bounds=Bounds(np.zeros(4 * size), limits),
        integrality=np.full(4 * size, int(system.integral)),
    )
    if answer.x is None:
        return None
    moved = np.abs(answer.x.reshape(4, size)).max(axis=0) > MOVES * demand.need
    found = hidden.copy()
    found[columns[moved]] = True
    return follow(release, found)


def follow(release: Release, hidden: BoolArray) -> BoolArray:
    """Hide also each share whose total is hidden, for with its part it would tell the total."""
    found = hidden.copy()
    for total, share in release.followers:
        found[share] |= found[total]
    return found


def cheapest(release: Release, hidden: BoolArray, demands: Sequence[Demand], moving: Sequence[int]) -> BoolArray | None:
    """The cheapest pattern among `moving` that holds `hidden` and meets all demands, or None if none was found in
    NODES.

    One yes-or-no unknown a cell, and for each demand two worlds that may differ from the truth only in hidden cells. A
    demand on a cell that need not be hidden holds only where it is. For counts: every unknown is a whole number.
    """
    columns = np.asarray(moving)
    size = len(columns)
    each = np.arange(size)
    blocks = 2 * len(demands)
    first = hidden[columns] | release.sealed[columns]
    unknowns = size * (1 + blocks)
    lower = np.concatenate([first.astype(np.float64), np.full(size * blocks, -np.inf)])
    upper = np.concatenate([np.ones(size), np.full(size * blocks, np.inf)])
    rows: list[csr_array] = []
    least: list[FloatArray] = []
    greatest: list[FloatArray] = []

    def state(matrix: csr_array, low: FloatArray, high: FloatArray) -> None:
        rows.append(matrix)
        least.append(low)
        greatest.append(high)

    equations = block_diag([_equations(demand.system, columns) for demand in demands for _ in range(2)], format="csr")
    lines = equations.shape[0]
    state(hstack([csr_array((lines, size)), equations]).tocsr(), np.zeros(lines), np.zeros(lines))
    for number, demand in enumerate(demands):
        truth = demand.system.truth[columns]
        up, down = np.full(size, ROOM * demand.need), np.minimum(truth, ROOM * demand.need)
        where = int(np.flatnonzero(columns == demand.cell)[0])
        for world in (2 * number, 2 * number + 1):
            offset = size * (1 + world)
            for room, sign in ((up, 1.0), (down, -1.0)):
                # sign * move <= room * hidden
                numbers = np.concatenate([-room, np.full(size, sign)])
                places = (np.tile(each, 2), np.concatenate([each, offset + each]))
                move = coo_array((numbers, places), shape=(size, unknowns))
                state(move.tocsr(), np.full(size, -np.inf), np.zeros(size))
        apart = coo_array(
            (
                [1.0, -1.0, -demand.need],
                ([0, 0, 0], [size * (1 + 2 * number) + where, size * (2 + 2 * number) + where, where]),
            ),
            shape=(1, unknowns),
        )
        state(apart.tocsr(), np.zeros(1), np.full(1, np.inf))
    place = {int(column): position for position, column in enumerate(columns)}
    for total, share in release.followers:
        if total in place and share in place:
            tie = coo_array(([1.0, -1.0], ([0, 0], [place[share], place[total]])), shape=(1, unknowns))
            state(tie.tocsr(), np.zeros(1), np.ones(1))
    cost = np.zeros(unknowns)
    cost[:size] = [release.cells[column].cost for column in columns]
    answer = milp(
        cost,
        constraints=LinearConstraint(vstack(rows).tocsr(), np.concatenate(least), np.concatenate(greatest)),
        bounds=Bounds(lower, upper),
        integrality=np.ones(unknowns, dtype=np.int64),
        options={"node_limit": NODES, "mip_rel_gap": GAP},
    )
    if answer.x is None:
        return None
    found = hidden.copy()
    found[columns[answer.x[:size] > 0.5]] = True
    return found


def _equations(system: System, columns: np.ndarray[tuple[int], np.dtype[np.int64]]) -> csr_array:
    matrix = system.matrix[:, columns]
    return matrix[np.unique(matrix.nonzero()[0]), :]
