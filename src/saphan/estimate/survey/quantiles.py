"""Quantiles of a complex sample: nine rules for the value, and intervals by Woodruff's inversion.

The interval of the share at or below the quantile is turned back into values by the same rule (Woodruff 1952; Francisco
and Fuller 1991), and the standard error is its width over twice Student's t. The default rule is `math`, the inverse of
the weighted distribution: always a value that somebody has. The default interval is `beta`: its shares never leave 0 to
1, and it held the true value most evenly of the five (lognormal samples of 20 to 200, quantiles 0.25 to 0.9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from saphan.estimate.survey.grounds import need_chance
from saphan.estimate.survey.linear import mean
from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray
from saphan.estimate.survey.options import option
from saphan.estimate.survey.proportions import Evidence, ProportionInterval, limits
from saphan.estimate.survey.sample import Sample

WOODRUFF = "woodruff/1"
BLOCK = 65_536  # numbers that are held longer than doubles at a time


class QuantileRule(StrEnum):
    """Which value a share stands for; hf: Hyndman and Fan (1996), weighted as in R `svyquantile`."""

    MATH = "math"  # least value with at least this share at or below it (hf1)
    SCHOOL = "school"  # the same, and halfway to the next value where the share is met exactly (hf2)
    SHAHVAISH = "shahvaish"  # Shah and Vaish (2006) as R has it: right only where weights are scaled to a mean of 1
    HF4 = "hf4"  # linear between the weighted shares
    HF5 = "hf5"  # linear between their midpoints
    HF6 = "hf6"
    HF7 = "hf7"
    HF8 = "hf8"
    HF9 = "hf9"


class QuantileInterval(StrEnum):
    """The scale on which the share at or below the quantile has its interval."""

    MEAN = "mean"
    BETA = "beta"
    XLOGIT = "xlogit"
    ASIN = "asin"
    SCORE = "score"  # where the score test turns, by the unweighted share there: R's, biased under unequal weights


@dataclass(frozen=True, kw_only=True)
class Quantiles:
    """k quantiles with limits at `level`; a limit is NaN where the sample does not reach that far."""

    probability: FloatArray  # (k,)
    value: FloatArray  # (k,)
    low: FloatArray  # (k,)
    high: FloatArray  # (k,)
    standard_error: FloatArray  # (k,)
    degrees: float
    n: int
    level: float
    rule: QuantileRule
    interval: QuantileInterval
    method: str


def quantiles(
    sample: Sample,
    values: FloatArray,
    probabilities: Sequence[float],
    *,
    domain: BoolArray | None = None,
    rule: QuantileRule = QuantileRule.MATH,
    interval: QuantileInterval = QuantileInterval.BETA,
    level: float = 0.95,
) -> Quantiles:
    """Quantiles of `values` (n,), NaN for no answer, in a `domain` (n,).

    ValueError for probabilities not between 0 and 1 and for an empty domain; NotByChanceError where the sample was not
    drawn by chance: `weighted_quantiles` gives values alone.
    """
    rule, interval = option(QuantileRule, rule), option(QuantileInterval, interval)
    need_chance(
        sample.basis, "interval", "take weighted_quantiles, and print as indicative, with how respondents were chosen"
    )
    column = np.asarray(values, dtype=float)
    if column.shape != (sample.size,):
        raise ValueError(f"quantiles are of one column of {sample.size} rows; the values have shape {column.shape}")
    inside = np.isfinite(column) & (sample.weight > 0) & sample.within(domain)
    if not inside.any():
        raise ValueError("nobody in the domain has a value: there is no quantile")
    # Other rows add nothing to any sum; margins would need them.
    if not sample.adjustments and not inside.all():
        sample, column = sample.only(inside), column[inside]
        inside = np.ones(column.size, dtype=bool)
    shares = _shares(probabilities)
    ranked = _ranked(*((column, sample.weight) if inside.all() else (column[inside], sample.weight[inside])))
    found = np.array([_RULES[rule](ranked, share) for share in shares])
    degrees = float(sample.degrees(inside))
    bounds = np.full((shares.size, 2), np.nan)
    below, error = _below(sample, column, inside, found)
    for place, share in enumerate(shares):
        if interval is QuantileInterval.SCORE:
            around = _score(sample, column, inside, ranked, share, degrees, level)
        else:
            everybody = bool(ranked.value[-1] <= found[place])
            evidence = _evidence(
                float(below[place]), float(error[place]), int(inside.sum()), degrees, everybody=everybody
            )
            missing = everybody and interval is not QuantileInterval.BETA
            around = (np.nan, np.nan) if missing else limits(evidence, ProportionInterval(interval.value), level)
        bounds[place] = [_RULES[rule](ranked, edge) if 0 <= edge <= 1 else np.nan for edge in around]
    reach = stats.t.ppf(0.5 + level / 2, max(degrees, 1.0))
    return Quantiles(
        probability=shares,
        value=found,
        low=bounds[:, 0],
        high=bounds[:, 1],
        standard_error=(bounds[:, 1] - bounds[:, 0]) / (2 * reach),
        degrees=degrees,
        n=int(inside.sum()),
        level=level,
        rule=rule,
        interval=interval,
        method=WOODRUFF,
    )


def weighted_quantiles(
    values: FloatArray, weight: FloatArray, probabilities: Sequence[float], rule: QuantileRule = QuantileRule.MATH
) -> FloatArray:
    """(k,) quantiles of `values` (n,) with `weight` (n,) and no interval; rows with NaN or weight 0 do not count."""
    inside = np.isfinite(values) & (weight > 0)
    if not inside.any():
        raise ValueError("nobody has a value: there is no quantile")
    ranked = _ranked(values[inside], weight[inside])
    return np.array([_RULES[rule](ranked, share) for share in _shares(probabilities)])


def _shares(probabilities: Sequence[float]) -> FloatArray:
    shares = np.asarray(probabilities, dtype=float).reshape(-1)
    if not ((shares > 0) & (shares < 1)).all():
        raise ValueError(f"probabilities {list(probabilities)} are not all between 0 and 1: the median is 0.5")
    return shares


def _below(sample: Sample, values: FloatArray, inside: BoolArray, found: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shares (k,) at or below the values `found` (k,) and standard errors, from sums by unit where they suffice."""
    if sample.adjustments:
        columns = np.where(inside[:, None], values[:, None] <= found, np.nan).astype(float)
        shares = mean(sample, columns)
        return shares.value, shares.standard_error
    count = sample.units.count
    whole = np.bincount(sample.unit, weights=sample.weight, minlength=count)
    parts = [np.bincount(sample.unit, weights=sample.weight * (values <= value), minlength=count) for value in found]
    below = np.stack(parts, axis=1)
    share = below.sum(axis=0) / whole.sum()
    scores = (below - share * whole[:, None]) / whole.sum()
    return share, np.sqrt(np.maximum(np.diagonal(sample.units.covariance(scores)), 0.0))


