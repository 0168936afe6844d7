"""Tests from a complex sample: independence in a two-way table, and two groups compared by means or by ranks.

The Pearson statistic of a weighted table is distributed like a sum of chi squares with the generalised design effects
as factors (Rao and Scott 1981, 1984). `F` scales it by their mean and takes Satterthwaite's degrees of freedom (Thomas
and Rao 1987), and is the default; `Chisq` only scales it; `lincom` finds the chance of the sum itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import integrate, linalg, optimize, stats

from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.linear import linearised_ratio
from saphan.estimate.survey.model import BoolArray, FloatArray, Labels
from saphan.estimate.survey.options import option
from saphan.estimate.survey.sample import Sample, missing


class TableStatistic(StrEnum):
    """Tests of independence, by the names of R `svychisq`."""

    F = "F"
    CHI_SQUARE = "Chisq"
    WALD = "Wald"
    ADJUSTED_WALD = "adjWald"  # less for the degrees of freedom that its covariance was estimated with
    LINEAR_COMBINATION = "lincom"


class Ties(StrEnum):
    """The rank of equal values."""

    MIDRANK = "midrank"  # the middle of their weight: the same in whatever order the rows come
    IN_ORDER = (
        "in-order"  # the mean of their ranks in the order of rows, of R `svyranktest`; the same under equal weights
    )


@dataclass(frozen=True, kw_only=True)
class Test:
    """A test with its statistic, the degrees of freedom of its distribution and the chance of one as large.

    `method` says the model that it rests on where the sample was not drawn by chance.
    """

    __test__ = False  # not a case for pytest

    statistic: float
    degrees: tuple[float, ...]
    p_value: float
    n: int
    method: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The second group less the first, and the test that there is no difference."""

    difference: Estimates
    test: Test


def independence(
    sample: Sample,
    rows: Labels,
    columns: Labels,
    *,
    domain: BoolArray | None = None,
    statistic: TableStatistic = TableStatistic.F,
) -> Test:
    """Test that the labels `rows` (n,) and `columns` (n,) are independent in the population of a `domain` (n,).

    Rows without a label (NaN, None) are left out. ValueError where a labeling has one label only or the design has too
    few degrees of freedom; NotByChanceError where the sample was not drawn by chance and states no model.
    """
    statistic = option(TableStatistic, statistic)
    sample.need("test")
    inside = _answered(sample, rows) & _answered(sample, columns) & sample.within(domain)
    row, column = _indicators(rows, inside, "rows"), _indicators(columns, inside, "columns")
    degrees = sample.degrees(inside)
    if degrees < 1:
        raise ValueError("the sample has no degrees of freedom in this domain: a test needs two primary units or more")
    if statistic in (TableStatistic.WALD, TableStatistic.ADJUSTED_WALD):
        return _wald(sample, row, column, degrees, statistic, int(inside.sum()))
    return _rao_scott(sample, row, column, inside, degrees, statistic)


def compare_means(
    sample: Sample, values: FloatArray, second: FloatArray, *, domain: BoolArray | None = None
) -> Comparison:
    """Student's t of the mean of `values` (n,) where `second` (n,) is 1 less that where it is 0; NaN is no answer.

    Its degrees of freedom are those of the design less one. ValueError where a group is empty.
    """
    sample.need("test")
    inside, two = _groups(sample, values, second, domain)
    return _compared(sample, np.asarray(values, dtype=float), two, inside, "t-test")


def compare_ranks(
    sample: Sample,
    values: FloatArray,
    second: FloatArray,
    *,
    domain: BoolArray | None = None,
    ties: Ties = Ties.MIDRANK,
) -> Comparison:
    """The rank test of Wilcoxon for a complex sample: means of the share of the population below, as `compare_means`.

    Lumley and Scott 2013: where there is no difference the ranks may be taken as known.
    """
    ties = option(Ties, ties)
    sample.need("test")
    inside, two = _groups(sample, values, second, domain)
    weight = sample.weight[inside]
    order = np.argsort(np.asarray(values, dtype=float)[inside], kind="stable")
    middle = np.empty(weight.size)
    middle[order] = np.cumsum(weight[order]) - weight[order] / 2
    tie = np.unique(np.asarray(values, dtype=float)[inside], return_inverse=True)[1]
    counted = weight if ties is Ties.MIDRANK else np.ones(weight.size)
    rank = (np.bincount(tie, weights=middle * counted) / np.bincount(tie, weights=counted))[tie]
    share = np.zeros(sample.size)
    share[inside] = rank / weight.sum()
    return _compared(sample, share, two, inside, f"rank-test-{ties}")


