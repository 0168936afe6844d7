"""Documents: whether a person holds one that lets them stay, and whether it is valid.

The field has no common definition; this one asks in generic terms, so that a mission's own words (a coloured card, a
pass of a border district) are the labels of its choices and never the codes.
"""

from __future__ import annotations

from saphan.analyse.frames.expression import Holds, Some, answer, cases
from saphan.analyse.indicators.needs.answers import one_or_zero
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

# A document that lets its holder stay, as against one that only says who the holder is.
STAY = ("border-pass", "visa", "work-permit", "residence-card", "migrant-identity-card", "asylum-document")
IDENTITY = ("passport", "national-identity-card", "certificate-of-identity", "birth-certificate")
VALID, EXPIRED, IDENTITY_ONLY, NONE = "valid-stay", "expired-stay", "identity-only", "none"

_SOURCE = "Saphan: documents held, those that let a person stay and those that tell only who the person is"


def _holds(documents: tuple[str, ...]) -> Some:
    return Some(parts=tuple(Holds(column="documents_held", choice=one) for one in documents))


_STAYS, _VALID = _holds(STAY), answer("stay_document_valid")
# Another document than those listed, don't know and refused do not tell the status: the person is missing.
_STATUS = cases(
    (_STAYS & _VALID.equals("yes"), VALID),
    (_STAYS & _VALID.equals("no"), EXPIRED),
    (_STAYS, None),
    (_holds(("other", "dont-know", "refused")), None),
    (_holds(IDENTITY), IDENTITY_ONLY),
    (_holds(("none",)), NONE),
    otherwise=None,
)


def _held(*documents: str, valid: str | None = None) -> dict[str, Cell]:
    return {"documents_held": documents, "stay_document_valid": valid}


DOCUMENT_STATUS = Indicator(
    id="document-status",
    profile=Profile.SAPHAN,
    title="Document status of the person",
    subject=Subject.PERSON,
    kind=Kind.CLASS,
    value=_STATUS,
    classes=(VALID, EXPIRED, IDENTITY_ONLY, NONE),
    in_need=(EXPIRED, IDENTITY_ONLY, NONE),
    source=_SOURCE,
    examples=(
        *(Example(answers=_held(one, valid="yes"), gives=VALID) for one in STAY),
        *(Example(answers=_held(one), gives=IDENTITY_ONLY) for one in IDENTITY),
        Example(answers=_held("passport", "work-permit", valid="yes"), gives=VALID),
        Example(answers=_held("passport", "work-permit", valid="no"), gives=EXPIRED),
        Example(answers=_held("migrant-identity-card", valid="dont-know"), gives=None),
        Example(answers=_held("migrant-identity-card"), gives=None),
        Example(answers=_held("none"), gives=NONE),
        Example(answers=_held("other"), gives=None),
        Example(answers=_held("passport", "other"), gives=None),
        Example(answers=_held("border-pass", "other", valid="yes"), gives=VALID),
        Example(answers=_held("dont-know"), gives=None),
        Example(answers=_held("refused"), gives=None),
        Example(gives=None),
    ),
)
WITHOUT_VALID_STAY_DOCUMENT = Indicator(
    id="without-valid-stay-document",
    profile=Profile.SAPHAN,
    title="Person without a valid document that lets them stay",
    subject=Subject.PERSON,
    kind=Kind.YES_NO,
    value=one_or_zero(_STATUS.one_of(EXPIRED, IDENTITY_ONLY, NONE)),
    source=_SOURCE,
    examples=(
        Example(answers=_held("visa", valid="yes"), gives=0),
        Example(answers=_held("visa", valid="no"), gives=1),
        Example(answers=_held("birth-certificate"), gives=1),
        Example(answers=_held("none"), gives=1),
        Example(answers=_held("visa", valid="refused"), gives=None),
        Example(gives=None),
    ),
)

DOCUMENTS: tuple[Indicator, ...] = (DOCUMENT_STATUS, WITHOUT_VALID_STAY_DOCUMENT)
