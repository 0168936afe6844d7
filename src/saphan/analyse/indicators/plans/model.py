"""An analysis plan: what is estimated, by which groups, among whom, and where groups are tested against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from saphan.analyse.indicators.needs.model import Subject

LEVEL = 0.95


class Analysis(StrEnum):
    """What is made of an indicator or of the answers to a question."""

    SHARE = "share"  # of each class, or of each answer
    MEAN = "mean"
    TOTAL = "total"
    RATIO = "ratio"
    MEDIAN = "median"


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """One line of a plan; `row` is that of its sheet.

    `of` names an indicator (`food-consumption-group@wfp-2025`) or a concept, `over` the denominator of a ratio. `by`
    are groupings, each of one or several columns, made beside the whole. `among` are columns and the answers that
    count. `test` compares the groups of every grouping of one column.
    """

    row: int
    of: str
    analysis: Analysis
    over: str | None = None
    by: tuple[tuple[str, ...], ...] = ()
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()
    test: bool = False
    level: float = LEVEL


class Standing(StrEnum):
    """Whether a number may be printed."""

    SHOW = "show"
    REVIEW = "review"  # the presentation standard asks a statistician to look first
    SUPPRESS = "suppress"  # the presentation standard does not print it: too few, or too wide an interval
    PROTECTED = "protected"  # it rests on fewer than the mission's threshold, or such a number follows from it


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One number of a plan: a row of the tidy table.

    `answer` is the class or answer of a share; `group` the labels of its grouping, none of the whole. `low` and `high`
    are None where the sample was not drawn by chance and where a share fails the presentation standard: `standing` and
    `note` say which. A protected number has no value and no `n`. `p_value` is that of the `test` of its grouping.
    """

    line: PlanLine
    subject: Subject
    title: str
    answer: str | None
    group: Mapping[str, str | None]
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    n: int | None
    degrees: float | None
    method: str
    note: str
    standing: Standing = Standing.SHOW
    test: str = ""
    p_value: float | None = None
