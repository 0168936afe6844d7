"""The WSGI application over one folder of products: settings without a database, a session or a secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.core.wsgi import get_wsgi_application

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


def application(
    products: Path, *, hosts: Sequence[str], ready: Callable[[], Mapping[str, bool]] | None = None
) -> Callable[..., Any]:
    """An application that answers for `products` under the names `hosts`; once in a process.

    `ready` says, thing by thing, what else must be well before requests are sent here.
    """
    settings.configure(
        PRODUCTS=products,
        READY=ready or dict,
        ALLOWED_HOSTS=list(hosts),
        ROOT_URLCONF="saphan.web.urls",
        DATABASES={},
        USE_I18N=False,
        APPEND_SLASH=False,
        MIDDLEWARE=[
            "saphan.web.journal.Journal",
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.middleware.gzip.GZipMiddleware",
            "django.middleware.http.ConditionalGetMiddleware",
            "django.middleware.common.CommonMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).parent / "templates"],
            }
        ],
        CONTENT_SECURITY_POLICY={"DIRECTIVES": POLICY},
        SECURE_REFERRER_POLICY="same-origin",
        LOGGING=LOGGING,
    )
    django.setup()
    return get_wsgi_application()
