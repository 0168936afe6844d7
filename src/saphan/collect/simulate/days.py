"""How busy each day is: season, weekday, festivals, and shocks that outlast a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from saphan.collect.simulate.settings import Festival, Settings, Shock
from saphan.mission.model import Holiday

Floats = NDArray[np.float64]
_YEAR = 365.2425


def expected(settings: Settings, kind: str, days: Sequence[date], holidays: Sequence[Holiday]) -> Floats:
    """The factor (D,) of each day for one kind of traveller, before shocks: season x weekday x festival."""
    traveller = settings.traveller[kind]
    by_weekday = weekday_factor(traveller.weekday, days)
    return _season(traveller.season, days) * by_weekday * _festivals(settings, kind, days, holidays)


def weekday_factor(week: Sequence[float], days: Sequence[date]) -> Floats:
    """The factor (D,) of each day by its weekday, Monday first."""
    return np.array([week[day.weekday()] for day in days], dtype=np.float64)


def shocks(rng: np.random.Generator, shock: Shock, series: int, days: int) -> Floats:
    """Day effects (series, days) with mean 1: exponentials of stationary AR(1) processes."""
    logs = np.empty((series, days))
    noise = rng.standard_normal((series, days))
    logs[:, 0] = noise[:, 0]
    keep, fresh = shock.correlation, np.sqrt(1 - shock.correlation**2)
    for day in range(1, days):
        logs[:, day] = keep * logs[:, day - 1] + fresh * noise[:, day]
    result: Floats = np.exp(shock.spread * logs - shock.spread**2 / 2)
    return result


def _season(months: Sequence[float], days: Sequence[date]) -> Floats:
    """A smooth year through the twelve monthly factors, each at the middle of its month."""
    middle = (np.arange(12) + 0.5) * _YEAR / 12
    passed = [day.timetuple().tm_yday - 0.5 for day in days]
    result: Floats = np.interp(passed, middle, months, period=_YEAR)
    return result


def _festivals(settings: Settings, kind: str, days: Sequence[date], holidays: Sequence[Holiday]) -> Floats:
    """Holidays next to each other of one kind are one festival: only its outer days have shoulders."""
    factor = np.ones(len(days))
    by_kind: dict[str, set[date]] = {}
    for holiday in holidays:
        by_kind.setdefault(holiday.kind, set()).add(holiday.day)
    for name, of_kind in by_kind.items():
        festival = settings.festival.get(name)
        if festival is not None:
            factor *= np.array([_touch(festival, kind, day, of_kind) for day in days])
    return factor


def _touch(festival: Festival, kind: str, day: date, of_kind: set[date]) -> float:
    if day in of_kind:
        return festival.on.get(kind, 1.0)
    distances = [(day - other).days for other in of_kind]
    if any(0 < distance <= festival.shoulder for distance in distances):
        return festival.after.get(kind, 1.0)
    if any(0 < -distance <= festival.shoulder for distance in distances):
        return festival.before.get(kind, 1.0)
    return 1.0
