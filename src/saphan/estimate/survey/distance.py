"""Distances between weights, and the weights nearest to those before that meet given totals.

With g = F(x'b) the ratio of a weight to the one before, the totals fix b, found by Newton's steps (Deville and Sarndal
1992, 2): F is 1 + u for the linear distance, exp(u) for raking, and the logistic curve between two bounds for logit.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from saphan.estimate.survey.model import FloatArray

STEPS = 100  # of Newton's method
HALVINGS = 20  # of a step that leads away
STEEPEST = 300.0  # exponent beyond which a ratio is 0 or infinite for all that matters


class Distance(StrEnum):
    """How far a weight is from the one before."""

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"

    def check(self, bounds: tuple[float, float]) -> None:
        """ValueError where `bounds` of the ratio do not lie around 1, or logit lacks one."""
        low, high = bounds
        if not low < 1 < high:
            raise ValueError(f"bounds {low:g} to {high:g}: the ratio of weights needs room on both sides of 1")
        if self is Distance.LOGIT and not np.isfinite([low, high]).all():
            raise ValueError("the logit distance needs a lower and an upper bound, such as 0.3 and 3")

    def limits(self, bounds: tuple[float, float]) -> tuple[float, float]:
        """The smallest and the largest ratio that can be."""
        return (max(bounds[0], 0.0), bounds[1]) if self is Distance.RAKING else bounds

    def ratio(self, reach: FloatArray, bounds: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
        """Ratios (n,) at x'b (n,), and their slopes."""
        low, high = bounds
        if self is Distance.LOGIT:
            stretch = (high - low) / ((high - 1.0) * (1.0 - low))
            power = np.exp(np.clip(stretch * reach, -STEEPEST, STEEPEST))
            below = high - 1.0 + (1.0 - low) * power
            found = (low * (high - 1.0) + high * (1.0 - low) * power) / below
            return found, stretch * (high - 1.0) * (1.0 - low) * (high - low) * power / below**2
        raw = 1.0 + reach if self is Distance.LINEAR else np.exp(np.minimum(reach, STEEPEST))
        free = (raw > low) & (raw < high)
        return np.clip(raw, low, high), np.where(free, 1.0 if self is Distance.LINEAR else raw, 0.0)


def fit(
    auxiliary: FloatArray,
    weight: FloatArray,
    total: FloatArray,
    distance: Distance,
    bounds: tuple[float, float],
    tolerance: float,
) -> tuple[FloatArray, int]:
    """Ratios (n,) by which weights (n,) give the totals (q,) of auxiliary values (n, q), and the steps that took.

    Where no ratios within the bounds do, the last ones come back: compare their totals.
    """
    size = np.abs(weight) @ np.abs(auxiliary)
    scale = np.where(size > 0, size, 1.0)  # auxiliaries of any unit count alike
    values, wanted = auxiliary / scale, total / scale
    place = np.zeros(total.size)
    found, slope = distance.ratio(values @ place, bounds)
    gap = wanted - (weight * found) @ values
    steps = 0
    while steps < STEPS and np.abs(gap).max(initial=0.0) >= tolerance * 1e-3:
        steps += 1
        towards = solve(values.T @ ((weight * slope)[:, None] * values), gap[:, None])[:, 0]
        length = 1.0
        for _ in range(HALVINGS):
            trial, incline = distance.ratio(values @ (place + length * towards), bounds)
            left = wanted - (weight * trial) @ values
            if np.linalg.norm(left) < np.linalg.norm(gap):
                break
            length /= 2
        else:
            break
        place, found, slope, gap = place + length * towards, trial, incline, left
    return found, steps


def solve(moments: FloatArray, right: FloatArray) -> FloatArray:
    """(q, k) least-norm solution of symmetric equations (q, q) with right sides (q, k); auxiliaries may overlap."""
    size = np.sqrt(np.maximum(np.diagonal(moments), 0.0))
    scale = np.where(size > 0, size, 1.0)
    inverse = np.linalg.pinv(moments / np.outer(scale, scale), rcond=1e-13, hermitian=True)
    found: FloatArray = inverse @ (right / scale[:, None]) / scale[:, None]
    return found


def unreachable(
    auxiliary: FloatArray, weight: FloatArray, total: FloatArray, distance: Distance, bounds: tuple[float, float]
) -> tuple[int, float, float] | None:
    """The first total that no weights within the bounds can give, with the least and the most they can."""
    low, high = distance.limits(bounds)
    parts = weight[:, None] * auxiliary
    up, down = np.maximum(parts, 0.0).sum(axis=0), np.minimum(parts, 0.0).sum(axis=0)
    least, most = _product(up, low) + _product(down, high), _product(up, high) + _product(down, low)
    slack = 1e-9 * np.abs(total)
    beyond = (total < least - slack) | (total > most + slack)
    if not beyond.any():
        return None
    place = int(np.argmax(beyond))
    return place, float(least[place]), float(most[place])


def _product(size: FloatArray, ratio: float) -> FloatArray:
    """0 times anything is 0."""
    return np.multiply(size, ratio, out=np.zeros_like(size), where=size != 0)
