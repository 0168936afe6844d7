"""What quantiles refuse."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.quantiles import QuantileInterval, QuantileRule, quantiles, weighted_quantiles
from saphan.estimate.survey.sample import sample

VALUES = np.arange(1.0, 31.0)


def test_refusals() -> None:
    drawn = sample(np.ones(30))
    with pytest.raises(ValueError, match=r"the median is 0\.5"):
        quantiles(drawn, VALUES, [50])
    with pytest.raises(ValueError, match="nobody in the domain"):
        quantiles(drawn, VALUES, [0.5], domain=np.zeros(30, dtype=bool))
    with pytest.raises(ValueError, match="one column of 30 rows"):
        quantiles(drawn, VALUES[:29], [0.5])
    with pytest.raises(ValueError, match="nobody has a value"):
        weighted_quantiles(np.array([np.nan]), np.ones(1), [0.5])
    with pytest.raises(NotByChanceError, match=r"convenience.*weighted_quantiles"):
        quantiles(sample(np.ones(30), basis=SamplingBasis.CONVENIENCE), VALUES, [0.5])


@pytest.mark.parametrize("rule", QuantileRule)
@pytest.mark.parametrize("interval", QuantileInterval)
def test_one_value(rule: QuantileRule, interval: QuantileInterval) -> None:
    """Nothing varies: the value is known, its interval is not."""
    values = np.where(np.arange(30) == 4, 7.0, np.nan)
    found = quantiles(sample(np.ones(30)), values, [0.5], rule=rule, interval=interval)
    assert found.value[0] == 7.0
    assert found.n == 1
    if interval is not QuantileInterval.BETA:
        assert np.isnan([found.low[0], found.high[0], found.standard_error[0]]).all()


def test_rows_that_do_not_count() -> None:
    """NaN and weight 0 change nothing."""
    weight = np.concatenate([np.ones(30), [0.0, 1.0]])
    values = np.concatenate([VALUES, [1000.0, np.nan]])
    with_them = quantiles(sample(weight), values, [0.5])
    assert (with_them.value[0], with_them.n) == (15.0, 30)


def test_limits_hold_the_value_and_stay_in_the_data() -> None:
    random = np.random.default_rng(5)
    for rule in (QuantileRule.MATH, QuantileRule.SCHOOL, QuantileRule.HF5, QuantileRule.HF8):
        for share in (0.02, 0.5, 0.98):
            values = random.normal(size=40)
            found = quantiles(sample(random.uniform(1, 3, 40)), values, [share], rule=rule)
            assert values.min() <= found.low[0] <= found.value[0] <= found.high[0] <= values.max()
