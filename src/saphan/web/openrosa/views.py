"""The answers to phones: the forms there are, one of them, its files, and what becomes of a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from saphan.collect.forms.model import Attachment, Form
from saphan.core.problem import Problem, problem
from saphan.pipeline.sending import Gate
from saphan.register.accounts.model import Actor
from saphan.web import faults
from saphan.web.application import LARGEST
from saphan.web.doors import now

# What a phone packs into one request: little, so that a lost link costs one photograph and not all of them.
BATCH = 2_000_000
_XML = "text/xml; charset=utf-8"
_PART = "xml_submission_file"
_DONE = "full submission upload was successful!"
_HEADERS = {
    "Content-Language": "en",
    "X-OpenRosa-Version": "1.0",
    "X-OpenRosa-Accept-Content-Length": str(BATCH),
}


def form_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """The forms that phones are to have, or the one that `formID` names."""
    _require_version(request)
    wanted = request.GET.get("formID")
    base = _base(request).removesuffix("/formList")
    shown = [_listed(form, base) for form in _gate().forms().values() if wanted in (None, form.id)]
    return _openrosa(_document("xforms", "http://openrosa.org/xforms/xformsList", shown))


def manifest(request: HttpRequest, *, by: Actor, form: str) -> HttpResponse:
    """The files that a form needs beside its XML: none, since forms with such files are not published yet."""
    _require_version(request)
    _form(form)
    return _openrosa(_document("manifest", "http://openrosa.org/xforms/xformsManifest", []))


def form_xml(request: HttpRequest, *, by: Actor, form: str) -> HttpResponse:
    """A form's XForm, in the version that phones are to have."""
    return HttpResponse(_form(form).xform.encode(), content_type=_XML, headers=_HEADERS)


def ready(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Whether submissions are taken here, and how much at once."""
    _require_version(request)
    return _openrosa(None)


def submission(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a submission, or more of its files; once 201 is answered it survives a power cut."""
    _require_version(request)
    try:
        _take(request, by)
    except Problem as found:
        response = faults.openrosa(found)
    else:
        response = faults.message(201, _DONE)
    for name, value in _HEADERS.items():
        response[name] = value
    return response


def _take(request: HttpRequest, by: Actor) -> None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise problem("web.size", limit=LARGEST)
    sent = request.FILES.get(_PART)
    if sent is None:
        raise problem("web.part")
    files = [
        Attachment(name=file.name or "", content=file.read())
        for part, uploads in request.FILES.lists()
        if part != _PART
        for file in uploads
    ]
    _gate().take(sent.read(), files, device=request.GET.get("deviceID", ""), by=by, at=now())


def _gate() -> Gate:
    gate: Gate = settings.GATE
    return gate


def _form(name: str) -> Form:
    found = _gate().forms().get(name)
    if found is None:
        raise problem("web.absent")
    return found


def _require_version(request: HttpRequest) -> None:
    if "X-OpenRosa-Version" not in request.headers:
        raise problem("web.header")


def _base(request: HttpRequest) -> str:
    """The address of the request, as the phone reaches it."""
    path = quote(request.path, safe="/!$")
    return f"{settings.SITE}{path}" if settings.SITE else f"{request.scheme}://{request.get_host()}{path}"


def _listed(form: Form, base: str) -> str:
    fields = {
        "formID": form.id,
        "name": form.title.to(form.languages[0]) if form.languages else form.id,
        "version": form.version,
        "hash": f"md5:{hashlib.md5(form.xform.encode(), usedforsecurity=False).hexdigest()}",
        "downloadUrl": f"{base}/forms/{quote(form.id, safe='')}.xml",
    }
    inner = "".join(f"\n      <{name}>{faults.xml_text(text)}</{name}>" for name, text in fields.items())
    return f"\n    <xform>{inner}\n    </xform>"


def _document(root: str, namespace: str, children: Iterable[str]) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n  <{root} xmlns="{namespace}">{"".join(children)}\n  </{root}>'


def _openrosa(body: str | None) -> HttpResponse:
    if body is not None:
        return HttpResponse(body, content_type=_XML, headers=_HEADERS)
    response = HttpResponse(status=204, headers=_HEADERS)
    del response["Content-Type"]
    return response
