"""Whether a register is ready, thing by thing, as a balancer in front of it asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from saphan.pipeline.readiness import readiness
from saphan.pipeline.registering import keys_file, open_register
from saphan.pipeline.starting import new
from saphan.pipeline.workspace import Workspace, open_workspace
from saphan.register import boot

from .samples import AT

WELL = {"database": True, "migrations": True, "keys": True, "disk": True}


@pytest.fixture
def workspace(database_url: str, tmp_path: Path) -> Workspace:
    folder = tmp_path / "missions" / "small"
    new(folder)
    found = open_workspace(folder, database_url)
    open_register(found, at=AT)
    return found


def test_an_opened_register_is_ready(workspace: Workspace) -> None:
    assert readiness(workspace, keys=None) == WELL


def test_each_thing_that_is_not_well_is_told_by_itself(workspace: Workspace) -> None:
    text = keys_file(workspace).read_text("ascii")
    keys_file(workspace).unlink()
    assert readiness(workspace, keys=None) == {**WELL, "keys": False}
    assert readiness(workspace, keys=text) == WELL
    assert readiness(workspace, keys="no keys") == {**WELL, "keys": False}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake' AND name = '0003_decrypted'")
    assert readiness(workspace, keys=text) == {**WELL, "migrations": False}


def test_a_database_that_does_not_answer_is_told(workspace: Workspace) -> None:
    boot.start("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2", secret_key="of the tests")
    assert readiness(workspace, keys=None) == {**WELL, "database": False, "migrations": False}
