"""Numbers for labels agree with a sort, whatever the labels are."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.estimate.survey.codes import codes, firsts

RNG = np.random.default_rng(1)
LABELS = {
    "small numbers": RNG.integers(-3, 9, 200),
    "unsigned": RNG.integers(0, 9, 200).astype(np.uint8),
    "large and few": RNG.choice([2**62, -(2**62), 5], 200),
    "whole doubles": RNG.integers(0, 9, 200).astype(float),
    "broken doubles": RNG.choice([0.5, 1.25, -3.0], 200),
    "infinite": RNG.choice([np.inf, 1.0], 200),
    "yes or no": RNG.uniform(size=200) < 0.5,
    "fixed text": RNG.choice(["b", "a"], 200),
    "one": np.array([7]),
    "none": np.empty(0, dtype=np.int64),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_they_are_those_of_a_sort(labels: np.ndarray) -> None:
    present, code = codes(labels)
    expected, place = np.unique(labels, return_inverse=True)
    assert np.array_equal(present, expected)
    assert np.array_equal(code, place)
    assert np.array_equal(firsts(code, present.size), np.unique(labels, return_index=True)[1])


def test_text_is_in_the_order_of_its_letters() -> None:
    told = np.array(["ไทย", "b", "", "a", "ไทย"], dtype=object)
    present, code = codes(told)
    assert present.tolist() == ["", "a", "b", "ไทย"]
    assert code.tolist() == [3, 2, 0, 1, 3]


def test_text_and_numbers_do_not_mix() -> None:
    with pytest.raises(ValueError, match="text in some rows"):
        codes(np.array(["a", 1], dtype=object))
