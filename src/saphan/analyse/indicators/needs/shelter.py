"""Shelter and non-food items: what is wrong with where a household lives, and the sector's severity."""

from __future__ import annotations

from collections.abc import Sequence

from saphan.analyse.frames.expression import Expression, Holds, HowMany, Some, answer, bands, cases, worst
from saphan.analyse.indicators.needs.model import Cell, Example
from saphan.analyse.indicators.needs.severity import sector
from saphan.collect.forms.vocabulary.shelter import SHELTER_ISSUES

_SOURCE = "IMPACT Initiatives, humind 2025.1.4, add_comp_snfi and what it is made of"
_TYPE, _INDIVIDUAL = answer("shelter_type"), answer("shelter_type_individual")
_ISSUES = "shelter_issues"

# A tent is inadequate (humind 2025.1.4 corrected it). The kind is asked of those in neither the open nor a centre.
SHELTER_TYPE: Expression = cases(
    (_TYPE.equals("none"), 5),
    (_TYPE.equals("collective-centre"), 3),
    (_TYPE.equals("refused"), None),
    (_INDIVIDUAL.one_of("house", "apartment"), 1),
    (_INDIVIDUAL.one_of("tent", "makeshift", "unfinished-building"), 3),
    otherwise=None,
)
# Don't know, refused and an issue that is not on the list leave the number of issues unknown, whatever else was chosen.
SHELTER_ISSUE: Expression = cases(
    (Some(parts=tuple(Holds(column=_ISSUES, choice=code) for code in ("dont-know", "refused", "other"))), None),
    (Holds(column=_ISSUES, choice="none"), 1),
    otherwise=bands(
        HowMany(parts=tuple(Holds(column=_ISSUES, choice=issue) for issue in SHELTER_ISSUES)),
        (0, 1),
        (3, 2),
        (7, 3),
        above=4,
    ),
)


def _cannot(column: str, *else_: str) -> Expression:
    """Whether a task cannot be done; `else_` are answers that say so no more than those that it can be done."""
    able = answer(column)
    can = able.one_of("without-issues", "with-issues", *else_)
    return cases((able.equals("cannot"), True), (can, False), otherwise=None)


_LIGHT = answer("lighting_source")
_NO_LIGHT = cases((_LIGHT.one_of("other", "dont-know", "refused"), None), otherwise=_LIGHT.equals("none"))
# All four have to be known. Personal hygiene, a fifth until 2024, is none of them from 2025 on.
DOMESTIC_TASKS: Expression = bands(
    HowMany(parts=(_cannot("able_to_cook", "no-need"), _cannot("able_to_sleep"), _cannot("able_to_store"), _NO_LIGHT)),
    (0, 1),
    (1, 2),
    (3, 3),
    above=4,
)
_OCCUPANCY = answer("occupancy")
# The 2025 framework has tenure at the worse of occupancy and eviction, and humind 2025 makes that column; its composite
# reads the occupancy alone, which its release 2026.4.0 puts right as a defect. Here it is as the framework has it.
TENURE: Expression = worst(
    cases(
        (_OCCUPANCY.equals("no-agreement"), 3),
        (_OCCUPANCY.one_of("rented", "hosted-free"), 2),
        (_OCCUPANCY.equals("ownership"), 1),
        otherwise=None,
    ),
    cases((answer("eviction_risk").equals("yes"), 3), (answer("eviction_risk").equals("no"), 1), otherwise=None),
    lenient=True,
)
# What is not known of one dimension does not hide what is known of another. Damage, a choice in 2025, is left out.
SHELTER_SEVERITY: Expression = worst(SHELTER_TYPE, SHELTER_ISSUE, DOMESTIC_TASKS, TENURE, lenient=True)


def _sheltered(gives: str | None, **answers: Cell) -> Example:
    return Example(answers=answers, gives=gives)


def _kind(gives: str | None, kind: str) -> Example:
    return _sheltered(gives, shelter_type="individual", shelter_type_individual=kind)


def _issues(gives: str | None, chosen: Sequence[str]) -> Example:
    return _sheltered(gives, shelter_issues=list(chosen))


def _tasks(gives: str | None, cook: str | None, sleep: str | None, store: str | None, light: str | None) -> Example:
    return _sheltered(gives, able_to_cook=cook, able_to_sleep=sleep, able_to_store=store, lighting_source=light)


def _tenure(gives: str | None, occupancy: str | None, eviction: str | None = None) -> Example:
    return _sheltered(gives, occupancy=occupancy, eviction_risk=eviction)


SHELTER_COMPOSITE = sector(
    "shelter-severity",
    "Shelter and non-food items severity of the household",
    SHELTER_SEVERITY,
    worst=5,
    source=_SOURCE,
    recall=None,
    examples=(
        _sheltered("5", shelter_type="none"),
        _sheltered("3", shelter_type="collective-centre"),
        # the first answer goes before the second
        _sheltered("5", shelter_type="none", shelter_type_individual="tent"),
        _sheltered("3", shelter_type="collective-centre", shelter_type_individual="house"),
        _sheltered(None, shelter_type="refused", shelter_type_individual="tent"),
        _sheltered("3", shelter_type="other", shelter_type_individual="makeshift"),
        _sheltered(None, shelter_type="dont-know"),
        *(_kind("1", kind) for kind in ("house", "apartment")),
        *(_kind("3", kind) for kind in ("tent", "makeshift", "unfinished-building")),
        *(_kind(None, kind) for kind in ("other", "dont-know", "refused")),
        _issues("1", ["none"]),
        *(
            _issues(gives, SHELTER_ISSUES[:number])
            for number, gives in ((1, "2"), (3, "2"), (4, "3"), (7, "3"), (8, "4"), (11, "4"))
        ),
        *(_issues(None, [*SHELTER_ISSUES[:8], code]) for code in ("other", "dont-know", "refused")),
        _tasks("1", "without-issues", "with-issues", "with-issues", "candle"),
        _tasks("1", "no-need", "without-issues", "without-issues", "electricity"),
        _tasks("2", "without-issues", "with-issues", "with-issues", "none"),
        _tasks("2", "cannot", "with-issues", "with-issues", "candle"),
        _tasks("3", "cannot", "cannot", "with-issues", "candle"),
        _tasks("3", "cannot", "cannot", "cannot", "candle"),
        _tasks("4", "cannot", "cannot", "cannot", "none"),
        _tasks(None, "cannot", "cannot", "cannot", "other"),
        _tasks(None, "cannot", "cannot", "cannot", None),
        _tasks(None, "dont-know", "cannot", "cannot", "none"),
        _tasks(None, "cannot", "refused", "cannot", "none"),
        _tenure("1", "ownership", "no"),
        _tenure("2", "rented", "no"),
        _tenure("2", "hosted-free"),
        _tenure("3", "no-agreement", "no"),
        _tenure("3", "ownership", "yes"),
        _tenure("1", "ownership", "dont-know"),
        _tenure("1", "other", "no"),
        _tenure(None, "dont-know", "refused"),
        # the worst of four, some not known
        _sheltered("3", shelter_type="collective-centre", shelter_issues=["leaks"], occupancy="rented"),
        _sheltered("4", shelter_issues=list(SHELTER_ISSUES), occupancy="no-agreement"),
        _sheltered(None),
    ),
)

SHELTER = (SHELTER_COMPOSITE,)
