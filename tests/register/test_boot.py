"""The register's start: where it is kept, that its migrations are complete, and what a way in may still change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from saphan.core.problem import Problem
from saphan.register import boot
from saphan.register.accounts import queries


def test_tables_and_migrations_agree(database_url: str) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    boot.migrate()
    assert queries.head().sequence == 0


def test_the_register_moves_to_another_file(tmp_path: Path) -> None:
    for name in ("first", "second", "first"):
        boot.start(boot.sqlite_url(tmp_path / f"a name, with ?#% {name}.sqlite"), secret_key="of the tests")
        boot.migrate()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA database_list")
            assert cursor.fetchone()[2].endswith(f"a name, with ?#% {name}.sqlite")
    assert len(list(tmp_path.glob("*.sqlite"))) == 2


def test_sqlite_is_set_to_survive(tmp_path: Path) -> None:
    boot.start(boot.sqlite_url(tmp_path / "register.sqlite"), secret_key="of the tests")
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


@pytest.mark.parametrize("url", ["mysql://somewhere/else", "register.sqlite", ""])
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(Problem, match="sqlite:/// or postgresql://"):
        boot.start(url, secret_key="of the tests")


def test_apps_of_a_way_in_come_before_the_tables() -> None:
    with pytest.raises(RuntimeError, match="before any import"):
        boot.start("sqlite:///:memory:", secret_key="of the tests", apps=["django.contrib.staticfiles"])


WEB = """
from saphan.register import boot
boot.start("sqlite:///:memory:", secret_key="x", apps=["django.contrib.messages"], root_urlconf="pages", debug=True)
from django.apps import apps
from django.conf import settings
from saphan.register.intake import actions
assert apps.is_installed("django.contrib.messages") and settings.DEBUG and settings.ROOT_URLCONF == "pages"
"""
READER = """
import sys
import saphan.pipeline.readers
assert "saphan.register.intake.sealing" in sys.modules
assert not any(name.split(".")[0] in ("django", "sqlite3", "psycopg") for name in sys.modules)
"""


@pytest.mark.parametrize("program", [WEB, READER], ids=["a web way in", "a reader knows neither Django nor database"])
def test_in_a_process_of_its_own(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("part", ["accounts", "fieldwork", "intake"])
@pytest.mark.parametrize("module", ["actions", "queries", "tables"])
def test_any_module_may_be_the_first_imported(part: str, module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import saphan.register.{part}.{module}"], check=True)
