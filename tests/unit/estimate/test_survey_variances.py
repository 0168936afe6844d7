"""What variances and design effects refuse, and what they leave out."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.variances import Reference, correlation, covariance, design_effects, variance

VALUES = np.arange(10.0)
DRAWN = sample(np.ones(10))


def test_refusals() -> None:
    with pytest.raises(ValueError, match="from two on"):
        variance(DRAWN, VALUES, domain=VALUES == 3)
    with pytest.raises(ValueError, match="nobody in the domain"):
        variance(DRAWN, VALUES, domain=VALUES > 20)
    with pytest.raises(ValueError, match="no correlation"):
        correlation(DRAWN, VALUES, np.ones(10))
    with pytest.raises(ValueError, match="there are 3"):
        covariance(DRAWN, VALUES, np.ones((10, 2)))
    with pytest.raises(ValueError, match="weights sum to 10 for 10 rows"):
        design_effects(DRAWN, VALUES)
    with pytest.raises(ValueError, match="no design effect"):
        design_effects(DRAWN, np.ones(10), reference=Reference.WITH_REPLACEMENT)
    with pytest.raises(NotByChanceError, match="quota"):
        design_effects(sample(np.ones(10), basis=SamplingBasis.QUOTA), VALUES)


def test_rows_that_do_not_count() -> None:
    gaps = np.append(VALUES, [np.nan, 100.0])
    drawn = sample(np.append(np.ones(11), 0.0))
    assert variance(drawn, gaps).value[0] == pytest.approx(VALUES.var(ddof=1), rel=1e-12)
    pair = covariance(drawn, gaps, np.append(VALUES[::-1], [3.0, 5.0]))
    assert pair.n[0] == 10
    assert pair.value[0] == pytest.approx(-VALUES.var(ddof=1), rel=1e-12)


def test_several_columns_at_once() -> None:
    several = np.column_stack([VALUES, VALUES**2, np.where(VALUES > 4, VALUES, np.nan)])
    found = variance(DRAWN, several, names=("a", "b", "c"))
    for place, name in enumerate(found.names):
        alone = variance(DRAWN, several[:, place])
        assert (found.value[place], found.n[place]) == pytest.approx((alone.value[0], alone.n[0])), name
        assert found.standard_error[place] == pytest.approx(alone.standard_error[0])
