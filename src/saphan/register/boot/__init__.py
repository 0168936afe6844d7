"""Start of the register: settings, the one `django.setup()`, migrations, and rows in bulk."""

from saphan.register.boot.standing import Standing, standing
from saphan.register.boot.start import migrate, ready, settle, sqlite_url, start

__all__ = ["Standing", "migrate", "ready", "settle", "sqlite_url", "standing", "start"]
