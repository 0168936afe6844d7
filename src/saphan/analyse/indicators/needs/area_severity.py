"""People in need and severity of areas, made of what the sectors say of each: the preliminary figures of JIAF 2.

The Joint and Intersectoral Analysis Framework takes the highest sector of each unit and flags what a group must look
at; the final figure is that group's recorded choice. Nothing is averaged over sectors or added up across them, and no
country has a severity. Arrays are (U, S), U units by the S = 8 main sectors; what was not reported is NaN.

Sources: JIAF 2 technical manual, July 2024 (boxes 21 and 22, tables 3A and 3B1), and the formulas of its worksheets 3A
and 3B for 2026, both as public analysts describe them; the manual itself was not at hand. Where the two differ the
function says which is followed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SECTORS = (
    "camp-coordination",
    "education",
    "food-security",
    "health",
    "nutrition",
    "protection",
    "shelter",
    "water",
)
NOT_APPLICABLE = 0.0  # the phase of a sector that has no place in a unit, as camp coordination where there is no camp
CATASTROPHIC = 5.0
OVERLAP = 4  # sectors that must be in a phase or worse for the unit to be in it


class Raised(IntEnum):
    """Whether a flag is raised; unknown where what it compares is not there, which is no all-clear."""

    UNKNOWN = -1
    NO = 0
    YES = 1


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From where flags are raised; the defaults are those that the worksheet of 2026 recommends.

    `silent_sectors` are missing or 0 (the manual's table says 1 or 2); `over_second` and `over_third` relative to the
    lower figure; `of_population` a share; `change` on last year's figure, 1 being twice or none. `subgroups` are
    sectors that count a part of the population only, as education counts children: the manual's 50 per cent is not
    applied, as the worksheet does not. `phase_5` and `phase_4` are numbers of sectors.
    """

    silent_sectors: int = 2
    over_second: float = 0.3
    over_third: float = 0.5
    of_population: float = 0.9
    change: float = 1.0
    subgroups: Collection[str] = ("education",)
    phase_5: int = 2
    phase_4: int = 5


WORKSHEET_2026 = Thresholds()


@dataclass(frozen=True, kw_only=True)
class Preliminary:
    """(U,) the highest of each unit, NaN without any; a lower bound where it is `partial`, as a sector is missing."""

    value: FloatArray
    highest: tuple[tuple[str, ...], ...]  # the sectors that reach it, several where they are equal
    partial: BoolArray


