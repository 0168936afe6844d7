"""Movements over a round: by direction, month, point, district, mode, and sex and age, from partly observed time.

Totals come from one fit, so parts add up to them exactly. Ways of parting the movements (who, mode) are ratios of what
was counted within each series and window, applied to its total; the variance of the ratio joins that of the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saphan.analyse.frames.query import words
from saphan.analyse.indicators.model import Result, Results, Total
from saphan.analyse.indicators.observed import FloatArray
from saphan.analyse.indicators.sample import Sampled
from saphan.analyse.indicators.wording import define
from saphan.collect.rounds.model import Round
from saphan.core.naming import name_of
from saphan.core.period import Period
from saphan.core.unit import Unit
from saphan.estimate.flow import Estimate, FlowFit
from saphan.mission.model import Mission

MOVEMENTS, DAILY = "flow.movements", "flow.daily"
DISTRICT = 2  # the admin level that unofficial points appear as outside


@dataclass(frozen=True, kw_only=True)
class Flows:
    """The movements of one round: its sample and its fit, from which every total is a linear functional."""

    mission: Mission
    fielded: Round
    sampled: Sampled
    fit: FlowFit

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions told apart."""
        return self.sampled.observed.directions

    @property
    def query(self) -> str:
        """What was summed, in words."""
        return words(self.sampled.observed.query)

    def counted(self, weights: FloatArray) -> int:
        """Movements seen and counted among those that `weights` pick."""
        return int(np.nansum(np.where(weights > 0, self.sampled.sample.count, 0.0)))

    def total(self, cell: Mapping[str, str], period: Period, weights: FloatArray, parents: tuple[str, ...]) -> Result:
        """One total of the fit."""
        return from_estimate(
            MOVEMENTS,
            cell,
            period.label,
            self.fit.total(weights),
            rests_on=self.counted(weights),
            parents=parents,
            query=self.query,
        )

    def watched(self, direction: str, point: str | None = None) -> bool:
        """Whether anybody ever counted a direction, at one point or at all."""
        observed = self.sampled.observed
        minutes = observed.minutes[:, observed.directions.index(direction)]
        return bool((minutes if point is None else minutes[observed.points.index(point)]).any())

    def districts(self, direction: str) -> dict[str, tuple[str, ...]]:
        """The points of each district at which a direction was counted."""
        found: dict[str, tuple[str, ...]] = {}
        for point in self.sampled.observed.points:
            area = self.mission.places.ancestor(self.mission.places.points[point].pcode, DISTRICT)
            if area is not None and self.watched(direction, point):
                found[area.pcode] = (*found.get(area.pcode, ()), point)
        return found


def from_estimate(
    indicator: str,
    cell: Mapping[str, str],
    period: str,
    estimate: Estimate,
    *,
    rests_on: int,
    query: str,
    parents: tuple[str, ...] = (),
    unit: Unit = Unit.MOVEMENT,
) -> Result:
    """A result from an estimator's answer."""
    return Result(
        indicator=indicator,
        cell=dict(cell),
        period=period,
        unit=unit,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        standard_error=estimate.standard_error,
        degrees_of_freedom=estimate.degrees_of_freedom,
        rests_on=rests_on,
        clusters=estimate.n_clusters,
        effective_coverage=estimate.effective_coverage,
        extrapolated=dict(estimate.extrapolated),
        method=estimate.method,
        basis=estimate.basis,
        definition=define(indicator),
        parents=parents,
        query=query,
    )


def compute(flows: Flows) -> Results:
    """Every total of movements that a round's counts can give, and the statements that parts add up."""
    period = flows.fielded.period
    results: list[Result] = []
    totals: list[Total] = []
    observed = (name_of("flow.counted", {}, period.label), name_of("flow.hours", {}, period.label))

    def add(cell: Mapping[str, str], when: Period, **chosen: object) -> str:
        weights = flows.sampled.weights(period=when, **chosen)  # type: ignore[arg-type]
        results.append(flows.total(cell, when, weights, observed))
        return results[-1].name

    several = len(flows.directions) > 1
    whole = add({}, period)
    in_directions = []
    for direction in filter(flows.watched, flows.directions):  # a note names what nobody watched
        cell = {"direction": direction} if several else {}
        total = add(cell, period, direction=direction) if several else whole
        in_directions.append(total)
        if len(period.months()) > 1:  # a round inside one month is that month's figure already
            months = tuple(add(cell, month, direction=direction) for month in period.months())
            totals.append(Total(total=total, parts=months))
        by_district = []
        for district, points in flows.districts(direction).items():
            name = add({**cell, "district": district}, period, direction=direction, points=points)
            by_district.append(name)
            of_points = tuple(
                add({**cell, "point": point}, period, direction=direction, points=(point,)) for point in points
            )
            totals.append(Total(total=name, parts=of_points))
        if by_district:
            totals.append(Total(total=total, parts=tuple(by_district)))
        results.append(_daily(flows, cell, direction, total))
        for kind, (codes, counts) in flows.sampled.observed.parts.items():
            if not counts[:, :, flows.directions.index(direction)].any():
                continue
            parted = _parted(flows, cell, direction, kind, codes, counts, total)
            results.extend(parted)
            totals.append(Total(total=total, parts=tuple(result.name for result in parted)))
    if several:
        totals.append(Total(total=whole, parts=tuple(in_directions)))
    return Results(results=tuple(results), totals=tuple(totals))


