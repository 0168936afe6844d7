"""Design: how many weeks, which nights, how many interviews, tried on invented years whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from saphan.analyse.indicators.observed import COUNTED, FloatArray, Observed
from saphan.analyse.indicators.sample import NIGHT, Sampled, sample, windows_of
from saphan.collect import rounds, simulate
from saphan.collect.rounds.model import Draw, Round
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.flow import fit
from saphan.mission.model import Mission

Step = Callable[[str, int, int | None], None]

DIRECTIONS = ("in", "out")
ASKED = ("nationality", "main_reason", "intended_stay")
SEED_STRIDE = 1000  # between the seeds of designs that are laid over each other


@dataclass(frozen=True, kw_only=True)
class Option:
    """A design to try: how days are drawn, how many times over, and how many nights of each drawn week."""

    name: str
    draw: Draw
    times: int = 1
    nights: int = 1


OPTIONS = (
    Option(name="one week a month, one night", draw=Draw.RANDOM_WEEK),
    Option(name="one week a month, two nights", draw=Draw.RANDOM_WEEK, nights=2),
    Option(name="one week a month, every night", draw=Draw.RANDOM_WEEK, nights=7),
    Option(name="one week of every four, one night", draw=Draw.EQUAL_CHANCE_WEEK),
    Option(name="seven scattered days a month, one night", draw=Draw.SCATTERED_DAYS),
    Option(name="two weeks a month, one night", draw=Draw.RANDOM_WEEK, times=2),
)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a design gave: shares of the year's true total; `half_width` is the mean of the 95 per cent intervals.

    `coverage_error` is the Monte Carlo standard error of `coverage`, worlds being the independent units.
    """

    name: str
    days: int
    nights: int
    half_width: float
    error: float
    coverage: float
    coverage_error: float
    draws: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Interviews needed for one answer's share to be known within the margin asked for."""

    question: str
    answer: str
    share: float
    design_effect: float
    interviews: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Every design tried, the interviews needed, and what follows in words."""

    designs: tuple[Tried, ...]
    interviews: tuple[Asked, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Year:
    """One invented year: movements (P, R, D + 1, 24), open days (P, D), and what travellers would answer."""

    count: FloatArray
    open: FloatArray
    profiles: pa.Table


def design(mission: Mission, *, within: float, worlds: int, draws: int, seed: int, step: Step) -> Answer:
    """Try each design on `worlds` invented years, drawing its days `draws` times in each.

    `within` is the precision wanted of the year's inward total, as a share of it, and of a share of the interviews.
    The points, shifts and panels are those of the mission's first round; the years come from world.toml.
    """
    fielded = rounds.load(mission)[0]
    settings = simulate.load(mission)
    engine = DuckDB({})
    found: dict[Option, list[list[tuple[float, float, bool]]]] = {option: [] for option in OPTIONS}
    years = []
    for index in range(worlds):
        world = simulate.world(mission, settings, period=fielded.period, seed=seed + index)
        year = _year(world, fielded)
        years.append(year)
        for option in OPTIONS:
            tried = [
                _try(engine, mission, _fielded(fielded, option, seed + index * draws + number), option, year)
                for number in range(draws)
            ]
            found[option].append(tried)
        step("Trying designs on invented years", index + 1, worlds)
    designs = tuple(_summary(option, _fielded(fielded, option, seed), found[option]) for option in OPTIONS)
    interviews = tuple(_interviews(years, fielded, within))
    return Answer(designs=designs, interviews=interviews, words=tuple(_words(designs, interviews, within)))


def _year(world: simulate.World, fielded: Round) -> _Year:
    age = fielded.screening.minimum_age if fielded.screening else 0
    tables = simulate.truth(world, minimum_age=age).tables
    hours = tables["hours"]
    first = np.datetime64(fielded.period.start)
    days = (np.array(hours["date"].to_pylist(), dtype="datetime64[D]") - first).astype(int)
    points = {point: index for index, point in enumerate(fielded.points)}
    point = np.array([points.get(name, -1) for name in hours["point"].to_pylist()])
    direction = np.array([DIRECTIONS.index(name) for name in hours["direction"].to_pylist()])
    count = np.zeros((len(points), len(DIRECTIONS), fielded.period.days + 1, 24))
    kept = (point >= 0) & (days >= 0) & (days < fielded.period.days)
    place = (point[kept], direction[kept], days[kept], np.asarray(hours["hour"], dtype=int)[kept])
    np.add.at(count, place, np.asarray(hours["movements"], dtype=float)[kept])
    opened = np.ones((len(points), fielded.period.days))
    for row in tables["open"].to_pylist():
        if row["point"] in points and not row["open"]:
            opened[points[row["point"]], (np.datetime64(row["date"]) - first).astype(int)] = 0.0
    return _Year(count=count, open=opened, profiles=tables["profiles"])


def _fielded(fielded: Round, option: Option, seed: int) -> Round:
    """The round with its days drawn by another design."""
    drawn = [rounds.draw(option.draw, fielded.period, seed + SEED_STRIDE * time) for time in range(option.times)]
    weeks = []
    for index, week in enumerate(drawn[0]):
        days = sorted({day for one in drawn if index < len(one) for day in one[index].days})
        weeks.append(replace(week, days=tuple(days)))
    return replace(fielded, draw=option.draw, weeks=tuple(weeks))


def _nights(fielded: Round, option: Option) -> frozenset[date]:
    """The days on whose evening a counted night begins: the drawn one of each week, and more of its days after it."""
    found: set[date] = set()
    for week in fielded.weeks:
        if week.night is not None:
            later = [day for day in week.days if day > week.night]
            earlier = [day for day in week.days if day < week.night]
            found.update([week.night, *later, *earlier][: option.nights])
    return frozenset(found)


def _try(engine: DuckDB, mission: Mission, fielded: Round, option: Option, year: _Year) -> tuple[float, float, bool]:
    """Relative half-width, relative error, and whether the interval covers, of the year's inward total."""
    minutes = _minutes(fielded, _nights(fielded, option))
    observed = Observed(
        points=fielded.points,
        directions=DIRECTIONS,
        first_day=fielded.period.start,
        minutes=minutes,
        count=year.count * (minutes > 0),
        parts={},
        groups=0,
        left_out={},
        query=COUNTED,
    )
    sampled = sample(engine, {}, mission, fielded, observed)
    is_open = np.repeat(year.open > 0, len(DIRECTIONS), axis=0)[:, None, :]
    flow = replace(sampled.sample, open=sampled.sample.open & is_open)
    sampled = replace(sampled, sample=flow)
    weights = sampled.weights(direction=DIRECTIONS[0])
    estimate = fit(flow).total(weights)
    truth = float((weights * _daily(sampled, year) * flow.open).sum())
    covers = estimate.low <= truth <= estimate.high
    return (estimate.high - estimate.low) / 2 / truth, estimate.value / truth - 1.0, covers


