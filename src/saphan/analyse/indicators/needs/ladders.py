"""The ladders of drinking water, sanitation and hygiene, as the Joint Monitoring Programme and as humind draw them.

Where they differ: water that takes exactly 30 minutes to fetch is basic to the programme and limited to humind 2025.
Safely managed water is, to humind, any improved source on the premises; to the programme it is also there when needed
and found free of contamination. Humind knows no safely managed sanitation. The programme counts only places to wash
hands that were seen; humind takes the household's word where they could not be.
"""

from __future__ import annotations

from saphan.analyse.frames.expression import Every, Expression, answer, cases
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject
from saphan.collect.forms.vocabulary.water import (
    HANDWASHING_PLACE,
    IMPROVED_SOURCE,
    IMPROVED_TOILET,
    NO_SOAP,
    ON_PREMISES_SOURCE,
    SOAP,
    UNIMPROVED_SOURCE,
    UNIMPROVED_TOILET,
)

SAFELY_MANAGED, BASIC, LIMITED, UNIMPROVED = "safely-managed", "basic", "limited", "unimproved"
SURFACE, OPEN_DEFECATION, NONE = "surface-water", "open-defecation", "none"
_HUMIND = "IMPACT Initiatives, humind 2025.1.4"
_JMP = "WHO and UNICEF Joint Monitoring Programme, core questions for household surveys, 2018 update"
_LONGEST = 600  # minutes; humind takes no longer time, nor one below 1, for an answer

_SOURCE = answer("drinking_water_source")
_REACH = answer("drinking_water_reach")
_MINUTES = answer("drinking_water_minutes")
_BAND = answer("drinking_water_minutes_band")
_OVER_30 = cases((_BAND.equals("under-30"), False), (_BAND.one_of("30-to-60", "over-60"), True), otherwise=None)


def drinking_water(profile: Profile) -> Expression:
    """The rung of a household's drinking water; null where the source, or the time to an improved one, is not known."""
    jmp = profile is Profile.JMP
    # A form does not ask how far it is to a tap in the dwelling.
    at_home = ON_PREMISES_SOURCE if jmp else ON_PREMISES_SOURCE[:1]
    on_premises = cases(
        (_SOURCE.one_of(*at_home), True),
        (_REACH.equals("on-premises"), True),
        (_REACH.one_of("minutes", "dont-know"), False),
        otherwise=None,
    )
    far = cases(
        (on_premises, False),
        (_REACH.equals("minutes"), (_MINUTES > 30) if jmp else _far_to_humind()),
        # Of the band from 30 to 60 the few at exactly 30 are limited to both.
        (_REACH.equals("dont-know"), _OVER_30),
        otherwise=None,
    )
    safe: Expression = on_premises
    if jmp:
        # Basic says no more than improved and near, so it holds of water of which safety is not known too: where
        # a survey tests no water, read basic as at least basic.
        free = answer("drinking_water_contamination").equals("not-found")
        safe = Every(parts=(on_premises, answer("drinking_water_when_needed").equals("yes"), free))
    return cases(
        (_SOURCE.equals("surface-water"), SURFACE),
        (_SOURCE.one_of(*UNIMPROVED_SOURCE), UNIMPROVED),
        (~_SOURCE.one_of(*IMPROVED_SOURCE).or_else(False), None),
        (far, LIMITED),
        (safe, SAFELY_MANAGED),
        (~far, BASIC),
        otherwise=None,
    )


def _far_to_humind() -> Expression:
    return cases(((_MINUTES >= 1) & (_MINUTES <= _LONGEST), _MINUTES >= 30), otherwise=None)


_TOILET, _SHARED = answer("sanitation_facility"), answer("sanitation_shared")
_DISPOSAL = answer("sanitation_disposal")


