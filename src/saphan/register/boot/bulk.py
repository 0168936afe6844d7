"""Many rows at once, past the ORM's cost for each, on both databases: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


def reserve(table: type[models.Model], count: int) -> list[int]:
    """Primary keys for `count` new rows; call inside the transaction that writes them.

    SQLite's transactions are IMMEDIATE here, so nobody else can take the keys after the highest; PostgreSQL hands them
    out of the table's sequence.
    """
    name = connection.ops.quote_name(table._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {name}")
            first = cursor.fetchone()[0] + 1
            return list(range(first, first + count))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def moment(value: datetime) -> Any:
    """A moment in the form in which the database's driver takes it."""
    return connection.ops.adapt_datetimefield_value(value)


def insert(table: type[models.Model], fields: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, each a sequence of the values of `fields` in order; IntegrityError if one breaks a constraint."""
    if not rows:
        return
    target, columns = _names(table, fields)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_insert(target, columns, fields), rows)
        else:
            _copy(cursor, target, columns, _types(table, fields), rows)


def insert_new(table: type[models.Model], fields: Sequence[str], rows: Sequence[Row]) -> set[int]:
    """Insert the rows that break no unique constraint; returns the primary keys written, which `reserve` gave.

    On PostgreSQL a row that another transaction is writing is waited for, then skipped: give rows in an order on which
    all writers agree, or two of them may wait for each other.
    """
    if not rows:
        return set()
    target, columns = _names(table, fields)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_insert(target, columns, fields) + " ON CONFLICT DO NOTHING", rows)
            keys = [row[fields.index("id")] for row in rows]
            cursor.execute(f"SELECT id FROM {target} WHERE id BETWEEN %s AND %s", [min(keys), max(keys)])
            written = {row[0] for row in cursor.fetchall()}
        else:
            cursor.execute(
                f"CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS SELECT {columns} FROM {target} WITH NO DATA"
            )
            _copy(cursor, "arriving", columns, _types(table, fields), rows)
            cursor.execute(
                f"INSERT INTO {target} ({columns}) SELECT {columns} FROM arriving ON CONFLICT DO NOTHING RETURNING id"
            )
            written = {row[0] for row in cursor.fetchall()}
            cursor.execute("DROP TABLE arriving")
    return written


def having(
    table: type[models.Model], column: str, values: Sequence[str], fields: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The values of `fields` in the rows whose text `column` is among `values`, however many; in any order.

    The values go to the database as one parameter, past its limit of parameters and Django's cost for each.
    """
    if not values:
        return []
    target, columns = _names(table, fields)
    where = connection.ops.quote_name(column)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            among, given = "IN (SELECT value FROM json_each(%s))", json.dumps(list(values))
        else:
            among, given = "= ANY(%s)", list(values)
        cursor.execute(f"SELECT {columns} FROM {target} WHERE {where} {among}", [given])
        return list(cursor.fetchall())


def _names(table: type[models.Model], fields: Sequence[str]) -> tuple[str, str]:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(table._meta.get_field(name).column) for name in fields)
    return quote(table._meta.db_table), columns


def _insert(target: str, columns: str, fields: Sequence[str]) -> str:
    return f"INSERT INTO {target} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"


def _types(table: type[models.Model], fields: Sequence[str]) -> list[str]:
    """PostgreSQL's types of the columns, without lengths: binary COPY needs to know them."""
    return [(table._meta.get_field(name).rel_db_type(connection) or "").split("(")[0] for name in fields]


def _copy(cursor: Any, target: str, columns: str, types: Sequence[str], rows: Sequence[Row]) -> None:
    with cursor.copy(f"COPY {target} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
