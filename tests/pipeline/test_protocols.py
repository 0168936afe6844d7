"""When results may be called pre-registered, and what a protocol says of another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from saphan.pipeline.protocols import Standing, judge
from saphan.register.fieldwork.model import Registration
from saphan.register.intake.model import Arrival

AT = datetime(2023, 6, 1, 8, tzinfo=UTC)


def registered(key: str, day: int, sequence: int) -> Registration:
    return Registration(digest=key, protocol="{}", at=AT + timedelta(days=day), by="a", sequence=sequence)


A, B = registered("a", 0, 10), registered("b", 1, 11)
LATE_A, LATE_B = registered("a", 9, 90), registered("b", 9, 90)
FIRST = Arrival(at=AT + timedelta(days=5), sequence=50)


@pytest.mark.parametrize(
    ("registrations", "first", "standing"),
    [
        ([A], FIRST, Standing.PRE_REGISTERED),
        ([A], None, Standing.PRE_REGISTERED),
        ([A, LATE_B], FIRST, Standing.PRE_REGISTERED),
        ([A, LATE_B, registered("a", 10, 91)], FIRST, Standing.PRE_REGISTERED),
        ([LATE_A], FIRST, Standing.AFTER_DATA),
        ([B, LATE_A], FIRST, Standing.AFTER_DATA),
        ([A, B], FIRST, Standing.SUPERSEDED),
        ([A, B], None, Standing.SUPERSEDED),
        ([A, B, LATE_A], FIRST, Standing.AFTER_DATA),
        ([B], FIRST, Standing.NOT_REGISTERED),
        ([], FIRST, Standing.NOT_REGISTERED),
        # A clock that was put back, and interviews that lay elsewhere before they were imported.
        ([registered("a", 0, 60)], FIRST, Standing.AFTER_DATA),
        ([registered("a", 6, 10)], FIRST, Standing.AFTER_DATA),
    ],
)
def test_pre_registered_is_only_what_was_in_force_when_the_first_submission_came(
    registrations: list[Registration], first: Arrival | None, standing: Standing
) -> None:
    assert judge("a", registrations, first).standing is standing
