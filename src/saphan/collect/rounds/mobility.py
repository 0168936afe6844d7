"""Mobility tracking: which sites are assessed in which round, by which forms, and which of them are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saphan.core.period import Period
from saphan.core.text import Text
from saphan.estimate.survey.design import SamplingBasis
from saphan.mission.model import DISTRICT, PROVINCE, Places, Site

SAMPLE_COLUMNS = ("site", "chance")


@dataclass(frozen=True, kw_only=True)
class MobilityRound:
    """One round: informants are asked within `period`, and the sites of `counted` are to be counted.

    `counted` gives the chance, above 0 and up to 1, with which each site was drawn; None where none was drawn, and
    whatever was counted was chosen. `sample` is the file it was read from.
    """

    number: int
    period: Period
    counted: Mapping[str, float] | None = None
    sample: str | None = None
    basis: SamplingBasis = SamplingBasis.PROBABILITY


@dataclass(frozen=True, kw_only=True)
class MobilityExercise:
    """A series of rounds over the sites of `areas` (P-codes; all sites where empty), in order of time.

    `forms` gives the form of each kind: `key-informant`, and `site-count` where sites are counted. Sites of a round are
    drawn with its number added to `seed`.
    """

    id: str
    title: Text
    forms: Mapping[str, str]
    areas: tuple[str, ...]
    rounds: tuple[MobilityRound, ...]
    seed: int

    def sites(self, places: Places, within: Period | None = None) -> dict[str, Site]:
        """Its sites by id, all that were ever listed or those listed within a period."""
        return {
            site.id: site
            for site in places.sites.values()
            if (not self.areas or any(site.pcode.startswith(area) for area in self.areas))
            and (within is None or site.listed(within))
        }


def home(places: Places, site: Site) -> tuple[str, str]:
    """The P-codes of the district and the province that a site lies in; ValueError if the areas do not say."""
    found = [area.pcode for level in (DISTRICT, PROVINCE) if (area := places.ancestor(site.pcode, level)) is not None]
    if len(found) < 2:
        raise ValueError(f"the site {site.id} lies in no district of a province")
    return found[0], found[1]


def sample_of(exercise: str, number: int) -> str:
    """Where the sites drawn for a round are written."""
    return f"samples/{exercise}-{number}.csv"
