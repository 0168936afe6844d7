"""Variances from replicates: the estimate again with other weights, R times.

A replicate multiplies the weights of whole primary units, so a matrix of factors (R, G) by groups of rows says all:
every statistic that is a function of sums needs the rows once, for their sums by group (G, m), and then one product of
matrices. After calibration each replicate is calibrated again, and groups are the cells within units that share a
factor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from saphan.estimate.survey.design import SamplingBasis, Units
from saphan.estimate.survey.estimates import Estimates, unknown
from saphan.estimate.survey.grounds import need_chance
from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray, Labels
from saphan.estimate.survey.sample import unit_sums, within

VERSION = 1
Statistic = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, kw_only=True)
class Replicates:
    """R replicates of a sample of n rows in G groups.

    The weight of a row is `base` (n,) times `full` (G,) of its group; in a replicate, times `factor` (R, G). Squared
    distances count by `scale` and `rscales` (R,): from the full estimate under `mse`, else from the mean of replicates.
    `units` and `unit` (G,), one of each group, give degrees of freedom; without them it is the rank of the weights - 1.
    """

    method: str
    base: FloatArray
    group: IntArray
    full: FloatArray
    factor: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool = False
    basis: SamplingBasis = SamplingBasis.PROBABILITY
    units: Units | None = None
    unit: IntArray | None = None

    @property
    def id(self) -> str:
        """The stable id of the estimator of errors."""
        return f"{self.method}/{VERSION}"

    @property
    def count(self) -> int:
        """Replicates."""
        return int(self.factor.shape[0])

    @property
    def weight(self) -> FloatArray:
        """(n,) weights of the full sample."""
        return self.base * self.full[self.group]

    def weights(self, replicate: int) -> FloatArray:
        """(n,) weights of one replicate."""
        found: FloatArray = self.base * self.factor[replicate, self.group]
        return found

    def covariance(self, theta: FloatArray, value: FloatArray) -> FloatArray:
        """(k, k) covariance from estimates of the replicates (R, k) and of the full sample (k,).

        A statistic that one replicate cannot give, such as the mean of a domain in a single unit, has none: NaN.
        NotByChanceError where the sample was not drawn by chance: `Estimates` are then values alone.
        """
        away = self._away(theta, value)
        found: FloatArray = away.T @ away
        return found

    def variance(self, theta: FloatArray, value: FloatArray) -> FloatArray:
        """(k,) the diagonal of `covariance`."""
        return np.asarray((self._away(theta, value) ** 2).sum(axis=0))

    def _away(self, theta: FloatArray, value: FloatArray) -> FloatArray:
        need_chance(self.basis, "covariance")
        used = self.rscales > 0
        centre = value if self.mse else theta[used].mean(axis=0)
        return np.asarray((theta[used] - centre) * np.sqrt(self.scale * self.rscales[used])[:, None])

    def sums(self, values: FloatArray) -> FloatArray:
        """(G, m) sums of `values` (n, m) by group, weighted by `base`."""
        return unit_sums(self.base[:, None] * values, self.group, self.full.size)

    def of_sums(
        self, sums: FloatArray, function: Statistic, *, names: Sequence[str], degrees: FloatArray, n: IntArray
    ) -> Estimates:
        """k functions of weighted totals from sums by group (G, m): `function` takes totals (R, m) to values (R, k)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = function((self.full @ sums)[None, :])[0]
            covariance = self._spread(lambda: function(self.factor @ sums), value)
        return Estimates(
            names=tuple(names),
            value=value,
            covariance=covariance,
            degrees=degrees,
            n=n,
            method=self.id,
            basis=self.basis,
        )

    def statistic(self, function: Statistic, *, names: Sequence[str] | None = None) -> Estimates:
        """Any function of weights (n,) to values (k,), called once for each replicate."""
        value = np.atleast_1d(function(self.weight))
        return Estimates(
            names=tuple(names) if names is not None else tuple(str(place) for place in range(value.size)),
            value=value,
            covariance=self._spread(
                lambda: np.stack([np.atleast_1d(function(self.weights(place))) for place in range(self.count)]), value
            ),
            degrees=np.full(value.size, self._degrees(None)),
            n=np.full(value.size, int((self.weight != 0).sum())),
            method=self.id,
            basis=self.basis,
        )

    def total(
        self,
        values: FloatArray,
        *,
        domain: BoolArray | None = None,
        by: Labels | None = None,
        names: Sequence[str] | None = None,
    ) -> Estimates:
        """Totals of `values`, (n,) or (n, k), in a domain (n,), or in each of those that `by` (n,) tells apart."""
        columns, inside = self._inside(values, domain)
        table = _table(inside, by, names)
        sums = self._by_domain(np.where(inside, columns, 0.0), table)
        return self.of_sums(sums, lambda totals: totals, names=table.names, degrees=self._presence(table), n=table.n)

    def mean(
        self,
        values: FloatArray,
        *,
        domain: BoolArray | None = None,
        by: Labels | None = None,
        names: Sequence[str] | None = None,
    ) -> Estimates:
        """Means of `values`, (n,) or (n, k), of the rows that have one."""
        columns, _ = self._inside(values, domain)
        return self.ratio(columns, np.where(np.isnan(columns), np.nan, 1.0), domain=domain, by=by, names=names)

    def ratio(
        self,
        numerator: FloatArray,
        denominator: FloatArray,
        *,
        domain: BoolArray | None = None,
        by: Labels | None = None,
        names: Sequence[str] | None = None,
    ) -> Estimates:
        """Ratios of two totals, (n,) or (n, k) each; a row that lacks either leaves both.

        ValueError where the total of a denominator is 0; in a table `by` domains such a ratio is NaN.
        """
        above, first = self._inside(numerator, domain)
        below, second = self._inside(denominator, domain)
        inside = first & second
        table = _table(inside, by, names)
        sums = self._by_domain(np.where(inside, np.stack([above, below]), 0.0), table)
        size = len(table.names)
        if by is None and (self.full @ sums[:, size:] == 0).any():
            raise ValueError("nobody in the domain has a value: there is nothing to divide by")
        return self.of_sums(
            sums,
            lambda totals: totals[:, :size] / totals[:, size:],
            names=table.names,
            degrees=self._presence(table),
            n=table.n,
        )

    def _spread(self, replicated: Callable[[], FloatArray], value: FloatArray) -> FloatArray:
        """(k, k) covariance from what is `replicated` (R, k), which is not asked for where nothing stands behind it."""
        return self.covariance(replicated(), value) if self.basis.by_chance else unknown(value.size)

    def _inside(self, values: FloatArray, domain: BoolArray | None) -> tuple[FloatArray, BoolArray]:
        """(n, k) values, and which of them count."""
        columns = np.asarray(values, dtype=float)
        columns = columns[:, None] if columns.ndim == 1 else columns
        if columns.shape[0] != self.base.size:
            raise ValueError(f"there are {columns.shape[0]} values for {self.base.size} rows: give each row one")
        inside = np.isfinite(columns) & (self.weight != 0)[:, None]
        return columns, inside & within(domain, self.base.size)[:, None]

    def _by_domain(self, values: FloatArray, table: _Table) -> FloatArray:
        """(G, t D k) sums of `values`, (n, k) or t of them (t, n, k), by group and domain."""
        terms = values if values.ndim == 3 else values[None]
        count = self.full.size
        place = self.group * table.domains + table.code
        return np.concatenate(
            [unit_sums(self.base[:, None] * term, place, count * table.domains).reshape(count, -1) for term in terms],
            axis=1,
        )

    def _presence(self, table: _Table) -> FloatArray:
        """(D k,) degrees of freedom of each domain and column."""
        if self.units is None:
            return np.full(len(table.names), self._rank)
        count = self.full.size
        place = self.group * table.domains + table.code
        rows = unit_sums(table.inside.astype(float), place, count * table.domains).reshape(count, -1) > 0
        found, which = np.unique(rows, axis=1, return_inverse=True)
        return np.array([self._degrees(column) for column in found.T])[which.ravel()]

    def _degrees(self, present: BoolArray | None) -> float:
        """Of the groups (G,) that are `present`."""
        if self.units is None or self.unit is None:
            return self._rank
        return float(self.units.degrees(None if present is None else np.unique(self.unit[present])))

    @cached_property
    def _rank(self) -> float:
        spread = np.linalg.eigvalsh(self.factor @ self.factor.T)
        return float((spread > 1e-10 * spread.max(initial=0.0)).sum() - 1)


