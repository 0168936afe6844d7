"""What a look at the register's database tells, on both databases."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from saphan.register import boot
from saphan.register.intake import actions, queries, sealing
from saphan.register.intake.model import Vault

from .samples import AT, BY, sealed


def test_a_migrated_database_answers_and_lacks_nothing(database_url: str) -> None:
    found = boot.standing()
    assert found.engine.startswith(("SQLite 3.", "PostgreSQL 1"))
    assert (found.fault, found.behind) == (None, ())


def test_what_was_not_migrated_is_named(database_url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake'")
    behind = boot.standing().behind
    assert behind
    assert all(name.startswith("intake ") for name in behind)


def test_a_database_that_is_not_there_says_why() -> None:
    boot.start("postgresql://nobody@127.0.0.1:1/nowhere", secret_key="of the tests")
    found = boot.standing()
    assert found.engine == "PostgreSQL"
    assert found.fault
    assert "\n" not in found.fault


def test_erased_submissions_are_known_by_the_name_they_had_in_snapshots(vault: Vault) -> None:
    actions.receive([sealed("uuid:1", vault), sealed("uuid:2", vault)], vault=vault, by=BY, at=AT)
    assert queries.erased(vault) == frozenset()
    assert queries.kept_from_before(AT + timedelta(seconds=1)) == 2
    assert queries.kept_from_before(AT) == 0
    actions.erase("uuid:1", why="asked to", vault=vault, by=BY, at=AT)
    assert queries.erased(vault) == {sealing.pseudonym(vault.keyring, "uuid:1")}
    assert queries.kept_from_before(AT + timedelta(days=1)) == 1
