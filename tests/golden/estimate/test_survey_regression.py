"""Regressions against R `survey` 4.5, to 1e-9, and by hand.

R stops its logistic regression where the deviance moves by less than 1e-8 of itself; these three cases had by then come
closer than 1e-9. One that had not would agree only with R's control = list(epsilon = 1e-15).
"""

from __future__ import annotations

import numpy as np
import pytest

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.linear import mean
from saphan.estimate.survey.regression import Regression, indicators, linear, logistic
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.tables import compare_means

TERMS = ("ell", "meals", "mobility")


def held(found: Regression, name: str, tolerance: float) -> None:
    case = cases()[name]
    assert found.coefficients.names[1:] == tuple(case["names"][1:])
    assert found.coefficients.value == pytest.approx(np.array(case["est"]), rel=tolerance)
    assert found.coefficients.standard_error == pytest.approx(np.array(case["se"]), rel=tolerance)


@needs_cases
@pytest.mark.parametrize("name", ["dsrs", "dstrat", "dclus1"])
def test_r(name: str) -> None:
    # svyglm(api00 ~ ell + meals + mobility, design); svyglm(I(sch.wide == "Yes") ~ ..., design, family = quasibinomial)
    drawn, data = design(name)
    terms = np.column_stack([data[term] for term in TERMS])
    found = linear(drawn, data["api00"], terms, TERMS)
    held(found, f"{name}.glm.lin", 1e-9)
    assert found.coefficients.degrees[0] == cases()[f"{name}.glm.lin"]["df"]
    held(logistic(drawn, (data["sch.wide"] == "Yes").astype(float), terms, TERMS), f"{name}.glm.logit", 1e-9)


def test_a_line_by_hand() -> None:
    # 1, 2, 4 on 0, 1, 2 drawn with replacement: slope 3 / 2, intercept 5 / 6, residuals 1/6, -1/3, 1/6. Influence on
    # the slope (x - 1) r / 2: -1/12, 0, 1/12, variance 3 / 2 * 2 / 144 = 1 / 48; on the intercept r / 3 less that:
    # 5/36, -4/36, -1/36, variance 3 / 2 * 42 / 1296 = 7 / 144. Degrees of freedom 2 + 1 - 2.
    found = linear(sample(np.ones(3)), np.array([1.0, 2.0, 4.0]), np.arange(3.0), ["x"]).coefficients
    assert found.value == pytest.approx([5 / 6, 3 / 2], rel=1e-12)
    assert found.standard_error == pytest.approx([(7 / 144) ** 0.5, (1 / 48) ** 0.5], rel=1e-12)
    assert found.degrees[0] == 1


def _clusters() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    cluster = np.repeat(np.arange(25), 8)
    second = (random.random(200) < 0.4).astype(float)
    values = random.normal(size=200) + second + random.normal(size=25)[cluster]
    return cluster, random.uniform(1, 4, 200), second, values


def test_a_line_between_two_groups_is_their_difference() -> None:
    cluster, weight, second, values = _clusters()
    drawn = sample(weight, clusters=cluster)
    found = linear(drawn, values, second, ["second"])
    against = compare_means(drawn, values, second)
    assert found.coefficients.value[1] == pytest.approx(against.difference.value[0], rel=1e-10)
    assert found.coefficients.standard_error[1] == pytest.approx(against.difference.standard_error[0], rel=1e-10)
    assert found.p_value[1] == pytest.approx(against.test.p_value, rel=1e-9)
    assert found.joint(["second"]).statistic == pytest.approx(against.test.statistic**2, rel=1e-9)


def test_odds_of_two_groups_are_those_of_their_shares() -> None:
    """The slope of two groups is the difference of their logits, with the variance of the delta method."""
    cluster, weight, second, values = _clusters()
    drawn, answer = sample(weight, clusters=cluster), (values > 0.5).astype(float)
    apart = np.where(np.column_stack([second == 0, second == 1]), answer[:, None], np.nan)
    share = mean(drawn, apart)
    slope = 1 / (share.value * (1 - share.value)) * np.array([-1.0, 1.0])
    found = logistic(drawn, answer, second * 1e6, ["second"])  # of any size
    odds = share.value / (1 - share.value)
    assert found.coefficients.value[1] * 1e6 == pytest.approx(np.log(odds[1] / odds[0]), rel=1e-9)
    wanted = (slope @ share.covariance @ slope) ** 0.5
    assert found.coefficients.standard_error[1] * 1e6 == pytest.approx(wanted, rel=1e-9)
    ratio, low, high = logistic(drawn, answer, second, ["second"]).odds_ratios()
    assert ratio[1] == pytest.approx(odds[1] / odds[0], rel=1e-9)
    assert low[1] < ratio[1] < high[1]


def test_a_domain_keeps_the_design() -> None:
    """The same coefficients as of the rows alone, with clusters without anyone in the domain in the variance."""
    cluster, weight, second, values = _clusters()
    drawn, inside = sample(weight, clusters=cluster), cluster < 15
    found = linear(drawn, values, second, ["second"], domain=inside).coefficients
    alone = linear(sample(weight[inside], clusters=cluster[inside]), values[inside], second[inside], ["second"])
    assert found.value == pytest.approx(alone.coefficients.value, rel=1e-12)
    # sums of influence are 0 over the domain, so empty clusters only change n / (n - 1): 25 / 24 for 15 / 14
    ratio = (25 / 24 / (15 / 14)) ** 0.5
    assert found.standard_error == pytest.approx(alone.coefficients.standard_error * ratio, rel=1e-9)


def test_indicators_of_a_factor() -> None:
    columns, names = indicators(np.array(["b", "a", None, "c"], dtype=object), "kind", "a")
    assert names == ("kind=b", "kind=c")
    assert columns == pytest.approx(np.array([[1, 0], [0, 0], [np.nan, np.nan], [0, 1]]), nan_ok=True)
