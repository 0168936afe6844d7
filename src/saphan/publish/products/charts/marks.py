"""What a chart is made of: a few marks on a sheet whose origin is its top left corner, y downwards, in points.

A mark says what it is for (its ink), never its colour; a label that prints a figure carries the print, so that every
writer makes it a link. Neither writer computes a position: both draw the same drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from saphan.publish.figures.wording import Printed

Point = tuple[float, float]


class Ink(StrEnum):
    """What a mark is for; `palette` says which colour that is."""

    TEXT = "text"
    MUTED = "muted"
    GRID = "grid"
    AXIS = "axis"
    FIRST = "first"
    FIRST_BAND = "first-band"
    SECOND = "second"
    SECOND_BAND = "second-band"
    LEFT = "left"
    RIGHT = "right"
    WHISKER = "whisker"
    PLACE = "place"
    LAND = "land"
    LAND_IN_FOCUS = "land-in-focus"
    LAND_BEYOND = "land-beyond"
    SHORE = "shore"
    SEA = "sea"
    DISC = "disc"
    FLOW_1 = "flow-1"
    FLOW_2 = "flow-2"
    FLOW_3 = "flow-3"
    FLOW_4 = "flow-4"
    FLOW_5 = "flow-5"


class Anchor(StrEnum):
    """Which end of a label stands at its point."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An open line through points."""

    points: tuple[Point, ...]
    ink: Ink
    width: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Area:
    """A filled polygon, with an outline where `edge` is given."""

    points: tuple[Point, ...]
    ink: Ink
    edge: Ink | None = None


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A filled rectangle by its top left corner."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink


@dataclass(frozen=True, kw_only=True)
class Disc:
    """A circle; see-through, so that what lies under it stays visible."""

    centre: Point
    radius: float
    ink: Ink
    edge: Ink


@dataclass(frozen=True, kw_only=True)
class Ribbon:
    """A band from a span of one upright line to a span of another, see-through, with smooth edges."""

    left: float
    left_span: tuple[float, float]
    right: float
    right_span: tuple[float, float]
    ink: Ink


@dataclass(frozen=True, kw_only=True)
class Label:
    """Text on one line, its baseline at `at`; where it prints a figure, `printed` is that print and gives the text."""

    at: Point
    text: str
    size: float
    ink: Ink = Ink.TEXT
    anchor: Anchor = Anchor.START
    bold: bool = False
    printed: Printed | None = None


Mark = Line | Area | Bar | Disc | Ribbon | Label


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A chart ready to be drawn."""

    width: float
    height: float
    marks: tuple[Mark, ...]


def number_label(
    at: Point, printed: Printed, size: float, *, ink: Ink = Ink.TEXT, anchor: Anchor = Anchor.START, bold: bool = False
) -> Label:
    """A label that prints a figure."""
    return Label(at=at, text=printed.text, size=size, ink=ink, anchor=anchor, bold=bold, printed=printed)