def _daily(sampled: Sampled, year: _Year) -> FloatArray:
    """(S, W, D) the true movements in each window."""
    found = []
    for window in sampled.windows:
        hours = np.concatenate(
            [year.count[..., :-1, list(window.hours)], year.count[..., 1:, list(window.after_midnight)]], axis=-1
        )
        found.append(hours.sum(axis=-1).reshape(len(sampled.sample.series), -1))
    return np.stack(found, axis=1)


def _minutes(fielded: Round, nights: frozenset[date]) -> FloatArray:
    """(P, R, D + 1, 24): sixty in each hour that the design fields."""
    minutes = np.zeros((len(fielded.points), len(DIRECTIONS), fielded.period.days + 1, 24))
    by_id = {window.id: window for window in windows_of(fielded)}
    for week in fielded.weeks:
        for day in week.days:
            index = (day - fielded.period.start).days
            for name, window in by_id.items():
                if name == NIGHT and day not in nights:
                    continue
                minutes[:, :, index, list(window.hours)] = 60.0
                minutes[:, :, index + 1, list(window.after_midnight)] = 60.0
    for p, panel in enumerate(fielded.panels):
        outside = slice(0, (panel.period.start - fielded.period.start).days)
        minutes[p, :, outside] = 0.0
        minutes[p, :, (panel.period.end - fielded.period.start).days :] = 0.0
    return minutes


