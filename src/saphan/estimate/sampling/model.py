"""What is drawn and how: a stage, the record by which it can be drawn again, and the sample itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

VERSION = "draw/1"


class Method(StrEnum):
    """How units are chosen within a stratum or a cluster; each gives its inclusion probabilities exactly."""

    SIMPLE = "simple-random"  # those with the smallest permanent random numbers
    SYSTEMATIC = "systematic"  # every (N / n)-th from a random start
    PPS_SYSTEMATIC = "pps-systematic"  # the same along the cumulated measure of size
    PPS = "pps"  # conditional Poisson: of all designs with these probabilities, that of maximum entropy


class Role(StrEnum):
    """What a drawn unit is for."""

    MAIN = "main"
    RESERVE = "reserve"  # a replacement that waits for its turn
    LOST = "lost"  # was main or took a place, and has been replaced
    SUBSTITUTE = "substitute"  # a reserve that has taken a place


ACTIVE = (Role.MAIN, Role.SUBSTITUTE)
RESERVED = ("probability", "weight", "order", "role", "certain")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a design; the columns it names are those of its frame.

    `unit`, the units' ids; `size`, how many of each stratum, or of each unit of the stage before, all alike or by name;
    `stratum`, columns that cut the frame; `measure`, the measure of size of the PPS methods; `order_by`, the order that
    the systematic methods follow, a random one if empty; `replacements`, how many wait in each stratum or cluster, as
    far as there are.
    """

    unit: str
    size: int | dict[str, int]
    method: Method = Method.SIMPLE
    stratum: tuple[str, ...] = ()
    measure: str | None = None
    order_by: tuple[str, ...] = ()
    replacements: int | dict[str, int] = 0

    def __post_init__(self) -> None:
        named = [self.unit, *self.stratum]
        if len(set(named)) < len(named) or set(named) & set(RESERVED):
            raise ValueError(
                f"stage {self.unit}: columns {named} are given twice, or named as the sample's own; rename"
            )
        sized = self.method in (Method.PPS, Method.PPS_SYSTEMATIC)
        if sized != (self.measure is not None):
            raise ValueError(
                f"stage {self.unit}: a {self.method.value} draw {'needs' if sized else 'has no use for'} a measure of "
                "size; name its column in `measure`, or choose another method"
            )
        if self.order_by and self.method not in (Method.SYSTEMATIC, Method.PPS_SYSTEMATIC):
            raise ValueError(f"stage {self.unit}: a {self.method.value} draw follows no order; leave `order_by` out")


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """One unit replaced by the next of its list, each by its ids from the first stage on, and why."""

    lost: tuple[str, ...]
    by: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that is needed to draw a sample again and to tell whether it is the same; plain data throughout.

    `frame` and `units` are hashes of what was drawn from and of what was drawn; `sizes`, how many of each stratum or
    cluster; `substitutions` in the order in which they were made; `parent`, the record of the stage before.
    """

    version: str
    seed: int
    stage: Stage
    frame: str
    rows: int
    sizes: dict[str, int]
    units: str
    substitutions: tuple[Substitution, ...] = ()
    parent: Record | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The columns that together name a unit, from the first stage on."""
        return (*(self.parent.path if self.parent else ()), self.stage.unit)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The drawn units and the record of the draw.

    `units` holds, for each: its ids from the first stage on, its strata; `probability.<unit>` of each stage and
    `probability`, their product; `weight`, 1 / probability; `order` of the draw in its stratum or cluster, then of the
    replacements; `role`; `certain`, if the stage was bound to draw it.
    """

    units: pa.Table
    record: Record = field(repr=False)

    @property
    def active(self) -> pa.Table:
        """The units to be visited: main ones and substitutes; only their weights count."""
        return self.units.filter(pc.is_in(self.units["role"], pa.array(list(ACTIVE))))
