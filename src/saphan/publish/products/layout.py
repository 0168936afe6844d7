"""How tall the charts of a page stand: rows follow each other one gutter apart, and charts take up what room is left.

Words need what room they need, in every language another; charts can be drawn lower or taller within bounds. All charts
of a page are stretched alike until the page is full; then those beside a taller neighbour grow until both end together.
What no chart can use stays at the foot of the page. Rows that a page does not hold even with the lowest charts go on to
a page more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from saphan.publish.products.sheet import Stretch

_STEPS = 40  # halvings: far finer than anything in print
_LEAST, _MOST = 0.1, 10.0  # beyond what any chart allows


@dataclass(frozen=True, kw_only=True)
class Elastic:
    """A chart by its height as laid out, in points, and how far it may be stretched."""

    height: float
    stretch: Stretch


@dataclass(frozen=True, kw_only=True)
class Pillar:
    """One stack of a row: the height of all in it that cannot be stretched, and its charts."""

    fixed: float
    charts: tuple[Elastic, ...]

    def height(self, page: float, own: float) -> float:
        """How tall it is where the page's charts are stretched by `page` and its own filling ones by `own`."""
        return self.fixed + sum(
            chart.height * share for chart, share in zip(self.charts, self.shares(page, own), strict=True)
        )

    def shares(self, page: float, own: float) -> tuple[float, ...]:
        """By how much each of its charts is stretched."""
        return tuple(chart.stretch.within(own if chart.stretch.fills else page) for chart in self.charts)


def broken(rows: Sequence[Sequence[Pillar]], *, first: float, room: float, gutter: float) -> tuple[int, ...] | None:
    """How many rows stand on each page: on the one begun, which has room for `first`, and on further ones as needed.

    None if a row is too tall for any page.
    """
    counts, left = [0], first
    for row in rows:
        tall = _tallest(row, _LEAST)
        if (counts[-1] and tall + gutter > left) or (not counts[-1] and tall > left):
            if tall > room:
                return None
            counts.append(0)
            left = room
        left -= tall + (gutter if counts[-1] else 0.0)
        counts[-1] += 1
    return tuple(count for count in counts if count)


def stretched(
    rows: Sequence[Sequence[Pillar]], *, room: float, gutter: float
) -> tuple[tuple[tuple[float, ...], ...], ...] | None:
    """For each row and stack of a page the share by which each chart is stretched; None if `room` is too little."""

    def height(share: float) -> float:
        return sum(_tallest(row, share) for row in rows) + gutter * max(0, len(rows) - 1)

    if height(_LEAST) > room:
        return None
    page = _largest(lambda share: height(share) <= room)
    return tuple(tuple(_filled(pillar, page, _tallest(row, page)) for pillar in row) for row in rows)


def _tallest(row: Sequence[Pillar], share: float) -> float:
    return max(pillar.height(share, share) for pillar in row)


def _filled(pillar: Pillar, page: float, room: float) -> tuple[float, ...]:
    own = _largest(lambda share: pillar.height(page, share) <= room)
    return pillar.shares(page, own)


def _largest(fits: Callable[[float], bool]) -> float:
    """The largest share that fits, where smaller ones fit too."""
    low, high = _LEAST, _MOST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low
