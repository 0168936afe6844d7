"""What the draw itself says of the model: how well each drawn unit is predicted from the others.

Leave-one-unit-out errors are linear in the data and cost no refitting: with V the covariance of what was observed and
c the windows of one unit, e_c = (V^-1)_cc^-1 (V^-1 r)_c (Rasmussen and Williams 2006, 5.4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from saphan.estimate.flow.model import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """One primary unit: its observed windows (m,), their errors (H, m) when left out, and the covariance (H, m, m)."""

    place: IntArray
    error: FloatArray
    covariance: FloatArray


def left_out(inverse: FloatArray, solved: FloatArray, unit: IntArray) -> list[LeftOut]:
    """Leave each primary unit out: `inverse` (H, n, n), `solved` (H, n), and the unit of each observed window (n,)."""
    found = []
    for one in np.unique(unit):
        place = np.flatnonzero(unit == one)
        covariance: FloatArray = np.asarray(np.linalg.inv(inverse[:, place[:, None], place]), dtype=np.float64)
        error = np.einsum("hmk,hk->hm", covariance, solved[:, place])
        found.append(LeftOut(place=place, error=error, covariance=covariance))
    return found


def calibration(
    units: Sequence[LeftOut], pull: FloatArray, scale: FloatArray, weight: FloatArray, held: float
) -> tuple[float, float]:
    """The factor by which the model's variance is multiplied, and the degrees of freedom that estimating it costs.

    Observed over expected squared effect on the total of leaving each unit out (a jackknife, read as a check of the
    model); `pull` (H, n) is the weight of each observed window in the total, `scale` (H,) the noise variance. `held`
    is the number of units that the model's own word weighs.
    """
    squared = np.zeros_like(scale)
    expected = np.zeros_like(scale)
    for one in units:
        mine = pull[:, one.place]
        squared += np.einsum("hm,hm->h", mine, one.error) ** 2
        expected += scale * np.einsum("hm,hmk,hk->h", mine, one.covariance, mine)
    ratio = float(weight @ np.divide(squared, expected, out=np.ones_like(scale), where=expected > 0))
    count = len(units)
    factor = (held + count * ratio) / (held + count)
    share = count * ratio / (held + count * ratio)
    return factor, count / share**2 if share > 0 else np.inf


def unit_of(cluster: IntArray, day: IntArray) -> IntArray:
    """(n,) the primary unit of each observed window; a day outside all units is one of its own."""
    of = cluster[day]
    alone: BoolArray = of < 0
    return np.where(alone, of.max(initial=0) + 1 + day, of)
