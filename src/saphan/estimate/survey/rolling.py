"""Which combinations of domains are added over the rows, and how the others follow from these.

Whole numbers add up to the same sum however they are grouped. A grouping whose columns are among those of another is
therefore not added over the rows again, but rolled up from it; and where it pays several groupings are rolled up from
a finer one that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
import pyarrow as pa

from saphan.estimate.engines.whole import joined, parts, rounded
from saphan.estimate.survey.codes import codes
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.plan import Plan

Grouping = tuple[str, ...]
Label = tuple[object, ...]
Column = TypeVar("Column", FloatArray, IntArray)
CELL = 30  # rows whose adding costs what one more row of sums does


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Weighted sums of C terms in R combinations of unit and domain, for one grouping of a plan.

    Rows are ordered by domain and unit. `domains` are the G labels of the grouping, None for a missing one; `sums`
    (R, C) are weighted, `counts` (R, K) are rows that have a value.
    """

    by: Grouping
    domains: tuple[Label, ...]
    unit: IntArray
    domain: IntArray
    sums: FloatArray
    counts: IntArray


@dataclass(frozen=True, kw_only=True)
class Returned:
    """The rows that a pass brought back, by unit and domain: their `unit` (r,), and how their numbers are read.

    `keys` are the columns of the design; `scales` the powers of two of the C terms, `own` (U, C) what units multiply
    them by, if anything; `counted` the number of counts. Sums are `exact`, or those of single rows.
    """

    rows: pa.Table
    keys: Sequence[str]
    unit: IntArray
    scales: Sequence[int]
    counted: int
    own: FloatArray | None
    exact: bool


def cover(
    groupings: Sequence[Grouping],
    keys: Collection[str],
    kinds: Callable[[Sequence[str]], tuple[Mapping[str, float], float]],
    rows: int,
) -> tuple[Grouping, ...]:
    """Sets of columns to group by, besides the `keys` of the design, of which every grouping is a part of one.

    `kinds` tells how many labels columns have and how many units there are, roughly: it only matters for speed.
    """
    wanted = dict.fromkeys(frozenset(grouping) - frozenset(keys) for grouping in groupings)
    sets = [one for one in wanted if not any(one < other for other in wanted)]
    if len(sets) > 1:
        labels, units = kinds(tuple(dict.fromkeys(name for one in sets for name in one)))

        def cost(names: frozenset[str]) -> float:
            cells = units * float(np.prod([labels[name] for name in names]))
            return rows + CELL * min(cells, float(rows))

        while len(sets) > 1:
            gain, first, second = max(
                ((cost(one) + cost(other) - cost(one | other), one, other) for one, other in combinations(sets, 2)),
                key=lambda found: found[0],
            )
            if gain <= 0:
                break
            sets = [one for one in sets if not one <= first | second] + [first | second]
    return tuple(tuple(sorted(one)) for one in sets)


def read(returned: Returned, plan: Plan, sets: Sequence[Grouping]) -> tuple[Sums, ...]:
    """The sums of each grouping of a plan."""
    found: dict[Grouping, Sums] = {}
    held = [frozenset((*one, *returned.keys)) for one in sets]
    for number in sorted(range(len(sets)), key=lambda number: len(held[number])):
        mine = [by for by in plan.by if by not in found and held[number].issuperset(by)]
        if mine:
            found |= _rolled(returned, plan.domains, held[number] if len(sets) > 1 else None, mine)
    return tuple(found[by] for by in plan.by)


def added(rows: pa.Table, scales: Sequence[int]) -> FloatArray:
    """(R, C) exact sums as doubles, in the units of their terms."""
    found = np.empty((rows.num_rows, len(scales)))
    for place, scale in enumerate(scales):
        found[:, place] = rounded(*joined(*parts(rows.column(f"s{place}")))) * 2.0**-scale
    return found


def refuse_nan(name: str, values: Iterable[object]) -> None:
    """NaN is no label and no answer: who means missing leaves the cell empty."""
    if any(value != value for value in values):
        raise ValueError(f"column {name} holds NaN: leave missing values empty (null)")


