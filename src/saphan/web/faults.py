"""A problem in the words, numbers and shapes of ODK Central, which phones and programs know."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Formatter

import msgspec
from django.http import HttpResponse

from saphan.core.problem import Problem

_NO_RIGHT = (403.1, "The authentication you provided does not have rights to perform that action.")
_NOT_FOUND = (404.1, "Could not find the resource you were looking for.")
_NO_FORM = (400.2, "Required parameter form ID xml attribute missing.")

# Central's number and words, where it has any for a problem of ours; what it lacks is said in our own.
CENTRAL: Mapping[str, tuple[float, str]] = {
    "access.credentials": (401.2, "Could not authenticate with the provided credentials."),
    "access.no-right": _NO_RIGHT,
    "access.denied": _NO_RIGHT,
    "access.session": _NOT_FOUND,
    "web.absent": _NOT_FOUND,
    "web.header": (400.6, "An expected header field (X-OpenRosa-Version) did not match the expected format."),
    "web.part": (400.7, "Required multipart POST field xml_submission_file missing."),
    "submission.form": _NOT_FOUND,
    "submission.version": (404.6, "The form version specified in this submission '{version}' does not exist."),
    "submission.no-form": _NO_FORM,
    "submission.xml": _NO_FORM,
    "intake.conflict": (
        409.1,
        "A submission already exists with this ID, but with different XML. Resubmissions to attach additional "
        "multimedia must resubmit an identical xml_submission_file.",
    ),
    "intake.edited": (
        409.9,
        "You tried to update a submission, but the copy you were editing ({deprecates}) is now out of date. "
        "Please get the new version that has been submitted, and make your edits again.",
    ),
}
_NUMBERS = {"intake.edits-unknown": 404.5}


def central(found: Problem) -> tuple[int, float, str]:
    """Status, number and words of a problem."""
    first = found.findings[0]
    if first.code in CENTRAL:
        number, words = CENTRAL[first.code]
        return int(number), number, Formatter().vformat(words, (), found.facts)
    return found.status, _NUMBERS.get(first.code, found.status), f"{first.what} {first.remedy}".strip()


def openrosa(found: Problem) -> HttpResponse:
    """A problem as phones show it."""
    status, _, words = central(found)
    return message(status, words, nature="error")


def message(status: int, words: str, *, nature: str = "") -> HttpResponse:
    """One message in OpenRosa's XML."""
    body = (
        '\n  <OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
        f'\n    <message nature="{nature}">{xml_text(words)}</message>\n  </OpenRosaResponse>'
    )
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


def json(found: Problem) -> HttpResponse:
    """A problem as programs read it: message, number, details."""
    status, number, words = central(found)
    body = {"message": words, "code": number, "details": {"code": found.findings[0].code}}
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json; charset=utf-8")


def xml_text(text: str) -> str:
    """Text as it stands in XML, within an element or an attribute."""
    return escape(text).replace("&#x27;", "&#39;")