@dataclass(frozen=True, kw_only=True)
class _Table:
    """D domains by k columns: the domain of each row, the rows that count (n, k), rows and names of each estimate."""

    code: IntArray
    domains: int
    inside: BoolArray
    names: tuple[str, ...]
    n: IntArray


def _table(inside: BoolArray, by: Labels | None, names: Sequence[str] | None) -> _Table:
    columns = tuple(names) if names is not None else tuple(str(place) for place in range(inside.shape[1]))
    if len(columns) != inside.shape[1]:
        raise ValueError(f"there are {len(columns)} names for {inside.shape[1]} columns")
    if by is None:
        zeros = np.zeros(inside.shape[0], dtype=np.int64)
        return _Table(code=zeros, domains=1, inside=inside, names=columns, n=inside.sum(axis=0))
    if len(by) != inside.shape[0]:
        raise ValueError(f"there are {len(by)} labels of domains for {inside.shape[0]} rows")
    labels, code = np.unique(by, return_inverse=True)
    single = inside.shape[1] == 1 and names is None
    return _Table(
        code=code,
        domains=labels.size,
        inside=inside,
        names=tuple(f"{label}" if single else f"{label} {name}" for label in labels for name in columns),
        n=unit_sums(inside.astype(float), code, labels.size).ravel().astype(np.int64),
    )
