"""Weights: for those who did not answer, and to the totals that were counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from saphan.estimate.survey.model import BoolArray, Calibration, FloatArray, IntArray, Labels, Margin, Response

SMALLEST = 10  # answers that a class needs to stand alone
TOLERANCE = 1e-9
SWEEPS = 200


def nonresponse_weights(
    class_of: Labels, responded: BoolArray, weights: FloatArray, *, smallest: int = SMALLEST
) -> Response:
    """Raise the weights (n,) of those who answered by 1 / response rate of their class, e.g. observed sex and age.

    Everyone selected has a row. Classes with fewer answers than `smallest` are pooled with each other, and with the
    largest class if they are still too few. What refusal depends on beyond the class stays in the result: print a
    sensitivity table. ValueError if nobody answered.
    """
    if not responded.any():
        raise ValueError("nobody answered")
    names, index = np.unique(class_of, return_inverse=True)
    answers = np.bincount(index, weights=responded.astype(float), minlength=names.size)
    group = pooled(answers, smallest)
    few = np.flatnonzero(answers < smallest)
    place = group[index]
    selected = np.bincount(place, weights=weights, minlength=names.size)
    answered = np.bincount(place, weights=weights * responded, minlength=names.size)
    rate = np.divide(answered, selected, out=np.ones(names.size), where=selected > 0)
    raised = np.where(responded, weights / np.maximum(rate[place], 1e-12), 0.0)
    return Response(
        weight=raised,
        rate={str(name): float(rate[group[position]]) for position, name in enumerate(names)},
        pooled=tuple(str(names[position]) for position in few),
    )


def pooled(answers: npt.NDArray[np.number], smallest: int) -> IntArray:
    """The class that each class (K,) is joined to: small ones to each other, and to the largest if still too few."""
    group = np.arange(answers.size)
    few = np.flatnonzero(answers < smallest)
    if few.size and few.size < answers.size:
        group[few] = few[0] if answers[few].sum() >= smallest else int(answers.argmax())
    elif few.size:
        group[:] = 0
    return group


def calibrate(
    weights: FloatArray, margins: Sequence[Margin], *, smallest: int = SMALLEST, tolerance: float = TOLERANCE
) -> Calibration:
    """Rake weights (n,) until they add to the counted totals of every margin (Deming and Stephan 1940).

    A class with fewer interviews than `smallest` keeps the weights it has, and its name is reported; so is a raking
    that does not converge, whose margins contradict each other. Interviews of weight 0 stay 0.
    """
    current = weights.astype(float).copy()
    alive = weights > 0
    columns: list[FloatArray] = []
    totals: list[float] = []
    small: list[str] = []
    blocks: list[FloatArray] = []
    for margin in margins:
        kept = []
        for position, name in enumerate(margin.classes):
            member = (np.asarray(margin.of).astype(str) == name) & alive
            if member.sum() < smallest or margin.total[position] <= 0:
                small.append(f"{margin.name}: {name}")
                continue
            kept.append(position)
            columns.append(member.astype(float))
            totals.append(float(margin.total[position]))
        size = len(margin.classes)
        whole = np.zeros((size, size)) if margin.variance is None else margin.variance
        blocks.append(whole[np.ix_(kept, kept)])
    design = np.stack(columns, axis=1) if columns else np.zeros((weights.size, 0))
    worst, sweeps = np.inf, 0
    while worst >= tolerance and sweeps < SWEEPS:
        sweeps += 1
        for column, total in zip(columns, totals, strict=True):
            current *= np.where(column > 0, total / float(current @ column), 1.0)
        distances = [abs(float(current @ one) / total - 1.0) for one, total in zip(columns, totals, strict=True)]
        worst = max(distances, default=0.0)
    return Calibration(
        weight=current,
        converged=worst < tolerance,
        sweeps=sweeps,
        worst=worst,
        small=tuple(small),
        design=design,
        variance=_diagonal(blocks),
    )


def _diagonal(blocks: Sequence[FloatArray]) -> FloatArray:
    """The covariance of all margins' totals; margins are taken as uncorrelated with each other."""
    size = sum(len(block) for block in blocks)
    whole = np.zeros((size, size))
    start = 0
    for block in blocks:
        end = start + len(block)
        whole[start:end, start:end] = block
        start = end
    return whole
