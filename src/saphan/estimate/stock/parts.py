"""Nationalities and groups that add up to the whole: parts are estimated like it, then brought to it in proportion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from saphan.estimate.stock.model import Interval, Stock

METHOD = "brought to the whole/1"


def apportioned(whole: Stock, parts: Sequence[Stock]) -> tuple[Stock, ...]:
    """Lines of parts, such as nationalities, times what makes their sum the whole; intervals are scaled with them.

    Ranges stay what was said, and a line without a number stays without one. ValueError where a part is of another area
    or kind of site, none is given, or the parts are of nobody and the whole is not.
    """
    if not parts:
        raise ValueError(f"no part of {whole.name} is given: give a line for each nationality or group")
    for one in parts:
        if (one.area, one.name, one.accessible) != (whole.area, whole.name, whole.accessible):
            raise ValueError(f"a part is of {one.name} and the whole of {whole.name}: give lines of one area")
    if whole.value is None or any(one.value is None for one in parts):
        return tuple(parts)
    together = math.fsum(one.value or 0.0 for one in parts)
    if together == 0 and whole.value > 0:
        raise ValueError(f"the parts of {whole.name} are of nobody and the whole is {whole.value:g}: give parts of it")
    factor = whole.value / together if together else 1.0
    return tuple(_scaled(one, factor) for one in parts)


def _scaled(one: Stock, factor: float) -> Stock:
    interval = one.interval
    if interval is not None:
        interval = Interval(
            low=interval.low * factor,
            high=interval.high * factor,
            level=interval.level,
            standard_error=interval.standard_error * factor,
            degrees=interval.degrees,
        )
    value = None if one.value is None else one.value * factor
    return replace(one, value=value, interval=interval, method=f"{one.method}, {METHOD}")