def compare_groups(sample: Sample, values: FloatArray, groups: Labels, *, domain: BoolArray | None = None) -> Test:
    """Test that the means of `values` (n,) are equal in all `groups` (n,): Wald's F, of two groups the square of t.

    It is R's `regTermTest(svyglm(values ~ factor(groups)), ~factor(groups))`; rows without a value or a label are left
    out. ValueError where there is one group only or the design has too few degrees of freedom.
    """
    sample.need("test")
    value = np.asarray(values, dtype=float)
    inside = np.isfinite(value) & _answered(sample, groups) & sample.within(domain)
    member = _indicators(groups, inside, "groups")
    count = member.shape[1] - 1
    second = float(sample.degrees(inside) - count)
    if second < 1:
        raise ValueError(f"{sample.degrees(inside)} degrees of freedom do not carry a comparison of {count + 1} groups")
    mean, influence, _ = linearised_ratio(sample, np.where(member > 0, value[:, None], 0.0), member)
    contrast = np.column_stack([-np.ones(count), np.eye(count)])
    away, spread = contrast @ mean, contrast @ sample.covariance(influence) @ contrast.T
    if np.linalg.matrix_rank(spread) < count:
        raise ValueError("groups do not vary between units: a difference without sampling error has no test")
    statistic = float(away @ np.linalg.solve(spread, away)) / count
    chance = float(stats.f.sf(statistic, count, second))
    method = sample.stated("wald-F-means/1")
    return Test(statistic=statistic, degrees=(float(count), second), p_value=chance, n=int(inside.sum()), method=method)


def _answered(sample: Sample, labels: Labels) -> BoolArray:
    given = np.asarray(labels)
    if given.shape != (sample.size,):
        raise ValueError(f"labels have shape {given.shape} for {sample.size} rows")
    return ~missing(given) & (sample.weight > 0)


def _indicators(labels: Labels, inside: BoolArray, what: str) -> FloatArray:
    """(n, k) which label a row has; 0 outside."""
    given = np.asarray(labels)
    names = np.unique(given[inside])
    if names.size < 2:
        raise ValueError(f"the {what} have {names.size} label in this domain: a table needs two or more")
    found: FloatArray = ((given[:, None] == names) & inside[:, None]).astype(float)
    return found


def _rao_scott(
    sample: Sample, row: FloatArray, column: FloatArray, inside: BoolArray, degrees: int, statistic: TableStatistic
) -> Test:
    n = int(inside.sum())
    cells = (row[:, :, None] * column[:, None, :]).reshape(sample.size, -1)
    share, influence, _ = linearised_ratio(sample, cells, np.repeat(inside[:, None], cells.shape[1], axis=1))
    table = share.reshape(row.shape[1], column.shape[1])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = float(n * ((table - expected) ** 2 / expected).sum())
    # contrasts of the interaction; a cell that nobody is in has no weight
    contrast = np.kron(linalg.helmert(row.shape[1]), linalg.helmert(column.shape[1])).T
    scaled = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)[:, None] * contrast
    effects = np.linalg.solve(contrast.T @ scaled / n, scaled.T @ sample.covariance(influence) @ scaled)
    factors = np.linalg.eigvals(effects).real
    first = float(factors.sum() ** 2 / (factors**2).sum())
    second = first * degrees
    freedom: tuple[float, ...]
    if statistic is TableStatistic.F:
        value, freedom = pearson / float(factors.sum()), (first, second)
        chance = float(stats.f.sf(value, first, second))
    elif statistic is TableStatistic.CHI_SQUARE:
        value, freedom = pearson, (float(factors.size),)
        chance = float(stats.chi2.sf(pearson / factors.mean(), factors.size))
    else:
        value, freedom = pearson, (second,)
        chance = chi_squares_over(pearson, factors, second)
    method = sample.stated(f"rao-scott-{statistic}/1")
    return Test(statistic=value, degrees=freedom, p_value=chance, n=n, method=method)


