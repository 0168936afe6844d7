"""How many to ask: sizes for a margin, and the margin that a size reaches; arrays give one answer for each stratum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ROUNDING = 1e-9  # a size this little above a whole number is that number


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a size rests on beside the spread of the answers; each may differ by stratum.

    `level` of the interval; `deff`, variance relative to a simple random sample of the same size (`design_effect`);
    `population`, units there are; `response`, expected share of those approached who complete.
    """

    level: float = 0.95
    deff: npt.ArrayLike = 1.0
    population: npt.ArrayLike = np.inf
    response: npt.ArrayLike = 1.0

    def __post_init__(self) -> None:
        demand(0 < self.level < 1, "level", self.level, "lies between 0 and 1; 0.95 is usual")
        demand(np.asarray(self.deff) > 0, "deff", self.deff, "is positive; 1 is a simple random sample")
        demand(np.asarray(self.population) >= 2, "population", self.population, "is at least 2 units")
        demand(
            (np.asarray(self.response) > 0) & (np.asarray(self.response) <= 1),
            "response",
            self.response,
            "is a share above 0 and up to 1, of those approached",
        )


@dataclass(frozen=True, kw_only=True)
class Size:
    """A sample size, by stratum where the terms were: `exact`, whole interviews to `complete`, units to `issue`."""

    exact: FloatArray
    complete: IntArray
    issue: IntArray


def design_effect(cluster_size: npt.ArrayLike, correlation: npt.ArrayLike, *, weight_cv: float = 0.0) -> FloatArray:
    """Variance relative to a simple random sample, of clusters of `cluster_size` interviews: 1 + (m - 1) rho.

    `correlation` is that of two answers within a cluster. Unequal weights with a coefficient of variation of
    `weight_cv` multiply it by 1 + cv^2 (Kish 1965, 5.4, and 1987). ValueError for less than one interview in a cluster.
    """
    size, rho = np.asarray(cluster_size, dtype=float), np.asarray(correlation, dtype=float)
    demand(size >= 1, "cluster_size", cluster_size, "is at least one interview")
    demand((rho <= 1) & (1 + (size - 1) * rho > 0), "correlation", correlation, "lies between -1 / (m - 1) and 1")
    return np.asarray((1 + (size - 1) * rho) * (1 + weight_cv**2))


def size_for_mean(deviation: npt.ArrayLike, margin: npt.ArrayLike, terms: Terms | None = None) -> Size:
    """The size at which the interval of a mean reaches `margin` to either side.

    n = z^2 deff S^2 / (e^2 + z^2 deff S^2 / N), with S the standard deviation of single answers, in the unit of the
    margin (Cochran 1977, ch. 4). ValueError for values out of range, or if more would have to be approached than
    there are.
    """
    demand(np.asarray(deviation) >= 0, "deviation", deviation, "is not negative")
    return _size(np.asarray(deviation, dtype=float) ** 2, margin, terms or Terms())


def size_for_total(deviation: npt.ArrayLike, margin: npt.ArrayLike, terms: Terms) -> Size:
    """The size at which the interval of a population's total reaches `margin`; `terms` give the population.

    As `size_for_mean` with margin / N. ValueError if the population is not known.
    """
    return size_for_mean(deviation, np.asarray(margin, dtype=float) / _known(terms), terms)


def size_for_proportion(share: npt.ArrayLike, margin: npt.ArrayLike, terms: Terms | None = None) -> Size:
    """The size at which the interval of an expected `share` reaches `margin`, both from 0 to 1; 0.5 needs the most.

    As `size_for_mean` with S^2 = p (1 - p) N / (N - 1) (Cochran 1977, ch. 4). ValueError for a share outside 0 to 1.
    """
    terms = terms or Terms()
    return _size(_spread(share, terms), margin, terms)


def margin_of_mean(deviation: npt.ArrayLike, completed: npt.ArrayLike, terms: Terms | None = None) -> FloatArray:
    """Half the interval of a mean from `completed` interviews: the inverse of `size_for_mean`."""
    demand(np.asarray(deviation) >= 0, "deviation", deviation, "is not negative")
    return _margin(np.asarray(deviation, dtype=float) ** 2, completed, terms or Terms())


def margin_of_total(deviation: npt.ArrayLike, completed: npt.ArrayLike, terms: Terms) -> FloatArray:
    """Half the interval of a population's total: the inverse of `size_for_total`."""
    return np.asarray(margin_of_mean(deviation, completed, terms) * _known(terms))


def margin_of_proportion(share: npt.ArrayLike, completed: npt.ArrayLike, terms: Terms | None = None) -> FloatArray:
    """Half the interval of a share: the inverse of `size_for_proportion`."""
    terms = terms or Terms()
    return _margin(_spread(share, terms), completed, terms)


def quantile(level: float) -> float:
    """The normal quantile of a two-sided interval."""
    return float(stats.norm.ppf(0.5 + level / 2))


def whole(exact: FloatArray) -> IntArray:
    """Sizes rounded up, but not for an error of rounding."""
    return np.ceil(exact - ROUNDING).astype(np.int64)


def demand(holds: npt.ArrayLike, name: str, given: object, rule: str) -> None:
    """ValueError that says which argument, what was given and what it must be, unless it `holds` everywhere."""
    if not np.all(holds):
        raise ValueError(f"{name}: {given} was given; it {rule}")


def _size(variance: FloatArray, margin: npt.ArrayLike, terms: Terms) -> Size:
    reach = np.asarray(margin, dtype=float)
    demand(reach > 0, "margin", margin, "is positive: half the interval, in the unit of the estimate")
    population = np.asarray(terms.population, dtype=float)
    spread = quantile(terms.level) ** 2 * np.asarray(terms.deff) * variance
    # One interview at least, even of what does not vary; never more than there are, whatever the design effect.
    exact = np.clip(spread / (reach**2 + spread / population), 1.0, population)
    complete = whole(exact)
    issue = whole(complete / np.asarray(terms.response))
    if (short := np.atleast_1d(issue > population)).any():
        where = f"in strata {np.flatnonzero(short).tolist()}, counted from 0, " if short.size > 1 else ""
        raise ValueError(
            f"response: {where}more would have to be approached than the population holds; widen the margin, "
            "raise the response, or join strata"
        )
    return Size(exact=exact, complete=complete, issue=issue)


def _margin(variance: FloatArray, completed: npt.ArrayLike, terms: Terms) -> FloatArray:
    n = np.asarray(completed, dtype=float)
    population = np.asarray(terms.population, dtype=float)
    demand((n > 0) & (n <= population), "completed", completed, "is positive and not above the population")
    return np.asarray(quantile(terms.level) * np.sqrt(np.asarray(terms.deff) * variance * (1 / n - 1 / population)))


def _spread(share: npt.ArrayLike, terms: Terms) -> FloatArray:
    p = np.asarray(share, dtype=float)
    demand((p > 0) & (p < 1), "share", share, "lies between 0 and 1; take 0.5 where nothing is known")
    return np.asarray(p * (1 - p) / (1 - 1 / np.asarray(terms.population, dtype=float)))


def _known(terms: Terms) -> FloatArray:
    population = np.asarray(terms.population, dtype=float)
    demand(np.isfinite(population), "population", terms.population, "must be known for a total; give it in the terms")
    return population
