"""Drawings as inline SVG: colours by class, so that a page's style sheet holds the palette once."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from saphan.publish.figures.wording import Printed
from saphan.publish.products.charts.marks import Anchor, Area, Bar, Disc, Drawing, Label, Line, Mark, Point, Ribbon
from saphan.publish.products.charts.palette import COLOURS, SEE_THROUGH

Anchored = Callable[[Printed, Markup], Markup]  # wraps a printed figure's text in its link

STYLE = "".join(f".i-{ink}{{--c:{colour}}}" for ink, colour in COLOURS.items()) + (
    "svg [class|=i]{}.f{fill:var(--c)}.s{stroke:var(--c);fill:none;stroke-linejoin:round}"
    f".o{{fill-opacity:{SEE_THROUGH}}}svg a.n{{text-decoration:none;font-weight:400}}"
    "svg a:hover text,svg a:focus text{text-decoration:underline}"
)
"""The style sheet that drawings need, once a page."""


def write(drawing: Drawing, name: str, link: Anchored) -> Markup:
    """The drawing as an `svg` element, `name` its accessible name; `link` wraps the text of each printed figure."""
    parts = [_mark(mark, link) for mark in drawing.marks]
    size = f"{_n(drawing.width)} {_n(drawing.height)}"
    return Markup('<svg viewBox="0 0 {}" role="group" aria-label="{}" style="max-width:{}px">{}</svg>').format(
        size, name, _n(drawing.width * 1.2), Markup("").join(parts)
    )


def _mark(mark: Mark, link: Anchored) -> Markup:
    match mark:
        case Line():
            return Markup('<path class="s i-{}" stroke-width="{}" d="{}"/>').format(
                mark.ink, _n(mark.width), _path(mark.points)
            )
        case Area():
            edge = Markup(' stroke="{}" stroke-width=".5"').format(COLOURS[mark.edge]) if mark.edge else ""
            return Markup('<path class="f i-{}"{} d="{}Z"/>').format(mark.ink, edge, _path(mark.points))
        case Bar():
            return Markup('<rect class="f i-{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                mark.ink, _n(mark.x), _n(mark.y), _n(mark.width), _n(mark.height)
            )
        case Disc():
            return Markup('<circle class="f o i-{}" stroke="{}" stroke-width=".6" cx="{}" cy="{}" r="{}"/>').format(
                mark.ink, COLOURS[mark.edge], *map(_n, mark.centre), _n(mark.radius)
            )
        case Ribbon():
            return Markup('<path class="f o i-{}" d="{}"/>').format(mark.ink, _ribbon(mark))
        case Label():
            return _label(mark, link)


def _label(label: Label, link: Anchored) -> Markup:
    anchor = "" if label.anchor is Anchor.START else Markup(' text-anchor="{}"').format(label.anchor)
    weight = Markup(' font-weight="700"') if label.bold else ""
    text = Markup('<text class="f i-{}" x="{}" y="{}" font-size="{}"{}{}>{}</text>').format(
        label.ink, *map(_n, label.at), _n(label.size), anchor, weight, escape(label.text)
    )
    return link(label.printed, text) if label.printed is not None else text


def _path(points: tuple[Point, ...]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _ribbon(ribbon: Ribbon) -> str:
    middle = _n((ribbon.left + ribbon.right) / 2)
    (top, bottom), (far_top, far_bottom) = ribbon.left_span, ribbon.right_span
    left, right = _n(ribbon.left), _n(ribbon.right)
    return (
        f"M{left} {_n(top)}C{middle} {_n(top)} {middle} {_n(far_top)} {right} {_n(far_top)}"
        f"L{right} {_n(far_bottom)}C{middle} {_n(far_bottom)} {middle} {_n(bottom)} {left} {_n(bottom)}Z"
    )


def _n(value: float) -> str:
    """A coordinate with one decimal, without a useless zero."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