def _daily(flows: Flows, cell: Mapping[str, str], direction: str, total: str) -> Result:
    period = flows.fielded.period
    weights = flows.sampled.weights(direction=direction)
    estimate = flows.fit.total(weights / period.days)
    return from_estimate(
        DAILY, cell, period.label, estimate, rests_on=flows.counted(weights), parents=(total,), query=flows.query
    )


def _parted(
    flows: Flows,
    cell: Mapping[str, str],
    direction: str,
    kind: str,
    codes: tuple[str, ...],
    counts: FloatArray,
    total: str,
) -> list[Result]:
    """The total of one direction parted by a count's codes: sum over strata (series x window) of total x counted share.

    Var = Var(sum p_s T_s) + sum T_s^2 Var(p_s), the second by linearisation with drawn weeks as primary units. A
    stratum in which nothing was counted takes the shares of the whole direction.
    """
    by_cluster = flows.sampled.by_cluster(counts)  # (codes, S, W, C)
    chosen = flows.sampled.weights(direction=direction)
    series = np.flatnonzero(chosen.any(axis=(1, 2)))
    strata = [(s, w) for s in series for w in range(by_cluster.shape[2])]
    expected = flows.fit.expected
    values = np.array([expected[s, w].sum() for s, w in strata])
    seen = np.stack([by_cluster[:, s, w] for s, w in strata], axis=1)  # (codes, strata, C)
    sizes = seen.sum(axis=0)  # (strata, C)
    stratum_sizes = sizes.sum(axis=1)
    pooled = seen.sum(axis=(1, 2)) / max(seen.sum(), 1.0)
    whole = flows.fit.total(chosen)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(stratum_sizes > 0, seen.sum(axis=2) / stratum_sizes, pooled[:, None])  # (codes, strata)
    found = []
    for index, code in enumerate(codes):
        residual = seen[index] - shares[index][:, None] * sizes
        scaled = residual * np.where(stratum_sizes > 0, values / np.maximum(stratum_sizes, 1.0), 0.0)[:, None]
        # All series draw the same weeks, so what a week adds is summed over them before it is squared.
        units = int((sizes.sum(axis=0) > 0).sum())
        of_ratio = float((scaled.sum(axis=0) ** 2).sum()) * (units / (units - 1) if units > 1 else 1.0)
        parted = np.zeros_like(chosen)
        for (s, w), share in zip(strata, shares[index], strict=True):
            parted[s, w] = share * chosen[s, w]
        of_total = flows.fit.total(parted).standard_error ** 2
        value = float(shares[index] @ values)
        freedom = max(whole.degrees_of_freedom, 1.0)
        error = float(np.sqrt(of_ratio + of_total))
        reach = float(stats.t.ppf(0.975, freedom)) * error
        rests_on = int(seen[index].sum())
        found.append(
            Result(
                indicator=MOVEMENTS,
                cell={**cell, kind: code},
                period=flows.fielded.period.label,
                unit=Unit.MOVEMENT,
                value=value,
                low=max(value - reach, float(rests_on)),
                high=value + reach,
                standard_error=error,
                degrees_of_freedom=freedom,
                rests_on=rests_on,
                clusters=whole.n_clusters,
                effective_coverage=rests_on / value if value > 0 else None,
                extrapolated=dict(whole.extrapolated),
                method=f"{whole.method} x counted-share/1",
                basis=whole.basis,
                definition=define(MOVEMENTS),
                parents=(total,),
                query=flows.query,
            )
        )
    return found
