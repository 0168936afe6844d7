"""Samples made without chance, so that every machine has the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from saphan.estimate.flow import Design, FlowSample

FIRST_DAY = date(2023, 1, 1)
DAYS = 365


def weeks(design: Design = Design.RANDOM_WEEK) -> np.ndarray:
    """One week in each month, its start moving through the month; or one week of every four."""
    cluster = np.full(DAYS, -1, dtype=np.int64)
    starts = (
        range(7, DAYS - 7, 28)
        if design is Design.EQUAL_CHANCE_WEEK
        else [(date(2023, month, 1) - FIRST_DAY).days + (5 * month) % 21 for month in range(1, 13)]
    )
    for index, start in enumerate(starts):
        cluster[start : start + 7] = index
    return cluster


def flow(points: int = 1, size: float = 500.0) -> np.ndarray:
    """(S, D) a year with a season, weekdays and swells, a little different at each point."""
    day = np.arange(DAYS)
    weekday = np.array([(FIRST_DAY + timedelta(days=int(index))).weekday() for index in day])
    rows = []
    for point in range(points):
        season = 0.2 * np.cos(2 * np.pi * (day - 20 * point) / DAYS)
        swell = 0.08 * np.sin(day * (0.21 + 0.01 * point)) + 0.06 * np.sin(day**1.5 * 0.37 + point)
        week = np.array([0.1, 0.0, 0.0, 0.05, 0.2, -0.1, -0.4])[weekday]
        rows.append(np.round(size * (1 + 0.3 * point) * np.exp(season + swell + week)))
    return np.stack(rows)


def sample(
    daily: np.ndarray,
    cluster: np.ndarray | None = None,
    *,
    effort: float = 1.0,
    design: Design = Design.RANDOM_WEEK,
) -> FlowSample:
    """Daily movements (S, D) counted on the days that have a cluster."""
    drawn = weeks(design) if cluster is None else cluster
    observed = drawn >= 0
    points = len(daily)
    return FlowSample(
        first_day=FIRST_DAY,
        series=tuple(f"point {index}" for index in range(points)),
        windows=("day",),
        count=np.where(observed, daily * effort, np.nan)[:, None],
        effort=np.broadcast_to(observed * effort, (points, 1, daily.shape[1])).astype(float),
        open=np.ones((points, 1, daily.shape[1]), dtype=bool),
        cluster=drawn,
        holiday=(None,) * daily.shape[1],
        design=design,
    )


def with_nights(daily: np.ndarray, nights: np.ndarray, cluster: np.ndarray) -> FlowSample:
    """Days counted all drawn week, nights (S, D) on one day of each drawn week."""
    observed = cluster >= 0
    one = np.zeros(observed.size, dtype=bool)
    for index in np.unique(cluster[observed]):
        days = np.flatnonzero(cluster == index)
        one[days[int(index) % days.size]] = True
    seen = np.stack([observed, one])
    both = np.stack([daily, nights], axis=1)
    return replace(
        sample(daily, cluster),
        windows=("day", "night"),
        count=np.where(seen, both, np.nan),
        effort=np.broadcast_to(seen, both.shape).astype(float),
        open=np.ones(both.shape, dtype=bool),
    )