def sanitation(profile: Profile) -> Expression:
    """The rung of a household's toilet; null where the toilet, or whether an improved one is shared, is not known."""
    own = (_SHARED.equals("no"), BASIC)
    # As of water: where nobody asks what becomes of the excreta, read basic as at least basic.
    safe = (_SHARED.equals("no") & _DISPOSAL.one_of("safe-in-place", "treated-elsewhere"), SAFELY_MANAGED)
    return cases(
        (_TOILET.equals("none"), OPEN_DEFECATION),
        (_TOILET.one_of(*UNIMPROVED_TOILET), UNIMPROVED),
        (~_TOILET.one_of(*IMPROVED_TOILET).or_else(False), None),
        (_SHARED.equals("yes"), LIMITED),
        *((safe, own) if profile is Profile.JMP else (own,)),
        otherwise=None,
    )


_SEEN, _TOLD = answer("handwashing_place"), answer("handwashing_place_reported")


def hygiene(profile: Profile) -> Expression:
    """The rung of a household's place to wash hands; ash, mud and sand are no soap."""
    return _hygiene_seen() if profile is Profile.JMP else _hygiene_of_humind()


def _hygiene_seen() -> Expression:
    """After the programme: a place not seen is missing, and so is one where water or soap is not known."""
    kind = answer("handwashing_soap_type")
    soap = cases(
        (answer("handwashing_soap").equals("not-available"), False),
        (kind.one_of(*NO_SOAP), False),
        (answer("handwashing_soap").equals("available") & (kind.one_of(*SOAP) | ~kind.known), True),
        otherwise=None,
    )
    both = Every(parts=(answer("handwashing_water").equals("available"), soap))
    place = _SEEN.one_of(*HANDWASHING_PLACE)
    return cases((_SEEN.equals("none"), NONE), (place & both, BASIC), (place & ~both, LIMITED), otherwise=None)


def _hygiene_of_humind() -> Expression:
    """After humind 2025: what is not known of water or soap at a place that there is counts as lacking."""

    def rung(water: Expression, soap: Expression, kind: Expression) -> Expression:
        return cases((water & soap & (kind.one_of(*SOAP) | ~kind.known), BASIC), otherwise=LIMITED)

    seen = rung(
        answer("handwashing_water").equals("available"),
        answer("handwashing_soap").equals("available"),
        answer("handwashing_soap_type"),
    )
    told = rung(
        answer("handwashing_water_reported").equals("yes"),
        answer("handwashing_soap_reported").equals("yes"),
        answer("handwashing_soap_type_reported"),
    )
    unseen = ~_SEEN.known | _SEEN.equals("no-permission")  # by telephone nothing is seen
    return cases(
        (_SEEN.equals("none"), NONE),
        (_SEEN.one_of(*HANDWASHING_PLACE), seen),
        (unseen & _TOLD.equals("none"), NONE),
        (unseen & _TOLD.one_of(*HANDWASHING_PLACE), told),
        otherwise=None,
    )


def _ladder(
    name: str, profile: Profile, title: str, value: Expression, classes: tuple[str, ...], *examples: Example
) -> Indicator:
    return Indicator(
        id=name,
        profile=profile,
        title=title,
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=value,
        classes=classes,
        in_need=classes[classes.index(LIMITED) :],  # the Sustainable Development Goals ask for basic service for all
        source=_JMP if profile is Profile.JMP else _HUMIND,
        examples=examples,
    )


def _water(source: str | None, gives: str | None, reach: str | None = None, **more: Cell) -> Example:
    """`more` are the answers of drinking water, without their first words."""
    answers = {f"drinking_water_{name}": cell for name, cell in {"source": source, "reach": reach, **more}.items()}
    return Example(answers=answers, gives=gives)


