"""Household assessments: which form is asked of which drawn households, and the plan of what is estimated from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from saphan.core.period import Period
from saphan.core.text import Text
from saphan.estimate.survey.design import Lonely, SamplingBasis


class Asked(StrEnum):
    """Who is asked, and so what a row of the answers is: one household, or one person drawn for a study."""

    HOUSEHOLD = "household"
    RESPONDENT = "respondent"

    @property
    def area(self) -> str:
        """What those asked were drawn in is called."""
        return {Asked.HOUSEHOLD: "area", Asked.RESPONDENT: "cluster"}[self]


@dataclass(frozen=True, kw_only=True)
class Area:
    """A drawn enumeration area: one cluster of the sample, a row of the sample's file.

    `chance` is that of being drawn, from 0 to 1; `clusters` how many areas its stratum has, None where that is not
    known and the first stage counts as drawn with replacement; `households` how many were listed there. Replacements
    are used only where an area says whom it replaces.
    """

    id: str
    stratum: str
    place: str  # P-code
    chance: float
    clusters: int | None
    households: int
    interviews: int  # to be made


@dataclass(frozen=True, kw_only=True)
class StockRound:
    """A round of mobility tracking: how many people its shares are of."""

    exercise: str
    round: int


@dataclass(frozen=True, kw_only=True)
class HouseholdAssessment:
    """One assessment: `form` is asked of `interviews` households of each area, drawn from the list of that area.

    A study is fielded as one, of respondents. `sample` and `plan` name files of the mission folder
    (`samples/<id>.csv`, `plans/<id>.csv` or `.xlsx`). People in need are its shares of people times `stock`.
    """

    id: str
    title: Text
    form: str
    period: Period
    areas: tuple[Area, ...]
    sample: str
    plan: str
    basis: SamplingBasis = SamplingBasis.PROBABILITY
    lonely: Lonely = Lonely.FAIL
    asked: Asked = Asked.HOUSEHOLD
    stock: StockRound | None = None
