"""From sums by unit and domain to estimates: every total and ratio of a plan, in all its domains at once.

The influence of a unit on a ratio Y / X is (y - R x) / X with y and x its sums; units without anyone in the domain
count as 0 in their stratum, so that a domain keeps the whole design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from saphan.estimate.survey.design import Lonely, Stage, Units, grouped
from saphan.estimate.survey.estimates import Estimates, unknown
from saphan.estimate.survey.linear import TAYLOR
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.plan import Columns
from saphan.estimate.survey.proportions import Evidence, evidence
from saphan.estimate.survey.rolling import Sums
from saphan.estimate.survey.sums import Gathered
from saphan.estimate.survey.terms import Estimand


@dataclass(frozen=True, kw_only=True)
class Domains:
    """E estimands in the G domains of one grouping: `value`, `standard_error`, `degrees`, `n`, (G, E) each.

    A ratio without anyone in the domain is NaN.
    """

    units: Units
    columns: Columns
    estimands: tuple[Estimand, ...]
    sums: Sums

    @property
    def method(self) -> str:
        """The id of the estimator of errors."""
        return TAYLOR

    @cached_property
    def totals(self) -> FloatArray:
        """(G, C) of every term."""
        return grouped(self.sums.sums, self.sums.domain, len(self.sums.domains))

    @cached_property
    def value(self) -> FloatArray:
        """(G, E)"""
        found = self.totals[:, [one.above for one in self.estimands]].copy()
        for place, one in enumerate(self.estimands):
            if one.below is not None:
                below = self.totals[:, one.below]
                found[:, place] = np.divide(found[:, place], below, out=np.full(below.size, np.nan), where=below != 0)
        return found

    @cached_property
    def influence(self) -> FloatArray:
        """(R, E) of each combination of unit and domain on the domain's estimate."""
        sums, domain = self.sums.sums, self.sums.domain
        found = np.empty((len(sums), len(self.estimands)), order="F")  # filled and read by column
        for place, one in enumerate(self.estimands):
            found[:, place] = sums[:, one.above]
            if one.below is not None:
                whole = self.totals[:, one.below]
                safe = np.where(whole == 0, np.nan, whole)
                found[:, place] -= self.value[:, place][domain] * sums[:, one.below]
                found[:, place] /= safe[domain]
        return found

    @cached_property
    def standard_error(self) -> FloatArray:
        """(G, E)"""
        found = variances(self.units, self.sums.unit, self.sums.domain, len(self.sums.domains), self.influence)
        return np.sqrt(np.maximum(found, 0.0))

    @cached_property
    def n(self) -> IntArray:
        """(G, E) rows that an estimate rests on: those with a value, in the denominator where there is one."""
        counts = grouped(self.sums.counts, self.sums.domain, len(self.sums.domains))
        return counts[:, [one.seen for one in self.estimands]]

    @cached_property
    def degrees(self) -> FloatArray:
        """(G, E) degrees of freedom: primary units with someone in the domain less their strata."""
        there = self.sums.counts > 0
        known: dict[bytes, FloatArray] = {}  # most counts are of nearly everybody, and their units are the same
        of_count: list[FloatArray] = []
        for place in range(there.shape[1]):
            key = there[:, place].tobytes()
            if key not in known:
                known[key] = _degrees(self.units, self.sums, there[:, place])
            of_count.append(known[key])
        return np.stack([of_count[one.seen] for one in self.estimands], axis=1)

    def evidence(self, domain: int, estimand: int) -> Evidence:
        """What the interval of a share in a domain rests on."""
        one = self.estimands[estimand]
        if one.below is None or one.squares is None:
            raise ValueError(f"a {one.quantity.kind} is no share of answers")
        value, error = (float(every[domain, estimand]) for every in (self.value, self.standard_error))
        degrees, whole = float(self.degrees[domain, estimand]), float(self.totals[domain, one.below])
        return evidence(value, error, int(self.n[domain, estimand]), degrees, whole, self._undrawn[domain, one.squares])

    @cached_property
    def _undrawn(self) -> FloatArray:
        """(G, C) of every term, each row less its chance to be drawn."""
        left = 1.0 - self.units.chance[self.sums.unit]
        return grouped(self.sums.sums * left[:, None], self.sums.domain, len(self.sums.domains))

    def estimates(self, chosen: Sequence[tuple[int, int]], names: Sequence[str]) -> Estimates:
        """Some of them, by numbers of domain and estimand, with their joint covariance."""
        by_chance = self.columns.basis.by_chance
        dense = np.concatenate([self.scores(domain, [estimand]) for domain, estimand in chosen], axis=1)
        rows, places = (np.array(one) for one in zip(*chosen, strict=True))
        return Estimates(
            names=tuple(names),
            value=self.value[rows, places],
            covariance=self.units.covariance(dense) if by_chance else unknown(len(chosen)),
            degrees=self.degrees[rows, places],
            n=self.n[rows, places],
            method=self.method,
            basis=self.columns.basis,
            model=self.columns.model,
        )

    def replicated(self, factor: FloatArray, domain: int) -> FloatArray:
        """(R, E) the estimates of a domain with the weights of units multiplied by `factor` (R, U); NaN for nobody.

        Rows are not touched: a replicate of sums is a sum of replicated units.
        """
        mine = self.sums.domain == domain
        totals = factor[:, self.sums.unit[mine]] @ self.sums.sums[mine]
        found: FloatArray = totals[:, [one.above for one in self.estimands]]
        for place, one in enumerate(self.estimands):
            if one.below is not None:
                below = totals[:, one.below]
                np.divide(found[:, place], below, out=found[:, place], where=below != 0)
                found[below == 0, place] = np.nan
        return found

    def scores(self, domain: int, chosen: Sequence[int]) -> FloatArray:
        """(U, e) of every unit on estimates of one domain."""
        found = np.zeros((self.units.count, len(chosen)))
        mine = self.sums.domain == domain
        found[self.sums.unit[mine]] = self.influence[mine][:, list(chosen)]
        return found


