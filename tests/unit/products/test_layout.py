"""How tall charts stand: a page is filled, never overfilled, and has no holes but at its foot."""

from __future__ import annotations

from collections.abc import Mapping

import pypdfium2
import pytest

from saphan.publish import products
from saphan.publish.products.layout import Elastic, Pillar, stretched
from saphan.publish.products.sheet import Stretch

FREE = Stretch(least=0.7, most=1.8, fills=True)
ROWS = Stretch(least=0.85, most=1.3, fills=False)
POINTS = 72 / 25.4  # in a millimetre


def pillar(fixed: float, *charts: tuple[float, Stretch]) -> Pillar:
    return Pillar(fixed=fixed, charts=tuple(Elastic(height=height, stretch=stretch) for height, stretch in charts))


def height(rows: list[list[Pillar]], shares: tuple[tuple[tuple[float, ...], ...], ...], gutter: float) -> float:
    tallest = [
        max(
            one.fixed + sum(chart.height * share for chart, share in zip(one.charts, own, strict=True))
            for one, own in zip(row, of_row, strict=True)
        )
        for row, of_row in zip(rows, shares, strict=True)
    ]
    return sum(tallest) + gutter * (len(rows) - 1)


ROWS_OF_A_PAGE = [
    [pillar(60.0)],
    [pillar(110.0, (220.0, FREE), (80.0, ROWS)), pillar(40.0, (440.0, FREE))],
    [pillar(30.0, (60.0, ROWS)), pillar(20.0, (80.0, ROWS))],
]


@pytest.mark.parametrize("room", [600.0, 700.0, 800.0, 900.0])
def test_a_page_is_filled_to_its_foot(room: float) -> None:
    shares = stretched(ROWS_OF_A_PAGE, room=room, gutter=15)
    assert shares is not None
    assert height(ROWS_OF_A_PAGE, shares, 15) == pytest.approx(room, abs=1e-3)
    assert height(ROWS_OF_A_PAGE, shares, 15) <= room


def test_a_chart_that_may_grow_ends_where_its_neighbour_ends() -> None:
    shares = stretched(ROWS_OF_A_PAGE, room=700, gutter=15)
    assert shares is not None
    (left, right) = shares[1]
    assert 110 + 220 * left[0] + 80 * left[1] == pytest.approx(40 + 440 * right[0], abs=1e-3)


def test_rows_of_bars_are_as_far_apart_in_a_short_list_as_in_a_long_one() -> None:
    shares = stretched(ROWS_OF_A_PAGE, room=700, gutter=15)
    assert shares is not None
    assert shares[2] == ((shares[1][0][1],), (shares[1][0][1],))


def test_room_that_no_chart_can_use_stays_at_the_foot() -> None:
    rows = [[pillar(50.0, (100.0, ROWS))]]
    assert stretched(rows, room=900, gutter=15) == (((1.3,),),)


def test_too_little_room_is_no_layout() -> None:
    assert stretched([[pillar(50.0, (100.0, FREE))]], room=119, gutter=15) is None
    assert stretched([[pillar(50.0, (100.0, FREE))]], room=121, gutter=15) is not None


@pytest.mark.parametrize("language", ["en", "th", "my"])
def test_the_pages_of_the_factsheet_have_no_holes(built: Mapping[str, products.Product], language: str) -> None:
    """No strip of the page without ink is taller than 12 mm, from its head to its footer."""
    document = pypdfium2.PdfDocument(built[f"factsheet.{language}.pdf"].path)
    try:
        for page in document:
            picture = page.render(scale=1, grayscale=True).to_numpy().squeeze()
            inked = (picture < 200).any(axis=1).nonzero()[0]
            gaps = inked[1:] - inked[:-1]
            assert gaps.max() <= 12 * POINTS
    finally:
        document.close()
