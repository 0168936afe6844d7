"""The functions of ODK XPath, over plain values; one table serves both ways of evaluating.

Source: the ODK XForms specification, section XPath functions (getodk.github.io/xforms-spec), and JavaRosa where it is
silent. What needs a random number, another file or the phone is not here: an expression with it cannot be evaluated
after the fact, and says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from saphan.collect.forms.xpath.values import NOT_A_NUMBER, Result, day_text, days, number, text, truth

_LONGEST_MATCHED = 4_000  # characters; a pattern may take time that grows fast with the text
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _nodes(values: tuple[Result, ...]) -> list[str]:
    """The texts of all arguments, node sets opened."""
    return [each for value in values for each in (value if isinstance(value, list) else [text(value)])]


def selected(answer: Result, name: Result) -> bool:
    """Whether a select's answer holds the choice."""
    return text(name).strip() in text(answer).split()


def count_selected(answer: Result) -> float:
    """How many choices a select_multiple's answer holds."""
    return float(len(text(answer).split()))


def selected_at(answer: Result, index: Result) -> str:
    """The choice at a place, counted from 0; empty outside."""
    names, place = text(answer).split(), number(index)
    return names[int(place)] if 0 <= place < len(names) else ""


def whole(value: Result) -> float:
    """The number cut to a whole one, towards zero."""
    found = days(value)
    return float(math.trunc(found)) if math.isfinite(found) else found


def rounded(value: Result, places: Result = 0.0) -> float:
    """The number rounded half up, to decimal places if given (negative: tens, hundreds)."""
    found, at = days(value), number(places)
    if not math.isfinite(found) or not math.isfinite(at):
        return found
    if at == 0:
        return float(math.floor(found + 0.5))
    try:
        return float(Decimal(repr(found)).quantize(Decimal(1).scaleb(-int(at)), rounding=ROUND_HALF_UP))
    except InvalidOperation:
        return found


def choose(condition: Result, then: Result, otherwise: Result) -> Result:
    """The second or the third argument."""
    return then if truth(condition) else otherwise


def coalesce(*values: Result) -> Result:
    """The first that is not empty."""
    return next((value for value in values if text(value) != ""), "")


def once(value: Result) -> Result:
    """The value: what the phone computed once is what was sent."""
    return value


@lru_cache(maxsize=256)
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def regex(value: Result, pattern: Result) -> bool:
    """Whether the whole text matches; ValueError where the pattern is none of ours or the text too long to try."""
    found = text(value)
    if len(found) > _LONGEST_MATCHED:
        raise ValueError("too long to match")
    try:
        return _pattern(text(pattern)).fullmatch(found) is not None
    except re.error as error:
        raise ValueError(str(error)) from error


def as_date(value: Result) -> str:
    """A date's text from a date, a moment or days since 1970; empty if it is none."""
    return day_text(days(value))


def as_moment(value: Result) -> str:
    """A moment's text as it is, or from days since 1970."""
    return value if isinstance(value, str) else as_date(value)


def decimal_time(value: Result) -> float:
    """A time of day, or a moment's, as a fraction of the day."""
    found = re.match(r"(?:.*T)?([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]+)?))?", text(value))
    if found is None:
        return NOT_A_NUMBER
    return (int(found[1]) + int(found[2]) / 60 + float(found[3] or 0) / 3600) / 24


