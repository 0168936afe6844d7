"""What to sum over a snapshot: small frozen nodes that can be hashed, read aloud, and run on any engine.

The nodes say only filter, join, keep the last, group, add and count. `sql` compiles them through sqlglot to an engine's
dialect; `words` reads them aloud for the figure's page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """Rows whose column holds one of the values."""

    column: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Known:
    """Rows whose column holds any value."""

    column: str


Condition = OneOf | Known


@dataclass(frozen=True, kw_only=True)
class Latest:
    """Of the rows that agree in `key`, only the one that is last by `order` (ties: by submission).

    Rows that lack a part of the key are all kept.
    """

    key: tuple[str, ...]
    order: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one frame: those that meet every condition, then the last of each key.

    `under` keeps the rows of a repeat whose submission is among another frame's rows, and adds that frame's columns.
    """

    frame: str
    where: tuple[Condition, ...] = ()
    latest: Latest | None = None
    under: Rows | None = None


@dataclass(frozen=True, kw_only=True)
class Add:
    """The sum over rows of several columns together; a missing value adds nothing."""

    columns: tuple[str, ...]
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many rows meet every condition."""

    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sums:
    """One row for each combination of `by`, in their order, with the named sums."""

    rows: Rows
    by: tuple[str, ...]
    sums: Mapping[str, Add | Count]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The rows themselves, these columns, in the order of submission: for samples small enough to weigh row by row."""

    rows: Rows
    columns: tuple[str, ...]


Query = Sums | Listing


def sql(query: Query, dialect: str) -> str:
    """The query in an engine's dialect."""
    match query:
        case Sums():
            columns = [_column(name) for name in query.by]
            sums = [exp.alias_(_sum(node), name, quoted=True) for name, node in query.sums.items()]
            found = exp.select(*columns, *sums).from_(_rows(query.rows).subquery("rows"))
            ordered = found.group_by(*columns).order_by(*columns) if columns else found
        case Listing():
            found = exp.select(*(_column(name) for name in query.columns)).from_(_rows(query.rows).subquery("rows"))
            ordered = found.order_by(_column("submission"), _column("row"))
        case _:
            assert_never(query)
    return ordered.sql(dialect=dialect, pretty=True)


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), table=table)


def _rows(rows: Rows) -> exp.Select:
    source = exp.table_(exp.to_identifier(rows.frame, quoted=True), alias="here")
    found = exp.select("here.*").from_(source)
    if rows.under is not None:
        found = (
            exp.select("here.*", "above.* EXCLUDE (submission, row, parent)")
            .from_(source)
            .join(_rows(rows.under).subquery("above"), on="here.submission = above.submission")
        )
    for condition in rows.where:
        found = found.where(_condition(condition))
    if rows.latest is not None:
        last = exp.Window(
            this=exp.RowNumber(),
            partition_by=[_column(name) for name in rows.latest.key],
            order=exp.Order(
                expressions=[
                    exp.Ordered(this=_column(rows.latest.order), desc=True, nulls_first=False),
                    exp.Ordered(this=_column("submission"), desc=True),
                ]
            ),
        )
        # A row without a key is nobody's later version, so it stands for itself.
        lone = [_column(name).is_(exp.null()) for name in rows.latest.key]
        found = found.qualify(exp.or_(exp.EQ(this=last, expression=exp.Literal.number(1)), *lone))
    return found


def _condition(condition: Condition) -> exp.Expr:
    match condition:
        case OneOf():
            return _column(condition.column).isin(*[exp.convert(value) for value in condition.values])
        case Known():
            return _column(condition.column).is_(exp.null()).not_()
        case _:
            assert_never(condition)


def _sum(node: Add | Count) -> exp.Expr:
    match node:
        case Add():
            values = [exp.func("COALESCE", _column(name), exp.Literal.number(0)) for name in node.columns]
            total: exp.Expr = values[0]
            for value in values[1:]:
                total = exp.Add(this=total, expression=value)
            plain = exp.func("SUM", total)
        case Count():
            plain = exp.Count(this=exp.Star())
        case _:
            assert_never(node)
    if not node.where:
        return exp.func("COALESCE", plain, exp.Literal.number(0))
    conditions = exp.and_(*(_condition(condition) for condition in node.where))
    filtered = exp.Filter(this=plain, expression=exp.Where(this=conditions))
    return exp.func("COALESCE", filtered, exp.Literal.number(0))


def words(query: Query) -> str:
    """The query read aloud, in English."""
    match query:
        case Sums():
            sums = "; ".join(f"{name}: {_sum_words(node)}" for name, node in query.sums.items())
            by = f", for each {_list(query.by)}" if query.by else ""
            return f"{sums}{by}, over {_rows_words(query.rows)}"
        case Listing():
            return f"{_list(query.columns)} of {_rows_words(query.rows)}"
        case _:
            assert_never(query)


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _where_words(conditions: Sequence[Condition]) -> str:
    said = [
        f"{node.column} is {' or '.join(map(str, node.values))}"
        if isinstance(node, OneOf)
        else f"{node.column} is known"
        for node in conditions
    ]
    return f" where {' and '.join(said)}" if said else ""


def _sum_words(node: Add | Count) -> str:
    what = f"the sum of {_list(node.columns)}" if isinstance(node, Add) else "the number of rows"
    return what + _where_words(node.where)


def _rows_words(rows: Rows) -> str:
    said = f"the rows of {rows.frame}"
    if rows.under is not None:
        said += f" under {_rows_words(rows.under)}"
    said += _where_words(rows.where)
    if rows.latest is not None:
        said += f", of each {_list(rows.latest.key)} the one last by {rows.latest.order}"
    return said
