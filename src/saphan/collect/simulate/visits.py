"""Where and when somebody counted: the sessions and observation hours of a round, with what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from saphan.collect.rounds.model import Round, Shift
from saphan.collect.simulate.crossings import HOURS, MINUTES, World


@dataclass(frozen=True, kw_only=True)
class Session:
    """One shift of one day at one point; `hours` are (day of the world, hour, minutes observed), in order."""

    point: int
    shift: str
    day: int  # the day on which the shift began
    enumerator: int  # which of the point's
    hours: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Visits:
    """All sessions of a round, and the fielded days (points, days) on which nobody came."""

    sessions: tuple[Session, ...]
    missed: NDArray[np.bool_]
    fielded: NDArray[np.bool_]


def visit(world: World, round_: Round, rng: np.random.Generator) -> Visits:
    """Field a round in a world: every panel point, drawn day, shift and open hour, less what is missed by chance."""
    work = world.settings.fieldwork
    fielded = np.zeros_like(world.open)
    missed = np.zeros_like(world.open)
    sessions: list[Session] = []
    for panel in round_.panels:
        point = world.codes.point.index(panel.point)
        for week in round_.weeks:
            for day in week.days:
                if day not in panel.period or day not in world.period:
                    continue
                index = (day - world.period.start).days
                fielded[point, index] = True
                missed[point, index] = rng.random() < work.missing_day
                for shift in round_.shifts:
                    if shift.nights_a_week is not None and day != week.night:
                        continue
                    share = work.missing_shift if shift.nights_a_week is None else work.missing_night
                    absent = rng.random() < share or missed[point, index]
                    hours = () if absent else _hours(world, panel.point, index, shift, rng)
                    if hours:
                        enumerator = int(rng.integers(work.enumerators))
                        sessions.append(
                            Session(point=point, shift=shift.id, day=index, enumerator=enumerator, hours=hours)
                        )
    return Visits(sessions=tuple(sessions), missed=missed, fielded=fielded)


def seen(world: World, point: int, day: int, hour: int, minutes: int) -> NDArray[np.int64]:
    """The crossings that somebody counting the first `minutes` of an hour saw, in the order they passed."""
    of_hour = world.hour_slice(point, day, hour)
    indices = np.arange(of_hour.start, of_hour.stop)
    return indices if minutes == MINUTES else indices[world.crossings.minute[of_hour] < minutes]


def spells(world: World, visits: Visits, round_: Round) -> list[tuple[str, date, date, str]]:
    """What the point logs say, month by month: (point, first day, last day, open | closed | unobserved)."""
    found: list[tuple[str, date, date, str]] = []
    for panel in round_.panels:
        point = world.codes.point.index(panel.point)
        within = panel.period & world.period
        for month in within.months() if within else ():
            status: list[tuple[date, str]] = []
            for day in month:
                index = (day - world.period.start).days
                word = "unobserved" if visits.missed[point, index] else "open"
                status.append((day, word if world.open[point, index] else "closed"))
            found.extend((panel.point, *spell) for spell in _runs(status))
    return found


def _runs(status: list[tuple[date, str]]) -> list[tuple[date, date, str]]:
    runs: list[tuple[date, date, str]] = []
    for day, word in status:
        if runs and runs[-1][2] == word:
            runs[-1] = (runs[-1][0], day, word)
        else:
            runs.append((day, day, word))
    return runs


def _hours(
    world: World, point: str, day: int, shift: Shift, rng: np.random.Generator
) -> tuple[tuple[int, int, int], ...]:
    work = world.settings.fieldwork
    opens, closes = world.mission.places.points[point].hours
    open_hours = {hour % HOURS for hour in range(opens, closes if closes > opens else closes + HOURS)}
    found = []
    for hour in shift.clock_hours:
        at = day + (hour < shift.hours[0])
        place = world.codes.point.index(point)
        if at >= world.period.days or hour not in open_hours or not world.open[place, at]:
            continue
        if rng.random() < work.missing_hour:
            continue
        partial = rng.random() < work.partial_hour
        found.append((at, hour, int(rng.choice([15, 20, 30, 40, 45])) if partial else MINUTES))
    return tuple(found)
