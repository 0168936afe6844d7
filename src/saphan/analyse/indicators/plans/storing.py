"""Makes every column that the lines of a plan need, once, and keeps them as one Parquet file.

Millions of rows are made slice by slice of submissions, so that memory stays as it is for some; their order is then
that of submissions, whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path

import pyarrow.parquet as pq
from sqlglot import exp

from saphan.analyse.frames.derive import Derived, select
from saphan.analyse.frames.expression import Expression, Members, answer, columns, walk
from saphan.analyse.frames.staging import staged
from saphan.analyse.indicators.needs.model import Subject
from saphan.estimate.engines import Engine
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.plan import Columns
from saphan.estimate.survey.survey import TABLE as SURVEY
from saphan.estimate.survey.survey import Survey

BASE, MEMBER = "base", "member"
MEMBERS_HERE = "members here"
SUBMISSION = "submission"
SLICE = {Subject.HOUSEHOLD: 50_000, Subject.PERSON: 150_000}  # rows that are made at a time: persons have fewer columns

Range = tuple[str | None, str | None]  # of submissions, from the first to before the second


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Where the answers of a needs assessment are: the frame of households, that of their members, and the sample.

    The sample's frame has a row for each household's submission, with the columns of `design`. `columns_of` are the
    columns of every frame, `choices` the choices of questions where several can be chosen.
    """

    engine: Engine
    households: str
    sample: str
    design: Columns
    columns_of: Mapping[str, Sequence[str]]
    members: str | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def frames(self, subject: Subject) -> tuple[str, ...]:
        """The frames that a row of a subject takes its answers from, its own first."""
        if subject is Subject.HOUSEHOLD:
            return (self.households, self.sample)
        if self.members is None:
            raise ValueError("the plan asks about persons, and the form has no repeat of a household's members")
        return (self.members, self.households, self.sample)


def stored(assessment: Assessment, wanted: Mapping[str, Expression], subject: Subject, path: Path) -> Survey:
    """A survey of `wanted` columns and those of the design, made for each household or person and kept at `path`.

    ValueError where a column reads what no frame has.
    """
    design = assessment.design
    made = dict(wanted) | {name: answer(name) for name in design.names}
    return Survey(
        _kept(assessment, made, subject, path),
        weight=design.weight,
        strata=design.strata,
        clusters=design.clusters,
        population=design.populations,
        lonely=design.lonely,
        basis=design.basis,
        model=design.model,
    )


def _kept(assessment: Assessment, made: Mapping[str, Expression], subject: Subject, path: Path) -> Engine:
    engine = assessment.engine
    slices = _slices(assessment, subject)
    # Only an engine in this process has to spare its memory; a cluster has its own ways.
    if len(slices) == 1 or not isinstance(engine, DuckDB):
        return engine.stored(_query(assessment, made, subject, (None, None)), path)
    writer: pq.ParquetWriter | None = None
    for only in slices:
        for batch in engine.batches(_query(assessment, made, subject, only)):
            if writer is None:
                writer = pq.ParquetWriter(path, batch.schema, compression="snappy")
            writer.write_batch(batch)
    if writer is None:
        raise ValueError("no household of the sample has answers")
    writer.close()
    return DuckDB({SURVEY: path})


