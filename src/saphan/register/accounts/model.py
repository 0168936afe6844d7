"""Who acts, what one may do, and how much of the register one sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """Everything that needs leave, each named for what it lets one do."""

    OPEN_SESSIONS = "open sessions"
    MANAGE_USERS = "manage users"
    MANAGE_APP_USERS = "manage app users"
    READ_FORMS = "read forms"
    PUBLISH_FORMS = "publish forms"
    REGISTER_STUDIES = "register studies"
    RECEIVE = "receive submissions"
    READ_ANSWERS = "read answers"
    EXPORT = "export answers"
    EXPORT_CONFIDENTIAL = "export confidential answers"
    READ_ORIGINALS = "read submissions as sent"
    DECRYPT = "decrypt submissions"
    CORRECT = "correct answers"
    REVIEW = "review submissions"
    ERASE = "erase submissions"
    CHANGE_KEYS = "change the mission's keys"
    RESTORE = "restore the register"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The one who acts: a user's name and the permissions that the user's roles carry.

    What is sent by one who practises is kept as practice, and enters no frame.
    """

    name: str
    permissions: frozenset[Permission]
    practice: bool = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user as the list of users shows it."""

    name: str
    roles: tuple[str, ...]
    active: bool


@dataclass(frozen=True, kw_only=True)
class AppUser:
    """A phone that may send: its name, whether it practises, who let it in when, and when it was taken out of use."""

    id: int
    name: str
    practice: bool
    added: datetime
    by: str
    revoked: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Opened:
    """A session of a program: the token that it sends with each request, and when that ends."""

    token: str
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Scope:
    """How much of the register a reader sees: submissions of `forms`, or of every form."""

    forms: frozenset[str] | None = None

    def covers(self, form: str) -> bool:
        """Whether submissions of `form` may be seen."""
        return self.forms is None or form in self.forms


EVERYTHING = Scope()


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of the audit chain; kept outside the database, it also shows when lines are cut off the end."""

    sequence: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class AuditFault:
    """The first place where the audit chain does not hold, and why."""

    sequence: int
    reason: str
