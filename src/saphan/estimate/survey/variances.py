"""How values vary in a population, and what the design costs: variances, covariances, correlations, design effects.

A population variance is the weighted mean of squared distances from the weighted mean, times n / (n - 1), as in R
`svyvar`; the mean is where its derivative is 0, so its own error adds nothing to first order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.grounds import need_chance
from saphan.estimate.survey.linear import mean, total
from saphan.estimate.survey.model import BoolArray, FloatArray
from saphan.estimate.survey.sample import Sample

MOMENT = "moment/1"


class Statistic(StrEnum):
    """What the design effect is of."""

    MEAN = "mean"
    TOTAL = "total"  # in the domain, its size taken as known in the simple random sample


class Reference(StrEnum):
    """The simple random sample of as many rows that a design is held against."""

    WITHOUT_REPLACEMENT = "wor"
    WITH_REPLACEMENT = "wr"


def variance(
    sample: Sample, values: FloatArray, *, domain: BoolArray | None = None, names: Sequence[str] | None = None
) -> Estimates:
    """Population variances of `values`, (n,) or (n, k); NaN is no answer.

    ValueError where fewer than two rows in the domain have a value.
    """
    columns = _columns(values)
    pairs = [(place, place) for place in range(columns.shape[1])]
    return _moments(sample, columns, pairs, domain, names)


def covariance(sample: Sample, first: FloatArray, second: FloatArray, *, domain: BoolArray | None = None) -> Estimates:
    """The population covariance of two columns (n,), of the rows that have both."""
    return _moments(sample, _both(first, second), [(0, 1)], domain, ("covariance",))


def correlation(sample: Sample, first: FloatArray, second: FloatArray, *, domain: BoolArray | None = None) -> Estimates:
    """Pearson's correlation of two columns (n,) in the population, of the rows that have both, by the delta method.

    ValueError where either does not vary.
    """
    found = _moments(sample, _both(first, second), [(0, 0), (1, 1), (0, 1)], domain, ("first", "second", "both"))
    x, y, both = found.value
    if x == 0 or y == 0:
        raise ValueError("a column has the same value in every row: there is no correlation")
    value = both / np.sqrt(x * y)
    slope = np.array([-value / (2 * x), -value / (2 * y), 1 / np.sqrt(x * y)])
    return replace(found.combined(slope, ("correlation",)), value=np.array([value]), n=found.n[:1])


def design_effects(
    sample: Sample,
    values: FloatArray,
    *,
    domain: BoolArray | None = None,
    statistic: Statistic = Statistic.MEAN,
    reference: Reference = Reference.WITHOUT_REPLACEMENT,
) -> FloatArray:
    """(k,) variance under the design over that of a simple random sample of as many rows (Kish 1965, 8.2).

    ValueError where the weights do not sum to a population larger than the sample, which a sample without replacement
    is drawn from; NotByChanceError where the sample was not drawn by chance.
    """
    need_chance(sample.basis, "design effect", "no draw gave it a variance; report the spread of its weights")
    columns = _columns(values)
    spread = variance(sample, columns, domain=domain)
    counted = (np.isfinite(columns) & sample.within(domain)[:, None]).astype(float)
    whole = sample.weight @ counted
    simple = spread.value / spread.n
    if reference is Reference.WITHOUT_REPLACEMENT:
        if (whole <= spread.n).any():
            raise ValueError(
                f"the weights sum to {whole.min():g} for {spread.n.max()} rows: they are not those of a population; "
                "scale them to one, or take the reference with replacement"
            )
        simple = simple * (1.0 - spread.n / whole)
    if statistic is Statistic.TOTAL:
        simple, found = simple * whole**2, total(sample, columns, domain=domain)
    else:
        found = mean(sample, columns, domain=domain)
    if (simple == 0).any():
        raise ValueError("a column has the same value in every row: it has no design effect")
    return np.asarray(found.standard_error**2 / simple, dtype=float)


def _columns(values: FloatArray) -> FloatArray:
    columns = np.asarray(values, dtype=float)
    return columns[:, None] if columns.ndim == 1 else columns


def _both(first: FloatArray, second: FloatArray) -> FloatArray:
    """(n, 2), with NaN in both where either lacks."""
    columns = np.column_stack([_columns(first), _columns(second)])
    if columns.shape[1] != 2:
        raise ValueError(f"two columns of one value per row have a correlation; there are {columns.shape[1]}")
    return np.where(np.isfinite(columns).all(axis=1, keepdims=True), columns, np.nan)


def _moments(
    sample: Sample,
    columns: FloatArray,
    pairs: Sequence[tuple[int, int]],
    domain: BoolArray | None,
    names: Sequence[str] | None,
) -> Estimates:
    centre = mean(sample, columns, domain=domain)
    if (centre.n < 2).any():
        raise ValueError("one row has a value in this domain: how values vary shows from two on")
    away = columns - centre.value
    products = np.column_stack([away[:, one] * away[:, other] for one, other in pairs])
    grown = centre.n[[one for one, _ in pairs]]
    found = mean(sample, products * (grown / (grown - 1.0)), domain=domain, names=names)
    return replace(found, method=MOMENT)
