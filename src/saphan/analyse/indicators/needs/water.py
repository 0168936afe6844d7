"""Water, sanitation and hygiene: the ladders by two conventions, and the sector's severity."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.analyse.frames.expression import Expression, answer, cases, worst
from saphan.analyse.indicators.needs.ladders import (
    BASIC,
    LADDERS,
    LIMITED,
    NONE,
    OPEN_DEFECATION,
    SAFELY_MANAGED,
    SURFACE,
    UNIMPROVED,
    drinking_water,
    hygiene,
    sanitation,
)
from saphan.analyse.indicators.needs.model import Cell, Example, Profile
from saphan.analyse.indicators.needs.severity import sector

_HUMIND = "IMPACT Initiatives, humind 2025.1.4, add_comp_wash"
_HOW_OFTEN = {"never": 1, "rarely": 2, "sometimes": 3, "often": 4, "always": 5}

WATER_QUANTITY: Expression = cases(
    *((answer("drinking_water_not_enough").equals(code), score) for code, score in _HOW_OFTEN.items()),
    otherwise=None,
)


def _short(often: str | None, gives: str | None) -> Example:
    return Example(answers={"drinking_water_not_enough": often}, gives=gives)


# The first item of the household water insecurity experiences scale, alone; humind 2026 takes four items instead.
DRINKING_WATER_SUFFICIENCY = sector(
    "drinking-water-sufficiency",
    "How often there was not enough to drink, as a severity",
    WATER_QUANTITY,
    worst=5,
    recall="4 weeks",
    source="HWISE item on drinking, scored by IMPACT Initiatives, humind 2025.1.4, add_comp_wash",
    examples=(
        *(_short(code, str(score)) for code, score in _HOW_OFTEN.items()),
        _short("dont-know", None),
        _short("refused", None),
        _short(None, None),
    ),
)


def _scored(ladder: Expression, scores: Mapping[str, Mapping[str, int]]) -> Expression:
    """The severity of a rung, by the kind of settlement; null where either is not known."""
    return cases(
        *(
            (answer("settlement").equals(settlement) & ladder.equals(rung), score)
            for settlement, rungs in scores.items()
            for rung, score in rungs.items()
        ),
        otherwise=None,
    )


_LADDER_OF_WATER = drinking_water(Profile.IMPACT_2025)
_LADDER_OF_SANITATION = sanitation(Profile.IMPACT_2025)
_WATER_SCORES = {
    "camp": {SURFACE: 5, UNIMPROVED: 4, LIMITED: 3, BASIC: 2},
    "urban": {SURFACE: 4, UNIMPROVED: 3, LIMITED: 2, BASIC: 2},
    "rural": {SURFACE: 4, UNIMPROVED: 2, LIMITED: 2, BASIC: 1},
}
_SANITATION_SCORES = {
    "urban": {OPEN_DEFECATION: 4, UNIMPROVED: 3, LIMITED: 2, BASIC: 1},
    "rural": {OPEN_DEFECATION: 4, UNIMPROVED: 2, LIMITED: 2, BASIC: 1},
}
_HYGIENE_SCORES = {
    "camp": {NONE: 3, LIMITED: 2, BASIC: 1},
    "urban": {NONE: 3, LIMITED: 2, BASIC: 1},
    "rural": {NONE: 2, LIMITED: 2, BASIC: 1},
}
# In camps an improved toilet counts by how many people use it, one that is not shared by the household's own size.
_SHARED = answer("sanitation_shared")
_PEOPLE = cases(
    (_SHARED.equals("no"), answer("household_size")),
    (_SHARED.equals("yes"), answer("sanitation_people")),
    otherwise=None,
)
_CAMP_SANITATION = cases(
    (_LADDER_OF_SANITATION.equals(OPEN_DEFECATION), 5),
    (_LADDER_OF_SANITATION.equals(UNIMPROVED), 4),
    (~_LADDER_OF_SANITATION.known, None),
    (_PEOPLE >= 50, 4),
    (_PEOPLE >= 20, 3),
    (_PEOPLE.known & _SHARED.equals("yes"), 2),
    (_PEOPLE.known & _SHARED.equals("no"), 1),
    otherwise=None,
)
WATER_QUALITY: Expression = cases(  # safe water is safe wherever one lives, and where it is not known
    (_LADDER_OF_WATER.equals(SAFELY_MANAGED), 1), otherwise=_scored(_LADDER_OF_WATER, _WATER_SCORES)
)
SANITATION: Expression = cases(
    (answer("settlement").equals("camp"), _CAMP_SANITATION),
    otherwise=_scored(_LADDER_OF_SANITATION, _SANITATION_SCORES),
)
HYGIENE: Expression = _scored(hygiene(Profile.IMPACT_2025), _HYGIENE_SCORES)
# What is not known of one dimension does not hide what is known of another.
WATER_SEVERITY: Expression = worst(WATER_QUANTITY, WATER_QUALITY, SANITATION, HYGIENE, lenient=True)


def _household(settlement: str | None, gives: str | None, **answers: Cell) -> Example:
    return Example(answers={"settlement": settlement, **answers}, gives=gives)


_RUNG_OF_WATER: Mapping[str, Mapping[str, Cell]] = {
    SURFACE: {"drinking_water_source": "surface-water"},
    UNIMPROVED: {"drinking_water_source": "unprotected-well"},
    LIMITED: {
        "drinking_water_source": "borehole",
        "drinking_water_reach": "minutes",
        "drinking_water_minutes": 30,
    },
    BASIC: {"drinking_water_source": "borehole", "drinking_water_reach": "minutes", "drinking_water_minutes": 29},
}
_RUNG_OF_SANITATION: Mapping[str, Mapping[str, Cell]] = {
    OPEN_DEFECATION: {"sanitation_facility": "none"},
    UNIMPROVED: {"sanitation_facility": "bucket"},
    LIMITED: {"sanitation_facility": "flush-to-sewer", "sanitation_shared": "yes"},
    BASIC: {"sanitation_facility": "flush-to-sewer", "sanitation_shared": "no"},
}
_RUNG_OF_HYGIENE: Mapping[str, Mapping[str, Cell]] = {
    NONE: {"handwashing_place": "none"},
    LIMITED: {
        "handwashing_place": "mobile",
        "handwashing_water": "available",
        "handwashing_soap": "not-available",
    },
    BASIC: {"handwashing_place": "mobile", "handwashing_water": "available", "handwashing_soap": "available"},
}


def _worked(scores: Mapping[str, Mapping[str, int]], rungs: Mapping[str, Mapping[str, Cell]]) -> tuple[Example, ...]:
    """One example for each cell of a scoring table, all other dimensions unknown."""
    return tuple(
        _household(settlement, str(score), **rungs[rung])
        for settlement, row in scores.items()
        for rung, score in row.items()
    )


def _camp_toilet(gives: str | None, **answers: Cell) -> Example:
    return _household("camp", gives, sanitation_facility="pit-latrine-with-slab", **answers)


WATER_COMPOSITE = sector(
    "water-sanitation-hygiene-severity",
    "Water, sanitation and hygiene severity of the household",
    WATER_SEVERITY,
    worst=5,
    recall="4 weeks for drinking water, now for the rest",
    source=_HUMIND,
    examples=(
        *_worked(_WATER_SCORES, _RUNG_OF_WATER),
        *_worked(_SANITATION_SCORES, _RUNG_OF_SANITATION),
        *_worked(_HYGIENE_SCORES, _RUNG_OF_HYGIENE),
        _household("camp", "5", sanitation_facility="none"),
        _household("camp", "4", sanitation_facility="bucket"),
        _camp_toilet("4", sanitation_shared="yes", sanitation_people=50),
        _camp_toilet("3", sanitation_shared="yes", sanitation_people=49),
        _camp_toilet("3", sanitation_shared="yes", sanitation_people=20),
        _camp_toilet("2", sanitation_shared="yes", sanitation_people=19),
        _camp_toilet("1", sanitation_shared="no", household_size=19),
        # 2025.1.4 counts the members of a household that shares with nobody as users; 2026 gives 1 whatever its size.
        _camp_toilet("3", sanitation_shared="no", household_size=20),
        _camp_toilet(None, sanitation_shared="yes"),
        _camp_toilet(None, sanitation_shared="dont-know", sanitation_people=10),
        _household("camp", None, sanitation_facility="dont-know", sanitation_shared="no", household_size=4),
        _household("camp", None, sanitation_shared="no", household_size=4),
        _household("camp", "1", drinking_water_source="piped-dwelling"),
        _household(None, "1", drinking_water_source="piped-dwelling"),
        _household(None, None, drinking_water_source="surface-water"),
        # the worst of four, then with one not known; the three households of humind's own test
        _household(
            "camp",
            "5",
            drinking_water_not_enough="always",
            drinking_water_source="surface-water",
            sanitation_facility="none",
            handwashing_place="none",
        ),
        _household(
            "urban",
            "4",
            drinking_water_not_enough="often",
            drinking_water_source="unprotected-well",
            **_RUNG_OF_SANITATION[BASIC],
            **_RUNG_OF_HYGIENE[BASIC],
        ),
        _household(
            "rural",
            "2",
            drinking_water_not_enough="rarely",
            sanitation_facility="bucket",
            **_RUNG_OF_WATER[LIMITED],
            **_RUNG_OF_HYGIENE[LIMITED],
        ),
        _household("urban", "3", drinking_water_not_enough="dont-know", handwashing_place="none"),
        _household("urban", None),
    ),
)

WATER = (*LADDERS, DRINKING_WATER_SUFFICIENCY, WATER_COMPOSITE)
