"""What must hold of any estimate of flows, whatever the constants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from flow_samples import DAYS, FIRST_DAY, flow, sample, weeks, with_nights
from saphan.estimate.flow import Basis, Design, FlowSample, effort, fit, hour_profile, product
from saphan.estimate.flow.drawn import calibration, left_out
from saphan.estimate.flow.effects import days_of


def test_a_census_has_no_variance() -> None:
    daily = flow(2)
    estimate = fit(sample(daily, np.arange(DAYS) // 7, design=Design.CENSUS)).total(1.0)
    assert (estimate.value, estimate.low, estimate.high) == (daily.sum(),) * 3
    assert estimate.standard_error == 0
    assert estimate.basis is Basis.COUNT
    assert estimate.effective_coverage == 1


def test_a_flow_that_never_changes_is_expanded_exactly() -> None:
    estimate = fit(sample(np.full((1, DAYS), 400.0))).total(1.0)
    assert estimate.value == pytest.approx(400 * DAYS, rel=1e-9)
    assert estimate.half_width < 0.001 * estimate.value


def test_a_year_is_found_from_twelve_weeks() -> None:
    daily = flow()
    estimate = fit(sample(daily)).total(1.0)
    assert estimate.value == pytest.approx(daily.sum(), rel=0.03)
    assert estimate.low < daily.sum() < estimate.high
    assert 0.005 < estimate.half_width / estimate.value < 0.08
    assert (estimate.n_clusters, estimate.n_days) == (12, 84)


def test_parts_add_to_the_total_in_value_and_in_variance() -> None:
    fitted = fit(sample(flow()))
    halves = [np.where(np.arange(DAYS) < 181, 1.0, 0.0), np.where(np.arange(DAYS) < 181, 0.0, 1.0)]
    whole = fitted.total(1.0)
    assert sum(fitted.total(half).value for half in halves) == pytest.approx(whole.value, rel=1e-10)
    assert fitted.covariance(halves).sum() == pytest.approx(whole.standard_error**2, rel=1e-5)
    assert fitted.expected.sum() == pytest.approx(whole.value, rel=1e-10)


def test_totals_of_two_points_correlate_as_the_points_do() -> None:
    fitted = fit(sample(flow(2)))
    points = [np.array([1.0, 0.0])[:, None, None], np.array([0.0, 1.0])[:, None, None]]
    errors = [fitted.total(point).standard_error for point in points]
    covariance = fitted.covariance(points)
    assert fitted.correlation[0, 1] != 0
    assert covariance[0, 1] == pytest.approx(fitted.correlation[0, 1] * errors[0] * errors[1], rel=1e-6)
    assert covariance.sum() == pytest.approx(fitted.total(1.0).standard_error ** 2, rel=1e-6)


def test_what_was_counted_stands_as_counted() -> None:
    given = sample(flow())
    fitted = fit(given)
    observed = given.effort[0, 0] > 0
    assert np.array_equal(fitted.expected[0, 0, observed], given.count[0, 0, observed])
    assert fitted.total(observed.astype(float)).standard_error == 0


def test_points_with_the_same_weeks_share_their_errors() -> None:
    daily = flow(3)
    together = fit(sample(daily))
    alone = [fit(sample(daily[[point]])).total(1.0) for point in range(3)]
    variance = sum(one.standard_error**2 for one in alone)
    total = together.total(1.0)
    assert total.value == pytest.approx(sum(one.value for one in alone), rel=0.01)
    assert total.standard_error**2 > 0.8 * variance
    assert np.linalg.eigvalsh(together.correlation).min() > -1e-9


def test_closed_days_add_nothing() -> None:
    daily = flow()
    opened = np.ones((1, 1, DAYS), dtype=bool)
    opened[..., 200:] = False
    cluster = np.where(np.arange(DAYS) < 200, weeks(), -1)
    estimate = fit(replace(sample(daily, cluster), open=opened)).total(1.0)
    assert estimate.value == pytest.approx(daily[0, :200].sum(), rel=0.05)
    assert estimate.closed == pytest.approx(165 / 365)


def test_nights_counted_once_a_week_are_wider_than_days() -> None:
    daily = flow()
    nights = np.round(daily * 0.3 * np.where(np.arange(DAYS) % 7 == 5, 1.6, 0.9))
    fitted = fit(with_nights(daily, nights, weeks()))
    by_window = {w: np.zeros((1, 2, 1)) for w in range(2)}
    for w, weights in by_window.items():
        weights[:, w] = 1.0
    day, night = (fitted.total(by_window[w]) for w in range(2))
    assert night.low < nights.sum() < night.high
    assert night.standard_error / night.value > 2 * day.standard_error / day.value
    assert night.extrapolated["windows"] > 0.1


def test_half_watched_days_are_completed() -> None:
    daily = flow()
    whole, half = (fit(sample(daily, effort=part)).total(1.0) for part in (1.0, 0.5))
    assert half.value == pytest.approx(whole.value, rel=0.002)
    assert half.effective_coverage == pytest.approx(whole.effective_coverage / 2, rel=0.01)
    assert half.standard_error > whole.standard_error
    assert half.extrapolated["hours"] > 0.1


def test_a_known_daily_series_narrows_the_interval() -> None:
    daily = flow()
    known = 0.7 * daily
    plain, ratio = fit(sample(daily)).total(1.0), fit(replace(sample(daily), known=known)).total(1.0)
    assert ratio.half_width < 0.3 * plain.half_width
    assert ratio.value == pytest.approx(daily.sum(), rel=0.002)
    gap = known.copy()
    gap[0, 100:130] = np.nan
    assert fit(replace(sample(daily), known=gap)).total(1.0).value == pytest.approx(daily.sum(), rel=0.01)


def test_a_series_known_at_one_point_leaves_the_other_as_it_was() -> None:
    daily = flow(2)
    known = np.full(daily.shape, np.nan)
    known[0] = 0.7 * daily[0]
    first, second = np.eye(2)[:, :, None, None]
    plain, ratio = fit(sample(daily)), fit(replace(sample(daily), known=known))
    assert ratio.total(first).standard_error < plain.total(first).standard_error / 4
    alone = fit(sample(daily[1:])).total(1.0)
    assert ratio.total(second).value == pytest.approx(alone.value, rel=1e-9)
    unknown = replace(sample(daily), known=np.full(daily.shape, np.nan))
    assert fit(unknown).total(1.0).value == pytest.approx(plain.total(1.0).value, rel=1e-12)


def test_a_series_that_knows_the_day_does_not_vouch_for_the_night() -> None:
    daily = flow(1)
    nights = np.round(0.3 * daily * np.exp(0.3 * np.sin(np.arange(DAYS) * 0.15)))
    given = with_nights(daily, nights, weeks())
    at_night = np.array([0.0, 1.0])[:, None]
    plain, ratio = fit(given).total(at_night), fit(replace(given, known=0.7 * daily)).total(at_night)
    assert ratio.standard_error > 0.8 * plain.standard_error


@pytest.mark.parametrize(
    ("daily", "cluster"),
    [
        (np.zeros((1, DAYS)), weeks()),
        (np.where(np.arange(DAYS) % 90 == 9, 40.0, 0.0)[None], weeks()),
        ((np.arange(DAYS) % 5 == 0).astype(float)[None], weeks()),
        (flow(), np.where(np.arange(DAYS) // 7 == 20, 0, -1)),
        (flow(), np.where(np.arange(DAYS) == 140, 0, -1)),
    ],
    ids=["all zeros", "a busy day now and then", "a person now and then", "one week", "one day"],
)
def test_scarce_data_give_wide_intervals_and_no_error(daily: np.ndarray, cluster: np.ndarray) -> None:
    estimate = fit(sample(daily, cluster)).total(1.0)
    assert 0 <= estimate.counted <= estimate.low <= estimate.value <= estimate.high
    assert estimate.low <= daily.sum() <= estimate.high
    assert estimate.high - estimate.low > 0.1 * daily.sum()


def test_a_window_never_observed_is_named_and_left_out() -> None:
    daily = flow()
    given = with_nights(daily, daily, weeks())
    blind = given.effort.copy()
    blind[:, 1] = 0
    estimate = fit(replace(given, effort=blind, count=np.where(blind > 0, given.count, np.nan))).total(1.0)
    assert estimate.never_observed == ("point 0 night",)
    assert estimate.value == pytest.approx(daily.sum(), rel=0.03)


def test_a_fixed_week_rests_on_the_model() -> None:
    assert fit(sample(flow(), design=Design.FIXED_WEEK)).total(1.0).basis is Basis.MODEL
    assert "fixed, not drawn" in fit(sample(flow(), design=Design.FIXED_WEEK)).total(1.0).words
    assert fit(sample(flow())).total(1.0).basis is Basis.DESIGN


def test_a_holiday_unseen_is_drawn_towards_those_seen() -> None:
    cluster = weeks()
    seen, unseen = np.flatnonzero(cluster == 3)[2], np.flatnonzero(cluster < 0)[40]
    daily = np.full((1, DAYS), 300.0)
    daily[0, [seen, unseen]] = 120.0
    holiday = tuple("feast" if day in (seen, unseen) else None for day in range(DAYS))
    fitted = fit(replace(sample(daily, cluster), holiday=holiday))
    assert fitted.expected[0, 0, unseen] == pytest.approx(120, rel=0.15)


def test_bridge_days_lie_between_holidays_or_beside_a_weekend() -> None:
    # 2023-01-01 is a Sunday. Thursday the 5th: Friday is a bridge. Tuesday 17th and Friday 20th: both days between.
    holiday: list[str | None] = [None] * 31
    for day in (5, 17, 20):
        holiday[day - 1] = "feast"
    weekday = (np.arange(31) + FIRST_DAY.weekday()) % 7
    bridges = days_of(weekday, holiday, (5, 6)).bridge
    assert list(np.flatnonzero(bridges) + 1) == [6, 16, 18, 19]


def test_leaving_a_unit_out_is_what_refitting_without_it_gives() -> None:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(9, 9))
    covariance = root @ root.T + np.eye(9)
    values = rng.normal(size=9)
    unit = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
    inverse = np.linalg.inv(covariance)
    one = left_out(inverse[None], (inverse @ values)[None], unit)[1]
    inside, outside = unit == 1, unit != 1
    predicted = covariance[np.ix_(inside, outside)] @ np.linalg.solve(
        covariance[np.ix_(outside, outside)], values[outside]
    )
    assert one.error[0] == pytest.approx(values[inside] - predicted)


def test_a_model_that_expects_its_errors_is_left_as_it_is() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=3000)
    inverse = np.eye(3000)[None]
    units = left_out(inverse, values[None], np.arange(3000))
    pull = np.ones((1, 3000))
    assert calibration(units, pull, np.ones(1), np.ones(1), 4.0)[0] == pytest.approx(1.0, abs=0.1)
    assert calibration(units, pull, np.full(1, 4.0), np.ones(1), 4.0)[0] == pytest.approx(0.25, abs=0.03)


def test_total_times_share_joins_both_variances() -> None:
    total = fit(sample(flow())).total(1.0)
    found = product(total, share=0.2, standard_error=0.01, degrees_of_freedom=11)
    expected = np.hypot(0.2 * total.standard_error, 0.01 * total.value)
    assert found.value == pytest.approx(0.2 * total.value)
    assert found.standard_error == pytest.approx(expected)
    reach = stats.t.ppf(0.975, found.degrees_of_freedom) * expected
    assert found.high - found.low == pytest.approx(2 * reach, rel=0.02)
    with pytest.raises(ValueError, match="outside 0 to 1"):
        product(total, share=1.2, standard_error=0.01, degrees_of_freedom=11)


def test_hours_watched_on_busy_days_are_not_overstated() -> None:
    shape = np.array([0.1, 0.2, 0.3, 0.4])
    size = np.array([100.0, 1000.0] * 10)
    truth = np.outer(size, shape)[None]
    watched = np.ones_like(truth)
    watched[0, size < 500, 3] = 0.0
    profile = hour_profile(truth * watched, watched)
    assert profile[0] == pytest.approx(shape, abs=0.02)
    assert effort(profile, watched)[0, 0] == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("effort", np.full((1, 1, DAYS), 1.5), "outside 0 to 1"),
        ("count", np.full((1, 1, DAYS), np.nan), "no count"),
        ("open", np.ones((1, 2, DAYS), dtype=bool), "open has shape"),
        ("cluster", np.zeros(3, dtype=np.int64), "cluster has shape"),
        ("known", np.zeros((2, DAYS)), "known has shape"),
    ],
)
def test_a_sample_that_does_not_fit_together_is_refused(field: str, value: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(sample(flow()), **{field: value})


def test_a_calendar_need_not_be_a_year() -> None:
    daily = flow()[:, :45]
    cluster = np.where((np.arange(45) >= 10) & (np.arange(45) < 17), 0, -1)
    given = FlowSample(
        first_day=date(2023, 1, 1),
        series=("a",),
        windows=("day",),
        count=np.where(cluster >= 0, daily, np.nan)[None],
        effort=(cluster >= 0).astype(float)[None, None],
        open=np.ones((1, 1, 45), dtype=bool),
        cluster=cluster,
        holiday=(None,) * 45,
    )
    estimate = fit(given).total(1.0)
    assert estimate.low < daily.sum() < estimate.high
