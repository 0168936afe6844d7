"""Protection: safety of movement, practices, rights, and what is made of them; and what else the sector asks about."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.analyse.frames.expression import Cases, Expression, Holds, Known, Not, Some, answer, cases, plus, worst
from saphan.analyse.indicators.needs.documents import DOCUMENTS
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject
from saphan.analyse.indicators.needs.services import SERVICES
from saphan.analyse.indicators.needs.severity import sector

_SOURCE = "IMPACT Initiatives, humind 2025.1.4, {}"
_RECALL = "3 months"  # the form's question names it
_NOT_SAID = ("dont-know", "refused")

# What each answer counts in the framework of 2025. That of 2026 has other answers and weights: another profile.
SAFETY_CHANGES = {
    "no-safety-concerns": 0,
    "unsafe-without-changes": 1,
    "women-girls-avoid-places": 2,
    "men-boys-avoid-places": 2,
    "women-girls-avoid-night": 1,
    "men-boys-avoid-night": 1,
    "children-avoid-school": 2,
    "different-routes": 2,
    "avoid-markets": 2,
    "avoid-public-offices": 2,
    "avoid-fields": 2,
    "other": 0,  # not weighed
}
ACTIVITIES = {
    "work": 1,
    "livelihood": 1,
    "safety": 1,
    "farming": 1,
    "water": 1,
    "free-choices": 1,
    "other": 2,
}
SOCIAL_LIFE = {
    "visiting-family": 1,
    "visiting-friends": 1,
    "community-events": 1,
    "joining-groups": 1,
    "child-recreation": 1,
    "decision-making": 1,
    "other": 1,
}
HINDERED_SERVICES = {"health-care": 1, "schools": 1, "public-services": 1, "other": 1}
HINDERED_JUSTICE = {
    "identity-documents": 2,
    "legal-counselling": 1,
    "property-documents": 1,
    "public-services": 1,
    "other": 1,
}


def _weighed(question: str, weights: Mapping[str, int]) -> Expression:
    """The weights of all answers chosen; null where the question was not answered."""
    return plus(
        [
            cases((Holds(column=question, choice=choice), weight), (answer(question).known, 0), otherwise=None)
            for choice, weight in weights.items()
            if weight
        ]
    )


def _not_said(question: str) -> Some:
    return Some(parts=tuple(Holds(column=question, choice=one) for one in _NOT_SAID))


def _part(question: str, weights: Mapping[str, int]) -> Expression:
    """The weighed answers of one question, missing where don't know or refused was all that was said."""
    score = _weighed(question, weights)
    return cases((_not_said(question) & score.equals(0), None), otherwise=score)


def _dimension(first: Expression, second: Expression) -> Cases:
    """The severity of two questions taken together: 0, 1, 2 to 3, 4 and more; one alone where the other is missing."""
    total = first.or_else(0) + second.or_else(0)
    return cases(
        (Not(part=Known(part=first)) & Not(part=Known(part=second)), None),
        (total >= 4, 4),
        (total >= 2, 3),
        (total >= 1, 2),
        otherwise=1,
    )


_MOVED = _weighed("safety_changes", SAFETY_CHANGES)
# One more than the sum and no more than 4: there is no severity 2 of two answers. Don't know or refused among the
# answers leaves it missing, whatever else was chosen.
MOVEMENT_SEVERITY: Expression = cases((_not_said("safety_changes"), None), (_MOVED >= 3, 4), otherwise=_MOVED + 1)
PRACTICES_SEVERITY: Expression = _dimension(
    _part("activities_affected", ACTIVITIES), _part("social_life_affected", SOCIAL_LIFE)
)
RIGHTS_SEVERITY: Expression = _dimension(
    _part("services_hindered", HINDERED_SERVICES), _part("justice_hindered", HINDERED_JUSTICE)
)
# The worst of the dimensions that are known; null where none is.
PROTECTION_SEVERITY: Expression = worst(MOVEMENT_SEVERITY, PRACTICES_SEVERITY, RIGHTS_SEVERITY, lenient=True)


def _moved(*said: str) -> dict[str, Cell]:
    return {"safety_changes": said}


def _kept_from(activities: tuple[str, ...] | None, social: tuple[str, ...] | None) -> dict[str, Cell]:
    return {"activities_affected": activities, "social_life_affected": social}


def _hindered(services: tuple[str, ...] | None, justice: tuple[str, ...] | None) -> dict[str, Cell]:
    return {"services_hindered": services, "justice_hindered": justice}


