"""Straight scales and the round numbers people expect along them."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps values from 0 to `top` onto positions from `start` to `end`."""

    top: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value / self.top if self.top else 0.0)


def step(top: float, most: int = 5) -> float:
    """The smallest of 1, 2, 5 times a power of ten that reaches `top` in at most `most` steps; 1 if top is zero."""
    if top <= 0:
        return 1.0
    exponent = math.floor(math.log10(top / most))
    for factor in (1, 2, 5, 10, 20):
        size = factor * 10.0**exponent
        if size * most >= top * (1 - 1e-9):
            return size
    raise AssertionError("twenty times a power of ten below the step always reaches")


def ticks(top: float, most: int = 5) -> tuple[float, ...]:
    """Round numbers from 0 to the first at or above `top`."""
    size = step(top, most)
    count = max(1, math.ceil(top / size - 1e-9))
    return tuple(index * size for index in range(count + 1))
