"""Access to services, from need over asking to obtaining, and what stood in the way; accountability for assistance."""

from __future__ import annotations

from saphan.analyse.frames.expression import Every, Expression, Holds, HowMany, Not, Some, answer, cases
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

SERVICE = (
    "health-care",
    "schooling",
    "registration",
    "legal-aid",
    "psychosocial-support",
    "labour-protection",
    "shelter",
    "financial-services",
    "other",
)
BARRIER = (
    "cost",
    "distance",
    "documents",
    "language",
    "information",
    "discrimination",
    "fear-of-authorities",
    "not-offered",
    "turned-away",
)
NO_NEED, ALL, SOME, NONE = "no-need", "all-obtained", "some-obtained", "none-obtained"

_NOT_SAID = ("dont-know", "refused")
_RECALL = "3 months"
_SERVICES = "Saphan: services needed, asked for and obtained, each from one list"
_ACCOUNTABILITY = (
    "Saphan, after the commitments on accountability to affected people of the Inter-Agency Standing Committee"
)
_HUMIND = "IMPACT Initiatives, humind 2025.1, add_received_assistance"


def _has(question: str, *choices: str) -> Expression:
    return Some(parts=tuple(Holds(column=question, choice=one) for one in choices))


def _number(*questions: str) -> HowMany:
    """How many services were chosen in all of these questions; null where one was not answered."""
    return HowMany(
        parts=tuple(Every(parts=tuple(Holds(column=each, choice=one) for each in questions)) for one in SERVICE)
    )


_NEEDED = _number("services_needed")


def _access(question: str, *classes: str) -> Expression:
    """Of the services needed: no need, all, some, none of them among those of the question; null where not said."""
    no_need, every, some, none = classes
    met = _number("services_needed", question)
    return cases(
        (_has("services_needed", *_NOT_SAID), None),
        (_NEEDED.equals(0), no_need),
        (_has(question, *_NOT_SAID), None),
        (met.equals(_NEEDED), every),
        (met >= 1, some),
        (met.equals(0), none),
        otherwise=None,
    )


def _services(needed: tuple[str, ...] | None, got: tuple[str, ...] | None, question: str) -> dict[str, Cell]:
    return {"services_needed": needed, question: got}


def _share(name: str, title: str, question: str, *classes: str) -> Indicator:
    no_need, every, some, none = classes

    def of(needed: tuple[str, ...] | None, got: tuple[str, ...] | None, gives: str | None) -> Example:
        return Example(answers=_services(needed, got, question), gives=gives)

    return Indicator(
        id=name,
        profile=Profile.SAPHAN,
        title=title,
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=_access(question, *classes),
        classes=classes,
        in_need=(some, none),
        recall=_RECALL,
        source=_SERVICES,
        examples=(
            of(("none",), None, no_need),  # the second question is not asked
            of(("legal-aid",), ("legal-aid",), every),
            of(("legal-aid", "schooling"), ("legal-aid",), some),
            of(("legal-aid",), ("none",), none),
            of(("legal-aid",), ("schooling",), none),  # one that was not needed does not count
            of(("legal-aid",), ("dont-know",), None),
            of(("legal-aid",), None, None),
            of(("refused",), None, None),
            of(None, ("legal-aid",), None),
        ),
    )


ACCESS_TO_SERVICES = _share(
    "access-to-services", "Services needed, and how many were obtained", "services_obtained", NO_NEED, ALL, SOME, NONE
)
SERVICES_ASKED_FOR = _share(
    "services-asked-for",
    "Services needed, and how many were asked for",
    "services_asked_for",
    NO_NEED,
    "all-asked-for",
    "some-asked-for",
    "none-asked-for",
)