def format_date(value: Result, pattern: Result) -> str:
    """A date or moment in words, by ODK's %-codes; empty if it is none."""
    from_epoch = days(value)
    day = day_text(from_epoch)
    if not day:
        return ""
    seconds = round((from_epoch - math.floor(from_epoch)) * 86_400, 3)
    hour, minute, second = int(seconds // 3600), int(seconds // 60 % 60), seconds % 60
    year, month, date_of_month = (int(part) for part in day.split("-"))
    codes = {
        "Y": f"{year:04}",
        "y": f"{year % 100:02}",
        "m": f"{month:02}",
        "n": str(month),
        "b": _MONTHS[month - 1],
        "d": f"{date_of_month:02}",
        "e": str(date_of_month),
        "a": _WEEKDAYS[(math.floor(from_epoch) + 3) % 7],
        "H": f"{hour:02}",
        "h": str(hour),
        "M": f"{minute:02}",
        "S": f"{int(second):02}",
        "3": f"{round(second % 1 * 1000):03}",
    }
    return re.sub(r"%(.)", lambda found: codes.get(found[1], found[1]), text(pattern))


def join(separator: Result, *values: Result) -> str:
    """The texts of all nodes with the separator between."""
    return text(separator).join(_nodes(values))


def least(*values: Result) -> float:
    """The smallest of all numbers given, empty ones left out; NaN without any."""
    return min((number(each) for each in _nodes(values) if each != ""), default=NOT_A_NUMBER)


def greatest(*values: Result) -> float:
    """The greatest of all numbers given, empty ones left out; NaN without any."""
    return max((number(each) for each in _nodes(values) if each != ""), default=NOT_A_NUMBER)


def substr(value: Result, start: Result, end: Result = math.inf) -> str:
    """The characters from start up to, not including, end, counted from 0; negative counts from the end."""
    found = text(value)
    first, last = number(start), number(end)
    if math.isnan(first) or math.isnan(last):
        return ""
    return found[int(first) : None if last == math.inf else int(last)]


def power(base: Result, exponent: Result) -> float:
    """A power; NaN where there is none."""
    try:
        found = number(base) ** number(exponent)
    except (OverflowError, ZeroDivisionError):
        return NOT_A_NUMBER
    return found if isinstance(found, float) else NOT_A_NUMBER


def _of_number(function: Callable[[float], float]) -> Callable[[Result], float]:
    def apply(value: Result) -> float:
        try:
            return function(number(value))
        except (ValueError, OverflowError):
            return NOT_A_NUMBER

    return apply


def _floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


def _ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


# Those that lxml knows by itself, with the same meaning: left to it in `document`.
CORE: Mapping[str, Callable[..., Result]] = {
    "true": lambda: True,
    "false": lambda: False,
    "concat": lambda *values: "".join(_nodes(values)),
    "contains": lambda value, part: text(part) in text(value),
    "starts-with": lambda value, part: text(value).startswith(text(part)),
    "string-length": lambda value: float(len(text(value))),
    "substring-before": lambda value, part: text(value)[: max(text(value).find(text(part)), 0)],
    "substring-after": lambda value, part: _after(text(value), text(part)),
    "normalize-space": lambda value: " ".join(each for each in re.split("[ \\t\\r\\n]+", text(value)) if each),
    "translate": lambda value, before, after: text(value).translate(_translation(text(before), text(after))),
    "floor": _of_number(_floor),
    "ceiling": _of_number(_ceiling),
    "string": text,
}


def _after(value: str, part: str) -> str:
    at = value.find(part)
    return value[at + len(part) :] if at >= 0 else ""


def _translation(before: str, after: str) -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for place, character in enumerate(before):
        table.setdefault(ord(character), after[place] if place < len(after) else None)
    return table


# ODK's own, and those whose meaning in ODK differs from XPath's.
ODK: Mapping[str, Callable[..., Result]] = {
    "not": lambda value: not truth(value),
    "boolean": truth,
    "boolean-from-string": lambda value: text(value) in {"true", "1"},
    "number": days,
    "int": whole,
    "round": rounded,
    "if": choose,
    "coalesce": coalesce,
    "once": once,
    "selected": selected,
    "selected-at": selected_at,
    "count-selected": count_selected,
    "count-non-empty": lambda *values: float(sum(1 for each in _nodes(values) if each != "")),
    "regex": regex,
    "ends-with": lambda value, part: text(value).endswith(text(part)),
    "substr": substr,
    "join": join,
    "min": least,
    "max": greatest,
    "date": as_date,
    "date-time": as_moment,
    "decimal-date-time": days,
    "decimal-time": decimal_time,
    "format-date": format_date,
    "format-date-time": format_date,
    "abs": _of_number(abs),
    "sqrt": _of_number(math.sqrt),
    "exp": _of_number(math.exp),
    "log": _of_number(math.log),
    "log10": _of_number(math.log10),
    "pow": power,
    "pi": lambda: math.pi,
}


def same_moment(left: Result, right: Result) -> bool:
    """Whether two dates or moments are the same, as text or as days."""
    return text(left) == text(right) or days(left) == days(right)
