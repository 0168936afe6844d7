"""The answers to programs: a session for a password, its end, and who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse

from saphan.core.problem import problem
from saphan.register.accounts import actions
from saphan.register.accounts.model import Actor
from saphan.web.doors import now

_LARGEST = 10_000  # bytes of a request for a session


class Login(msgspec.Struct):
    """What is sent for a session; Central calls a user's name an e-mail address."""

    email: Annotated[str, msgspec.Meta(max_length=150)]
    password: Annotated[str, msgspec.Meta(max_length=1000)]


def open_session(request: HttpRequest) -> HttpResponse:
    """A session for a day, for a user's name and password."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
        raise problem("web.size", limit=_LARGEST)
    try:
        given = msgspec.json.decode(request.body, type=Login)
    except msgspec.MsgspecError:
        raise problem("web.body", detail="it is not JSON with email and password") from None
    opened = actions.open_session(given.email, given.password, at=now())
    return _json({"token": opened.token, "createdAt": _moment(opened.since), "expiresAt": _moment(opened.until)})


def close_session(request: HttpRequest, *, by: Actor, session: str) -> HttpResponse:
    """End a session of one's own: the one of this request (`current`), or that of a token."""
    scheme, _, own = request.headers.get("Authorization", "").partition(" ")
    token = own.strip() if session == "current" and scheme.lower() == "bearer" else session
    actions.close_session(token, by=by, at=now())
    return _json({"success": True})


def who(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """The user of this request."""
    return _json({"type": "user", "email": by.name, "displayName": by.name})


def _json(body: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type="application/json; charset=utf-8")


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
