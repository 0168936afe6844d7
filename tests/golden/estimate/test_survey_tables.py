"""Tests of independence and of two groups against R `survey` 4.5, to 1e-9, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.tables import (
    TableStatistic,
    Ties,
    chi_squares_over,
    compare_groups,
    compare_means,
    compare_ranks,
    independence,
)

DESIGNS = ("dsrs", "dstrat", "dclus1")


@needs_cases
@pytest.mark.parametrize("statistic", [one for one in TableStatistic if one is not TableStatistic.LINEAR_COMBINATION])
@pytest.mark.parametrize("name", DESIGNS)
def test_independence_of_r(name: str, statistic: TableStatistic) -> None:
    # svychisq(~sch.wide + stype, design, statistic = statistic)
    drawn, data = design(name)
    found = independence(drawn, data["sch.wide"], data["stype"], statistic=statistic)
    case = cases()[f"{name}.chisq.{statistic}"]
    assert found.statistic == pytest.approx(case["stat"], rel=1e-9)
    assert found.degrees == pytest.approx(tuple(np.atleast_1d(case["par"])), rel=1e-9)
    assert found.p_value == pytest.approx(case["p"], rel=1e-9)


@needs_cases
@pytest.mark.parametrize("name", DESIGNS)
def test_linear_combination_of_r(name: str) -> None:
    """The cases lincom and saddlepoint are one approximation: R finds the chance itself only with CompQuadForm.

    Its statistic is ours; its chances are up to a fifth above the exact ones, also where these are known: the factors
    of the simple random sample are equal, and the exact chance is that of F.
    """
    drawn, data = design(name)
    found = independence(drawn, data["sch.wide"], data["stype"], statistic=TableStatistic.LINEAR_COMBINATION)
    for statistic in ("lincom", "saddlepoint"):
        case = cases()[f"{name}.chisq.{statistic}"]
        assert found.statistic == pytest.approx(case["stat"], rel=1e-9)
        assert 0.8 < found.p_value / case["p"] < 1
    if name == "dsrs":
        assert found.p_value == pytest.approx(cases()["dsrs.chisq.F"]["p"], rel=1e-9)


@needs_cases
@pytest.mark.parametrize("name", DESIGNS)
def test_two_groups_of_r(name: str) -> None:
    # svyttest(api00 ~ comp.imp, design), svyranktest(api00 ~ comp.imp, design)
    drawn, data = design(name)
    second = (data["comp.imp"] == "Yes").astype(float)
    found = compare_means(drawn, data["api00"], second)
    case = cases()[f"{name}.ttest"]
    assert found.difference.value[0] == pytest.approx(case["est"], rel=1e-9)
    assert found.test.statistic == pytest.approx(case["stat"], rel=1e-9)
    assert found.test.degrees == (case["df"],)
    assert found.test.p_value == pytest.approx(case["p"], rel=1e-9)
    ranks = compare_ranks(drawn, data["api00"], second, ties=Ties.IN_ORDER).test
    case = cases()[f"{name}.ranktest"]
    assert (ranks.statistic, ranks.p_value) == pytest.approx((case["stat"], case["p"]), rel=1e-9)
    midranks = compare_ranks(drawn, data["api00"], second).test
    assert midranks.statistic == pytest.approx(ranks.statistic, rel=2e-3)


def test_midranks_do_not_depend_on_the_order_of_rows() -> None:
    random = np.random.default_rng(3)
    values, second = random.integers(0, 4, 60).astype(float), random.integers(0, 2, 60).astype(float)
    weight, order = random.uniform(1, 3, 60), random.permutation(60)

    def statistic(ties: Ties, at: np.ndarray) -> float:
        return compare_ranks(sample(weight[at]), values[at], second[at], ties=ties).test.statistic

    assert statistic(Ties.MIDRANK, order) == pytest.approx(statistic(Ties.MIDRANK, np.arange(60)), rel=1e-12)
    assert statistic(Ties.IN_ORDER, order) != pytest.approx(statistic(Ties.IN_ORDER, np.arange(60)), rel=1e-6)


def test_a_table_by_hand() -> None:
    # 30, 10 / 20, 40 in a simple random sample of 100: expected 20, 20 / 30, 30, Pearson
    # 10^2 (1/20 + 1/20 + 1/30 + 1/30) = 16 2/3. Drawn with replacement the only design effect is n / (n - 1), and F is
    # 16 2/3 * 99 / 100 = 16.5.
    row, column = np.repeat([0, 1], [40, 60]), np.repeat([0, 1, 0, 1], [30, 10, 20, 40])
    drawn = sample(np.ones(100))
    found = independence(drawn, row, column)
    assert found.statistic == pytest.approx(16.5, rel=1e-12)
    assert found.degrees == pytest.approx((1, 99), rel=1e-12)
    assert found.p_value == pytest.approx(stats.f.sf(16.5, 1, 99), rel=1e-9)
    named = independence(
        drawn, np.where(row, "b", "a"), np.where(column, "y", "x"), statistic=TableStatistic.CHI_SQUARE
    )
    assert (named.statistic, named.p_value) == pytest.approx((50 / 3, stats.chi2.sf(16.5, 1)), rel=1e-9)


def test_two_groups_by_hand() -> None:
    # 1, 3 against 4, 8 drawn with replacement: means 2 and 6; the sum of squared influence (d / 2)^2 is 0.5 + 2 = 2.5,
    # times 4 / 3; two degrees of freedom
    found = compare_means(sample(np.ones(4)), np.array([1.0, 3.0, 4.0, 8.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert found.difference.value[0] == pytest.approx(4.0, rel=1e-12)
    assert found.test.statistic == pytest.approx(4 / (2.5 * 4 / 3) ** 0.5, rel=1e-12)
    assert found.test.degrees == (2.0,)


@pytest.mark.parametrize("value", [0.01, 1.0, 30.0, 400.0])
@pytest.mark.parametrize("denominator", [1.0, 12.5, 3000.0])
def test_sum_of_chi_squares(value: float, denominator: float) -> None:
    """Two equal factors a make an exponential: the chance is (1 + value / (a denominator))^(-denominator / 2)."""
    exact = np.exp(-denominator / 2 * np.log1p(value / (1.5 * denominator)))
    assert chi_squares_over(value, np.array([1.5, 1.5]), denominator) == pytest.approx(exact, rel=1e-9)
    single = chi_squares_over(value, np.array([2.0]), denominator)
    assert single == pytest.approx(stats.f.sf(value / 2, 1, denominator), rel=1e-8)


def test_the_test_keeps_its_level_in_clusters() -> None:
    """Two attributes of clusters of 8, independent of each other: Pearson's own test refuses one time in four."""
    random, refused, naive = np.random.default_rng(11), 0, 0
    cluster = np.repeat(np.arange(30), 8)
    for _ in range(400):
        row = (random.random(240) < random.beta(0.4, 0.4, 30)[cluster]).astype(int)
        column = (random.random(240) < random.beta(0.4, 0.4, 30)[cluster]).astype(int)
        refused += independence(sample(np.ones(240), clusters=cluster), row, column).p_value < 0.05
        naive += stats.chi2_contingency(np.histogram2d(row, column, 2)[0], correction=False).pvalue < 0.05
    assert 0.02 <= refused / 400 <= 0.08
    assert naive / 400 > 0.2


def test_groups_are_compared_as_by_a_regression() -> None:
    """R 4.2.2, survey 4.1.1: `regTermTest(svyglm(api00 ~ kind, dstrat), ~kind)`, and by clusters of districts."""
    i = np.arange(60)
    weight, stype = np.repeat([10.0, 5.0, 5.0], [30, 18, 12]), np.repeat(["E", "M", "H"], [30, 18, 12])
    api00 = (510 + 37 * i % 200 + 13 * i % 41).astype(float)
    drawn = sample(weight, strata=stype, population=np.repeat([300.0, 90.0, 60.0], [30, 18, 12]))
    found = compare_groups(drawn, api00, np.array(list("abcd"))[7 * i % 4])
    assert found.degrees == (3.0, 54.0)
    assert (found.statistic, found.p_value) == pytest.approx((0.0506125510208245, 0.9847916805977261), rel=1e-9)
    found = compare_groups(sample(weight, clusters=i // 3), api00, stype)
    assert found.degrees == (2.0, 17.0)
    assert (found.statistic, found.p_value) == pytest.approx((0.441889157113161, 0.649997925869210), rel=1e-9)
