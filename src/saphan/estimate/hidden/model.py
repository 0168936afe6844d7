"""Who stands on which lists, what an estimate of all of them is, and why one may be refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Pair = tuple[int, int]
MOST_LISTS = 12  # 4,095 histories; more lists than that are to be combined before they are compared


class RefusedError(ValueError):
    """An estimate that these lists cannot carry: why, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


class Doubt(StrEnum):
    """What weakens an estimate without forbidding it."""

    FEW_OVERLAPS = "few-overlaps"  # hardly anybody stands on two lists
    EMPTY_OVERLAP = "empty-overlap"  # two lists share nobody
    EXCLUDING = "excluding"  # two lists share fewer than chance would have them share
    BELOW_BOUND = "below-bound"  # an estimate lies below what is the fewest there can be
    BIAS_CORRECTED = "bias-corrected"  # the plain formula divides by zero
    SMALL_SHARE = "small-share"  # far more people are estimated than were seen
    UNBOUNDED = "unbounded"  # the data set no upper limit
    UNCHECKED = "unchecked"  # two lists cannot show whether they depend on each other


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One doubt about an estimate, in words."""

    doubt: Doubt
    words: str


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Persons by capture history: the lists on which each was found, after linkage.

    `counts` (2^L - 1,) holds every history but that of the unseen, in the order of `histories`. Make one with `of` or
    `of_persons`, which check what they are given.
    """

    names: tuple[str, ...]  # L
    counts: FloatArray  # (2^L - 1,)

    @classmethod
    def of(cls, counts: Mapping[tuple[int, ...], int], names: Sequence[str] | None = None) -> Lists:
        """Lists from persons by history, `{(1, 0, 1): 12, ...}`: 1 where the person is on the list.

        ValueError if nobody is on a list, a count is no whole number from 0, a history is not of 0 and 1, is of
        another length or is that of the unseen, or if there are not two to twelve lists.
        """
        if not counts:
            raise ValueError("there is no capture history: give at least one, with its count")
        width = len(next(iter(counts)))
        labels = _names(names, width)
        filled = np.zeros(2**width - 1)
        for history, count in counts.items():
            if len(history) != width or any(mark not in (0, 1) for mark in history):
                raise ValueError(f"history {history} is not {width} marks of 0 or 1, one for each list")
            if not any(history):
                raise ValueError(f"history {history} is on no list: the unseen are estimated, take them out")
            if count < 0 or count != int(count):
                raise ValueError(f"history {history} has count {count}: give a whole number, 0 or more")
            filled[_code(history) - 1] += count
        return cls._with_somebody(labels, filled)

    @classmethod
    def of_persons(cls, marks: npt.ArrayLike, names: Sequence[str] | None = None) -> Lists:
        """Lists from one row of 0 and 1 for each person, (n, L); ValueError as `of`."""
        rows = np.asarray(marks)
        if rows.ndim != 2 or not rows.size:
            raise ValueError(f"persons have shape {rows.shape}: give one row for each person, one column for each list")
        if not np.isin(rows, (0, 1)).all():
            raise ValueError("a mark is neither 0 nor 1: a person is on a list or not")
        labels = _names(names, rows.shape[1])
        unseen = np.flatnonzero(~rows.any(axis=1))
        if unseen.size:
            raise ValueError(f"person {unseen[0] + 1} is on no list: the unseen are estimated, take them out")
        codes = rows.astype(np.int64) @ _powers(rows.shape[1])
        return cls._with_somebody(labels, np.bincount(codes, minlength=2 ** rows.shape[1])[1:].astype(np.float64))

    @classmethod
    def _with_somebody(cls, names: tuple[str, ...], counts: FloatArray) -> Lists:
        if not counts.any():
            raise ValueError("nobody is on any list: there is nothing to estimate from")
        return cls(names=names, counts=counts)

    @property
    def n(self) -> int:
        """Persons seen."""
        return round(float(self.counts.sum()))

    @property
    def histories(self) -> BoolArray:
        """(2^L - 1, L) every history in which a person is seen."""
        return observable(len(self.names))

    @property
    def overlaps(self) -> FloatArray:
        """(L, L) persons on both of two lists, whatever else they are on; the diagonal holds the sizes of the lists."""
        marks = self.histories.astype(np.float64)
        shared: FloatArray = (marks.T * self.counts) @ marks
        return shared

    @property
    def frequencies(self) -> FloatArray:
        """(L,) persons on exactly one list, on two, and so on."""
        times = self.histories.sum(axis=1)
        found: FloatArray = np.bincount(times, weights=self.counts, minlength=len(self.names) + 1)[1:].astype(
            np.float64
        )
        return found

    def words(self, pair: Pair) -> str:
        """Two lists by name."""
        return f"{self.names[pair[0]]} and {self.names[pair[1]]}"


@dataclass(frozen=True, kw_only=True)
class Population:
    """How many there are in all, seen and unseen, with an interval; `low` is never below the `n` who were seen.

    `lower_bound` says that the value estimates the fewest there can be, not how many there are; `interactions` names
    the pairs of lists that the model lets depend on each other.
    """

    value: float
    low: float
    high: float
    level: float
    method: str  # stable id of the estimator
    n: int
    lists: tuple[str, ...]
    words: str  # the method in a sentence
    warnings: tuple[Warned, ...] = ()
    lower_bound: bool = False
    interactions: tuple[tuple[str, str], ...] = ()

    @property
    def unseen(self) -> float:
        """The dark figure: those on no list."""
        return self.value - self.n


def observable(lists: int) -> BoolArray:
    """(2^L - 1, L) every history of L lists in which a person is seen."""
    codes = np.arange(1, 2**lists)
    return (codes[:, None] & _powers(lists)) > 0


def lognormal(n: float, unseen: float, variance: float, quantile: float) -> tuple[float, float]:
    """Limits of n + unseen by a normal law of the logarithm of the unseen (Burnham; Chao 1987): never below n."""
    if unseen <= 0:
        return n, n
    reach = math.exp(quantile * math.sqrt(math.log1p(variance / unseen**2)))
    return n + unseen / reach, n + unseen * reach


def _powers(lists: int) -> npt.NDArray[np.int64]:
    powers: npt.NDArray[np.int64] = 2 ** np.arange(lists - 1, -1, -1)
    return powers


def _code(history: Sequence[int]) -> int:
    return int(np.asarray(history, dtype=np.int64) @ _powers(len(history)))


def _names(names: Sequence[str] | None, width: int) -> tuple[str, ...]:
    if not 2 <= width <= MOST_LISTS:
        raise ValueError(f"there are {width} lists: give 2 to {MOST_LISTS}, combining those of one kind")
    labels = tuple(names) if names is not None else tuple(f"list {index + 1}" for index in range(width))
    if len(labels) != width or len(set(labels)) != width:
        raise ValueError(f"the names {labels} are not one different name for each of the {width} lists")
    return labels
