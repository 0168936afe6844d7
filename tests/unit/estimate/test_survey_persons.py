"""Persons per movement, against sums done by hand and invented years whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from saphan.estimate.survey.persons import persons


def weeks_alike(crossings: float, months: int) -> dict[str, Any]:
    """A year of months in which everybody met has crossed equally often, seven interviews on seven days of each."""
    month = np.repeat(np.arange(months), 7)
    return {
        "crossings": np.full(month.size, crossings),
        "weights": np.ones(month.size),
        "month": month,
        "day": month * 30 + np.tile(np.arange(7), months),
        "days": [30] * months,
        "smallest": 7,
    }


def test_who_crosses_often_counts_as_one_person() -> None:
    # One person who crosses 30 times in 30 days and thirty who cross once are met in equal numbers.
    given = {**weeks_alike(1.0, 1), "crossings": np.array([30.0, 1.0] * 3 + [np.nan]), "smallest": 6}
    found = persons(**given)
    assert found.by_month[0].value == pytest.approx((1 / 30 + 1) / 2)
    assert found.by_month[0].n == 6
    assert persons(**{**given, "smallest": 7}).by_month == {}
    with pytest.raises(ValueError, match="at least once"):
        persons(**{**given, "crossings": np.zeros(7)})


@pytest.mark.parametrize("days", [28, 30, 31])
def test_who_crossed_once_is_one_person_however_long_the_month(days: int) -> None:
    assert persons(**{**weeks_alike(1.0, 1), "days": [days]}).by_month[0].value == 1
    # Of 16 crossings in 30 days, 15 are others, spread over the days.
    often = persons(**{**weeks_alike(16.0, 1), "days": [days]}).by_month[0].value
    assert often == pytest.approx(1 / (1 + 15 * days / 30))


@pytest.mark.parametrize("other", [2.0, 2.1, 4.0])
def test_the_spread_of_weeks_is_that_of_neighbouring_months_raised_to_what_is_assumed(other: float) -> None:
    # By hand: logarithms alternate by d, so the mean square of successive differences is d^2, half of it each week's.
    told = np.where(np.arange(12 * 7) // 7 % 2 == 0, 2.0, other)
    found = persons(**{**weeks_alike(1.0, 12), "crossings": told})
    weight = 4 / (4 + 2 * 11**2 / (3 * 12 - 4))
    own = np.log(other / 2.0) ** 2 / 2
    assert found.assumed == pytest.approx(weight)
    assert found.between**2 == pytest.approx(max(own, weight * 0.05**2 + (1 - weight) * own))
    month = found.by_month[3]
    assert month.standard_error == pytest.approx(month.value * found.between)  # nobody in a week differs from another
    assert month.value - month.low < month.high - month.value  # on the logarithm


def test_a_month_alone_rests_on_what_is_assumed_and_is_wider() -> None:
    alone, among = persons(**weeks_alike(2.0, 1)), persons(**weeks_alike(2.0, 12))
    assert (alone.assumed, alone.between) == (1.0, 0.05)
    assert alone.by_month[0].degrees_of_freedom == pytest.approx(4)
    assert among.between < alone.between
    assert alone.by_month[0].high > among.by_month[0].high


def test_intervals_of_persons_cover_where_weeks_differ_from_their_months() -> None:
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(60):
        months, size = 12, 210
        frequent = 0.5 + np.repeat(rng.normal(0, 0.08, months), size)  # the week's share; the month's is a half
        given = {
            "crossings": np.where(rng.random(months * size) < frequent, 20.0, 1.0),
            "weights": rng.uniform(0.5, 1.5, months * size),
            "month": np.repeat(np.arange(months), size),
            "day": np.repeat(np.arange(months), size) * 30 + np.tile(np.repeat(np.arange(7), size // 7), months),
        }
        truth = (1 + 1 / 20) / 2
        found = persons(**given, days=[30] * months)
        covered.append([one.low <= truth <= one.high for one in found.by_month.values()])
    assert 0.93 < np.mean(covered) < 0.98
