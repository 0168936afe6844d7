"""What a line of a plan asks of a survey: the columns to be made for it, and the quantities to be estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saphan.analyse.frames.expression import Every, Expression, Holds, answer, cases, constant
from saphan.analyse.indicators.needs.model import Indicator, Kind
from saphan.analyse.indicators.plans.model import Analysis, PlanLine
from saphan.estimate.survey.plan import Quantity, mean, ratio, share, total

YES = 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A line with what it needs: `made` columns, and `quantities` with the answer each stands for, None for its own.

    A median has no quantities: it is that of the column `ranked`.
    """

    line: PlanLine
    title: str
    made: Mapping[str, Expression]
    quantities: tuple[tuple[Quantity, str | None], ...] = ()
    ranked: str | None = None
    labelled: bool = False  # a class or an answer, not a number


def asked(line: PlanLine, indicators: Mapping[str, Indicator], choices: Mapping[str, tuple[str, ...]]) -> Asked:
    """What a line asks; `choices` are those of questions where several can be chosen."""
    indicator = indicators.get(line.of)
    made = {name: _value(name, indicators) for name in _names(line) if name not in choices}
    title = indicator.title if indicator is not None else line.of
    among = dict(line.among)
    match line.analysis:
        case Analysis.MEAN:
            return Asked(line=line, title=title, made=made, quantities=((mean(line.of, among=among), None),))
        case Analysis.TOTAL:
            return Asked(line=line, title=title, made=made, quantities=((total(line.of, among=among), None),))
        case Analysis.RATIO:
            over = ratio(line.of, line.over or "", among=among)
            return Asked(line=line, title=title, made=made, quantities=((over, None),))
        case Analysis.MEDIAN:
            # A quantile is asked of a column alone, so that who does not count has no value in a column of its own.
            ranked = line.of if not line.among else f"{line.of} of row {line.row}"
            counts = Every(parts=tuple(_value(name, indicators).one_of(*told) for name, told in line.among))
            if line.among:
                made[ranked] = cases((counts, _value(line.of, indicators)), otherwise=None)
            return Asked(line=line, title=title, made=made, ranked=ranked)
    if line.of in choices:
        chosen = {choice: f"{line.of}/{choice}" for choice in choices[line.of]}
        made |= {column: _chosen(line.of, choice) for choice, column in chosen.items()}
        shares = tuple((share(column, answers=(YES,), among=among), choice) for choice, column in chosen.items())
        return Asked(line=line, title=title, made=made, quantities=shares)
    yes_no = indicator is not None and indicator.kind is Kind.YES_NO
    answers = (YES,) if yes_no else (indicator.classes or None) if indicator is not None else None
    of = share(line.of, answers=answers, among=among)
    return Asked(line=line, title=title, made=made, quantities=((of, "yes" if yes_no else None),), labelled=True)


def _names(line: PlanLine) -> tuple[str, ...]:
    """Every column that a line names."""
    grouped = (name for names in line.by for name in names)
    over = [] if line.over is None else [line.over]
    return tuple(dict.fromkeys([line.of, *over, *grouped, *(name for name, _ in line.among)]))


def _value(name: str, indicators: Mapping[str, Indicator]) -> Expression:
    return indicators[name].value if name in indicators else answer(name)


def _chosen(question: str, choice: str) -> Expression:
    """1 where a choice was among those chosen, 0 where others were, null where nothing was asked."""
    holds = Holds(column=question, choice=choice)
    return cases((holds, constant(YES)), (~holds, constant(0)), otherwise=None)
