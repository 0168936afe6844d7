"""Reads an analysis plan from a sheet, CSV or XLSX, under our headings or those of IMPACT's list of analyses.

    indicator                        analysis  by                        among        test
    food-consumption-group@wfp-2025            province; province x sex               yes
    household_size                   mean      province                  sex_head=f

`by` holds groupings apart by semicolons, with ` x ` (or a comma) between columns of one. Every cell that cannot be
read is found in one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from saphan.analyse.indicators.needs.model import Indicator, Kind
from saphan.analyse.indicators.plans.model import LEVEL, Analysis, PlanLine
from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, finding

# IMPACT's headings and analyses (analysistools 0.0.0.9, `loa`) in our words.
HEADINGS = {"analysis_var": "indicator", "analysis_type": "analysis", "group_var": "by", "filter": "among"}
ANALYSES = {"prop_select_one": Analysis.SHARE, "prop_select_multiple": Analysis.SHARE} | {
    one.value: one for one in Analysis
}
NUMERATOR, DENOMINATOR = "analysis_var_numerator", "analysis_var_denominator"
DEFAULT = {Kind.NUMBER: Analysis.MEAN, Kind.CLASS: Analysis.SHARE, Kind.YES_NO: Analysis.SHARE}
YES = {"yes", "true", "1"}
Cells = Mapping[str, str]


def read(
    file: str,
    rows: Sequence[tuple[int, Cells]],
    indicators: Mapping[str, Indicator],
    columns: Mapping[str, bool],
    found: list[Finding],
) -> tuple[PlanLine, ...]:
    """The lines of a plan from the numbered rows of its sheet; `columns` are those of the frames, true for numbers.

    What cannot be read is added to `found`, and its line left out.
    """
    lines = []
    for number, raw in rows:
        cells = {HEADINGS.get(name.strip().lower(), name.strip().lower()): text.strip() for name, text in raw.items()}
        cells = {name: "" if text == "NA" else text for name, text in cells.items()}
        before = len(found)
        line = _line(_Row(file, number, cells, found), indicators, columns)
        if len(found) == before and line is not None:
            lines.append(line)
    if not rows:
        found.append(finding("plan.empty", At(file=file)))
    return tuple(lines)


class _Row:
    """One row of the sheet, and where its mistakes go."""

    def __init__(self, file: str, number: int, cells: Cells, found: list[Finding]) -> None:
        self.file, self.number, self.cells, self.found = file, number, cells, found

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def wrong(self, column: str, expected: str) -> None:
        at = At(file=self.file, row=self.number, column=column)
        self.found.append(finding("plan.value", at, value=self[column], expected=expected))

    def one_of(self, column: str, value: str, known: Sequence[str]) -> bool:
        """Whether there is such a name; if not, the nearest is offered."""
        if value in known:
            return True
        at = At(file=self.file, row=self.number, column=column)
        self.found.append(finding("plan.unknown", at, name=value, nearest=remedy(value, known)))
        return False


def _line(row: _Row, indicators: Mapping[str, Indicator], columns: Mapping[str, bool]) -> PlanLine | None:
    names = [*indicators, *columns]
    of = row["indicator"] or row[NUMERATOR]
    if not of:
        row.wrong("indicator", "the name of an indicator or of a question's concept")
        return None
    if not row.one_of("indicator", of, names):
        return None
    analysis = _analysis(row, indicators.get(of), number=columns.get(of, False))
    over = row["over"] or row[DENOMINATOR] or None
    if analysis is Analysis.RATIO and over is None:
        row.wrong("over", "the denominator of the ratio")
    if over is not None:
        row.one_of("over", over, names)
    by = tuple(_groupings(row["by"]))
    for name in chain.from_iterable(by):
        row.one_of("by", name, names)
    if analysis is Analysis.MEDIAN and any(len(one) > 1 for one in by):
        row.wrong("by", "groupings of one column each, which a median takes")
    among = tuple(_among(row))
    for name, _ in among:
        row.one_of("among", name, names)
    return PlanLine(
        row=row.number,
        of=of,
        analysis=analysis,
        over=over,
        by=by,
        among=among,
        test=row["test"].lower() in YES,
        level=_level(row),
    )


def _analysis(row: _Row, indicator: Indicator | None, *, number: bool) -> Analysis:
    told = row["analysis"]
    if not told:
        return DEFAULT[indicator.kind] if indicator else Analysis.MEAN if number else Analysis.SHARE
    if told.lower() not in ANALYSES:
        row.wrong("analysis", f"one of {', '.join(Analysis)}")
        return Analysis.SHARE
    analysis = ANALYSES[told.lower()]
    numeric = number if indicator is None else indicator.kind is not Kind.CLASS
    if analysis is not Analysis.SHARE and not numeric:
        row.wrong("analysis", "share, since it is no number")
    return analysis


def _groupings(text: str) -> list[tuple[str, ...]]:
    """The groupings of a cell: `province; province x sex`."""
    split: Callable[[str], tuple[str, ...]] = lambda one: tuple(  # noqa: E731
        name.strip() for name in one.replace(" x ", ",").split(",") if name.strip()
    )
    return [names for one in text.split(";") if (names := split(one))]


def _among(row: _Row) -> list[tuple[str, tuple[str, ...]]]:
    """The conditions of a cell: `sex=f; province=TH63|TH71`."""
    found = []
    for part in filter(None, (one.strip() for one in row["among"].split(";"))):
        name, sign, answers = part.partition("=")
        told = tuple(one.strip() for one in answers.split("|") if one.strip())
        if not (sign and name.strip() and told):
            row.wrong("among", "conditions such as sex=female; province=TH63|TH71")
            continue
        found.append((name.strip(), told))
    return found


def _level(row: _Row) -> float:
    text = row["level"]
    if not text:
        return LEVEL
    try:
        level = float(text)
    except ValueError:
        level = 0.0
    if not 0 < level < 1:
        row.wrong("level", "a number between 0 and 1, such as 0.95")
        return LEVEL
    return level
