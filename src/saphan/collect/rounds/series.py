"""Official daily counts of a mission: `series/*.csv` with a column `date` and one a direction (`in`, `out`, `all`).

Counts stand in ratio to them, so that an official count of both directions serves each where it has none of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from saphan.collect.rounds.model import Round
from saphan.core.problem import Finding, Problem, finding
from saphan.mission.files import read_csv
from saphan.mission.model import Mission

FOLDER = "series"
ALL = "all"
DIRECTIONS = ("in", "out", ALL)
_MOST = 1e9

Daily = NDArray[np.float64]


def known_series(mission: Mission, fielded: Round) -> dict[str, Mapping[str, Daily]]:
    """For each point with official counts, by direction, (D,) movements a day of the round; NaN where a day is missing.

    Problem with everything that is wrong in the files.
    """
    found: list[Finding] = []
    series: dict[str, Mapping[str, Daily]] = {
        point: read(mission, fielded, name, found) for point, name in fielded.known_series.items()
    }
    if found:
        raise Problem(found)
    return series


def daily(series: Mapping[str, Daily], direction: str) -> Daily | None:
    """The official counts (D,) for a direction: its own, else those of all; for all, also the sum of both; or None."""
    if direction == ALL and ALL not in series and {"in", "out"} <= series.keys():
        return series["in"] + series["out"]
    return series.get(direction, series.get(ALL))


def read(mission: Mission, fielded: Round, name: str, found: list[Finding]) -> dict[str, Daily]:
    """One file of official counts; what is wrong with it is added to `found`."""
    rows = read_csv(mission.folder, f"{FOLDER}/{name}", ("date",), found)
    columns = [column for column in DIRECTIONS if rows and column in rows[0].cells]
    if rows and not columns:
        needed = "date, and in, out or all"
        found.append(finding("csv.column", rows[0].at(), column="in, out or all", needed=needed))
    series = {column: np.full(fielded.period.days, np.nan) for column in columns}
    seen: set[date] = set()
    for row in rows:
        try:
            day = date.fromisoformat(row["date"])
        except ValueError:
            found.append(finding("csv.value", row.at("date"), value=row["date"], expected="a date such as 2023-01-31"))
            continue
        if day in seen:
            found.append(finding("name.duplicate", row.at("date"), name=day))
        seen.add(day)
        if day not in fielded.period:
            continue
        for column in columns:
            if row[column]:
                number = row.number_in(column, "a count, 0 or more", 0.0, _MOST, found)
                series[column][(day - fielded.period.start).days] = np.nan if number is None else number
    if seen and not any(day in fielded.period for day in seen):
        found.append(finding("dates.outside", rows[0].at("date"), date=min(seen), period=fielded.period.label))
    return series
