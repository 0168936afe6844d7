"""Table blocks of a template, filled: families of figures down, places or groups across, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saphan.core.unit import Unit
from saphan.publish.figures.model import Figure
from saphan.publish.figures.relations import ANSWER
from saphan.publish.products import family
from saphan.publish.products.charts.bars import whisker
from saphan.publish.products.charts.marks import Bar, Drawing, Ink, Line, Mark
from saphan.publish.products.charts.scale import Scale
from saphan.publish.products.filling import Filler
from saphan.publish.products.sheet import Cell, Grid, GridGroup, GridRow
from saphan.publish.products.template import Table, TableRows
from saphan.publish.products.words import say

_TALL = 0.8  # of the size of the text: the bar of a share


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A table, or None where all its figures are withheld; `figures` are those it prints."""

    grid: Grid | None
    withheld: bool
    imprecise: bool
    figures: tuple[Figure, ...]


def fill(filler: Filler, block: Table, key: str) -> Filled:
    """The table of a block; Problem for a family that the register does not have in any column."""
    columns = tuple(filler.words(column.label, f"{key}.columns.{place}") for place, column in enumerate(block.columns))
    groups: list[GridGroup] = []
    figures: list[Figure] = []
    withheld = imprecise = False
    for place, rows in enumerate(block.rows):
        found = [filler.members(_within(rows.figures, column.cell), f"{key}.rows.{place}") for column in block.columns]
        withheld |= any(members.withheld for members in found)
        imprecise |= any(members.imprecise for members in found)
        shown = [{_code(figure, rows): figure for figure in members.figures} for members in found]
        figures += [figure for column in shown for figure in column.values()]
        group = _group(filler, rows, shown, f"{key}.rows.{place}")
        if group is not None:
            groups.append(group)
    grid = Grid(columns=columns, groups=tuple(groups)) if groups else None
    return Filled(grid=grid, withheld=withheld, imprecise=imprecise, figures=tuple(figures))


def _within(pattern: str, cell: Mapping[str, str]) -> str:
    """A family within the cell of a column."""
    name = family.parse(pattern)
    return family.Name(indicator=name.indicator, cell={**name.cell, **cell}, period=name.period).full


def _code(figure: Figure, rows: TableRows) -> str:
    """What tells a figure of a family apart from the others; nothing in a family of one."""
    varied = family.parse(rows.figures).varied
    return figure.cell[varied[0]] if varied else ""


def _group(filler: Filler, rows: TableRows, shown: Sequence[Mapping[str, Figure]], key: str) -> GridGroup | None:
    """The rows of one family under its title, with how many answered in each column; None where nothing is shown."""
    every = [figure for column in shown for figure in column.values()]
    if not every:
        return None
    # In the order of the column that shows most: in others some of the family may be missing.
    fullest = sorted(shown, key=len, reverse=True)
    codes = list(rows.codes or dict.fromkeys(code for column in fullest for code in column))
    codes = [code for code in codes if any(code in column for column in shown)]
    first = every[0]
    title = filler.words(rows.label, f"{key}.label") if rows.label else filler.question(first)
    denominators = {figure.denominator for figure in every}
    return GridGroup(
        title=title,
        of=first.denominator.to(filler.language) if first.denominator is not None and len(denominators) == 1 else "",
        respondents=tuple(
            next((filler.respondents(one) for one in column.values() if one.denominator is not None), None)
            for column in shown
        ),
        rows=tuple(
            GridRow(
                label=_label(filler, next(column[code] for column in shown if code in column), rows),
                cells=tuple(_cell(filler, column.get(code)) for column in shown),
            )
            for code in codes
        ),
    )


def _label(filler: Filler, figure: Figure, rows: TableRows) -> str:
    """What tells a row apart; of a family of one its answer, or that it is a value."""
    key = next(iter(family.parse(rows.figures).varied), ANSWER)
    return filler.label(figure, key) if key in figure.cell else say("value", filler.language)


def _cell(filler: Filler, figure: Figure | None) -> Cell | None:
    if figure is None:
        return None
    return Cell(
        value=filler.value(figure),
        interval=filler.range(figure) or filler.said(figure),
        span=(figure.value, figure.low, figure.high) if figure.unit is Unit.SHARE else None,
    )


def bar(cell: Cell, *, width: float, size: float) -> Drawing | None:
    """A share as a bar of the whole with its interval; None for what is no share."""
    if cell.span is None:
        return None
    value, low, high = cell.span
    across = Scale(top=1.0, start=0.0, end=width)
    tall = size * _TALL
    marks: list[Mark] = [
        Line(points=((0.0, tall), (width, tall)), ink=Ink.GRID, width=0.8),
        Bar(x=0.0, y=tall * 0.1, width=max(0.6, across(value)), height=tall * 0.8, ink=Ink.FIRST),
    ]
    if low is not None and high is not None and high > low:
        marks += whisker(across(low), across(high), tall / 2, tall * 0.26)
    return Drawing(width=width, height=tall, marks=tuple(marks))
