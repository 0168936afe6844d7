"""Weights for those who did not answer, trimmed weights, and what unequal weights cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray, Labels, Response
from saphan.estimate.survey.sample import Sample, unit_sums
from saphan.estimate.survey.weights import SMALLEST, nonresponse_weights, pooled


@dataclass(frozen=True, kw_only=True)
class Classes:
    """An adjustment that gives the weights of those who did not answer to those of their class who did.

    `group` (n,) is the class of each row, small ones pooled. Who did not answer counts in the variance with the mean of
    the class: the response rate, too, is estimated (Sarndal, Swensson and Wretman 1992, 15.6).
    """

    group: IntArray
    responded: BoolArray
    before: FloatArray
    after: FloatArray

    @property
    def cells(self) -> IntArray:
        """(n,) those of a class who answered, and those who did not."""
        return 2 * self.group + self.responded

    @property
    def known(self) -> bool:
        """True: no totals from elsewhere."""
        return True

    def residual(self, scores: FloatArray) -> FloatArray:
        """(n, k) scores less the class mean times what the weight was raised by."""
        count = int(self.group.max()) + 1
        whole = np.bincount(self.group, weights=self.after, minlength=count)[:, None]
        mean = unit_sums(scores, self.group, count) / np.where(whole > 0, whole, 1.0)
        return scores - (self.after - self.before)[:, None] * mean[self.group]

    def carried(self, scores: FloatArray) -> FloatArray:
        """(k, k) of 0."""
        return np.zeros((scores.shape[1], scores.shape[1]))

    def again(self, weight: FloatArray, rows: IntArray) -> FloatArray:
        """Weights (R, g) raised by the response of each replicate; a class in which nobody is left keeps none."""
        member = np.eye(int(self.group.max()) + 1)[self.group[rows]]
        kept = weight * self.responded[rows]
        answered = kept @ member
        raised = np.divide(weight @ member, answered, out=np.zeros_like(answered), where=answered > 0)
        found: FloatArray = kept * (raised @ member.T)
        return found


@dataclass(frozen=True, kw_only=True)
class Factors:
    """An adjustment by factors (n,) that are taken as given, such as trimming."""

    factor: FloatArray

    @property
    def cells(self) -> IntArray:
        """(n,) rows of one factor."""
        return np.asarray(np.unique(self.factor, return_inverse=True)[1], dtype=np.int64)

    @property
    def known(self) -> bool:
        """True: no totals from elsewhere."""
        return True

    def residual(self, scores: FloatArray) -> FloatArray:
        """Scores (n, k) as they are."""
        return scores

    def carried(self, scores: FloatArray) -> FloatArray:
        """(k, k) of 0."""
        return np.zeros((scores.shape[1], scores.shape[1]))

    def again(self, weight: FloatArray, rows: IntArray) -> FloatArray:
        """Weights (R, g) by the same factors."""
        return weight * self.factor[rows]


@dataclass(frozen=True, kw_only=True)
class Trimmed:
    """A sample with trimmed weights: how many rows were cut, and what share of all weight was moved to others."""

    sample: Sample
    rows: int
    moved: float


def design_effect(weight: FloatArray) -> float:
    """What unequal weights (n,) do to the variance of a mean, 1 + their squared relative spread (Kish 1965, 11.7)."""
    used = weight[weight != 0]
    whole = used.sum()
    return float(used.size * (used**2).sum() / whole**2) if whole != 0 else np.nan


def adjust_response(
    sample: Sample, classes: Labels, responded: BoolArray, *, smallest: int = SMALLEST
) -> tuple[Sample, Response]:
    """Give those who answered, (n,), the weight of those of their class who did not.

    Everyone selected has a row; who did not answer keeps it with weight 0, so that all units stay in the variance.
    Classes with fewer answers than `smallest` are pooled, and named in the response. ValueError where nobody answered
    or columns differ in length.
    """
    if len(classes) != sample.size or len(responded) != sample.size:
        raise ValueError(
            f"{len(classes)} classes and {len(responded)} answers for {sample.size} rows: give each row one"
        )
    answered = np.asarray(responded, dtype=bool)
    response = nonresponse_weights(classes, answered & (sample.weight > 0), sample.weight, smallest=smallest)
    code = np.unique(classes, return_inverse=True)[1]
    group = pooled(np.bincount(code, weights=answered & (sample.weight > 0)), smallest)[code]
    lost = sample.weight.sum() - response.weight.sum()
    if not np.isclose(lost, 0.0, atol=1e-9 * sample.weight.sum()):
        raise ValueError(f"classes in which nobody answered hold a weight of {lost:g}: join them with others")
    adjustment = Classes(group=group, responded=answered, before=sample.weight, after=response.weight)
    return sample.adjusted(response.weight, adjustment), response


def trim(sample: Sample, *, lower: float = 0.0, upper: float = np.inf, strict: bool = True) -> Trimmed:
    """Cut weights to `lower` and `upper` and share what was cut equally among the rest, so that their sum stays.

    `strict` cuts again those whom their share took over a limit. Weights of 0 stay 0. The variance takes the cut as
    given; the bias that it brings is not in it. ValueError where no weights within the limits have the same sum.
    """
    if not lower < upper:
        raise ValueError(f"trimming from {lower:g} to {upper:g}: the lower limit is below the upper one")
    alive = sample.weight != 0
    whole = float(sample.weight.sum())
    if not lower * alive.sum() <= whole <= upper * alive.sum():
        raise ValueError(
            f"{int(alive.sum())} weights from {lower:g} to {upper:g} cannot add to {whole:g}, as the weights do; "
            f"their mean is {whole / alive.sum():g}"
        )
    weight = sample.weight.astype(float)
    free = alive.copy()
    while True:
        outside = free & ((weight < lower) | (weight > upper))
        if not outside.any():
            break
        weight[outside] = np.clip(weight[outside], lower, upper)
        free &= ~outside
        if not free.any():
            raise ValueError(
                f"trimming from {lower:g} to {upper:g} cuts every weight and leaves nobody to take what was cut: "
                "widen the limits"
            )
        weight[free] += (whole - weight.sum()) / free.sum()
        if not strict:
            break
    factor = np.divide(weight, sample.weight, out=np.ones_like(weight), where=alive)
    return Trimmed(
        sample=sample.adjusted(weight, Factors(factor=factor)),
        rows=int((alive & ~free).sum()),
        moved=float(np.abs(weight - sample.weight)[~free].sum() / whole),
    )