_WATER_OF_BOTH = (
    _water("surface-water", SURFACE),
    _water("surface-water", SURFACE, "on-premises"),
    _water("unprotected-spring", UNIMPROVED),
    _water("unprotected-well", UNIMPROVED, "minutes", minutes=5),
    _water("borehole", BASIC, "minutes", minutes=29),
    _water("borehole", LIMITED, "minutes", minutes=31),
    _water("tanker-truck", BASIC, "dont-know", minutes_band="under-30"),
    _water("kiosk", LIMITED, "dont-know", minutes_band="30-to-60"),
    _water("kiosk", LIMITED, "dont-know", minutes_band="over-60"),
    _water("kiosk", None, "dont-know", minutes_band="dont-know"),
    _water("kiosk", None, "refused"),
    _water("kiosk", None, "minutes"),
    _water("kiosk", None),
    _water("other", None, "on-premises"),
    _water("dont-know", None),
    _water("refused", None),
    _water(None, None),
    _water(None, None, "on-premises"),
)
_WATER_CLASSES = (SAFELY_MANAGED, BASIC, LIMITED, UNIMPROVED, SURFACE)
DRINKING_WATER_JMP = _ladder(
    "drinking-water-ladder",
    Profile.JMP,
    "Drinking water service",
    drinking_water(Profile.JMP),
    _WATER_CLASSES,
    *_WATER_OF_BOTH,
    _water("borehole", BASIC, "minutes", minutes=30),  # limited to humind
    _water("borehole", LIMITED, "minutes", minutes=601),
    _water("piped-dwelling", SAFELY_MANAGED, when_needed="yes", contamination="not-found"),
    _water("piped-compound", SAFELY_MANAGED, when_needed="yes", contamination="not-found"),
    _water("rainwater", SAFELY_MANAGED, "on-premises", when_needed="yes", contamination="not-found"),
    _water("borehole", BASIC, "minutes", minutes=5, when_needed="yes", contamination="not-found"),
    _water("piped-dwelling", BASIC, when_needed="no", contamination="not-found"),
    _water("piped-dwelling", BASIC, when_needed="yes", contamination="found"),
    _water("piped-dwelling", BASIC, when_needed="yes", contamination="dont-know"),
    _water("piped-dwelling", BASIC),  # safely managed to humind
)
DRINKING_WATER_IMPACT = _ladder(
    "drinking-water-ladder",
    Profile.IMPACT_2025,
    "Drinking water service",
    drinking_water(Profile.IMPACT_2025),
    _WATER_CLASSES,
    *_WATER_OF_BOTH,
    _water("borehole", LIMITED, "minutes", minutes=30),  # basic to the programme
    _water("borehole", LIMITED, "minutes", minutes=600),
    _water("borehole", None, "minutes", minutes=601),
    _water("borehole", None, "minutes", minutes=0),
    _water("piped-dwelling", SAFELY_MANAGED),  # basic to the programme
    _water("piped-dwelling", SAFELY_MANAGED, when_needed="no", contamination="found"),
    _water("borehole", SAFELY_MANAGED, "on-premises"),
    _water("piped-compound", None),
)


def _toilet(kind: str | None, gives: str | None, shared: str | None = None, disposal: str | None = None) -> Example:
    answers = {"sanitation_facility": kind, "sanitation_shared": shared, "sanitation_disposal": disposal}
    return Example(answers={name: cell for name, cell in answers.items() if cell is not None}, gives=gives)


_SANITATION_OF_BOTH = (
    _toilet("none", OPEN_DEFECATION),
    _toilet("flush-to-open-drain", UNIMPROVED, "no"),
    _toilet("pit-latrine-without-slab", UNIMPROVED, "yes"),
    _toilet("hanging-toilet", UNIMPROVED),
    _toilet("flush-to-sewer", LIMITED, "yes"),
    _toilet("flush-to-sewer", BASIC, "no"),
    _toilet("container", BASIC, "no"),
    _toilet("flush-to-unknown-place", BASIC, "no"),
    _toilet("flush-to-sewer", None, "dont-know"),
    _toilet("flush-to-sewer", None, "refused"),
    _toilet("flush-to-sewer", None),
    _toilet("other", None, "no"),
    _toilet("dont-know", None, "no"),
    _toilet("refused", None),
    _toilet(None, None),
    _toilet(None, None, "no"),
)
SANITATION_JMP = _ladder(
    "sanitation-ladder",
    Profile.JMP,
    "Sanitation service",
    sanitation(Profile.JMP),
    (SAFELY_MANAGED, BASIC, LIMITED, UNIMPROVED, OPEN_DEFECATION),
    *_SANITATION_OF_BOTH,
    _toilet("ventilated-pit-latrine", SAFELY_MANAGED, "no", "safe-in-place"),
    _toilet("flush-to-sewer", SAFELY_MANAGED, "no", "treated-elsewhere"),
    _toilet("flush-to-sewer", BASIC, "no", "neither"),
    _toilet("flush-to-sewer", BASIC, "no", "dont-know"),
    _toilet("flush-to-sewer", LIMITED, "yes", "treated-elsewhere"),
)
SANITATION_IMPACT = _ladder(
    "sanitation-ladder",
    Profile.IMPACT_2025,
    "Sanitation service",
    sanitation(Profile.IMPACT_2025),
    (BASIC, LIMITED, UNIMPROVED, OPEN_DEFECATION),
    *_SANITATION_OF_BOTH,
)


