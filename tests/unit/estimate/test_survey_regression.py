"""What regressions refuse, and how they say it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.regression import Regression, indicators, linear, logistic
from saphan.estimate.survey.sample import sample

RANDOM = np.random.default_rng(8)
X = RANDOM.normal(size=60)
Z = RANDOM.normal(size=60)
ANSWER = (RANDOM.random(60) < 0.5).astype(float)
DRAWN = sample(np.ones(60))
BOTH = pytest.mark.parametrize("regress", [linear, logistic])


@BOTH
def test_collinear_terms(regress: Callable[..., Regression]) -> None:
    with pytest.raises(ValueError, match="total follows from intercept, x, z: leave one of them out"):
        regress(DRAWN, ANSWER, np.column_stack([X, Z, X + 2 * Z - 3]), ["x", "z", "total"])
    with pytest.raises(ValueError, match="z is 0 in every row"):
        regress(DRAWN, ANSWER, np.column_stack([X, np.zeros(60)]), ["x", "z"])


@BOTH
def test_too_few(regress: Callable[..., Regression]) -> None:
    with pytest.raises(ValueError, match="2 rows have all answers: too few for 3"):
        regress(DRAWN, ANSWER, np.column_stack([X, Z]), ["x", "z"], domain=np.arange(60) < 2)
    few = sample(np.ones(60), clusters=np.arange(60) // 20)
    with pytest.raises(ValueError, match="2 degrees of freedom of the design do not carry 3 coefficients"):
        regress(few, ANSWER, np.column_stack([X, Z]), ["x", "z"])


@BOTH
def test_shapes_and_names(regress: Callable[..., Regression]) -> None:
    with pytest.raises(ValueError, match="not of the 60 rows"):
        regress(DRAWN, ANSWER[:5], X, ["x"])
    with pytest.raises(ValueError, match="as many names, all different"):
        regress(DRAWN, ANSWER, np.column_stack([X, Z]), ["x", "x"])
    with pytest.raises(NotByChanceError, match="convenience"):
        regress(sample(np.ones(60), basis=SamplingBasis.CONVENIENCE), ANSWER, X, ["x"])


def test_complete_separation() -> None:
    with pytest.raises(ValueError, match=r"^x separate the answers"):
        logistic(DRAWN, (X > 0.3).astype(float), np.column_stack([X, Z]), ["x", "z"])


def test_an_empty_category_separates() -> None:
    """All of one category said yes: quasi-complete separation."""
    category = np.where(np.arange(60) < 6, 1.0, 0.0)
    with pytest.raises(ValueError, match=r"^category separate the answers"):
        logistic(DRAWN, np.where(category == 1, 1.0, ANSWER), np.column_stack([X, category]), ["x", "category"])


def test_certain_but_not_separated() -> None:
    """Chances very near 0 and 1 with one answer that crosses: a finite answer, and given."""
    steep = np.concatenate([np.linspace(-60, -1, 30), np.linspace(1, 60, 30)])
    answer = (steep > 0).astype(float)
    answer[29], answer[30] = 1.0, 0.0
    found = logistic(DRAWN, answer, steep, ["steep"]).coefficients
    assert 0 < found.value[1] < 10
    assert np.isfinite(found.standard_error).all()


def test_outcomes() -> None:
    with pytest.raises(ValueError, match="0 or 1, with NaN for no answer; there is 2"):
        logistic(DRAWN, ANSWER * 2, X, ["x"])
    with pytest.raises(ValueError, match="all 60 outcomes are 1"):
        logistic(DRAWN, np.ones(60), X, ["x"])
    with pytest.raises(ValueError, match="no odds ratios"):
        linear(DRAWN, ANSWER, X, ["x"]).odds_ratios()
    with pytest.raises(KeyError, match="no coefficient is named 'y'"):
        linear(DRAWN, ANSWER, X, ["x"]).joint(["y"])
    with pytest.raises(ValueError, match="nobody has the reference 'd' of kind; there are a, b"):
        indicators(np.array(["a", "b"]), "kind", "d")


def test_rows_without_an_answer_are_left_out() -> None:
    gaps = np.where(np.arange(60) < 10, np.nan, X)
    found = linear(DRAWN, ANSWER, gaps, ["x"]).coefficients
    assert found.n[0] == 50
    again = linear(DRAWN, ANSWER, X, ["x"], domain=np.arange(60) >= 10).coefficients
    assert found.value == pytest.approx(again.value, rel=1e-12)