def _barrier(code: str) -> Indicator:
    """Of households that did not obtain all they needed; null for the others."""
    another = next(one for one in BARRIER if one != code)
    needy: dict[str, Cell] = _services(("schooling",), ("none",), "services_obtained")
    lacking = _access("services_obtained", NO_NEED, ALL, SOME, NONE).one_of(SOME, NONE)
    return Indicator(
        id=f"service-barrier-{code}",
        profile=Profile.SAPHAN,
        title=f"What stood in the way of services: {code.replace('-', ' ')}",
        subject=Subject.HOUSEHOLD,
        kind=Kind.YES_NO,
        value=cases(
            (Not(part=lacking), None),
            (lacking & _has("service_barriers", code), 1),
            (_has("service_barriers", *_NOT_SAID), None),
            (lacking & answer("service_barriers").known, 0),
            otherwise=None,
        ),
        recall=_RECALL,
        source=_SERVICES,
        examples=(
            Example(answers={**needy, "service_barriers": (code,)}, gives=1),
            Example(answers={**needy, "service_barriers": (another, code)}, gives=1),
            Example(answers={**needy, "service_barriers": (another,)}, gives=0),
            Example(answers={**needy, "service_barriers": ("none",)}, gives=0),
            Example(answers={**needy, "service_barriers": ("dont-know",)}, gives=None),
            Example(answers=needy, gives=None),
            Example(answers={**needy, "services_obtained": ("schooling",), "service_barriers": (code,)}, gives=None),
            Example(answers={"service_barriers": (code,)}, gives=None),
        ),
    )


def _told(
    name: str, title: str, question: str, *, meant: tuple[str, ...], not_meant: tuple[str, ...], recall: str | None
) -> Indicator:
    """Yes for some answers and no for others; what is neither is missing."""
    value = cases(
        (answer(question).one_of(*meant), 1),
        (answer(question).one_of(*not_meant), 0),
        otherwise=None,
    )
    missing = tuple(one for one in _NOT_SAID if one not in not_meant)
    return Indicator(
        id=name,
        profile=Profile.SAPHAN,
        title=title,
        subject=Subject.HOUSEHOLD,
        kind=Kind.YES_NO,
        value=value,
        recall=recall,
        source=_ACCOUNTABILITY,
        examples=(
            *(Example(answers={question: one}, gives=1) for one in meant),
            *(Example(answers={question: one}, gives=0) for one in not_meant),
            *(Example(answers={question: one}, gives=None) for one in missing),
            Example(gives=None),
        ),
    )


KNOWS_HOW_TO_COMPLAIN = _told(
    "knows-how-to-complain",
    "Knows how to complain about assistance",
    "knows_how_to_complain",
    meant=("yes",),
    not_meant=("no", "dont-know"),  # who does not know whether, does not know how
    recall=None,
)
CONSULTED = _told(
    "consulted-on-assistance",
    "Was asked what assistance is needed",
    "consulted_on_assistance",
    meant=("yes",),
    not_meant=("no",),
    recall="12 months",
)
SATISFIED = _told(
    "satisfied-with-assistance",
    "Satisfied with the assistance received, of those who received any",
    "assistance_satisfaction",
    meant=("very-satisfied", "satisfied"),
    not_meant=("dissatisfied", "very-dissatisfied"),
    recall="12 months",
)

_RECEIVED, _LAST = answer("assistance_received"), answer("assistance_last_received")
_WHEN = ("past-30-days", "1-3-months", "4-6-months", "7-12-months")


def _received(received: str | None, last: str | None = None) -> dict[str, Cell]:
    return {"assistance_received": received, "assistance_last_received": last}


ASSISTANCE_RECEIVED = Indicator(
    id="assistance-received",
    profile=Profile.IMPACT_2025,
    title="When assistance was last received",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    # Don't know and refused are a class of their own in this convention, silence is missing.
    value=cases(
        (_RECEIVED.equals("no"), "not-received"),
        (_RECEIVED.equals("yes") & _LAST.one_of(*_WHEN), _LAST),
        (_RECEIVED.one_of(*_NOT_SAID) | (_RECEIVED.equals("yes") & _LAST.one_of(*_NOT_SAID)), "undefined"),
        otherwise=None,
    ),
    classes=(*_WHEN, "not-received", "undefined"),
    recall="12 months",
    source=_HUMIND,
    examples=(
        *(Example(answers=_received("yes", one), gives=one) for one in _WHEN),
        Example(answers=_received("no"), gives="not-received"),
        Example(answers=_received("yes", "dont-know"), gives="undefined"),
        Example(answers=_received("refused"), gives="undefined"),
        Example(answers=_received("yes"), gives=None),
        Example(gives=None),
    ),
)

SERVICES: tuple[Indicator, ...] = (
    ACCESS_TO_SERVICES,
    SERVICES_ASKED_FOR,
    *(_barrier(one) for one in BARRIER),
    ASSISTANCE_RECEIVED,
    CONSULTED,
    SATISFIED,
    KNOWS_HOW_TO_COMPLAIN,
)
