"""Addresses of a server with a register: phones and programs under /v1/, everything else as without one."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from saphan.core.problem import problem
from saphan.register.accounts.model import Permission
from saphan.web import faults, urls
from saphan.web.central import views as central
from saphan.web.doors import door
from saphan.web.openrosa import views as openrosa
from saphan.web.urls import handler404, handler500

__all__ = ["handler404", "handler500", "urlpatterns"]

# A phone's token in the address, or a user's in the header Authorization.
_WAYS = ("v1/key/<str:token>/projects/<int:project>", "v1/projects/<int:project>")


def _absent(request: HttpRequest, **_: object) -> HttpResponse:
    raise problem("web.absent")


def _devices() -> Iterator[URLPattern]:
    forms, sending = Permission.READ_FORMS, Permission.RECEIVE
    tails = {
        "formList": {"GET": (forms, openrosa.form_list)},
        "submission": {"HEAD": (sending, openrosa.ready), "POST": (sending, openrosa.submission)},
        "forms/<str:form>/manifest": {"GET": (forms, openrosa.manifest)},
        "forms/<str:form>.xml": {"GET": (forms, openrosa.form_xml)},
    }
    for way in _WAYS:
        for tail, methods in tails.items():
            yield path(f"{way}/{tail}", door(methods, show=faults.openrosa))


def _programs() -> Iterator[URLPattern]:
    session = Permission.OPEN_SESSIONS
    addresses = {
        "v1/sessions": {"POST": (None, central.open_session)},
        "v1/sessions/<str:session>": {"DELETE": (session, central.close_session)},
        "v1/users/current": {"GET": (session, central.who)},
    }
    for address, methods in addresses.items():
        yield path(address, door(methods, show=faults.json))
    nowhere = dict.fromkeys(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), (None, _absent))
    yield path("v1/", door(nowhere, show=faults.json))
    yield path("v1/<path:anything>", door(nowhere, show=faults.json))


urlpatterns = [*_devices(), *_programs(), *urls.urlpatterns]
