"""Who acts, what one may do, and how much of the register one sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """Everything that needs leave, each named for what it lets one do."""

    MANAGE_USERS = "manage users"
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
    """The one who acts: a user's name and the permissions that the user's roles carry."""

    name: str
    permissions: frozenset[Permission]


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
