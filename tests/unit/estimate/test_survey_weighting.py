"""Weights that cannot be made are refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.weighting import adjust_response, design_effect, trim

DRAWN = sample(np.array([1.0, 2.0, 3.0, 10.0]))


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"lower": 5.0, "upper": 5.0}, "trimming from 5 to 5"),
        ({"upper": 3.0}, "4 weights from 0 to 3 cannot add to 16.*mean is 4"),
        ({"lower": 4.5}, "cannot add to 16"),
        ({"upper": np.nan}, "trimming from 0 to nan"),
    ],
)
def test_limits_that_cannot_be_are_refused(limits: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        trim(DRAWN, **limits)


def test_weights_within_the_limits_stay() -> None:
    found = trim(DRAWN, lower=1.0, upper=10.0)
    assert found.sample.weight.tolist() == DRAWN.weight.tolist()
    assert (found.rows, found.moved) == (0, 0.0)
    with pytest.raises(ValueError, match="cuts every weight"):
        trim(sample(np.array([1.0, 10.0])), lower=5.0, upper=6.0)


def test_response_that_cannot_be_adjusted_for_is_refused() -> None:
    classes = np.array(["a", "a", "b", "b"])
    with pytest.raises(ValueError, match="4 classes and 3 answers for 4 rows"):
        adjust_response(DRAWN, classes, np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="nobody answered"):
        adjust_response(DRAWN, classes, np.zeros(4, dtype=bool))
    with pytest.raises(ValueError, match="classes in which nobody answered hold a weight of 13"):
        adjust_response(DRAWN, classes, np.array([True, True, False, False]), smallest=0)


def test_classes_too_small_are_pooled_and_named() -> None:
    classes = np.repeat(["a", "b", "c"], [20, 20, 4])
    answered = np.r_[np.arange(40) % 2 == 0, [True, False, False, False]]
    found, response = adjust_response(sample(np.full(44, 2.0)), classes, answered, smallest=5)
    assert response.pooled == ("c",)
    assert found.weight.sum() == pytest.approx(88.0)
    assert np.unique(found.weight[answered]).size == 2


def test_design_effect_of_equal_weights_is_1() -> None:
    assert design_effect(np.full(9, 3.7)) == pytest.approx(1.0)
    assert np.isnan(design_effect(np.zeros(3)))
