"""Monthly trends: a line with its interval band for each series, named where it ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.marks import (
    Anchor,
    Area,
    Disc,
    Drawing,
    Ink,
    Label,
    Line,
    Mark,
    Point,
    number_label,
)
from saphan.publish.products.charts.scale import Scale, ticks
from saphan.publish.products.charts.spread import spread
from saphan.publish.products.charts.type import width as text_width

_SERIES_INKS = ((Ink.FIRST, Ink.FIRST_BAND), (Ink.SECOND, Ink.SECOND_BAND))


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line: its name, and a datum for each step of the axis, None where there is nothing to show."""

    name: str
    data: Sequence[Datum | None]


def trend(
    series: Sequence[Series],
    steps: Sequence[str],
    number: Callable[[float], str],
    *,
    width: float,
    height: float,
    size: float,
) -> Drawing:
    """Draw up to two series over named steps, broken where a step has no datum; `number` writes numbers of the axis.

    The axis starts at zero, so that heights can be compared; the highest and the lowest month of the first series carry
    their figures.
    """
    marks: list[Mark] = []
    shown = [datum for line in series for datum in line.data if datum is not None]
    rungs = ticks(max((datum.high for datum in shown), default=0.0), 4)
    names_width = max(text_width(line.name, size, bold=True) for line in series) + 8
    left = max(text_width(number(rung), size) for rung in rungs) + 6
    right = width - names_width
    bottom = height - size * 2.1
    upright = Scale(top=rungs[-1], start=bottom, end=size * 1.2)
    pace = (right - left) / max(1, len(steps) - 1)
    for rung in rungs:
        y = upright(rung)
        marks.append(Line(points=((left, y), (right, y)), ink=Ink.GRID if rung else Ink.AXIS, width=0.6))
        marks.append(
            Label(at=(left - 5, y + size * 0.35), text=number(rung), size=size, ink=Ink.MUTED, anchor=Anchor.END)
        )
    skip = 1 if max(text_width(step, size) for step in steps) < pace * 0.92 else 2
    for index, step in enumerate(steps):
        if index % skip == 0:
            at = (left + index * pace, height - size * 0.35)
            marks.append(Label(at=at, text=step, size=size, ink=Ink.MUTED, anchor=Anchor.MIDDLE))
    for line, (_, band) in zip(series, _SERIES_INKS, strict=False):
        marks.extend(_bands(line, band, left, pace, upright))
    for line, (ink, _) in zip(series, _SERIES_INKS, strict=False):
        marks.extend(_line(line, ink, left, pace, upright))
    marks.extend(_names(series, right + 8, upright, size))
    marks.extend(_extremes(series, left, pace, upright, size))
    return Drawing(width=width, height=height, marks=tuple(marks))


def _runs(line: Series) -> list[list[tuple[int, Datum]]]:
    runs: list[list[tuple[int, Datum]]] = [[]]
    for index, datum in enumerate(line.data):
        if datum is None:
            runs.append([])
        else:
            runs[-1].append((index, datum))
    return [run for run in runs if run]


def _bands(line: Series, ink: Ink, left: float, pace: float, upright: Scale) -> list[Mark]:
    marks: list[Mark] = []
    for run in _runs(line):
        upper: list[Point] = [(left + index * pace, upright(datum.high)) for index, datum in run]
        lower: list[Point] = [(left + index * pace, upright(datum.low)) for index, datum in run]
        marks.append(Area(points=(*upper, *reversed(lower)), ink=ink))
    return marks


def _line(line: Series, ink: Ink, left: float, pace: float, upright: Scale) -> list[Mark]:
    marks: list[Mark] = []
    for run in _runs(line):
        points: list[Point] = [(left + index * pace, upright(datum.value)) for index, datum in run]
        marks.append(Line(points=tuple(points), ink=ink, width=1.6))
        marks.extend(Disc(centre=point, radius=1.9, ink=ink, edge=ink) for point in points)
    return marks


def _names(series: Sequence[Series], x: float, upright: Scale, size: float) -> list[Mark]:
    last = [next(datum for datum in reversed(line.data) if datum is not None) for line in series if any(line.data)]
    named = [line for line in series if any(line.data)]
    heights = spread([upright(datum.value) for datum in last], size * 1.6, low=size, high=upright.start)
    return [
        Label(at=(x, y + size * 0.35), text=line.name, size=size, ink=ink, bold=True)
        for line, y, (ink, _) in zip(named, heights, _SERIES_INKS, strict=False)
    ]


def _extremes(series: Sequence[Series], left: float, pace: float, upright: Scale, size: float) -> list[Mark]:
    """Print the figure of the highest month above the bands, and of the lowest below them."""
    marks: list[Mark] = []
    first = [(index, datum) for index, datum in enumerate(series[0].data) if datum is not None]
    if not first:
        return marks
    peak = max(first, key=lambda entry: entry[1].value)
    trough = min(first, key=lambda entry: entry[1].value)
    for index, datum, above in ((*peak, True), (*trough, False)):
        half = text_width(datum.printed.text, size, bold=True) / 2
        reach = math.ceil(half / pace)  # bands of months nearby lie under or over the number too
        near = [here for line in series for here in line.data[max(0, index - reach) : index + reach + 1] if here]
        y = (
            upright(max(here.high for here in near)) - 4
            if above
            else upright(min(here.low for here in near)) + size + 2
        )
        x = min(max(left + index * pace, left + half), left + pace * (len(series[0].data) - 1) - half)
        marks.append(number_label((x, y), datum.printed, size, ink=Ink.FIRST, anchor=Anchor.MIDDLE, bold=True))
    return marks
