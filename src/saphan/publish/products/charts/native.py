"""Drawings as plain data for typst, whose own primitives draw them and whose own shaping sets their text."""

from __future__ import annotations

from collections.abc import Callable

from saphan.publish.figures.wording import Printed
from saphan.publish.products.charts.marks import Area, Bar, Disc, Drawing, Label, Line, Mark, Ribbon
from saphan.publish.products.charts.palette import COLOURS, SEE_THROUGH

Plain = dict[str, object]
Linked = Callable[[Printed], str]  # the address that a printed figure links to


def write(drawing: Drawing, link: Linked) -> Plain:
    """The drawing as JSON-ready data, in points and `#rrggbb`; `charts.typ` draws it."""
    return {
        "width": round(drawing.width, 2),
        "height": round(drawing.height, 2),
        "marks": [_mark(mark, link) for mark in drawing.marks],
    }


def _mark(mark: Mark, link: Linked) -> Plain:
    match mark:
        case Line():
            return {"is": "line", "points": _rounded(*mark.points), "ink": COLOURS[mark.ink], "width": mark.width}
        case Area():
            edge = COLOURS[mark.edge] if mark.edge else None
            return {"is": "area", "points": _rounded(*mark.points), "ink": COLOURS[mark.ink], "edge": edge}
        case Bar():
            corner = [round(value, 2) for value in (mark.x, mark.y, mark.width, mark.height)]
            return {"is": "bar", "box": corner, "ink": COLOURS[mark.ink]}
        case Disc():
            return {
                "is": "disc",
                "centre": _rounded(mark.centre)[0],
                "radius": round(mark.radius, 2),
                "ink": COLOURS[mark.ink] + _alpha(),
                "edge": COLOURS[mark.edge],
            }
        case Ribbon():
            left, right = mark.left_span, mark.right_span
            corners = _rounded(
                (mark.left, left[0]), (mark.right, right[0]), (mark.right, right[1]), (mark.left, left[1])
            )
            return {"is": "ribbon", "corners": corners, "ink": COLOURS[mark.ink] + _alpha()}
        case Label():
            return {
                "is": "label",
                "at": _rounded(mark.at)[0],
                "text": mark.text,
                "size": mark.size,
                "ink": COLOURS[mark.ink],
                "anchor": str(mark.anchor),
                "bold": mark.bold,
                "link": link(mark.printed) if mark.printed is not None else None,
            }


def _rounded(*points: tuple[float, float]) -> list[list[float]]:
    return [[round(x, 2), round(y, 2)] for x, y in points]


def _alpha() -> str:
    return f"{round(SEE_THROUGH * 255):02x}"
