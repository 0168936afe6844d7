"""How the register's database stands: whether it answers, what it is, and which migrations it lacks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a look at the database found; `fault` says why it does not answer, and then nothing else is known."""

    engine: str
    fault: str | None = None
    behind: tuple[str, ...] = ()


def standing() -> Standing:
    """Look at the database that `start` opened, writing nothing."""
    try:
        connection.ensure_connection()
        number = ".".join(str(part) for part in connection.get_database_version())
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Standing(engine=connection.display_name, fault=" ".join(str(error).split()))
    return Standing(
        engine=f"{connection.display_name} {number}",
        behind=tuple(f"{migration.app_label} {migration.name}" for migration, _ in plan),
    )
