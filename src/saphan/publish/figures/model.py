"""A figure: one releasable number, its interval, its parents, and everything needed to compute it again.

A figure's name never changes (indicator, cell, period); its key changes with its content; `name@key8` is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from saphan.analyse.disclosure.model import WHOLE
from saphan.core.naming import name_of
from saphan.core.text import Text
from saphan.core.unit import Unit

__all__ = ["WHOLE", "Figure", "Kind", "Register", "Release", "Sum", "name_of"]


class Kind(StrEnum):
    """Whether a number is estimated (and has an interval), counted, or cited from somebody else."""

    ESTIMATE = "estimate"
    COUNT = "count"
    CITED = "cited"


class Release(StrEnum):
    """Whether a figure may go outside; only PUBLIC ones reach a product, a dataset or a public page."""

    PUBLIC = "public"
    TOO_FEW = "too-few"  # rests on fewer than the mission's threshold
    RECOVERABLE = "recoverable"  # another hidden figure could be had from it by subtraction
    UNRELIABLE = "unreliable"  # the presentation standard does not print it: too few respondents, too wide
    INTERNAL = "internal"  # the place or question it speaks of is not for outside


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number. `value`, `low`, `high` are unrounded and in `unit`; shares run from 0 to 1.

    `rests_on` is the number of observed movements or interviews behind it: what the disclosure threshold is held
    against. For a share it is those who gave the answer, and `base` all who were asked: the others are protected too.
    `denominator` says in words of whom a number of a sample is. `judged` figures come with their release decided among
    their own respondents. Where nothing was counted, `said` is the range of reports and `grade` their reliability.
    `rounded` is the value as printed, in `unit` like `value` (controlled rounding: the rounded parts of a total add up
    to the rounded total); `places` is the power of ten it is rounded to (2 = hundreds, 0 = ones; for shares in
    percentage points: 0 = per cent, -1 = tenths of one).
    """

    name: str  # "flow.movements/direction=in/2023-05"
    indicator: str
    cell: Mapping[str, str]
    period: str
    unit: Unit
    kind: Kind
    value: float
    low: float | None
    high: float | None
    standard_error: float | None
    degrees_of_freedom: float | None
    rests_on: int
    clusters: int  # primary units: point-weeks
    effective_coverage: float | None  # share of the value that was counted, not extrapolated
    extrapolated: Mapping[str, float] = field(default_factory=dict)  # hours, nights, days, ... -> share of the value
    method: str  # stable id of the estimator and its version: "flow.predictor/1"
    basis: str  # "design", "model", "count"
    definition: Text  # what it means, in words
    parents: tuple[str, ...]  # names of the figures it was made from
    query: str  # what made the sums from the frame
    base: int | None = None
    denominator: Text | None = None
    said: tuple[float, float] | None = None
    grade: str = ""
    judged: bool = False
    release: Release = Release.PUBLIC
    rounded: float | None = None
    places: int = 0
    key: str = ""

    @property
    def reference(self) -> str:
        """The name and the first eight characters of the key, as printed."""
        return f"{self.name}@{self.key[:8]}"


@dataclass(frozen=True, kw_only=True)
class Sum:
    """A statement that parts add up to their total, held to be exact before rounding; names of figures.

    The total of a complete family of shares is `WHOLE`. A place that is all of another is a sum of one part. `in_print`
    says that rounding is to keep it.
    """

    total: str
    parts: tuple[str, ...]
    in_print: bool = True


@dataclass(frozen=True, kw_only=True)
class Register:
    """Every figure of one build: products print from it, a PDF carries it, verification recomputes it."""

    mission: str
    simulated: bool
    frame: str  # hash of the frozen snapshot
    figures: Mapping[str, Figure]
    sums: tuple[Sum, ...]
    facts: Mapping[
        str, str
    ]  # how the frame came about: submissions by form version, counts in and out, package versions

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures.values())

    def find(self, indicator: str, period: str | None = None, **cell: str) -> tuple[Figure, ...]:
        """Public figures of one indicator whose cell holds exactly these keys; a value of `*` matches any."""
        return tuple(
            figure
            for figure in self
            if figure.release is Release.PUBLIC
            and figure.indicator == indicator
            and period in (None, figure.period)
            and figure.cell.keys() == cell.keys()
            and all(wanted in ("*", figure.cell[key]) for key, wanted in cell.items())
        )
