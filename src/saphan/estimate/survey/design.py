"""Sampling designs: which units were drawn from which strata, and the variance that follows from it.

A variance needs no rows, only the sums of each sampling unit, so one function serves arrays in memory and sums that an
engine made: V = sum_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - mean_h)^2 at the first stage, plus f_h times the variance
within each primary unit at the next (Sarndal, Swensson and Wretman 1992, 4.3; Lumley 2010, 2.2). Without a stated
population the first stage is taken as drawn with replacement and is all there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
from scipy import sparse

from saphan.estimate.survey.codes import codes, firsts
from saphan.estimate.survey.model import FloatArray, IntArray, Labels
from saphan.estimate.survey.options import option

Values = TypeVar("Values", FloatArray, IntArray)


class Lonely(StrEnum):
    """What to do with a stratum of one primary unit, which shows no variance of its own."""

    FAIL = "fail"  # refuse: the choice is the user's
    CERTAINTY = "certainty"  # the unit was taken with certainty: no variance at this stage
    REMOVE = "remove"  # leave the stratum out of the variance; the same number as certainty
    ADJUST = "adjust"  # centre on the mean of all units
    AVERAGE = "average"  # give it the mean variance of the other strata


class SamplingBasis(StrEnum):
    """How respondents came into a dataset; only the first two carry intervals that the draw itself justifies."""

    PROBABILITY = "probability"
    CENSUS = "census"
    QUOTA = "quota"
    CONVENIENCE = "convenience"
    RESPONDENT_DRIVEN = "respondent-driven"

    @property
    def by_chance(self) -> bool:
        """True where intervals and tests follow from the draw."""
        return self in (SamplingBasis.PROBABILITY, SamplingBasis.CENSUS)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a design: U units, numbered 0 to U - 1, in H strata.

    At a later stage a stratum lies within one unit of the stage before, `parent` (H,). `fraction` (H,) is the share of
    the stratum's population that was drawn; 0 where drawn with replacement or unknown; 1 for a certainty stratum.
    """

    stratum: IntArray  # (U,)
    size: IntArray  # (H,) units drawn
    fraction: FloatArray  # (H,)
    parent: IntArray | None = None  # (H,) unit of the stage before


@dataclass(frozen=True, kw_only=True)
class Units:
    """The units of a design, stage by stage, down to the last stage that has a variance of its own.

    `lonely` says what a stratum of one unit means. Units of the last stage are those that sums are made by. `labels` of
    every primary unit are those of its stratum (None without strata) and its own, (P,) each.
    """

    stages: tuple[Stage, ...]
    lonely: Lonely = Lonely.FAIL
    labels: tuple[Labels | None, Labels] | None = None

    @property
    def count(self) -> int:
        """Units of the last stage."""
        return int(self.stages[-1].stratum.size)

    @property
    def primary(self) -> IntArray:
        """(U,) the primary unit of each unit of the last stage."""
        found = np.arange(self.count)
        for stage in reversed(self.stages[1:]):
            found = _parent(stage)[found]
        return found

    def covariance(self, sums: FloatArray) -> FloatArray:
        """(k, k) covariance of the totals of `sums` (U, k), the weighted values of each unit of the last stage.

        ValueError for a lonely primary unit where the design does not say what it means.
        """
        levels = [sums]
        for stage in reversed(self.stages[1:]):
            parents = _parent(stage)
            count = int(self.stages[len(self.stages) - len(levels) - 1].stratum.size)
            levels.append(grouped(levels[-1], parents, count))
        levels.reverse()
        found = np.zeros((sums.shape[1], sums.shape[1]))
        carried: FloatArray | None = None  # (U,) product of the sampling fractions above each unit of the stage before
        for stage, level in zip(self.stages, levels, strict=True):
            factor = np.ones(stage.size.size) if carried is None or stage.parent is None else carried[stage.parent]
            found += _between(stage, level, factor, self.lonely)
            carried = (factor * stage.fraction)[stage.stratum]
        return found

    @property
    def chance(self) -> FloatArray:
        """(U,) the product of the fractions drawn at every stage; 0 where one is not known."""
        found = np.ones(1)
        for stage in self.stages:
            above = found if stage.parent is None else found[stage.parent]
            found = (above * stage.fraction)[stage.stratum]
        return found

    @property
    def weights(self) -> FloatArray:
        """(U,) one over the chance. ValueError where it is not known."""
        for number, stage in enumerate(self.stages):
            if not (stage.fraction > 0).all():
                raise ValueError(f"stage {number + 1}: without weights every stratum needs a population")
        return np.asarray(1.0 / self.chance)

    def degrees(self, present: IntArray | None = None) -> int:
        """Degrees of freedom: primary units less strata, of those with anyone in the domain; `present` numbers units of
        the last stage.
        """
        first = self.stages[0]
        if present is None:
            return int(first.stratum.size - first.size.size)
        there = np.zeros(first.stratum.size, dtype=bool)
        there[self.primary[present]] = True
        strata = np.zeros(first.size.size, dtype=bool)
        strata[first.stratum[there]] = True
        return int(there.sum() - strata.sum())