def _evidence(share: float, error: float, n: int, degrees: float, *, everybody: bool) -> Evidence:
    """What the share at or below a value rests on; where everybody is, it has no error."""
    return Evidence(
        value=1.0 if everybody else share,
        standard_error=0.0 if everybody else error,
        n=n,
        effective_n=float(n) if everybody or error == 0 else share * (1.0 - share) / error**2,
        weight_n=float(n),
        degrees=degrees,
    )


def _score(
    sample: Sample, values: FloatArray, inside: BoolArray, ranked: _Ranked, share: float, degrees: float, level: float
) -> tuple[float, float]:
    """Shares at or below the values where the score test of `share` turns, of the two sides the nearer to its limit.

    The test changes only at values that somebody has, so it is halved over these and no tolerance enters.
    """
    steps = np.unique(ranked.value)
    reach = float(stats.t.ppf(0.5 + level / 2, max(degrees, 1.0)))

    def test(step: int) -> float:
        above = mean(sample, np.where(inside, values > steps[step], np.nan).astype(float))
        return float((above.value[0] - (1.0 - share)) / above.standard_error[0])

    def turn(limit: float) -> float:
        first, last = 0, steps.size - 2  # beyond, everybody is at or below and the test has no spread
        if last < 1 or test(first) < limit or test(last) > limit:
            return np.nan
        while last - first > 1:
            middle = (first + last) // 2
            first, last = (middle, last) if test(middle) > limit else (first, middle)
        nearer = min((first, last), key=lambda step: abs(test(step) - limit))
        return float((ranked.value <= steps[nearer]).mean())

    return turn(reach), turn(-reach)


