"""The doors of the register: each address says what leave it needs, and nobody passes one that says nothing.

No cookie authenticates anybody here, so there is no request that a page elsewhere could forge.
"""

from __future__ import annotations

import binascii
import logging
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from traceback import extract_tb

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import patch_vary_headers

from saphan.core.problem import Problem, problem
from saphan.pipeline.phones import PROJECT
from saphan.register.accounts import queries, rules
from saphan.register.accounts.model import Actor, Permission
from saphan.web.leave import View

Show = Callable[[Problem], HttpResponse]

_LOCAL = ("127.0.0.1", "::1")
_LOG = logging.getLogger("saphan.web")


def door(methods: Mapping[str, tuple[Permission | None, View]], *, show: Show) -> View:
    """One address: for each method the leave that it needs (None: nobody's) and the view, given `by` and the rest.

    What is captured as `token` or `project` of the address is used up here. Problems are shown by `show`.
    """

    def answer(request: HttpRequest, /, **captured: object) -> HttpResponseBase:
        try:
            response = _pass(methods, request, captured)
        except Problem as found:
            response = show(found)
            if response.status_code == 401 and "token" not in captured:
                response["WWW-Authenticate"] = 'Basic realm="saphan", charset="UTF-8"'
        except (MultiPartParserError, BadRequest, SuspiciousOperation) as error:
            response = show(problem("web.body", detail=type(error).__name__))
        except Exception as error:
            # By its place alone: the error's own words may hold an answer, and the address a token.
            place = extract_tb(error.__traceback__)[-1]
            fault = problem("web.failed", kind=type(error).__name__, place=f"{place.name}:{place.lineno}")
            _LOG.error("%s", fault)
            response = show(fault)
        return _kept(request, response)

    answer.leave = {method: leave for method, (leave, _) in methods.items()}  # type: ignore[attr-defined]
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


def now() -> datetime:
    """The moment of a request."""
    return datetime.now(tz=UTC)


def _pass(
    methods: Mapping[str, tuple[Permission | None, View]], request: HttpRequest, captured: Mapping[str, object]
) -> HttpResponseBase:
    if request.method not in methods:
        raise problem("web.method", method=request.method)
    leave, view = methods[request.method]
    rest = {name: value for name, value in captured.items() if name not in ("token", "project")}
    if leave is None:
        return view(request, **rest)
    by = _who(request, captured.get("token"))
    rules.require(by, leave)
    if captured.get("project", PROJECT) != PROJECT:
        raise problem("web.absent")
    return view(request, by=by, **rest)


def _who(request: HttpRequest, token: object) -> Actor:
    """Who asks: the phone whose token stands in the address, else the user of the header Authorization."""
    if token is not None:
        return queries.device(str(token))
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return queries.session(given.strip(), at=now())
    if scheme.lower() == "basic" and _private(request):
        try:
            username, _, password = b64decode(given.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise problem("access.credentials") from None
        return queries.login(username, password)
    raise problem("access.credentials")


def _private(request: HttpRequest) -> bool:
    """Whether nobody on the way can read a password: over TLS, to a proxy with TLS, or within this machine."""
    return request.is_secure() or request.META.get("REMOTE_ADDR") in _LOCAL or settings.SITE.startswith("https:")


def _kept(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Say who may keep an answer: the one who asked, and of writes nobody."""
    reads = request.method in ("GET", "HEAD")
    response["Cache-Control"] = "private, no-cache" if reads else "no-store"
    patch_vary_headers(response, ("Accept-Encoding", "Origin") if reads else ("*",))
    return response
