"""The draws: the same for everybody, of the right shape, and with the chances that the designs promise."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from saphan.collect.rounds import Draw, draw
from saphan.core.period import Period, year

JANUARY = Period(start=date(2023, 1, 1), end=date(2023, 2, 1))


def test_a_draw_can_be_made_again() -> None:
    weeks = draw(Draw.RANDOM_WEEK, year(2023), 20221215)
    assert weeks == draw(Draw.RANDOM_WEEK, year(2023), 20221215)
    assert weeks != draw(Draw.RANDOM_WEEK, year(2023), 20221216)
    # Written down once: a change of these days would make every listed design of every mission wrong.
    assert [week.days[0].day for week in weeks] == [7, 2, 20, 4, 16, 7, 6, 3, 5, 9, 19, 5]


@pytest.mark.parametrize("seed", range(20))
def test_random_weeks_lie_inside_their_month(seed: int) -> None:
    weeks = draw(Draw.RANDOM_WEEK, year(2024), seed)
    assert [week.id for week in weeks] == [f"2024-{month:02}" for month in range(1, 13)]
    for week in weeks:
        assert {f"{day:%Y-%m}" for day in week.days} == {week.id}
        assert sorted(day.weekday() for day in week.days) == list(range(7))
        assert (week.days[-1] - week.days[0]).days == 6


@pytest.mark.parametrize("seed", range(20))
def test_scattered_days_hold_each_weekday_once(seed: int) -> None:
    for week in draw(Draw.SCATTERED_DAYS, year(2023), seed):
        assert {f"{day:%Y-%m}" for day in week.days} == {week.id}
        assert sorted(day.weekday() for day in week.days) == list(range(7))
        assert list(week.days) == sorted(week.days)


def test_every_day_has_the_same_chance_in_equal_chance_weeks() -> None:
    draws = 2000
    drawn = Counter(
        day for seed in range(draws) for week in draw(Draw.EQUAL_CHANCE_WEEK, year(2023), seed) for day in week.days
    )
    assert drawn.keys() == set(year(2023)), "days across month ends, and the year's last, are drawn too"
    # The count of a day is binomial(2000, 1/4): standard deviation 19.4; five of them bound 53 blocks of weeks.
    assert all(abs(count - draws / 4) < 5 * 19.4 for count in drawn.values())


def test_days_at_a_months_edge_are_drawn_less_often_in_random_weeks() -> None:
    draws = 2000
    drawn = Counter(day for seed in range(draws) for day in draw(Draw.RANDOM_WEEK, JANUARY, seed)[0].days)
    # 25 starts are equally likely: the first day is in one of them, the seventh in seven.
    assert abs(drawn[date(2023, 1, 1)] - draws / 25) < 5 * (draws * 0.04 * 0.96) ** 0.5
    assert abs(drawn[date(2023, 1, 7)] - draws * 7 / 25) < 5 * (draws * 0.28 * 0.72) ** 0.5


@pytest.mark.parametrize("design", [Draw.RANDOM_WEEK, Draw.SCATTERED_DAYS])
def test_the_weekdays_of_nights_take_turns(design: Draw) -> None:
    nights = [week.night for week in draw(design, Period(start=date(2023, 1, 1), end=date(2025, 2, 1)), 7)]
    weekdays = [night.weekday() for night in nights if night]
    assert len(weekdays) == 25
    for start in range(0, 21, 7):
        assert sorted(weekdays[start : start + 7]) == list(range(7))


@pytest.mark.parametrize("design", [Draw.FIXED_WEEK, Draw.CENSUS])
def test_what_is_not_drawn_is_refused(design: Draw) -> None:
    with pytest.raises(ValueError, match="not drawn"):
        draw(design, year(2023), 1)


def test_a_month_without_a_week_is_refused() -> None:
    short = Period(start=date(2023, 1, 28), end=date(2023, 3, 1))
    with pytest.raises(ValueError, match="too short"):
        draw(Draw.RANDOM_WEEK, short, 1)
