"""Variance of a total from units drawn with unequal probabilities: from joint probabilities, or without them."""

from __future__ import annotations

import numpy as np

from saphan.estimate.sampling.selection import FloatArray
from saphan.estimate.sampling.size import demand


def with_replacement(probability: FloatArray) -> FloatArray:
    """Factors (n,) for `variance` as if units had been drawn with replacement: n / (n - 1) (Hansen and Hurwitz 1943).

    Too large on average for fixed-size designs without replacement; the error vanishes with the sampling fraction.
    """
    loose = int((probability < 1).sum())
    if loose == 1:
        raise ValueError(
            "probability: one unit was drawn by chance, and one has no spread; join its stratum with another"
        )
    return np.where(probability < 1, loose / max(loose - 1, 1), 0.0)


def brewer(probability: FloatArray) -> FloatArray:
    """Factors (n,) for `variance` in high-entropy designs without replacement: 1 / c - pi, with c = (n - 1) / (n - pi).

    That is (1 - pi) n / (n - 1), exact for simple random samples (Brewer 2002, ch. 9; Brewer and Donadio 2003); the
    sample's own probabilities are enough. Not for systematic samples from an ordered frame.
    """
    return np.asarray((1 - probability) * with_replacement(probability))


def variance(values: FloatArray, probability: FloatArray, factors: FloatArray) -> float:
    """Estimated variance of the total sum(y / pi): sum of factor (y / pi - mean of y / pi)^2; values, factors (n,).

    Units drawn with certainty add nothing and stay out of the mean. ValueError if arrays differ in length.
    """
    demand(values.shape == probability.shape == factors.shape, "values", values.shape, "has one value for each unit")
    loose = probability < 1
    expanded = values[loose] / probability[loose]
    return float(factors[loose] @ (expanded - expanded.mean()) ** 2) if loose.any() else 0.0


def sen_yates_grundy(values: FloatArray, joint: FloatArray) -> float:
    """Unbiased variance of the total sum(y / pi) from joint inclusion probabilities (n, n) of the sample.

    On the diagonal stand the units' own (Sen 1953; Yates and Grundy 1953). ValueError where two drawn units could not
    have been drawn together, as in a systematic sample.
    """
    probability = np.diag(joint)
    demand(joint > 0, "joint", "a zero", "is positive for each pair of the sample; systematic draws have none")
    expanded = values / probability
    spread = (expanded[:, None] - expanded) ** 2
    return float(((np.outer(probability, probability) / joint - 1) * spread).sum() / 2)
