"""What was seen, hour by hour: from a snapshot's counter records to arrays over points, directions, days and hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from saphan.analyse.frames.query import Add, Count, Known, Latest, Listing, OneOf, Query, Rows, Sums, sql
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds.model import Round
from saphan.estimate.engines.duckdb import DIALECT, DuckDB

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WHO = ("men", "women", "boys", "girls")
DIRECTIONS: tuple[str, ...] = ("in", "out")  # what crosses; transit does not
ALL_DIRECTIONS: tuple[str, ...] = ("all",)  # of counts that do not tell directions apart
Frames = Mapping[str, frozenset[str]]  # the frames of a snapshot and their columns
_HOUR = ("point", "observed_date", "observed_hour")

# Of two records of one observation hour, the one finished last stands: a re-typed hour is a correction, not traffic.
HOURS = Rows(
    frame=FormConcept.COUNTER,
    where=(Known(column="point"), Known(column="observed_date"), Known(column="observed_hour")),
    latest=Latest(key=_HOUR, order="ended_at"),
)
WATCHED = Listing(rows=HOURS, columns=(*_HOUR, "minutes_observed"))
GROUPS = Rows(frame=f"{FormConcept.COUNTER}.group", under=HOURS, where=(OneOf(column="direction", values=DIRECTIONS),))
COUNTED = Sums(
    rows=GROUPS,
    by=(*_HOUR, "direction", "mode"),
    sums={name: Add(columns=(name,)) for name in WHO} | {"groups": Count()},
)
PLAIN_HOURS = Rows(
    frame=FormConcept.HOURLY_COUNT,
    where=(Known(column="point"), Known(column="observed_date"), Known(column="observed_hour"), Known(column="total")),
)
PLAIN = Sums(rows=PLAIN_HOURS, by=_HOUR, sums={"total": Add(columns=("total",))})
DIRECTED = Sums(rows=PLAIN_HOURS, by=(*_HOUR, "direction"), sums={"total": Add(columns=("total",))})


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Counts and minutes watched; P points, R directions, D days, 24 clock hours, and one more day for the last night.

    `parts` holds, for each way of parting the movements (who, mode), its codes and the counts by code. Who counts sees
    both directions; a plain count may lack an hour of one of them.
    """

    points: tuple[str, ...]
    directions: tuple[str, ...]
    first_day: date
    minutes: FloatArray  # (P, R, D + 1, 24), 0 to 60
    count: FloatArray  # (P, R, D + 1, 24), movements
    parts: Mapping[str, tuple[tuple[str, ...], FloatArray]]  # name -> codes, (codes, P, R, D + 1, 24)
    groups: int
    left_out: Mapping[str, int]  # why -> observation hours not used
    query: Query


def observe(engine: DuckDB, frames: Frames, fielded: Round) -> Observed:
    """What a round's counters saw in its points and drawn days; from groups if it has them, else plain totals."""
    if FormConcept.COUNTER in frames:
        return _from_groups(engine, fielded)
    return _from_plain(engine, fielded, directed="direction" in frames[FormConcept.HOURLY_COUNT])


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Where each row of a table of hours belongs: index of point, day and hour, and whether it belongs at all."""

    point: IntArray
    day: IntArray
    hour: IntArray
    kept: NDArray[np.bool_]
    left_out: dict[str, int]


def _place(table: pa.Table, fielded: Round) -> _Cells:
    first = fielded.period.start.toordinal() - date(1970, 1, 1).toordinal()
    days = np.asarray(table["observed_date"].cast(pa.date32()).cast(pa.int32()), dtype=np.int64) - first
    point = _code(table["point"], fielded.points)
    hour = np.asarray(_integers(table["observed_hour"]), dtype=np.int64)
    in_round = (days >= 0) & (days <= fielded.period.days)
    known_point, real_hour = point >= 0, (hour >= 0) & (hour <= 23)
    drawn = _drawn(fielded)
    on_day = in_round & real_hour & drawn[np.where(in_round, days, 0), np.where(real_hour, hour, 0)]
    kept = known_point & real_hour & on_day
    return _Cells(
        point=point,
        day=days,
        hour=hour,
        kept=kept,
        left_out={
            "point not in the round": int((~known_point).sum()),
            "no such hour": int((known_point & ~real_hour).sum()),
            "day not drawn": int((known_point & real_hour & ~on_day).sum()),
        },
    )


def _drawn(fielded: Round) -> NDArray[np.bool_]:
    """Which of (D + 1, 24) days and hours were fielded; a night begun on a fielded day ends on the next morning."""
    drawn = np.zeros((fielded.period.days + 1, 24), dtype=bool)
    if not fielded.weeks:
        drawn[:] = True
        return drawn
    mornings = sorted(
        {
            hour
            for shift in fielded.shifts
            for hour in shift.clock_hours
            if hour < shift.hours[0] and shift.nights_a_week
        }
    )
    for week in fielded.weeks:
        for day in week.days:
            index = (day - fielded.period.start).days
            drawn[index] = True
            if week.night == day:
                drawn[index + 1, mornings] = True
    return drawn


def within(observed: Observed, open_hours: Mapping[str, frozenset[int]]) -> Observed:
    """What was seen while the points were open; hours counted at a closed point are mistyped, and are left out."""
    shut = np.array([[hour not in open_hours[point] for hour in range(24)] for point in observed.points])
    shut = shut[:, None, None]
    lost = int(((observed.minutes > 0) & shut).any(axis=1).sum())
    if not lost:
        return observed
    return replace(
        observed,
        minutes=np.where(shut, 0.0, observed.minutes),
        count=np.where(shut, 0.0, observed.count),
        parts={name: (codes, np.where(shut, 0.0, counts)) for name, (codes, counts) in observed.parts.items()},
        left_out={**observed.left_out, "the point was closed": lost},
    )


def _code(column: pa.ChunkedArray, names: tuple[str, ...]) -> IntArray:
    """The place of each value in `names`, or -1."""
    found = pc.fill_null(pc.index_in(column, pa.array(names, pa.string())), -1)
    return np.asarray(found, dtype=np.int64)


def _integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers, whether they were typed or chosen from a list; -1 for what is neither."""
    if pa.types.is_string(column.type):
        plain = pc.match_substring_regex(column, r"^\d{1,4}$")
        column = pc.cast(pc.if_else(plain, column, "-1"), pa.int64())
    return pc.fill_null(column, -1)


