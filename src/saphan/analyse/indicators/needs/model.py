"""A needs indicator: what it is made of, of whom, over which recall period, after whose convention, with examples.

A definition is a value: it can be hashed, read aloud, checked against a form and run on any engine. Where conventions
differ there is one definition for each, under the name of its profile; none is silently taken for another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from saphan.analyse.frames.expression import Expression, Members, columns, walk


class Profile(StrEnum):
    """Whose convention a definition follows."""

    WFP_2025 = "wfp-2025"  # World Food Programme, VAM Resource Centre scripts
    IMPACT_2025 = "impact-2025"  # IMPACT Initiatives, humind 2025.1
    JMP = "jmp"  # WHO and UNICEF Joint Monitoring Programme for water, sanitation and hygiene
    WASHINGTON_GROUP = "washington-group"  # Washington Group on Disability Statistics
    IPC_3_1 = "ipc-3.1"  # Integrated Food Security Phase Classification, technical manual 3.1
    JIAF_2 = "jiaf-2"  # Joint and Intersectoral Analysis Framework 2, July 2024
    IOM_DTM = "iom-dtm"  # IOM Displacement Tracking Matrix
    WHO = "who"
    ILO = "ilo-2019"  # International Labour Organization, fair recruitment
    SDG = "sdg"  # metadata of the indicators of the Sustainable Development Goals
    INSTRUMENT = "instrument"  # the authors of a scale, named in the source, where one scoring is in use
    SAPHAN = "saphan"  # ours, where the field has no convention


class Subject(StrEnum):
    """What has a value: a row of the form is a household, a row of its repeat a person."""

    HOUSEHOLD = "household"
    PERSON = "person"


class Kind(StrEnum):
    """What the value is, and so how it is estimated."""

    NUMBER = "number"  # by its mean
    CLASS = "class"  # by the share of each class
    YES_NO = "yes-no"  # 1 or 0, by the share of 1


Cell = str | int | float | bool | Sequence[str] | None


@dataclass(frozen=True, kw_only=True)
class Example:
    """Answers, and what the definition makes of them; an answer left out is missing.

    `members` are rows of repeats. `state` gives the number of the state of answers where the definition reads it.
    """

    gives: str | float | None
    answers: Mapping[str, Cell] = field(default_factory=dict)
    members: Mapping[str, Sequence[Mapping[str, Cell]]] = field(default_factory=dict)
    state: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One definition of one indicator.

    `id` and `profile` name it for good. `classes` are in order, the best first; `in_need` those that count as in need.
    `recall` is the period that the questions ask about, in words; None where they ask about now. `source` says where
    the definition stands. `part_of` is the concept that a number is a part of, so that its ratio to it is a share.
    """

    id: str
    profile: Profile
    title: str
    subject: Subject
    kind: Kind
    value: Expression
    source: str
    examples: tuple[Example, ...]
    recall: str | None = None
    classes: tuple[str, ...] = ()
    in_need: tuple[str, ...] = ()
    part_of: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is Kind.CLASS) != bool(self.classes):
            raise ValueError(f"{self.id}: classes are given where the value is a class, and only there")
        if not self.examples:
            raise ValueError(f"{self.id}: a definition has worked examples")
        lost = [one for one in self.in_need if one not in self.classes]
        if lost:
            raise ValueError(f"{self.id}: {', '.join(lost)} is in need and no class")

    @property
    def name(self) -> str:
        """The column and figure name: the id and whose convention it follows."""
        return f"{self.id}@{self.profile}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The concepts that it reads of its own subject."""
        return tuple(sorted(columns(self.value)))

    @property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts that it reads of each repeat."""
        found: dict[str, set[str]] = {}
        for node in walk(self.value):
            if isinstance(node, Members):
                own = columns(node.of) | (frozenset() if node.among is None else columns(node.among))
                found.setdefault(node.repeat, set()).update(own)
        return {repeat: tuple(sorted(names)) for repeat, names in found.items()}
