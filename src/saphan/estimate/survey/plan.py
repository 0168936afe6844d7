"""What to estimate, as small frozen definitions that any engine can run: quantities, domains, a design's columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from saphan.estimate.survey.design import Lonely, SamplingBasis


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where a table holds its design: one name for each stage, first stage first.

    `weight` None: every row stands for the population over the sample of its strata. Without `clusters` the rows
    themselves were drawn. `populations` count the units of each stratum.
    """

    weight: str
    strata: tuple[str | None, ...] = ()
    clusters: tuple[str, ...] = ()
    populations: tuple[str | None, ...] = ()
    lonely: Lonely = Lonely.FAIL
    basis: SamplingBasis = SamplingBasis.PROBABILITY

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that the design reads."""
        every = (self.weight, *self.strata, *self.clusters, *self.populations)
        return tuple(dict.fromkeys(name for name in every if name is not None))


class Kind(StrEnum):
    """The kinds of quantity that are functions of weighted totals."""

    COUNT = "count"
    TOTAL = "total"
    MEAN = "mean"
    RATIO = "ratio"
    SHARE = "share"


EVERY = "*"  # the column of a count


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One thing to estimate: of `column`, a ratio also `over` another; a share has one estimate for each answer.

    A missing value (null) was not asked or not answered and leaves numerator and denominator. `aside` are answers,
    such as don't know and refused, that were given but leave the denominator too; `answers` restricts and orders the
    answers of a share, None for all that occur.
    """

    kind: Kind
    column: str
    over: str | None = None
    answers: tuple[str | int | float | bool, ...] | None = None
    aside: tuple[str | int | float | bool, ...] = ()

    def __post_init__(self) -> None:
        for name in (self.column, self.over):
            if name is not None and not isinstance(name, str):
                raise ValueError(
                    "a quantity names columns; for arrays take the estimators of saphan.estimate.survey.linear"
                )


def count() -> Quantity:
    """The weighted number of rows: how many there are in the population."""
    return Quantity(kind=Kind.COUNT, column=EVERY)


def total(column: str) -> Quantity:
    """The weighted total of a column."""
    return Quantity(kind=Kind.TOTAL, column=column)


def mean(column: str) -> Quantity:
    """The weighted mean of a column, over the rows that have a value."""
    return Quantity(kind=Kind.MEAN, column=column)


def ratio(column: str, over: str) -> Quantity:
    """The ratio of two weighted totals, over the rows that have both."""
    return Quantity(kind=Kind.RATIO, column=column, over=over)


def share(
    column: str,
    *,
    answers: tuple[str | int | float | bool, ...] | None = None,
    aside: tuple[str | int | float | bool, ...] = (),
) -> Quantity:
    """The share of each answer of a column, of the rows that answered and whose answer is not set `aside`."""
    return Quantity(kind=Kind.SHARE, column=column, answers=answers, aside=aside)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Quantities by domains, in one pass: each grouping of `by` is a tuple of columns, () the whole sample."""

    quantities: tuple[Quantity, ...]
    by: tuple[tuple[str, ...], ...] = ((),)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the quantities read."""
        named = (name for one in self.quantities for name in (one.column, one.over) if name is not None)
        return tuple(dict.fromkeys(name for name in named if name != EVERY))

    @property
    def domains(self) -> tuple[str, ...]:
        """Every column that divides the sample."""
        return tuple(dict.fromkeys(column for grouping in self.by for column in grouping))
