"""The reader who subtracts: what can be found out about hidden cells from everything that is published.

Two independent ways. `Worlds` looks for other worlds: tables with the same published numbers, the same sums and nothing
below zero, in which a hidden cell is otherwise (linear programming, whole numbers where the cells are counts).
`determined` asks exact linear algebra, without inequalities, which hidden cells the equations alone give away.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from saphan.analyse.disclosure.system import BoolArray, FloatArray, System

IntArray = NDArray[np.int64]

SNAP = 1e-6  # relative: a solver's answer this near to the truth is the truth


def components(system: System, cells: BoolArray) -> IntArray:
    """A label for every cell: those of `cells` joined by an equation share one, all others have -1."""
    within = np.flatnonzero(cells)
    matrix = system.matrix[:, within]
    links = csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    _, labels = connected_components(links.T @ links, directed=False)
    found = np.full(len(cells), -1, dtype=np.int64)
    found[within] = labels
    return found


class Worlds:
    """Tables that agree with what is published, gathered while looking; one that served a cell may serve the next."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._found: list[FloatArray] = [system.truth]

    def span(self, hidden: BoolArray) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest of each cell in the worlds found so far that move only `hidden` cells."""
        worlds = np.array(self._found)
        agree = (worlds[:, ~hidden] == self.system.truth[~hidden]).all(axis=1)
        return worlds[agree].min(axis=0), worlds[agree].max(axis=0)

    def short(self, hidden: BoolArray, needs: FloatArray) -> Iterator[int]:
        """The hidden cells whose possible range is narrower than their need, one by one as they are found out."""
        low, high = self.span(hidden)
        labels = components(self.system, hidden)
        for cell in np.flatnonzero(hidden & (high - low < needs)):
            for sign in (-1.0, 1.0):
                if high[cell] - low[cell] < needs[cell]:
                    world = self._furthest(labels, int(cell), sign, float(needs[cell]))
                    low, high = np.minimum(low, world), np.maximum(high, world)
            if high[cell] - low[cell] < needs[cell]:
                yield int(cell)

    def sound(self) -> bool:
        """Whether every world found is one: nowhere below zero, and true to every equation."""
        return all(map(self._is_sound, self._found))

    def _is_sound(self, world: FloatArray) -> bool:
        """Counts must agree to the last unit, values to the accuracy of floating point."""
        system = self.system
        room = 0.0 if system.integral else SNAP * np.maximum(abs(system.matrix) @ system.truth, 1.0)
        return bool((world >= 0).all() and (np.abs(system.matrix @ (world - system.truth)) <= room).all())

    def _furthest(self, labels: IntArray, cell: int, sign: float, need: float) -> FloatArray:
        """The world in which `cell` is greatest (sign 1) or least (sign -1), moving only what bears its label."""
        moving = np.flatnonzero(labels == labels[cell])
        truth = self.system.truth[moving]
        matrix = self.system.matrix[:, moving]
        matrix = matrix[np.unique(matrix.nonzero()[0]), :]
        goal = np.zeros(len(moving))
        goal[np.searchsorted(moving, cell)] = -sign
        # Nothing has to move further than the cell in question needs to, times the number of cells that may pass it on.
        ceiling = truth + 2 * max(need, 1.0) * len(moving)
        known = matrix @ truth
        world = self.system.truth.copy()
        # Tables mostly have whole corners: ask for whole numbers only where the answer is not whole by itself.
        for whole in (False, True) if self.system.integral else (False,):
            answer = milp(
                goal,
                constraints=LinearConstraint(matrix, known, known) if matrix.shape[0] else None,
                bounds=Bounds(np.zeros(len(moving)), ceiling),
                integrality=np.full(len(moving), int(whole)),
            )
            if answer.x is None:
                return world  # only rounding of the sums themselves can do that; then the truth is all there is
            found = np.maximum(answer.x, 0.0)
            if self.system.integral:
                if not whole and (np.abs(found - np.round(found)) > SNAP).any():
                    continue
                found = np.round(found)
            break
        near = np.abs(found - truth) <= SNAP * np.maximum(truth, 1.0)
        world[moving] = np.where(near, truth, found)
        if not self._is_sound(world):
            return self.system.truth  # the solver's noise is no other world
        self._found.append(world)
        return world


def determined(system: System, hidden: BoolArray) -> BoolArray:
    """Which hidden cells the equations alone give away, by exact elimination over the rationals (no inequalities)."""
    pivots: dict[int, dict[int, Fraction]] = {}
    for line in range(system.matrix.shape[0]):
        start, stop = system.matrix.indptr[line], system.matrix.indptr[line + 1]
        row = {
            int(column): Fraction(float(entry))
            for column, entry in zip(system.matrix.indices[start:stop], system.matrix.data[start:stop], strict=True)
            if hidden[column]
        }
        for column, pivot in pivots.items():
            _subtract(row, column, pivot)
        if row:
            lead = min(row)
            row = {column: entry / row[lead] for column, entry in row.items()}
            for pivot in pivots.values():
                _subtract(pivot, lead, row)
            pivots[lead] = row
    given = np.zeros(len(hidden), dtype=np.bool_)
    given[[column for column, row in pivots.items() if len(row) == 1]] = True
    return given


def _subtract(row: dict[int, Fraction], column: int, pivot: dict[int, Fraction]) -> None:
    """Take `pivot` out of `row` so often that `column` vanishes from it."""
    factor = row.get(column)
    if factor is None:
        return
    for other, entry in pivot.items():
        left = row.get(other, Fraction(0)) - factor * entry
        if left:
            row[other] = left
        else:
            row.pop(other, None)
