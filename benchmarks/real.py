"""Real years of hourly counts, whose total is known."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

HOURS = 24
NEAR = 28  # days on either side from which a missing hour is filled
WHERE = Path(__file__).parent
MELBOURNE = WHERE.parent.parent / "shared" / "data" / "melbourne-pedestrians" / "hourly.csv.gz"
COMPLETE = (
    ("Bourke Street Mall (North)", 2016),
    ("QV Market-Elizabeth St (West)", 2015),
    ("QV Market-Elizabeth St (West)", 2016),
    ("Southern Cross Station", 2015),
    ("Southern Cross Station", 2016),
)


@dataclass(frozen=True, kw_only=True)
class Year:
    """One sensor's year: daily totals (D,), kinds of holiday, and how many hours had to be filled."""

    name: str
    first_day: date
    daily: npt.NDArray[np.float64]
    holiday: tuple[str | None, ...]
    filled: int


def years(
    wanted: Iterable[tuple[str, int]] = COMPLETE, *, data: Path = MELBOURNE, holidays: Path | None = None
) -> list[Year]:
    """The years asked for, from a CSV with the columns sensor, date, hour, count.

    A missing hour takes the mean of the same hour of the same weekday within 28 days on either side.
    """
    kinds = _holidays(holidays or WHERE / "victoria-holidays.csv")
    hours = _hours(data)
    return [_year(sensor, number, hours.get(sensor, {}), kinds) for sensor, number in wanted]


def _holidays(path: Path) -> dict[date, str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(lines)}


def _hours(path: Path) -> dict[str, dict[tuple[date, int], float]]:
    found: dict[str, dict[tuple[date, int], float]] = {}
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["count"] not in ("", "NA"):
                hour = (date.fromisoformat(row["date"]), int(row["hour"]))
                found.setdefault(row["sensor"], {})[hour] = float(row["count"])
    return found


def _year(sensor: str, number: int, hours: dict[tuple[date, int], float], kinds: dict[date, str]) -> Year:
    first = date(number, 1, 1)
    days = [first + timedelta(days=index) for index in range((date(number + 1, 1, 1) - first).days)]
    table = np.array([[hours.get((day, hour), np.nan) for hour in range(HOURS)] for day in days])
    missing = np.argwhere(np.isnan(table))
    whole = table.copy()
    for day, hour in missing:
        near = np.arange(day % 7, len(days), 7)
        close = near[np.abs(near - day) <= NEAR]
        candidates = table[close, hour] if np.isfinite(table[close, hour]).any() else table[near, hour]
        whole[day, hour] = np.nanmean(candidates)
    return Year(
        name=f"{sensor} {number}",
        first_day=first,
        daily=whole.sum(axis=1),
        holiday=tuple(kinds.get(day) for day in days),
        filled=len(missing),
    )