def _summary(option: Option, fielded: Round, found: list[list[tuple[float, float, bool]]]) -> Tried:
    draws = [one for world in found for one in world]
    covered = [float(np.mean([covers for _, _, covers in world])) for world in found]
    return Tried(
        name=option.name,
        days=len({day for week in fielded.weeks for day in week.days}),
        nights=len(_nights(fielded, option)),
        half_width=float(np.mean([half for half, _, _ in draws])),
        error=math.sqrt(float(np.mean([error**2 for _, error, _ in draws]))),
        coverage=float(np.mean(covered)),
        coverage_error=float(np.std(covered, ddof=1) / math.sqrt(len(covered))),
        draws=len(draws),
    )


def _interviews(years: Sequence[_Year], fielded: Round, within: float) -> Iterator[Asked]:
    """Interviews for each question's largest answer; the spread between a point's months is what no interview cures."""
    months = len(fielded.period.months())
    for question in ASKED:
        rows = [
            row
            for row in years[0].profiles.to_pylist()
            if row["concept"] == question and row["direction"] == DIRECTIONS[0] and row["point"] in fielded.points
        ]
        codes = {row["code"] for row in rows}
        if not codes:
            continue
        total = sum(row["of_age"] for row in rows)
        code = max(codes, key=lambda one: sum(row["of_age"] for row in rows if row["code"] == one))
        share = sum(row["of_age"] for row in rows if row["code"] == code) / total
        between = _between(rows, code, total, months)
        simple = share * (1 - share)
        needed = simple / max((within / 1.96) ** 2 - between, 1e-9)
        effect = 1.0 + between * needed / simple
        yield Asked(question=question, answer=code, share=share, design_effect=effect, interviews=math.ceil(needed))


def _between(rows: list[dict[str, object]], code: str, total: float, months: int) -> float:
    """Variance of the year's share that comes from which weeks were drawn: spread between months, point by point."""
    cells: dict[tuple[object, object], list[float]] = {}
    for row in rows:
        cell = cells.setdefault((row["point"], row["month"]), [0.0, 0.0])
        cell[0] += float(row["of_age"]) if row["code"] == code else 0.0  # type: ignore[arg-type]
        cell[1] += float(row["of_age"])  # type: ignore[arg-type]
    variance = 0.0
    for point in {point for point, _ in cells}:
        own = [cell for (of, _), cell in cells.items() if of == point and cell[1] > 0]
        if len(own) > 1:
            shares = [part / whole for part, whole in own]
            weight = sum(whole for _, whole in own) / total
            variance += weight**2 * float(np.var(shares, ddof=1)) / min(len(own), months)
    return variance


def _words(designs: Sequence[Tried], interviews: Sequence[Asked], within: float) -> Iterator[str]:
    good = [one for one in designs if one.half_width <= within]
    if good:
        least = min(good, key=lambda one: (one.days, one.nights, one.half_width))
        yield f"The least fieldwork that reaches plus or minus {within:.0%}: {least.name} ({least.half_width:.1%})."
    else:
        best = min(designs, key=lambda one: one.half_width)
        yield f"None of these reaches plus or minus {within:.0%}; the nearest is {best.name} ({best.half_width:.1%})."
    week = next(one for one in designs if one.name.startswith("one week a month, one night"))
    scattered = next(one for one in designs if one.name.startswith("seven scattered"))
    yield (f"At the same cost, scattered days err by {scattered.error:.1%} and one week a month by {week.error:.1%}.")
    if interviews:
        most = max(interviews, key=lambda one: one.interviews)
        yield f"{most.interviews:,} interviews a year suffice for every share asked about here ({most.question})."
