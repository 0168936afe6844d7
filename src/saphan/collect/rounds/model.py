"""How a round is fielded: which points, which days, which hours, who is asked. The estimator follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from saphan.core.period import Period
from saphan.core.text import Text


class Draw(StrEnum):
    """How the counted days were chosen; it decides the estimator, and whether an interval is design- or model-based."""

    RANDOM_WEEK = "random-week"  # one week at random inside each month
    EQUAL_CHANCE_WEEK = "equal-chance-week"  # one week of every four, across month ends
    SCATTERED_DAYS = "scattered-days"  # seven days a month, one of each weekday
    FIXED_WEEK = "fixed-week"  # the same week always: intervals are model-based
    CENSUS = "census"  # every day


class Busy(StrEnum):
    """What is done with travellers who pass while the interviewer is busy."""

    COUNTED = "counted"  # selected all the same: the screener records them as not approached
    SKIPPED = "skipped"  # counted, never selected: the selection interval starts again after the interview


class WithinGroup(StrEnum):
    """Who is asked in a selected group."""

    RANDOM = "random"
    NEXT_BIRTHDAY = "next-birthday"
    ANY_ADULT = "any-adult"


def clock(hours: tuple[int, int]) -> tuple[int, ...]:
    """The hours of the day, 0 to 23, in [from, to) in the order they pass; to <= from means past midnight."""
    start, end = hours
    return tuple(hour % 24 for hour in range(start, end if end > start else end + 24))


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A part of the day that is fielded as one; `hours` [from, to), to <= from meaning past midnight."""

    id: str
    hours: tuple[int, int]
    nights_a_week: int | None = None  # None: every fielded day; 1: one night of each fielded week

    @property
    def clock_hours(self) -> tuple[int, ...]:
        """The hours of the day, 0 to 23, in the order they pass."""
        return clock(self.hours)


@dataclass(frozen=True, kw_only=True)
class Screening:
    """Who is selected for interview: every `interval`-th traveller, in the shifts and hours named."""

    interval: int
    minimum_age: int
    within_group: WithinGroup
    busy: Busy
    shifts: tuple[str, ...]
    hours: tuple[int, int] | None = None  # hours with interviews, where they are fewer than the shift's


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A point in a round, and the days of the round on which it belongs to it."""

    point: str
    period: Period


@dataclass(frozen=True, kw_only=True)
class Cordon:
    """A declared line of points whose totals may be added; `known_points` is K, so that products say k of K."""

    id: str
    name: Text
    known_points: int
    inward: Text  # what "in" means here, in words


@dataclass(frozen=True, kw_only=True)
class FieldWeek:
    """A drawn primary unit: the days that were to be counted, and the day on whose evening the counted night begins.

    The night ends on the next morning, which may be the day after the last of `days`.
    """

    id: str
    days: tuple[date, ...]
    night: date | None = None


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of flow monitoring."""

    id: str
    cordon: Cordon
    period: Period
    draw: Draw
    forms: Mapping[str, str]  # form concept (counter, screener, flow-survey, point-log) -> form id
    shifts: tuple[Shift, ...]
    screening: Screening | None
    panels: tuple[Panel, ...]
    weeks: tuple[FieldWeek, ...]
    known_series: Mapping[str, str]  # point -> file of the mission's series/ with official daily counts
    reference_days: int = 30  # the recall period of the question on other crossings

    @property
    def points(self) -> tuple[str, ...]:
        """The points counted in this round, in the order they are named."""
        return tuple(panel.point for panel in self.panels)

    def beside(self, others: Iterable[Round]) -> bool:
        """Whether another cordon is counted on days of this round: figures then say which cordon they are of."""
        return any(other.cordon.id != self.cordon.id and self.period & other.period for other in others)

    @property
    def screened_hours(self) -> tuple[int, ...]:
        """The hours of the day, 0 to 23, in which travellers are selected for interview."""
        if self.screening is None:
            return ()
        inside = clock(self.screening.hours or (0, 24))
        shifts = [shift for shift in self.shifts if shift.id in self.screening.shifts]
        return tuple(sorted({hour for shift in shifts for hour in shift.clock_hours}.intersection(inside)))
