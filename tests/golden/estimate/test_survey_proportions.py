"""Intervals of proportions against R `survey` 4.5 to 1e-9, hand computations, and their coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.proportions import DEFAULT, Evidence, ProportionInterval, limits, proportion
from saphan.estimate.survey.sample import sample

DESIGNS = ("dsrs", "dstrat", "dclus1")
OURS = (ProportionInterval.KORN_GRAUBARD, ProportionInterval.WILSON_KISH)
IN_R = [one for one in ProportionInterval if one not in OURS]
# R reads the limits of the likelihood off a spline through ten points; ours are the roots themselves.
TOLERANCE = {ProportionInterval.LIKELIHOOD: 5e-6}


@needs_cases
@pytest.mark.parametrize("interval", IN_R)
@pytest.mark.parametrize("name", DESIGNS)
def test_limits_of_r(name: str, interval: ProportionInterval) -> None:
    # svyciprop(~I(sch.wide == "Yes"), design, method = interval)
    drawn, data = design(name)
    found = proportion(drawn, (data["sch.wide"] == "Yes").astype(float), interval=interval)
    case = cases()[f"{name}.ciprop.{interval}"]
    assert found.value == pytest.approx(case["est"], rel=1e-9)
    tolerance = TOLERANCE.get(interval, 1e-9)
    assert (found.low, found.high) == pytest.approx((case["lo"], case["hi"]), rel=tolerance)


def test_four_of_twenty_by_hand() -> None:
    # p = 0.2, variance p (1 - p) / 19, effective n 19, t(19) = 2.0930240544; Wilson's limits solve
    # (p - x)^2 = t^2 x (1 - x) / 19, by the quadratic formula (s = t^2 / 19 = 0.230566):
    found = proportion(sample(np.ones(20)), np.repeat([1.0, 0.0], [4, 16]))
    s = stats.t.ppf(0.975, 19) ** 2 / 19
    roots = np.roots([1 + s, -(0.4 + s), 0.04])
    assert found.evidence.effective_n == pytest.approx(19, rel=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(sorted(roots)), rel=1e-12)
    assert (found.low, found.high) == pytest.approx((0.074171, 0.438248), abs=2e-6)


def test_korn_graubard_is_clopper_pearson_in_a_simple_random_sample_of_zero() -> None:
    # nobody of 50: 1 - 0.025^(1 / 50) = 0.07112174, the exact limit of the binomial
    found = proportion(sample(np.ones(50)), np.zeros(50), interval=ProportionInterval.KORN_GRAUBARD)
    assert (found.low, found.high) == pytest.approx((0.0, 1 - 0.025 ** (1 / 50)), rel=1e-12)


def _simple(p: float) -> Evidence:
    """Of 50 in a simple random sample."""
    return Evidence(
        value=p,
        standard_error=(p * (1 - p) / 49) ** 0.5,
        n=50,
        effective_n=49 if p else 50,
        weight_n=50,
        degrees=49,
    )


def _coverage(interval: ProportionInterval) -> tuple[float, float]:
    """Mean and least chance that the interval of 50 answers holds the truth, over proportions of 0.01 to 0.05."""
    count = np.arange(1, 50)
    share = count / 50
    bounds = [limits(_simple(p), interval) for p in share]
    edge = _simple(0.0)
    try:
        zero = limits(edge, interval)
    except ValueError:
        zero = (0.0, 0.0)  # printed as certainty: covers nothing
    low, high = np.array([zero, *bounds]).T
    truths = np.linspace(0.01, 0.05, 81)
    chance = [float(stats.binom.pmf(np.arange(50), 50, p)[(low <= p) & (p <= high)].sum()) for p in truths]
    return float(np.mean(chance)), min(chance)


@pytest.mark.parametrize("interval", [ProportionInterval.WILSON, DEFAULT])
def test_the_default_covers_rare_attributes(interval: ProportionInterval) -> None:
    """Exact sums over the binomial: no simulation error."""
    average, least = _coverage(interval)
    assert 0.94 <= average <= 0.98
    assert least >= 0.89


def test_the_others_do_not() -> None:
    assert _coverage(ProportionInterval.KORN_GRAUBARD)[0] > 0.98
    assert _coverage(ProportionInterval.LIKELIHOOD)[1] < 0.89
    for interval in (ProportionInterval.LOGIT, ProportionInterval.ASIN, ProportionInterval.MEAN):
        assert _coverage(interval)[0] < 0.94


@pytest.mark.parametrize("truth", [0.02, 0.1])
def test_the_default_covers_in_clusters_of_unequal_weight(truth: float) -> None:
    """400 draws of 40 clusters of 10, with a correlation within clusters of 0.1 and a weight of 3 for 3 in 10."""
    random = np.random.default_rng(20240517)
    held = dict.fromkeys((DEFAULT, ProportionInterval.WILSON), 0)
    cluster = np.repeat(np.arange(40), 10)
    for _ in range(400):
        chance = random.beta(truth * 9, (1 - truth) * 9, 40)
        values = (random.random(400) < chance[cluster]).astype(float)
        weight = np.where(random.random(400) < 0.3, 3.0, 1.0)
        found = proportion(sample(weight, clusters=cluster), values)
        for interval in held:
            low, high = limits(found.evidence, interval)
            held[interval] += low <= truth <= high
    assert 0.93 <= held[DEFAULT] / 400 <= 0.98
    assert held[DEFAULT] >= held[ProportionInterval.WILSON]
