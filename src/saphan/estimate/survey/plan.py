"""What to estimate, as small frozen definitions that any engine can run: quantities, domains, a design's columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from saphan.estimate.survey.design import Lonely
from saphan.estimate.survey.grounds import Grounds


@dataclass(frozen=True, kw_only=True)
class Columns(Grounds):
    """Where a table holds its design: one name for each stage, first stage first.

    `weight` None: every row stands for the population over the sample of its strata. Without `clusters` the rows
    themselves were drawn. `populations` count the units of each stratum.
    """

    weight: str | None = None
    strata: tuple[str | None, ...] = ()
    clusters: tuple[str, ...] = ()
    populations: tuple[str | None, ...] = ()
    lonely: Lonely = Lonely.FAIL

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
Answer = str | int | float | bool | bytes | date
Among = tuple[tuple[str, tuple[Answer, ...]], ...]  # columns, and the answers of each that count
Where = Mapping[str, Answer | Sequence[Answer]]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One thing to estimate: of `column`, a ratio also `over` another; a share has one estimate for each answer.

    A missing value (null) leaves numerator and denominator. `among` are columns and the answers of each that count: who
    is asked about at all, or the states of an answer (answered, don't know, refused, not asked) that the denominator
    takes. `aside` are answers of the column itself, such as don't know and refused, that were given but leave the
    denominator; `answers` restricts and orders the answers of a share, None for all that occur.
    """

    kind: Kind
    column: str
    over: str | None = None
    answers: tuple[Answer, ...] | None = None
    aside: tuple[Answer, ...] = ()
    among: Among = ()

    def __post_init__(self) -> None:
        for name in (self.column, self.over):
            if name is not None and not isinstance(name, str):
                raise ValueError(
                    "a quantity names columns; for arrays take the estimators of saphan.estimate.survey.linear"
                )
        if EVERY in (self.column, self.over) and self.kind is not Kind.COUNT:
            raise ValueError(f"{EVERY} stands for every row, which only a count takes: name a column")


def count(*, among: Where | None = None) -> Quantity:
    """The weighted number of rows: how many there are in the population."""
    return Quantity(kind=Kind.COUNT, column=EVERY, among=_among(among))


def total(column: str, *, among: Where | None = None) -> Quantity:
    """The weighted total of a column."""
    return Quantity(kind=Kind.TOTAL, column=column, among=_among(among))


def mean(column: str, *, among: Where | None = None) -> Quantity:
    """The weighted mean of a column, over the rows that have a value."""
    return Quantity(kind=Kind.MEAN, column=column, among=_among(among))


def ratio(column: str, over: str, *, among: Where | None = None) -> Quantity:
    """The ratio of two weighted totals, over the rows that have both."""
    return Quantity(kind=Kind.RATIO, column=column, over=over, among=_among(among))


def share(
    column: str,
    *,
    answers: Answer | Sequence[Answer] | None = None,
    aside: Answer | Sequence[Answer] = (),
    among: Where | None = None,
) -> Quantity:
    """The share of each answer of a column, of the rows that answered and whose answer is not set `aside`."""
    wanted = None if answers is None else _several(answers)
    without = _several(aside)
    if wanted is not None and not set(wanted) - set(without):
        raise ValueError(f"no answer of {column} is left to take the share of: name one that is not set aside")
    return Quantity(kind=Kind.SHARE, column=column, answers=wanted, aside=without, among=_among(among))


def _among(given: Where | None) -> Among:
    """Columns and their answers, one or several of each."""
    told = {} if given is None else given
    return tuple((column, _several(answers)) for column, answers in told.items())


def _several(answers: Answer | Sequence[Answer]) -> tuple[Answer, ...]:
    """One answer, or several, as several."""
    if isinstance(answers, (str, bytes)) or not isinstance(answers, Iterable):
        return (answers,)
    return tuple(answers)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Quantities by domains, in one pass: each grouping of `by` is a tuple of columns, () the whole sample."""

    quantities: tuple[Quantity, ...]
    by: tuple[tuple[str, ...], ...] = ((),)

    @property
    def measured(self) -> tuple[str, ...]:
        """The columns whose values are estimated."""
        named = (name for one in self.quantities for name in (one.column, one.over) if name is not None)
        return tuple(dict.fromkeys(name for name in named if name != EVERY))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the quantities read."""
        among = (name for one in self.quantities for name, _ in one.among)
        return tuple(dict.fromkeys([*self.measured, *among]))

    @property
    def domains(self) -> tuple[str, ...]:
        """Every column that divides the sample."""
        return tuple(dict.fromkeys(column for grouping in self.by for column in grouping))
