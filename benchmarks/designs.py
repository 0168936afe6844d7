"""Draws of observed days, as fieldwork would make them; each gives the primary unit of every day, -1 where none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from saphan.estimate.flow import Design

IntArray = npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, date, int], IntArray]
WEEK, BLOCK = 7, 4


def random_week(rng: np.random.Generator, first_day: date, days: int) -> IntArray:
    """Seven consecutive days inside each calendar month, every start equally likely."""
    cluster = np.full(days, -1, dtype=np.int64)
    month = months(first_day, days)
    for index, one in enumerate(np.unique(month)):
        inside = np.flatnonzero(month == one)
        start = rng.integers(0, inside.size - WEEK + 1)
        cluster[inside[start : start + WEEK]] = index
    return cluster


def block_week(rng: np.random.Generator, _first_day: date, days: int) -> IntArray:
    """One week of every four, across month ends, the first block starting with the calendar; a tail of days is left."""
    return _blocks(rng, days, 0, days - WEEK * BLOCK)


def shifted_block_week(rng: np.random.Generator, _first_day: date, days: int) -> IntArray:
    """One week of every four, the first block starting on a random day, so that every day has chance 1/4 exactly.

    A week that reaches over an end of the calendar is counted on the days inside it.
    """
    return _blocks(rng, days, int(rng.integers(0, WEEK * BLOCK)) - WEEK * BLOCK, days - 1)


def _blocks(rng: np.random.Generator, days: int, first: int, last: int) -> IntArray:
    cluster = np.full(days, -1, dtype=np.int64)
    for index, start in enumerate(range(first, last + 1, WEEK * BLOCK)):
        week = start + WEEK * int(rng.integers(0, BLOCK))
        cluster[max(week, 0) : max(min(week + WEEK, days), 0)] = index
    return cluster


def scattered_days(rng: np.random.Generator, first_day: date, days: int) -> IntArray:
    """Seven days of each month, one of each weekday; every day is its own primary unit."""
    cluster = np.full(days, -1, dtype=np.int64)
    month = months(first_day, days)
    weekday = (np.arange(days) + first_day.weekday()) % WEEK
    for one in np.unique(month):
        for day in range(WEEK):
            chosen = rng.choice(np.flatnonzero((month == one) & (weekday == day)))
            cluster[chosen] = chosen
    return cluster


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A way of drawing days, in words, and the design that the estimator is told."""

    words: str
    design: Design
    draw: Draw


RANDOM_WEEK = Drawn(words="a random week inside each month", design=Design.RANDOM_WEEK, draw=random_week)
BLOCK_WEEK = Drawn(words="one week of every four", design=Design.EQUAL_CHANCE_WEEK, draw=block_week)
SHIFTED_BLOCK_WEEK = Drawn(
    words="one week of every four from a random day", design=Design.EQUAL_CHANCE_WEEK, draw=shifted_block_week
)
SCATTERED_DAYS = Drawn(words="seven scattered days a month", design=Design.SCATTERED_DAYS, draw=scattered_days)


def months(first_day: date, days: int) -> IntArray:
    """(D,) calendar month of each day, counted from year 0."""
    return np.array(
        [day.year * 12 + day.month for day in (first_day + timedelta(days=index) for index in range(days))],
        dtype=np.int64,
    )
