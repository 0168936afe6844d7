"""From the answers of a household assessment, or a study, and the areas that were drawn for it to a weighted sample.

A household stands for 1 / chance of its area x households listed / households interviewed there: those who answered
stand for those of their area who did not. Areas of a stratum without any interview are stood for by its other areas,
by the households that both were drawn to stand for (Valliant, Dever and Kreuter 2018, 13.5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from saphan.collect.rounds.assessments import Area, Asked, HouseholdAssessment
from saphan.estimate.survey.model import FloatArray
from saphan.estimate.survey.plan import Columns

SAMPLE = "sample"  # the frame's name
SUBMISSION, WEIGHT, STRATUM, CLUSTER = "submission", "weight", "stratum", "cluster"
AREAS, LISTED = "clusters", "households_listed"
LEVELS = ("admin1", "admin2", "admin3")
NAMED = 8  # areas that a note names before it only counts


@dataclass(frozen=True, kw_only=True)
class StratumResponse:
    """One stratum: areas drawn and reached, interviews to be made and made, households that its sample stands for."""

    stratum: str
    drawn: int
    reached: int
    asked: int
    made: int
    represents: float


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The frame of a sample, a row for each household with a weight, its design, and what has to be said of it.

    `effect` is Kish's design effect of the weights alone, n sum w^2 / (sum w)^2; `left_out` counts households without
    a weight.
    """

    sample: pa.Table
    design: Columns
    strata: tuple[StratumResponse, ...]
    effect: float
    left_out: int
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """Households with a weight."""
        return int(self.sample.num_rows)


def weigh(assessment: HouseholdAssessment, answers: pa.Table, places: Mapping[str, Sequence[str | None]]) -> Weighed:
    """Weigh the households of an assessment.

    `answers` have the columns submission, cluster, and household_number where the form asks for it. `places` are the
    areas of administration that each P-code lies in, from level 1 down. ValueError where no household has a weight.
    """
    drawn = {one.id: one for one in assessment.areas}
    submission = answers.column(SUBMISSION).to_pylist()
    cluster = answers.column(CLUSTER).to_pylist()
    notes: list[str] = []
    who, where = assessment.asked, assessment.asked.area
    again = _again(answers)
    lost = Counter("no area" if one is None else one for one in cluster if one not in drawn)
    if lost:
        notes.append(f"{_of(lost.total(), who)} left out, of {where}s that were not drawn: {_listed(sorted(lost))}.")
    if again:
        notes.append(
            f"{_of(len(again), 'interview')} left out, of a {who} of its {where} that had been interviewed already."
        )
    kept = [row for row, one in enumerate(cluster) if one in drawn and row not in again]
    if not kept:
        raise ValueError(f"no {who} of a drawn {where} was interviewed: compare the answers to cluster with the sample")
    interviewed = Counter(cluster[row] for row in kept)
    raised, strata = _strata(assessment, interviewed, notes)
    _more_than_listed(assessment.asked, drawn, interviewed, notes)
    areas = [drawn[cluster[row]] for row in kept]
    # An area that lists fewer households than answered has grown since it was listed: each then stands for itself.
    weight = np.array(
        [raised[one.stratum] / one.chance * max(one.households / interviewed[one.id], 1.0) for one in areas]
    )
    levels = [places.get(one.place, ()) for one in areas]
    sample = pa.table(
        {
            SUBMISSION: pa.array([submission[row] for row in kept], pa.string()),
            WEIGHT: weight,
            STRATUM: pa.array([one.stratum for one in areas], pa.string()),
            CLUSTER: pa.array([one.id for one in areas], pa.string()),
            AREAS: pa.array([one.clusters for one in areas], pa.int64()),
            LISTED: pa.array([max(one.households, interviewed[one.id]) for one in areas], pa.int64()),
        }
        | {
            name: pa.array([one[place] if place < len(one) else None for one in levels], pa.string())
            for place, name in enumerate(LEVELS)
        }
    )
    return Weighed(
        sample=sample,
        design=design(assessment),
        strata=strata,
        effect=kish(weight),
        left_out=len(submission) - len(kept),
        notes=tuple(notes),
    )


def design(assessment: HouseholdAssessment) -> Columns:
    """The columns of a design: areas within strata, and where every stratum says how many areas it has, households
    within areas, both drawn without replacement; otherwise areas as drawn with replacement.
    """
    known = all(one.clusters is not None for one in assessment.areas)
    return Columns(
        weight=WEIGHT,
        strata=(STRATUM,),
        clusters=(CLUSTER, SUBMISSION) if known else (CLUSTER,),
        populations=(AREAS, LISTED) if known else (),
        lonely=assessment.lonely,
        basis=assessment.basis,
    )


def kish(weight: FloatArray) -> float:
    """Kish's design effect of unequal weights (n,), 1 where they are equal."""
    return float(weight.size * (weight**2).sum() / weight.sum() ** 2)


def _again(answers: pa.Table) -> frozenset[int]:
    """The rows of households that an earlier row of the same area and number has; a row without a number stands."""
    if "household_number" not in answers.column_names:
        return frozenset()
    seen: set[tuple[str, int]] = set()
    found = []
    both = zip(answers.column(CLUSTER).to_pylist(), answers.column("household_number").to_pylist(), strict=True)
    for row, (area, number) in enumerate(both):
        if area is None or number is None:
            continue
        if (area, number) in seen:
            found.append(row)
        seen.add((area, number))
    return frozenset(found)


def _strata(
    assessment: HouseholdAssessment, interviewed: Mapping[str, int], notes: list[str]
) -> tuple[dict[str, float], tuple[StratumResponse, ...]]:
    """How much the weights of each stratum are raised for its areas without interviews, and its response."""
    raised: dict[str, float] = {}
    found = []
    for stratum in dict.fromkeys(one.stratum for one in assessment.areas):
        mine = [one for one in assessment.areas if one.stratum == stratum]
        reached = [one for one in mine if one.id in interviewed]
        whole, there = (sum(one.households / one.chance for one in group) for group in (mine, reached))
        raised[stratum] = whole / there if there else 1.0
        missing = [one.id for one in mine if one.id not in interviewed]
        if not reached:
            notes.append(f"Stratum {stratum} has no interviews: the results do not speak of it.")
        elif missing:
            notes.append(
                f"{_of(len(missing), assessment.asked.area)} of stratum {stratum} without interviews "
                f"({_listed(missing)}): its others stand for them, weights x {raised[stratum]:.3f}."
            )
        found.append(
            StratumResponse(
                stratum=stratum,
                drawn=len(mine),
                reached=len(reached),
                asked=sum(one.interviews for one in mine),
                made=sum(interviewed[one.id] for one in reached),
                represents=whole if reached else 0.0,
            )
        )
    return raised, tuple(found)


def _more_than_listed(
    asked: Asked, drawn: Mapping[str, Area], interviewed: Mapping[str, int], notes: list[str]
) -> None:
    grown = sorted(name for name, made in interviewed.items() if made > drawn[name].households)
    if grown:
        notes.append(
            f"{_of(len(grown), asked.area)} with more {asked}s interviewed than listed ({_listed(grown)}): each of "
            f"these {asked}s stands for itself there."
        )


def _of(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
