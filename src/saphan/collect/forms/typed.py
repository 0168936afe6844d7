"""Typed values: the text of an element to the value its question asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time

from saphan.collect.forms.model import Datatype, Question, Value

Convert = Callable[[str], Value]

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)  # what a 64-bit column holds, with no need to look
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?", re.ASCII)


def converter(question: Question) -> Convert:
    """The function from a question's text (not blank, space around it taken off) to its value; ValueError if none."""
    match question.type:
        case "date":
            return _date
        case "dateTime" | "start" | "end":
            return _moment
        case "today":
            return _date
        case "time":
            return _time
        case _:
            return _BY_DATATYPE[question.datatype]


def _text(text: str) -> str:
    return text


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise ValueError("not a whole number")
    return int(text)


def _decimal(text: str) -> float:
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError("not a number")
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("too large")
    return found


def _date(text: str) -> str:
    if _DATE.fullmatch(text) is None:
        raise ValueError("not a date")
    date.fromisoformat(text)
    return text


def _time(text: str) -> str:
    if _TIME.fullmatch(text) is None:
        raise ValueError("not a time")
    time.fromisoformat(text)
    return text


def _moment(text: str) -> str:
    # Python takes other forms of ISO 8601 too (weeks, no hyphens, a comma); phones write this one. Looking at the few
    # places where they differ is a tenth of the work of a pattern, and two moments stand in every submission.
    if text[4:5] != "-" or text[10:11] != "T" or text[13:14] != ":" or "," in text or "W" in text:
        raise ValueError("not a date and time")
    datetime.fromisoformat(text)
    return text


def _texts(text: str) -> list[str]:
    return text.split()


def _geopoint(text: str) -> list[float]:
    """Latitude, longitude, altitude, accuracy; what was not sent is NaN."""
    numbers = [_decimal(part) for part in text.split()]
    if not 2 <= len(numbers) <= 4 or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        raise ValueError("not a place on the earth")
    return numbers + [math.nan] * (4 - len(numbers))


_BY_DATATYPE: dict[Datatype, Convert] = {
    Datatype.TEXT: _text,
    Datatype.INTEGER: _integer,
    Datatype.DECIMAL: _decimal,
    Datatype.TEXTS: _texts,
    Datatype.NUMBERS: _geopoint,
}