MOVEMENT = sector(
    "protection-movement-severity",
    "Safety of movement, severity",
    MOVEMENT_SEVERITY,
    worst=4,
    source=_SOURCE.format("add_prot_score_movement"),
    recall=_RECALL,
    examples=(
        Example(answers=_moved("no-safety-concerns"), gives="1"),
        Example(answers=_moved("unsafe-without-changes"), gives="2"),
        Example(answers=_moved("women-girls-avoid-night"), gives="2"),
        Example(answers=_moved("women-girls-avoid-night", "men-boys-avoid-night"), gives="3"),
        Example(answers=_moved("avoid-markets"), gives="3"),
        Example(answers=_moved("avoid-markets", "women-girls-avoid-night"), gives="4"),
        Example(answers=_moved("avoid-markets", "avoid-fields", "different-routes"), gives="4"),
        Example(answers=_moved("other"), gives="1"),
        Example(answers=_moved("avoid-markets", "other"), gives="3"),
        Example(answers=_moved("dont-know"), gives=None),
        Example(answers=_moved("refused", "avoid-markets"), gives=None),
        Example(gives=None),
    ),
)
PRACTICES = sector(
    "protection-practices-severity",
    "Safe practices and activities, severity",
    PRACTICES_SEVERITY,
    worst=4,
    source=_SOURCE.format("add_prot_score_practices"),
    recall=_RECALL,
    examples=(
        Example(answers=_kept_from(("none",), ("none",)), gives="1"),
        Example(answers=_kept_from(("work",), ("none",)), gives="2"),
        Example(answers=_kept_from(("other",), ("none",)), gives="3"),
        Example(answers=_kept_from(("work", "water"), ("other",)), gives="3"),
        Example(answers=_kept_from(("work", "water"), ("visiting-family", "decision-making")), gives="4"),
        Example(answers=_kept_from(("dont-know",), ("none",)), gives="1"),
        Example(answers=_kept_from(("refused",), ("visiting-family",)), gives="2"),
        Example(answers=_kept_from(("dont-know", "work"), ("dont-know",)), gives="2"),
        Example(answers=_kept_from(("dont-know",), ("refused",)), gives=None),
        Example(answers=_kept_from(("none",), None), gives="1"),
        Example(gives=None),
    ),
)
RIGHTS = sector(
    "protection-rights-severity",
    "Access to rights and services, severity",
    RIGHTS_SEVERITY,
    worst=4,
    source=_SOURCE.format("add_prot_score_rights"),
    recall=_RECALL,
    examples=(
        Example(answers=_hindered(("none",), ("none",)), gives="1"),
        Example(answers=_hindered(("schools",), ("none",)), gives="2"),
        Example(answers=_hindered(("none",), ("identity-documents",)), gives="3"),
        Example(answers=_hindered(("schools",), ("identity-documents",)), gives="3"),
        Example(answers=_hindered(("schools", "health-care"), ("identity-documents",)), gives="4"),
        Example(answers=_hindered(("dont-know",), ("identity-documents",)), gives="3"),
        Example(answers=_hindered(("schools",), ("refused",)), gives="2"),
        Example(answers=_hindered(("dont-know",), ("dont-know",)), gives=None),
        Example(gives=None),
    ),
)
PROTECTION_COMPOSITE = sector(
    "protection-severity",
    "Protection severity of the household",
    PROTECTION_SEVERITY,
    worst=4,
    source=_SOURCE.format("add_comp_prot"),
    recall=_RECALL,
    examples=(
        Example(
            answers={
                **_moved("no-safety-concerns"),
                **_kept_from(("none",), ("none",)),
                **_hindered(("none",), ("none",)),
            },
            gives="1",
        ),
        Example(answers={**_moved("no-safety-concerns"), **_kept_from(("work",), ("none",))}, gives="2"),
        Example(answers={**_moved("dont-know"), **_hindered(("none",), ("identity-documents",))}, gives="3"),
        Example(
            answers={
                **_moved("avoid-markets", "avoid-fields"),
                **_kept_from(("none",), ("none",)),
                **_hindered(("schools",), ("none",)),
            },
            gives="4",
        ),
        Example(answers={**_moved("dont-know"), **_kept_from(("refused",), ("refused",))}, gives=None),
        Example(gives=None),
    ),
)

# A question of several choices is a list: whether one was chosen, of the households that answered.
IDENTITY_DOCUMENTS_HINDERED = Indicator(
    id="identity-documents-hindered",
    profile=Profile.IMPACT_2025,
    title="Difficulty getting identity or civil documents",
    subject=Subject.HOUSEHOLD,
    kind=Kind.YES_NO,
    value=cases(
        (Holds(column="justice_hindered", choice="identity-documents"), 1),
        (_not_said("justice_hindered"), None),
        (answer("justice_hindered").known, 0),
        otherwise=None,
    ),
    recall=_RECALL,
    source=_SOURCE.format("add_prot_score_rights: the answer that weighs 2"),
    examples=(
        Example(answers={"justice_hindered": ("identity-documents", "other")}, gives=1),
        Example(answers={"justice_hindered": ("none",)}, gives=0),
        Example(answers={"justice_hindered": ("dont-know",)}, gives=None),
        Example(gives=None),
    ),
)

PROTECTION: tuple[Indicator, ...] = (
    MOVEMENT,
    PRACTICES,
    RIGHTS,
    PROTECTION_COMPOSITE,
    IDENTITY_DOCUMENTS_HINDERED,
    *DOCUMENTS,
    *SERVICES,
)