def units(
    strata: Sequence[Labels | None],
    clusters: Sequence[Labels],
    populations: Sequence[FloatArray | None] = (),
    *,
    lonely: Lonely = Lonely.FAIL,
) -> tuple[Units, IntArray]:
    """The units of a design from one row per respondent, and the unit of the last stage of each row (n,).

    `clusters` holds the label of the unit at every stage, (n,) each; `strata` the stratum or None; `populations` how
    many units the stratum holds, or the share of it that was drawn where all numbers are at most 1. Stages below one
    without population have no variance of their own and are left out. Units nest: the same label in two strata is two
    units. ValueError where a population differs within a stratum or is smaller than its sample.
    """
    if not clusters:
        raise ValueError("a design has at least one stage: give the label of each row where elements were drawn")
    lonely = option(Lonely, lonely)
    length = len(clusters[0])
    above = np.zeros(length, dtype=np.int64)  # unit of the stage before, of each row
    stages: list[Stage] = []
    named: tuple[Labels | None, Labels] | None = None
    for number, labels in enumerate(clusters):
        by = strata[number] if number < len(strata) else None
        within = above if by is None else _numbered(above, np.asarray(by))
        unit = _numbered(within, np.asarray(labels))
        first = firsts(unit, int(unit.max(initial=-1)) + 1)
        stratum = codes(within[first])[1]
        size = np.bincount(stratum)
        population = populations[number] if number < len(populations) else None
        fraction = _fraction(population, first, stratum, size, unit, number + 1)
        parent = None
        if not number:
            named = (None if by is None else np.asarray(by)[first], np.asarray(labels)[first])
        else:
            parent = np.zeros(size.size, dtype=np.int64)
            parent[stratum] = above[first]
        stages.append(Stage(stratum=stratum, size=size, fraction=fraction, parent=parent))
        above = unit
        if not fraction.any():
            break
    return Units(stages=tuple(stages), lonely=lonely, labels=named), above


def grouped(values: Values, group: IntArray, groups: int) -> Values:
    """(G, k) sums of values (R, k) by group, added in the order of rows."""
    one = np.ones(group.size, dtype=values.dtype)
    member = sparse.csr_array((one, (group, np.arange(group.size))), shape=(groups, group.size))
    return np.asarray(member @ values)


def _parent(stage: Stage) -> IntArray:
    """(U,) the unit of the stage before of each unit."""
    if stage.parent is None:
        raise ValueError("the first stage has no stage before it")
    return stage.parent[stage.stratum]


def _numbered(first: IntArray, second: Labels) -> IntArray:
    """Number the pairs of two labelings in the order of their values."""
    kinds, code = codes(second)
    return codes(first * max(kinds.size, 1) + code)[1]


def _fraction(
    population: FloatArray | None, first: IntArray, stratum: IntArray, size: IntArray, unit: IntArray, number: int
) -> FloatArray:
    """(H,) the share of each stratum that was drawn."""
    if population is None:
        return np.zeros(size.size)
    of_unit = np.asarray(population, dtype=float)[first]
    of_stratum = np.zeros(size.size)
    of_stratum[stratum] = of_unit
    rows = np.asarray(population, dtype=float)
    if not np.array_equal(rows, of_unit[unit]) or not np.array_equal(of_unit, of_stratum[stratum]):
        raise ValueError(f"stage {number}: the population differs within a stratum; give each stratum one number")
    if np.isnan(of_stratum).any() or (of_stratum <= 0).any():
        raise ValueError(f"stage {number}: a population is missing or not positive")
    if (of_stratum <= 1).all() and not (size == of_stratum).all():
        return of_stratum
    if (of_stratum < size).any():
        worst = int(np.argmax(size - of_stratum))
        raise ValueError(
            f"stage {number}: a stratum holds {of_stratum[worst]:g} units, of which {size[worst]} are in the sample; "
            "give how many units there are, not their share"
        )
    share: FloatArray = np.where(np.isinf(of_stratum), 0.0, size / of_stratum)
    return share


def _between(stage: Stage, sums: FloatArray, factor: FloatArray, lonely: Lonely) -> FloatArray:
    """(k, k) variance between the units of each stratum, summed with `factor` (H,)."""
    size = stage.size.astype(float)
    mean = grouped(sums, stage.stratum, size.size) / size[:, None]
    spread = factor * (1.0 - stage.fraction)
    alone = (stage.size == 1) & (spread > 0)
    if alone.any() and lonely is Lonely.FAIL:
        raise ValueError(
            f"{int(alone.sum())} strata hold one sampling unit and so show no variance: choose what that means "
            "(lonely = certainty, remove, adjust or average), or join strata"
        )
    scale = spread * np.where(size > 1, size / np.maximum(size - 1.0, 1.0), 0.0)
    away = sums - mean[stage.stratum]
    found: FloatArray = away.T @ (away * scale[stage.stratum][:, None])
    if lonely not in (Lonely.ADJUST, Lonely.AVERAGE) or not alone.any():
        return found
    # As in R survey, strata without anyone in the domain, whose sums are all 0, neither lend nor need a variance.
    there = np.zeros(mean.shape, dtype=bool)
    np.logical_or.at(there, stage.stratum, sums != 0)
    if lonely is Lonely.AVERAGE:
        shown = (there & ~alone[:, None]).sum(axis=0)
        factor_of = np.sqrt(np.divide(there.sum(axis=0), shown, out=np.ones(shown.size), where=shown > 0))
        return np.asarray(found * np.outer(factor_of, factor_of))
    if stage.parent is not None:
        return found
    whole = there.T @ size
    centre = np.divide(sums.sum(axis=0), whole, out=np.zeros(whole.size), where=whole > 0)
    own = np.where(there[alone], mean[alone] - centre, 0.0)
    return np.asarray(found + own.T @ (own * spread[alone][:, None]))
