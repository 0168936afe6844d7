"""Runs an analysis plan: what its lines need is made once and stored, then added in few passes over the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from sqlglot import exp

from saphan.analyse.frames.derive import Derived, select
from saphan.analyse.frames.expression import Expression, answer, columns
from saphan.analyse.indicators.needs.model import Indicator, Subject
from saphan.analyse.indicators.plans.asking import Asked, asked
from saphan.analyse.indicators.plans.model import Finding, PlanLine
from saphan.analyse.indicators.plans.testing import tested
from saphan.estimate.engines import Engine
from saphan.estimate.survey.plan import Columns, Quantity
from saphan.estimate.survey.survey import Line, Survey

BASE, MEMBER = "base", "member"
BATCH = 24  # quantities of one pass: the sums of more no longer stay near the processor
SUBMISSION = ("submission", "row", "parent")


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


def run(
    assessment: Assessment, lines: Sequence[PlanLine], indicators: Mapping[str, Indicator], folder: Path
) -> tuple[Finding, ...]:
    """Every number of a plan, line by line; what is stored in `folder` is the caller's to take away.

    A line about persons rests on the rows of members, another on those of households. ValueError where a line reads a
    column that no frame has.
    """
    found: dict[PlanLine, list[Finding]] = {}
    for subject in Subject:
        mine = [
            asked(one, indicators, assessment.choices)
            for one in lines
            if _subject(one, indicators, assessment) is subject
        ]
        if mine:
            survey = stored(assessment, mine, subject, folder / f"{subject}.parquet")
            found |= {one.line: list(findings) for one, findings in zip(mine, _findings(survey, mine), strict=True)}
    return tuple(chain.from_iterable(found[one] for one in lines))


def stored(assessment: Assessment, lines: Sequence[Asked], subject: Subject, path: Path) -> Survey:
    """A survey of all columns that lines need, made for each household or person and kept at `path`."""
    design = assessment.design
    made = dict(chain.from_iterable(one.made.items() for one in lines)) | {name: answer(name) for name in design.names}
    base = _base(assessment, subject, made.values())
    repeats = {} if assessment.members is None else {MEMBER: assessment.members}
    query = select(Derived(frame=BASE, columns=made, repeats=repeats)).with_(BASE, as_=base)
    return Survey(
        assessment.engine.stored(query.sql(dialect=assessment.engine.dialect), path),
        weight=design.weight,
        strata=design.strata,
        clusters=design.clusters,
        population=design.populations,
        lonely=design.lonely,
        basis=design.basis,
        model=design.model,
    )


def _subject(line: PlanLine, indicators: Mapping[str, Indicator], assessment: Assessment) -> Subject:
    if line.of in indicators:
        return indicators[line.of].subject
    return Subject.HOUSEHOLD if line.of in assessment.columns_of[assessment.households] else Subject.PERSON


def _base(assessment: Assessment, subject: Subject, made: Iterable[Expression]) -> exp.Select:
    """The rows of a subject with every column that is read, each from the first frame that has it."""
    first, *others = assessment.frames(subject)
    read = sorted(frozenset(chain.from_iterable(columns(one) for one in made)))
    place = {name: frame for frame in reversed((first, *others)) for name in assessment.columns_of[frame]}
    lost = [name for name in read if name not in place]
    if lost:
        raise ValueError(f"no frame has {', '.join(lost)}: bind questions to these concepts, or leave out the lines")
    alias = {frame: f"t{number}" for number, frame in enumerate((first, *others))}
    states = [name for name in read if f"{name}.state" in assessment.columns_of[place[name]]]
    taken = [*((name, place[name]) for name in read), *((f"{name}.state", place[name]) for name in states)]
    asked_for = [exp.column(exp.to_identifier(name, quoted=True), table=alias[frame]) for name, frame in taken]
    query = exp.select(exp.column("submission", table="t0"), *asked_for).from_(_named(first, "t0"))
    for frame in others:
        met = exp.EQ(this=exp.column("submission", table="t0"), expression=exp.column("submission", table=alias[frame]))
        query = query.join(_named(frame, alias[frame]), on=met)
    return query


def _named(frame: str, alias: str) -> exp.Expr:
    return exp.alias_(exp.Table(this=exp.to_identifier(frame, quoted=True)), alias, table=True)


def _findings(survey: Survey, lines: Sequence[Asked]) -> Iterator[Iterator[Finding]]:
    """The findings of each line: those of one set of groupings and one level are estimated together."""
    estimates: dict[tuple[PlanLine, Quantity], list[Line]] = {}
    alike: dict[tuple[tuple[tuple[str, ...], ...], float], dict[Quantity, list[PlanLine]]] = {}
    for one in lines:
        of_kind = alike.setdefault((one.line.by, one.line.level), {})
        for quantity, _ in one.quantities:
            of_kind.setdefault(quantity, []).append(one.line)
    for (by, level), wanted in alike.items():
        quantities = list(wanted)
        for start in range(0, len(quantities), BATCH):
            for line in survey.estimate(*quantities[start : start + BATCH], by=by, level=level):
                for each in wanted[line.quantity]:
                    estimates.setdefault((each, line.quantity), []).append(line)
    for one in lines:
        yield _medians(survey, one) if one.ranked is not None else _told(survey, one, estimates)


def _told(
    survey: Survey, one: Asked, estimates: Mapping[tuple[PlanLine, Quantity], Sequence[Line]]
) -> Iterator[Finding]:
    tests = tested(survey, one)
    for quantity, answered in one.quantities:
        for line in estimates.get((one.line, quantity), ()):
            test = tests.get(tuple(line.domain))
            yield Finding(
                line=one.line,
                title=one.title,
                answer=answered if answered is not None else None if line.answer is None else str(line.answer),
                group={name: None if label is None else str(label) for name, label in line.domain.items()},
                value=line.value if line.value == line.value else None,
                standard_error=line.standard_error,
                low=line.low,
                high=line.high,
                n=line.n,
                degrees=line.degrees,
                method=line.method,
                note="; ".join(line.reliability.reasons) if line.reliability else "",
                test=test.method if test is not None else "",
                p_value=test.p_value if test is not None else None,
            )


def _medians(survey: Survey, one: Asked) -> Iterator[Finding]:
    """The medians of the whole and of each grouping, which is of one column."""
    groupings: list[str | None] = [names[0] for names in one.line.by]
    whole = True
    for by in groupings or [None]:
        found = survey.quantiles(one.ranked or "", (0.5,), by=by, level=one.line.level)
        for row in found.to_pylist():
            label = row.get(by) if by is not None else None
            if label is None and not whole:
                continue
            yield Finding(
                line=one.line,
                title=one.title,
                answer=None,
                group={} if by is None or label is None else {by: label},
                value=row["value"],
                standard_error=row["standard_error"],
                low=row["low"],
                high=row["high"],
                n=row["n"],
                degrees=row["degrees"],
                method=row["method"],
                note="",
            )
        whole = False
