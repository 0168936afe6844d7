"""Reads of users, app users and sessions, and of the audit chain."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from saphan.core.problem import problem
from saphan.register.accounts import rules
from saphan.register.accounts.model import Account, Actor, AuditFault, Head
from saphan.register.accounts.model import AppUser as Phone
from saphan.register.accounts.roles import Device
from saphan.register.accounts.tables import AppUser, AuditHead, AuditLine, Grant, Session, User


def actor(username: str) -> Actor:
    """The user as one who acts; Problem "access.unknown" if there is no such active user."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise problem("access.unknown", user=username)
    roles = Grant.objects.filter(user=user).values_list("role", flat=True)
    return Actor(name=user.username, permissions=rules.permissions(roles))


def login(username: str, password: str) -> Actor:
    """The active user with this name and password; Problem "access.credentials", which does not say which was wrong."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        make_password(password)  # as long as with a user, so that time does not tell which names there are
        raise problem("access.credentials")
    # Not `user.check_password`: it may write a new hash, and a read leaves no audit line.
    if not check_password(password, user.password):
        raise problem("access.credentials")
    return actor(username)


def session(token: str, *, at: datetime) -> Actor:
    """The user whose session has this token at a moment; Problem "access.credentials" once it has ended."""
    kept = Session.objects.filter(token=rules.token_digest(token), until__gt=at, user__is_active=True)
    username = kept.values_list("user__username", flat=True).first()
    if username is None:
        raise problem("access.credentials")
    return actor(username)


def device(token: str) -> Actor:
    """The phone that has this token.

    Problem "access.credentials" if it cannot be a token, "access.no-right" if it is nobody's or was revoked: phones
    that are told that their credentials are wrong would ask for a password.
    """
    if not rules.TOKEN.fullmatch(token):
        raise problem("access.credentials")
    found = AppUser.objects.filter(token=rules.token_digest(token), revoked__isnull=True).first()
    if found is None:
        raise problem("access.no-right")
    name = rules.app_user_actor(found.name)
    return Actor(name=name, permissions=Device.permissions, practice=found.practice)


def users() -> tuple[Account, ...]:
    """Every user, by name."""
    found = User.objects.order_by("username").prefetch_related("grants")
    return tuple(
        Account(
            name=user.username, roles=tuple(sorted(grant.role for grant in user.grants.all())), active=user.is_active
        )
        for user in found
    )


def app_users() -> tuple[Phone, ...]:
    """Every app user, the newest last, those taken out of use too."""
    rows = AppUser.objects.order_by("id").select_related("line", "revoked")
    return tuple(
        Phone(
            id=row.pk,
            name=row.name,
            practice=row.practice,
            added=row.line.at,
            by=row.line.actor,
            revoked=row.revoked.at if row.revoked else None,
        )
        for row in rows
    )


def head() -> Head:
    """The end of the audit chain."""
    row = AuditHead.objects.get()
    return Head(sequence=row.sequence, hash=row.hash)


def held() -> Head | None:
    """The end of the audit chain, or None where there are no tables of a register yet."""
    if AuditHead._meta.db_table not in connection.introspection.table_names():
        return None
    return head()


def holds(known: Head) -> bool:
    """Whether a line of the chain is the one that was its end when `known` was written down."""
    return known.sequence == 0 or AuditLine.objects.filter(sequence=known.sequence, hash=known.hash).exists()


def verify_audit(known: Head | None = None) -> AuditFault | None:
    """Walk the audit chain; the first line that is missing, altered or cut off, or None if the chain holds.

    A chain cut at its end and given a false head is seen only with a `known` head kept outside the database.
    """
    previous, expected = rules.START, 1
    for line in AuditLine.objects.order_by("sequence").iterator(chunk_size=2000):
        if line.sequence != expected:
            return AuditFault(sequence=expected, reason="missing")
        if line.hash != chain(line, previous):
            return AuditFault(sequence=expected, reason="altered")
        previous, expected = line.hash, expected + 1
        if known is not None and line.sequence == known.sequence and line.hash != known.hash:
            return AuditFault(sequence=known.sequence, reason="rewritten")
    end = head()
    reached = max(end.sequence, known.sequence if known else 0)
    if reached >= expected:
        return AuditFault(sequence=expected, reason="cut off")
    return None if end.hash == previous else AuditFault(sequence=end.sequence, reason="altered")


def chain(line: AuditLine, previous: str) -> str:
    """The hash that a line must carry after one with the hash `previous`."""
    return rules.link(
        previous=previous,
        sequence=line.sequence or 0,
        at=line.at,
        actor=line.actor,
        verb=line.verb,
        subject=line.subject,
        facts=msgspec.json.encode([line.facts, line.changes]).decode(),
    )
