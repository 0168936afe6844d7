"""Controlled rounding: places by the interval, neighbours only, and parts that add up in print."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.releases import make_figure, make_year

from saphan.core.unit import Unit
from saphan.publish.figures import WHOLE, Figure, Kind, Sum, adds_up, limits, round_figures
from saphan.publish.figures.rounding import places


@pytest.mark.parametrize(
    ("value", "half", "best"),
    [
        (1_312_345, 43_210, 4),  # 432: one digit of the half-width
        (1_312_345, 30_000, 3),  # 300: two
        (1_312_345, 97_000, 4),  # 970, that is 1.0e5: two
        (4_209, 383, 2),
        (4_209, 283, 1),
        (700, 40_000, 2),  # never so coarse that nothing is left
        (12, 0.4, 0),  # people come in ones
        (0, 30, 0),
    ],
)
def test_the_place_of_an_estimate_follows_its_half_width(value: float, half: float, best: int) -> None:
    assert places(make_figure(value, half=half))[0] == best


def test_shares_are_rounded_in_percentage_points() -> None:
    one = next(iter(round_figures([make_figure(0.17342, unit=Unit.SHARE, half=0.021)], []).figures.values()))
    assert (one.places, one.rounded) == (-1, 0.173)
    assert limits(one) == (0.152, 0.195)
    coarse = next(iter(round_figures([make_figure(0.17342, unit=Unit.SHARE, half=0.061)], []).figures.values()))
    assert (coarse.places, coarse.rounded) == (0, 0.17)
    assert limits(coarse) == (0.11, 0.24)


def test_an_estimate_without_interval_keeps_one_digit() -> None:
    bare = [replace(make_figure(value), low=None, high=None) for value in (4_209.3, 0.4, 0.0)]
    assert [places(one)[0] for one in bare] == [3, 0, 0]
    share = replace(make_figure(0.17342, unit=Unit.SHARE, rests_on=4), low=None, high=None)
    assert places(share) == (0,)  # whole per cent
    assert limits(next(iter(round_figures([share], []).figures.values()))) is None


def test_a_count_is_exact_and_a_counted_share_no_finer_than_its_base() -> None:
    count = make_figure(13_661, kind=Kind.COUNT)
    hours = make_figure(2016.5, kind=Kind.COUNT, unit=Unit.OBSERVATION_HOUR)
    few = make_figure(1 / 3, kind=Kind.COUNT, unit=Unit.SHARE, rests_on=30, base=90)
    many = make_figure(1 / 3, kind=Kind.COUNT, unit=Unit.SHARE, rests_on=1500, base=4500, indicator="other")
    found = round_figures([count, many], []).figures
    assert found[count.name].rounded == 13_661
    assert found[many.name].rounded == 0.333
    assert round_figures([hours], []).figures[hours.name].rounded == 2016.5
    assert round_figures([few], []).figures[few.name].rounded == 0.33


@pytest.mark.parametrize("seed", range(3))
def test_a_year_adds_up_in_print(seed: int) -> None:
    figures, sums = make_year(seed)
    rounded = round_figures(figures, sums)
    assert len(rounded.broken) <= len(sums) // 4
    plain = {figure.name: figure for figure in figures}
    for figure in rounded.figures.values():
        assert figure.rounded is not None
        unit = 10.0**figure.places / (100 if figure.unit is Unit.SHARE else 1)
        assert abs(figure.rounded - plain[figure.name].value) < unit * (1 + 1e-9)
        assert figure.places in places(plain[figure.name])
        ends = limits(figure)
        assert ends is not None
        assert ends[0] <= figure.rounded <= ends[1]
        assert ends[0] <= plain[figure.name].low + 1e-9  # type: ignore[operator]
        assert ends[1] >= plain[figure.name].high - 1e-9  # type: ignore[operator]
    for one in sums:
        assert adds_up(one, rounded.figures) == (one not in rounded.broken)


def test_rounding_each_by_itself_would_not_add_up() -> None:
    """What controlled rounding is for: 3 x 33.33 per cent, and two halves that both round up."""
    shares = [make_figure(1 / 3, unit=Unit.SHARE, half=0.05, answer=str(at)) for at in range(3)]
    rounded = round_figures(shares, [Sum(total=WHOLE, parts=tuple(share.name for share in shares))])
    assert not rounded.broken
    assert sorted(figure.rounded for figure in rounded.figures.values()) == [0.33, 0.33, 0.34]  # type: ignore[type-var]


def test_a_sum_that_cannot_add_up_is_named() -> None:
    """Three counts are exact; their estimated total is rounded to tens and cannot be 44."""
    parts = [make_figure(float(number), kind=Kind.COUNT, part=str(number)) for number in (11, 14, 19)]
    total = make_figure(44.0, half=600)
    one = Sum(total=total.name, parts=tuple(part.name for part in parts))
    assert round_figures([total, *parts], [one]).broken == (one,)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.integers(2, 4),
    columns=st.integers(2, 5),
    values=st.lists(st.floats(100.0, 99_000.0), min_size=20, max_size=20),
)
def test_crossing_sums_add_up(rows: int, columns: int, values: list[float]) -> None:
    """A two-way table in one unit can always be rounded so (Cox 1987)."""
    cells = [[values[row * columns + column] for column in range(columns)] for row in range(rows)]

    def figure(value: float, **cell: str) -> Figure:
        return make_figure(value, half=5000, **cell)

    figures = {
        (row, column): figure(cells[row][column], row=str(row), column=str(column))
        for row in range(rows)
        for column in range(columns)
    }
    by_row = {row: figure(sum(cells[row]), row=str(row)) for row in range(rows)}
    by_column = {
        column: figure(sum(cells[row][column] for row in range(rows)), column=str(column)) for column in range(columns)
    }
    whole = figure(sum(map(sum, cells)))
    sums = [
        *(Sum(total=by_row[r].name, parts=tuple(figures[r, c].name for c in range(columns))) for r in range(rows)),
        *(Sum(total=by_column[c].name, parts=tuple(figures[r, c].name for r in range(rows))) for c in range(columns)),
        Sum(total=whole.name, parts=tuple(one.name for one in by_row.values())),
    ]
    everything = [*figures.values(), *by_row.values(), *by_column.values(), whole]
    assert not round_figures(everything, sums).broken
