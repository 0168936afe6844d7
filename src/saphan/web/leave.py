"""Every address says what leave it needs for each method, in `leave` of its view; what says nothing is not reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """An address whose pages anybody may read."""

    @wraps(view)
    def answer(request: HttpRequest, /, **captured: object) -> HttpResponseBase:
        return view(request, **captured)

    answer.leave = {"GET": None, "HEAD": None}  # type: ignore[attr-defined]
    return answer


class DefaultDeny:
    """Lets no request through to a view that does not say what leave it needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: object) -> HttpResponse | None:
        """Refuse what has no declared leave."""
        return None if hasattr(view, "leave") else HttpResponse(status=403)
