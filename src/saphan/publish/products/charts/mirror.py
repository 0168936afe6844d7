"""Two sides back to back, as in a population pyramid: the same rows, one side to the left and one to the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saphan.publish.products.charts.bars import whisker
from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.marks import Anchor, Bar, Drawing, Ink, Label, Mark, number_label
from saphan.publish.products.charts.scale import Scale
from saphan.publish.products.charts.type import width as text_width


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One row: what stands left and right, None where there is nothing to show."""

    left: Datum | None
    right: Datum | None


def mirror(rows: Sequence[Pair], *, width: float, size: float, pace: float = 1.0) -> Drawing:
    """Draw the rows from the top; each datum's label and figure stand above its own bar, from the middle outwards.

    `pace` makes the rows lower or taller; it is 1 where nothing asks for that.
    """
    shown = [datum for row in rows for datum in (row.left, row.right) if datum is not None]
    top = max((datum.high for datum in shown), default=0.0)
    middle, gutter = width / 2, 2.0
    leftward = Scale(top=top, start=middle - gutter, end=8.0)
    rightward = Scale(top=top, start=middle + gutter, end=width - 8.0)
    height = size * 3.7 * pace
    thickness = height - size * 2.0
    marks: list[Mark] = []
    for index, row in enumerate(rows):
        y = index * height + size * 1.55
        sides = (
            (row.left, leftward, Ink.LEFT, Anchor.END, -1),
            (row.right, rightward, Ink.RIGHT, Anchor.START, 1),
        )
        for datum, across, ink, anchor, sign in sides:
            if datum is None:
                continue
            edge = across(datum.value)
            start = min(across.start, edge)
            marks.append(Bar(x=start, y=y, width=max(0.6, abs(edge - across.start)), height=thickness, ink=ink))
            if datum.high > datum.low:
                ends = sorted((across(datum.low), across(datum.high)))
                marks.extend(whisker(ends[0], ends[1], y + thickness / 2, size * 0.34))
            baseline = y - size * 0.42
            at = middle + sign * gutter
            number = text_width(datum.printed.text, size, bold=True) + size * 0.5
            label_at, number_at = (at + sign * number, at) if sign > 0 else (at - number, at)
            marks.append(number_label((number_at, baseline), datum.printed, size, anchor=anchor, bold=True))
            marks.append(Label(at=(label_at, baseline), text=datum.label, size=size, ink=Ink.MUTED, anchor=anchor))
    return Drawing(width=width, height=max(1, len(rows)) * height, marks=tuple(marks))