def _slices(assessment: Assessment, subject: Subject) -> list[Range]:
    """Ranges of submissions with some `SLICE` rows of a subject each."""
    engine = assessment.engine
    count = exp.select(exp.Count(this=exp.Star()).as_("n")).from_(_named(assessment.frames(subject)[0]))
    parts = -(-int(engine.run(count.sql(dialect=engine.dialect)).column(0)[0].as_py()) // SLICE[subject])
    if parts < 2:
        return [(None, None)]
    own = exp.column(SUBMISSION)
    tile = exp.Window(
        this=exp.Anonymous(this="ntile", expressions=[exp.convert(parts)]), order=exp.Order(expressions=[own])
    )
    tiles = exp.select(own.copy(), tile.as_("tile")).from_(_named(assessment.sample)).subquery("tiles")
    firsts = exp.select(exp.Min(this=own.copy()).as_("first")).from_(tiles).group_by("tile").order_by("first")
    edges = engine.run(firsts.sql(dialect=engine.dialect)).column("first").to_pylist()
    return list(pairwise([None, *edges[1:], None]))


def _query(assessment: Assessment, made: Mapping[str, Expression], subject: Subject, only: Range) -> str:
    """The query that makes the columns of the rows of a range of submissions."""
    _refuse_lost(assessment, made)
    base = _base(assessment, subject, _read(made), only)
    members = assessment.members
    query = select(Derived(frame=BASE, columns=made, repeats={} if members is None else {MEMBER: MEMBERS_HERE})).with_(
        BASE, as_=base, copy=False
    )
    if members is not None:
        own = exp.select("*").from_(_named(members)).where(*_within(exp.column(SUBMISSION), only))
        query = query.with_(exp.to_identifier(MEMBERS_HERE, quoted=True), as_=own, copy=False)
    return query.sql(dialect=assessment.engine.dialect, copy=False)


def _read(made: Mapping[str, Expression]) -> frozenset[str]:
    """The columns that are read of a subject's own rows: asked of the stages, where what is shared stands once."""
    cut = staged(made)
    parts = chain.from_iterable(stage.values() for stage in (*cut.stages, cut.columns))
    on_the_way = {*cut.members, *chain.from_iterable(cut.stages)}
    return frozenset(chain.from_iterable(map(columns, parts))) - on_the_way


def _base(assessment: Assessment, subject: Subject, names: Collection[str], only: Range) -> exp.Select:
    """The rows of a subject with every column that is read, each from the first frame that has it."""
    first, *others = assessment.frames(subject)
    read = sorted(names)
    place = {name: frame for frame in reversed((first, *others)) for name in assessment.columns_of[frame]}
    # A form may ask for something of the same name, such as a child's weight, but the design is the sample's own.
    place |= dict.fromkeys(assessment.design.names, assessment.sample)
    _refuse([name for name in read if name not in place])
    alias = {frame: f"t{number}" for number, frame in enumerate((first, *others))}
    read = [name for name in read if name != SUBMISSION]
    states = [name for name in read if f"{name}.state" in assessment.columns_of[place[name]]]
    taken = [*((name, place[name]) for name in read), *((f"{name}.state", place[name]) for name in states)]
    asked_for = [exp.column(exp.to_identifier(name, quoted=True), table=alias[frame]) for name, frame in taken]
    query = exp.select(_submission("t0"), *asked_for).from_(_named(first, "t0"))
    for frame in others:
        met = exp.EQ(this=_submission("t0"), expression=_submission(alias[frame]))
        query = query.join(_named(frame, alias[frame]), on=met)
    # Said of every frame: a range that is said of one is not carried over to the others by every engine.
    return query.where(*(one for frame in alias.values() for one in _within(_submission(frame), only)))


def _refuse_lost(assessment: Assessment, made: Mapping[str, Expression]) -> None:
    """ValueError for what is read of members and no question about members asks."""
    known = () if assessment.members is None else assessment.columns_of[assessment.members]
    read: set[str] = set()
    for node in chain.from_iterable(map(walk, made.values())):
        if isinstance(node, Members):
            read |= columns(node.of) | (frozenset() if node.among is None else columns(node.among))
    _refuse(sorted(read.difference(known)))


def _refuse(lost: Sequence[str]) -> None:
    if lost:
        raise ValueError(f"no frame has {', '.join(lost)}: bind questions to these concepts, or leave out the lines")


def _within(submission: exp.Column, only: Range) -> list[exp.Expr]:
    low, high = only
    found: list[exp.Expr] = [] if low is None else [exp.GTE(this=submission, expression=exp.convert(low))]
    return found if high is None else [*found, exp.LT(this=submission.copy(), expression=exp.convert(high))]


def _submission(table: str) -> exp.Column:
    return exp.column(SUBMISSION, table=table)


def _named(frame: str, alias: str | None = None) -> exp.Expr:
    table = exp.Table(this=exp.to_identifier(frame, quoted=True))
    return table if alias is None else exp.alias_(table, alias, table=True)
