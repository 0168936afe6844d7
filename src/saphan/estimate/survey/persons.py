"""Persons per movement, month by month: one drawn week cannot tell how weeks differ, so the year's months tell it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.estimate.survey.design import Lonely
from saphan.estimate.survey.linear import mean
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.sample import sample

METHOD = "weight-share/2"
BETWEEN = 0.05  # relative standard deviation of a week from its month, assumed until months show it
ASSUMED_DEGREES = 4.0  # weight of that assumption, in degrees of freedom


@dataclass(frozen=True, kw_only=True)
class PersonsPerMovement:
    """Different persons for each movement of one month, from `n` answers."""

    value: float
    standard_error: float
    low: float
    high: float
    degrees_of_freedom: float
    n: int
    method: str


@dataclass(frozen=True, kw_only=True)
class Persons:
    """Persons per movement by month.

    `between` is the relative standard deviation of a drawn week from its month; `assumed`, the weight in it of the
    assumption, from 1 (one month: nothing was seen) towards 0.
    """

    by_month: Mapping[int, PersonsPerMovement]
    between: float
    assumed: float


def persons(
    crossings: FloatArray,
    weights: FloatArray,
    month: IntArray,
    day: IntArray,
    *,
    days: Sequence[int],
    reference_days: int = 30,
    smallest: int = 10,
    level: float = 0.95,
) -> Persons:
    """Persons per movement in each month, by the weight-share method (Lavallee 2007; for time-location samples Karon
    and Wejnert 2012); months with fewer than `smallest` answers are left out.

    `crossings` (n,) are the traveller's crossings of the same kind in the last `reference_days`, this one included; NaN
    where not told. Who crosses m times in a month is met m times as often, and weighs 1 / m; the others of the m - 1
    are taken to be as frequent in the month as in the reference days. `month` and `day` (n,) say when the traveller was
    met, `days` (M,) how long each month is. Multiply by the month's movements with `flow.product`. Months do not add: a
    person seen in two is in both.

    A month holds one drawn week, so its own days tell only how well the week is known. How far a week lies from its
    month comes from the successive differences of the months (von Neumann 1941), less what interviews explain of them,
    raised towards an assumption (`BETWEEN`) by degrees of freedom; real change between months widens it. Degrees of
    freedom after Satterthwaite. ValueError if someone crossed less than once.
    """
    if (crossings[np.isfinite(crossings)] < 1).any():
        raise ValueError("who was met crossing has crossed at least once")
    weeks: dict[int, _Week] = {}
    for index, length in enumerate(days):
        inside = (month == index) & np.isfinite(crossings) & (weights > 0)
        if inside.sum() >= max(smallest, 1):
            in_month = 1.0 + (crossings[inside] - 1.0) * length / reference_days
            weeks[index] = _week(1.0 / in_month, weights[inside], day[inside])
    if not weeks:
        return Persons(by_month={}, between=BETWEEN, assumed=1.0)
    own = list(weeks.values())
    value, freedom, effective = (
        np.array([getattr(one, name) for one in own]) for name in ("value", "degrees_of_freedom", "effective")
    )
    # The variance of one interview is the same all year, or nearly: pooled, it is known far better than from one week.
    unit = freedom @ (effective * np.array([one.variance for one in own]) / value**2) / freedom.sum()
    within = unit / effective
    between, spread, assumed = _between(np.log(value), within)
    variance = between + within
    degrees = 2 * variance**2 / (spread + 2 * within**2 / freedom.sum())
    found = {
        index: _of_month(one, math.sqrt(error), float(known), level)
        for index, one, error, known in zip(weeks, own, variance, degrees, strict=True)
    }
    return Persons(by_month=found, between=math.sqrt(between), assumed=assumed)


@dataclass(frozen=True, kw_only=True)
class _Week:
    """The mean of one drawn week, and the number of interviews of equal weight it is worth (Kish)."""

    value: float
    variance: float
    degrees_of_freedom: float
    effective: float
    n: int


def _week(value: FloatArray, weight: FloatArray, day: IntArray) -> _Week:
    """The mean of one week, its days as clusters."""
    unit = day if np.unique(day).size > 1 else np.arange(day.size)  # of a single day the interviews are the sample
    found = mean(sample(weight, clusters=unit, lonely=Lonely.REMOVE), value)
    return _Week(
        value=float(found.value[0]),
        variance=float(found.covariance[0, 0]),
        degrees_of_freedom=max(float(found.degrees[0]), 1.0),
        effective=float(weight.sum() ** 2 / (weight**2).sum()),
        n=value.size,
    )


def _between(log: FloatArray, within: FloatArray) -> tuple[float, float, float]:
    """Relative variance of a week from its month, the variance of that variance, and the weight of the assumption."""
    months = log.size
    # Degrees of freedom of a mean square of successive differences: 2 (M - 1)^2 / (3 M - 4).
    seen = 2 * (months - 1) ** 2 / (3 * months - 4) if months > 1 else 0.0
    excess = float(((np.diff(log) ** 2 - within[1:] - within[:-1]) / 2).mean()) if months > 1 else 0.0
    assumed = ASSUMED_DEGREES / (ASSUMED_DEGREES + seen)
    # The assumption raises what is seen but never lowers it: an interval too wide misleads nobody.
    weight = assumed if excess < BETWEEN**2 else 0.0
    between = max(weight * BETWEEN**2 + (1 - weight) * excess, 0.0)
    spread = weight**2 * 2 * BETWEEN**4 / ASSUMED_DEGREES
    if seen:
        spread += (1 - weight) ** 2 * 2 * (between + float(within.mean())) ** 2 / seen
    return between, spread, assumed


def _of_month(one: _Week, relative: float, degrees: float, level: float) -> PersonsPerMovement:
    """A week's mean as its month's: Student's t on the logarithm, never above one person for each movement."""
    reach = math.exp(float(stats.t.ppf(0.5 + level / 2, degrees)) * relative)
    return PersonsPerMovement(
        value=one.value,
        standard_error=one.value * relative,
        low=one.value / reach,
        high=min(one.value * reach, 1.0),
        degrees_of_freedom=degrees,
        n=one.n,
        method=METHOD,
    )
