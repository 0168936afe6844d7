"""From hours to the estimator's sample: series, windows of the day, effort, open and closed days, primary units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from saphan.analyse.frames.query import Known, Listing, Rows, sql
from saphan.analyse.indicators.observed import FloatArray, Frames, IntArray, Observed
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds import daily, known_series
from saphan.collect.rounds.model import Round
from saphan.core.period import Period
from saphan.estimate.engines.duckdb import DIALECT, DuckDB
from saphan.estimate.flow import Design, FlowSample, effort, hour_profile
from saphan.mission.model import Mission

BoolArray = NDArray[np.bool_]

DAY, NIGHT = "day", "night"
SPELLS = Listing(
    rows=Rows(
        frame=FormConcept.POINT_LOG,
        where=(Known(column="point"), Known(column="from_date"), Known(column="point_status")),
    ),
    columns=("point", "from_date", "to_date", "point_status"),
)


@dataclass(frozen=True, kw_only=True)
class Window:
    """A part of the day counted under one rule; `after_midnight` hours belong to the day before."""

    id: str
    hours: tuple[int, ...]
    after_midnight: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """The estimator's sample; series s is point s // R and direction s % R of what was observed.

    `clusters` are the ids of the primary units (drawn weeks) in the order of `sample.cluster`.
    """

    sample: FlowSample
    observed: Observed
    windows: tuple[Window, ...]
    clusters: tuple[str, ...]

    def series(self, point: str, direction: str) -> int:
        """The place of a series."""
        return self.observed.points.index(point) * len(self.observed.directions) + self.observed.directions.index(
            direction
        )

    def weights(
        self, *, points: tuple[str, ...] | None = None, direction: str | None = None, period: Period | None = None
    ) -> FloatArray:
        """Ones over the series and days asked for: (S, W, D), a linear functional for the fit."""
        sample = self.sample
        chosen = np.zeros((len(sample.series), len(sample.windows), sample.count.shape[2]))
        first = sample.first_day
        days = slice(None) if period is None else slice((period.start - first).days, (period.end - first).days)
        for point in points if points is not None else self.observed.points:
            for one in self.observed.directions if direction is None else (direction,):
                chosen[self.series(point, one), :, days] = 1.0
        return chosen

    def by_cluster(self, counts: FloatArray) -> FloatArray:
        """Hourly counts (..., P, R, D + 1, 24) summed to windows and primary units: (..., S, W, C)."""
        daily = np.stack([_windowed(counts, window) for window in self.windows], axis=-2)  # (..., P, R, W, D)
        lead = counts.shape[:-4]
        flat = daily.reshape(*lead, len(self.sample.series), len(self.windows), -1)
        found = np.zeros((*flat.shape[:-1], len(self.clusters)))
        for index in range(len(self.clusters)):
            found[..., index] = flat[..., self.sample.cluster == index].sum(axis=-1)
        return found


def sample(engine: DuckDB, frames: Frames, mission: Mission, fielded: Round, observed: Observed) -> Sampled:
    """The sample of one round: closed points are structural zeros, unobserved hours are to be estimated."""
    days = fielded.period.days
    windows = windows_of(fielded)
    opened = _open(engine, frames, mission, fielded, windows, observed)
    points, directions = len(observed.points), len(observed.directions)
    count = np.full((points, directions, len(windows), days), np.nan)
    watched = np.stack([_effort(mission, observed, window) for window in windows], axis=2)
    for w, window in enumerate(windows):
        count[:, :, w] = np.where(watched[:, :, w] > 0, _windowed(observed.count, window), np.nan)
    series = tuple(f"{point}/{direction}" for point in observed.points for direction in observed.directions)
    shape = (len(series), len(windows), days)
    cluster, clusters = _clusters(fielded)
    flow = FlowSample(
        first_day=fielded.period.start,
        series=series,
        windows=tuple(window.id for window in windows),
        count=count.reshape(shape),
        effort=watched.reshape(shape),
        open=np.repeat(opened[:, None], directions, axis=1).reshape(shape),
        cluster=cluster,
        holiday=_holidays(mission, fielded.period),
        known=_known(mission, fielded, observed),
        design=Design(fielded.draw.value),
    )
    return Sampled(sample=flow, observed=observed, windows=windows, clusters=clusters)


def windows_of(fielded: Round) -> tuple[Window, ...]:
    """The shifts counted every fielded day as one window, those counted some nights a week as another."""
    found = []
    for id_, shifts in (
        (DAY, [shift for shift in fielded.shifts if shift.nights_a_week is None]),
        (NIGHT, [shift for shift in fielded.shifts if shift.nights_a_week is not None]),
    ):
        if shifts:
            hours = [hour for shift in shifts for hour in shift.clock_hours]
            wraps = hours.index(0) if 0 in hours[1:] else len(hours)
            found.append(Window(id=id_, hours=tuple(hours[:wraps]), after_midnight=tuple(hours[wraps:])))
    return tuple(found)


def _windowed_hours(hourly: FloatArray, window: Window) -> FloatArray:
    """(..., D + 1, 24) to (..., D, hours of the window): hours after midnight are taken from the next day."""
    return np.concatenate([hourly[..., :-1, list(window.hours)], hourly[..., 1:, list(window.after_midnight)]], axis=-1)


def _windowed(hourly: FloatArray, window: Window) -> FloatArray:
    """(..., D + 1, 24) to (..., D): what was counted in the window of each day."""
    total: FloatArray = _windowed_hours(hourly, window).sum(axis=-1)
    return total


def open_hours(mission: Mission, point: str) -> frozenset[int]:
    """The clock hours in which a point is open."""
    start, end = mission.places.points[point].hours
    return frozenset(hour % 24 for hour in range(start, end if end > start else end + 24))


def _effort(mission: Mission, observed: Observed, window: Window) -> FloatArray:
    """(P, R, D) share of the window's usual movements that falls in the hours watched.

    The profile of the day is of all directions together, where they were watched together. Points that are open in the
    same hours of the window lend each other theirs; 0 where a point is closed.
    """
    hours = (*window.hours, *window.after_midnight)
    watched = _windowed_hours(observed.minutes, window) / 60.0
    ever = observed.minutes.max(axis=(2, 3), keepdims=True) > 0
    together = np.where(ever, watched, 1.0).min(axis=1) * ever.any(axis=1)
    counted = np.where(together > 0, _windowed_hours(observed.count, window).sum(axis=1), 0.0)
    found = np.zeros(watched.shape[:3])
    alike: dict[tuple[int, ...], list[int]] = {}
    for p, point in enumerate(observed.points):
        hours_open = open_hours(mission, point)
        alike.setdefault(tuple(at for at, hour in enumerate(hours) if hour in hours_open), []).append(p)
    for inside, members in alike.items():
        if inside:
            place = np.ix_(np.array(members), np.arange(watched.shape[2]), np.array(inside))
            profile = hour_profile(counted[place], together[place])
            for r in range(watched.shape[1]):
                found[members, r] = effort(profile, watched[:, r][place])
    return found


def _clusters(fielded: Round) -> tuple[IntArray, tuple[str, ...]]:
    cluster = np.full(fielded.period.days, -1, dtype=np.int64)
    for index, week in enumerate(fielded.weeks):
        for day in week.days:
            cluster[(day - fielded.period.start).days] = index
    return cluster, tuple(week.id for week in fielded.weeks)


def _known(mission: Mission, fielded: Round, observed: Observed) -> FloatArray | None:
    """(S, D) official daily counts, NaN where a series or day has none; None if the round has none at all."""
    if not fielded.known_series:
        return None
    series = known_series(mission, fielded)
    known = np.full((len(observed.points), len(observed.directions), fielded.period.days), np.nan)
    for p, point in enumerate(observed.points):
        for r, direction in enumerate(observed.directions):
            official = daily(series.get(point, {}), direction)
            if official is not None:
                known[p, r] = official
    if np.isnan(known).all():
        return None
    return known.reshape(-1, fielded.period.days)


def _holidays(mission: Mission, period: Period) -> tuple[str | None, ...]:
    kinds = {holiday.day: holiday.kind for holiday in mission.holidays}
    return tuple(kinds.get(day) for day in period)


def _open(
    engine: DuckDB,
    frames: Frames,
    mission: Mission,
    fielded: Round,
    windows: tuple[Window, ...],
    observed: Observed,
) -> BoolArray:
    """(P, W, D): in the point's panel and opening hours, and not logged closed (unless somebody was counted)."""
    opened = np.zeros((len(observed.points), len(windows), fielded.period.days), dtype=bool)
    first = fielded.period.start
    for panel in fielded.panels:
        p = observed.points.index(panel.point)
        hours = open_hours(mission, panel.point)
        for w, window in enumerate(windows):
            if hours & {*window.hours, *window.after_midnight}:
                opened[p, w, (panel.period.start - first).days : (panel.period.end - first).days] = True
    if FormConcept.POINT_LOG in frames:
        for point, spell in _closures(engine.run(sql(SPELLS, DIALECT)), fielded.period):
            if point in observed.points:
                p = observed.points.index(point)
                days = slice((spell.start - first).days, (spell.end - first).days)
                busy = observed.count[p, :, days].sum(axis=(0, 2)) > 0
                opened[p, :, days] &= busy[None, :]
    return opened


def _closures(log: pa.Table, period: Period) -> list[tuple[str, Period]]:
    found = []
    for row in log.to_pylist():
        start = date.fromisoformat(row["from_date"])
        end = date.fromisoformat(row["to_date"] or row["from_date"]) + timedelta(days=1)
        if row["point_status"] == "closed" and start < end:
            inside = Period(start=start, end=end) & period
            if inside is not None:
                found.append((row["point"], inside))
    return found
