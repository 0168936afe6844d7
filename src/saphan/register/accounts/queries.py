"""Reads of users and of the audit chain."""

from __future__ import annotations

import msgspec
from django.db import connection

from saphan.core.problem import problem
from saphan.register.accounts import rules
from saphan.register.accounts.model import Actor, AuditFault, Head
from saphan.register.accounts.tables import AuditHead, AuditLine, Grant, User


def actor(username: str) -> Actor:
    """The user as one who acts; Problem "access.unknown" if there is no such active user."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise problem("access.unknown", user=username)
    roles = Grant.objects.filter(user=user).values_list("role", flat=True)
    return Actor(name=user.username, permissions=rules.permissions(roles))


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
