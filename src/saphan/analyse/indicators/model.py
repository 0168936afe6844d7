"""What an indicator gives: numbers with their interval, meaning and parents, not yet rounded, disclosed or signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from saphan.analyse.disclosure import Ratio
from saphan.core.naming import name_of
from saphan.core.text import Text
from saphan.core.unit import Unit


class Judged(StrEnum):
    """What was decided of a number before the whole release is looked at."""

    OPEN = "open"  # nothing: the release decides
    SHOWN = "shown"  # it may be shown
    TOO_FEW = "too-few"  # it rests on too few respondents, or such a number follows from it
    UNRELIABLE = "unreliable"  # the presentation standard does not print it


@dataclass(frozen=True, kw_only=True)
class Result:
    """One number as estimated or counted. Counts have no interval (`low`, `high`, `standard_error` are None).

    `rests_on` is how many observed movements or interviews it was made from, and for a share `base` how many were
    asked, `denominator` of whom it is in words; `clusters`, how many primary units (weeks, areas, sites);
    `effective_coverage`, the share of the value that was counted rather than extrapolated. Where nothing was counted,
    `said` is the range of what informants said and `grade` how far it may be relied on: no interval.

    `judged` is open where the whole release decides what may be shown. A number of a household sample was judged among
    its own respondents (`plans.disclosing`), since nobody knows who they are: that decision stands.
    """

    indicator: str
    cell: Mapping[str, str]
    period: str
    unit: Unit
    value: float
    low: float | None = None
    high: float | None = None
    standard_error: float | None = None
    degrees_of_freedom: float | None = None
    rests_on: int
    base: int | None = None
    clusters: int = 0
    effective_coverage: float | None = None
    extrapolated: Mapping[str, float] = field(default_factory=dict)
    method: str
    basis: str  # "design", "model", "count"
    definition: Text
    parents: tuple[str, ...] = ()
    query: str
    denominator: Text | None = None
    said: tuple[float, float] | None = None
    grade: str = ""
    judged: Judged = Judged.OPEN

    @property
    def name(self) -> str:
        """The figure's name, which never changes."""
        return name_of(self.indicator, self.cell, self.period)


@dataclass(frozen=True, kw_only=True)
class Total:
    """A statement that parts add up to their total exactly, before rounding; names of results.

    `in_print` says that rounding is to keep it too. Of a table that adds up both ways one way is enough: with both, few
    sums can be kept.
    """

    total: str
    parts: tuple[str, ...]
    in_print: bool = True


@dataclass(frozen=True, kw_only=True)
class Results:
    """What one indicator, or several together, made of a snapshot; `notes` are limits to be printed with them."""

    results: tuple[Result, ...]
    totals: tuple[Total, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: Results) -> Results:
        return Results(
            results=self.results + other.results,
            totals=self.totals + other.totals,
            ratios=self.ratios + other.ratios,
            notes=self.notes + other.notes,
        )
