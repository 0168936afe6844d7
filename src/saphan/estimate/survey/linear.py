"""Totals, means and ratios: every domain keeps the whole design, by Taylor linearisation.

The influence of a row on a total is its value, on a ratio Y / X it is (y - R x) / X, and both are 0 outside the domain
(Binder 1983; Wolter 2007, ch. 6). A mean is the ratio of the sum of values to the number of rows that have one.
They describe a population, so that of a sample not drawn by chance they are values alone, whatever model is stated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from saphan.estimate.survey.estimates import Estimates, unknown
from saphan.estimate.survey.model import BoolArray, FloatArray
from saphan.estimate.survey.sample import Sample

TAYLOR = "taylor/1"


def total(
    sample: Sample, values: FloatArray, *, domain: BoolArray | None = None, names: Sequence[str] | None = None
) -> Estimates:
    """Weighted totals of `values`, (n,) or (n, k); rows with NaN and rows outside `domain` (n,) add nothing."""
    columns, inside = _inside(sample, values, domain)
    influence = np.where(inside, columns, 0.0)
    return _estimates(sample, sample.weight @ influence, influence, inside, names)


def mean(
    sample: Sample, values: FloatArray, *, domain: BoolArray | None = None, names: Sequence[str] | None = None
) -> Estimates:
    """Weighted means of `values`, (n,) or (n, k), of the rows that have one; of 0 and 1 it is a proportion.

    ValueError if nobody in the domain has a value.
    """
    columns, _ = _inside(sample, values, domain)
    return ratio(sample, columns, np.where(np.isnan(columns), np.nan, 1.0), domain=domain, names=names)


def ratio(
    sample: Sample,
    numerator: FloatArray,
    denominator: FloatArray,
    *,
    domain: BoolArray | None = None,
    names: Sequence[str] | None = None,
) -> Estimates:
    """Ratios of two weighted totals, (n,) or (n, k) each; a row that lacks either leaves both.

    ValueError where the total of a denominator is 0.
    """
    value, influence, inside = linearised_ratio(sample, numerator, denominator, domain)
    return _estimates(sample, value, influence, inside, names)


def linearised_ratio(
    sample: Sample, numerator: FloatArray, denominator: FloatArray, domain: BoolArray | None = None
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Ratios (k,), the influence of each row on them (n, k), and the rows that each rests on (n, k); as `ratio`."""
    above, first = _inside(sample, numerator, domain)
    below, second = _inside(sample, denominator, domain)
    inside = first & second
    above, below = np.where(inside, above, 0.0), np.where(inside, below, 0.0)
    whole = sample.weight @ below
    if (whole == 0).any():
        raise ValueError("nobody in the domain has a value: there is nothing to divide by")
    value = sample.weight @ above / whole
    return value, (above - value * below) / whole, inside


def _inside(sample: Sample, values: FloatArray, domain: BoolArray | None) -> tuple[FloatArray, BoolArray]:
    """(n, k) values, and which of them count."""
    columns = np.asarray(values, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.shape[0] != sample.size:
        raise ValueError(f"there are {columns.shape[0]} values for {sample.size} rows: give each row one")
    inside = np.isfinite(columns) & (sample.weight != 0)[:, None]  # linear calibration may leave some below 0
    return columns, inside & sample.within(domain)[:, None]


def _estimates(
    sample: Sample, value: FloatArray, influence: FloatArray, inside: BoolArray, names: Sequence[str] | None
) -> Estimates:
    count = value.size
    return Estimates(
        names=tuple(names) if names is not None else tuple(str(place) for place in range(count)),
        value=value,
        covariance=sample.covariance(influence) if sample.basis.by_chance else unknown(count),
        degrees=np.array([float(sample.degrees(inside[:, place])) for place in range(count)]),
        n=inside.sum(axis=0),
        method=TAYLOR,
        basis=sample.basis,
    )
