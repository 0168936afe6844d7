"""Invented years at several points, whose truth is known, and the fieldwork over them; arrays only.

Independent of `collect.simulate`: what the estimator is measured on is not what it was written against.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from benchmarks.designs import Drawn
from saphan.estimate.flow import FlowSample

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
FIRST_DAY = date(2023, 1, 1)
DAYS, DAY, NIGHT = 365, 0, 1
CLASSES = 4  # sex x age: what the screener sees


@dataclass(frozen=True, kw_only=True)
class World:
    """One year: movements (P, 2, D), a daily official count of the day's movements with its own error (P, D), the
    share of each class (P, C), the chance of the trait by class and day (P, C, D), and answers by class and trait.
    """

    movements: FloatArray
    official: FloatArray
    holiday: tuple[str | None, ...]
    class_share: FloatArray
    trait: FloatArray
    answers: FloatArray  # (C, 2) chance to answer, without and with the trait

    @property
    def share(self) -> float:
        """The share of all movements that have the trait."""
        by_day = np.einsum("pc,pcd->pd", self.class_share, self.trait)
        total = self.movements.sum(axis=1)
        return float((by_day * total).sum() / total.sum())


@dataclass(frozen=True, kw_only=True)
class Interviews:
    """Everyone selected: point, week, class and selection weight; whether answered, and the trait of who did."""

    point: npt.NDArray[np.int64]
    week: npt.NDArray[np.int64]
    of_class: npt.NDArray[np.int64]
    weight: FloatArray
    answered: BoolArray
    trait: FloatArray


def world(rng: np.random.Generator, *, points: int = 3, hidden_refusal: bool = False) -> World:
    """Draw a world: season, weekdays, holidays, shocks that last and that points and windows share, groups, refusal."""
    day = np.arange(DAYS)
    weekday = (day + FIRST_DAY.weekday()) % 7
    holiday = _calendar(rng)
    off = np.array([name is not None for name in holiday])
    size = np.exp(rng.normal(np.log(900), 0.9, points))
    night = rng.uniform(0.05, 0.40, points)
    season = 0.6 * _season(rng, day, 1) + 0.4 * _season(rng, day, points)
    shared, own = _shocks(rng, 1, 2), _shocks(rng, points, 2)
    shocks = np.sqrt(0.4) * shared + np.sqrt(0.6) * own
    spread = rng.uniform(0.05, 0.18)
    log = np.empty((points, 2, DAYS))
    common_week = {window: rng.normal(0, 0.25, 7) for window in (DAY, NIGHT)}
    kinds = sorted({name for name in holiday if name is not None})
    for p in range(points):
        for window in (DAY, NIGHT):
            week = common_week[window] + rng.normal(0, 0.12, 7)
            general = rng.normal(-0.15, 0.3)
            effect = {name: general + rng.normal(0, 0.25) for name in kinds}
            dull = np.array([effect[name] if name is not None else 0.0 for name in holiday])
            to_rest = rng.uniform(0, 1) * (week[6] - week[weekday]) * off
            level = np.log(size[p] * (night[p] if window == NIGHT else 1 - night[p]))
            log[p, window] = level + week[weekday] + dull + to_rest + season[p] + spread * shocks[p, window]
    mean = np.exp(log + rng.normal(0, rng.uniform(0.04, 0.12), log.shape))
    groups = rng.uniform(1.5, 4.0)
    movements = np.round(groups * rng.poisson(mean / groups)).astype(float)
    official = movements[:, DAY] * np.exp(rng.normal(np.log(0.8), 0.03, (points, DAYS)))
    class_share = rng.dirichlet(np.full(CLASSES, 8.0), points)
    drift = 0.5 * _season(rng, day, 1) + 0.3 * _shocks(rng, points, 1)[:, 0]
    odds = (
        rng.normal(-1.5, 0.4) + rng.normal(0, 0.6, CLASSES)[None, :, None] + rng.normal(0, 0.3, points)[:, None, None]
    )
    rate = rng.uniform(0.45, 0.95, CLASSES)
    ratio = rng.uniform(0.5, 0.8) if hidden_refusal else 1.0
    return World(
        movements=movements,
        official=official,
        holiday=holiday,
        class_share=class_share,
        trait=1 / (1 + np.exp(-(odds + drift[:, None, :]))),
        answers=np.stack([rate, rate * ratio], axis=1),
    )


def fieldwork(rng: np.random.Generator, of: World, drawn: Drawn, *, ratio: bool = False) -> FlowSample:
    """Count a world: the days drawn in full (a tenth of them in part), and one night of every seven days."""
    points = of.movements.shape[0]
    cluster = drawn.draw(rng, FIRST_DAY, DAYS)
    effort = np.zeros_like(of.movements)
    effort[:, DAY, cluster >= 0] = 1.0
    partly = (rng.uniform(size=(points, DAYS)) < 0.1) & (cluster >= 0)
    effort[:, DAY][partly] = rng.uniform(0.4, 0.95, int(partly.sum()))
    for block in _weeks(cluster):
        for p in range(points):
            effort[p, NIGHT, rng.choice(block)] = 1.0
    # The hours watched of a day hold their usual share of it, give or take.
    seen = np.clip(effort * np.exp(np.where(effort < 1, rng.normal(0, 0.05, effort.shape), 0.0)), 0.0, 1.0)
    count = np.where(effort > 0, np.round(of.movements * seen), np.nan)
    return FlowSample(
        first_day=FIRST_DAY,
        series=tuple(f"point {p}" for p in range(points)),
        windows=("day", "night"),
        count=count,
        effort=effort,
        open=np.ones(effort.shape, dtype=bool),
        cluster=cluster,
        holiday=of.holiday,
        known=of.official if ratio else None,
        design=drawn.design,
    )


def interview(rng: np.random.Generator, of: World, sample: FlowSample, wanted: int = 900) -> Interviews:
    """Select every n-th movement counted, in all windows watched; weights bring back the interval."""
    seen = np.nan_to_num(sample.count)  # (P, 2, D)
    interval = max(seen.sum() / wanted, 1.0)
    selected = rng.poisson(seen.sum(axis=1) / interval)  # (P, D)
    point, day = np.nonzero(selected)
    times = selected[point, day]
    point, day = np.repeat(point, times), np.repeat(day, times)
    ladder = np.cumsum(of.class_share, axis=1)[point]
    of_class = np.minimum((rng.uniform(size=(point.size, 1)) > ladder).sum(axis=1), CLASSES - 1)
    trait = rng.uniform(size=point.size) < of.trait[point, of_class, day]
    answered = rng.uniform(size=point.size) < of.answers[of_class, trait.astype(int)]
    return Interviews(
        point=point,
        week=sample.cluster[day],
        of_class=of_class,
        weight=np.full(point.size, interval),
        answered=answered,
        trait=np.where(answered, trait.astype(float), np.nan),
    )


def _weeks(cluster: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Observed days by sevens, in the order of the calendar: in each, one night is counted."""
    observed = np.flatnonzero(cluster >= 0)
    return [observed[start : start + 7] for start in range(0, observed.size, 7)]


