"""How many travellers each one selected stands for, where those who pass during an interview are passed over."""

from __future__ import annotations

import numpy as np
import pytest

from saphan.analyse.indicators.weighting import travellers_each


def test_the_ratio_of_counted_to_selected_stands_for_the_interval() -> None:
    each, notes = travellers_each(np.array([[400.0, 90.0]]), np.array([[8.0, 9.0]]))
    assert each == pytest.approx(np.array([[50.0, 10.0]]))
    assert notes == ()


def test_a_week_with_nobody_selected_is_spread_over_the_others_of_its_point() -> None:
    counted, selected = np.array([[400.0, 90.0, 98.0], [50.0, 0.0, 0.0]]), np.array([[8.0, 9.0, 0.0], [5.0, 0.0, 0.0]])
    each, (said,) = travellers_each(counted, selected)
    assert (each * selected).sum(axis=1) == pytest.approx(counted.sum(axis=1))
    assert each[0, 0] / each[0, 1] == pytest.approx(5.0)  # in proportion to what they stand for
    assert each[1, 0] == pytest.approx(10.0)
    assert "1 of 4 weeks" in said and "98 movements" in said


def test_a_week_that_lacks_counts_takes_the_ratio_of_its_point_or_of_all() -> None:
    counted, selected = np.array([[400.0, 3.0], [0.0, 0.0]]), np.array([[8.0, 9.0], [4.0, 0.0]])
    each, (said,) = travellers_each(counted, selected)
    assert each[0] == pytest.approx([50.0, 50.0])
    assert each[1, 0] == pytest.approx(50.0)
    assert said.startswith("In 2 weeks")


def test_without_any_count_nobody_stands_for_more_than_another() -> None:
    each, _ = travellers_each(np.zeros((2, 2)), np.ones((2, 2)))
    assert each == pytest.approx(np.ones((2, 2)))
