"""The audit chain shows what was altered, taken out or cut off; roles say who may do what."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from saphan.core.problem import Problem
from saphan.register.accounts import actions, queries, rules
from saphan.register.accounts.model import Actor, AuditFault, Permission
from saphan.register.accounts.roles import GRANTED
from saphan.register.accounts.tables import AuditHead, AuditLine, User

from .samples import AT, BY


def act(verb: str = "test.act", by: Actor = BY) -> None:
    with actions.acting(verb, Permission.REVIEW, by=by, at=AT) as under_way:
        under_way.subject, under_way.facts, under_way.changes = "something", {"b": 1, "a": [2]}, 1


def rewrite() -> None:
    """What somebody does who can write to the database and knows how the chain is made."""
    previous = rules.START
    for number, line in enumerate(AuditLine.objects.order_by("sequence"), start=1):
        line.sequence = number
        line.hash = previous = queries.chain(line, previous)
        line.save()
    AuditHead.objects.update(sequence=AuditLine.objects.count(), hash=previous)


TAMPERING: dict[str, tuple[Callable[[], object], AuditFault]] = {
    "altered": (
        lambda: AuditLine.objects.filter(sequence=3).update(actor="somebody else"),
        AuditFault(sequence=3, reason="altered"),
    ),
    "changes": (
        lambda: AuditLine.objects.filter(sequence=3).update(changes=0),
        AuditFault(sequence=3, reason="altered"),
    ),
    "taken out": (
        lambda: AuditLine.objects.filter(sequence=3).delete(),
        AuditFault(sequence=3, reason="missing"),
    ),
    "cut off": (
        lambda: AuditLine.objects.filter(sequence__gt=3).delete(),
        AuditFault(sequence=4, reason="cut off"),
    ),
    "false head": (
        lambda: AuditHead.objects.update(hash="1" * 64),
        AuditFault(sequence=5, reason="altered"),
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found_at_its_line(database_url: str, how: str) -> None:
    for _ in range(5):
        act()
    assert queries.verify_audit() is None
    tamper, expected = TAMPERING[how]
    tamper()
    assert queries.verify_audit() == expected


@pytest.mark.parametrize("kept", [3, 5])
def test_a_chain_made_anew_is_found_with_a_head_kept_elsewhere(database_url: str, kept: int) -> None:
    for _ in range(5):
        act()
    known = queries.head()
    AuditLine.objects.filter(sequence__gt=kept).delete()
    AuditLine.objects.filter(sequence=2).update(actor="somebody else")
    rewrite()
    assert queries.verify_audit() is None
    assert queries.verify_audit(known) is not None


def test_an_act_that_fails_leaves_neither_rows_nor_line(database_url: str) -> None:
    before = queries.head()
    with pytest.raises(ZeroDivisionError), actions.acting("test.act", Permission.REVIEW, by=BY, at=AT):
        User.objects.create(username="half done")
        raise ZeroDivisionError
    assert not User.objects.filter(username="half done").exists()
    assert (queries.head(), AuditLine.objects.count()) == (before, 0)


def test_acts_at_once_make_one_chain(database_url: str) -> None:
    def work() -> None:
        try:
            for _ in range(10):
                act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queries.head().sequence == 40
    assert queries.verify_audit() is None


def test_the_way_in_without_a_person_is_a_user_with_a_role(database_url: str) -> None:
    first = actions.unattended("cli", at=AT)
    assert first == actions.unattended("cli", at=AT)
    assert first.permissions == frozenset(Permission)
    assert User.objects.count() == 1
    assert not User.objects.get().has_usable_password()
    assert AuditLine.objects.count() == 1


def test_a_user_may_do_what_the_roles_say_and_no_more(database_url: str) -> None:
    actions.add_user("naw", roles=("data manager",), password="a long pass phrase", by=BY, at=AT)
    naw = queries.actor("naw")
    assert Permission.CORRECT in naw.permissions
    act(by=naw)
    with pytest.raises(Problem, match="no leave to manage users"):
        actions.add_user("friend", roles=("operator",), by=naw, at=AT)
    with pytest.raises(Problem, match="no role"):
        actions.add_user("friend", roles=("king",), by=BY, at=AT)
    with pytest.raises(Problem, match="already"):
        actions.add_user("naw", roles=(), by=BY, at=AT)
    User.objects.filter(username="naw").update(is_active=False)
    with pytest.raises(Problem, match="no active user"):
        queries.actor("naw")


def test_no_role_holds_a_permission_that_does_not_exist_and_each_is_held_by_some() -> None:
    assert set().union(*(role.permissions for name, role in GRANTED.items() if name != "operator")) == set(
        Permission
    ) - {Permission.MANAGE_USERS}
    assert rules.permissions(["a role of another time"]) == frozenset()