def _calendar(rng: np.random.Generator) -> tuple[str | None, ...]:
    found: list[str | None] = [None] * DAYS
    for index in range(int(rng.integers(8, 13))):
        start = int(rng.integers(0, DAYS - 3))
        for day in range(start, start + int(rng.choice([1, 1, 1, 2, 3]))):
            found[day] = f"holiday {index}"
    return tuple(found)


def _season(rng: np.random.Generator, day: FloatArray | npt.NDArray[np.int64], rows: int) -> FloatArray:
    """(rows, D) two harmonics of the year."""
    turn = 2 * np.pi * day / DAYS
    size = rng.uniform(0.05, 0.3, (rows, 2)) * np.array([1.0, 0.5])
    phase = rng.uniform(0, 2 * np.pi, (rows, 2))
    total: FloatArray = sum(size[:, [k]] * np.cos((k + 1) * turn + phase[:, [k]]) for k in range(2))
    return total


def _shocks(rng: np.random.Generator, rows: int, windows: int) -> FloatArray:
    """(rows, W, D) unit-variance shocks that last some days and that windows half share."""
    persistence = rng.uniform(0.3, 0.93)
    innovation = rng.normal(size=(rows, windows + 1, DAYS + 60)) * np.sqrt(1 - persistence**2)
    path = np.zeros_like(innovation)
    for step in range(1, path.shape[2]):
        path[:, :, step] = persistence * path[:, :, step - 1] + innovation[:, :, step]
    path = path[:, :, 60:]
    mixed: FloatArray = np.sqrt(0.5) * path[:, :1] + np.sqrt(0.5) * path[:, 1:]
    return mixed
