"""What an expression works on: text, number, truth, or the texts of several nodes; and the ways between them.

Dates are text until arithmetic or comparison asks for a number; then they are days since 1 January 1970, a moment with
its fraction, in the time of the phone that wrote it (as ODK XPath has it, so that a date and `now()` compare).
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import Final

Result = str | float | bool | list[str]

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]+)?))?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.ASCII,
)
EPOCH: Final = date(1970, 1, 1)
NOT_A_NUMBER: Final = math.nan


def text(value: Result) -> str:
    """The value as XPath's string(): the first node's text, numbers without a needless fraction, true and false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return value[0] if value else ""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else format(value, ".15g")


def number(value: Result) -> float:
    """The value as XPath's number(): what is not one is NaN, the empty text too."""
    if isinstance(value, str):
        # Most are plain digits, for which the pattern is three times the work.
        plain = value.isdigit() and value.isascii()
        return float(value) if plain or _NUMBER.fullmatch(value) else NOT_A_NUMBER
    if isinstance(value, list):
        return number(value[0]) if value else NOT_A_NUMBER
    return float(value)


def days(value: Result) -> float:
    """As `number`, and a date or moment as days since 1970."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, str):
        found = _MOMENT.fullmatch(value.strip())
        if found:
            year, month, day, hour, minute, second = found.groups()
            try:
                whole = (date(int(year), int(month), int(day)) - EPOCH).days
            except ValueError:
                return NOT_A_NUMBER
            return whole + (int(hour or 0) + int(minute or 0) / 60 + float(second or 0) / 3600) / 24
    return number(value)


def truth(value: Result) -> bool:
    """The value as a condition: a node counts by its text, not by being there (as ODK has it, unlike XPath)."""
    if isinstance(value, str):
        return value != ""
    if isinstance(value, list):
        return bool(value) and value[0] != ""
    return bool(value) and not math.isnan(value)


def day_text(number_of_days: float) -> str:
    """Days since 1970 as an ISO date; empty for NaN or a year no date has."""
    if math.isnan(number_of_days):
        return ""
    try:
        return (EPOCH + timedelta(days=math.floor(number_of_days))).isoformat()
    except OverflowError:
        return ""
