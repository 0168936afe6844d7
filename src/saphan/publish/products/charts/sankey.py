"""From where to where: ribbons between two columns of places, as thick as the movements between them.

A place's bar holds all that leaves or reaches it, where that is known, also what no ribbon of the chart takes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.marks import Anchor, Bar, Drawing, Ink, Label, Mark, Ribbon, number_label
from saphan.publish.products.charts.spread import spread
from saphan.publish.products.charts.type import width as text_width

_FLOWS = (Ink.FLOW_1, Ink.FLOW_2, Ink.FLOW_3, Ink.FLOW_4, Ink.FLOW_5)
_NODE = 7.0  # width of a place's bar
_SHORT = 5  # a ribbon less than so many times as long as its figure is hidden by it


@dataclass(frozen=True, kw_only=True)
class Link:
    """A flow between two places, by name."""

    origin: str
    destination: str
    datum: Datum


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One side: its places from the largest, how much passes each, and where each starts, in points from the top."""

    amounts: Mapping[str, float]
    tops: Mapping[str, float]
    unit: float  # points for one unit of flow

    def middle(self, place: str) -> float:
        return self.tops[place] + self.amounts[place] * self.unit / 2


def sankey(
    links: Sequence[Link],
    leaving: Mapping[str, Datum],
    arriving: Mapping[str, Datum],
    *,
    width: float,
    height: float,
    size: float,
) -> Drawing:
    """Draw the links; places stand in order of their size, ribbons take their origin's colour and carry their figure.

    `leaving` and `arriving` hold all that leaves or reaches a place, by its name, to be printed beside it; a place
    without is as large as its links. Ribbons too thin or too short to hold their figure carry none: the table beside
    the chart has them all.
    """
    origins = _amounts(((link.origin, link.datum.value) for link in links), leaving)
    destinations = _amounts(((link.destination, link.datum.value) for link in links), arriving)
    gap = size * 1.3
    unit = min((height - gap * (len(side) - 1)) / (sum(side.values()) or 1.0) for side in (origins, destinations))
    left, right = _column(origins, unit, gap, height), _column(destinations, unit, gap, height)
    left_x = _names_width(origins, leaving, size) + 6
    right_x = width - _names_width(destinations, arriving, size) - 6
    inks = {place: _FLOWS[min(index, len(_FLOWS) - 1)] for index, place in enumerate(origins)}
    marks: list[Mark] = []
    numbers: list[Mark] = []
    for link, start, end in _spans(links, left, right):
        marks.append(
            Ribbon(left=left_x + _NODE, left_span=start, right=right_x - _NODE, right_span=end, ink=inks[link.origin])
        )
        short = right_x - left_x < _SHORT * text_width(link.datum.printed.text, size)
        if start[1] - start[0] >= size * 1.05 and not short:
            at = (left_x + _NODE + 4, sum(start) / 2 + size * 0.36)
            numbers.append(number_label(at, link.datum.printed, size))
    marks.extend(_nodes(left, left_x, lambda place: inks[place]))
    marks.extend(_nodes(right, right_x - _NODE, lambda _: Ink.MUTED))
    marks.extend(_names(left, leaving, left_x - 5, Anchor.END, size, height))
    marks.extend(_names(right, arriving, right_x + 5, Anchor.START, size, height))
    return Drawing(width=width, height=height, marks=(*marks, *numbers))


def _amounts(parts: Iterable[tuple[str, float]], wholes: Mapping[str, Datum]) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for place, amount in parts:
        amounts[place] = amounts.get(place, 0.0) + amount
    amounts = {
        place: max(amount, wholes[place].value) if place in wholes else amount for place, amount in amounts.items()
    }
    return dict(sorted(amounts.items(), key=lambda entry: (-entry[1], entry[0])))


def _column(amounts: Mapping[str, float], unit: float, gap: float, height: float) -> _Column:
    """Stack the places; the side with fewer of them stands further apart, in the middle of the same height."""
    used = sum(amounts.values()) * unit
    space = min((height - used) / (len(amounts) - 1), gap * 3) if len(amounts) > 1 else 0.0
    at = (height - used - space * (len(amounts) - 1)) / 2
    tops = {}
    for place, amount in amounts.items():
        tops[place] = at
        at += amount * unit + space
    return _Column(amounts=amounts, tops=tops, unit=unit)


def _spans(
    links: Sequence[Link], left: _Column, right: _Column
) -> list[tuple[Link, tuple[float, float], tuple[float, float]]]:
    """Where each link leaves and arrives; on each side in the order of the other, so that ribbons cross least."""
    ranks = [{place: rank for rank, place in enumerate(column.amounts)} for column in (left, right)]
    by_destination = sorted(links, key=lambda link: (ranks[1][link.destination], ranks[0][link.origin]))
    by_origin = sorted(links, key=lambda link: (ranks[0][link.origin], ranks[1][link.destination]))
    arriving = _stack(((id(link), link.destination, link.datum.value) for link in by_destination), right)
    leaving = _stack(((id(link), link.origin, link.datum.value) for link in by_origin), left)
    return [(link, leaving[id(link)], arriving[id(link)]) for link in by_origin]


def _stack(parts: Iterable[tuple[int, str, float]], column: _Column) -> dict[int, tuple[float, float]]:
    at = dict(column.tops)
    spans = {}
    for link, place, amount in parts:
        start = at[place]
        at[place] = start + amount * column.unit
        spans[link] = (start, at[place])
    return spans


def _nodes(column: _Column, x: float, ink: Callable[[str], Ink]) -> list[Mark]:
    return [
        Bar(x=x, y=column.tops[place], width=_NODE, height=max(0.8, amount * column.unit), ink=ink(place))
        for place, amount in column.amounts.items()
    ]


def _names_width(places: Iterable[str], wholes: Mapping[str, Datum], size: float) -> float:
    return max((text_width(place, size) + _number_width(place, wholes, size) for place in places), default=0.0)


def _number_width(place: str, wholes: Mapping[str, Datum], size: float) -> float:
    """The room that a place's figure takes beside its name, with the space between them."""
    return text_width(f" {wholes[place].printed.text}", size, bold=True) if place in wholes else 0.0


def _names(
    column: _Column, wholes: Mapping[str, Datum], x: float, anchor: Anchor, size: float, height: float
) -> list[Mark]:
    """Each place's name beside its bar, and after it the figure of the whole, where there is one."""
    wanted = [column.middle(place) for place in column.amounts]
    placed = spread(wanted, size * 1.7, low=size * 0.5, high=height - size * 0.5)
    marks: list[Mark] = []
    for place, y in zip(column.amounts, placed, strict=True):
        baseline = y + size * 0.36
        name, number = text_width(place, size), _number_width(place, wholes, size)
        beside, end = (x - number, x) if anchor is Anchor.END else (x, x + name + number)
        marks.append(Label(at=(beside, baseline), text=place, size=size, anchor=anchor))
        if place in wholes:
            marks.append(number_label((end, baseline), wholes[place].printed, size, anchor=Anchor.END, bold=True))
    return marks
