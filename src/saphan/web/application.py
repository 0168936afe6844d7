"""The WSGI application over one folder of products, and over a mission's register where one is to be on line."""

from __future__ import annotations

import logging.config
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from saphan.pipeline.workspace import Workspace
from saphan.register import boot
from saphan.web.journal import LOGGING

# Pages carry their style sheet and charts with widths of their own, and no script; a browser shows a PDF by itself.
POLICY = {
    "default-src": [SELF],
    "style-src": [UNSAFE_INLINE],
    "script-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}
MIDDLEWARE = [
    "saphan.web.journal.Journal",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "saphan.web.leave.DefaultDeny",
]
LARGEST = 100_000_000  # bytes of a request
_FILES = 200  # in one request; Collect sends 100 with the submission


def application(products: Path, *, hosts: Sequence[str]) -> Callable[..., Any]:
    """An application that answers for `products` alone under the names `hosts`; once in a process."""
    settings.configure(
        DATABASES={},
        ROOT_URLCONF="saphan.web.urls",
        MIDDLEWARE=MIDDLEWARE,
        LOGGING_CONFIG=None,
        **_settings(products, hosts, dict),
    )
    logging.config.dictConfig(LOGGING)
    django.setup()
    return get_wsgi_application()


def online(
    products: Path, workspace: Workspace, *, hosts: Sequence[str], site: str, keys: str | None
) -> Callable[..., Any]:
    """An application that also takes what phones and programs send to a mission's register; once in a process.

    `site` is the address by which they reach it where that is not the request's own, `keys` the keyring's text where a
    secret store holds it. Opens the register, and publishes the forms of the folder that are not published yet.
    """
    boot.start(
        workspace.register_url,
        secret_key=secrets.token_hex(32),
        root_urlconf="saphan.web.online",
        middleware=MIDDLEWARE,
        more={
            **_settings(products, hosts, lambda: _ready(workspace, keys)),
            "SITE": site.rstrip("/"),
            "GATE": None,
            # In memory: a photograph must not be left in a temporary file when the server is killed.
            "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
            "FILE_UPLOAD_MAX_MEMORY_SIZE": LARGEST,
            "DATA_UPLOAD_MAX_NUMBER_FILES": _FILES,
        },
    )
    logging.config.dictConfig(LOGGING)
    # Only now: the register's tables cannot be imported before its settings stand.
    from saphan.web.opening import gate  # noqa: PLC0415

    settings.GATE = gate(workspace, keys)
    return get_wsgi_application()


def _ready(workspace: Workspace, keys: str | None) -> Mapping[str, bool]:
    from saphan.pipeline.readiness import readiness  # noqa: PLC0415

    return readiness(workspace, keys=keys)


def _settings(products: Path, hosts: Sequence[str], ready: Callable[[], Mapping[str, bool]]) -> dict[str, Any]:
    """What both need of Django's settings; `ready` says, thing by thing, what else must be well."""
    return {
        "PRODUCTS": products,
        "READY": ready,
        "ALLOWED_HOSTS": list(hosts),
        "USE_I18N": False,
        "APPEND_SLASH": False,
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent / "templates"],
            }
        ],
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": POLICY},
        "SECURE_REFERRER_POLICY": "same-origin",
    }
