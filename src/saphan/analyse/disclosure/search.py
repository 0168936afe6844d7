"""Decide over a whole release which cells to hide, and prove that no hidden one can be had by subtraction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from saphan.analyse.disclosure import attack, pattern
from saphan.analyse.disclosure.model import Bounds, Cell, Protection, Ratio, Reason, Sum
from saphan.analyse.disclosure.system import BoolArray, FloatArray, Release, System, build
from saphan.core.problem import problem

EXACT = 600  # cells times demands up to which the cheapest pattern is looked for: some seconds


def protect(cells: Sequence[Cell], sums: Iterable[Sum], threshold: int, ratios: Iterable[Ratio] = ()) -> Protection:
    """Hide every cell that rests on fewer than `threshold`, and as little more as keeps those from being subtracted.

    The rule. A cell is hidden as too few if it rests on fewer than `threshold` contributors, none included, unless it
    is a structural zero. Further cells are hidden so that, whatever is published and however it is combined over all
    sums at once, (1) each cell that is too few, or withheld by its class, has a possible range at least as wide as
    `threshold` contributors and a fifth of itself, in values and in counts; (2) no other hidden cell is determined.
    Counts move in whole numbers. Problem `disclosure.unsafe` if the proof at the end fails, which would be a fault of
    this code.
    """
    return _Search(build(cells, sums, ratios, threshold)).run()


class _Search:
    def __init__(self, release: Release) -> None:
        self.release = release
        self.worlds = [attack.Worlds(system) for system in release.systems]
        self.needs: list[FloatArray] = [release.needs(system) for system in release.systems]
        self.forced: set[int] = set()
        everything = np.ones(len(release.cells), dtype=np.bool_) & ~release.fixed
        # Equations of either system join cells: what is hidden in one is hidden in both.
        labels = np.array([attack.components(system, everything) for system in release.systems])
        self.groups = _joined(labels)

    def run(self) -> Protection:
        release = self.release
        hidden = pattern.follow(release, release.sensitive | release.sealed)
        for group in self.groups:
            hidden = self._protect_group(hidden, group)
        self._prove(hidden)
        (low, high), (fewest, most) = (worlds.span(hidden) for worlds in self.worlds)
        return Protection(
            hidden={
                cell.name: Reason.TOO_FEW if release.sensitive[position] else Reason.RECOVERABLE
                for position, cell in enumerate(release.cells)
                if hidden[position] and not release.sealed[position]
            },
            bounds={
                cell.name: Bounds(
                    value=(float(low[position]), float(high[position])),
                    count=(float(fewest[position]), float(most[position])),
                )
                for position, cell in enumerate(release.cells)
                if hidden[position] and self.needs[0][position] > 0
            },
            forced=tuple(release.cells[position].name for position in sorted(self.forced)),
        )

    def _protect_group(self, hidden: BoolArray, group: list[int]) -> BoolArray:
        patterns = [hidden]
        counted = [demand for demand in self._failing(hidden, group) if demand.system.integral]
        if counted and len(counted) * len(group) <= EXACT:
            cheapest = pattern.cheapest(self.release, hidden, counted, group)
            patterns += [] if cheapest is None else [cheapest]
        return min((self._completed(start, group) for start in patterns), key=self._cost)

    def _completed(self, hidden: BoolArray, group: list[int]) -> BoolArray:
        while any(self._failing(hidden, group)):
            hidden = self._extend(hidden, group)
        return self._prune(hidden, group)

    def _cost(self, hidden: BoolArray) -> float:
        return sum(cell.cost for cell, hide in zip(self.release.cells, hidden, strict=True) if hide)

    def _extend(self, hidden: BoolArray, group: list[int]) -> BoolArray:
        """Meet the failing demands one after the other, the hardest first."""
        for demand in sorted(self._failing(hidden, group), key=lambda demand: (-demand.need, demand.cell)):
            if not any(self._failing(hidden, [demand.cell], demand.system)):
                continue
            wider = pattern.extend(self.release, hidden, demand, group)
            if wider is None:
                self._force(demand, group)
            else:
                hidden = wider
        return hidden

    def _force(self, demand: pattern.Demand, group: list[int]) -> None:
        """Lower a demand that hiding everything would not meet to what hiding everything gives."""
        everything = np.zeros(len(self.release.cells), dtype=np.bool_)
        everything[group] = True
        number = int(demand.system.integral)
        need = np.zeros(len(everything))
        need[demand.cell] = demand.need
        tuple(self.worlds[number].short(everything, need))
        low, high = self.worlds[number].span(everything)
        self.needs[number][demand.cell] = (high - low)[demand.cell] * (1 - 1e-6)
        self.forced.add(demand.cell)

    def _failing(self, hidden: BoolArray, group: list[int], only: System | None = None) -> Iterator[pattern.Demand]:
        """The demands of hidden cells among `group` that this pattern does not meet, in both systems or in one."""
        for number, system in enumerate(self.release.systems):
            if only is None or system is only:
                needs = np.zeros(len(hidden))
                needs[group] = np.where(hidden, self.needs[number], 0.0)[group]
                for cell in self.worlds[number].short(hidden, needs):
                    yield pattern.Demand(system=system, cell=cell, need=float(needs[cell]))

    def _prune(self, hidden: BoolArray, group: list[int]) -> BoolArray:
        """Publish again, the dearest first, what greedy hid without need."""
        release = self.release
        removable = [
            cell for cell in group if hidden[cell] and not release.sensitive[cell] and not release.sealed[cell]
        ]
        for cell in sorted(removable, key=lambda cell: (-release.cells[cell].cost, cell)):
            fewer = hidden.copy()
            fewer[cell] = False
            fewer = pattern.follow(release, fewer)
            if not fewer[cell] and not any(self._failing(fewer, group)):
                hidden = fewer
        return hidden

    def _prove(self, hidden: BoolArray) -> None:
        """Hold the result against the two attacks again, from its worlds and without the search's own reasoning."""
        for number, system in enumerate(self.release.systems):
            needed = hidden & (self.needs[number] > 0)
            low, high = self.worlds[number].span(hidden)
            wide = bool((high - low >= self.needs[number])[needed].all())
            if not wide or not self.worlds[number].sound() or (attack.determined(system, hidden) & needed).any():
                raise problem("disclosure.unsafe", cells=len(self.release.cells))


def _joined(labels: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> list[list[int]]:
    """Cells grouped so that two which share a label in either row are together; cells labelled -1 are left out."""
    group: dict[tuple[int, int], int] = {}
    parent = list(range(labels.shape[1]))

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for row in range(labels.shape[0]):
        for cell in range(labels.shape[1]):
            if labels[row, cell] >= 0:
                other = group.setdefault((row, int(labels[row, cell])), cell)
                parent[max(root(cell), root(other))] = min(root(cell), root(other))
    found: dict[int, list[int]] = {}
    for cell in range(labels.shape[1]):
        if labels[0, cell] >= 0:
            found.setdefault(root(cell), []).append(cell)
    return list(found.values())