def finished(gathered: Gathered, columns: Columns) -> tuple[Domains, ...]:
    """The estimates of each grouping of a plan."""
    return tuple(
        Domains(units=gathered.units, columns=columns, estimands=gathered.estimands, sums=one)
        for one in gathered.groupings
    )


def variances(units: Units, unit: IntArray, domain: IntArray, domains: int, sums: FloatArray) -> FloatArray:
    """(G, k) variance of the total of each domain from sums (R, k) of those units (R,) that have anyone in it.

    The diagonal of `Units.covariance` for every domain, without a row for the units that a domain lacks.
    """
    factors: list[FloatArray] = []
    above: FloatArray | None = None
    for stage in units.stages:
        factor = np.ones(stage.size.size) if above is None or stage.parent is None else above[stage.parent]
        factors.append(factor)
        above = (factor * stage.fraction)[stage.stratum]
    found = np.zeros((domains, sums.shape[1]))
    for stage, factor in zip(reversed(units.stages), reversed(factors), strict=True):
        found += _between(stage, factor, unit, domain, domains, sums, units.lonely)
        if stage.parent is not None:
            parent = stage.parent[stage.stratum[unit]]
            width = int(stage.parent.max()) + 1
            keys, place = np.unique(domain * width + parent, return_inverse=True)
            sums = grouped(sums, place, keys.size)
            unit, domain = keys % width, keys // width
    return found


def _between(
    stage: Stage, factor: FloatArray, unit: IntArray, domain: IntArray, domains: int, sums: FloatArray, lonely: Lonely
) -> FloatArray:
    """(G, k) variance between the units of each stratum; those that a domain lacks stand at 0."""
    spread = factor * (1.0 - stage.fraction)
    alone = (stage.size == 1) & (spread > 0)
    if alone.any() and lonely is Lonely.FAIL:
        raise ValueError(
            f"{int(alone.sum())} strata hold one sampling unit and so show no variance: choose what that means "
            "(lonely = certainty, remove, adjust or average), or join strata"
        )
    size = stage.size.astype(float)
    scale = spread * np.where(size > 1, size / np.maximum(size - 1.0, 1.0), 0.0)
    stratum = stage.stratum[unit]
    keys, place = np.unique(domain * size.size + stratum, return_inverse=True)
    of_stratum, of_domain = keys % size.size, keys // size.size
    mean = grouped(sums, place, keys.size) / size[of_stratum, None]
    absent = size[of_stratum] - np.bincount(place, minlength=keys.size)
    squares = grouped((sums - mean[place]) ** 2, place, keys.size) + absent[:, None] * mean**2
    found: FloatArray = grouped(squares * scale[of_stratum, None], of_domain, domains)
    if lonely is Lonely.ADJUST and stage.parent is None and alone.any():
        whole = np.bincount(of_domain, weights=size[of_stratum], minlength=domains)
        centre = grouped(sums, domain, domains) / np.maximum(whole, 1.0)[:, None]
        mine = alone[stratum]
        away = (sums[mine] - centre[domain[mine]]) ** 2
        found += grouped(away * spread[stratum[mine], None], domain[mine], domains)
    if lonely is Lonely.AVERAGE and alone.any():
        strata = np.bincount(of_domain, minlength=domains)
        shown = np.bincount(of_domain, weights=~alone[of_stratum], minlength=domains)
        found *= np.divide(strata, shown, out=np.ones(domains), where=shown > 0)[:, None]
    return found


def _degrees(units: Units, sums: Sums, there: np.ndarray) -> FloatArray:
    """(G,) primary units less strata, of the rows that are `there`."""
    first = units.stages[0]
    primary = units.primary[sums.unit[there]]
    domain = sums.domain[there]
    pairs = np.unique(domain * first.stratum.size + primary)
    found: FloatArray = np.bincount(pairs // first.stratum.size, minlength=len(sums.domains)).astype(float)
    strata = np.unique(domain * first.size.size + first.stratum[primary])
    return np.asarray(found - np.bincount(strata // first.size.size, minlength=len(sums.domains)), dtype=float)
