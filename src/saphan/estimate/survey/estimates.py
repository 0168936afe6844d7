"""What every survey estimator gives back: values with their joint covariance, and intervals from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.model import FloatArray, IntArray


class NotByChanceError(ValueError):
    """A test or interval was asked for that a sample not drawn by chance cannot carry."""


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """k estimates: `value` (k,), `covariance` (k, k), `degrees` (k,) of freedom, `n` (k,) rows that they rest on.

    `names` say what each is; `method` is the stable id of the estimator. Where the sample was not drawn by chance the
    values are indicative: they have no interval.
    """

    names: tuple[str, ...]
    value: FloatArray
    covariance: FloatArray
    degrees: FloatArray
    n: IntArray
    method: str
    basis: SamplingBasis = SamplingBasis.PROBABILITY

    @property
    def standard_error(self) -> FloatArray:
        """(k,)"""
        return np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))

    @property
    def relative_error(self) -> FloatArray:
        """(k,) standard error over value; NaN where the value is 0."""
        found: FloatArray = np.divide(
            self.standard_error, np.abs(self.value), out=np.full(self.value.size, np.nan), where=self.value != 0
        )
        return found

    def interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Limits (k,) of Student's t on the plain scale. NotByChanceError where the sample was not drawn by chance."""
        if not self.basis.by_chance:
            raise NotByChanceError(
                f"a {self.basis} sample has no interval of its own: print its values as indicative, with the method"
            )
        reach = stats.t.ppf(0.5 + level / 2, np.maximum(self.degrees, 1.0)) * self.standard_error
        return self.value - reach, self.value + reach

    def combined(self, contrasts: FloatArray, names: Sequence[str]) -> Estimates:
        """Linear combinations, `contrasts` (c, k): differences between domains, sums, averages."""
        rows = np.atleast_2d(np.asarray(contrasts, dtype=float))
        used = rows != 0
        return Estimates(
            names=tuple(names),
            value=rows @ self.value,
            covariance=rows @ self.covariance @ rows.T,
            degrees=np.array([self.degrees[one].min(initial=np.inf) for one in used]),
            n=np.array([self.n[one].sum() for one in used]),
            method=self.method,
            basis=self.basis,
        )

    def difference(self, first: str, second: str) -> Estimates:
        """`first` less `second`, by name, with their covariance. KeyError if there is no such estimate."""
        row = np.zeros(len(self.names))
        for name, sign in ((first, 1.0), (second, -1.0)):
            if name not in self.names:
                raise KeyError(f"no estimate is named {name!r}; there are {', '.join(self.names)}")
            row[self.names.index(name)] += sign
        return self.combined(row, (f"{first} - {second}",))
