"""Collection designs: who is asked where and when, read from rounds.toml, and how the days are drawn."""

from saphan.collect.rounds.drawing import draw
from saphan.collect.rounds.model import (
    Busy,
    Cordon,
    Draw,
    FieldWeek,
    Panel,
    Round,
    Screening,
    Shift,
    WithinGroup,
)
from saphan.collect.rounds.reading import find, load
from saphan.collect.rounds.series import ALL, daily, known_series

__all__ = [
    "ALL",
    "Busy",
    "Cordon",
    "Draw",
    "FieldWeek",
    "Panel",
    "Round",
    "Screening",
    "Shift",
    "WithinGroup",
    "daily",
    "draw",
    "find",
    "known_series",
    "load",
]
