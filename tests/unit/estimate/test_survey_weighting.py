"""Weights by sums done by hand; those that cannot be made are refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.weighting import adjust_response, design_effect, join_small, sensitivity, trim

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


def test_those_who_answered_stand_for_their_class() -> None:
    of = np.repeat(["woman", "man", "child"], [40, 40, 3])
    answered = np.r_[np.arange(40) < 20, np.arange(40) < 10, [True, False, False]]
    found, response = adjust_response(sample(np.ones(83)), of, answered)
    assert response.rate == {"man": 0.25, "woman": pytest.approx(21 / 43), "child": pytest.approx(21 / 43)}
    assert response.pooled == ("child",)
    assert found.weight[(of == "man") & answered].sum() == pytest.approx(40)
    assert found.weight[(of != "man") & answered].sum() == pytest.approx(43)
    assert not found.weight[~answered].any()


PLACES = np.repeat(["a", "b", "c", "d"], [30, 20, 3, 4])
COUNTED = Margin(
    name="place",
    of=PLACES,
    classes=("a", "b", "c", "d", "e"),
    total=np.array([300.0, 200.0, 30.0, 40.0, 5.0]),
    variance=np.diag([4.0, 1.0, 2.0, 3.0, 5.0]),
)


def test_small_classes_share_their_total_and_its_variance() -> None:
    drawn = sample(np.ones(PLACES.size))
    few, names = join_small(drawn, COUNTED, smallest=7)  # c, d and e, where nobody was asked, are 7 together
    assert names == ("c", "d", "e")
    assert few.classes == ("a", "b", "c or d or e")
    assert few.total.tolist() == [300.0, 200.0, 75.0]
    assert few.variance is not None
    assert few.variance.tolist() == np.diag([4.0, 1.0, 10.0]).tolist()
    assert np.unique(few.of, return_counts=True)[1].tolist() == [30, 20, 7]
    most, _ = join_small(drawn, COUNTED)  # fewer than 10 together: with the largest
    assert (most.classes, most.total.tolist()) == (("a or c or d or e", "b"), [375.0, 200.0])
    none, names = join_small(drawn, COUNTED, smallest=31)
    assert (none.total.tolist(), len(names)) == ([575.0], 5)


def test_a_class_counted_at_nothing_or_of_weight_0_is_small() -> None:
    total = np.array([0.0, 200.0, 30.0, 40.0, 5.0])
    counted = Margin(name="place", of=PLACES, classes=COUNTED.classes, total=total)
    assert join_small(sample(np.ones(PLACES.size)), counted, smallest=3)[1] == ("a", "e")
    assert "b" in join_small(sample((PLACES != "b").astype(float)), COUNTED, smallest=3)[1]
    with pytest.raises(ValueError, match="place: d have no total"):
        join_small(sample(np.ones(57)), Margin(name="place", of=PLACES, classes=("a", "b", "c"), total=np.ones(3)))


def test_sensitivity_undoes_a_known_refusal() -> None:
    truth, ratio = 0.3, 0.5
    seen = truth * ratio / (truth * ratio + 1 - truth)
    table = sensitivity(seen, [1.0, ratio])
    assert table == {1.0: pytest.approx(seen), ratio: pytest.approx(truth)}
    with pytest.raises(ValueError, match="positive"):
        sensitivity(seen, [0.0])
