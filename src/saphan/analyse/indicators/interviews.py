"""Who was selected and who was interviewed: the screener's and the survey's rows of one round, joined by their code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from saphan.analyse.frames.query import Known, Latest, Listing, Rows, sql
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import State
from saphan.collect.rounds.model import Round
from saphan.estimate.engines.duckdb import DIALECT, DuckDB

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
WordArray = NDArray[np.object_]
FloatArray = NDArray[np.float64]

UNDER_AGE = "under-age"
_HERE = (Known(column="point"), Known(column="observed_date"))
# Of two records under one code, the one finished last stands.
_SCREENED = Rows(frame=FormConcept.SCREENER, where=_HERE, latest=Latest(key=("screening",), order="ended_at"))
_ASKED = Rows(frame=FormConcept.FLOW_SURVEY, where=_HERE, latest=Latest(key=("screening",), order="ended_at"))
SCREENED = Listing(
    rows=_SCREENED,
    columns=("screening", "point", "observed_date", "direction", "outcome", "observed_sex", "observed_age_band",
             "group_size", "eligible_in_group"),
)  # fmt: skip
SHARES = ("nationality", "commuter", "origin", "destination", "main_reason", "intended_stay", "work_sector")
_SURVEY = ("screening", "point", "observed_date", "direction", "sex", "age", "crossings_in_reference_period")


@dataclass(frozen=True, kw_only=True)
class Selected:
    """Travellers selected for interview, one row each; N rows. Point, week and month are indices into the round's."""

    code: WordArray  # (N,) the screening code
    point: IntArray
    week: IntArray
    month: IntArray
    direction: WordArray
    outcome: WordArray
    sex: WordArray  # as the screener saw it
    age_band: WordArray
    group_size: FloatArray  # NaN where not told
    eligible: FloatArray  # of the minimum age in the group; NaN where not told


@dataclass(frozen=True, kw_only=True)
class Interviews:
    """Interviews of one direction, one row each; n rows. `answers` holds codes, `asked` whether the answer counts.

    An answer counts in its denominator if the question was asked and not left blank; don't know and refused count.
    """

    selected: IntArray  # (n,) row of `Selected`, or -1 where no screening record carries the code
    point: IntArray
    week: IntArray
    month: IntArray
    day: IntArray  # of the round
    sex: WordArray
    age: FloatArray
    crossings: FloatArray  # in the reference days, this one included; NaN where not told
    answers: Mapping[str, WordArray]
    asked: Mapping[str, BoolArray]
    left_out: int  # interviews at no point, or on no drawn day, of the round
    query: Listing

    @property
    def size(self) -> int:
        """How many."""
        return len(self.point)


def selected(engine: DuckDB, fielded: Round) -> Selected:
    """The screener's rows inside the round's points and drawn days."""
    table = engine.run(sql(SCREENED, DIALECT))
    point, week, month = _place(table, fielded)
    kept = (point >= 0) & (week >= 0)
    return Selected(
        code=_words(table, "screening")[kept],
        point=point[kept],
        week=week[kept],
        month=month[kept],
        direction=_words(table, "direction")[kept],
        outcome=_words(table, "outcome")[kept],
        sex=_words(table, "observed_sex")[kept],
        age_band=_words(table, "observed_age_band")[kept],
        group_size=_numbers(table, "group_size")[kept],
        eligible=_numbers(table, "eligible_in_group")[kept],
    )


def interviews(engine: DuckDB, columns: frozenset[str], fielded: Round, chosen: Selected, direction: str) -> Interviews:
    """The survey's rows of one direction; `columns` are the survey frame's, since a mission asks what it asks."""
    questions = tuple(name for name in SHARES if name in columns)
    wanted = tuple(name for name in dict.fromkeys((*_SURVEY, *questions)) if name in columns)
    query = Listing(rows=_ASKED, columns=(*wanted, *(f"{name}.state" for name in questions)))
    table = engine.run(sql(query, DIALECT))
    point, week, month = _place(table, fielded)
    place = {code: row for row, code in enumerate(chosen.code)}
    row = np.array([place.get(code, -1) for code in _words(table, "screening")], dtype=np.int64)
    kept = (point >= 0) & (week >= 0)
    if "direction" in columns:
        kept &= _words(table, "direction") == direction
    else:
        # A survey that does not ask takes the direction of the screening record.
        kept &= np.array([at >= 0 and chosen.direction[at] == direction for at in row], dtype=bool)
    counts = {State.ANSWERED, State.DONT_KNOW, State.REFUSED}
    return Interviews(
        selected=row[kept],
        point=point[kept],
        week=week[kept],
        month=month[kept],
        day=_days(table, fielded)[kept],
        sex=_words(table, "sex")[kept],
        age=_numbers(table, "age")[kept],
        crossings=_numbers(table, "crossings_in_reference_period")[kept],
        answers={name: _words(table, name)[kept] for name in questions},
        asked={
            name: np.isin(np.asarray(table[f"{name}.state"]), [int(state) for state in counts])[kept]
            for name in questions
        },
        left_out=int(((point < 0) | (week < 0)).sum()),
        query=query,
    )


def _place(table: pa.Table, fielded: Round) -> tuple[IntArray, IntArray, IntArray]:
    """Indices of the point, the drawn week and the month of each row, or -1."""
    week_of = {day.isoformat(): index for index, week in enumerate(fielded.weeks) for day in week.days}
    month_of = {day.isoformat(): index for index, month in enumerate(fielded.period.months()) for day in month}
    days = table["observed_date"].to_pylist()
    point = pc.fill_null(pc.index_in(table["point"], pa.array(fielded.points, pa.string())), -1)
    week = np.array([week_of.get(day, -1) for day in days], dtype=np.int64)
    month = np.array([month_of.get(day, -1) for day in days], dtype=np.int64)
    return np.asarray(point, dtype=np.int64), week, month


def _days(table: pa.Table, fielded: Round) -> IntArray:
    """The day of the round of each row."""
    index = {day.isoformat(): number for number, day in enumerate(fielded.period)}
    return np.array([index.get(day, -1) for day in table["observed_date"].to_pylist()], dtype=np.int64)


def _words(table: pa.Table, name: str) -> WordArray:
    if name not in table.column_names:
        return np.full(table.num_rows, None, dtype=object)
    return np.array(table[name].to_pylist(), dtype=object)


def _numbers(table: pa.Table, name: str) -> FloatArray:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.array([np.nan if value is None else value for value in table[name].to_pylist()], dtype=np.float64)
