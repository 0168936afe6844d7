"""Population variances and design effects against R `survey` 4.5, to 1e-9, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.variances import (
    Reference,
    Statistic,
    correlation,
    covariance,
    design_effects,
    variance,
)


@needs_cases
@pytest.mark.parametrize("name", ["dsrs", "dstrat", "dclus1"])
def test_r(name: str) -> None:
    # svyvar(~api00, design); svymean(~api00, design, deff = TRUE or "replace"); svytotal(~api00, design, deff = TRUE)
    drawn, data = design(name)
    found = variance(drawn, data["api00"])
    case = cases()[f"{name}.var"]
    assert (found.value[0], found.standard_error[0]) == pytest.approx((case["est"], case["se"]), rel=1e-9)
    for reference in Reference:
        effect = design_effects(drawn, data["api00"], reference=reference)
        assert effect[0] == pytest.approx(cases()[f"{name}.deff"][reference], rel=1e-9)
    effect = design_effects(drawn, data["api00"], statistic=Statistic.TOTAL)
    assert effect[0] == pytest.approx(cases()[f"{name}.total.deff"]["wor"], rel=1e-9)


def test_by_hand() -> None:
    # 1, 2, 6 with weights 2, 1, 1: mean 2.5, distances -1.5, -0.5, 3.5; (2 * 2.25 + 0.25 + 12.25) / 4 * 3 / 2 = 6.375
    drawn = sample(np.array([2.0, 1.0, 1.0]))
    assert variance(drawn, np.array([1.0, 2.0, 6.0])).value[0] == pytest.approx(6.375, rel=1e-12)
    # with 0, 1, 1: mean 0.5; (2 * -1.5 * -0.5 - 0.5 * 0.5 + 3.5 * 0.5) / 4 * 3 / 2 = 1.125
    both = covariance(drawn, np.array([1.0, 2.0, 6.0]), np.array([0.0, 1.0, 1.0]))
    assert both.value[0] == pytest.approx(1.125, rel=1e-12)


def test_pairs_drawn_together_double_the_variance() -> None:
    """Each value twice, in a cluster of two: 2 (n - 1) / (n - 2) times the variance of n rows drawn one by one."""
    values = np.repeat(np.arange(10.0), 2)
    drawn = sample(np.full(20, 50.0), clusters=np.repeat(np.arange(10), 2))
    effect = design_effects(drawn, values, reference=Reference.WITH_REPLACEMENT)
    assert effect[0] == pytest.approx(2 * 19 / 18, rel=1e-12)
    without = design_effects(drawn, values)
    assert without[0] == pytest.approx(2 * 19 / 18 / (1 - 20 / 1000), rel=1e-12)


def test_a_correlation_and_its_error() -> None:
    """The error is that of 1,000 samples of a population with a correlation of 0.6, within a tenth."""
    random, found, said = np.random.default_rng(4), [], []
    for _ in range(1000):
        first = random.normal(size=80)
        estimate = correlation(sample(np.ones(80)), first, 0.6 * first + 0.8 * random.normal(size=80))
        found.append(estimate.value[0])
        said.append(estimate.standard_error[0])
    assert np.mean(found) == pytest.approx(0.6, abs=0.02)
    assert np.mean(said) == pytest.approx(np.std(found), rel=0.1)
    line = correlation(sample(np.ones(80)), first, 3 - 2 * first)
    assert (line.value[0], line.standard_error[0]) == pytest.approx((-1.0, 0.0), abs=1e-9)
