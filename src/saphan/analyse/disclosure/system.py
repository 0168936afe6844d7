"""A release as two systems of linear equations: one over its values, one over the counts they rest on.

A reader who subtracts knows every published number, every equation, and that nothing is below zero. What such a reader
can find out is what linear programming over these systems finds out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from saphan.analyse.disclosure.model import WHOLE, Cell, Ratio, Standing, Sum

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MARGIN = 0.2  # a protected number stays open over at least this share of itself (10 per cent to each side)


@dataclass(frozen=True, kw_only=True)
class System:
    """Equations `matrix @ y = matrix @ truth` over all cells, in the order of the release.

    `integral` says that only whole numbers are possible; `worth` is what one contributor adds to each cell.
    """

    matrix: csr_array
    truth: FloatArray
    worth: FloatArray
    integral: bool


@dataclass(frozen=True, kw_only=True)
class Release:
    """Cells with their two systems, and per cell what disclosure control may do with it."""

    cells: tuple[Cell, ...]
    systems: tuple[System, System]  # values, counts
    sensitive: BoolArray  # never published, and to be protected
    fixed: BoolArray  # known to everybody: structural zeros
    sealed: BoolArray  # not published whatever the pattern: withheld and unlisted cells
    followers: tuple[tuple[int, int], ...]  # (total, share): where the total is hidden, the share must be
    threshold: int

    def needs(self, system: System) -> FloatArray:
        """How wide each cell's possible range must be, if it is hidden.

        A sensitive cell: as wide as `threshold` contributors, and as MARGIN of itself, so that a reader can neither
        show that it is small nor come close to it. Any other hidden cell: one contributor, so that it is not had
        exactly.
        """
        least = np.maximum(self.threshold * system.worth, MARGIN * system.truth)
        free = self.sealed & ~self.sensitive | self.fixed
        return np.where(self.sensitive, least, np.where(free, 0.0, system.worth))


def build(cells: Sequence[Cell], sums: Iterable[Sum], ratios: Iterable[Ratio], threshold: int) -> Release:
    """The systems of a release; KeyError if an equation names a cell that is not there.

    Where the counts of parts fall short of their total's (an attribute not seen on everybody), the rest joins the
    counts as a cell that nobody lists; where they exceed it, the equation says nothing of them. A share's equation
    takes its total as known, which grants the reader more than may be published.
    """
    sums, ratios = tuple(sums), tuple(ratios)
    cells = [*cells, *_unseen(cells, sums)]
    index = {cell.name: position for position, cell in enumerate(cells)}
    values = np.array([cell.value for cell in cells], dtype=np.float64)
    counts = np.array([cell.rests_on for cell in cells], dtype=np.float64)
    value_rows: list[dict[int, float]] = []
    count_rows: list[dict[int, float]] = []
    families: list[tuple[float, float, list[int]]] = []  # total value, total count, members
    for number, equation in enumerate(sums):
        parts = [index[part] for part in equation.parts]
        row = dict.fromkeys(parts, 1.0)
        if equation.total != WHOLE:
            row[index[equation.total]] = -1.0
        value_rows.append(row)
        total_value, total_count = float(values[parts].sum()), float(counts[parts].sum())
        if equation.total == WHOLE or counts[index[equation.total]] == total_count:
            count_rows.append(row)
        elif (unseen := index.get(_unseen_name(number))) is not None:
            count_rows.append({**row, unseen: 1.0})
        families.append((total_value, total_count, [*row]))
    for ratio in ratios:
        share, part, total = index[ratio.share], index[ratio.part], index[ratio.total]
        value_rows.append({part: 1.0, share: -float(values[total])})
        if counts[share] == counts[part]:
            count_rows.append({part: 1.0, share: -1.0})
    small = counts < threshold
    open_ = np.array([cell.standing is Standing.OPEN for cell in cells], dtype=np.bool_)
    withheld = np.array([cell.standing is Standing.WITHHELD for cell in cells], dtype=np.bool_)
    # Only how many were not seen, never a number that is printed: free to move, and nothing to protect.
    uncounted = np.array([cell.name.startswith(_UNSEEN) for cell in cells], dtype=np.bool_)
    fixed = np.array([cell.structural for cell in cells], dtype=np.bool_)
    # A withheld cell that is all there is to a published one (a lone point in its district) is published under that
    # name.
    for equation in sums:
        if len(equation.parts) == 1 and equation.total != WHOLE and open_[index[equation.total]]:
            withheld[index[equation.parts[0]]] = False
    return Release(
        cells=tuple(cells),
        systems=(
            System(
                matrix=_matrix(value_rows, len(cells)),
                truth=values,
                worth=_worth(values, counts, families),
                integral=False,
            ),
            System(matrix=_matrix(count_rows, len(cells)), truth=counts, worth=np.ones(len(cells)), integral=True),
        ),
        sensitive=(small | withheld) & ~fixed & ~uncounted,
        fixed=fixed,
        sealed=~open_,
        followers=tuple((index[ratio.total], index[ratio.share]) for ratio in ratios),
        threshold=threshold,
    )


_UNSEEN = "(unseen) "


def _unseen_name(number: int) -> str:
    return f"{_UNSEEN}{number}"


def _unseen(cells: Sequence[Cell], sums: Sequence[Sum]) -> list[Cell]:
    """A cell for each sum whose parts rest on fewer contributors than their total does."""
    counts = {cell.name: cell.rests_on for cell in cells}
    rests = {
        _unseen_name(number): counts[equation.total] - sum(counts[part] for part in equation.parts)
        for number, equation in enumerate(sums)
        if equation.total != WHOLE
    }
    return [
        Cell(name=name, rests_on=rest, value=0.0, standing=Standing.UNLISTED)
        for name, rest in rests.items()
        if rest > 0
    ]


def _matrix(rows: Sequence[dict[int, float]], width: int) -> csr_array:
    lines = [line for line, row in enumerate(rows) for _ in row]
    columns = [column for row in rows for column in row]
    entries = [entry for row in rows for entry in row.values()]
    return csr_array((entries, (lines, columns)), shape=(len(rows), width), dtype=np.float64)


def _worth(values: FloatArray, counts: FloatArray, families: Sequence[tuple[float, float, list[int]]]) -> FloatArray:
    """What one contributor adds to a cell: its own mean, or that of a family it belongs to, whichever is less."""
    candidates: dict[int, list[float]] = defaultdict(list)
    for position in np.flatnonzero((values > 0) & (counts > 0)):
        candidates[int(position)].append(float(values[position] / counts[position]))
    for total_value, total_count, members in families:
        if total_value > 0 and total_count > 0:
            for member in members:
                candidates[member].append(total_value / total_count)
    return np.array([min(candidates[position], default=1.0) for position in range(len(values))], dtype=np.float64)
