"""Which role may do what, and how one audit line is tied to the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from saphan.core import digest
from saphan.core.problem import problem
from saphan.register.accounts.model import Actor, Permission

ROLES: Mapping[str, frozenset[Permission]] = {
    "enumerator": frozenset({Permission.RECEIVE}),
    "analyst": frozenset({Permission.READ_ANSWERS, Permission.REGISTER_STUDIES}),
    "data manager": frozenset(
        {
            Permission.PUBLISH_FORMS,
            Permission.REGISTER_STUDIES,
            Permission.RECEIVE,
            Permission.READ_ANSWERS,
            Permission.READ_ORIGINALS,
            Permission.DECRYPT,
            Permission.CORRECT,
            Permission.REVIEW,
        }
    ),
    "data protection officer": frozenset({Permission.ERASE, Permission.CHANGE_KEYS, Permission.RESTORE}),
    "operator": frozenset(Permission),
}

START = "0" * 64  # what the first line of the chain is tied to


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """What the holders of these roles may do; a role that no longer exists gives nothing."""
    return frozenset(permission for role in roles for permission in ROLES.get(role, ()))


def require(actor: Actor, permission: Permission) -> None:
    """Problem "access.denied" unless the actor has the permission."""
    if permission not in actor.permissions:
        raise problem("access.denied", actor=actor.name, permission=permission.value)


def link(*, previous: str, sequence: int, at: datetime, actor: str, verb: str, subject: str, facts: str) -> str:
    """The hash of one audit line: SHA-256 over what it says and the hash of the line before."""
    return digest.of_value([previous, sequence, at.astimezone(UTC).isoformat(), actor, verb, subject, facts])
