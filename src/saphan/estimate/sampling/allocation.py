"""How a sample is shared out among strata: whole numbers that add up exactly, within what each stratum can give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from saphan.estimate.sampling.size import ROUNDING, FloatArray, IntArray, demand, quantile


class Rule(StrEnum):
    """What the sizes of the strata are proportional to, as far as their limits allow."""

    EQUAL = "equal"  # 1: every stratum is as well known as any other of its kind
    PROPORTIONAL = "proportional"  # N: equal weights
    NEYMAN = "neyman"  # N S: the least variance of the whole for a given size (Neyman 1934)
    OPTIMAL = "optimal"  # N S / sqrt(c): the least variance of the whole for a given cost (Cochran 1977, 5.5)
    POWER = "power"  # X^q S / mean: equal coefficients of variation at q = 0, nearly Neyman's at 1 (Bankier 1988)
    COMPROMISE = "compromise"  # sqrt(I W^2 + H^-2): the whole counts I times as much as the strata (Kish 1976)


@dataclass(frozen=True, kw_only=True)
class Strata:
    """What is known of the strata: their names and, in the same order, arrays (H,); what no rule asks may be absent.

    `population`, units; `deviation` and `mean` of single answers; `cost` of an interview, in any one currency;
    `measure`, Bankier's X, the population if absent; `deff`, variance relative to simple random samples of that size.
    """

    name: Sequence[str]
    population: npt.ArrayLike
    deviation: npt.ArrayLike | None = None
    mean: npt.ArrayLike | None = None
    cost: npt.ArrayLike | None = None
    measure: npt.ArrayLike | None = None
    deff: npt.ArrayLike = 1.0

    def __post_init__(self) -> None:
        if not self.name or len(set(self.name)) < len(self.name):
            raise ValueError(f"name: {list(self.name)} are not the names of strata; give each stratum one name")
        population = self.of("population")
        wrong = (population < 1) | (population != np.floor(population))
        if wrong.any():
            raise ValueError(f"population: {self._named(wrong)} not of a whole number of units; leave empty strata out")

    def of(self, what: str) -> FloatArray:
        """One of the arrays, checked: ValueError if it is absent, of another length, negative or not a number."""
        given = getattr(self, what)
        if given is None:
            raise ValueError(
                f"{what}: the rule needs it and the strata do not have it; give one value for each stratum"
            )
        value = np.asarray(given, dtype=float)
        if value.shape not in ((), (len(self.name),)):
            raise ValueError(f"{what}: {value.size} values for {len(self.name)} strata; give one for each")
        value = np.broadcast_to(value, (len(self.name),))
        wrong = ~(np.isfinite(value) & (value >= 0))
        if wrong.any():
            raise ValueError(f"{what}: {self._named(wrong)} negative or not a number; correct it, or leave them out")
        return value

    def _named(self, wrong: npt.NDArray[np.bool_]) -> str:
        names = [name for name, bad in zip(self.name, wrong, strict=True) if bad]
        return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}"


def allocate(
    total: int,
    strata: Strata,
    rule: Rule,
    *,
    power: float = 0.5,
    importance: float = 1.0,
    minimum: npt.ArrayLike = 2,
    maximum: npt.ArrayLike | None = None,
) -> dict[str, int]:
    """Sizes by stratum that add up to `total` exactly, by largest remainder.

    No stratum has fewer than `minimum` (two, so that its variance can be told; all, of a smaller one) nor more than
    `maximum` or its population; what a limit takes or gives is shared among the others by the same rule, which for the
    Neyman and optimal rules is the optimum under the limits (Wesolowski, Wieczorkowski and Wojciak 2021). `power` is
    Bankier's q, `importance` Kish's I. ValueError if the limits cannot be kept.
    """
    population = strata.of("population")
    high = population if maximum is None else np.minimum(_limit("maximum", maximum, population), population)
    low = np.minimum(_limit("minimum", minimum, population), population)
    crossed = [name for name, wrong in zip(strata.name, low > high, strict=True) if wrong]
    if crossed:
        raise ValueError(f"stratum {crossed[0]}: its minimum is above its maximum; lower the one or raise the other")
    if not low.sum() <= total <= high.sum():
        raise ValueError(
            f"total: {total} was given, but the limits of the strata add up to {low.sum():.0f} and {high.sum():.0f}; "
            "change the total, the minimum or the maximum"
        )
    exact = _within(float(total), _score(strata, rule, power, importance), low, high)
    return dict(zip(strata.name, _rounded(exact, total).tolist(), strict=True))


def margin_of_strata(strata: Strata, sizes: dict[str, int], *, level: float = 0.95) -> float:
    """Half the interval of the overall mean from stratified simple random samples of these sizes.

    V = sum W^2 deff S^2 (1 / n - 1 / N) (Cochran 1977, 5.3). ValueError if a stratum is missing, or has no interview or
    more than there are units.
    """
    missing = [name for name in strata.name if name not in sizes]
    if missing:
        raise ValueError(f"stratum {missing[0]}: it has no size; give one for each stratum")
    n, population = np.array([sizes[name] for name in strata.name], dtype=float), strata.of("population")
    demand((n > 0) & (n <= population), "sizes", sizes, "are positive and not above the strata's populations")
    share = population / population.sum()
    unit = strata.of("deff") * strata.of("deviation") ** 2
    return quantile(level) * float(np.sqrt(share**2 * unit @ (1 / n - 1 / population)))


def allocate_for(
    margin: float,
    strata: Strata,
    rule: Rule,
    *,
    level: float = 0.95,
    power: float = 0.5,
    importance: float = 1.0,
    minimum: npt.ArrayLike = 2,
    maximum: npt.ArrayLike | None = None,
) -> dict[str, int]:
    """The smallest sample whose overall mean has an interval of `margin` to either side, shared out as by `allocate`.

    ValueError if even the largest sample that the limits allow does not reach it, or a minimum is below 1.
    """
    demand(margin > 0, "margin", margin, "is positive: half the interval, in the unit of the mean")
    demand(np.asarray(minimum) >= 1, "minimum", minimum, "is at least one interview where the overall mean is wanted")
    population = strata.of("population")
    low = int(np.minimum(np.asarray(minimum), population).sum())
    high = int((population if maximum is None else np.minimum(np.asarray(maximum), population)).sum())

    def sizes(total: int) -> dict[str, int]:
        return allocate(total, strata, rule, power=power, importance=importance, minimum=minimum, maximum=maximum)

    if margin_of_strata(strata, sizes(high), level=level) > margin:
        raise ValueError(f"margin: {margin} is not reached by {high}, all that the limits allow; widen it")
    while low < high:
        middle = (low + high) // 2
        if margin_of_strata(strata, sizes(middle), level=level) <= margin:
            high = middle
        else:
            low = middle + 1
    return sizes(high)


def _limit(name: str, limit: npt.ArrayLike, population: FloatArray) -> FloatArray:
    value = np.asarray(limit, dtype=float)
    demand((value >= 0) & (value == np.floor(value)), name, limit, "is a whole number, not negative")
    if value.shape not in ((), population.shape):
        raise ValueError(f"{name}: {value.size} values for {population.size} strata; give one, or one for each")
    return np.broadcast_to(value, population.shape)


def _score(strata: Strata, rule: Rule, power: float, importance: float) -> FloatArray:
    population = strata.of("population")
    if rule is Rule.EQUAL:
        return np.ones(population.size)
    if rule is Rule.PROPORTIONAL:
        return population
    if rule is Rule.COMPROMISE:
        demand(importance >= 0, "importance", importance, "is not negative")
        return np.asarray(np.sqrt(importance * (population / population.sum()) ** 2 + 1 / population.size**2))
    deviation = strata.of("deviation")
    demand(deviation.any(), "deviation", strata.deviation, "is positive in one stratum at least")
    if rule is Rule.NEYMAN:
        return population * deviation
    if rule is Rule.OPTIMAL:
        cost = strata.of("cost")
        demand(cost > 0, "cost", strata.cost, "is positive in every stratum")
        return np.asarray(population * deviation / np.sqrt(cost))
    mean = strata.of("mean")
    demand(mean > 0, "mean", strata.mean, "is positive in every stratum: the power rule divides by it")
    demand(0 <= power <= 1, "power", power, "lies between 0, strata alike, and 1, the whole")
    measure = population if strata.measure is None else strata.of("measure")
    return np.asarray(measure**power * deviation / mean)


def _within(total: float, score: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """clip(t score, low, high) with t such that it adds up to the total: a piecewise linear function of t."""
    # A stratum without spread comes last, but it comes: when all others are full, the rest goes there.
    score = np.maximum(score, score.max() * 1e-9)
    knots = np.unique(np.concatenate([low / score, high / score]))
    sums = np.clip(knots[:, None] * score, low, high).sum(axis=1)
    scale = float(np.interp(total, sums, knots))
    return np.clip(scale * score, low, high)


def _rounded(exact: FloatArray, total: int) -> IntArray:
    """Largest remainder: limits are whole numbers, so that rounding to either side keeps them."""
    sizes = np.floor(exact + ROUNDING).astype(np.int64)
    largest = np.argsort(sizes - exact, kind="stable")[: total - int(sizes.sum())]
    sizes[largest] += 1
    return sizes