@dataclass(frozen=True, kw_only=True)
class _Ranked:
    """Values in order, their weights, and the running sums."""

    value: FloatArray
    weight: FloatArray
    upto: FloatArray

    @property
    def before(self) -> FloatArray:
        return np.concatenate([[0.0], self.upto[:-1]])

    @property
    def whole(self) -> float:
        return float(self.upto[-1])


def _ranked(values: FloatArray, weight: FloatArray) -> _Ranked:
    """Sums are kept longer than a double and then rounded, as R does: whether a share is met exactly depends on it."""
    order = np.argsort(values, kind="stable")
    heavy, upto = weight[order], np.empty(order.size)
    carried = np.zeros(1, dtype=np.longdouble)
    for start in range(0, order.size, BLOCK):
        some = np.cumsum(np.concatenate([carried, heavy[start : start + BLOCK]]))
        upto[start : start + BLOCK], carried = some[1:], some[-1:]
    return _Ranked(value=values[order], weight=heavy, upto=upto)


def _around(ranked: _Ranked, share: float) -> tuple[int, int]:
    """Places of the last value whose sum does not pass the share (-1 if none), and of the next."""
    place = int(np.searchsorted(ranked.upto, share * ranked.whole, side="right")) - 1
    return place, min(place + 1, ranked.value.size - 1)


def _met(ranked: _Ranked, place: int, share: float) -> bool:
    return place >= 0 and share - ranked.upto[place] / ranked.whole == 0


def _math(ranked: _Ranked, share: float) -> float:
    place, following = _around(ranked, share)
    return float(ranked.value[place if _met(ranked, place, share) else following])


def _school(ranked: _Ranked, share: float) -> float:
    place, following = _around(ranked, share)
    if _met(ranked, place, share):
        return float(ranked.value[place] + ranked.value[following]) / 2
    return float(ranked.value[following])


def _shahvaish(ranked: _Ranked, share: float) -> float:
    count = ranked.value.size
    relative = np.cumsum(ranked.weight / ranked.weight.mean())
    at: FloatArray = (relative + 0.5 - ranked.weight / 2) / (count + 1)
    order: IntArray = np.argsort(at, kind="stable")  # with weights not of mean 1 the shares need not rise
    place = int(np.searchsorted(at[order], share, side="right")) - 1
    return float(ranked.value[order[max(place, 0)]])


def _linear(at: Callable[[_Ranked], FloatArray]) -> Callable[[_Ranked, float], float]:
    """Straight lines between the values at the shares that `at` gives them, level beyond the ends."""

    def found(ranked: _Ranked, share: float) -> float:
        return float(ranked.value[0]) if ranked.value.size == 1 else float(np.interp(share, at(ranked), ranked.value))

    return found


def _between(part: float, over: float) -> Callable[[_Ranked], FloatArray]:
    """The point that lies `part` of the way through each weight, of a whole with `over` of the last weight added."""
    return lambda ranked: (ranked.before * (1 - part) + ranked.upto * part) / (ranked.whole + ranked.weight[-1] * over)


_RULES: dict[QuantileRule, Callable[[_Ranked, float], float]] = {
    QuantileRule.MATH: _math,
    QuantileRule.SCHOOL: _school,
    QuantileRule.SHAHVAISH: _shahvaish,
    QuantileRule.HF4: _linear(_between(1.0, 0.0)),
    QuantileRule.HF5: _linear(_between(0.5, 0.0)),
    QuantileRule.HF6: _linear(_between(1.0, 1.0)),
    QuantileRule.HF7: _linear(lambda ranked: ranked.before / ranked.before[-1]),
    QuantileRule.HF8: _linear(_between(2 / 3, 1 / 3)),
    QuantileRule.HF9: _linear(_between(5 / 8, 1 / 4)),
}
