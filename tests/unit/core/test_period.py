"""Half-open periods and their labels."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saphan.core.period import Period, parse, year

days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(days, st.integers(1, 1000))
def test_a_label_names_its_period(start: date, length: int) -> None:
    period = Period(start=start, end=start + timedelta(days=length))
    assert parse(period.label) == period


@given(days, st.integers(0, 1000))
def test_months_part_a_period(start: date, length: int) -> None:
    period = Period(start=start, end=start + timedelta(days=length))
    assert [day for month in period.months() for day in month] == list(period)


def test_a_leap_year_has_its_day() -> None:
    assert year(2016).days == 366
    assert [month.label for month in year(2016).months()][1] == "2016-02"


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="comes before"):
        Period(start=date(2023, 2, 1), end=date(2023, 1, 1))
