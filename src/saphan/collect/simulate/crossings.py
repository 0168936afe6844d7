"""An invented year of crossings: every party that crossed, where, when, and who was in it. Nothing of it is real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from saphan.collect.simulate import days as day_effects
from saphan.collect.simulate.parties import Codes, Parties, codes_of, draw, join
from saphan.collect.simulate.settings import Settings, Traveller
from saphan.core import digest
from saphan.core.period import Period
from saphan.mission.model import Mission

HISTORY = 31  # days lived through before the period, so that earlier crossings are known on its first day
IN, OUT = 0, 1
HOURS, MINUTES = 24, 60


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """C crossings of parties, by point, day, hour and minute; days count from the period's first (history < 0)."""

    party: NDArray[np.int32]
    point: NDArray[np.uint8]
    direction: NDArray[np.uint8]  # IN or OUT
    day: NDArray[np.int16]
    hour: NDArray[np.uint8]
    minute: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class World:
    """A period of invented crossings and all that is true in it."""

    mission: Mission
    period: Period
    seed: int
    key: str  # hash of parameters, period, holidays and seed: equal keys, equal worlds
    settings: Settings
    codes: Codes
    parties: Parties
    crossings: Crossings
    open: NDArray[np.bool_]  # (points, days of the period)
    hours: NDArray[np.int64]  # (points, days, 24, 2): the first crossing of each hour, and the one after its last

    @property
    def mark(self) -> str:
        """The words that everything made from this world carries."""
        return f"simulated:{self.mission.id}:{self.seed}"

    def day(self, index: int) -> date:
        """The date of a day counted from the period's first."""
        return self.period.start + timedelta(days=int(index))

    def hour_slice(self, point: int, day: int, hour: int) -> slice:
        """The crossings of one hour at one point."""
        start, end = self.hours[point, day, hour]
        return slice(int(start), int(end))


def make(mission: Mission, settings: Settings, *, period: Period, seed: int) -> World:
    """Invent the crossings of a period at the points that `settings` names.

    Parties of kinds that cross often are drawn once and live through the period, crossing with a chance that goes with
    the day; parties of kinds that cross once are drawn day by day. Equal arguments give equal worlds.
    """
    codes = codes_of(settings)
    dates = [period.start + timedelta(days=index) for index in range(-HISTORY, period.days)]
    rng = np.random.default_rng([seed, 1])
    points, count = len(codes.point), len(dates)
    shock = day_effects.shocks(rng, settings.shared, 1, count) * day_effects.shocks(rng, settings.own, points, count)
    year = [date(period.start.year, 1, 1) + timedelta(days=index) for index in range(365)]
    whole_year = {kind: day_effects.expected(settings, kind, year, mission.holidays) for kind in codes.kind}
    expected = {kind: day_effects.expected(settings, kind, dates, mission.holidays) for kind in codes.kind}
    is_open = np.array([[_is_open(settings, point, day) for day in dates] for point in codes.point])
    parties: list[Parties] = []
    rows: list[NDArray[np.int64]] = []
    for index, point in enumerate(codes.point):
        place = _Place(mission, settings, point, dates, is_open[index])
        own = day_effects.weekday_factor(place.own.weekday, dates)
        own_year = day_effects.weekday_factor(place.own.weekday, year)
        often = sum(place.own.often.values()) * place.own.arrivals
        for kind, traveller in settings.traveller.items():
            busy = np.where(is_open[index], expected[kind] * own * shock[index], 0.0)
            scale = float((whole_year[kind] * own_year).sum())
            if traveller.weekly is not None:
                level = place.own.often.get(kind, 0.0) * place.own.arrivals
            else:
                level = max((place.own.arrivals if traveller.direction == "in" else place.own.departures) - often, 0.0)
            if level == 0:
                continue
            group, crossed = _cross(rng, place, codes, kind, busy, level / scale)
            crossed[0] += sum(part.count for part in parties)
            parties.append(group)
            rows.append(np.vstack([crossed, np.full(crossed.shape[1], index)]))
    crossings = _sorted(rng, np.hstack(rows), count)
    return World(
        mission=mission,
        period=period,
        seed=seed,
        key=digest.of_value([mission.id, settings, period, seed, [(day.day, day.kind) for day in mission.holidays]]),
        settings=settings,
        codes=codes,
        parties=join(parties),
        crossings=crossings,
        open=is_open[:, HISTORY:],
        hours=_hour_index(crossings, points, period.days),
    )