def _from_groups(engine: DuckDB, fielded: Round) -> Observed:
    hours = engine.run(sql(WATCHED, DIALECT))
    counted = engine.run(sql(COUNTED, DIALECT))
    full = _shape(fielded, DIRECTIONS)
    seen = _place(hours, fielded)
    watched = np.asarray(pc.fill_null(hours["minutes_observed"], 60), dtype=np.float64)[seen.kept]
    minutes = np.zeros(full)
    minutes[seen.point[seen.kept], :, seen.day[seen.kept], seen.hour[seen.kept]] = np.clip(watched, 0.0, 60.0)[:, None]
    cells = _place(counted, fielded)
    modes = tuple(sorted(filter(None, pc.unique(counted["mode"]).to_pylist())))
    at = np.flatnonzero(cells.kept)
    place = (
        cells.point[at],
        _code(counted["direction"], DIRECTIONS)[at],
        cells.day[at],
        cells.hour[at],
    )
    who = np.zeros((len(WHO), *full))
    for index, name in enumerate(WHO):
        np.add.at(who[index], place, np.asarray(counted[name], dtype=np.float64)[at])
    total = sum((np.asarray(counted[name], dtype=np.float64)[at] for name in WHO), np.zeros(len(at)))
    by_mode = np.zeros((len(modes), *full))
    mode = _code(counted["mode"], modes)[at]
    moded = mode >= 0
    np.add.at(by_mode, (mode[moded], *(index[moded] for index in place)), total[moded])
    return Observed(
        points=fielded.points,
        directions=DIRECTIONS,
        first_day=fielded.period.start,
        minutes=minutes,
        count=who.sum(axis=0),
        parts={"who": (WHO, who), "mode": (modes, by_mode)},
        groups=int(np.asarray(counted["groups"], dtype=np.int64)[at].sum()),
        left_out=seen.left_out,
        query=COUNTED,
    )


def _from_plain(engine: DuckDB, fielded: Round, *, directed: bool) -> Observed:
    """Plain totals; by direction if any hour of the round tells its own, and hours that do not are then left out."""
    query = DIRECTED if directed else PLAIN
    counted = engine.run(sql(query, DIALECT))
    cells = _place(counted, fielded)
    told = _code(counted["direction"], DIRECTIONS) if directed else np.full(counted.num_rows, -1)
    left_out = dict(cells.left_out)
    if (told[cells.kept] >= 0).any():
        directions, at = DIRECTIONS, np.flatnonzero(cells.kept & (told >= 0))
        left_out["neither in nor out"] = int(cells.kept.sum()) - len(at)
    else:
        directions, at, told = ALL_DIRECTIONS, np.flatnonzero(cells.kept), np.zeros_like(told)
    place = (cells.point[at], told[at], cells.day[at], cells.hour[at])
    shape = _shape(fielded, directions)
    count, minutes = np.zeros(shape), np.zeros(shape)
    np.add.at(count, place, np.asarray(counted["total"], dtype=np.float64)[at])
    minutes[place] = 60.0
    return Observed(
        points=fielded.points,
        directions=directions,
        first_day=fielded.period.start,
        minutes=minutes,
        count=count,
        parts={},
        groups=0,
        left_out=left_out,
        query=query,
    )


def _shape(fielded: Round, directions: tuple[str, ...]) -> tuple[int, int, int, int]:
    return len(fielded.points), len(directions), fielded.period.days + 1, 24
