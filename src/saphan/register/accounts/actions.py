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
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.tables import AuditHead, AuditLine, Grant, User

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
    """Add a user with roles; without a password none can be used to log in. Problem "access.role", "access.exists"."""
    for role in roles:
        if role not in rules.ROLES:
            raise problem("access.role", role=role, known=", ".join(rules.ROLES))
    with acting("accounts.add_user", Permission.MANAGE_USERS, by=by, at=at) as act:
        if User.objects.filter(username=username).exists():
            raise problem("access.exists", user=username)
        user = User(username=username)
        user.set_password(password)
        user.save()
        Grant.objects.bulk_create(Grant(user=user, role=role) for role in roles)
        act.subject, act.facts = username, {"roles": sorted(roles)}
