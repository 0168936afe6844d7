"""Half-open periods of whole days, and the calendar words people use for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True, order=True)
class Period:
    """Days from `start` up to, and not including, `end`; ValueError if end comes before start."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"{self.end} comes before {self.start}")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.start).days

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=index) for index in range(self.days))

    def __and__(self, other: Period) -> Period | None:
        """The days in both, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start=start, end=end) if start < end else None

    def months(self) -> tuple[Period, ...]:
        """The calendar months that have a day here, each cut to this period."""
        found = []
        start = self.start
        while start < self.end:
            end = min(next_month(start), self.end)
            found.append(Period(start=start, end=end))
            start = end
        return tuple(found)

    @property
    def label(self) -> str:
        """`2023`, `2023-05`, or `2023-05-01..2023-05-07` (both days included): the period in a figure's name."""
        if self == year(self.start.year):
            return f"{self.start:%Y}"
        if self.start.day == 1 and self.end == next_month(self.start):
            return f"{self.start:%Y-%m}"
        return f"{self.start}..{self.end - timedelta(days=1)}"


def next_month(day: date) -> date:
    """The first day of the month after the one that `day` lies in."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def year(number: int) -> Period:
    """A calendar year."""
    return Period(start=date(number, 1, 1), end=date(number + 1, 1, 1))


def parse(label: str) -> Period:
    """The period that `Period.label` names: a year, a month, or two days joined by `..`; ValueError otherwise."""
    if ".." in label:
        first, last = label.split("..")
        return Period(start=date.fromisoformat(first), end=date.fromisoformat(last) + timedelta(days=1))
    if len(label) == 4:
        return year(int(label))
    start = date.fromisoformat(f"{label}-01")
    return Period(start=start, end=next_month(start))
