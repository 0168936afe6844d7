"""What is written down of each request: one line of JSON; never a path, a query, a header, a token or an answer."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from traceback import extract_tb

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

_LOG = logging.getLogger("saphan.requests")

# Requests as they are, faults by their place: Django's own line would name the path, which may be a token.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"fault": {"()": "saphan.web.journal.Faults"}, "line": {"format": "%(message)s"}},
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "formatter": "line"},
        "faults": {"class": "logging.StreamHandler", "formatter": "fault"},
    },
    "loggers": {
        "saphan.requests": {"handlers": ["lines"], "level": "INFO", "propagate": False},
        "saphan.web": {"handlers": ["faults"], "level": "ERROR", "propagate": False},
        "django.request": {"handlers": ["faults"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["faults"], "level": "ERROR", "propagate": False},
    },
}


class Journal:
    """Middleware, the outermost: time, method, route by name, status, milliseconds, bytes sent, user by number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and write it down."""
        start = time.perf_counter()
        response = self._get_response(request)
        user = getattr(request, "user", None)
        _LOG.info(
            "%s",
            json.dumps(
                {
                    "time": _now(),
                    "method": request.method if request.method in _METHODS else "other",
                    "route": request.resolver_match.view_name if request.resolver_match else None,
                    "status": response.status_code,
                    "ms": round(1000 * (time.perf_counter() - start), 1),
                    "bytes": len(response.content) if isinstance(response, HttpResponse) else None,
                    "user": user.pk if user is not None and user.is_authenticated else None,
                }
            ),
        )
        return response


class Faults(logging.Formatter):
    """A fault of the program's as one line of JSON: what kind and where; its words may hold an answer."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        kind, _, trace = record.exc_info or (None, None, None)
        place = extract_tb(trace)[-1] if trace is not None else None
        return json.dumps(
            {
                "time": _now(),
                "fault": kind.__name__ if kind else record.name,
                "place": f"{place.name}:{place.lineno}" if place else None,
                "status": getattr(record, "status_code", None),
            }
        )


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="milliseconds")
