"""The WSGI application over one folder of products: settings without a database, a session or a secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import django
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.core.wsgi import get_wsgi_application

# Pages carry their style sheet and charts with widths of their own, and no script; a browser shows a PDF by itself.
POLICY = {
    "default-src": [SELF],
    "style-src": [UNSAFE_INLINE],
    "script-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}


def application(products: Path, *, hosts: Sequence[str]) -> Callable[..., Any]:
    """An application that answers for `products` under the names `hosts`; once in a process."""
    settings.configure(
        PRODUCTS=products,
        ALLOWED_HOSTS=list(hosts),
        ROOT_URLCONF="saphan.web.urls",
        DATABASES={},
        USE_I18N=False,
        APPEND_SLASH=False,
        MIDDLEWARE=[
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
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR"}},
        },
    )
    django.setup()
    return get_wsgi_application()