def _hands(gives: str | None, *, told: bool = False, **answers: Cell) -> Example:
    """Answers on the place, water, soap and soap type, as seen or as told."""
    after = "_reported" if told else ""
    seen = {"handwashing_place": "no-permission"} if told else {}
    return Example(answers=seen | {f"handwashing_{name}{after}": cell for name, cell in answers.items()}, gives=gives)


_YES, _NO = "available", "not-available"
_HYGIENE_OF_BOTH = (
    _hands(NONE, place="none"),
    _hands(BASIC, place="fixed-in-dwelling", water=_YES, soap=_YES, soap_type="soap"),
    _hands(BASIC, place="fixed-in-yard", water=_YES, soap=_YES, soap_type="detergent"),
    _hands(BASIC, place="mobile", water=_YES, soap=_YES),
    _hands(LIMITED, place="mobile", water=_YES, soap=_YES, soap_type="ash-mud-sand"),
    _hands(LIMITED, place="mobile", water=_NO, soap=_YES),
    _hands(LIMITED, place="mobile", water=_YES, soap=_NO),
    _hands(LIMITED, place="mobile", water=_NO),
    _hands(None, place="other"),
    _hands(None, place="no-permission"),
    _hands(None),
)
_HYGIENE_CLASSES = (BASIC, LIMITED, NONE)
HYGIENE_JMP = _ladder(
    "hygiene-ladder",
    Profile.JMP,
    "Hygiene service",
    hygiene(Profile.JMP),
    _HYGIENE_CLASSES,
    *_HYGIENE_OF_BOTH,
    _hands(None, place="mobile", water=_YES),
    _hands(None, place="mobile", water=_YES, soap=_YES, soap_type="dont-know"),
)
HYGIENE_IMPACT = _ladder(
    "hygiene-ladder",
    Profile.IMPACT_2025,
    "Hygiene service",
    hygiene(Profile.IMPACT_2025),
    _HYGIENE_CLASSES,
    *_HYGIENE_OF_BOTH,
    _hands(LIMITED, place="mobile", water=_YES),
    _hands(LIMITED, place="mobile", water=_YES, soap=_YES, soap_type="dont-know"),
    _hands(BASIC, told=True, place="fixed-in-dwelling", water="yes", soap="yes", soap_type="soap"),
    _hands(LIMITED, told=True, place="mobile", water="yes", soap="yes", soap_type="ash-mud-sand"),
    _hands(LIMITED, told=True, place="mobile", soap="yes"),
    _hands(LIMITED, told=True, place="mobile", water="yes", soap="dont-know"),
    _hands(NONE, told=True, place="none"),
    _hands(None, told=True, place="dont-know"),
    _hands(None, told=True, place="other"),
    Example(answers={"handwashing_place_reported": "none"}, gives=NONE),  # by telephone
    Example(answers={"handwashing_place": "other", "handwashing_place_reported": "mobile"}, gives=None),
)

LADDERS = (
    DRINKING_WATER_JMP,
    DRINKING_WATER_IMPACT,
    SANITATION_JMP,
    SANITATION_IMPACT,
    HYGIENE_JMP,
    HYGIENE_IMPACT,
)
