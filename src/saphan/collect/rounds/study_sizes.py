"""How many clusters and interviews a study needs for the estimates it wants, and what each of them then reaches."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from saphan.collect.rounds.studies import STRATUM, Study, Unit, Wanted
from saphan.core.problem import At, problem
from saphan.estimate.sampling import (
    Comparison,
    Strata,
    Terms,
    allocate,
    design_effect,
    margin_of_mean,
    margin_of_proportion,
    of_shares,
    size_for_mean,
    size_for_proportion,
)


@dataclass(frozen=True, kw_only=True)
class StratumSize:
    """One stratum: units and clusters there are, clusters to draw, interviews to complete, households to approach."""

    stratum: str
    population: int
    available: int
    clusters: int
    interviews: int
    approach: int


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What one estimate needs and has: interviews in all (or in the smallest stratum), and the precision reached.

    `reached` is the half-width, in the unit of the estimate, or the chance that the difference is found.
    """

    wanted: Wanted
    design_effect: float
    needed: int
    completed: int
    reached: float
    enough: bool


@dataclass(frozen=True, kw_only=True)
class StudySize:
    """The size of a study by stratum, and each estimate against it."""

    strata: tuple[StratumSize, ...]
    estimates: tuple[Reached, ...]

    @property
    def clusters(self) -> Mapping[str, int]:
        """Clusters to draw, by stratum."""
        return {one.stratum: one.clusters for one in self.strata}

    @property
    def interviews(self) -> int:
        """Interviews to complete."""
        return sum(one.interviews for one in self.strata)


def size(study: Study) -> StudySize:
    """The size that every wanted estimate asks for, or what the given clusters reach.

    Sizes are those of `saphan.estimate.sampling`; a group that cuts across the clusters has its share of each cluster's
    interviews, and so a smaller design effect (Kish 1965, 14.1); strata drawn out of proportion add 1 + cv^2 of their
    weights. Problem "study.size" if the frame cannot give what is wanted.
    """
    sizes = _Sizes(study)
    try:
        clusters = study.design.clusters or sizes.derived()
        estimates = tuple(sizes.reached(wanted, clusters) for wanted in study.estimates)
    except ValueError as error:
        raise problem("study.size", At(file=study.file), detail=str(error)) from error
    return StudySize(strata=tuple(sizes.stratum(name, clusters[name]) for name in sizes.names), estimates=estimates)


