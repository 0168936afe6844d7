"""The nodes, compiled and run on the default engine, against the same sums made by hand in Python."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from saphan.analyse.frames.query import Add, Count, Known, Latest, Listing, OneOf, Rows, Sums, sql, words
from saphan.estimate.engines.duckdb import DIALECT, DuckDB

hours = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2), st.sampled_from(["08", "09", None])), max_size=8
)
groups = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(["in", "out"]), st.one_of(st.none(), st.integers(0, 5))), max_size=20
)

KEPT = Rows(frame="counter", where=(Known(column="point"),), latest=Latest(key=("point", "hour"), order="ended_at"))
QUERY = Sums(
    rows=Rows(frame="counter.group", under=KEPT),
    by=("point", "direction"),
    sums={
        "men": Add(columns=("men",)),
        "rows": Count(),
        "inward": Add(columns=("men",), where=(OneOf(column="direction", values=("in",)),)),
    },
)


def tables(hour_rows: list, group_rows: list) -> dict[str, pa.Table]:
    return {
        "counter": pa.table(
            {
                "submission": pa.array([f"s{index}" for index in range(len(hour_rows))], pa.string()),
                "row": pa.array([0] * len(hour_rows), pa.int32()),
                "parent": pa.array([0] * len(hour_rows), pa.int32()),
                "point": pa.array([row[0] for row in hour_rows], pa.string()),
                "hour": pa.array([row[1] for row in hour_rows], pa.int64()),
                "ended_at": pa.array([row[2] for row in hour_rows], pa.string()),
            }
        ),
        "counter.group": pa.table(
            {
                "submission": pa.array([f"s{row[0]}" for row in group_rows], pa.string()),
                "row": pa.array(range(len(group_rows)), pa.int32()),
                "parent": pa.array([0] * len(group_rows), pa.int32()),
                "direction": pa.array([row[1] for row in group_rows], pa.string()),
                "men": pa.array([row[2] for row in group_rows], pa.int64()),
            }
        ),
    }


def by_hand(hour_rows: list, group_rows: list) -> dict[tuple[str, str], tuple[int, int, int]]:
    last: dict[tuple[str, int], tuple[str, str]] = {}
    for index, (point, hour, ended) in enumerate(hour_rows):
        if point is not None:
            rank = (ended or "", f"s{index}")
            last[point, hour] = max(last.get((point, hour), ("", "")), rank)
    point_of = {submission: point for (point, _), (_, submission) in last.items()}
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for submission, direction, men in group_rows:
        if f"s{submission}" in point_of:
            sums = found[point_of[f"s{submission}"], direction]
            sums[0] += men or 0
            sums[1] += 1
            sums[2] += (men or 0) if direction == "in" else 0
    return {key: tuple(sums) for key, sums in found.items()}


@given(hours, groups)
def test_sums_agree_with_sums_by_hand(hour_rows: list, group_rows: list) -> None:
    answer = DuckDB(tables(hour_rows, group_rows)).run(sql(QUERY, DIALECT)).to_pylist()
    found = {(row["point"], row["direction"]): (row["men"], row["rows"], row["inward"]) for row in answer}
    assert found == by_hand(hour_rows, group_rows)


def test_listing_keeps_the_order_of_submissions() -> None:
    given_tables = tables([("b", 1, "08"), ("a", 1, "09"), ("a", 1, "08")], [])
    answer = DuckDB(given_tables).run(sql(Listing(rows=KEPT, columns=("submission", "point", "hour")), DIALECT))
    assert answer.to_pylist() == [
        {"submission": "s0", "point": "b", "hour": 1},
        {"submission": "s1", "point": "a", "hour": 1},
    ]


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_every_dialect_can_read_what_is_compiled_for_it(dialect: str) -> None:
    assert sqlglot.parse_one(sql(QUERY, dialect), dialect=dialect)


def test_a_query_is_read_aloud() -> None:
    assert words(QUERY) == (
        "men: the sum of men; rows: the number of rows; inward: the sum of men where direction is in, "
        "for each point and direction, over the rows of counter.group under the rows of counter where point is known, "
        "of each point and hour the one last by ended_at"
    )
