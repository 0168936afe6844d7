"""Which role may do what, and how one audit line is tied to the one before it."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from saphan.core import digest
from saphan.core.problem import problem
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.roles import GRANTED

TOKEN = re.compile(r"[A-Za-z0-9!$]{64}")
_ALPHABET = string.ascii_letters + string.digits + "!$"
_USERNAME = re.compile(r"[\w.@+-]{1,100}")
_SHORTEST = 12  # characters of a password
_LONGEST = 100  # characters of the name of an app user
SESSION = timedelta(hours=24)

START = "0" * 64  # what the first line of the chain is tied to


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """What the holders of these roles may do; a role that no longer exists gives nothing."""
    return frozenset().union(*(GRANTED[role].permissions for role in roles if role in GRANTED))


def require(actor: Actor, permission: Permission) -> None:
    """Problem "access.denied" unless the actor has the permission."""
    if permission not in actor.permissions:
        raise problem("access.denied", actor=actor.name, permission=permission.value)


def require_role(role: str) -> None:
    """Problem "access.role" unless there is such a role to grant."""
    if role not in GRANTED:
        raise problem("access.role", role=role, known=", ".join(GRANTED))


def require_username(username: str) -> None:
    """Problem "access.name" unless this can be a user's name: no spaces, so that it can be taken for no app user's."""
    if not _USERNAME.fullmatch(username):
        raise problem("access.name", name=username, allowed="letters, digits and . @ + - _, 100 of them at most")


def require_app_user_name(name: str) -> None:
    """Problem "access.name" unless this can be an app user's name."""
    if not name.strip() or len(name) > _LONGEST or not name.isprintable():
        raise problem("access.name", name=name[:_LONGEST], allowed="one line of 1 to 100 characters")


def require_password(password: str) -> None:
    """Problem "access.password" unless a password is long enough."""
    if len(password) < _SHORTEST:
        raise problem("access.password", shortest=_SHORTEST)


def new_token() -> str:
    """A fresh token: 64 characters, each one of 64, from the operating system's source of randomness."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(64))


def token_digest(token: str) -> str:
    """What is kept of a token: its SHA-256. It holds 384 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def app_user_actor(name: str) -> str:
    """What the audit chain calls an app user; a space stands in it, so no user has that name."""
    return f"app user {name}"


def link(*, previous: str, sequence: int, at: datetime, actor: str, verb: str, subject: str, facts: str) -> str:
    """The hash of one audit line: SHA-256 over what it says and the hash of the line before."""
    return digest.of_value([previous, sequence, at.astimezone(UTC).isoformat(), actor, verb, subject, facts])
