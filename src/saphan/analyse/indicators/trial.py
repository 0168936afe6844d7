"""A trial of a design on complete counts: what it would have estimated from its drawn days, beside the truth.

Where a frame of plain hourly counts holds (nearly) every hour of a round's period, though the round drew only some
days, the truth is known, and the estimate can be held against it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from saphan.analyse.frames.query import words
from saphan.analyse.indicators.fieldwork import count
from saphan.analyse.indicators.flows import MOVEMENTS, Flows
from saphan.analyse.indicators.model import Result, Results
from saphan.analyse.indicators.observed import FloatArray, Frames, Observed, observe
from saphan.collect.rounds.model import Draw
from saphan.core.naming import name_of
from saphan.core.unit import Unit
from saphan.estimate.engines.duckdb import DuckDB

TRUTH, ERROR = "trial.truth", "trial.error"
COMPLETE = 0.005  # share of a point's hours that may be missing where its truth counts as known


def compute(engine: DuckDB, frames: Frames, flows: Flows) -> Results:
    """The truth of each point whose counts are complete, and how far the estimate lies from it."""
    fielded = flows.fielded
    whole = observe(engine, frames, replace(fielded, draw=Draw.CENSUS, weeks=()))
    truths = _truths(whole, fielded.period.days)
    results: list[Result] = []
    notes = []
    for p, (point, number) in enumerate(zip(whole.points, truths.tolist(), strict=True)):
        missing = 1.0 - float((whole.minutes[p, :, :-1] > 0).mean())
        if missing > COMPLETE:
            notes.append(
                f"{point}: {missing:.1%} of the hours of {fielded.period.label} are missing; no truth is known."
            )
            continue
        truth = count(TRUTH, fielded.period.label, Unit.MOVEMENT, number, int(number), whole.query, {"point": point})
        estimate = flows.fit.total(flows.sampled.weights(points=(point,)))
        error = count(
            ERROR,
            fielded.period.label,
            Unit.SHARE,
            abs(estimate.value / number - 1.0),
            int(number),
            words(whole.query),
            {"point": point},
        )
        parents = (name_of(MOVEMENTS, {"point": point}, fielded.period.label), truth.name)
        results += [truth, replace(error, parents=parents)]
        covered = "inside" if estimate.low <= number <= estimate.high else "outside"
        notes.append(f"{point}: the truth of {fielded.period.label} lies {covered} the interval.")
    return Results(results=tuple(results), notes=tuple(notes))


def _truths(whole: Observed, days: int) -> FloatArray:
    """(P,) movements in the period; a missing hour takes the mean of its hour, weekday and direction at that point."""
    counted = whole.count[:, :, :days]
    seen = whole.minutes[:, :, :days] > 0
    weekday = (np.arange(days) + whole.first_day.weekday()) % 7
    filled = counted.copy()
    for day in range(7):
        here = weekday == day
        number = seen[:, :, here].sum(axis=2)
        mean = counted[:, :, here].sum(axis=2) / np.maximum(number, 1)
        filled[:, :, here] = np.where(seen[:, :, here], counted[:, :, here], mean[:, :, None])
    total: FloatArray = np.rint(filled.sum(axis=(1, 2, 3)))
    return total