@dataclass(frozen=True, kw_only=True)
class Severity:
    """(U,) preliminary phases 1 to 5: `low` if those missing add nothing, `high` if all of them are in phase 5."""

    low: FloatArray
    high: FloatArray

    @property
    def value(self) -> FloatArray:
        """(U,) the phase where the missing cannot change it, else NaN: an unreported sector is never phase 1."""
        return np.where(self.low == self.high, self.low, np.nan)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the group agreed on for a flagged unit: the sector whose figure stands, why, and who was there."""

    unit: str
    sector: str
    reason: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Final:
    """(U,) people in need, NaN where a flag awaits a choice: these units are `open`; `sector` is whose figure it is."""

    value: FloatArray
    sector: tuple[str | None, ...]
    open: tuple[str, ...]

    @property
    def total(self) -> float:
        """The sum over units; NaN while one is open or has no figure, as a sum without it would be taken for all."""
        return float(self.value.sum())


@dataclass(frozen=True, kw_only=True)
class PeopleInNeed:
    """(U, S) shares times stocks, with the standard error that both give."""

    value: FloatArray
    standard_error: FloatArray


def people_in_need(
    share: FloatArray, share_error: FloatArray, stock: FloatArray, stock_error: FloatArray
) -> PeopleInNeed:
    """Share in need (U, S) times people who live there (U,): V = N^2 V(p) + p^2 V(N), by the delta method.

    Share and stock come from different sources and are taken as uncorrelated, as in `estimate.flow.product`, which
    gives one such figure its interval. Errors that are 0 stand for a census. The highest of several sectors errs
    upwards where their errors are large, and has no error of its own here. ValueError where a share is not within 0
    and 1, a stock is negative, or an error is negative.
    """
    if ((share < 0) | (share > 1)).any():
        raise ValueError("a share lies outside 0 to 1")
    if (stock < 0).any() or (share_error < 0).any() or (stock_error < 0).any():
        raise ValueError("a stock or an error is negative")
    people, error = stock[:, np.newaxis], stock_error[:, np.newaxis]
    return PeopleInNeed(value=people * share, standard_error=np.hypot(people * share_error, share * error))


def preliminary_pin(people: FloatArray, sectors: Sequence[str] = SECTORS) -> Preliminary:
    """The preliminary joint number of people in need: the highest sector of each unit (mosaic method, box 21).

    ValueError if a figure is negative or a column has no sector.
    """
    _check(people, sectors)
    value = _highest(people)
    return Preliminary(
        value=value,
        highest=tuple(
            tuple(name for name, met in zip(sectors, row, strict=True) if met) for row in people == value[:, np.newaxis]
        ),
        partial=np.asarray(np.isnan(people).any(axis=1)),
    )


def counted_pin(highest: FloatArray, severity: FloatArray) -> FloatArray:
    """(U,) the highest figure where the severity is 3 or worse, else 0: as the worksheet of 2026 counts, and it alone.

    NaN where either is unknown.
    """
    return np.where(np.isnan(highest + severity), np.nan, np.where(severity > 2, highest, 0.0))


def pin_flags(
    people: FloatArray,
    *,
    population: FloatArray,
    last_year: FloatArray | None = None,
    manual: BoolArray | None = None,
    thresholds: Thresholds = WORKSHEET_2026,
    sectors: Sequence[str] = SECTORS,
) -> IntArray:
    """(U, 7) flags 1 to 7 of table 3A, each `Raised`: what the group must look at before the figure is final.

    1 sectors missing or 0, unknown where none has anybody in need; 2 and 3 the highest over the second and third
    highest; 4 the highest sector counts a part of the population; 5 the highest over the population (U,); 6 its change,
    or the second highest's, on `last_year` (U, S), up or down; 7 raised by hand. Second and third are of distinct
    figures. Two sectors that share the highest support each other, which switches 2, 3 and 4 off. Against a second
    highest of 0 there is no ratio and flag 2 is unknown; a third of 0 raises flag 3. All this as the worksheet's
    formulas; it also rounds flag 6 to a tenth, which is not followed here.
    """
    _check(people, sectors)
    first, second, third = _ranks(people)
    at_first, at_second = people == first[:, np.newaxis], people == second[:, np.newaxis]
    alone = at_first.sum(axis=1) == 1
    silent = (np.isnan(people) | (people == 0)).sum(axis=1)
    part = np.array([name in thresholds.subgroups for name in sectors])
    flags = (
        _raised(silent >= thresholds.silent_sectors, known=np.nansum(people, axis=1) > 0),
        _raised(alone & _over(first, second, thresholds.over_second), known=second > 0),
        _raised(alone & _over(first, third, thresholds.over_third), known=~np.isnan(third)),
        _raised(alone & (at_first & part).any(axis=1), known=first > 0),
        _raised(first >= thresholds.of_population * population, known=~np.isnan(first) & (population > 0)),
        _changed(people, last_year, (at_first, at_second), thresholds.change),
        np.full(len(people), Raised.NO) if manual is None else _raised(manual, known=np.ones(len(people), bool)),
    )
    return np.stack(flags, axis=1).astype(np.int64)


def preliminary_severity(phases: FloatArray) -> Severity:
    """The preliminary intersectoral phase of each unit, from the overlap of its sectors' phases (U, S) (box 22).

    Phase 2, 3 or 4 where at least four sectors are in it or worse, 5 where four are in 4 or worse and two of them in 5,
    else 1. NaN is a phase not reported, 0 a sector that does not apply. ValueError for another value.
    """
    if not np.isin(phases[~np.isnan(phases)], (NOT_APPLICABLE, 1, 2, 3, 4, CATASTROPHIC)).all():
        raise ValueError("a phase is a whole number from 1 to 5, or 0 where the sector does not apply")
    missing = np.isnan(phases)
    return Severity(
        low=_overlap(np.where(missing, NOT_APPLICABLE, phases)),
        high=_overlap(np.where(missing, CATASTROPHIC, phases)),
    )


def severity_flags(
    phases: FloatArray,
    severity: FloatArray,
    *,
    outcomes: FloatArray | None = None,
    manual: BoolArray | None = None,
    thresholds: Thresholds = WORKSHEET_2026,
) -> IntArray:
    """(U, 5) severity flags 1 to 5 of table 3B1, each `Raised`.

    1 sectors in phase 5; 2 an outcome two phases or more from the preliminary severity (U,); 3 two outcomes above it,
    or two below it; 4 more than four sectors in 4 or worse while the severity is 4 or lower; 5 raised by hand.
    `outcomes` (U, K) are phases of K outcome indicators as analysts assigned them: without any, 2 and 3 are unknown.
    Flag 4 is as the worksheet's header and the manual have it; the worksheet's formula counts other phases.
    """
    told = ~np.isnan(severity)
    distance = np.full((len(phases), 1), np.nan) if outcomes is None else outcomes - severity[:, np.newaxis]
    seen = ~np.isnan(distance).all(axis=1)
    flags = (
        _raised((phases == CATASTROPHIC).sum(axis=1) >= thresholds.phase_5, known=np.ones(len(phases), bool)),
        _raised((np.abs(distance) >= 2).any(axis=1), known=seen),
        _raised(((distance >= 1).sum(axis=1) >= 2) | ((distance <= -1).sum(axis=1) >= 2), known=seen),
        _raised(((phases >= 4).sum(axis=1) >= thresholds.phase_4) & (severity <= 4), known=told),
        np.full(len(phases), Raised.NO) if manual is None else _raised(manual, known=np.ones(len(phases), bool)),
    )
    return np.stack(flags, axis=1).astype(np.int64)


def final_pin(
    units: Sequence[str],
    people: FloatArray,
    flags: IntArray,
    choices: Sequence[Choice],
    sectors: Sequence[str] = SECTORS,
) -> Final:
    """The final number of people in need of each unit: a sector's own, never a mean of several.

    Without a raised flag it is the highest; with one it is the sector that the group chose, and open until it has.
    A choice may also be made for a unit without a flag. ValueError for a choice of an unknown unit or sector, of a
    sector without a figure, without a reason or people, or a second one for a unit.
    """
    found = preliminary_pin(people, sectors)
    chosen = _chosen(units, people, choices, sectors)
    raised = (flags == Raised.YES).any(axis=1)
    value, names = found.value.copy(), [row[0] if row else None for row in found.highest]
    waiting = []
    for place, unit in enumerate(units):
        if unit in chosen:
            names[place] = chosen[unit].sector
            value[place] = people[place, sectors.index(chosen[unit].sector)]
        elif raised[place]:
            value[place], names[place] = np.nan, None
            waiting.append(unit)
    return Final(value=value, sector=tuple(names), open=tuple(waiting))


def _chosen(
    units: Sequence[str], people: FloatArray, choices: Sequence[Choice], sectors: Sequence[str]
) -> Mapping[str, Choice]:
    chosen: dict[str, Choice] = {}
    for one in choices:
        if one.unit not in units or one.sector not in sectors:
            raise ValueError(f"there is no unit {one.unit!r} with a sector {one.sector!r}")
        if np.isnan(people[units.index(one.unit), sectors.index(one.sector)]):
            raise ValueError(f"{one.sector} has no figure in {one.unit}")
        if not one.reason.strip() or not one.by.strip():
            raise ValueError(f"the choice for {one.unit} has no reason, or nobody made it")
        if one.unit in chosen:
            raise ValueError(f"there are two choices for {one.unit}")
        chosen[one.unit] = one
    return chosen


def _check(people: FloatArray, sectors: Sequence[str]) -> None:
    if people.ndim != 2 or people.shape[1] != len(sectors):
        raise ValueError(
            f"people in need have shape {people.shape}, expected a column for each of {len(sectors)} sectors"
        )
    if (people < 0).any():
        raise ValueError("a number of people in need is negative")


def _highest(people: FloatArray) -> FloatArray:
    """(U,) NaN where there is none."""
    found = np.where(np.isnan(people), -np.inf, people).max(axis=1)
    return np.where(np.isinf(found), np.nan, found)


def _ranks(people: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(U,) each: the three highest distinct figures."""
    first = _highest(people)
    second = _highest(np.where(people < first[:, np.newaxis], people, np.nan))
    return first, second, _highest(np.where(people < second[:, np.newaxis], people, np.nan))


