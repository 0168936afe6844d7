"""What every survey estimator gives back: values with their joint covariance, and intervals from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import DESCRIBE, Grounds
from saphan.estimate.survey.model import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Estimates(Grounds):
    """k estimates: `value` (k,), `covariance` (k, k), `degrees` (k,) of freedom, `n` (k,) rows that they rest on.

    `names` say what each is; `method` is the stable id of the estimator, with the `model` where errors rest on one.
    Without such grounds values are indicative: no covariance is kept (NaN), and errors raise NotByChanceError.
    """

    names: tuple[str, ...]
    value: FloatArray
    covariance: FloatArray
    degrees: FloatArray
    n: IntArray
    method: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.stand:  # what is not kept cannot be printed
            object.__setattr__(self, "covariance", unknown(self.value.size))
            object.__setattr__(self, "method", self.stated(self.method))

    @property
    def standard_error(self) -> FloatArray:
        """(k,)"""
        self.need("standard error", DESCRIBE)
        return np.sqrt(np.maximum(np.diagonal(self.covariance), 0.0))

    @property
    def relative_error(self) -> FloatArray:
        """(k,) standard error over value; NaN where the value is 0."""
        found: FloatArray = np.divide(
            self.standard_error, np.abs(self.value), out=np.full(self.value.size, np.nan), where=self.value != 0
        )
        return found

    def interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Limits (k,) of Student's t on the plain scale. ValueError for a level that is not between 0 and 1."""
        self.need("interval", DESCRIBE)
        if not 0 < level < 1:
            raise ValueError(f"a level of {level:g} is not between 0 and 1: for 95 per cent give 0.95")
        reach = student(level, self.degrees, self.basis) * self.standard_error
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
            model=self.model,
        )

    def difference(self, first: str, second: str) -> Estimates:
        """`first` less `second`, by name, with their covariance. KeyError if there is no such estimate."""
        row = np.zeros(len(self.names))
        for name, sign in ((first, 1.0), (second, -1.0)):
            if name not in self.names:
                raise KeyError(f"no estimate is named {name!r}; there are {', '.join(self.names)}")
            row[self.names.index(name)] += sign
        return self.combined(row, (f"{first} - {second}",))


def student(level: float, degrees: FloatArray, basis: SamplingBasis) -> FloatArray:
    """How many standard errors an interval reaches, by Student's t; NaN without degrees of freedom but in a census."""
    none = 0.0 if basis is SamplingBasis.CENSUS else np.nan
    return np.where(degrees >= 1, stats.t.ppf(0.5 + level / 2, np.maximum(degrees, 1.0)), none)


def unknown(size: int) -> FloatArray:
    """(k, k) the covariance of estimates that have none: NaN."""
    return np.full((size, size), np.nan)
