"""The plain estimator that the predictor has to beat: the weekday-expanded weekly mean, weeks as primary units."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from saphan.estimate.flow.model import Basis, Design, Estimate, FloatArray, FlowSample, IntArray

METHOD = "flow-expansion/1"


def expansion(sample: FlowSample, *, level: float = 0.95) -> Estimate:
    """The total of all series: each weekday's mean times its number of days, by calendar month.

    Drawn across month ends, weeks are expanded over the whole calendar instead. The variance collapses neighbouring
    strata: V = sum N_m^2 (1 - n_m / N_m) s^2 with s^2 half the mean squared successive difference of the strata's
    daily means (Cochran 1977, 5A.12; Wolter 2007, ch. 8). A weekday without an observation in its month takes the
    calendar's mean of that weekday, else the month's mean. ValueError where a window was never observed.
    """
    daily = np.where(sample.effort > 0, sample.counted / np.where(sample.effort > 0, sample.effort, 1.0), np.nan)
    if np.isnan(daily).all(axis=2).any():
        raise ValueError("a window was never observed: there is nothing to expand")
    by_month = sample.design is not Design.EQUAL_CHANCE_WEEK
    stratum = _months(sample) if by_month else np.zeros(sample.shape[2], dtype=np.int64)
    value = sum(
        float((_expanded(daily[s, w], stratum, sample.weekday) * sample.open[s, w]).sum())
        for s in range(sample.shape[0])
        for w in range(sample.shape[1])
    )
    unit = stratum if by_month else sample.cluster
    error = math.sqrt(_variance(daily, unit, sample))
    observed = (sample.effort > 0).any(axis=(0, 1))
    clusters = len(np.unique(sample.cluster[observed & (sample.cluster >= 0)]))
    freedom = max(len(np.unique(unit[observed])) - 1, 1)
    reach = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
    counted = float(sample.counted.sum())
    return Estimate(
        value=value,
        standard_error=error,
        low=max(value - reach, counted),
        high=value + reach,
        degrees_of_freedom=float(freedom),
        n_clusters=clusters,
        n_days=int(observed.sum()),
        counted=counted,
        extrapolated={"days": 1.0 - counted / value} if value > 0 else {},
        method=METHOD,
        words="Each weekday's mean times its number of days, by month; weeks as primary units, months collapsed.",
        basis=Basis.DESIGN,
        level=level,
    )


def _months(sample: FlowSample) -> IntArray:
    """(D,) calendar month of each day, counted from year 0."""
    first = np.datetime64(sample.first_day, "D")
    days: IntArray = (first + np.arange(sample.shape[2])).astype("datetime64[M]").astype(np.int64)
    return days


def _expanded(daily: FloatArray, stratum: IntArray, weekday: IntArray) -> FloatArray:
    """(D,) the mean of the observed days of the same weekday and stratum."""
    found = np.empty_like(daily)
    seen = ~np.isnan(daily)
    for one in np.unique(stratum):
        for day in range(7):
            cell = (stratum == one) & (weekday == day)
            for place in (cell & seen, (weekday == day) & seen, (stratum == one) & seen, seen):
                if place.any():
                    found[cell] = daily[place].mean()
                    break
    return found


def _variance(daily: FloatArray, unit: IntArray, sample: FlowSample) -> float:
    """Collapsed-strata variance of the total of all series, units in the order of the calendar."""
    whole = np.nansum(daily, axis=(0, 1))
    seen = ~np.isnan(daily).all(axis=(0, 1))
    # Weekday effects would otherwise pass for differences between units observed on other weekdays.
    week = np.array([whole[seen & (sample.weekday == day)].mean() if (seen & (sample.weekday == day)).any() else np.nan
                     for day in range(7)])  # fmt: skip
    relative = np.where(seen, whole / week[sample.weekday], np.nan) * np.nanmean(week)
    units = [one for one in np.unique(unit) if one >= 0 and (seen & (unit == one)).any()]
    means = np.array([np.nanmean(relative[seen & (unit == one)]) for one in units])
    observed = np.array([(seen & (unit == one)).sum() for one in units])
    if len(units) < 2:
        return float("inf")
    between = float((np.diff(means) ** 2).sum()) / (2 * (len(units) - 1))
    days = float(sample.shape[2])
    if sample.design is Design.EQUAL_CHANCE_WEEK:
        return days**2 * (1 - float(observed.sum()) / days) * between / len(units)
    sizes = np.array([(unit == one).sum() for one in units])
    return float((sizes**2 * (1 - observed / sizes) * between).sum())
