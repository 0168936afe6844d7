"""Whether a difference would be seen: power and size for two groups, or two rounds that share some of their units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.estimate.sampling.size import Size, demand, quantile, whole


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two samples whose means or shares are compared by a two-sided test.

    `deviation` of single answers and `deff` on each side; `ratio`, size of the second over that of the first;
    `overlap`, share of the first's units that are in the second too, whose answers correlate by `correlation`;
    `response`, share of those approached who complete, on each side; `level`, 1 less the chance of a false alarm.
    Variances are those of the two sides, not pooled, and without a finite population correction: what is compared is
    how things go, not two finished lists. Valliant, Dever and Kreuter 2018, ch. 4; Kish 1965, ch. 12.
    """

    deviation: tuple[float, float]
    deff: tuple[float, float] = (1.0, 1.0)
    ratio: float = 1.0
    overlap: float = 0.0
    correlation: float = 0.0
    response: tuple[float, float] = (1.0, 1.0)
    level: float = 0.95

    def __post_init__(self) -> None:
        demand(np.array(self.deviation) > 0, "deviation", self.deviation, "is positive on both sides")
        demand(np.array(self.deff) > 0, "deff", self.deff, "is positive on both sides")
        demand(self.ratio > 0, "ratio", self.ratio, "is positive: size of the second sample over that of the first")
        limit = min(1.0, self.ratio)
        demand(0 <= self.overlap <= limit, "overlap", self.overlap, f"lies between 0 and {limit}, units of the first")
        demand(-1 <= self.correlation <= 1, "correlation", self.correlation, "lies between -1 and 1")
        response = np.array(self.response)
        demand((response > 0) & (response <= 1), "response", self.response, "is a share above 0 and up to 1")
        demand(0 < self.level < 1, "level", self.level, "lies between 0 and 1; 0.95 is usual")
        demand(self.unit_variance > 0, "correlation", self.correlation, "leaves some variance to the difference")

    @property
    def unit_variance(self) -> float:
        """Variance of the difference times the size of the first sample."""
        (first, second), (deff, other) = self.deviation, self.deff
        shared = self.overlap * self.correlation * math.sqrt(deff * other) * first * second
        return deff * first**2 + (other * second**2 - 2 * shared) / self.ratio

    def power(self, difference: float, completed: float) -> float:
        """The chance that a true `difference` is found significant, and in its direction, from `completed` interviews
        of the first sample."""
        demand(completed > 0, "completed", completed, "is positive")
        reach = abs(difference) / math.sqrt(self.unit_variance / completed)
        return float(stats.norm.cdf(reach - quantile(self.level)))

    def size(self, difference: float, *, power: float = 0.8) -> Size:
        """Sizes (2,) of both samples at which a true `difference` is found with a chance of `power`.

        n_1 = V (z_a + z_b)^2 / d^2. ValueError if the difference is 0 or the power not above that of chance.
        """
        demand(difference != 0, "difference", difference, "is not 0; take the smallest that would matter")
        first = self.unit_variance * (self._reach(power) / difference) ** 2
        exact = first * np.array([1.0, self.ratio])
        complete = whole(exact)
        return Size(exact=exact, complete=complete, issue=whole(complete / np.array(self.response)))

    def detectable(self, completed: float, *, power: float = 0.8) -> float:
        """The smallest difference that `completed` interviews of the first sample find with a chance of `power`."""
        demand(completed > 0, "completed", completed, "is positive")
        return self._reach(power) * math.sqrt(self.unit_variance / completed)

    def _reach(self, power: float) -> float:
        chance = (1 - self.level) / 2
        demand(chance < power < 1, "power", power, f"lies between {chance:.3g} and 1; 0.8 is usual")
        return quantile(self.level) + float(stats.norm.ppf(power))


def of_shares(
    first: float,
    second: float,
    *,
    deff: tuple[float, float] = (1.0, 1.0),
    ratio: float = 1.0,
    overlap: float = 0.0,
    correlation: float = 0.0,
    response: tuple[float, float] = (1.0, 1.0),
    level: float = 0.95,
) -> Comparison:
    """The comparison of two shares: deviations follow from them; the rest is as in `Comparison`.

    ValueError for a share outside 0 to 1, or a correlation that two such shares cannot have.
    """
    shares = np.array([first, second])
    demand((shares > 0) & (shares < 1), "share", (first, second), "lies between 0 and 1 on both sides")
    one, other = (math.sqrt(share * (1 - share)) for share in (first, second))
    lowest = (max(0.0, first + second - 1) - first * second) / (one * other)
    highest = (min(first, second) - first * second) / (one * other)
    demand(
        lowest <= correlation <= highest or overlap == 0,
        "correlation",
        correlation,
        f"lies between {lowest:.3f} and {highest:.3f} for shares of {first} and {second}",
    )
    return Comparison(
        deviation=(one, other),
        deff=deff,
        ratio=ratio,
        overlap=overlap,
        correlation=correlation,
        response=response,
        level=level,
    )
