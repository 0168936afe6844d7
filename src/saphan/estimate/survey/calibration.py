"""Weights made to agree with known totals: post-stratification, raking, calibration; and what that does to a variance.

Every adjustment regresses influence values on what it holds fixed and leaves the residuals (Deville and Sarndal 1992);
where the totals are themselves estimates, the variance that they bring through the same coefficients is added (Dever
and Valliant 2010). Rows of one cell of all margins share a factor, so margins are fitted on cells, never on rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from saphan.estimate.survey.cells import ROUNDS, SWEEPS, TOLERANCE, margin_coefficients, rake_cells
from saphan.estimate.survey.distance import Distance, fit, solve, unreachable
from saphan.estimate.survey.model import FloatArray, IntArray, Margin
from saphan.estimate.survey.options import option
from saphan.estimate.survey.sample import Sample, unit_sums
from saphan.estimate.survey.weighting import design_effect

SMALLEST = 10  # rows below which a class is reported as small


class Residual(StrEnum):
    """How raked influence values lose what the margins hold."""

    SWEEP = "sweep"  # R survey: ten times the unweighted mean of every class, margin after margin
    REGRESSION = "regression"  # least squares on all margins, by the weights before


@dataclass(frozen=True, kw_only=True)
class Diagnostics:
    """How far calibration went and what it cost.

    `worst` is the largest relative distance left between a weighted and a known total, that of `worst_at`; `small`
    names classes with few rows; `design_effect` is Kish's, 1 + the squared relative spread of the weights; `lowest` and
    `highest` are the extreme ratios of a weight to the one before.
    """

    converged: bool
    iterations: int
    worst: float
    worst_at: str
    small: tuple[str, ...]
    design_effect: float
    lowest: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """A sample with calibrated weights. Look at `diagnostics` before use: weights that met no totals are given too."""

    sample: Sample
    diagnostics: Diagnostics


@dataclass(frozen=True, kw_only=True)
class _Held(ABC):
    """What every adjustment to totals has: `total` (q,), `after` (n,) the weights after, `covariance` (q, q)."""

    total: FloatArray
    after: FloatArray
    covariance: FloatArray

    @property
    def known(self) -> bool:
        """True where the totals have no variance."""
        return not self.covariance.any()

    def residual(self, scores: FloatArray) -> FloatArray:
        """(n, k) scores less the part that the totals hold."""
        return scores - self.after[:, None] * self._fitted(self._coefficient(self._influence(scores)))

    def carried(self, scores: FloatArray) -> FloatArray:
        """(k, k) covariance that estimated totals bring."""
        if self.known:
            return np.zeros((scores.shape[1], scores.shape[1]))
        found = self._coefficient(self._influence(scores))
        return found.T @ self.covariance @ found

    def _influence(self, scores: FloatArray) -> FloatArray:
        """(n, k) scores without their weights; 0 where the weight is 0."""
        weight = np.broadcast_to(self.after[:, None], scores.shape)
        found: FloatArray = np.divide(scores, weight, out=np.zeros_like(scores), where=weight != 0)
        return found

    @abstractmethod
    def _coefficient(self, influence: FloatArray) -> FloatArray:
        """(q, k) of the totals, from influence values (n, k)."""

    @abstractmethod
    def _fitted(self, coefficient: FloatArray) -> FloatArray:
        """(n, k)"""


@dataclass(frozen=True, kw_only=True)
class Margins(_Held):
    """An adjustment to the totals (q,) of the classes of one or several margins.

    `cell` (n,) is the cell of each row in all margins together, `member` (C, q) the classes of a cell, `blocks` the
    classes of each margin. `held_by` (n,) weighs rows in the residuals, `sweeps` over the margins or, at 0, by least
    squares.
    """

    cell: IntArray
    member: FloatArray
    blocks: tuple[slice, ...]
    held_by: FloatArray
    sweeps: int

    @property
    def cells(self) -> IntArray:
        """(n,) rows of one cell have one factor."""
        return self.cell

    def again(self, weight: FloatArray, rows: IntArray) -> FloatArray:
        """What the same adjustment makes of weights (R, g) of the cells that `rows` (g,) stand for."""
        return rake_cells(weight, self.member[self.cell[rows]], self.blocks, self.total)[0]

    def _coefficient(self, influence: FloatArray) -> FloatArray:
        count = self.member.shape[0]
        size = unit_sums(self.held_by[:, None], self.cell, count)[:, 0]
        sums = unit_sums(self.held_by[:, None] * influence, self.cell, count)
        return margin_coefficients(self.member, self.blocks, size, sums, self.sweeps)

    def _fitted(self, coefficient: FloatArray) -> FloatArray:
        found: FloatArray = (self.member @ coefficient)[self.cell]
        return found


@dataclass(frozen=True, kw_only=True)
class Auxiliaries(_Held):
    """An adjustment to the totals (q,) of auxiliary values (n, q); residuals are weighted as before it."""

    auxiliary: FloatArray
    distance: Distance
    bounds: tuple[float, float]
    before: FloatArray

    @property
    def cells(self) -> IntArray:
        """(n,) every row has its own factor."""
        return np.arange(self.after.size)

    def again(self, weight: FloatArray, rows: IntArray) -> FloatArray:
        """What the same adjustment makes of weights (R, g) of `rows` (g,). ValueError where a replicate cannot."""
        values = self.auxiliary[rows]
        found = np.empty_like(weight)
        for place, one in enumerate(weight):
            found[place] = one * fit(values, one, self.total, self.distance, self.bounds, TOLERANCE)[0]
            if not np.allclose(
                found[place] @ values, self.total, rtol=1e-6, atol=1e-9 * float(np.abs(self.total).max())
            ):
                raise ValueError(
                    f"replicate {place}: its weights cannot be calibrated within {self.bounds[0]:g} to "
                    f"{self.bounds[1]:g}; widen the bounds, or use the linearised variance"
                )
        return found

    def _coefficient(self, influence: FloatArray) -> FloatArray:
        weighted = self.auxiliary * self.before[:, None]
        moments = self.auxiliary.T @ weighted
        found = solve(moments, weighted.T @ influence)
        # Once more on its own residuals, for the last digits that normal equations lose.
        return found + solve(moments, weighted.T @ (influence - self.auxiliary @ found))

    def _fitted(self, coefficient: FloatArray) -> FloatArray:
        return self.auxiliary @ coefficient


def post_stratify(sample: Sample, margin: Margin, *, smallest: int = SMALLEST) -> Calibrated:
    """Weights that add to the total of every class, each class raised by one factor (Holt and Smith 1979).

    ValueError where a class with a total has nobody, or a row has a class without total.
    """
    return _to_margins(sample, (margin,), sample.weight, 1, smallest, TOLERANCE, 1)


def rake(
    sample: Sample,
    margins: Sequence[Margin],
    *,
    residual: Residual = Residual.SWEEP,
    smallest: int = SMALLEST,
    tolerance: float = TOLERANCE,
    rounds: int = ROUNDS,
) -> Calibrated:
    """Weights that add to every margin's totals, by iterative proportional fitting (Deming and Stephan 1940).

    Margins that contradict each other do not converge: the diagnostics say so and name the class that is farthest off.
    Covariances of totals are taken as 0 between margins. ValueError where a class with a total has nobody, or a row has
    a class without total.
    """
    if not margins:
        raise ValueError("raking needs at least one margin")
    residual = option(Residual, residual)
    swept = residual is Residual.SWEEP
    held_by = (sample.weight != 0).astype(float) if swept else sample.weight
    return _to_margins(sample, margins, held_by, SWEEPS if swept else 0, smallest, tolerance, rounds)


def calibrate(
    sample: Sample,
    auxiliary: FloatArray,
    total: FloatArray,
    *,
    distance: Distance = Distance.LINEAR,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    covariance: FloatArray | None = None,
    names: Sequence[str] | None = None,
    smallest: int = SMALLEST,
    tolerance: float = TOLERANCE,
) -> Calibrated:
    """Weights nearest to those before that give the totals (q,) of auxiliary values (n, q) (Deville and Sarndal 1992).

    Linear distance makes the generalised regression estimator. `bounds` hold the ratio of every weight to the one
    before; logit needs both. Auxiliaries may be continuous; a column of 1 holds the number of rows. ValueError where a
    total cannot be reached, values are missing, or bounds do not lie around 1.
    """
    values = np.asarray(auxiliary, dtype=float)
    values = values[:, None] if values.ndim == 1 else values
    wanted = np.atleast_1d(np.asarray(total, dtype=float))
    labels = tuple(names) if names is not None else tuple(f"total {place + 1}" for place in range(wanted.size))
    if values.shape != (sample.size, wanted.size) or len(labels) != wanted.size:
        raise ValueError(
            f"auxiliary values are {values.shape[0]} x {values.shape[1]}, with {wanted.size} totals and {len(labels)} "
            f"names, for {sample.size} rows: give every row one value for each total"
        )
    alive = sample.weight != 0
    if not np.isfinite(values[alive]).all():
        row, column = (int(one) for one in np.argwhere(~np.isfinite(values) & alive[:, None])[0])
        raise ValueError(f"{labels[column]}: row {row} has no value; impute it, or leave the auxiliary out")
    values = np.where(alive[:, None], values, 0.0)
    if not np.isfinite(wanted).all():
        raise ValueError(f"{labels[int(np.argmin(np.isfinite(wanted)))]}: the known total is missing")
    distance = option(Distance, distance)
    distance.check(bounds)
    impossible = unreachable(values, sample.weight, wanted, distance, bounds)
    if impossible is not None:
        place, low, high = impossible
        raise ValueError(
            f"{labels[place]}: weights within their bounds add to {low:g} at least and {high:g} at most, "
            f"not to {wanted[place]:g}; widen the bounds or look at the total"
        )
    ratio, iterations = fit(values, sample.weight, wanted, distance, bounds, tolerance)
    weight = sample.weight * ratio
    adjustment = Auxiliaries(
        auxiliary=values,
        total=wanted,
        distance=distance,
        bounds=bounds,
        before=sample.weight,
        after=weight,
        covariance=_checked(covariance, wanted.size, "the totals"),
    )
    rows = (values != 0).sum(axis=0)
    small = tuple(name for name, count in zip(labels, rows, strict=True) if count < smallest)
    size = np.abs(sample.weight) @ np.abs(values)
    return _calibrated(sample, adjustment, weight @ values, size, labels, small, iterations, tolerance)


def _to_margins(
    sample: Sample,
    margins: Sequence[Margin],
    held_by: FloatArray,
    sweeps: int,
    smallest: int,
    tolerance: float,
    rounds: int,
) -> Calibrated:
    codes = [_codes(sample, margin) for margin in margins]
    sizes = [len(margin.classes) for margin in margins]
    joint = np.ravel_multi_index(codes, sizes)
    present, cell = np.unique(joint, return_inverse=True)
    of_cell = np.unravel_index(present, sizes)
    member = np.concatenate([np.eye(size)[code] for size, code in zip(sizes, of_cell, strict=True)], axis=1)
    ends = np.cumsum([0, *sizes])
    blocks = tuple(slice(int(start), int(end)) for start, end in pairwise(ends))
    total = np.concatenate([np.asarray(margin.total, dtype=float) for margin in margins])
    labels = tuple(f"{margin.name}: {name}" for margin in margins for name in margin.classes)
    rows: FloatArray = member.T @ np.bincount(cell, weights=(sample.weight != 0).astype(float), minlength=present.size)
    whole = unit_sums(sample.weight[:, None], cell, present.size)[:, 0]
    empty = (member.T @ whole <= 0) & (total > 0)
    if empty.any():
        place = int(np.argmax(empty))
        raise ValueError(
            f"{labels[place]} has a total of {total[place]:g} and nobody in the sample: join it with another class"
        )
    covariance = np.zeros((total.size, total.size))
    for margin, block in zip(margins, blocks, strict=True):
        covariance[block, block] = _checked(margin.variance, len(margin.classes), margin.name)
    fitted, iterations = rake_cells(whole[None, :], member, blocks, total, tolerance, rounds)
    weight = sample.weight * np.divide(fitted[0], whole, out=np.zeros_like(whole), where=whole > 0)[cell]
    adjustment = Margins(
        cell=cell,
        member=member,
        blocks=blocks,
        total=total,
        after=weight,
        held_by=held_by,
        sweeps=sweeps,
        covariance=covariance,
    )
    small = tuple(name for name, count in zip(labels, rows, strict=True) if count < smallest)
    return _calibrated(sample, adjustment, fitted[0] @ member, rows, labels, small, iterations, tolerance)


def _codes(sample: Sample, margin: Margin) -> IntArray:
    """(n,) place of each row's class; rows of weight 0 may have none."""
    total = np.asarray(margin.total, dtype=float)
    if total.shape != (len(margin.classes),) or len(margin.of) != sample.size:
        raise ValueError(
            f"{margin.name}: {total.size} totals for {len(margin.classes)} classes, {len(margin.of)} rows of "
            f"{sample.size}: give every class a total and every row a class"
        )
    bad = ~np.isfinite(total) | (total < 0)
    if bad.any():
        place = int(np.argmax(bad))
        raise ValueError(f"{margin.name}: {margin.classes[place]} has a total of {total[place]:g}, not 0 or more")
    labels, code = np.unique(np.asarray(margin.of).astype(str), return_inverse=True)
    place_of = {str(name): place for place, name in enumerate(margin.classes)}
    found: IntArray = np.array([place_of.get(str(name), -1) for name in labels], dtype=np.int64)[code]
    lost = (found < 0) & (sample.weight != 0)
    if lost.any():
        name = str(margin.of[int(np.argmax(lost))])
        raise ValueError(
            f"{margin.name}: {int(lost.sum())} rows have a class without total, such as {name!r}; "
            "give it one, join it with another class, or impute the class"
        )
    return np.maximum(found, 0)