def _over(first: FloatArray, other: FloatArray, threshold: float) -> BoolArray:
    return np.asarray(first - other >= threshold * other)


def _changed(people: FloatArray, last_year: FloatArray | None, of: Sequence[BoolArray], threshold: float) -> IntArray:
    """Flag 6: raised by the highest or the second highest; a part is unknown where one of its sectors has no ratio."""
    if last_year is None:
        return np.full(len(people), Raised.UNKNOWN)
    ratio = np.divide(people - last_year, last_year, out=np.full(people.shape, np.nan), where=last_year > 0)
    parts = np.stack(
        [
            _raised(
                (rank & (np.abs(ratio) >= threshold)).any(axis=1),
                known=rank.any(axis=1) & ~(rank & np.isnan(ratio)).any(axis=1),
            )
            for rank in of
        ]
    )
    return np.asarray(parts.max(axis=0))  # yes before no before unknown


def _overlap(phases: FloatArray) -> FloatArray:
    """The phase by the number of sectors in each or worse."""
    reached = [(phases >= phase).sum(axis=1) >= OVERLAP for phase in (2, 3, 4)]
    worst = reached[2] & ((phases == CATASTROPHIC).sum(axis=1) >= 2)
    return np.asarray(1.0 + np.sum([*reached, worst], axis=0))


def _raised(condition: npt.ArrayLike, *, known: npt.ArrayLike) -> IntArray:
    return np.where(known, np.where(condition, Raised.YES, Raised.NO), Raised.UNKNOWN)
