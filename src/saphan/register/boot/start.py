"""Django's settings, made from what the caller gives; nothing here reads the clock or the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg.conninfo import conninfo_to_dict

from saphan.core.problem import problem
from saphan.register.boot import parts

# Written at every connection. FULL: an acknowledged batch survives a power cut. secure_delete: what is erased is
# overwritten, not only unlinked. The checkpoint is rare enough that a bulk import is not mostly checkpoints.
_SQLITE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA cache_size = -65536;
"""


def database(url: str) -> dict[str, Any]:
    """Django's database settings for `sqlite:///path` or `postgresql://...`; Problem "register.database" otherwise."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        path = unquote(urlsplit(url).path).removeprefix("/")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": None,  # a server's thread keeps its connection
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": _SQLITE},
        }
    if scheme in ("postgres", "postgresql"):
        given: dict[str, Any] = dict(conninfo_to_dict(url))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": given.pop("dbname", ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "USER": given.pop("user", ""),
            "PASSWORD": given.pop("password", ""),
            "HOST": given.pop("host", ""),
            "PORT": given.pop("port", ""),
            "OPTIONS": given,
        }
    raise problem("register.database", scheme=scheme or "no scheme")


def sqlite_url(path: Path) -> str:
    """The URL of the SQLite register at `path`."""
    return f"sqlite:///{quote(path.resolve().as_posix())}"


def ready() -> None:
    """Make the register's tables importable where no way in has started it: its own apps, no database yet.

    Django's models cannot be imported before its settings stand, and the verbs that use them are imported long before
    anybody knows which register to open. A way in with apps of its own calls `start` before it imports any verb.
    """
    if not settings.configured:
        _configure({"ENGINE": "django.db.backends.dummy"}, {})


def start(
    database_url: str,
    *,
    secret_key: str,
    root_urlconf: str | None = None,
    apps: Sequence[str] = (),
    middleware: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    debug: bool = False,
) -> None:
    """Open the register at `database_url`; called again, move to another one.

    `root_urlconf`, `apps`, `middleware` and `more` (further settings) are what a web way in needs of Django; they are
    fixed by the first call. Problem "register.database".
    """
    default = database(database_url)
    if not settings.configured:
        own = {"ROOT_URLCONF": root_urlconf, "MIDDLEWARE": list(middleware), "DEBUG": debug, **(more or {})}
        _configure(default, own, apps)
    elif apps or middleware or root_urlconf or more:
        raise RuntimeError("boot.start with apps, middleware or urls comes before any import of the register's tables")
    else:
        connections.close_all()
        connections.settings = connections.configure_settings({"default": default})
        if hasattr(connections._connections, "default"):
            del connections["default"]
    settings.SECRET_KEY = secret_key


def _configure(default: Mapping[str, Any], own: Mapping[str, Any], apps: Sequence[str] = ()) -> None:
    settings.configure(
        DATABASES={"default": dict(default)},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *parts.names(), *apps],
        AUTH_USER_MODEL="accounts.User",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
        **own,
    )
    django.setup()


def migrate() -> None:
    """Bring the database's tables to this version of the program."""
    call_command("migrate", verbosity=0, interactive=False)


def settle() -> None:
    """Empty SQLite's write-ahead log into the database, so that what was erased is not left lying in it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
