"""Weights for those who did not answer, trimmed weights, and what unequal weights cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray, Labels, Margin
from saphan.estimate.survey.sample import Sample, unit_sums

SMALLEST = 10  # answers that a class needs to stand alone


@dataclass(frozen=True, kw_only=True)
class Response:
    """The weighted response rate of each class; `pooled` names the classes that were too small to stand alone."""

    rate: dict[str, float]
    pooled: tuple[str, ...]


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
    answered = np.asarray(responded, dtype=bool) & (sample.weight > 0)
    if not answered.any():
        raise ValueError("nobody answered")
    names, code = np.unique(classes, return_inverse=True)
    answers = np.bincount(code, weights=answered, minlength=names.size)
    joined = pooled(answers, smallest)
    group = joined[code]
    selected = np.bincount(group, weights=sample.weight, minlength=names.size)
    told = np.bincount(group, weights=sample.weight * answered, minlength=names.size)
    rate = np.divide(told, selected, out=np.ones(names.size), where=selected > 0)
    lost = selected[(told == 0)].sum()
    if lost > 0:
        raise ValueError(f"classes in which nobody answered hold a weight of {lost:g}: join them with others")
    weight = np.zeros(sample.size)
    weight[answered] = sample.weight[answered] / rate[group[answered]]
    adjustment = Classes(group=group, responded=answered, before=sample.weight, after=weight)
    response = Response(
        rate={str(name): float(rate[place]) for name, place in zip(names, joined, strict=True)},
        pooled=tuple(str(name) for name in names[answers < smallest]),
    )
    return sample.adjusted(weight, adjustment), response


def sensitivity(value: float, ratios: Sequence[float]) -> dict[float, float]:
    """What a share would be if those with the trait answered `ratio` times as often as those without, by ratio.

    Refusal that depends on what only the interview tells cannot be weighted away: this table stands in for an
    interval. p(k) = (p / k) / (p / k + 1 - p). ValueError if a ratio is not positive.
    """
    if any(ratio <= 0 for ratio in ratios):
        raise ValueError("a ratio of response rates is positive")
    return {ratio: (value / ratio) / (value / ratio + 1.0 - value) for ratio in ratios}


def pooled(answers: npt.NDArray[np.number], smallest: int = SMALLEST) -> IntArray:
    """The class that each class (K,) is joined to: small ones to each other, and to the largest if still too few."""
    group = np.arange(answers.size)
    few = np.flatnonzero(answers < smallest)
    if few.size and few.size < answers.size:
        group[few] = few[0] if answers[few].sum() >= smallest else int(answers.argmax())
    elif few.size:
        group[:] = 0
    return group


def join_small(sample: Sample, margin: Margin, *, smallest: int = SMALLEST) -> tuple[Margin, tuple[str, ...]]:
    """The margin with its small classes joined as in `pooled`, totals and all, and the names of those classes.

    Small is a class with fewer rows of a weight above 0 than `smallest`, or with a total of 0. ValueError where a row
    has a class without total.
    """
    place = {name: number for number, name in enumerate(margin.classes)}
    lost = set(np.unique(margin.of[sample.weight > 0]).tolist()) - place.keys()
    if lost:
        raise ValueError(f"{margin.name}: {', '.join(sorted(map(str, lost)))} have no total")
    code = np.array([place.get(name, 0) for name in margin.of.tolist()], dtype=np.int64)
    rows = np.bincount(code, weights=sample.weight > 0, minlength=len(place)) * (margin.total > 0)
    group = pooled(rows, smallest)
    kept = np.unique(group)
    member = (group == kept[:, None]).astype(float)  # (joined, K)
    names = tuple(" or ".join(one for one, on in zip(margin.classes, row, strict=True) if on) for row in member)
    joined = replace(
        margin,
        of=np.array(names)[np.searchsorted(kept, group)[code]],
        classes=names,
        total=member @ margin.total,
        variance=None if margin.variance is None else member @ margin.variance @ member.T,
    )
    return joined, tuple(one for one, number in zip(margin.classes, rows, strict=True) if number < smallest)


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
