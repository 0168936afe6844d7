"""What is said of a place and what is made of it: sites, reports, counts; a number for a site, a line for a district.

A range is what informants said; an interval is what a draw by chance supports. They are different fields, so that the
one is never printed for the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.options import option

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Measure(StrEnum):
    """What is counted at a site."""

    PRESENCE = "presence"  # how many are there
    ARRIVALS = "recent-arrivals"  # how many came since the round before


class Obtained(StrEnum):
    """How an informant came to the number, the best grounded first."""

    REGISTER = "register"  # keeps a register
    LIST = "list"  # holds a list
    AID = "aid"  # delivers aid there
    ESTIMATE = "estimate"  # says what seems right
    OBSERVATION = "observation"  # the enumerator looked and counted who could be seen


class Grade(StrEnum):
    """How far a number may be relied on, by the rules of `reconcile`; no probability stands behind it."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Area(StrEnum):
    """What a line is of."""

    DISTRICT = "district"
    PROVINCE = "province"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who is counted, as what: a nationality or a group, or all of them where the text is empty."""

    measure: Measure = Measure.PRESENCE
    nationality: str = ""
    group: str = ""


PRESENCE = Subject()


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place with an id that stays the same from round to round; `accessible` in this one."""

    id: str
    district: str
    province: str
    accessible: bool = True


@dataclass(frozen=True, kw_only=True)
class Report:
    """A number of people at a site, said by an informant or seen.

    `source` names whom or what the number was taken from, where that is known: reports of one source or one informant
    are one. `catchment` names all sites that the number covers, if it covers others than `site`.
    """

    site: str
    informant: str
    value: float
    obtained: Obtained = Obtained.ESTIMATE
    source: str = ""
    catchment: tuple[str, ...] = ()
    subject: Subject = PRESENCE


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """One number for a site, with the range of what was said and a grade whose `reasons` are in words."""

    site: str
    subject: Subject
    value: float
    low: float
    high: float
    grade: Grade
    reasons: tuple[str, ...]
    informants: int
    sources: int  # independent ones: after copies were joined
    method: str


@dataclass(frozen=True, kw_only=True)
class Count:
    """People listed or counted at a site that was drawn with `chance`, 1 for a site that was bound to be counted."""

    site: str
    value: float
    chance: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """One round of one subject: the sites, the number reconciled for each that was assessed, and counts if there are.

    `basis` says how the counted sites came to be counted; only a draw by chance, or counting all, carries an interval.
    ValueError for what `known_sites` refuses, for a number or count of a site that is not in the list or stands twice,
    for numbers of two subjects, for a count that is negative or of a site that could not be entered, and for a chance
    that is not above 0 and at most 1.
    """

    sites: tuple[Site, ...]
    reconciled: tuple[Reconciled, ...]
    counts: tuple[Count, ...] = ()
    basis: SamplingBasis = SamplingBasis.PROBABILITY

    def __post_init__(self) -> None:
        known = known_sites(self.sites)
        object.__setattr__(self, "basis", option(SamplingBasis, self.basis))
        for one in self.reconciled:
            refuse_unknown("a reconciled number", one.site, known)
            refuse_negative(f"the number of site {one.site}", one.value)
        subjects = {one.subject for one in self.reconciled}
        if len(subjects) > 1:
            raise ValueError(f"the numbers are of {len(subjects)} subjects: add up one at a time")
        refuse_twice("the number of site", (one.site for one in self.reconciled))
        refuse_twice("the count of site", (one.site for one in self.counts))
        for count in self.counts:
            refuse_unknown("a count", count.site, known)
            refuse_negative(f"the count of site {count.site}", count.value)
            if not 0 < count.chance <= 1:
                raise ValueError(
                    f"site {count.site} was counted with chance {count.chance:g}: give the probability of its draw, "
                    "above 0 and at most 1"
                )
            if not known[count.site].accessible:
                raise ValueError(f"site {count.site} was counted and is not accessible: correct one of the two")

    @property
    def subject(self) -> Subject:
        """What the numbers are of; presence of all where there is no number."""
        return self.reconciled[0].subject if self.reconciled else PRESENCE


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Limits that a random draw of counted sites supports."""

    low: float
    high: float
    level: float
    standard_error: float
    degrees: float

    @property
    def half_width(self) -> float:
        """Half the length."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Sites of an area: all that are known, by whether they could be reached, and what was done at those that could."""

    sites: int
    accessible: int
    inaccessible: int
    assessed: int  # accessible sites with a report or a count
    counted: int


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A line of a table: how many are at the assessed and accessible sites of an area, or at its inaccessible ones.

    `value` is None on a line of inaccessible sites, of which no number is made. `low` and `high` are the range of what
    was said, with counts in its place where there are; None where nothing was said. `interval` is None wherever no draw
    supports one, and `why` says why. `grades` are shares of the reported people by the grade of their site, `grade`
    the one that at least half of them reach.
    """

    area: Area
    name: str
    accessible: bool
    value: float | None
    low: float | None
    high: float | None
    interval: Interval | None
    why: str  # empty where there is an interval
    grade: Grade | None
    grades: Mapping[Grade, float]
    coverage: Coverage
    counted: float  # the part of the value that was counted
    method: str
    basis: SamplingBasis | None  # of the sites counted; None where none was
    subject: Subject = PRESENCE


def known_sites(sites: Iterable[Site]) -> dict[str, Site]:
    """Sites by id. ValueError if there is none, an id stands twice, or a district lies in two provinces."""
    listed = list(sites)
    if not listed:
        raise ValueError("there is no site: give the list of sites first")
    refuse_twice("site", (one.id for one in listed))
    province: dict[str, str] = {}
    for one in listed:
        if province.setdefault(one.district, one.province) != one.province:
            raise ValueError(
                f"district {one.district} lies in {province[one.district]} and, by site {one.id}, in {one.province}: "
                "correct one of them"
            )
    return {one.id: one for one in listed}


def refuse_unknown(what: str, site: str, sites: Mapping[str, Site]) -> None:
    """ValueError for a site that is not in the list."""
    if site not in sites:
        raise ValueError(f"{what} is of site {site!r}, which is not in the list: add the site, or correct the id")


def refuse_twice(what: str, ids: Iterable[str]) -> None:
    """ValueError for an id that stands twice."""
    twice = [one for one, times in Counter(ids).items() if times > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]!r} stands in the list more than once: give each one row")


def refuse_negative(what: str, value: float) -> None:
    """ValueError for what is no number of people."""
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"{what} is {value:g}: a number of people is 0 or more, and missing ones are left out")
