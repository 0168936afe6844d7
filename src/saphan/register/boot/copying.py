"""The register's tables as plain rows, the same from either database: read at one moment, written into an empty one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from saphan.register.boot import bulk
from saphan.register.boot.start import migrate

Row = Sequence[Any]

_ROWS = 2000
_NOT_COPIED = ("contenttypes", "auth", "sessions")  # made anew by every database, or of no use in another


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its Django label (`intake.Submission`) and the names of its columns' fields."""

    label: str
    fields: tuple[str, ...]


@contextmanager
def steady() -> Iterator[None]:
    """Reads within see one moment of the register, however long they take; nobody who writes waits for them."""
    if connection.vendor == "sqlite":
        # Django's own transactions are IMMEDIATE here, which would keep writers out; in WAL a reader need not.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def migrations() -> list[list[str]]:
    """The migrations that the database has, each as [app, name], in order of their names."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations() if _copied(app))


def tables() -> list[Table]:
    """Every table that is copied."""
    return [
        Table(label=model._meta.label, fields=tuple(field.attname for field in model._meta.concrete_fields))
        for config in apps.get_app_configs()
        if _copied(config.label)
        for model in config.get_models(include_auto_created=True)
    ]


def rows(table: Table) -> Iterator[Row]:
    """The rows of a table, in the order of their primary keys."""
    found = apps.get_model(table.label)._base_manager.order_by("pk").values_list(*table.fields)
    return found.iterator(_ROWS)


def load(known: Sequence[Sequence[str]], contents: Mapping[Table, Iterator[Row]]) -> None:
    """Write rows into the empty register, all or none, at the migrations `known`; then bring it to this version."""
    _migrate(known)
    state = MigrationExecutor(connection).loader.project_state([(app, name) for app, name in _last(known)]).apps
    with transaction.atomic(durable=True):
        written = []
        for table, given in contents.items():
            model = state.get_model(table.label)
            with connection.cursor() as cursor:  # what the migrations themselves put there
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
            for batch in _batches(_prepared(model, table.fields, given)):
                bulk.insert(model, [_name(model, field) for field in table.fields], batch)
            written.append(model)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), written):
                cursor.execute(statement)
    migrate()


def _copied(app: str) -> bool:
    return app not in _NOT_COPIED


def _last(known: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """The last of the known migrations of each app, as far as this version of the program has them."""
    loader = MigrationExecutor(connection).loader
    there = {(app, name) for app, name in known}
    return sorted(
        key
        for key in there & set(loader.graph.nodes)
        if not any(child in there and child[0] == key[0] for child in loader.graph.node_map[key].children)
    )


def unknown(known: Sequence[Sequence[str]]) -> list[str]:
    """Those migrations that this version of the program does not have; needs no database."""
    nodes = MigrationLoader(None).graph.nodes
    return [f"{app} {name}" for app, name in known if (app, name) not in nodes]


def _migrate(known: Sequence[Sequence[str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(_last(known))


def _name(model: type[models.Model], attname: str) -> str:
    return next(field.name for field in model._meta.concrete_fields if field.attname == attname)


def _prepared(model: type[models.Model], fields: Sequence[str], given: Iterator[Row]) -> Iterator[Row]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    plain = (models.BinaryField, models.TextField, models.CharField, models.IntegerField, models.ForeignKey)
    special = [(at, by_name[name]) for at, name in enumerate(fields) if not isinstance(by_name[name], plain)]
    for row in given:
        cells = list(row)
        for at, field in special:
            cells[at] = field.get_db_prep_save(cells[at], connection)
        yield cells


def _batches(given: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in given:
        batch.append(row)
        if len(batch) >= _ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
