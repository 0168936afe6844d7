"""The plain estimator against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from flow_samples import DAYS, flow, sample, weeks
from saphan.estimate.flow import Design, expansion


def test_each_weekday_is_expanded_within_its_month() -> None:
    daily = flow()
    given = sample(daily)
    month = (np.datetime64("2023-01-01") + np.arange(DAYS)).astype("datetime64[M]").astype(int)
    seen = given.effort[0, 0] > 0
    total = 0.0
    for one in np.unique(month):
        for weekday in range(7):
            cell = (month == one) & (given.weekday == weekday)
            total += cell.sum() * daily[0, cell & seen].mean()
    assert expansion(given).value == pytest.approx(total)


def test_the_variance_collapses_neighbouring_months() -> None:
    # Flat weeks, so that the weekday adjustment is the identity: means m_i, V = sum N^2 (1 - 7/N) sum(diff^2) / 2(M-1).
    cluster = weeks()
    month = (np.datetime64("2023-01-01") + np.arange(DAYS)).astype("datetime64[M]").astype(int) - 636
    means = 100.0 + 10 * (np.arange(12) % 3)
    daily = means[month][None]
    found = expansion(sample(daily, cluster))
    sizes = np.bincount(month).astype(float)
    between = (np.diff(means) ** 2).sum() / (2 * 11)
    assert found.value == pytest.approx(daily.sum())
    assert found.standard_error**2 == pytest.approx((sizes**2 * (1 - 7 / sizes)).sum() * between)
    assert found.degrees_of_freedom == 11


def test_weeks_across_month_ends_are_expanded_over_the_calendar() -> None:
    daily = flow()
    given = sample(daily, design=Design.EQUAL_CHANCE_WEEK)
    seen = given.effort[0, 0] > 0
    total = sum(
        (given.weekday == weekday).sum() * daily[0, seen & (given.weekday == weekday)].mean() for weekday in range(7)
    )
    assert expansion(given).value == pytest.approx(total)


def test_nothing_observed_cannot_be_expanded() -> None:
    with pytest.raises(ValueError, match="never observed"):
        expansion(sample(flow(), np.full(DAYS, -1, dtype=np.int64)))
