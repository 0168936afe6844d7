"""Charts as geometry: in proportion, within their sheet, labels apart."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from saphan.publish.figures.hedge import Form, Hedge
from saphan.publish.figures.wording import Printed
from saphan.publish.products.charts.bars import bars
from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.marks import Anchor, Area, Bar, Disc, Drawing, Ink, Label, Line, Ribbon
from saphan.publish.products.charts.mirror import Pair, mirror
from saphan.publish.products.charts.palette import COLOURS
from saphan.publish.products.charts.placenames import Place, place_names
from saphan.publish.products.charts.places import Spot, View, map_of
from saphan.publish.products.charts.sankey import Link, sankey
from saphan.publish.products.charts.scale import step, ticks
from saphan.publish.products.charts.spread import spread
from saphan.publish.products.charts.svg import write
from saphan.publish.products.charts.trend import Series, trend
from saphan.publish.products.charts.type import width as text_width

HEDGE = Hedge(form=Form.VALUE)


def datum(value: float, label: str = "Label", half: float = 0.1) -> Datum:
    printed = Printed(text=f"{value:,.0f}", figure=f"a/{label}/2023", key="k" * 8, hedge=HEDGE, language="en")
    return Datum(
        label=label, value=value, low=value * (1 - half), high=value * (1 + half), printed=printed, interval=None
    )


def inside(drawing: Drawing) -> bool:
    """Whether every label lies on the sheet."""
    for mark in drawing.marks:
        if isinstance(mark, Label):
            wide = text_width(mark.text, mark.size, bold=mark.bold)
            left = mark.at[0] - {Anchor.START: 0.0, Anchor.MIDDLE: wide / 2, Anchor.END: wide}[mark.anchor]
            if not (left >= -0.5 and left + wide <= drawing.width + 0.5 and 0 <= mark.at[1] <= drawing.height):
                return False
    return True


@pytest.mark.parametrize(
    ("top", "most", "expected"),
    [(1_338_412, 4, 500_000), (0.412, 5, 0.1), (9, 5, 2), (1, 4, 0.5), (0, 4, 1), (122_000, 4, 50_000)],
)
def test_steps_are_round(top: float, most: int, expected: float) -> None:
    assert step(top, most) == pytest.approx(expected)


@given(st.floats(min_value=1e-6, max_value=1e12), st.integers(min_value=1, max_value=9))
def test_ticks_start_at_zero_and_reach_the_top_in_few_steps(top: float, most: int) -> None:
    found = ticks(top, most)
    assert found[0] == 0
    assert found[-1] >= top * (1 - 1e-9)
    assert len(found) <= most + 1


@given(
    st.lists(st.floats(min_value=-50, max_value=250), min_size=1, max_size=15), st.floats(min_value=0.5, max_value=40)
)
def test_labels_are_spread_in_order_and_within_bounds(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap, low=0, high=200)
    assert all(-1e-6 <= position <= 200 + 1e-6 for position in placed)
    ordered = [placed[index] for index in sorted(range(len(wanted)), key=lambda index: wanted[index])]
    kept = min(gap, 200 / (len(wanted) - 1)) if len(wanted) > 1 else 0
    assert all(after - before >= kept - 1e-6 for before, after in pairwise(ordered))


def test_labels_that_are_apart_stay_where_they_are() -> None:
    assert spread([10, 90, 50], 20, low=0, high=100) == [10, 90, 50]


def test_bars_are_in_proportion_and_end_before_their_figures() -> None:
    drawing = bars([datum(100, "a"), datum(50, "b"), datum(0, "c", half=0)], width=240, size=7)
    lengths = [mark.width for mark in drawing.marks if isinstance(mark, Bar)]
    assert lengths[0] == pytest.approx(2 * lengths[1])
    assert lengths[2] < 1
    assert inside(drawing)


@pytest.mark.parametrize(
    "label", ["Work", "A reason with very many words in it", "ความขัดแย้งหรือความไม่ปลอดภัย", "ပဋိပက္ခ သို့မဟုတ် လုံခြုံမှုမရှိခြင်း"]
)
@pytest.mark.parametrize("width", [150.0, 328.0, 540.0])
def test_bars_make_room_for_long_labels(label: str, width: float) -> None:
    drawing = bars([datum(1_231_000, label), datum(9_800, label)], width=width, size=8)
    assert all(mark.x + mark.width <= width for mark in drawing.marks if isinstance(mark, Bar))
    assert text_width(label, 8) > width or inside(drawing)


def test_a_trend_breaks_where_a_month_is_missing() -> None:
    data = [datum(100), None, datum(80), datum(90)]
    drawing = trend(
        [Series(name="In", data=data)],
        ["Jan", "Feb", "Mar", "Apr"],
        lambda value: f"{value:.0f}",
        width=300,
        height=120,
        size=7,
    )
    lines = [mark for mark in drawing.marks if isinstance(mark, Line) and mark.width > 1]
    assert [len(line.points) for line in lines] == [1, 2]
    assert len([mark for mark in drawing.marks if isinstance(mark, Area)]) == 2
    assert inside(drawing)


def test_a_trend_prints_its_highest_and_its_lowest_month() -> None:
    series = [Series(name="In", data=[datum(value) for value in (100, 140, 60)])]
    drawing = trend(series, ["Jan", "Feb", "Mar"], lambda value: f"{value:.0f}", width=300, height=120, size=7)
    assert {mark.text for mark in drawing.marks if isinstance(mark, Label) and mark.printed} == {"140", "60"}


def test_a_sankey_keeps_what_flows() -> None:
    links = [
        Link(origin=origin, destination=destination, datum=datum(value))
        for origin, destination, value in (("A", "X", 60), ("A", "Y", 20), ("B", "X", 15), ("C", "Y", 5))
    ]
    drawing = sankey(links, {}, {}, width=400, height=200, size=7)
    ribbons = [mark for mark in drawing.marks if isinstance(mark, Ribbon)]
    thick = {round(ribbon.left_span[1] - ribbon.left_span[0], 6) for ribbon in ribbons}
    assert thick == {round(ribbon.right_span[1] - ribbon.right_span[0], 6) for ribbon in ribbons}
    assert max(thick) / min(thick) == pytest.approx(12)
    for side in ("left_span", "right_span"):
        spans = sorted(getattr(ribbon, side) for ribbon in ribbons)
        assert all(before[1] <= after[0] + 1e-9 for before, after in pairwise(spans))
    assert inside(drawing)


def test_the_ends_of_a_sankey_hold_all_that_leaves_or_arrives() -> None:
    links = [
        Link(origin="A", destination="X", datum=datum(60)),
        Link(origin="B", destination="X", datum=datum(20)),
    ]
    drawing = sankey(links, {"A": datum(90)}, {"X": datum(100)}, width=400, height=200, size=7)
    ribbons = {mark.ink: mark.left_span[1] - mark.left_span[0] for mark in drawing.marks if isinstance(mark, Ribbon)}
    bars_ = [mark.height for mark in drawing.marks if isinstance(mark, Bar)]
    thick = ribbons[Ink.FLOW_1] / 60
    assert bars_ == pytest.approx([90 * thick, 20 * thick, 100 * thick])
    printed = {mark.text for mark in drawing.marks if isinstance(mark, Label) and mark.printed}
    assert printed == {"60", "20", "90", "100"}
    assert inside(drawing)


SQUARES = (
    Place(name="Tak", shape=box(20, 20, 80, 80), country=False),
    Place(name="Land", shape=box(0, 0, 200, 200), country=True),
)


def test_a_place_is_named_inside_itself_and_clear_of_what_is_drawn() -> None:
    disc = Disc(centre=(50.0, 32.0), radius=12.0, ink=Ink.DISC, edge=Ink.SEA)
    tak, land = place_names(SQUARES, [disc], width=200, height=200, size=7)
    assert tak.text == "Tak" and land.text == "LAND"
    half = text_width("Tak", tak.size) / 2
    assert tak.at[0] - half >= 20 and tak.at[0] + half <= 80
    assert tak.at[1] - tak.size * 0.9 > 44 and tak.at[1] <= 80
    assert math.dist(tak.at, land.at) > half


def test_a_place_without_room_for_its_name_bears_none() -> None:
    disc = Disc(centre=(50.0, 50.0), radius=45.0, ink=Ink.DISC, edge=Ink.SEA)
    assert [label.text for label in place_names(SQUARES, [disc], width=200, height=200, size=7)] == ["LAND"]


def test_circles_have_areas_in_proportion_and_stand_where_the_place_is() -> None:
    spots = [
        Spot(at=(98.5, 16.7), datum=datum(400_000, "Mae Sot")),
        Spot(at=(98.6, 10.0), datum=datum(100_000, "Ranong")),
    ]
    square = {"type": "Polygon", "coordinates": [[[98, 9], [99, 9], [99, 18], [98, 18], [98, 9]]]}
    drawing = map_of(
        spots,
        {"TH63": square},
        view=View(west=96, south=9, east=100, north=18),
        home="TH",
        areas={"TH63": "Tak"},
        countries={"TH": "Thailand"},
        number=lambda value: f"{value:,.0f}",
        width=180,
        height=400,
        size=7,
    )
    north, south = [mark for mark in drawing.marks if isinstance(mark, Disc)][:2]
    assert (north.radius / south.radius) ** 2 == pytest.approx(4)
    assert north.centre[1] == pytest.approx((18 - 16.7) / 9 * 400)
    assert (south.centre[0] - north.centre[0]) / (0.1 * 400 / 9) == pytest.approx(math.cos(math.radians(13.5)))
    assert inside(drawing)


def test_a_mirror_without_one_side_still_stands() -> None:
    drawing = mirror(
        [Pair(left=datum(5, "Women"), right=None), Pair(left=None, right=datum(3, "Boys"))], width=250, size=7
    )
    assert len([mark for mark in drawing.marks if isinstance(mark, Bar)]) == 2
    assert inside(drawing)


def test_svg_escapes_what_comes_from_people() -> None:
    drawing = bars([datum(3, '<script>"&')], width=200, size=7)
    text = write(drawing, 'a "name"', lambda printed, content: content)
    assert "<script>" not in text
    assert "&lt;script&gt;&#34;&amp;" in text


def test_every_ink_has_a_colour_and_text_inks_can_be_read() -> None:
    assert COLOURS.keys() == set(Ink)

    def luminance(colour: str) -> float:
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for ink in (Ink.TEXT, Ink.MUTED, Ink.FIRST, Ink.SECOND):
        assert 1.05 / (luminance(COLOURS[ink]) + 0.05) >= 4.5
    for land in (Ink.LAND, Ink.LAND_IN_FOCUS, Ink.LAND_BEYOND):
        assert (luminance(COLOURS[land]) + 0.05) / (luminance(COLOURS[Ink.PLACE]) + 0.05) >= 4.5


@pytest.mark.parametrize(("text", "expected"), [("0", 5.72), ("1,234", 25.56), ("ก", 6.1), ("", 0.0)])
def test_widths_come_from_the_fonts(text: str, expected: float) -> None:
    assert text_width(text, 10) == pytest.approx(expected, abs=0.25)
