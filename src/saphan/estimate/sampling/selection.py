"""Ways to choose within one stratum or cluster: inclusion probabilities and random numbers in, positions out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

STEP = 2 / 3  # of Newton's step: units that exclude each other count double in it, never more
PRECISE = 1e-12
STEPS = 500


def inclusion(measure: FloatArray, size: int) -> FloatArray:
    """Inclusion probabilities (N,) proportional to a positive measure of size, adding up to `size`.

    Units whose probability would reach 1 are taken with certainty, and the rest of the sample is shared anew among the
    others, until none is left above (Sarndal, Swensson and Wretman 1992, ch. 3).
    """
    certain = np.zeros(measure.size, dtype=bool)
    while True:
        left = size - int(certain.sum())
        total = math.fsum(measure[~certain])  # the same whatever the order of summation
        # At least 1, but for an error of rounding.
        too_large = ~certain & (left * measure >= total * (1 - PRECISE))
        if not left or not too_large.any():
            break
        certain |= too_large
    return np.asarray(np.where(certain, 1.0, left * measure / total if left else 0.0))


def systematic(probability: FloatArray, start: float) -> IntArray:
    """Positions where the cumulated probabilities pass start, start + 1, ...; `start` from 0 to 1.

    With equal probabilities this is every (N / n)-th unit, with a fractional interval (Sarndal, Swensson and Wretman
    1992, ch. 3). The probabilities add up to a whole number n; the sample has exactly n units.
    """
    reached = np.cumsum(probability)
    size = round(float(reached[-1]))
    picks = (start + np.arange(size)) * (reached[-1] / size)
    found = np.searchsorted(reached, picks, side="right")
    return np.asarray(np.minimum(found, probability.size - 1), dtype=np.int64)


def conditional_poisson(probability: FloatArray, chance: FloatArray) -> IntArray:
    """Positions of a sample of fixed size by conditional Poisson sampling, unit after unit, each by its own number.

    The design of maximum entropy among those with these inclusion probabilities (N,), each between 0 and 1, which it
    meets to within 1e-12; they add up to a whole number. A unit is taken if its number lies below the chance that it
    belongs to the sample, given those decided before it (Chen, Dempster and Liu 1994; Tille 2006, ch. 5).
    Memory and time of the order of N n.
    """
    size = round(math.fsum(probability))
    odds = _poisson(probability, size)
    tail = _counts(odds, size)
    taken: list[int] = []
    for unit, number in enumerate(chance):
        left = size - len(taken)
        if left and number * tail[unit, left] < odds[unit] * tail[unit + 1, left - 1]:
            taken.append(unit)
    return np.array(taken, dtype=np.int64)


def joint_inclusion(probability: FloatArray, units: IntArray) -> FloatArray:
    """Joint inclusion probabilities (len(units), N) of conditional Poisson sampling, exact; probabilities add up to n.

    For a unit itself its own probability; units taken with certainty are independent of all others. Without unit k the
    rest is a conditional Poisson sample of n - 1, so that pi_kl = pi_k pi_l(without k) (Tille 2006, ch. 5).
    """
    joint = np.outer(probability[units], probability)
    loose = np.flatnonzero(probability < 1)
    size = round(math.fsum(probability[loose]))
    if size:
        poisson = _poisson(probability[loose], size)
        for row, unit in enumerate(units):
            if probability[unit] < 1:
                others = loose != unit
                joint[row, loose[others]] = probability[unit] * _conditional(poisson[others], size - 1)
    joint[np.arange(units.size), units] = probability[units]
    return joint


def _poisson(probability: FloatArray, size: int) -> FloatArray:
    """Probabilities of the Poisson sampling that, given its size, includes each unit with `probability`."""
    logit = np.log(probability) - np.log1p(-probability)
    found = probability
    for _ in range(STEPS):
        miss = probability - _conditional(found, size)
        if np.abs(miss).max() < PRECISE:
            return found
        logit = logit + STEP * miss / (probability * (1 - probability))
        logit = logit - _shift(logit, size)
        found = 1 / (1 + np.exp(-logit))
    raise ValueError(
        f"inclusion probabilities from {probability.min():.3g} to {probability.max():.3g} are too uneven for this "
        "method; draw the largest units in a stratum of their own, or systematically"
    )


def _shift(logit: FloatArray, size: int) -> float:
    """One Newton step towards probabilities that add up to the size: it changes the arithmetic, not the design."""
    expected = 1 / (1 + np.exp(-logit))
    return float((expected.sum() - size) / (expected * (1 - expected)).sum())


def _conditional(poisson: FloatArray, size: int) -> FloatArray:
    """Inclusion probabilities of Poisson sampling given its size: sums of products of chances, so nothing cancels."""
    if size == 0:
        return np.zeros(poisson.size)
    head, tail = _counts(poisson[::-1], size)[::-1], _counts(poisson, size)
    others = (head[:-1, :size] * tail[1:, size - 1 :: -1]).sum(axis=1)
    return np.asarray(poisson * others / tail[0, size])


def _counts(poisson: FloatArray, size: int) -> FloatArray:
    """(N + 1, size + 1) chance that of the units from k on, exactly j are included."""
    table = np.zeros((poisson.size + 1, size + 1))
    table[-1, 0] = 1.0
    for unit in range(poisson.size - 1, -1, -1):
        table[unit] = (1 - poisson[unit]) * table[unit + 1]
        table[unit, 1:] += poisson[unit] * table[unit + 1, :-1]
    return table
