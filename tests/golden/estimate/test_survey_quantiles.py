"""Quantiles, limits and standard errors against R `survey` 4.5, to 1e-9, and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from r_survey import cases, design, needs_cases
from saphan.estimate.survey.quantiles import QuantileInterval, QuantileRule, quantiles, weighted_quantiles
from saphan.estimate.survey.sample import sample

PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9)
# Of the quantile at 0.9 here everybody is at or below it: R then has an interval without width on the plain scale, and
# none on that of beta; ours has none on the plain scale, and the exact one for all of n on that of beta.
EVERYBODY = {("dstrat", "shahvaish", "mean"), ("dstrat", "shahvaish", "beta")}


@needs_cases
@pytest.mark.parametrize("interval", QuantileInterval)
@pytest.mark.parametrize("rule", QuantileRule)
@pytest.mark.parametrize("name", ["dsrs", "dstrat", "dclus1"])
def test_r(name: str, rule: QuantileRule, interval: QuantileInterval) -> None:
    # svyquantile(~api00, design, c(.1, .25, .5, .75, .9), qrule = rule, interval.type = interval)
    drawn, data = design(name)
    if (
        name != "dsrs"
    ):  # R's weights are single-precision numbers; the text file lost their last bits, and ties with them
        drawn = replace(drawn, weight=drawn.weight.astype(np.float32).astype(float))
    found = quantiles(drawn, data["api00"], PROBABILITIES, rule=rule, interval=interval)
    case = cases()[f"{name}.quantile.{rule}.{interval}"]
    held = slice(0, 4 if (name, str(rule), str(interval)) in EVERYBODY else 5)
    assert found.value == pytest.approx(np.array(case["q"]), rel=1e-9)
    for ours, theirs in ((found.low, "lo"), (found.high, "hi"), (found.standard_error, "se")):
        wanted = np.array(case[theirs], dtype=float)
        assert ours[held] == pytest.approx(wanted[held], rel=1e-9, abs=1e-12, nan_ok=True), theirs


@pytest.mark.parametrize(
    ("rule", "half", "seven_tenths"),
    [
        # values 1, 2, 3, 4 with weights 1, 2, 1, 1: sums 1, 3, 4, 5, shares 0.2, 0.6, 0.8, 1
        ("math", 2, 3),
        ("school", 2, 3),
        ("hf4", 1.75, 2.5),  # 1 + 0.3 / 0.4; 2 + 0.1 / 0.2
        ("hf5", 2 + 0.1 / 0.3, 3),  # midpoints 0.1, 0.4, 0.7, 0.9
        ("hf6", 2, 3.2),  # sums over 6: 1/6, 3/6, 4/6, 5/6; 3 + (0.7 - 4/6) / (1/6)
        ("hf7", 2.5, 2.9),  # sums before over 4: 0, 1/4, 3/4, 1; 2 + 0.5; 2 + 0.45 / 0.5
        ("hf8", 2 + (0.5 - 7 / 16) / 0.25, 3 + (0.7 - 11 / 16) / 0.1875),  # (2/3, 7/3, 11/3, 14/3) over 16/3
    ],
)
def test_four_by_hand(rule: str, half: float, seven_tenths: float) -> None:
    found = weighted_quantiles(
        np.array([3.0, 1.0, 4.0, 2.0]), np.array([1.0, 1.0, 1.0, 2.0]), [0.5, 0.7], QuantileRule(rule)
    )
    assert found == pytest.approx([half, seven_tenths], rel=1e-12)


def test_a_share_met_exactly() -> None:
    values, weight = np.arange(1.0, 5.0), np.full(4, 0.25)
    assert weighted_quantiles(values, weight, [0.5], QuantileRule.MATH) == [2.0]
    assert weighted_quantiles(values, weight, [0.5], QuantileRule.SCHOOL) == [2.5]


def test_woodruff_by_hand() -> None:
    # 1 to 99 in a simple random sample with replacement: the median is 50, its share 50 / 99 with the standard error
    # sqrt(50 / 99 * 49 / 99 / 98); limits are the values at that share plus and minus t(98) standard errors.
    found = quantiles(sample(np.ones(99)), np.arange(1.0, 100.0), [0.5], interval=QuantileInterval.MEAN)
    reach = stats.t.ppf(0.975, 98) * (50 / 99 * 49 / 99 / 98) ** 0.5
    assert (found.value[0], found.low[0], found.high[0]) == (
        50,
        np.ceil(99 * (50 / 99 - reach)),
        np.ceil(99 * (50 / 99 + reach)),
    )
    assert found.standard_error[0] == pytest.approx(19 / 2 / stats.t.ppf(0.975, 98), rel=1e-12)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_the_default_covers(share: float) -> None:
    random, held = np.random.default_rng(7), 0
    truth = stats.lognorm.ppf(share, 1)
    for _ in range(400):
        found = quantiles(sample(np.ones(60)), random.lognormal(0, 1, 60), [share])
        held += found.low[0] <= truth <= found.high[0]
    assert 0.93 <= held / 400 <= 0.985


def test_a_domain_keeps_the_design() -> None:
    """Three clusters of 20, the third without anyone in the domain: it still counts in the variance."""
    cluster, values = np.repeat(np.arange(3), 20), np.tile(np.arange(20.0), 3)
    values[cluster == 1] += 5
    found = quantiles(
        sample(np.ones(60), clusters=cluster),
        values,
        [0.5],
        domain=cluster < 2,
        interval=QuantileInterval.MEAN,
        level=0.5,
    )
    # Of 40, 19 are at most 11 and 21 at most 12. Influence sums of the clusters: (13 - 20 * 21 / 40) / 40 = 0.0625,
    # -0.0625 and 0; variance 3 / 2 * 2 * 0.0625^2, standard error 0.10825. One degree of freedom: t = 1 at the level
    # 0.5, so the limits are 0.41675 and 0.63325, 16.7 and 25.3 of 40; 17 are at most 10, 25 at most 14, 27 at most 15.
    assert (found.value[0], found.degrees) == (12, 1)
    assert (found.low[0], found.high[0]) == (10, 15)
