"""Registered studies: added and never changed, by those who may, each with its audit line; and what came first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError

from saphan.core import digest
from saphan.core.problem import Problem
from saphan.register.accounts import queries as accounts
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.rules import permissions
from saphan.register.accounts.tables import AuditLine
from saphan.register.fieldwork import actions, queries
from saphan.register.fieldwork.tables import StudyRegistration
from saphan.register.intake import actions as receiving
from saphan.register.intake import queries as intake
from saphan.register.intake.model import Vault

from .samples import AT, BY, sealed

HOUR = timedelta(hours=1)


def test_a_registration_stands_with_who_when_and_what_it_supersedes(vault: Vault) -> None:
    assert actions.register_study("perception", protocol='{"plan":1}', by=BY, at=AT)
    assert not actions.register_study("perception", protocol='{"plan":1}', by=BY, at=AT + HOUR)
    assert actions.register_study("perception", protocol='{"plan":2}', by=replace(BY, name="second"), at=AT + 2 * HOUR)
    assert actions.register_study("other", protocol='{"plan":1}', by=BY, at=AT)
    first, second = queries.registrations("perception")
    assert (first.at, first.by, first.protocol) == (AT, "tester", '{"plan":1}')
    assert (second.at, second.by, second.digest) == (AT + 2 * HOUR, "second", digest.of_bytes(b'{"plan":2}'))
    assert first.sequence < second.sequence
    rows = StudyRegistration.objects.filter(study="perception").order_by("id")
    assert [row.supersedes_id for row in rows] == [None, rows[0].id]
    lines = AuditLine.objects.filter(verb="fieldwork.register_study").order_by("sequence")
    assert [line.subject for line in lines] == ["perception", "perception", "other"]
    assert first.digest in lines[1].facts
    assert accounts.verify_audit() is None


def test_a_plan_that_comes_back_is_registered_again(vault: Vault) -> None:
    for plan in ("a", "b", "a"):
        assert actions.register_study("perception", protocol=plan, by=BY, at=AT)
    assert [one.protocol for one in queries.registrations("perception")] == ["a", "b", "a"]


def test_two_registrations_cannot_supersede_the_same(vault: Vault) -> None:
    actions.register_study("perception", protocol="a", by=BY, at=AT)
    actions.register_study("perception", protocol="b", by=BY, at=AT)
    first, second = StudyRegistration.objects.order_by("id")
    with pytest.raises(IntegrityError):
        StudyRegistration.objects.create(
            study="perception", digest="c", protocol="c", supersedes=first, line=second.line
        )


def test_only_who_may_registers(vault: Vault) -> None:
    enumerator = Actor(name="enumerator", permissions=permissions(["enumerator"]))
    with pytest.raises(Problem, match="no leave to register studies"):
        actions.register_study("perception", protocol="a", by=enumerator, at=AT)
    assert queries.registrations("perception") == ()
    assert not AuditLine.objects.filter(verb="fieldwork.register_study").exists()
    assert Permission.REGISTER_STUDIES in permissions(["analyst"]) & permissions(["data manager"])


def test_the_first_arrival_is_the_earliest_said_by_sender_or_register(vault: Vault) -> None:
    assert intake.first_arrival("survey") is None
    actions.register_study("perception", protocol="a", by=BY, at=AT)
    late = AT + 3 * HOUR
    receiving.receive([sealed("uuid:1", vault), sealed("uuid:2", vault)], [], vault=vault, by=BY, at=late)
    first = intake.first_arrival("survey")
    assert first is not None
    assert first.at == AT, "when the sender received it, which is earlier than the import"
    assert first.sequence > queries.registrations("perception")[0].sequence
    assert intake.first_arrival("other") is None