def _calibrated(
    sample: Sample,
    adjustment: Margins | Auxiliaries,
    found: FloatArray,
    size: FloatArray,
    names: tuple[str, ...],
    small: tuple[str, ...],
    iterations: int,
    tolerance: float,
) -> Calibrated:
    """The sample with its totals `found` (q,) compared to those wanted; against `size` (q,) where those are 0."""
    wanted, weight = adjustment.total, adjustment.after
    against = np.where(wanted != 0, np.abs(wanted), np.where(size > 0, size, 1.0))
    away = np.abs(found - wanted) / against
    worst = int(np.argmax(away))
    alive = sample.weight != 0
    ratio = weight[alive] / sample.weight[alive]
    return Calibrated(
        sample=sample.adjusted(weight, adjustment),
        diagnostics=Diagnostics(
            converged=bool(away[worst] <= tolerance),
            iterations=iterations,
            worst=float(away[worst]),
            worst_at=names[worst],
            small=small,
            design_effect=design_effect(weight),
            lowest=float(ratio.min()),
            highest=float(ratio.max()),
        ),
    )


def _checked(covariance: FloatArray | None, size: int, name: str) -> FloatArray:
    if covariance is None:
        return np.zeros((size, size))
    found = np.asarray(covariance, dtype=float)
    if found.shape != (size, size) or not np.isfinite(found).all() or not np.allclose(found, found.T):
        raise ValueError(f"{name}: the covariance of {size} totals is a symmetric matrix, {size} x {size}")
    if np.linalg.eigvalsh(found).min(initial=0.0) < -1e-9 * np.abs(found).max(initial=0.0):
        raise ValueError(f"{name}: the covariance of the totals gives some of their sums a variance below 0")
    return found