class _Sizes:
    """The strata of a study, and what estimates ask of them."""

    def __init__(self, study: Study) -> None:
        self.study, self.design = study, study.design
        self.available = Counter(unit.stratum for unit in study.units)
        self.names = sorted(self.available)
        units = [[unit for unit in study.units if unit.stratum == name] for name in self.names]
        self.population = np.array([sum(unit.households for unit in mine) for mine in units], dtype=float)
        self.unequal = np.array([_unequal(mine) for mine in units])

    def stratum(self, name: str, clusters: int) -> StratumSize:
        """What is to be done in one stratum."""
        asked = self.design.interviews
        return StratumSize(
            stratum=name,
            population=int(self.population[self.names.index(name)]),
            available=self.available[name],
            clusters=clusters,
            interviews=clusters * asked,
            approach=clusters * math.ceil(asked / self.design.response - 1e-9),
        )

    def derived(self) -> dict[str, int]:
        """The fewest clusters, shared out by the study's rule, with which every estimate is as precise as wanted."""
        most = np.array([self.available[name] for name in self.names])
        least = np.minimum(2, most)
        for wanted in self.study.estimates:
            if wanted.by == STRATUM:
                each = [
                    self._needed(wanted, population, math.sqrt(unequal - 1))
                    for population, unequal in zip(self.population, self.unequal, strict=True)
                ]
                least = np.maximum(least, np.ceil(np.array(each) / self.design.interviews).astype(int))
        short = [name for name, low, high in zip(self.names, least, most, strict=True) if low > high]
        if short:
            raise ValueError(
                f"stratum {short[0]}: {least[self.names.index(short[0])]} clusters are needed, and the frame has "
                f"{self.available[short[0]]}; ask more interviews in each, widen the precision, or join strata"
            )
        strata = Strata(name=self.names, population=self.population)
        for total in range(int(least.sum()), int(most.sum()) + 1):
            clusters = allocate(total, strata, self.design.allocation, minimum=least, maximum=most)
            if all(self.reached(one, clusters).enough for one in self.study.estimates):
                return clusters
        raise ValueError(
            f"all {most.sum()} clusters of the frame are too few; ask more interviews in each, or widen the precision"
        )

    def reached(self, wanted: Wanted, clusters: Mapping[str, int]) -> Reached:
        """What one estimate needs, and what it reaches with these clusters."""
        drawn = np.array([clusters[name] for name in self.names], dtype=float)
        if wanted.by == STRATUM:
            each = [
                self._one(wanted, population, number * self.design.interviews, math.sqrt(unequal - 1))
                for population, number, unequal in zip(self.population, drawn, self.unequal, strict=True)
            ]
            # The stratum that falls furthest short stands for all.
            return min(each, key=lambda one: one.completed / one.needed)
        # An interview of a stratum stands for population / interviews on average, and more or less by its cluster.
        weight = self.population / drawn
        spread = float((drawn @ (weight**2 * self.unequal)) * drawn.sum() / (drawn @ weight) ** 2 - 1)
        completed = float(drawn.sum()) * self.design.interviews
        return self._one(wanted, float(self.population.sum()), completed, math.sqrt(max(spread, 0.0)))

    def _one(self, wanted: Wanted, population: float, completed: float, weight_cv: float) -> Reached:
        deff = self._design_effect(wanted.smallest, weight_cv)
        needed = self._needed(wanted, population, weight_cv)
        inside = min(completed, population) * wanted.smallest
        if wanted.half_width is not None:
            terms = Terms(level=wanted.level, deff=deff, population=max(2.0, population * wanted.smallest))
            margin = (
                margin_of_proportion(wanted.share, inside, terms)
                if wanted.share is not None
                else margin_of_mean(wanted.deviation or 0.0, inside, terms)
            )
            reached = float(margin)
        else:
            reached = self._comparison(wanted, weight_cv).power(wanted.difference or 0.0, inside)
        return Reached(
            wanted=wanted,
            design_effect=deff,
            needed=needed,
            completed=int(completed),
            reached=reached,
            enough=bool(completed >= needed),
        )

    def _needed(self, wanted: Wanted, population: float, weight_cv: float = 0.0) -> int:
        """Interviews in the whole population (or stratum) at which an estimate is as precise as wanted."""
        if wanted.half_width is None:
            size = self._comparison(wanted, weight_cv).size(wanted.difference or 0.0, power=wanted.power).exact[0]
        else:
            terms = Terms(
                level=wanted.level,
                deff=self._design_effect(wanted.smallest, weight_cv),
                population=max(2.0, population * wanted.smallest),
                response=self.design.response,
            )
            size = (
                size_for_proportion(wanted.share, wanted.half_width, terms)
                if wanted.share is not None
                else size_for_mean(wanted.deviation or 0.0, wanted.half_width, terms)
            ).exact
        return math.ceil(float(size) / wanted.smallest - 1e-9)

    def _design_effect(self, share: float, weight_cv: float) -> float:
        in_cluster = max(1.0, self.design.interviews * share)
        return float(design_effect(in_cluster, self.design.correlation, weight_cv=weight_cv))

    def _comparison(self, wanted: Wanted, weight_cv: float) -> Comparison:
        """The two groups of a column, or of two strata or two rounds of the same size."""
        other = 1.0 - wanted.smallest if wanted.smallest < 1 else 1.0
        deff = (self._design_effect(wanted.smallest, weight_cv), self._design_effect(other, weight_cv))
        ratio = other / wanted.smallest
        if wanted.share is not None:
            second = wanted.share + (wanted.difference or 0.0)
            return of_shares(wanted.share, second, deff=deff, ratio=ratio, level=wanted.level)
        deviation = wanted.deviation or 0.0
        return Comparison(deviation=(deviation, deviation), deff=deff, ratio=ratio, level=wanted.level)


def _unequal(units: Sequence[Unit]) -> float:
    """Kish's 1 + cv^2 of the weights in one stratum: a cluster drawn by its measure stands for households / measure.

    It is 1 where the measure is the number of households, as all interviews then weigh the same.
    """
    measure = np.array([unit.measure for unit in units])
    weight = np.array([unit.households for unit in units]) / measure
    return max(1.0, float((measure @ weight**2) * measure.sum() / (measure @ weight) ** 2))
