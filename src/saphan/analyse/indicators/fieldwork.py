"""What was done in the field: hours watched, movements counted, travellers selected and interviewed. Counts, exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from saphan.analyse.frames.query import Query, words
from saphan.analyse.indicators.flows import MOVEMENTS, Flows
from saphan.analyse.indicators.model import Result, Results
from saphan.analyse.indicators.observed import WATCHED
from saphan.analyse.indicators.wording import define
from saphan.collect.rounds.model import Round
from saphan.core.naming import name_of
from saphan.core.unit import Unit


def count(
    indicator: str,
    period: str,
    unit: Unit,
    value: float,
    rests_on: int,
    query: Query | str,
    cell: Mapping[str, str] | None = None,
) -> Result:
    """A counted number: exact, without interval."""
    return Result(
        indicator=indicator,
        cell=dict(cell or {}),
        period=period,
        unit=unit,
        value=value,
        rests_on=rests_on,
        method="count/1",
        basis="count",
        definition=define(indicator),
        query=query if isinstance(query, str) else words(query),
    )


def compute(flows: Flows) -> Results:
    """How much was watched and counted, at how many of the known points, and the share that was not extrapolated."""
    observed, fielded = flows.sampled.observed, flows.fielded
    period = fielded.period.label
    hours = int(observed.minutes.any(axis=1).sum())
    counted = flows.counted(flows.sampled.weights())
    watched = int(observed.minutes.any(axis=(1, 2, 3)).sum())
    whole = flows.fit.total(flows.sampled.weights())
    coverage = count("flow.coverage", period, Unit.SHARE, whole.effective_coverage, counted, observed.query)
    parents = (name_of("flow.counted", {}, period), name_of(MOVEMENTS, {}, period))
    results = (
        count("flow.hours", period, Unit.OBSERVATION_HOUR, hours, hours, WATCHED),
        count("flow.counted", period, Unit.MOVEMENT, counted, counted, observed.query),
        # Points are places, not people: how many were counted rests on every movement counted there.
        count("flow.points", period, Unit.POINT, watched, counted, observed.query),
        count("flow.known_points", period, Unit.POINT, fielded.cordon.known_points, counted, "rounds.toml, cordon"),
        replace(coverage, parents=parents),
    )
    left_out = [f"{number} observation hours not used: {why}." for why, number in observed.left_out.items() if number]
    never = [f"{label} was never observed and is not in the total." for label in whole.never_observed]
    return Results(results=results, notes=(*left_out, *never, *_panels(fielded), *_official(flows), *_unasked(flows)))


def _panels(fielded: Round) -> Iterator[str]:
    """How many points belong to the round for a part of it only: totals are then not of the same points throughout."""
    late = Counter(panel.period.label for panel in fielded.panels if panel.period != fielded.period)
    for label, number in sorted(late.items()):
        yield f"{number} of {len(fielded.panels)} points belong to the round only in {label}; other days are not in it."


def _official(flows: Flows) -> Iterator[str]:
    """Which series were estimated in ratio to official daily counts, and how many of their days had none."""
    sample = flows.sampled.sample
    if sample.known is None:
        return
    told = ~np.isnan(sample.known[~np.isnan(sample.known).all(axis=1)])
    said = f"{len(told)} of {len(sample.series)} series stand in ratio to official daily counts"
    gaps = int((~told).sum())
    yield f"{said}; {gaps} of their {told.size} days have none and take a prediction." if gaps else f"{said}."


def _unasked(flows: Flows) -> Iterator[str]:
    """What part of the counted movements passed in hours in which nobody was interviewed."""
    observed = flows.sampled.observed
    if flows.fielded.screening is None or not observed.count.any():
        return
    asked = list(flows.fielded.screened_hours)
    # Movements per watched minute, since a night is watched less often than a day.
    watched = observed.minutes.sum(axis=2)
    rate = np.divide(observed.count.sum(axis=2), watched, out=np.zeros_like(watched), where=watched > 0).sum(axis=1)
    share = 1.0 - float(rate[:, asked].sum() / rate.sum())
    if share > 0:
        yield f"About {share:.0%} of movements pass in hours without interviews, and take the answers of the others."
