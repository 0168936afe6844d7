"""Writes: every act takes leave, happens in one transaction, and leaves one audit line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.contrib.auth.hashers import make_password
from django.db import transaction

from saphan.core.problem import problem
from saphan.register.accounts import queries, rules
from saphan.register.accounts.model import Actor, Opened, Permission
from saphan.register.accounts.tables import AppUser, AuditHead, AuditLine, Grant, Session, User

_CANONICAL = msgspec.json.Encoder(order="sorted")


@dataclass(kw_only=True)
class Act:
    """An act under way: its audit line, and what will be said of it when it is done."""

    line: AuditLine
    subject: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    changes: int = 0


@contextmanager
def acting(verb: str, permission: Permission, *, by: Actor, at: datetime) -> Iterator[Act]:
    """One act: permission, transaction and audit line together, or nothing at all.

    The rows written inside may point at `act.line`. The chain's head is locked by the last statements before the
    commit: locked first, writers would queue for the whole of each other's work. Problem "access.denied".
    """
    rules.require(by, permission)
    with transaction.atomic(durable=True):
        act = Act(line=AuditLine.objects.create(verb=verb, actor=by.name, at=at))
        yield act
        _tie(act)


def _tie(act: Act) -> None:
    line = act.line
    line.subject = act.subject
    line.facts = _CANONICAL.encode(act.facts).decode()
    line.changes = act.changes
    head = AuditHead.objects.select_for_update().get()
    line.sequence = head.sequence + 1
    line.hash = queries.chain(line, head.hash)
    line.save(update_fields=["subject", "facts", "changes", "sequence", "hash"])
    AuditHead.objects.filter(pk=head.pk).update(sequence=line.sequence, hash=line.hash)


def unattended(name: str, *, at: datetime) -> Actor:
    """A way in without a person at it (`cli`), as one who acts; made with the role of operator when new."""
    if not User.objects.filter(username=name).exists():
        maker = Actor(name=name, permissions=frozenset({Permission.MANAGE_USERS}))
        with acting("accounts.add_user", Permission.MANAGE_USERS, by=maker, at=at) as act:
            # Two first uses at once make one user.
            user, _ = User.objects.get_or_create(username=name, defaults={"password": make_password(None)})
            Grant.objects.get_or_create(user=user, role="operator")
            act.subject, act.facts = name, {"roles": ["operator"]}
    return queries.actor(name)


def add_user(username: str, *, roles: tuple[str, ...], password: str | None = None, by: Actor, at: datetime) -> None:
    """Add a user with roles; without a password none can be used to log in.

    Problem "access.name", "access.role", "access.password", "access.exists", "access.denied".
    """
    rules.require_username(username)
    for role in roles:
        rules.require_role(role)
    if password is not None:
        rules.require_password(password)
    with acting("accounts.add_user", Permission.MANAGE_USERS, by=by, at=at) as act:
        if User.objects.filter(username=username).exists():
            raise problem("access.exists", user=username)
        user = User(username=username)
        user.set_password(password)
        user.save()
        Grant.objects.bulk_create(Grant(user=user, role=role) for role in roles)
        act.subject, act.facts = username, {"roles": sorted(roles)}


def revoke_user(username: str, *, by: Actor, at: datetime) -> None:
    """Take a user's leave away, with all sessions, from this moment; what the user did stays in the audit chain.

    Problem "access.unknown", "access.denied".
    """
    with acting("accounts.revoke_user", Permission.MANAGE_USERS, by=by, at=at) as act:
        if not User.objects.filter(username=username, is_active=True).update(is_active=False):
            raise problem("access.unknown", user=username)
        ended, _ = Session.objects.filter(user__username=username).delete()
        act.subject, act.facts = username, {"sessions": ended}


def open_session(username: str, password: str, *, at: datetime) -> Opened:
    """Open a session for a program that knows a user's password; its token is told here and never again.

    Problem "access.credentials", "access.denied".
    """
    by = queries.login(username, password)
    token, until = rules.new_token(), at + rules.SESSION
    with acting("accounts.open_session", Permission.OPEN_SESSIONS, by=by, at=at) as act:
        user = User.objects.get(username=by.name)
        Session.objects.filter(user=user, until__lte=at).delete()
        Session.objects.create(user=user, token=rules.token_digest(token), until=until, line=act.line)
        act.subject = by.name
    return Opened(token=token, since=at, until=until)


def close_session(token: str, *, by: Actor, at: datetime) -> None:
    """End a session of the one who acts; Problem "access.session" if there is none with this token."""
    with acting("accounts.close_session", Permission.OPEN_SESSIONS, by=by, at=at) as act:
        own = Session.objects.filter(user__username=by.name, token=rules.token_digest(token))
        if not own.delete()[0]:
            raise problem("access.session")
        act.subject = by.name


def add_app_user(name: str, *, practice: bool = False, by: Actor, at: datetime) -> str:
    """Let a phone in; returns its token, which is told here and never again.

    What it sends while `practice` is kept apart and enters no frame. Problem "access.name", "access.exists",
    "access.denied".
    """
    rules.require_app_user_name(name)
    token = rules.new_token()
    with acting("accounts.add_app_user", Permission.MANAGE_APP_USERS, by=by, at=at) as act:
        if AppUser.objects.filter(name=name).exists():
            raise problem("access.exists", user=name)
        AppUser.objects.create(name=name, practice=practice, token=rules.token_digest(token), line=act.line)
        act.subject, act.facts = name, {"practice": practice}
    return token


def revoke_app_user(name: str, *, by: Actor, at: datetime) -> None:
    """Take a phone out of use from this moment; what it sent stays. Problem "access.app-user", "access.denied"."""
    with acting("accounts.revoke_app_user", Permission.MANAGE_APP_USERS, by=by, at=at) as act:
        if not AppUser.objects.filter(name=name, revoked__isnull=True).update(revoked=act.line):
            raise problem("access.app-user", name=name)
        act.subject = name
