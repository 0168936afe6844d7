"""A plan with weights raked to known margins, on an engine: cells are fitted in NumPy, rows are never in memory.

The first pass adds weights by unit and cell of all margins; the cells are raked. The second adds the terms with raked
weights by unit and domain, the third by domain and cell, from which the residuals of the influence values follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from sqlglot import exp

from saphan.estimate.engines import Engine
from saphan.estimate.survey.calibration import Residual
from saphan.estimate.survey.cells import SWEEPS, TOLERANCE, margin_coefficients, rake_cells
from saphan.estimate.survey.domains import Domains
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.plan import Columns, Plan, count
from saphan.estimate.survey.query import Weight, from_table
from saphan.estimate.survey.rolling import Sums
from saphan.estimate.survey.sums import RAKED, gather, grouped_sums

LARGEST = 4_000_000  # numbers of a block of unit sums held at a time
Margins = Mapping[str, Mapping[object, float]]  # the total of each answer of each column


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The C cells of all margins: the classes of each, `member` (C, K), in `blocks` by margin, and its `factor` (C,).

    `size` (C,) is what a cell weighs in residuals; `held` (U, K) are the raked weights of each unit by class.
    """

    member: FloatArray
    blocks: tuple[slice, ...]
    factor: FloatArray
    sweeps: int
    size: FloatArray
    held: FloatArray


