"""A drawn sample in memory: rows with their weights, their sampling units and what was done to the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from saphan.estimate.survey.design import Lonely, SamplingBasis, Units, units
from saphan.estimate.survey.grounds import Grounds
from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray, Labels


class Adjustment(Protocol):
    """Something done to the weights that a variance must know of: response, post-stratification, raking, trimming."""

    @property
    def cells(self) -> IntArray:
        """(n,) numbers of rows whose weights the adjustment raises by the same factor, whatever the weights."""

    @property
    def known(self) -> bool:
        """True where what the weights were made to agree with is no estimate itself."""

    def residual(self, scores: FloatArray) -> FloatArray:
        """(n, k) weighted influence values, less what the adjustment holds fixed."""

    def carried(self, scores: FloatArray) -> FloatArray:
        """(k, k) covariance brought by totals that are themselves estimates; 0 where they are `known`."""

    def again(self, weight: FloatArray, rows: IntArray) -> FloatArray:
        """What the same adjustment makes of other weights: R replicates of g cells, (R, g), told by a row of each."""


@dataclass(frozen=True, kw_only=True)
class Sample(Grounds):
    """n rows with their weights (n,) and unit of the last stage (n,), numbered as in `units`.

    `adjustments` are in the order in which they were done to the weights; `drawn` (n,) are the weights before, None
    where nothing was done. Tests and regressions of a sample not drawn by chance need its `model`.
    """

    weight: FloatArray
    unit: IntArray
    units: Units
    adjustments: tuple[Adjustment, ...] = ()
    drawn: FloatArray | None = None

    @property
    def size(self) -> int:
        """Rows."""
        return int(self.weight.size)

    def sums(self, values: FloatArray) -> FloatArray:
        """(U, k) weighted sums of `values` (n, k) by unit, in the order of rows."""
        return unit_sums(self.weight[:, None] * values, self.unit, self.units.count)

    def covariance(self, influence: FloatArray) -> FloatArray:
        """(k, k) covariance of estimates whose influence values are (n, k), unweighted; adjustments are allowed for.

        The last one is undone first, so that what it holds fixed has no variance. R survey begins with the first, which
        agrees where there is one. NotByChanceError where neither the draw nor a model carries a covariance.
        """
        self.need("covariance")
        scores = self.weight[:, None] * influence
        carried = np.zeros((scores.shape[1], scores.shape[1]))
        for adjustment in reversed(self.adjustments):
            carried += adjustment.carried(scores)
            scores = adjustment.residual(scores)
        return carried + self.units.covariance(unit_sums(scores, self.unit, self.units.count))

    def within(self, domain: BoolArray | None) -> BoolArray:
        """(n,) the rows of a domain, all of them where none is given."""
        return within(domain, self.size)

    def degrees(self, domain: BoolArray | None = None) -> int:
        """Degrees of freedom of the design, or of those units that have someone in the domain (n,)."""
        if domain is None:
            return self.units.degrees()
        there = np.bincount(self.unit[domain & (self.weight != 0)], minlength=self.units.count)
        return self.units.degrees(np.flatnonzero(there))

    def only(self, domain: BoolArray | IntArray) -> Sample:
        """The rows of a domain, a mask (n,) or row numbers, with all the units of the design.

        ValueError where weights were adjusted.
        """
        if self.adjustments:
            raise ValueError("adjusted weights are made of all rows: give the domain to the estimator instead")
        return replace(self, weight=self.weight[domain], unit=self.unit[domain])

    def adjusted(self, weight: FloatArray, adjustment: Adjustment) -> Sample:
        """The same rows with adjusted weights."""
        drawn = self.weight if self.drawn is None else self.drawn
        return replace(self, weight=weight, adjustments=(*self.adjustments, adjustment), drawn=drawn)


def unit_sums(scores: FloatArray, unit: IntArray, count: int) -> FloatArray:
    """(U, k) sums of scores (n, k) by unit."""
    found = np.empty((count, scores.shape[1]))
    for column in range(scores.shape[1]):
        found[:, column] = np.bincount(unit, weights=scores[:, column], minlength=count)
    return found


def within(domain: BoolArray | None, size: int) -> BoolArray:
    """(n,) the rows of a domain, all `size` where None. ValueError for what is not True or False for each row."""
    if domain is None:
        return np.ones(size, dtype=bool)
    given = np.asarray(domain)
    if given.dtype != bool or given.shape != (size,):
        raise ValueError(
            f"the domain has shape {given.shape} and type {given.dtype}: give each of the {size} rows True or False"
        )
    return given


def missing(labels: Labels) -> BoolArray:
    """(n,) which labels are None or NaN; an empty text is a label."""
    if labels.dtype.kind == "O":
        return np.array([one is None or one != one for one in labels.tolist()], dtype=bool)
    return np.isnan(labels.astype(float)) if labels.dtype.kind == "f" else np.zeros(labels.shape, dtype=bool)


def sample(
    weight: FloatArray | None,
    *,
    strata: Labels | Sequence[Labels | None] | None = None,
    clusters: Labels | Sequence[Labels] | None = None,
    population: FloatArray | Sequence[FloatArray | None] | None = None,
    lonely: Lonely = Lonely.FAIL,
    basis: SamplingBasis = SamplingBasis.PROBABILITY,
    model: str = "",
) -> Sample:
    """A sample from columns (n,): one of each for a design of one stage, a sequence of them for several.

    Without `clusters` the rows themselves were drawn. Without `weight` it is the population over the sample of every
    stage. Rows of weight 0, such as those who did not answer, stay in the design. ValueError where a weight is negative
    or not finite, all are 0, a column lacks rows or labels, or neither weights nor populations are given; `Grounds`
    says of `basis` and `model` what it refuses.
    """
    by_strata = _stages(strata)
    by_population = _stages(population)
    by_cluster: list[Labels] = [one for one in _stages(clusters) if one is not None]
    given = (
        weight if weight is not None else next((one for one in (*by_cluster, *by_population) if one is not None), None)
    )
    if given is None:
        raise ValueError("a sample needs weights, or the population of each stratum")
    weights = None if weight is None else _finite(np.asarray(weight, dtype=float))
    for what, columns in (("strata", by_strata), ("clusters", by_cluster), ("populations", by_population)):
        for number, column in enumerate(columns):
            if column is not None:
                _complete(column, np.size(given), f"stage {number + 1}: the {what}", labels=what != "populations")
    if not by_cluster:
        by_cluster = [np.arange(np.size(given))]
    drawn, unit = units(by_strata, by_cluster, by_population, lonely=lonely)
    if weights is None:
        weights = drawn.weights[unit]
    return Sample(weight=weights, unit=unit, units=drawn, basis=basis, model=model)


def _finite(weight: FloatArray) -> FloatArray:
    """The weights (n,), of which some are above 0 and none below."""
    if weight.ndim != 1 or not weight.size:
        raise ValueError(f"the weights have shape {weight.shape}: give one to each row, of one row or more")
    wrong = ~np.isfinite(weight) | (weight < 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"row {row} has weight {weight[row]:g}: weights are finite numbers of 0 or more")
    if not weight.any():
        raise ValueError(
            f"all {weight.size} weights are 0, so nobody stands for anyone: give those who answered a weight above 0"
        )
    return weight


def _complete(column: np.ndarray, size: int, what: str, *, labels: bool) -> None:
    """ValueError where a column of the design does not tell something of each row."""
    if column.shape != (size,):
        raise ValueError(f"{what} have shape {column.shape} for {size} rows: give each row one")
    gaps = missing(column) if labels else np.zeros(size, dtype=bool)
    if gaps.any():
        raise ValueError(
            f"{what} are missing in {int(gaps.sum())} rows, the first of them row {int(np.argmax(gaps))}: complete them"
        )


def _stages(given: object) -> list[np.ndarray | None]:
    if given is None:
        return []
    if isinstance(given, (list, tuple)):
        return [None if one is None else np.asarray(one) for one in given]
    return [np.asarray(given)]
