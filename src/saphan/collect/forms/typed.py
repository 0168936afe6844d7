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
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
_MOMENT = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}", re.ASCII)
_FRACTION = re.compile(r"(\.[0-9]{1,6})[0-9]*")


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
    time.fromisoformat(_FRACTION.sub(r"\1", text))
    return text


def _moment(text: str) -> str:
    if _MOMENT.fullmatch(text) is None:
        raise ValueError("not a date and time")
    datetime.fromisoformat(_FRACTION.sub(r"\1", text))
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