@dataclass(frozen=True, kw_only=True)
class RakedDomains(Domains):
    """Estimates with raked weights; `held` (G, C, T) are sums of the terms by domain and cell that residuals are of."""

    cells: Cells
    held: FloatArray

    @cached_property
    def standard_error(self) -> FloatArray:
        """(G, E)"""
        domains, estimands = len(self.sums.domains), len(self.estimands)
        found = np.empty((domains, estimands))
        step = max(LARGEST // max(self.units.count, 1), 1)
        for domain in range(domains):
            for start in range(0, estimands, step):
                chosen = list(range(start, min(start + step, estimands)))
                found[domain, chosen] = np.diagonal(self.units.covariance(self.scores(domain, chosen)))
        return np.sqrt(np.maximum(found, 0.0))

    def scores(self, domain: int, chosen: Sequence[int]) -> FloatArray:
        """(U, e) of every unit on estimates of one domain, less what the margins hold."""
        cells = self.cells
        above = self.held[domain][:, [self.estimands[place].above for place in chosen]]
        influence = above.copy()
        for place, number in enumerate(chosen):
            below = self.estimands[number].below
            if below is not None:
                whole = self.totals[domain, below]
                gap = above[:, place] - self.value[domain, number] * self.held[domain][:, below]
                influence[:, place] = gap / whole if whole else np.nan
        coefficient = margin_coefficients(cells.member, cells.blocks, cells.size, influence, cells.sweeps)
        return super().scores(domain, chosen) - cells.held @ coefficient


def raked(
    engine: Engine,
    table: str,
    columns: Columns,
    plan: Plan,
    margins: Margins,
    *,
    residual: Residual = Residual.REGRESSION,
) -> tuple[RakedDomains, ...]:
    """The estimates of a plan with weights raked to `margins`.

    `residual` REGRESSION is least squares on the margins; SWEEP is R survey's. ValueError where a row has a class
    without total, a class with a total has nobody, or the margins contradict each other.
    """
    if columns.weight is None:
        raise ValueError("raking starts from weights: give the table a column of them")
    if not margins:
        raise ValueError("margins hold no column: give the total of each answer of one or more, or leave them out")
    by_cell = gather(engine, table, columns, Plan(quantities=(count(),), by=(tuple(margins),)))
    (unit_cells,) = by_cell.groupings
    member, blocks, total, names = _classes(unit_cells.domains, margins)
    before = _by_cell(unit_cells.sums[:, 0], unit_cells.domain, len(member))
    rows = _by_cell(unit_cells.counts[:, 0], unit_cells.domain, len(member))
    empty = (member.T @ before <= 0) & (total > 0)
    if empty.any():
        raise ValueError(
            f"{names[int(np.argmax(empty))]} has a total and nobody in the sample: join it with another class"
        )
    after = rake_cells(before[None, :], member, blocks, total)[0][0]
    away = np.abs(after @ member - total) / np.where(total > 0, total, 1.0)
    if away.max() > 1e3 * TOLERANCE:
        worst = int(np.argmax(away))
        raise ValueError(
            f"raking stays {away[worst]:.2%} away from the total of {names[worst]}: the margins contradict each other"
        )
    factor = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    swept = residual is Residual.SWEEP
    cells = Cells(
        member=member,
        blocks=blocks,
        factor=factor,
        sweeps=SWEEPS if swept else 0,
        size=rows if swept else before,
        held=_by_class(unit_cells, member, factor, by_cell.units.count),
    )
    weights = _joined(table, columns.weight, tuple(margins), unit_cells.domains, factor)
    gathered = gather(engine, table, columns, plan, weights=(weights, float(factor.max())))
    cell_of = {label: place for place, label in enumerate(unit_cells.domains)}
    found: list[RakedDomains] = []
    held = np.empty(0)
    for one in sorted(gathered.groupings, key=lambda grouping: grouping.by == ()):
        if one.by or not found:
            # What residuals are of is weighted as drawn or not at all, so that nothing needs to be joined.
            weight = Weight(column=None if swept else columns.weight, largest=1.0 if swept else gathered.heaviest)
            labels, sums = grouped_sums(engine, table, weight, gathered, (*one.by, *margins))
            domain_of = {label: place for place, label in enumerate(one.domains)}
            held = np.zeros((len(one.domains), len(member), sums.shape[1]))
            for label, row in zip(labels, sums, strict=True):
                held[domain_of[label[: len(one.by)]], cell_of[label[len(one.by) :]]] = row
        else:
            held = found[0].held.sum(axis=0, keepdims=True)
        found.append(
            RakedDomains(
                units=gathered.units, columns=columns, estimands=gathered.estimands, sums=one, cells=cells, held=held
            )
        )
    return tuple(sorted(found, key=lambda one: plan.by.index(one.sums.by)))


def _by_class(cells: Sums, member: FloatArray, factor: FloatArray, units: int) -> FloatArray:
    """(U, K) raked weights of each unit by class."""
    weight = cells.sums[:, 0] * factor[cells.domain]
    found = np.empty((units, member.shape[1]))
    for place in range(member.shape[1]):
        found[:, place] = np.bincount(cells.unit, weights=weight * member[cells.domain, place], minlength=units)
    return found


def _by_cell(values: FloatArray | IntArray, cell: IntArray, cells: int) -> FloatArray:
    return np.asarray(np.bincount(cell, weights=values, minlength=cells), dtype=float)


def _classes(
    cells: Sequence[tuple[object, ...]], margins: Margins
) -> tuple[FloatArray, tuple[slice, ...], FloatArray, list[str]]:
    """Which classes each cell is in, the classes of each margin, their totals and names."""
    parts, totals, names = [], [], []
    for place, (column, classes) in enumerate(margins.items()):
        order = {answer: number for number, answer in enumerate(classes)}
        lost = [cell[place] for cell in cells if cell[place] not in order]
        if lost:
            raise ValueError(
                f"{column}: rows have the class {lost[0]!r}, which has no total; give it one, or join it with another"
            )
        parts.append(np.eye(len(classes))[[order[cell[place]] for cell in cells]])
        for answer, one in classes.items():
            if not (np.isfinite(one) and one >= 0):
                raise ValueError(f"{column}: {answer!r} has a total of {one:g}, not 0 or more")
            totals.append(float(one))
            names.append(f"{column}: {answer}")
    ends = np.cumsum([0, *(part.shape[1] for part in parts)])
    blocks = tuple(slice(int(start), int(end)) for start, end in pairwise(ends))
    return np.concatenate(parts, axis=1), blocks, np.array(totals), names


def _joined(
    table: str, weight: str, margins: Sequence[str], cells: Sequence[tuple[object, ...]], factor: FloatArray
) -> exp.Select:
    """The rows with a column of raked weights: each weight times the factor of its cell."""
    rows = [
        exp.Tuple(
            expressions=[
                *(exp.convert(answer) for answer in cell),
                exp.cast(exp.Literal.string(repr(float(one))), "double"),
            ]
        )
        for cell, one in zip(cells, factor, strict=True)
    ]
    names = [f"m{place}" for place in range(len(margins))]
    alias = exp.TableAlias(
        this=exp.to_identifier("cells"), columns=[exp.to_identifier(one) for one in (*names, "factor")]
    )
    values = exp.Values(expressions=rows, alias=alias)
    met = exp.and_(
        *(
            exp.NullSafeEQ(
                this=exp.column(column, quoted=True, table="people"), expression=exp.column(name, table="cells")
            )
            for column, name in zip(margins, names, strict=True)
        )
    )
    drawn = exp.column(weight, quoted=True, table="people")
    factor_of = exp.column("factor", table="cells")
    return (
        exp.select(
            exp.Column(this=exp.Star(), table=exp.to_identifier("people")),
            exp.Mul(this=drawn, expression=factor_of).as_(RAKED, quoted=True),
        )
        .from_(exp.alias_(from_table(table), "people", table=True))
        .join(values, on=met)
    )