def _wald(sample: Sample, row: FloatArray, column: FloatArray, degrees: int, statistic: TableStatistic, n: int) -> Test:
    """Of cell totals less what independence expects, all but a first row and column of them (Koch et al. 1975)."""
    rows, columns = sample.weight @ row, sample.weight @ column
    whole = rows.sum()
    cells = row[:, 1:, None] * column[:, None, 1:]
    influence = cells - (
        row[:, 1:, None] * columns[None, None, 1:] / whole
        + column[:, None, 1:] * rows[None, 1:, None] / whole
        - row.sum(axis=1)[:, None, None] * np.outer(rows[1:], columns[1:]) / whole**2
    )
    influence = influence.reshape(sample.size, -1)
    away = np.tensordot(sample.weight, cells, 1).ravel() - np.outer(rows[1:], columns[1:]).ravel() / whole
    covariance = sample.covariance(influence)
    count = away.size
    if np.linalg.matrix_rank(covariance) < count:
        raise ValueError(f"{degrees} degrees of freedom do not carry a Wald test of {count}: take the statistic F")
    value, second = float(away @ np.linalg.solve(covariance, away)) / count, degrees
    if statistic is TableStatistic.ADJUSTED_WALD:
        second = degrees - count + 1
        value *= second / degrees
    chance = float(stats.f.sf(value, count, second))
    method = sample.stated(f"wald-{statistic}/1")
    return Test(statistic=value, degrees=(float(count), float(second)), p_value=chance, n=n, method=method)


def chi_squares_over(value: float, factors: FloatArray, denominator: float) -> float:
    """The chance that the sum of `factors` times chi squares of 1 degree exceeds `value` times Y / `denominator`.

    Y is a chi square of `denominator` degrees. The Laplace transform of the difference is inverted along the vertical
    line through its saddle point, where nothing cancels: exact to rounding however small the chance (Helstrom 1996;
    the integral of Imhof 1961 without its loss).
    """
    pull = np.append(np.asarray(factors, dtype=float), -value / denominator)
    power = np.append(np.ones(len(factors)), denominator) / 2
    kept = pull != 0
    pull, power = pull[kept], power[kept]
    if not (pull > 0).any():
        return 0.0

    def exponent(at: complex) -> complex:
        return complex(-(power * np.log(1.0 - 2.0 * pull * at)).sum() - np.log(at))

    end = 1.0 / (2.0 * pull.max())
    saddle = float(
        optimize.minimize_scalar(
            lambda at: exponent(at).real, bounds=(0.0, end), method="bounded", options={"xatol": 1e-6 * end}
        ).x
    )
    height = exponent(saddle).real

    def integrand(up: float) -> float:
        return float(np.exp(exponent(saddle * complex(1.0, up)) - height).real)

    area = integrate.quad(integrand, 0.0, np.inf, epsabs=0.0, epsrel=1e-11, limit=1000)[0]
    return float(min(max(np.exp(height) * saddle * area / np.pi, 0.0), 1.0))


def _groups(
    sample: Sample, values: FloatArray, second: FloatArray, domain: BoolArray | None
) -> tuple[BoolArray, BoolArray]:
    """Who counts (n,), and in which of the two groups (n, 2)."""
    value, group = np.asarray(values, dtype=float), np.asarray(second, dtype=float)
    for what, column in (("values", value), ("groups", group)):
        if column.shape != (sample.size,):
            raise ValueError(f"the {what} have shape {column.shape} for {sample.size} rows")
    inside = np.isfinite(value) & np.isfinite(group) & (sample.weight > 0) & sample.within(domain)
    two = np.column_stack([group == 0, group == 1]) & inside[:, None]
    if not two.any(axis=1)[inside].all():
        raise ValueError("the second group is 1 and the first 0, with NaN for neither: other numbers are in the data")
    if not two.any(axis=0).all():
        raise ValueError("one of the two groups has nobody in it: there is nothing to compare")
    return inside, two


def _compared(sample: Sample, values: FloatArray, two: BoolArray, inside: BoolArray, method: str) -> Comparison:
    degrees = float(sample.degrees(inside) - 1)
    if degrees < 1:
        raise ValueError("the sample has too few degrees of freedom in this domain to compare two groups")
    mean, influence, rows = linearised_ratio(sample, np.where(two, values[:, None], 0.0), two.astype(float))
    groups = Estimates(
        names=("first", "second"),
        value=mean,
        covariance=sample.covariance(influence),
        degrees=np.full(2, degrees),
        n=rows.sum(axis=0),
        method=sample.stated(f"{method}/1"),
        basis=sample.basis,
        model=sample.model,
    )
    difference = groups.difference("second", "first")
    value, error = float(difference.value[0]), float(difference.standard_error[0])
    if error == 0:
        raise ValueError("neither group varies between units: a difference without sampling error has no test")
    statistic = value / error
    chance = float(2 * stats.t.sf(abs(statistic), degrees))
    test = Test(statistic=statistic, degrees=(degrees,), p_value=chance, n=int(inside.sum()), method=difference.method)
    return Comparison(difference=difference, test=test)