@dataclass(frozen=True, kw_only=True)
class _Group:
    """The rows of one set by unit and a grouping: their `order`, and the `first` of each of R groups in it."""

    by: Grouping
    domains: tuple[Label, ...]
    unit: IntArray  # (R,)
    domain: IntArray  # (R,)
    order: IntArray
    first: IntArray  # (R,)

    def added(self, column: Column) -> Column:
        """(R,) the sums of a column (r,)."""
        taken = column[self.order]
        return taken if self.first.size == taken.size else np.add.reduceat(taken, self.first)


def _rolled(
    returned: Returned, domains: Sequence[str], held: frozenset[str] | None, groupings: Sequence[Grouping]
) -> dict[Grouping, Sums]:
    """Some groupings of the rows of one set, that of the columns `held`, of all rows where None."""
    rows, unit = returned.rows, returned.unit
    if held is not None:
        mine = np.ones(rows.num_rows, dtype=bool)
        for place, name in enumerate(domains):
            mine &= rows.column(f"g{place}").to_numpy() == (0 if name in held else 1)
        rows, unit = rows.filter(pa.array(mine)), unit[mine]
    coded = {
        name: _coded(rows.column(f"d{place}")) for place, name in enumerate(domains) if held is None or name in held
    }
    groups = [_group(by, coded, unit) for by in groupings]
    sums = [np.empty((one.first.size, len(returned.scales))) for one in groups]
    counts = [np.empty((one.first.size, returned.counted), dtype=np.int64) for one in groups]
    # Column by column, so that what all groupings are added from is never held at once.
    for place, scale in enumerate(returned.scales):
        column = rows.column(f"s{place}")
        if returned.exact:
            halves = parts(column)
            added_up = [rounded(*joined(*map(one.added, halves))) for one in groups]
        else:
            added_up = [one.added(np.nan_to_num(column.to_numpy())) for one in groups]
        for into, one in zip(sums, added_up, strict=True):
            into[:, place] = one * 2.0**-scale
    for place in range(returned.counted):
        seen = np.nan_to_num(rows.column(f"n{place}").to_numpy()).astype(np.int64)
        for group, number in zip(groups, counts, strict=True):
            number[:, place] = group.added(seen)
    if returned.own is not None:
        for group, into in zip(groups, sums, strict=True):
            into *= returned.own[group.unit]
    return {
        of.by: Sums(by=of.by, domains=of.domains, unit=of.unit, domain=of.domain, sums=into, counts=number)
        for of, into, number in zip(groups, sums, counts, strict=True)
    }


def _group(by: Grouping, coded: Mapping[str, tuple[list[object], IntArray]], unit: IntArray) -> _Group:
    domains, domain = _numbered([coded[name] for name in by], unit.size)
    for label in domains:
        refuse_nan(" x ".join(by), label)
    width = int(unit.max(initial=0)) + 1
    key = domain * width + unit
    order = np.argsort(key, kind="stable")
    present, first = np.unique(key[order], return_index=True)
    return _Group(by=by, domains=domains, unit=present % width, domain=present // width, order=order, first=first)


def _numbered(columns: Sequence[tuple[list[object], IntArray]], size: int) -> tuple[tuple[Label, ...], IntArray]:
    """The labels that occur together, in order, and which of them each row has."""
    code = np.zeros(size, dtype=np.int64)
    for kinds, rank in columns:
        code = code * len(kinds) + rank
    present, number = codes(code)
    labels = []
    for one in present.tolist():
        label: list[object] = []
        for kinds, _ in reversed(columns):
            one, place = divmod(one, len(kinds))
            label.append(kinds[place])
        labels.append(tuple(reversed(label)))
    return tuple(labels), number


def _coded(column: pa.ChunkedArray) -> tuple[list[object], IntArray]:
    """The labels of a column in order, a missing one last, and which of them each row has."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    kinds = encoded.dictionary.to_pylist()
    order = sorted(
        range(len(kinds)), key=lambda place: (kinds[place] is None, str(type(kinds[place])), kinds[place] or 0)
    )
    rank = np.empty(len(kinds), dtype=np.int64)
    rank[order] = np.arange(len(kinds))
    return [kinds[place] for place in order], rank[encoded.indices.to_numpy()]