class _Place:
    """What the drawing of hours needs to know of one point."""

    def __init__(
        self, mission: Mission, settings: Settings, point: str, dates: list[date], is_open: NDArray[np.bool_]
    ) -> None:
        self.settings = settings
        self.point = point
        self.own = settings.point[point]
        self.dates = dates
        self.is_open = is_open
        start, end = mission.places.points[point].hours
        hours = [hour % HOURS for hour in range(start, end if end > start else end + HOURS)]
        self._open = np.zeros(HOURS)
        self._open[hours] = 1.0
        night = np.zeros(HOURS)
        night[list(settings.night.clock_hours)] = settings.night.weights
        self._night = night * self._open
        self._day = np.where(night > 0, 0.0, self._open)
        pattern = day_effects.weekday_factor(self.own.night_weekday, dates)
        self.night_share = self.own.night_share * pattern if self._night.sum() else np.zeros(len(dates))
        self.last_hour = max(hours, default=0)

    def hours(
        self, rng: np.random.Generator, traveller: Traveller, profile: tuple[float, ...], day: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """An hour for each crossing, by the kind's profile among the day's open hours, or by the night's."""
        by_day = np.array(profile) * self._day
        hour = _pick_hours(rng, by_day if by_day.sum() else self._open, len(day))
        chance = np.clip(self.night_share * traveller.night, 0, 0.95)
        at_night = rng.random(len(day)) < chance[day]
        if at_night.any():
            hour[at_night] = _pick_hours(rng, self._night, int(at_night.sum()))
        return hour


def _cross(
    rng: np.random.Generator, place: _Place, codes: Codes, kind: str, busy: NDArray[np.float64], per_day: float
) -> tuple[Parties, NDArray[np.int64]]:
    """The parties of one kind at one point, and their crossings as rows (party, direction, day, hour)."""
    traveller = place.settings.traveller[kind]
    sizes = np.array([int(size) for size in traveller.party])
    mean_size = float(np.average(sizes, weights=list(traveller.party.values())))
    if traveller.weekly is None:
        daily = rng.poisson(per_day / mean_size * busy)
        day = np.repeat(np.arange(len(busy)), daily)
        group = draw(rng, place.settings, codes, place.point, kind, len(day))
        inward = traveller.direction == "in"
        hour = place.hours(rng, traveller, traveller.hours_in if inward else traveller.hours_out, day)
        direction = np.full(len(day), IN if inward else OUT)
        return group, np.vstack([np.arange(len(day)), direction, day, hour])
    rate = traveller.weekly / 7
    group = draw(rng, place.settings, codes, place.point, kind, max(1, round(per_day / (mean_size * rate))))
    spread = traveller.weekly_spread
    own_rate = rate * np.exp(spread * rng.standard_normal(group.count) - spread**2 / 2)
    chance = np.minimum(np.outer(own_rate, busy), 0.97).astype(np.float32)
    party, day = np.nonzero(rng.random(chance.shape, dtype=np.float32) < chance)
    return group, _there_and_back(rng, place, traveller, party, day)


def _there_and_back(
    rng: np.random.Generator,
    place: _Place,
    traveller: Traveller,
    party: NDArray[np.int64],
    day: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Crossings in, and the ways back that fall on a day when the point is open."""
    hour = place.hours(rng, traveller, traveller.hours_in, day)
    weights = np.array(list(traveller.away.values()))
    stayed = rng.choice([int(days) for days in traveller.away], size=len(day), p=weights / weights.sum())
    back = day + stayed
    returned = back < len(place.dates)
    returned[returned] = place.is_open[back[returned]]
    party_back, back, hour_in, same = party[returned], back[returned], hour[returned], stayed[returned] == 0
    hour_back = place.hours(rng, traveller, traveller.hours_out, back)
    too_early = same & (hour_back <= hour_in)
    hour_back[too_early] = np.maximum(hour_in[too_early], place.last_hour)
    there = np.vstack([party, np.full(len(party), IN), day, hour])
    return np.hstack([there, np.vstack([party_back, np.full(len(back), OUT), back, hour_back])])


def _pick_hours(rng: np.random.Generator, weights: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    chance = np.cumsum(weights)
    hours: NDArray[np.int64] = np.searchsorted(chance / chance[-1], rng.random(count), side="right").astype(np.int64)
    return hours


def _is_open(settings: Settings, point: str, day: date) -> bool:
    return not any(
        closure.start <= day and (closure.end is None or day < closure.end) for closure in settings.point[point].closed
    )


def _sorted(rng: np.random.Generator, rows: NDArray[np.int64], days: int) -> Crossings:
    party, direction, day, hour, point = rows
    minute = rng.integers(0, MINUTES, size=len(party))
    order = np.argsort(((point * days + day) * HOURS + hour) * MINUTES + minute, kind="stable")
    return Crossings(
        party=party[order].astype(np.int32),
        point=point[order].astype(np.uint8),
        direction=direction[order].astype(np.uint8),
        day=(day[order] - HISTORY).astype(np.int16),
        hour=hour[order].astype(np.uint8),
        minute=minute[order].astype(np.uint8),
    )


def _hour_index(crossings: Crossings, points: int, days: int) -> NDArray[np.int64]:
    cell = (crossings.point.astype(np.int64) * (days + HISTORY) + crossings.day + HISTORY) * HOURS + crossings.hour
    wanted = np.arange(points * (days + HISTORY) * HOURS).reshape(points, days + HISTORY, HOURS)[:, HISTORY:]
    return np.stack([np.searchsorted(cell, wanted, side="left"), np.searchsorted(cell, wanted, side="right")], axis=-1)
