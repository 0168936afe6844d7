"""Draws the days of a round, so that anybody can draw them again: chances come from SHA-256 of the seed and a label.

No generator of a library is used: their streams change between versions, and a drawn week must still be the drawn week
when the report is audited years later. The chance of each of n days is equal to within n / 2**256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from saphan.collect.rounds.model import Draw, FieldWeek
from saphan.core.period import Period

DRAWN = (Draw.RANDOM_WEEK, Draw.EQUAL_CHANCE_WEEK, Draw.SCATTERED_DAYS)

_WEEK = timedelta(days=7)


def draw(design: Draw, period: Period, seed: int) -> tuple[FieldWeek, ...]:
    """The field weeks that `seed` draws for a period, each with one night; the weekdays of the nights take turns.

    RANDOM_WEEK: seven consecutive days inside each calendar month, every start equally likely (days at a month's edges
    are then drawn less often). EQUAL_CHANCE_WEEK: one week of each four, counted from the period's first day; every day
    has a chance of one in four. SCATTERED_DAYS: in each month one date of each weekday. ValueError for a design that is
    not drawn, or a month too short to hold a week.
    """
    if design is Draw.RANDOM_WEEK:
        weeks = [_random_week(month, seed) for month in period.months()]
    elif design is Draw.EQUAL_CHANCE_WEEK:
        weeks = _one_week_of_four(period, seed)
    elif design is Draw.SCATTERED_DAYS:
        weeks = [_scattered_days(month, seed) for month in period.months()]
    else:
        raise ValueError(f"a {design.value} design is not drawn")
    return _with_nights(weeks, seed)


def every_week(period: Period) -> tuple[FieldWeek, ...]:
    """All days of a period in weeks from its first day: the field weeks of a census."""
    days = list(period)
    return tuple(
        FieldWeek(id=days[start].isoformat(), days=tuple(days[start : start + 7])) for start in range(0, len(days), 7)
    )


def _chance(seed: int, label: str, among: int) -> int:
    digest = hashlib.sha256(f"{seed}/{label}".encode()).digest()
    return int.from_bytes(digest, "big") % among


def _random_week(month: Period, seed: int) -> FieldWeek:
    if month.days < 7:
        raise ValueError(f"{month.label} is too short to hold a week")
    first = month.start + timedelta(days=_chance(seed, f"week/{month.start:%Y-%m}", month.days - 6))
    return FieldWeek(id=f"{month.start:%Y-%m}", days=tuple(Period(start=first, end=first + _WEEK)))


def _one_week_of_four(period: Period, seed: int) -> list[FieldWeek]:
    weeks = []
    block = period.start
    while block < period.end:
        first = block + _WEEK * _chance(seed, f"week/{block}", 4)
        days = tuple(day for day in Period(start=first, end=first + _WEEK) if day in period)
        if days:  # the last four weeks may reach past the end: then the week that was drawn is not fielded
            weeks.append(FieldWeek(id=days[0].isoformat(), days=days))
        block += 4 * _WEEK
    return weeks


def _scattered_days(month: Period, seed: int) -> FieldWeek:
    days = []
    for weekday in range(7):
        dates = [day for day in month if day.weekday() == weekday]
        if not dates:
            raise ValueError(f"{month.label} is too short to hold every weekday")
        days.append(dates[_chance(seed, f"day/{month.start:%Y-%m}/{weekday}", len(dates))])
    return FieldWeek(id=f"{month.start:%Y-%m}", days=tuple(sorted(days)))


def _with_nights(weeks: Sequence[FieldWeek], seed: int) -> tuple[FieldWeek, ...]:
    with_nights = []
    for index, week in enumerate(weeks):
        turn, place = divmod(index, 7)
        order = sorted(range(7), key=lambda weekday: hashlib.sha256(f"{seed}/night/{turn}/{weekday}".encode()).digest())
        with_nights.append(replace(week, night=_on_weekday(week.days, order[place])))
    return tuple(with_nights)


def _on_weekday(days: Sequence[date], weekday: int) -> date:
    return next((day for day in days if day.weekday() == weekday), days[-1])
