"""Raking on the cells of several margins together: rows of one cell share a factor, so rows are never touched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from saphan.estimate.survey.distance import solve
from saphan.estimate.survey.model import FloatArray

TOLERANCE = 1e-11  # relative distance from a total at which it counts as met
ROUNDS = 1000  # of raking
SWEEPS = 10  # over the margins, of residuals


def margin_coefficients(
    member: FloatArray, blocks: Sequence[slice], size: FloatArray, sums: FloatArray, sweeps: int
) -> FloatArray:
    """(K, k) of the classes of all margins from sums (C, k) by cell, of cells that weigh `size` (C,).

    Least squares, or so many `sweeps` over the margins that each take away the mean of every class.
    """
    if not sweeps:
        return solve(member.T @ (size[:, None] * member), member.T @ sums)
    found = np.zeros((member.shape[1], sums.shape[1]))
    for _ in range(sweeps):
        for block in blocks:
            part = member[:, block]
            whole = part.T @ size
            gap = part.T @ (sums - size[:, None] * (member @ found))
            found[block] += np.divide(gap, whole[:, None], out=np.zeros_like(gap), where=whole[:, None] > 0)
    return found


def rake_cells(
    weight: FloatArray,
    member: FloatArray,
    blocks: Sequence[slice],
    total: FloatArray,
    tolerance: float = TOLERANCE,
    rounds: int = ROUNDS,
) -> tuple[FloatArray, int]:
    """Weights (R, C) of cells fitted to the margins, and the rounds that took.

    A class that a replicate has lost keeps its weights. Fitting ends, too, where rounds change nothing any more.
    """
    current, last = weight.astype(float), np.inf
    for number in range(1, rounds + 1):
        for block in blocks:
            part = member[:, block]
            sums = current @ part
            current = current * (np.divide(total[block], sums, out=np.ones_like(sums), where=sums > 0) @ part.T)
        sums = current @ member
        away = np.where(sums > 0, np.abs(sums - total) / np.where(total > 0, total, 1.0), 0.0)
        worst = float(away.max(initial=0.0))
        if worst < tolerance or (number > SWEEPS and abs(worst - last) <= 1e-9 * worst):
            break
        last = worst
    return current, number
