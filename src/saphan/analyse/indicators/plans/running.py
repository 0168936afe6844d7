"""Runs an analysis plan: what its lines need is made once and stored, then added in few passes over the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from saphan.analyse.indicators.needs.model import Indicator, Subject
from saphan.analyse.indicators.plans.asking import Asked, asked
from saphan.analyse.indicators.plans.model import Finding, PlanLine, Standing
from saphan.analyse.indicators.plans.storing import MEMBER, Assessment, stored
from saphan.analyse.indicators.plans.testing import tested
from saphan.estimate.survey.plan import Quantity
from saphan.estimate.survey.survey import Line, Survey

__all__ = ["MEMBER", "Assessment", "run", "subject_of"]

BATCH = 16  # quantities of one pass: the sums of more no longer stay near the processor, and take memory
Step = Callable[[int, int], None]  # how many quantities are estimated, of how many


def run(
    assessment: Assessment,
    lines: Sequence[PlanLine],
    indicators: Mapping[str, Indicator],
    folder: Path,
    step: Step | None = None,
) -> tuple[Finding, ...]:
    """Every number of a plan, line by line; what is stored in `folder` is the caller's to take away.

    A line about persons rests on the rows of members, another on those of households. ValueError where a line reads a
    column that no frame has.
    """
    found: dict[PlanLine, list[Finding]] = {}
    every = {
        subject: [
            asked(one, indicators, assessment.choices)
            for one in lines
            if subject_of(one, indicators, assessment) is subject
        ]
        for subject in Subject
    }
    progress = _Progress(step, sum(len(one.quantities) for mine in every.values() for one in mine))
    for subject, mine in every.items():
        if mine:
            made = dict(chain.from_iterable(one.made.items() for one in mine))
            survey = stored(assessment, made, subject, folder / f"{subject}.parquet")
            findings = _findings(survey, subject, mine, progress)
            found |= {one.line: list(told) for one, told in zip(mine, findings, strict=True)}
    return tuple(chain.from_iterable(found[one] for one in lines))


class _Progress:
    """Counts quantities over both subjects."""

    def __init__(self, step: Step | None, whole: int) -> None:
        self.step, self.whole, self.done = step, whole, 0
        self.add(0)

    def add(self, quantities: int) -> None:
        self.done += quantities
        if self.step is not None:
            self.step(self.done, self.whole)


def subject_of(line: PlanLine, indicators: Mapping[str, Indicator], assessment: Assessment) -> Subject:
    """Whether a line is about households or about persons."""
    if line.of in indicators:
        return indicators[line.of].subject
    return Subject.HOUSEHOLD if line.of in assessment.columns_of[assessment.households] else Subject.PERSON


def _findings(
    survey: Survey, subject: Subject, lines: Sequence[Asked], progress: _Progress
) -> Iterator[Iterator[Finding]]:
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
            progress.add(sum(len(wanted[one]) for one in quantities[start : start + BATCH]))
    for one in lines:
        yield _medians(survey, subject, one) if one.ranked is not None else _told(survey, subject, one, estimates)


def _told(
    survey: Survey, subject: Subject, one: Asked, estimates: Mapping[tuple[PlanLine, Quantity], Sequence[Line]]
) -> Iterator[Finding]:
    tests = tested(survey, one)
    for quantity, answered in one.quantities:
        for line in estimates.get((one.line, quantity), ()):
            test = tests.get(tuple(line.domain))
            yield Finding(
                line=one.line,
                subject=subject,
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
                standing=Standing(line.reliability.verdict.value) if line.reliability else Standing.SHOW,
                test=test.method if test is not None else "",
                p_value=test.p_value if test is not None else None,
            )


def _medians(survey: Survey, subject: Subject, one: Asked) -> Iterator[Finding]:
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
                subject=subject,
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
