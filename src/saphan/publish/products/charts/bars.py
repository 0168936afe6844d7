"""Bars with whiskers: one for each part, lying, longest value readable at the end of its interval."""

from __future__ import annotations

from collections.abc import Sequence

from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.marks import Anchor, Bar, Drawing, Ink, Label, Line, Mark, number_label
from saphan.publish.products.charts.scale import Scale
from saphan.publish.products.charts.type import width as text_width

_BESIDE = 0.46  # labels stand beside their bars while the longest takes no more than this share of the width


def bars(data: Sequence[Datum], *, width: float, size: float, pace: float = 1.0) -> Drawing:
    """Draw one bar for each datum, in the order given; long labels stand above their bars instead of beside them.

    `pace` sets the bars nearer to each other or further apart; it is 1 where nothing asks for that.
    """
    longest = max((text_width(datum.label, size) for datum in data), default=0.0)
    beside = longest <= width * _BESIDE
    left = longest + 7 if beside else 0.0
    numbers = max((text_width(datum.printed.text, size, bold=True) for datum in data), default=0.0) + 6
    across = Scale(top=max((datum.high for datum in data), default=0.0), start=left, end=width - numbers)
    thickness = size * 1.05
    row = (size * 1.95 if beside else size * 3.7) * pace
    marks: list[Mark] = []
    for index, datum in enumerate(data):
        top = index * row + (row - thickness - 2 if not beside else (row - thickness) / 2)
        middle = top + thickness / 2
        baseline = middle + size * 0.36
        if beside:
            marks.append(Label(at=(left - 7, baseline), text=datum.label, size=size, anchor=Anchor.END))
        else:
            marks.append(Label(at=(0.0, top - size * 0.8), text=datum.label, size=size))
        marks.append(
            Bar(x=left, y=top, width=max(0.6, across(datum.value) - left), height=thickness, ink=Ink.FIRST),
        )
        if datum.high > datum.low:
            marks.extend(whisker(across(datum.low), across(datum.high), middle, thickness * 0.26))
        marks.append(number_label((max(across(datum.high), left) + 5, baseline), datum.printed, size, bold=True))
    if beside:
        marks.append(Line(points=((left, 0.0), (left, len(data) * row)), ink=Ink.AXIS, width=0.6))
    return Drawing(width=width, height=max(row, len(data) * row), marks=tuple(marks))


def whisker(low: float, high: float, y: float, half: float) -> tuple[Mark, ...]:
    """An interval lying at height `y`, to be seen on its bar and beyond it: dark, edged with white."""
    return (
        Line(points=((low, y), (high, y)), ink=Ink.SEA, width=2.6),
        Line(points=((low, y), (high, y)), ink=Ink.WHISKER, width=0.9),
        Line(points=((low, y - half), (low, y + half)), ink=Ink.WHISKER, width=0.9),
        Line(points=((high, y - half), (high, y + half)), ink=Ink.WHISKER, width=0.9),
    )
