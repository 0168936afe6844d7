"""Which hours were to be fielded: the rounds' weeks, shifts, nights and panels, as sets to look an hour up in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from saphan.collect.rounds.model import Round


@dataclass(frozen=True, kw_only=True)
class Fielded:
    """For one form: the (point, day) to be fielded, and the (day, hour) that a shift has; days as ISO text."""

    days: frozenset[tuple[str, str]]
    hours: frozenset[tuple[str, int]]
    minimum_age: int | None


def fielded(form: str, rounds: Iterable[Round]) -> Fielded | None:
    """What the rounds that use a form were to field; None if none does, so that nothing can be off it."""
    using = [each for each in rounds if form in each.forms.values()]
    if not using:
        return None
    days: set[tuple[str, str]] = set()
    hours: set[tuple[str, int]] = set()
    for each in using:
        weeks = {day for week in each.weeks for day in week.days}
        hours |= _hours(each)
        # A night that begins on a fielded day ends on the next.
        nights = {week.night + timedelta(days=1) for week in each.weeks if week.night is not None}
        late = any(shift.hours[1] <= shift.hours[0] and shift.nights_a_week is None for shift in each.shifts)
        mornings = {day + timedelta(days=1) for day in weeks} if late else nights
        for panel in each.panels:
            days |= {(panel.point, day.isoformat()) for day in weeks | mornings if day in panel.period}
    ages = [each.screening.minimum_age for each in using if each.screening is not None]
    return Fielded(days=frozenset(days), hours=frozenset(hours), minimum_age=min(ages, default=None))


def _hours(each: Round) -> set[tuple[str, int]]:
    found = set()
    for week in each.weeks:
        for shift in each.shifts:
            nightly = shift.nights_a_week is not None
            for day in [week.night] if nightly else week.days:
                if day is None:
                    continue
                for hour in shift.clock_hours:
                    # After midnight a shift stands on the next day's date.
                    after = hour < shift.hours[0]
                    found.add(((day + timedelta(days=after)).isoformat(), hour))
    return found
