"""Estimates by domain with errors from replicates, made of sums by unit: rows are never weighted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from saphan.estimate.survey.domains import Domains
from saphan.estimate.survey.estimates import Estimates
from saphan.estimate.survey.model import FloatArray
from saphan.estimate.survey.replicates import Replicates
from saphan.estimate.survey.sample import Sample

Make = Callable[[Sample], Replicates]  # `jackknife`, `balanced`, or `bootstrap` with its number of replicates


@dataclass(frozen=True, kw_only=True)
class ReplicatedDomains(Domains):
    """Estimates whose errors come from `replicates` of their units."""

    replicates: Replicates

    @property
    def method(self) -> str:
        """The id of the replicates."""
        return self.replicates.id

    @cached_property
    def standard_error(self) -> FloatArray:
        """(G, E); NaN where some replicate has nobody."""
        found = [
            self.replicates.variance(self.replicated(self._factor, domain), self.value[domain])
            for domain in range(len(self.sums.domains))
        ]
        return np.sqrt(np.stack(found))

    def estimates(self, chosen: Sequence[tuple[int, int]], names: Sequence[str]) -> Estimates:
        """Some of them, by numbers of domain and estimand, with their joint covariance."""
        theta = np.stack([self.replicated(self._factor, domain)[:, place] for domain, place in chosen], axis=1)
        found = super().estimates(chosen, names)
        by_chance = self.columns.basis.by_chance
        return replace(found, covariance=self.replicates.covariance(theta, found.value)) if by_chance else found

    @cached_property
    def _factor(self) -> FloatArray:
        """(R, U) what each replicate multiplies the weights of units by."""
        return self.replicates.factor[:, self.replicates.group]


def replicated(found: Sequence[Domains], make: Make) -> tuple[ReplicatedDomains, ...]:
    """The groupings of a plan with errors from replicates: one row stands for each unit."""
    units, columns = found[0].units, found[0].columns
    rows = np.arange(units.count)
    drawn = Sample(weight=np.ones(rows.size), unit=rows, units=units, basis=columns.basis, model=columns.model)
    made = make(drawn)
    if not isinstance(made, Replicates):
        raise ValueError(
            "replicates are made by a function of a sample: give jackknife itself, or lambda of_sample: "
            "bootstrap(of_sample, 1000, rng)"
        )
    return tuple(
        ReplicatedDomains(units=units, columns=columns, estimands=one.estimands, sums=one.sums, replicates=made)
        for one in found
    )
