"""Shares and means of a survey: Hajek's ratio, linearised, with the drawn week as primary unit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from saphan.estimate.survey.model import BoolArray, Calibration, FloatArray, Labels, Share

METHOD = "survey-hajek/1"


def share(
    values: FloatArray,
    weights: FloatArray,
    stratum: Labels,
    cluster: Labels,
    *,
    domain: BoolArray | None = None,
    calibration: Calibration | None = None,
    level: float = 0.95,
) -> Share:
    """The weighted mean of `values` (n,) in a domain, with an interval.

    Values are 0 or 1 for a share; NaN (not asked, no answer) leaves the domain. The variance is that of the linearised
    value summed by primary unit within strata, with replacement (Wolter 2007, ch. 6; Binder 1983); primary units with
    no one in the domain count as 0. A stratum of one unit is centred on the mean of all. After `calibration` the
    residuals from its margins are used, and the variance of the counted totals is added (Deville and Sarndal 1992;
    Dever and Valliant 2010). The interval of a share is Student's t on the logit, of a mean on the plain scale; where
    every answer is the same it is Clopper and Pearson's. ValueError if nobody is in the domain.
    """
    inside = np.isfinite(values) & (weights > 0)
    if domain is not None:
        inside &= domain
    if not inside.any():
        raise ValueError("there is no answer in the domain")
    weight = np.where(inside, weights, 0.0)
    value = np.where(inside, values, 0.0)
    total = weight.sum()
    mean = float(weight @ value / total)
    influence = np.where(inside, value - mean, 0.0) / total
    carried = 0.0
    if calibration is not None:
        coefficient = _coefficient(calibration, weights, influence)
        influence = influence - calibration.design @ coefficient
        carried = float(coefficient @ calibration.variance @ coefficient)
    variance, degrees, units = _between(weights * influence, stratum, cluster, inside)
    error = math.sqrt(variance + carried)
    binary = bool(np.isin(values[inside], (0.0, 1.0)).all())
    n = int(inside.sum())
    spread = mean * (1 - mean) if binary else float(weight @ (value - mean) ** 2 / total)
    effective = spread / error**2 if error > 0 else math.inf
    low, high = _interval(mean, error, degrees, binary=binary, n=min(float(n), effective), level=level)
    return Share(
        value=mean,
        standard_error=error,
        low=low,
        high=high,
        degrees_of_freedom=float(degrees),
        n=n,
        n_clusters=units,
        effective_n=effective,
        method=METHOD if calibration is None else f"{METHOD} raked",
    )


def sensitivity(value: float, ratios: Sequence[float]) -> dict[float, float]:
    """What a share would be if those with the trait answered `ratio` times as often as those without, by ratio.

    Refusal that depends on what only the interview tells cannot be weighted away: this table stands in for an
    interval. p(k) = (p / k) / (p / k + 1 - p). ValueError if a ratio is not positive.
    """
    if any(ratio <= 0 for ratio in ratios):
        raise ValueError("a ratio of response rates is positive")
    return {ratio: (value / ratio) / (value / ratio + 1.0 - value) for ratio in ratios}


def _coefficient(calibration: Calibration, weights: FloatArray, influence: FloatArray) -> FloatArray:
    """Regression of the influence on the margins, weighted; margins overlap, hence the least-norm solution."""
    weighted = calibration.design * np.maximum(weights, 0.0)[:, None]
    inverse = np.linalg.pinv(calibration.design.T @ weighted, rcond=1e-10, hermitian=True)
    coefficient: FloatArray = inverse @ (weighted.T @ influence)
    return coefficient


def _between(scores: FloatArray, stratum: Labels, cluster: Labels, inside: BoolArray) -> tuple[float, int, int]:
    """Variance of the sum of scores, its degrees of freedom, and the primary units with someone in the domain."""
    _, strata = np.unique(stratum, return_inverse=True)
    _, clusters = np.unique(cluster, return_inverse=True)
    keys, unit = np.unique(strata * (clusters.max() + 1) + clusters, return_inverse=True)
    sums = np.bincount(unit, weights=scores, minlength=keys.size)
    of = keys // (clusters.max() + 1)
    present = np.bincount(unit, weights=inside.astype(float), minlength=keys.size) > 0
    variance = 0.0
    for one in np.unique(of):
        mine = sums[of == one]
        if mine.size > 1:
            variance += mine.size / (mine.size - 1) * float(((mine - mine.mean()) ** 2).sum())
        else:
            variance += float((mine[0] - sums.mean()) ** 2)
    units = int(present.sum())
    return variance, max(units - np.unique(of[present]).size, 1), units


def _interval(mean: float, error: float, degrees: int, *, binary: bool, n: float, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    quantile = float(stats.t.ppf(1 - tail, degrees))
    if not binary:
        return mean - quantile * error, mean + quantile * error
    if mean <= 0.0 or mean >= 1.0:
        reach = 1.0 - tail ** (1.0 / max(n, 1.0))
        return (0.0, reach) if mean <= 0.0 else (1.0 - reach, 1.0)
    logit = math.log(mean / (1 - mean))
    reach = quantile * error / (mean * (1 - mean))
    low, high = 1 / (1 + math.exp(-max(logit - reach, -500.0))), 1 / (1 + math.exp(-min(logit + reach, 500.0)))
    return low, high
