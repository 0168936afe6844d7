"""Which part of a window's movements falls in the hours that were watched."""

from __future__ import annotations

import numpy as np

from saphan.estimate.flow.model import FloatArray

PRIOR_HOURS = 3.0  # watched hours' worth of the pooled profile that each series' own profile is held to
SWEEPS = 20


def hour_profile(count: FloatArray, watched: FloatArray) -> FloatArray:
    """The share (S, H) of a window's movements that falls in each of its H hours.

    `count` and `watched` are (S, D, H): movements counted and the part of the hour watched, 0..1. Counts are modelled
    as day x hour (Poisson, two-way, fitted by iterative scaling), so that hours watched only on busy days are not
    overstated; each series is held to the profile of all. An hour nobody ever watched takes the mean of the others.
    """
    pooled = _two_way(count.sum(axis=0), watched.sum(axis=0), None, 0.0)
    return np.stack([_two_way(one, seen, pooled, PRIOR_HOURS) for one, seen in zip(count, watched, strict=True)])


def effort(profile: FloatArray, watched: FloatArray) -> FloatArray:
    """The share (S, D) of each window's usual movements that falls in the hours watched (S, D, H)."""
    share: FloatArray = np.clip(np.einsum("sdh,sh->sd", watched, profile), 0.0, 1.0)
    return share


def _two_way(count: FloatArray, watched: FloatArray, held: FloatArray | None, hours: float) -> FloatArray:
    """Hour shares of one table (D, H), held to `held` with the weight of `hours` watched hours."""
    width = count.shape[1]
    profile = np.full(width, 1.0 / width) if held is None else held
    seen = watched.sum(axis=0) > 0
    if not seen.any() or count.sum() == 0:
        return profile
    for _ in range(SWEEPS):
        part = watched @ profile
        day = np.divide(count.sum(axis=1), part, out=np.zeros(len(part)), where=part > 0)
        exposure = day @ watched
        typical = exposure[seen].mean() / max(float(watched[:, seen].sum(axis=0).mean()), 1e-12)
        weight = hours * typical
        prior = profile if held is None else held
        fitted = (count.sum(axis=0) + weight * prior) / np.maximum(exposure + weight, 1e-12)
        if held is None:
            fitted = np.where(seen, fitted, fitted[seen].mean())
        profile = fitted / fitted.sum()
    return profile
