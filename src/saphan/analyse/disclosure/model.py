"""What disclosure control is told of a release, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

WHOLE = "1"  # the total of a family of shares: the number one, which is nobody's to hide


class Standing(StrEnum):
    """How a cell stands before any rule is applied."""

    OPEN = "open"  # may be published
    WITHHELD = "withheld"  # its place or question is not for outside: never published, and protected
    UNLISTED = "unlisted"  # what a total leaves beside its listed parts: printed by nobody, protected where it is small


class Reason(StrEnum):
    """Why an open cell is hidden. Outside, both are one mark: to tell them apart would help a reader to subtract."""

    TOO_FEW = "too-few"
    RECOVERABLE = "recoverable"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One number of a release: its value (0 or more) and how many contributors (persons, groups, interviews) it rests
    on.

    `cost` is what its loss costs the reader, above 0. `structural` says that it is zero by design (a closed point),
    which everybody knows.
    """

    name: str
    rests_on: int
    value: float
    cost: float = 1.0
    standing: Standing = Standing.OPEN
    structural: bool = False


class Sum(Protocol):
    """Parts that add up to a total, by name; the total may be `WHOLE`."""

    @property
    def total(self) -> str: ...
    @property
    def parts(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """`share` is `part` divided by `total`: of the three, any two tell the third."""

    share: str
    part: str
    total: str


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Values and counts that a hidden cell can be shown to have had, given everything that is published."""

    value: tuple[float, float]
    count: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Protection:
    """The decision over a whole release: what is hidden and why, and for every protected cell how far it stays open.

    `forced` names the cells that follow from numbers nobody can hide (a whole of one, a structural zero); hiding more
    would not protect them.
    """

    hidden: Mapping[str, Reason]
    bounds: Mapping[str, Bounds]
    forced: tuple[str, ...]
